"""The routing table as officers read it (bảng phân công): each rule with its days, and where one would go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from django.http import HttpRequest
from django.utils import timezone

from tinhso.kernel.cases import routing
from tinhso.kernel.cases.kinds import kind
from tinhso.kernel.cases.routing import RoutingRule, Tried
from tinhso.kernel.cases.sorting import sorted_by
from tinhso.kernel.cases.suggesting import units_named, where_to
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.people.filled import DAY_WRONG, read_day
from tinhso.kernel.rule_files import own
from tinhso.kernel.units.register import register
from tinhso.measure import writing
from tinhso.measure.text import InputError, Place, Problem, Text, message
from tinhso.modules.feedback.officer_forms import BAD_CATEGORY, commune_asked, province
from tinhso.modules.feedback.officer_words import KIND

BAD_TIME = message(
    "routing-time",
    vi="“{value}” không phải giờ. Ghi dạng 20:30.",
    en="“{value}” is no time of day. Write 20:30.",
)
TOO_EARLY = message(
    "routing-too-early",
    vi="Bảng này nói về đơn vị từ {since}. Chọn ngày ấy hoặc sau đó.",
    en="This table speaks of units as they are since {since}. Choose that day or a later one.",
)


class Holds(StrEnum):
    """How a rule's days lie to today."""

    NOW = "now"
    LATER = "later"
    BEFORE = "before"


HOLDS = {
    Holds.NOW: Text("Đang áp dụng", "In force"),
    Holds.LATER: Text("Sẽ áp dụng", "Not yet in force"),
    Holds.BEFORE: Text("Đã hết hiệu lực", "No longer in force"),
}

COMMUNE = Text("Xã, phường nơi xảy ra", "The commune of the place")


@dataclass(frozen=True)
class Row:
    """A rule in words. `number`: its place in the order, in which the first that fits decides. Nothing in
    `kinds`, `categories`, `places`, `hours`: all. `there`: whether the agency exists when it holds."""

    number: int
    rule: RoutingRule
    holds: Holds
    kinds: tuple[Text, ...]
    categories: tuple[Text, ...]
    places: tuple[Text, ...]
    hours: tuple[Text, ...]
    to: Text
    there: bool


def table(day: date) -> list[tuple[Text, list[Row]]]:
    """All rules: those of the day first, then what comes, then what was; each part in the file's order."""
    rows = [_row(n, one, day) for n, one in enumerate(routing.rules(), 1)]
    parts = ((words, [one for one in rows if one.holds is holds]) for holds, words in HOLDS.items())
    return [(words, part) for words, part in parts if part]


def are_own() -> bool:
    """Whether the rules are the province's own, not the product's."""
    return routing.FILE in own()


def begun() -> date:
    """From when on there is the province of today, and with it units that rules can name."""
    return register().versions(province())[0].since or date.min


def _in_words(day: date) -> Text:
    return Text(writing.day(day, "vi"), writing.day(day, "en"))


def _row(number: int, rule: RoutingRule, day: date) -> Row:
    holds = (
        Holds.LATER
        if day < rule.since
        else Holds.BEFORE
        if rule.until is not None and rule.until <= day
        else Holds.NOW
    )
    then = rule.since if holds is Holds.LATER else day
    if holds is Holds.BEFORE and rule.until is not None:
        then = max(rule.until - timedelta(days=1), begun())
    names = register()
    unit = units_named(province(), then).get(rule.to, "")
    if rule.to == "commune":
        to = COMMUNE
    else:
        code = rule.to.partition(":")[2]
        to = names.full_name(unit, then) if unit else Text(code, code)
    return Row(
        number,
        rule,
        holds,
        tuple(kind(one).name for one in sorted(rule.kinds)),
        tuple(_category(one) for one in sorted(rule.categories)),
        tuple(names.full_name(one, then) for one in sorted(rule.places)),
        tuple(one.words for one in rule.hours),
        to,
        rule.to == "commune" or bool(unit),
    )


def _category(code: str) -> Text:
    return next((names[code] for names in sorted_by().values() if code in names), Text(code, code))


# -- where one would go -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Supposed:
    """A case that might come: `category` "" is one that nobody has sorted, `place` "" one of no known place."""

    kind: str
    category: str
    place: str
    at: datetime


@dataclass(frozen=True)
class Looked:
    """What came of a rule. `tried` None: one before it had decided."""

    row: Row
    tried: Tried | None


@dataclass(frozen=True)
class Found:
    """Where the case would go. `unit` None: no rule fits, and a person decides."""

    supposed: Supposed
    unit: Text | None
    by: Row | None
    looked: tuple[Looked, ...]


def supposed_in(request: HttpRequest) -> Supposed:
    """Raises InputError with all that cannot be read; what is left out is now, and not known."""
    problems: list[Problem] = []
    asked = request.GET
    of, _, category = asked.get("linh-vuc", "").partition(":")
    of, now = of or KIND, timezone.localtime()
    if category not in {"", *sorted_by().get(of, ())} or of not in sorted_by():
        problems.append(BAD_CATEGORY(Place("linh-vuc"), found=asked["linh-vuc"][:40]))
    place, typed = "", asked.get("noi", "").strip()
    if typed:
        try:
            place = commune_asked(typed, "noi")
        except InputError as error:
            problems += error.problems
    day, hour = asked.get("ngay", "").strip(), asked.get("gio", "").strip()
    on, at = read_day(day) if day else now.date(), now.time()
    if on is None or on.year > 2199:
        problems.append(DAY_WRONG(Place("ngay"), value=day[:40]))
    elif on < begun():
        problems.append(TOO_EARLY(Place("ngay"), since=_in_words(begun())))
    try:
        at = time.fromisoformat(hour) if hour else at
    except ValueError:
        problems.append(BAD_TIME(Place("gio"), value=hour[:40]))
    if problems or on is None:
        raise InputError(problems)
    return Supposed(of, category, place, datetime.combine(on, at.replace(tzinfo=None), LOCAL))


def found(supposed: Supposed, rows: Sequence[Row]) -> Found:
    """What the table says of it, rule by rule, by the very function that routes."""
    home = supposed.place or province()
    route = where_to(supposed.kind, supposed.category, home, supposed.place, supposed.at)
    in_order = sorted(rows, key=lambda one: one.number)
    tried = [*route.tried, *[None] * (len(in_order) - len(route.tried))]
    looked = tuple(map(Looked, in_order, tried))
    unit = register().full_name(route.unit, supposed.at.date()) if route.unit else None
    return Found(supposed, unit, looked[len(route.tried) - 1].row if route.rule else None, looked)


def offered() -> Iterator[tuple[Text, list[tuple[str, Text]]]]:
    """The categories of each kind, as the form's one list has them."""
    for code, names in sorted_by().items():
        found = [(f"{code}:{one}", name) for one, name in names.items()]
        yield kind(code).name, found
