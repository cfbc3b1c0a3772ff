"""Who answers a case, and why: dated rules, the first that fits decides (điều phối).

Rules are data: kind, category, where it happened, at what hour it is routed, how much the agency has
already. Of what a rule may route to, "commune" stands for the commune of the place, "department:<code>"
for a department of the province, "province" for the unit of the standing agency.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from tinhso.kernel.rule_files import reads
from tinhso.kernel.rule_problems import at, codes, each, known, once
from tinhso.measure import writing
from tinhso.measure.text import Problem, Text, message
from tinhso.measure.yamltree import Tree

FILE = "routing/routing.yaml"

ENDS_FIRST = message(
    "routing-ends-first",
    vi="Quy tắc có hiệu lực từ {since} nên phải hết sau ngày ấy. Sửa since hoặc until.",
    en="The rule holds from {since}, so it must end after that day. Correct since or until.",
)
BAD_HOURS = message(
    "routing-hours",
    vi="“{found}” không phải giờ: viết như “17:00-07:30”, hai giờ khác nhau, hoặc “office”, “off”.",
    en='"{found}" are no hours: write "17:00-07:30" with two different times, or "office", "off".',
)
IDLE = message(
    "routing-idle",
    vi="Quy tắc “{code}” không bao giờ quyết định: một quy tắc đứng trước nhận hết những gì nó nhận. Chuyển lên trước, hoặc bỏ đi.",
    en='The rule "{code}" can never decide: one before it takes all that it would. Move it up, or remove it.',
)
KIND = Text("loại vụ việc", "kind of case")
CATEGORY = Text("lĩnh vực", "category")


@dataclass(frozen=True)
class Moment:
    """A moment as rules see it: the local time of day, and whether offices are open."""

    clock: time
    at_work: bool


@dataclass(frozen=True)
class Hours:
    """[since, until) of every day, also over midnight; or, by the calendar, when offices are open
    (`at_work` True) or closed (False)."""

    since: time = time.min
    until: time = time.min
    at_work: bool | None = None

    def holds(self, at: Moment) -> bool:
        if self.at_work is not None:
            return at.at_work is self.at_work
        if self.since < self.until:
            return self.since <= at.clock < self.until
        return at.clock >= self.since or at.clock < self.until

    @property
    def words(self) -> Text:
        if self.at_work is not None:
            return OFFICE if self.at_work else OFF
        span = f"{self.since:%H:%M}–{self.until:%H:%M}"
        return Text(span, span)


@dataclass(frozen=True)
class RoutingRule:
    """Empty `kinds`, `categories`, `places` or `hours`: all. Holds on [since, until); `until` None: still.

    `places`: uids of units in one of which it happened. `hours`: when it is routed.
    """

    code: str
    why: Text
    kinds: frozenset[str]
    categories: frozenset[str]
    to: str
    since: date
    until: date | None = None
    most_open: int | None = None  # does not fit an agency that has more open cases
    places: frozenset[str] = frozenset()
    hours: tuple[Hours, ...] = ()


@dataclass(frozen=True)
class Tried:
    """One rule that was looked at, and what came of it: without a `note` it decided."""

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


NOT_YET = Text("có hiệu lực từ {day}", "holds from {day}")
NO_LONGER = Text("hết hiệu lực từ {day}", "held until {day}")
OTHER_KIND = Text("không dành cho loại vụ việc này", "is for other kinds of case")
OTHER_CATEGORY = Text("không dành cho lĩnh vực này", "is for other categories")
OFFICE = Text("trong giờ làm việc", "while offices are open")
OFF = Text("ngoài giờ làm việc", "while offices are closed")
NOT_THERE = Text("không xảy ra ở nơi mà quy tắc nêu", "it is not where the rule says")
NOT_NOW = Text("lúc {clock} thì chưa tới giờ mà quy tắc nêu ({hours})", "at {clock} it is not the hour that the rule says ({hours})")  # fmt: skip
NO_PLACE = Text("không rõ nơi xảy ra", "the place is not known")
NO_UNIT = Text("không có cơ quan này", "there is no such agency")
FULL = Text("nơi ấy đang có hơn {most} vụ việc mở", "it has more than {most} open cases")


def route(
    rules: Sequence[RoutingRule],
    kind: str,
    category: str,
    day: date,
    places: Mapping[str, str],
    open_cases: Mapping[str, int],
    *,
    within: Collection[str] = (),
    at: Moment | None = None,
) -> Route:
    """`places` maps what a rule's `to` may say to a unit's uid; `open_cases`: how many each has. `within`:
    the units that the place lies in, itself among them. `at` None: no rule that names hours fits."""
    tried = []
    for rule in rules:
        note = _not_for(rule, kind, category, day) or _elsewhere(rule, within, at)
        if note is not None:
            tried.append(Tried(rule, fits=False, unit="", note=note))
            continue
        unit = places.get(rule.to, "")
        if not unit:
            note = NO_PLACE if rule.to == "commune" else NO_UNIT
            tried.append(Tried(rule, fits=True, unit="", note=note))
            continue
        if rule.most_open is not None and open_cases.get(unit, 0) > rule.most_open:
            note = _filled(FULL, most=str(rule.most_open))
            tried.append(Tried(rule, fits=True, unit=unit, note=note))
            continue
        return Route(unit, rule, (*tried, Tried(rule, fits=True, unit=unit)))
    return Route("", None, tuple(tried))


def _not_for(rule: RoutingRule, kind: str, category: str, day: date) -> Text | None:
    """Why a rule is not for such cases, or not on that day; None where it is."""
    if day < rule.since:
        return _with_day(NOT_YET, rule.since)
    if rule.until is not None and rule.until <= day:
        return _with_day(NO_LONGER, rule.until)
    if rule.kinds and kind not in rule.kinds:
        return OTHER_KIND
    if rule.categories and category not in rule.categories:
        return OTHER_CATEGORY
    return None


def _with_day(text: Text, day: date) -> Text:
    return Text(
        text.vi.format(day=writing.day(day, "vi")), text.en.format(day=writing.day(day, "en"))
    )


def _filled(text: Text, **values: str) -> Text:
    return Text(text.vi.format(**values), text.en.format(**values))


def _elsewhere(rule: RoutingRule, within: Collection[str], at: Moment | None) -> Text | None:
    """Why a rule does not hold for this place and hour; None where it does."""
    if rule.places and not rule.places.intersection(within):
        return NOT_THERE
    if not rule.hours or (at is not None and any(one.holds(at) for one in rule.hours)):
        return None
    clock = f"{at.clock:%H:%M}" if at else "–"
    vi, en = (", ".join(one.words.to(language) for one in rule.hours) for language in ("vi", "en"))
    return Text(NOT_NOW.vi.format(clock=clock, hours=vi), NOT_NOW.en.format(clock=clock, hours=en))


def never(rules: Sequence[RoutingRule]) -> list[str]:
    """Codes of rules that can never decide: one before them decides whatever they would."""
    found = []
    for n, rule in enumerate(rules):
        if any(_covers(other, rule) for other in rules[:n]):
            found.append(rule.code)
    return found


def _covers(other: RoutingRule, rule: RoutingRule) -> bool:
    """Whether `other` fits and has a unit for everything that `rule` fits. Only the standing agency's
    unit is always known; a commune, or a department's code, may not be."""
    sure = other.most_open is None and other.to in ("province", rule.to)
    span = other.since <= rule.since and (
        other.until is None or (rule.until is not None and rule.until <= other.until)
    )
    wider = all(
        not mine or (theirs and theirs <= mine)
        for mine, theirs in (
            (other.kinds, rule.kinds),
            (other.categories, rule.categories),
            (other.places, rule.places),
            (frozenset(other.hours), frozenset(rule.hours)),
        )
    )
    return bool(sure and span and wider)


