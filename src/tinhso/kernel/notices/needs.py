"""What needs somebody today (việc cần người làm): told by the rooms, asked for by whoever urges.

A room declares a source: a function of the day that yields its needs. Whoever holds the right that
meets a need is the one who is told of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tinhso.measure.text import Text


@dataclass(frozen=True)
class Need:
    """One thing that somebody at `unit` has to do.

    `kind` is `<room>.<what>`, one of its source's. `thing` tells it from others of its kind, as long
    as it lasts. `right` is what it takes to meet it. `since`: the day from which on it waits; `due`:
    the last day in time, if there is one. `clock`: of what is due at a moment, from when it has been
    with whoever is to act, until that moment. `address` is the page where it is met, in Vietnamese.
    """

    kind: str
    thing: str
    unit: str
    right: str
    title: Text
    address: str
    since: date
    due: date | None = None
    simulated: bool = False
    clock: tuple[datetime, datetime] | None = None

    @property
    def key(self) -> str:
        return f"{self.kind} {self.unit} {self.thing}"

    def late(self, day: date) -> int:
        """Days after the last day in time; 0 and less: in time, or without such a day."""
        return (day - self.due).days if self.due else 0


@dataclass(frozen=True)
class NeedSource:
    """A room's needs, and what is to be done about each kind of them, in words."""

    kinds: Mapping[str, Text]
    needs: Callable[[date], Iterable[Need]]


SOURCES: dict[str, NeedSource] = {}


def tells_needs(
    room: str, kinds: Mapping[str, Text]
) -> Callable[[Callable[[date], Iterable[Need]]], Callable[[date], Iterable[Need]]]:
    """Declare a room's source; a second of the same room fails."""

    def declare(needs: Callable[[date], Iterable[Need]]) -> Callable[[date], Iterable[Need]]:
        if room in SOURCES:
            raise ValueError(f"two sources of needs called {room}")
        SOURCES[room] = NeedSource({f"{room}.{kind}": text for kind, text in kinds.items()}, needs)
        return needs

    return declare


def kinds() -> dict[str, Text]:
    """What is to be done about a need of each kind, of all rooms."""
    return {kind: text for source in SOURCES.values() for kind, text in source.kinds.items()}


def needs_on(day: date) -> Iterator[Need]:
    """All needs of all rooms on a day."""
    for source in SOURCES.values():
        yield from source.needs(day)
