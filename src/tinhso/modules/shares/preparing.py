"""From what was typed to a table of shares that can be looked at, and then saved."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from django.http import HttpRequest

from tinhso.kernel.people.filled import day_of
from tinhso.measure.boundaries import Level
from tinhso.measure.periods import Period
from tinhso.measure.text import NOWHERE, InputError, Place, Problem, message
from tinhso.modules.plan.pack import Target
from tinhso.modules.shares import rules
from tinhso.modules.shares.actions import Document, NewAllocation, NewShare
from tinhso.modules.shares.queries import LEVELS, ShareQueries
from tinhso.modules.shares.rules import NO_MILESTONES, QUARTERS, Receiver, Rule, Sum
from tinhso.modules.shares.typed import (
    MILESTONES_WRONG,
    SHARE_WRONG,
    milestones_problem,
    read_milestones,
    read_percent,
    write_milestones,
    write_percent,
)

RULE_NEEDED = message("allocation-rule", vi="Chọn cách giao.", en="Choose how to give it.")
LEVEL_NEEDED = message(
    "allocation-level", vi="Chọn ít nhất một cấp nhận.", en="Choose at least one level."
)
NOBODY = message(
    "allocation-nobody",
    vi="Ngày {day} không có đơn vị nào ở cấp đã chọn. Chọn cấp khác hoặc ngày khác.",
    en="On {day} there is no unit of the chosen levels. Choose other levels or another day.",
)
DAY_OUTSIDE = message(
    "allocation-day",
    vi="Ngày {day} nằm ngoài thời gian có bản đồ đơn vị của kế hoạch. Ghi một ngày từ {first} đến {last}.",
    en="{day} lies outside the time for which the plan has a map of units. Give a day from {first} to {last}.",
)
BASIS_OUTSIDE = message(
    "allocation-basis",
    vi="Chưa có bản ghi cho kỳ gốc “{period}”. Chọn một kỳ trong danh sách.",
    en="There are no records for the basis period “{period}”. Choose one from the list.",
)
TABLE_BROKEN = message(
    "allocation-table",
    vi="Bảng gửi lên không còn nguyên vẹn. Bấm “Sửa cách giao”, rồi xem trước lại.",
    en="The table that was sent is not whole. Press “Change the rule” and preview again.",
)

#: The fields of the first form, which the table carries along.
FIELDS = (
    *("cach", "ngay", "ky-goc", "muc", "phan-khoang-cach", "moc", "moc-deu", "tra-loi"),
    *(f"muc-{level.value}" for level in LEVELS),
    *("so-van-ban", "ngay-van-ban", "co-quan"),
)


@dataclass(frozen=True)
class Asked:
    """The first form, read: how a target is to be given, to whom, by which document."""

    target: Target
    rule: Rule
    levels: tuple[Level, ...]
    map_day: date
    basis: Period
    document: Document
    answers: str
    parameters: Mapping[str, str]
    amount: Fraction | None = None
    amounts: Mapping[Level, Fraction] = field(default_factory=dict)
    closing: Fraction | None = None
    milestones: rules.Milestones = NO_MILESTONES
    even: bool = False


@dataclass(frozen=True)
class Line:
    """A row of the table as it is typed: the unit's own figures, its share, milestones, position."""

    receiver: Receiver
    share: str = ""
    milestones: str = ""
    answers: str = ""
    note: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Table:
    """Rows as typed with what they come to. `sum` counts the rows that can be read."""

    lines: tuple[Line, ...]
    shares: tuple[NewShare, ...]
    sum: Sum

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(one for line in self.lines for one in line.problems)


