"""Where a unit stands (đơn vị đang ở đâu): told by the rooms, for whoever needs it at one glance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tinhso.kernel.people.who import Who
from tinhso.measure.text import Text


@dataclass(frozen=True)
class Fact:
    """A part of a line, with the page where it is seen, in Vietnamese. `bad`: it asks for something."""

    text: Text
    address: str
    bad: bool = False


@dataclass(frozen=True)
class Stand:
    """One line of a unit: its targets, its tasks, its rank."""

    name: Text
    facts: tuple[Fact, ...]
    simulated: bool = False


Tell = Callable[[Who, str], Stand | None]

#: By room, in the order in which they are shown.
STANDINGS: dict[str, Tell] = {}
ORDER = ("shares", "tasks", "scorecards")


def tells_standing(room: str) -> Callable[[Tell], Tell]:
    """Declare what a room tells of a unit; None where it has nothing of it. A second of a room fails."""

    def declare(tell: Tell) -> Tell:
        if room in STANDINGS:
            raise ValueError(f"two standings called {room}")
        STANDINGS[room] = tell
        return tell

    return declare


def standing_of(who: Who, unit: str) -> Iterator[Stand]:
    for room in ORDER:
        tell = STANDINGS.get(room)
        stand = tell(who, unit) if tell else None
        if stand is not None:
            yield stand