@reads(FILE)
def rules(source: Tree) -> tuple[RoutingRule, ...]:
    """The rules of a file, in its order."""
    return tuple(_rules(source.data["rules"]))


def wrong(source: Tree, kinds: Collection[str], categories: Collection[str]) -> Iterator[Problem]:
    """What a file of the right shape says that cannot be meant; `kinds`, `categories`: all there are."""
    every = range(len(source.data["rules"]))
    yield from once(source, codes(source, "rules"))
    for key, there, what, where in (
        ("kinds", kinds, KIND, "cases/*.yaml"),
        (
            "categories",
            categories,
            CATEGORY,
            "cases/categories/feedback.yaml, questions/fields.yaml",
        ),
    ):
        routes = (route for n in every for route in each(source, "rules", n, key))
        yield from known(source, routes, there, what, where)
    unread = False
    for n in every:
        one = source.data["rules"][n]
        if not one["since"] < one.get("until", "9999-99-99"):
            yield ENDS_FIRST(source.place(("rules", n, "until")), since=one["since"])
        for route in each(source, "rules", n, "hours"):
            try:
                hours_of(at(source, route))
            except ValueError:
                unread = True
                yield BAD_HOURS(source.place(route), found=at(source, route))
    if not unread:
        idle = never(rules(source))
        for route in codes(source, "rules"):
            if at(source, route) in idle:
                yield IDLE(source.place(route), code=at(source, route))


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
            frozenset(one.get("places", ())),
            tuple(hours_of(written) for written in one.get("hours", ())),
        )


def hours_of(written: str) -> Hours:
    """`17:00-07:30`, `office` or `off`.

    >>> hours_of("17:00-07:30").words.vi, hours_of("off").words.vi
    ('17:00–07:30', 'ngoài giờ làm việc')
    """
    if written in ("office", "off"):
        return Hours(at_work=written == "office")
    since, _, until = written.partition("-")
    found = Hours(time.fromisoformat(since), time.fromisoformat(until))
    if found.since == found.until:
        raise ValueError(f"hours {written}: no time")
    return found
