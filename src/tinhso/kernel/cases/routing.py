"""Who answers a case, and why: dated rules, the first that fits decides (điều phối).

Rules are data: kind, category, the level of the place; "commune" stands for the commune of the place,
"department:<code>" for a department of the province, "province" for the unit of the standing agency.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from tinhso.measure.text import Text
from tinhso.measure.yamltree import read_yaml

FILE = Path(__file__).resolve().parents[2] / "packs" / "routing" / "routing.yaml"


@dataclass(frozen=True)
class RoutingRule:
    """Empty `kinds` or `categories`: all. Holds on [since, until); `until` None: still."""

    code: str
    why: Text
    kinds: frozenset[str]
    categories: frozenset[str]
    to: str
    since: date
    until: date | None = None
    most_open: int | None = None  # does not fit an agency that has more open cases

    def fits(self, kind: str, category: str, day: date) -> bool:
        return (
            (not self.kinds or kind in self.kinds)
            and (not self.categories or category in self.categories)
            and self.since <= day
            and (self.until is None or day < self.until)
        )


@dataclass(frozen=True)
class Tried:
    """One rule that was looked at, and what came of it."""

    rule: RoutingRule
    fits: bool
    unit: str
    note: Text | None = None


@dataclass(frozen=True)
class Route:
    """`unit` "" means that no rule fits: a person decides. `tried` explains, in the order of rules."""

    unit: str
    rule: RoutingRule | None
    tried: tuple[Tried, ...]


NO_PLACE = Text("không rõ nơi xảy ra", "the place is not known")
NO_UNIT = Text("không có cơ quan này", "there is no such agency")
FULL = Text("đang có quá nhiều vụ việc", "has too many open cases")


def route(
    rules: Sequence[RoutingRule],
    kind: str,
    category: str,
    day: date,
    places: Mapping[str, str],
    open_cases: Mapping[str, int],
) -> Route:
    """`places` maps what a rule's `to` may say to a unit's uid; `open_cases`: how many each has."""
    tried = []
    for rule in rules:
        if not rule.fits(kind, category, day):
            tried.append(Tried(rule, fits=False, unit=""))
            continue
        unit = places.get(rule.to, "")
        if not unit:
            note = NO_PLACE if rule.to == "commune" else NO_UNIT
            tried.append(Tried(rule, fits=True, unit="", note=note))
            continue
        if rule.most_open is not None and open_cases.get(unit, 0) > rule.most_open:
            tried.append(Tried(rule, fits=True, unit=unit, note=FULL))
            continue
        return Route(unit, rule, (*tried, Tried(rule, fits=True, unit=unit)))
    return Route("", None, tuple(tried))


@cache
def rules(path: Path = FILE) -> tuple[RoutingRule, ...]:
    """The rules of `packs/routing/routing.yaml`, in order."""
    return tuple(_rules(read_yaml(path).data["rules"]))


def _rules(told: Iterable[Mapping[str, Any]]) -> Iterable[RoutingRule]:
    for one in told:
        yield RoutingRule(
            one["code"],
            Text(**one["why"]),
            frozenset(one.get("kinds", ())),
            frozenset(one.get("categories", ())),
            one["to"],
            date.fromisoformat(one["since"]),
            date.fromisoformat(one["until"]) if "until" in one else None,
            one.get("most_open"),
        )
