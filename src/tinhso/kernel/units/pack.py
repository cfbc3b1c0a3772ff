"""The unit data files as typed rows, and what must be true of them.

Pure Python: the loader puts these rows into the database, the register is built from them, and
tools that have no database read the files straight.
"""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from tinhso.kernel.rule_files import PACKS
from tinhso.kernel.units.words import TYPES, Kind
from tinhso.measure.boundaries import Level
from tinhso.measure.text import Place, Problem, Text, message

PACK = PACKS / "units"
VERSION_FILES = ("units.csv", "agencies.csv")
EVENT_FILE = "successions.csv"
# A look-up here is several times faster than calling the enumeration, and there are 14,000 rows.
_LEVELS = {level.value: level for level in Level}

NO_UNIT = message(
    "units.no-unit",
    vi="Sự kiện nhắc đến {uid}, nhưng không có đơn vị nào mang mã này.",
    en="An event names {uid}, but there is no such unit.",
)
NO_PARENT = message(
    "units.no-parent",
    vi="{uid} thuộc {parent} từ {since} đến {until}, nhưng {parent} không tồn tại suốt thời gian đó.",
    en="{uid} is under {parent} from {since} to {until}, but {parent} does not exist all that time.",
)
OVERLAP = message(
    "units.overlap",
    vi="{uid} có hai phiên bản trùng thời gian hoặc có khoảng trống quanh ngày {day}.",
    en="{uid} has two versions that overlap, or a gap between them, around {day}.",
)
CODE_TWICE = message(
    "units.code-twice",
    vi="Mã {code} được cả {uid} và {other} mang trong cùng một ngày.",
    en="Code {code} is borne by both {uid} and {other} on the same day.",
)
BAD_EVENT = message(
    "units.bad-event",
    vi="Sự kiện “{kind}” từ {source} đến “{target}” không hợp lệ với loại của nó.",
    en="A “{kind}” event from {source} to “{target}” contradicts its kind.",
)


@dataclass(frozen=True, slots=True)
class Version:
    """A stretch of a unit's life in which its code, type, name and parent stay the same.

    Half-open: holds from `since` up to, not including, `until`; None is unknown or without end.
    `lat` and `lon` are degrees (WGS 84), `area` is in km2.
    """

    uid: str
    level: Level
    code: str
    type: str
    name: str
    name_en: str
    parent: str | None
    since: date | None
    until: date | None
    lat: float | None = None
    lon: float | None = None
    area: float | None = None

    def holds_on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (
            self.until is None or day < self.until
        )


@dataclass(frozen=True, slots=True)
class Event:
    """A change (biến động): what `source` became, in whole or in part, and by which resolution.

    `target` is None when the unit ended without a successor, and the same as `source` when the
    unit goes on under another name or parent.
    """

    on: date
    kind: Kind
    source: str
    target: str | None
    whole: bool
    resolution: str
    note: str

    @property
    def passes_on(self) -> bool:
        """Whether records and duties pass to another unit."""
        return self.target is not None and self.target != self.source


def digest(folder: Path = PACK) -> str:
    """A fingerprint of the data files; changes when any of them does."""
    total = hashlib.sha256()
    for name in (*VERSION_FILES, EVENT_FILE):
        total.update((folder / name).read_bytes())
    return total.hexdigest()


def read_versions(folder: Path = PACK) -> list[Version]:
    return [_version(row) for name in VERSION_FILES for row in _rows(folder / name)]


def read_events(folder: Path = PACK) -> list[Event]:
    kinds = {kind.value: kind for kind in Kind}
    return [
        Event(
            date.fromisoformat(row["on"]),
            kinds[row["kind"]],
            row["source"],
            row["target"] or None,
            row["extent"] == "whole",
            row["resolution"],
            row["note"],
        )
        for row in _rows(folder / EVENT_FILE)
    ]


def check(versions: Sequence[Version], events: Iterable[Event]) -> list[Problem]:
    """Everything that is wrong with the rows; an empty list when nothing is."""
    lives: dict[str, list[Version]] = defaultdict(list)
    for version in versions:
        lives[version.uid].append(version)
    return [
        *_check_lives(lives),
        *_check_parents(lives),
        *_check_codes(versions),
        *_check_events(lives, events),
    ]


def _check_lives(lives: dict[str, list[Version]]) -> Iterator[Problem]:
    for uid, own in lives.items():
        own.sort(key=lambda version: version.since or date.min)
        for before, after in pairwise(own):
            if before.until is None or before.until != after.since:
                yield OVERLAP(_place(), uid=uid, day=after.since)
        for version in own:
            if version.type not in TYPES or (
                version.since and version.until and version.since >= version.until
            ):
                yield OVERLAP(_place(), uid=uid, day=version.since)


def _check_parents(lives: dict[str, list[Version]]) -> Iterator[Problem]:
    for uid, own in lives.items():
        for version in own:
            if version.parent is None:
                continue
            above = lives.get(version.parent)
            first, last = (above[0].since, above[-1].until) if above else (date.max, date.min)
            starts_late = first is not None and (version.since is None or version.since < first)
            ends_early = last is not None and (version.until is None or version.until > last)
            if starts_late or ends_early:
                since, until = (_or_open(day) for day in (version.since, version.until))
                yield NO_PARENT(_place(), uid=uid, parent=version.parent, since=since, until=until)


def _check_codes(versions: Iterable[Version]) -> Iterator[Problem]:
    bearers: dict[str, list[Version]] = defaultdict(list)
    for version in versions:
        bearers[version.code].append(version)
    for code, borne in bearers.items():
        borne.sort(key=lambda version: version.since or date.min)
        for before, after in pairwise(borne):
            if before.until is None or after.since is None or before.until > after.since:
                yield CODE_TWICE(_place(), code=code, uid=before.uid, other=after.uid)


def _check_events(lives: dict[str, list[Version]], events: Iterable[Event]) -> Iterator[Problem]:
    for event in events:
        for uid in (event.source, event.target):
            if uid is not None and uid not in lives:
                yield NO_UNIT(_place(EVENT_FILE), uid=uid)
        ended = event.target is None
        in_part = event.kind in {Kind.SPLIT, Kind.PART_MERGE}
        goes_on = event.source == event.target
        if (
            ended != (event.kind is Kind.ABOLISH)
            or in_part == event.whole
            or (goes_on and event.kind not in {Kind.RENAME, Kind.MOVE})
        ):
            yield BAD_EVENT(
                _place(EVENT_FILE),
                kind=event.kind.value,
                source=event.source,
                target=event.target or "",
            )


def _version(row: dict[str, str]) -> Version:
    return Version(
        uid=row["uid"],
        level=_LEVELS[row["level"]],
        code=row["code"],
        type=row["type"],
        name=row["name"],
        name_en=row["name_en"],
        parent=row["parent"] or None,
        since=_day(row["since"]),
        until=_day(row["until"]),
        # Agencies have no point and no area.
        lat=_number(row.get("lat", "")),
        lon=_number(row.get("lon", "")),
        area=_number(row.get("area_km2", "")),
    )


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        yield from csv.DictReader(opened)


@lru_cache(maxsize=256)
def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _number(text: str) -> float | None:
    return float(text) if text else None


def _or_open(day: date | None) -> Text:
    return Text(day.isoformat(), day.isoformat()) if day else Text("trước nay", "always")


def _place(file: str = VERSION_FILES[0]) -> Place:
    return Place(file)
