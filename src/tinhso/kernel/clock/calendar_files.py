"""Files of working calendars: those of `calendars/`, and a province's own that extends one of the product's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

from tinhso.kernel.clock.calendar import Special, WorkCalendar
from tinhso.kernel.rule_files import PACKS, product_file, rule_file
from tinhso.measure.text import NOWHERE, InputError, Place, Problem, Text, message
from tinhso.measure.yamltree import Route, Tree, read_yaml

FOLDER = PACKS / "calendars"

KEYS = ("code", "name", "extends", "hours", "weekdays", "first", "announced_until", "off", "worked")
#: What a calendar needs that extends no other.
WHOLE = ("code", "name", "hours", "weekdays", "first", "announced_until")

BAD_SHAPE = message(
    "calendar-shape",
    vi="Tệp lịch làm việc sai ở “{key}”: cần {wanted}. Mẫu: packs/calendars/vn.yaml.",
    en='The working calendar is wrong at "{key}": it takes {wanted}. See packs/calendars/vn.yaml.',
)
BOTH_LANGUAGES = Text("{vi: …, en: …}", "{vi: …, en: …}")
SOME_HOURS = Text('danh sách như ["07:30-11:30"]', 'a list such as ["07:30-11:30"]')
SOME_WEEKDAYS = Text("danh sách các số từ 1 đến 7", "a list of numbers from 1 to 7")
A_DAY = Text("{on: 2026-02-13, name: {vi: …, en: …}}", "{on: 2026-02-13, name: {vi: …, en: …}}")

BAD_DAY = message(
    "calendar-day",
    vi="“{found}” không phải một ngày. Viết theo mẫu 2026-02-16.",
    en='"{found}" is not a day. Write it as 2026-02-16.',
)
BAD_HOURS = message(
    "calendar-hours",
    vi="“{found}” không phải giờ làm việc. Viết theo mẫu 07:30-11:30, giờ sau muộn hơn giờ trước.",
    en='"{found}" are not office hours. Write them as 07:30-11:30, the later hour last.',
)
TWICE = message(
    "calendar-twice",
    vi="Ngày {day} có hai lần. Giữ một.",
    en="The day {day} is there twice. Keep one.",
)
NOT_A_WORKDAY = message(
    "calendar-off-already",
    vi="Ngày {day} vốn đã nghỉ (cuối tuần). Bỏ dòng này; nếu có nghỉ bù, ghi ngày nghỉ bù.",
    en="Nobody works on {day} anyway (weekend). Remove this line; if there is a substitute day, list that one.",
)
NOT_A_WEEKEND = message(
    "calendar-worked-already",
    vi="Ngày {day} vốn đã làm việc. Bỏ dòng này.",
    en="The day {day} is worked anyway. Remove this line.",
)
UNKNOWN = message(
    "calendar-unknown",
    vi="Không có lịch làm việc “{code}”. Có: {known}.",
    en='There is no working calendar "{code}". There are: {known}.',
)


def named(code: str) -> WorkCalendar:
    """The calendar in force of that code. Raises InputError: unknown, or with all that is wrong."""
    return of(rule_file(_name(code)))


@cache
def of(source: Tree) -> WorkCalendar:
    """The calendar of one file; a file that `extends` one of the product's has its days besides the
    other's, and wins. Raises InputError with all that is wrong."""
    if problems := list(_shape(source)):
        raise InputError(problems)
    return _Reader(source).calendar()


def read(path: Path) -> WorkCalendar:
    return of(read_yaml(path))


kept = cache(read)


def _name(code: str, place: Place = NOWHERE) -> str:
    known = sorted(one.stem for one in FOLDER.glob("*.yaml"))
    if code not in known:
        raise InputError([UNKNOWN(place, code=code, known=", ".join(known))])
    return f"calendars/{code}.yaml"


