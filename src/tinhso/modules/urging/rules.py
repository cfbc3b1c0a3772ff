"""When whom to remind: pure functions of the rules, a need and the day, or of what is short the moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from tinhso.kernel.clock.calendar import LOCAL, WorkCalendar
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.notices.needs import Need
from tinhso.kernel.rule_files import reads
from tinhso.kernel.rule_problems import codes, once
from tinhso.measure.text import Problem, Text, message
from tinhso.measure.yamltree import Tree

NOT_RISING = message(
    "urging-steps",
    vi="Các mốc phải tăng dần, không mốc nào lặp lại. Sắp lại.",
    en="Steps must rise, none may be there twice. Put them in order.",
)
OTHER_STEPS = message(
    "urging-days-or-percent",
    vi="Quy tắc với of: {of} có {wanted}, không có {found}. Sửa khóa.",
    en="A rule with of: {of} has {wanted}, not {found}. Correct the key.",
)


class Of(StrEnum):
    DUE = "due"
    SINCE = "since"
    CLOCK = "clock"


class To(StrEnum):
    RESPONSIBLE = "responsible"
    HEAD = "head"
    PROVINCE = "province"


class Channel(StrEnum):
    """How somebody is told."""

    MAIL = "mail"
    PAGE = "page"


@dataclass(frozen=True)
class Rule:
    """`steps` rise. Of a day: so many days after (negative: before) it; of a clock: per cent of it
    that have passed.

    `calendar`: whose days off the rule knows; without one all days are alike. `working`: working days
    of it are counted, otherwise all days. `by`: how those that it speaks to are told.
    """

    code: str
    name: Text
    of: Of
    steps: tuple[int, ...]
    to: To
    kinds: frozenset[str] = frozenset()
    calendar: WorkCalendar | None = field(default=None, hash=False)
    working: bool = False
    by: frozenset[Channel] = frozenset(Channel)

    def step(self, need: Need, day: date) -> int | None:
        """The last step that has come by `day`; None before the first, and of other needs.

        Steps that were missed (nobody worked, or the need is older than the software) are not made
        up for: only the last is left. But what comes before or on the last day in time, and falls on
        days off, has come on the last working day before them.
        """
        if not self._speaks_of(need):
            return None
        if self.of is Of.SINCE and need.due is None:
            return self._last(self._passed(need.since, day))
        if self.of is not Of.DUE or need.due is None:
            return None
        passed = self._passed(need.due, day)
        # What was to be said before the day is not said after it.
        if passed > 0 and self.steps[-1] <= 0:
            return None
        ahead = min(0, self._passed(need.due, self._before_work_goes_on(day)))
        return self._last(max(passed, ahead))

    def step_now(self, need: Need, now: datetime, digests: tuple[datetime, datetime]) -> int | None:
        """Of what came after the last digests and is due before the next ones: the last step that has
        come by `now`; None before the first, when the time is over, and of other needs."""
        if self.of is not Of.CLOCK or need.clock is None or not self._speaks_of(need):
            return None
        begin, end = need.clock
        last, following = digests
        if not last <= begin <= now < end <= following:
            return None
        return self._last(int(100 * ((now - begin) / (end - begin))))

    def _speaks_of(self, need: Need) -> bool:
        return not self.kinds or need.kind in self.kinds

    def _last(self, passed: int) -> int | None:
        return max((one for one in self.steps if one <= passed), default=None)

    def _before_work_goes_on(self, day: date) -> date:
        """The last of the days off that follow `day`, or `day` itself."""
        if self.calendar is None:
            return day
        return self.calendar.after(day, 1) - timedelta(days=1)

    def _passed(self, of: date, day: date) -> int:
        if self.calendar is None or not self.working:
            return (day - of).days
        one = timedelta(days=1)
        if day < of:
            return -self.calendar.working_days(day + one, of + one)
        return self.calendar.working_days(of + one, day + one)

    def written(self) -> str:
        """On one line, as the ledger keeps it; `read_written` reads it back."""
        return "|".join(
            (
                self.of.value,
                "working-days" if self.working else "days",
                ",".join(map(str, self.steps)),
                self.to.value,
                ",".join(sorted(one.value for one in self.by)),
                ",".join(sorted(self.kinds)),
            )
        )


def read_written(code: str, text: str) -> Rule:
    """A rule that an entry of the ledger tells of; it has no name but its code."""
    of, count, steps, to, by, kinds = text.split("|")
    return Rule(
        code,
        Text(code, code),
        Of(of),
        tuple(map(int, steps.split(","))),
        To(to),
        frozenset(filter(None, kinds.split(","))),
        working=count == "working-days",
        by=frozenset(map(Channel, by.split(","))),
    )


@dataclass(frozen=True)
class Rules:
    from_hour: int
    calendar: WorkCalendar
    most_lines: int
    rules: tuple[Rule, ...]

    def written(self) -> dict[str, str]:
        """As the ledger keeps them."""
        general = {"from_hour": str(self.from_hour), "most_lines": str(self.most_lines)}
        general["calendar"] = self.calendar.code
        return general | {one.code: one.written() for one in self.rules}

    def works_on(self, day: date) -> bool:
        """Whether anybody is at work to read it."""
        return self.calendar.works(day)

    def digests(self, now: datetime) -> tuple[datetime, datetime]:
        """When the last digests went out by `now`, and when the next ones do."""
        now, one = now.astimezone(LOCAL), timedelta(days=1)
        day = now.date() if now.hour >= self.from_hour else now.date() - one
        while not self.works_on(day):
            day -= one
        hour = time(self.from_hour)
        following = self.calendar.after(day, 1)
        return datetime.combine(day, hour, LOCAL), datetime.combine(following, hour, LOCAL)


@reads("urging/urging.yaml")
def rules(source: Tree) -> Rules:
    data = source.data
    days = calendar()
    return Rules(
        data["from_hour"],
        days,
        data["most_lines"],
        tuple(_rule(one, days) for one in data["rules"]),
    )


def _rule(one: Mapping[str, Any], days: WorkCalendar) -> Rule:
    of = Of(one["of"])
    return Rule(
        one["code"],
        Text(**one["name"]),
        of,
        tuple(one["percent" if of is Of.CLOCK else "days"]),
        To(one["to"]),
        frozenset(one.get("kinds", ())),
        days,
        one.get("count", "days") == "working-days",
        frozenset(map(Channel, one.get("by", Channel))),
    )


def wrong(source: Tree) -> Iterator[Problem]:
    """What a file of the right shape says that cannot be meant."""
    yield from once(source, codes(source, "rules"))
    for n, one in enumerate(source.data["rules"]):
        right, other = ("percent", "days") if one["of"] == Of.CLOCK else ("days", "percent")
        if right not in one or other in one:
            place = source.place(("rules", n))
            yield OTHER_STEPS(place, of=one["of"], wanted=right, found=other)
        elif one[right] != sorted(set(one[right])):
            yield NOT_RISING(source.place(("rules", n, right)))