def read_asked(request: HttpRequest, queries: ShareQueries, target: Target) -> Asked:
    """The first form. Raises InputError naming every field that is wrong."""
    posted, problems = request.POST, list[Problem]()
    codes = [one.value for one in Rule]
    rule = Rule(posted["cach"]) if posted.get("cach") in codes else None
    if rule is None:
        problems.append(RULE_NEEDED(Place("cach")))
    levels = tuple(one for one in LEVELS if one.value in posted.getlist("cap"))
    if not levels:
        problems.append(LEVEL_NEEDED(Place("cap")))
    basis = _basis(posted.get("ky-goc", ""), queries, problems)
    day = _day(request, "ngay", problems)
    if day is not None:
        problems += _outside(day, queries)
    document_day = _day(request, "ngay-van-ban", problems, needed=False)
    amount = closing = None
    amounts: dict[Level, Fraction] = {}
    if rule is Rule.SAME:
        amount = _percent(posted.get("muc", ""), "muc", problems)
    if rule is Rule.BY_GAP:
        closing = _percent(posted.get("phan-khoang-cach", ""), "phan-khoang-cach", problems)
    if rule is Rule.BY_LEVEL:
        for level in levels:
            name = f"muc-{level.value}"
            found = _percent(posted.get(name, ""), name, problems)
            if found is not None:
                amounts[level] = found
    typed = posted.get("moc", "")
    milestones = read_milestones(typed)
    if milestones is None:
        problems.append(MILESTONES_WRONG(Place("moc"), value=typed))
    if problems or rule is None or basis is None or day is None:
        raise InputError(problems)
    return Asked(
        target=target,
        rule=rule,
        levels=levels,
        map_day=day,
        basis=basis,
        document=Document(
            posted.get("so-van-ban", "").strip()[:100],
            document_day,
            posted.get("co-quan", "").strip()[:200],
        ),
        answers=posted.get("tra-loi", "").strip()[:200],
        parameters=_parameters(rule, posted.get, amounts),
        amount=amount,
        amounts=amounts,
        closing=closing,
        milestones=milestones or NO_MILESTONES,
        even=bool(posted.get("moc-deu")),
    )


def _parameters(rule: Rule, get: object, amounts: Mapping[Level, Fraction]) -> dict[str, str]:
    """What the rule was given, to be kept with the allocation."""
    read = get if callable(get) else dict[str, str]().get
    match rule:
        case Rule.SAME:
            return {"muc": str(read("muc", "")).strip()}
        case Rule.BY_GAP:
            return {"phan-khoang-cach": str(read("phan-khoang-cach", "")).strip()}
        case Rule.BY_LEVEL:
            return {level.value: write_percent(one) for level, one in amounts.items()}
    return {}


def _percent(text: str, name: str, problems: list[Problem]) -> Fraction | None:
    found = read_percent(text)
    if found is None or (name == "phan-khoang-cach" and not found):
        problems.append(SHARE_WRONG(Place(name), value=text))
    return found


def _day(
    request: HttpRequest, name: str, problems: list[Problem], *, needed: bool = True
) -> date | None:
    try:
        return day_of(request, name, needed=needed)
    except InputError as error:
        problems += error.problems
        return None


def _outside(day: date, queries: ShareQueries) -> list[Problem]:
    grid = queries.plan.figures.cube.grid
    last = date(max(grid.end.year, queries.who.day.year) + 1, 1, 1)
    if grid.start <= day < last:
        return []
    shown = {"day": day.isoformat(), "first": grid.start.isoformat(), "last": last.isoformat()}
    return [DAY_OUTSIDE(Place("ngay"), **shown)]


def _basis(code: str, queries: ShareQueries, problems: list[Problem]) -> Period | None:
    if code not in [one.code for one in basis_periods(queries)]:
        problems.append(BASIS_OUTSIDE(Place("ky-goc"), period=code))
        return None
    return Period.parse(code)


def basis_periods(queries: ShareQueries) -> list[Period]:
    """The civil months, quarters, halves and year of the plan's year that have records behind them."""
    newest, grid = queries.plan.newest_day(), queries.plan.figures.cube.grid
    groups = [group for _, reporting, group in queries.plan.periods() if not reporting]
    return [
        one
        for group in groups
        for one in group
        if newest is not None and one.start <= newest and grid.slots(one) is not None
    ]


def receivers_of(queries: ShareQueries, asked: Asked) -> list[Receiver]:
    """Raises InputError when nobody is there to receive."""
    found = queries.receivers(asked.target, asked.levels, asked.map_day, asked.basis)
    if not found:
        raise InputError([NOBODY(Place("cap"), day=asked.map_day.isoformat())])
    return found


def lines_by_rule(queries: ShareQueries, asked: Asked, target: Fraction) -> list[Line]:
    """The table as the rule fills it. By hand: empty, or as the version in force has it."""
    receivers = receivers_of(queries, asked)
    shares: Mapping[str, Fraction] = {}
    match asked.rule:
        case Rule.SAME:
            assert asked.amount is not None
            shares = rules.same(receivers, asked.amount)
        case Rule.BY_LEVEL:
            shares = rules.by_level(receivers, asked.amounts)
        case Rule.BY_GAP:
            assert asked.closing is not None
            shares = rules.by_gap(receivers, target, asked.closing)
        case _:
            return lines_as_they_are(queries, asked, receivers)
    first = _first_quarter(asked.basis, queries.plan.plan.year)
    return [_line(one, shares.get(one.uid), asked, first) for one in receivers]


