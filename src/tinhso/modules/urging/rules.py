"""When whom to remind: pure functions of the rules, a need and the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from tinhso.kernel.clock.calendar import WorkCalendar
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.notices.needs import Need
from tinhso.measure.text import Text
from tinhso.measure.yamltree import read_yaml

RULES = Path(__file__).resolve().parents[2] / "packs" / "urging" / "urging.yaml"


class Of(StrEnum):
    DUE = "due"
    SINCE = "since"


class To(StrEnum):
    RESPONSIBLE = "responsible"
    HEAD = "head"
    PROVINCE = "province"


@dataclass(frozen=True)
class Rule:
    """`days` after (negative: before) the day it counts from, in rising order; each is a step.

    `working`: working days are counted, so that what is due on a Monday is spoken of on the Friday
    before; otherwise all days are.
    """

    code: str
    name: Text
    of: Of
    days: tuple[int, ...]
    to: To
    kinds: frozenset[str]
    working: WorkCalendar | None = None

    def step(self, need: Need, day: date) -> int | None:
        """The last step that has come by `day`; None before the first, and of other needs.

        Steps that were missed (nobody worked, or the need is older than the software) are not made
        up for: only the last is left.
        """
        if self.kinds and need.kind not in self.kinds:
            return None
        if self.of is Of.DUE:
            if need.due is None:
                return None
            passed = self._passed(need.due, day)
            # What was to be said before the day is not said after it.
            if passed > 0 and self.days[-1] <= 0:
                return None
        else:
            if need.due is not None:
                return None
            passed = self._passed(need.since, day)
        return max((one for one in self.days if one <= passed), default=None)

    def _passed(self, of: date, day: date) -> int:
        if self.working is None:
            return (day - of).days
        one = timedelta(days=1)
        if day < of:
            return -self.working.working_days(day + one, of + one)
        return self.working.working_days(of + one, day + one)


@dataclass(frozen=True)
class Rules:
    from_hour: int
    calendar: WorkCalendar
    most_lines: int
    rules: tuple[Rule, ...]

    def works_on(self, day: date) -> bool:
        """Whether anybody is at work to read it."""
        return self.calendar.works(day)


@cache
def rules() -> Rules:
    """The rules of `packs/urging/urging.yaml`."""
    data = read_yaml(RULES).data
    days = calendar(data["calendar"])
    return Rules(
        data["from_hour"],
        days,
        data["most_lines"],
        tuple(_rule(one, days) for one in data["rules"]),
    )


def _rule(one: Mapping[str, Any], calendar: WorkCalendar) -> Rule:
    days = tuple(one["days"])
    if not days or list(days) != sorted(set(days)):
        raise ValueError(f"{RULES.name}: the days of {one['code']} do not rise")
    kinds = frozenset(one.get("kinds", ()))
    working = calendar if one.get("count", "days") == "working-days" else None
    return Rule(
        one["code"], Text(**one["name"]), Of(one["of"]), days, To(one["to"]), kinds, working
    )