def _shape(source: Tree) -> Iterator[Problem]:
    """What is not where it should be; days and hours are looked at as they are read."""
    data = source.data
    if not isinstance(data, Mapping):
        yield BAD_SHAPE(source.place(()), key="", wanted=Text("các khóa", "keys"))
        return
    for key in data:
        if key not in KEYS:
            wanted = Text("một trong " + ", ".join(KEYS), "one of " + ", ".join(KEYS))
            yield BAD_SHAPE(source.place((key,)), key=key, wanted=wanted)
    for key in ("code", "name") if "extends" in data else WHOLE:
        if key not in data:
            there = Text("khóa này", "this key")
            yield BAD_SHAPE(source.place(()), key=key, wanted=there)
    if "name" in data and not _named(data["name"]):
        yield BAD_SHAPE(source.place(("name",)), key="name", wanted=BOTH_LANGUAGES)
    for key, wanted in (("hours", SOME_HOURS), ("weekdays", SOME_WEEKDAYS)):
        told = data.get(key, [1])
        fine = isinstance(told, list) and bool(told)
        if key == "weekdays" and fine:
            fine = all(isinstance(one, int) and 1 <= one <= 7 for one in told)
        if not fine:
            yield BAD_SHAPE(source.place((key,)), key=key, wanted=wanted)
    for key in ("off", "worked"):
        days = data.get(key, [])
        if not isinstance(days, list):
            yield BAD_SHAPE(source.place((key,)), key=key, wanted=Text("danh sách", "a list"))
            continue
        for n, one in enumerate(days):
            if not (isinstance(one, Mapping) and "on" in one and _named(one.get("name"))):
                yield BAD_SHAPE(source.place((key, n)), key=f"{key}[{n}]", wanted=A_DAY)


def _named(value: object) -> bool:
    return isinstance(value, Mapping) and set(value) == {"vi", "en"}


class _Reader:
    def __init__(self, source: Tree) -> None:
        self.source = source
        self.data: Mapping[str, Any] = source.data
        self.problems: list[Problem] = []

    def calendar(self) -> WorkCalendar:
        base = self._base()
        hours = (
            tuple(filter(None, (self._hours(n) for n in range(len(self.data["hours"])))))
            if "hours" in self.data or base is None
            else base.hours
        )
        weekdays = frozenset(self.data.get("weekdays", base.weekdays if base else ()))
        first = self._own_day("first", base.first if base else None)
        until = self._own_day("announced_until", base.announced_until if base else None)
        off, worked = (self._days(key) for key in ("off", "worked"))
        for key, days in (("off", off), ("worked", worked)):
            for n, day in enumerate(days):
                ordinary = day.isoweekday() in weekdays
                place = self.source.place((key, n))
                if key == "off" and not ordinary and not (base and base.works(day)):
                    self.problems.append(NOT_A_WORKDAY(place, day=day.isoformat()))
                if key == "worked" and ordinary and (base is None or base.works(day)):
                    self.problems.append(NOT_A_WEEKEND(place, day=day.isoformat()))
        if self.problems:
            raise InputError(self.problems)
        above_off = {d: s for d, s in (base.off if base else {}).items() if d not in worked}
        above_worked = {d: s for d, s in (base.worked if base else {}).items() if d not in off}
        return WorkCalendar(
            self.data["code"],
            Text(**self.data["name"]),
            hours,
            weekdays,
            first,
            until,
            above_off | off,
            above_worked | worked,
        )

    def _base(self) -> WorkCalendar | None:
        if "extends" not in self.data:
            return None
        name = _name(self.data["extends"], self.source.place(("extends",)))
        # The product's also where this file stands for it.
        return of(product_file(name))

    def _own_day(self, key: str, inherited: date | None) -> date:
        if key not in self.data and inherited is not None:
            return inherited
        return self._day(self.data.get(key, ""), (key,))

    def _days(self, key: str) -> dict[date, Special]:
        found: dict[date, Special] = {}
        for n, one in enumerate(self.data.get(key, ())):
            day = self._day(one["on"], (key, n, "on"))
            if day in found:
                self.problems.append(TWICE(self.source.place((key, n)), day=day.isoformat()))
            found[day] = Special(Text(**one["name"]), one.get("source", ""))
        return found

    def _day(self, text: str, route: Route) -> date:
        try:
            return date.fromisoformat(str(text))
        except ValueError:
            self.problems.append(BAD_DAY(self.source.place(route), found=text))
            return date.min

    def _hours(self, n: int) -> tuple[time, time] | None:
        text = str(self.data["hours"][n])
        begin, _, end = text.partition("-")
        try:
            session = time.fromisoformat(begin), time.fromisoformat(end)
        except ValueError:
            session = (time.max, time.min)
        if session[0] >= session[1]:
            self.problems.append(BAD_HOURS(self.source.place(("hours", n)), found=text))
            return None
        return session