def _first_quarter(basis: Period, year: int) -> int:
    """The first quarter of the plan's year that begins after the basis period: 5 when none does."""
    if basis.last_day.year > year:
        return QUARTERS + 1
    return (basis.last_day.month - 1) // 3 + 2 if basis.last_day.year == year else 1


def _line(one: Receiver, share: Fraction | None, asked: Asked, first: int) -> Line:
    milestones = asked.milestones
    if asked.even and share is not None and one.baseline is not None:
        milestones = rules.even_steps(min(one.baseline, share), share, first)
    written = write_milestones(milestones) if share is not None else ""
    return Line(one, write_percent(share), written, asked.answers)


def lines_as_they_are(queries: ShareQueries, asked: Asked, receivers: list[Receiver]) -> list[Line]:
    """The version in force, for units that are among the receivers; others are empty."""
    current = queries.version(asked.target.code)
    known = {one.unit_id: one for one in current.shares.all()} if current else {}
    return [
        Line(
            one,
            write_percent(own.amount),
            write_milestones(own.milestones),
            own.answers or asked.answers,
            own.note,
        )
        if (own := known.get(one.uid))
        else Line(one, answers=asked.answers)
        for one in receivers
    ]


def lines_posted(request: HttpRequest, queries: ShareQueries, asked: Asked) -> list[Line]:
    """The table as somebody left it on the page. Raises InputError when it is not whole."""
    posted = request.POST
    try:
        more = {str(uid): (str(a), str(n)) for uid, a, n in json.loads(posted.get("dong", ""))}
    except (ValueError, TypeError):
        raise InputError([TABLE_BROKEN(NOWHERE)]) from None
    found = []
    for one in receivers_of(queries, asked):
        answers, note = more.get(one.uid, ("", ""))
        share, steps = posted.get(f"gt-{one.uid}", ""), posted.get(f"moc-{one.uid}", "")
        found.append(Line(one, share.strip(), steps.strip(), answers[:200], note[:300]))
    return found


def carried_along(lines: list[Line]) -> str:
    """What the page does not show in fields of its own, for its hidden field."""
    rows = [[one.receiver.uid, one.answers, one.note] for one in lines]
    return json.dumps(rows, ensure_ascii=False)


def table(queries: ShareQueries, asked: Asked, lines: list[Line]) -> Table:
    """Read every cell; what cannot be read says so beside itself and counts for nothing."""
    threshold, checked, shares = asked.target.required, list[Line](), list[NewShare]()
    for line in lines:
        uid, problems = line.receiver.uid, list[Problem]()
        share, milestones = None, read_milestones(line.milestones)
        if line.share:
            share = read_percent(line.share)
            if share is None:
                problems.append(SHARE_WRONG(Place(f"gt-{uid}"), value=line.share))
        if milestones is None:
            problems.append(MILESTONES_WRONG(Place(f"moc-{uid}"), value=line.milestones))
        elif share is not None:
            wrong = milestones_problem(Place(f"moc-{uid}"), milestones, share, threshold)
            problems += [wrong] if wrong else []
        if share is not None and milestones is not None and not problems:
            shares.append(NewShare(uid, share, milestones, line.answers, line.note))
        checked.append(replace(line, problems=tuple(problems)))
    by_unit = {one.unit: one.amount for one in shares}
    found = queries.sum_of(
        asked.target,
        [line.receiver for line in lines],
        by_unit,
        asked.map_day,
        asked.basis,
        threshold.amount,
    )
    return Table(tuple(checked), tuple(shares), found)


def new_allocation(asked: Asked, found: Table, reason: str) -> NewAllocation:
    """What is to be saved. Raises InputError for cells that cannot be read."""
    if found.problems:
        raise InputError(found.problems)
    return NewAllocation(
        target=asked.target,
        rule=asked.rule,
        levels=asked.levels,
        map_day=asked.map_day,
        basis=asked.basis,
        shares=found.shares,
        document=asked.document,
        parameters=asked.parameters,
        reason=reason,
    )
