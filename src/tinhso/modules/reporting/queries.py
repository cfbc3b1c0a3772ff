"""Every read of this room: what one owes, forms, overviews, histories, and what needs whom today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tinhso.kernel.people.models import Position
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.queries import UnitCard, card
from tinhso.measure.periods import Period
from tinhso.measure.text import Problem, Text
from tinhso.modules.plan.pack import ReportingDuty, Step
from tinhso.modules.plan.workspace import NotMeasuredError, PlanPack, Workspace, workspace
from tinhso.modules.reporting.actions import may_take
from tinhso.modules.reporting.known import (
    Cell,
    Known,
    Last,
    NoSuchReportError,
    carried,
    known_of,
)
from tinhso.modules.reporting.models import Answer, Draft, ReportedFigure
from tinhso.modules.reporting.policies import FIGURE
from tinhso.modules.reporting.recorded import Records, recorded
from tinhso.modules.reporting.requests import Request, periods_of
from tinhso.modules.reporting.standing import OWED, STEPS, SUM_DIFFERS, Standing, State, tally


@dataclass(frozen=True)
class Owed:
    """One request as the list of what somebody owes shows it."""

    request: Request
    unit: UnitCard
    took_over: tuple[UnitCard, ...]
    holder: UnitCard
    territory: UnitCard | None  # the part that a bigger unit reports for
    cells: tuple[Cell, ...]  # the figures asked for
    tally: Mapping[Standing, int]
    draft: Draft | None
    contradictions: int
    late: int  # days; 0 in time or nothing open

    @property
    def open(self) -> int:
        """How many figures still need whoever enters them."""
        return sum(self.tally.get(one, 0) for one in OWED)

    @property
    def urgency(self) -> tuple[bool, int, date, str]:
        returned = self.tally.get(Standing.RETURNED, 0)
        return (not self.open, -returned, self.request.due, self.unit.name.vi)


@dataclass(frozen=True)
class FormRow:
    """A figure in a form: how it stands, the value before, and what was answered."""

    cell: Cell
    last: Last | None
    answer: Answer | None
    comment: str  # why it was returned, where it was

    @property
    def code(self) -> str:
        return self.cell.indicator.code

    @property
    def carried(self) -> str:
        """The denominator that the form fills in beforehand: last time's, as long as nothing was
        answered; "" for none. It is sent only with a numerator beside it."""
        return carried(self.cell.indicator, self.last, self.answer)


@dataclass(frozen=True)
class FormPage:
    known: Known
    owed: Owed
    rows: tuple[FormRow, ...]


@dataclass(frozen=True)
class Event:
    """Something that was done to a figure, as its history tells it."""

    at: datetime
    by: str
    position: Text
    what: Text
    answer: Answer
    before: Answer | None  # the answer before it, where this is a new one
    comment: str
    ruled: bool  # whether it is a ruling on the answer, not the answer itself


@dataclass(frozen=True)
class OverviewRow:
    unit: UnitCard
    request: Request
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Overview:
    """A duty's period over all units within reach. `mine`: what the one who asks can rule on."""

    known: Known
    rows: tuple[OverviewRow, ...]
    tally: Mapping[Standing, int]
    contradictory: int  # figures of which another source says otherwise
    sums: tuple[Problem, ...]  # what a bigger unit's own figure says differently from the sum
    mine: tuple[Cell, ...]


@dataclass(frozen=True)
class Waiting:
    """A figure that waits for somebody's ruling, with the value before it."""

    cell: Cell
    last: Last | None


class NeedKind(StrEnum):
    """What a report needs from somebody (việc cần người làm)."""

    ENTER = "enter"
    MEND = "mend"  # it was returned
    RULE = "rule"
    SETTLE = "settle"  # a divided unit's: nobody took over whole


@dataclass(frozen=True)
class Need:
    """Whom something waits for: the people of `unit` (for a step: of the one who takes it)."""

    kind: NeedKind
    unit: str
    request: Request
    indicators: tuple[str, ...]
    step: Step | None
    late: int  # days after the last day in time; negative before it


def simulated() -> bool:
    """Whether the records beside which figures are entered are simulated."""
    place = workspace()
    try:
        return any(place.figures(code).cube.manifest.simulated for code in place.plans)
    except NotMeasuredError:
        return False


def boards(place: Workspace, day: date) -> Iterator[Known]:
    """Every duty's periods that have begun, newest first, for all plans."""
    records: Records | None = None
    for pack, duty, period in duties(place, day):
        records = recorded(place) if records is None else records
        yield Known(place, pack, duty, period, day, records)


def duties(place: Workspace, day: date) -> Iterator[tuple[PlanPack, ReportingDuty, Period]]:
    for pack in place.plans.values():
        for duty in pack.plan.reporting:
            for period in periods_of(duty, day):
                yield pack, duty, period


def owed(who: Who, *, all_of_them: bool = False, below: bool = False) -> list[Owed]:
    """What somebody has to enter for their own units, the most urgent first.

    With `all_of_them` what is done too; with `below` what units within reach owe, not only one's
    own.
    """
    own = {seat.unit for seat in who.seats}
    within = FIGURE.units(who, "enter")
    if not FIGURE.anywhere(who, "enter"):
        return []
    found = []
    for known in boards(workspace(), who.day):
        for unit, request in known.requests.items():
            if not below and not {request.holder, request.keeper} & own:
                continue
            if within is None or unit in within:
                one = _owed(known, request)
                if all_of_them or one.open or Standing.RUNNING in one.tally:
                    found.append(one)
    return sorted(found, key=lambda one: one.urgency)


def _owed(known: Known, request: Request) -> Owed:
    cells = known.cells(request.unit)
    counts = tally(cell.standing for cell in cells)
    draft = Draft.objects.filter(
        plan=request.plan,
        duty=request.duty.code,
        period=request.period.code,
        unit=request.unit,
    ).first()
    open_cells = [cell for cell in cells if cell.standing in OWED]
    return Owed(
        request,
        card(request.unit, request.as_of),
        tuple(card(one, request.period.start) for one in request.took_over),
        card(request.holder or request.keeper, known.day),
        card(request.territory, request.as_of) if request.territory else None,
        tuple(cells),
        counts,
        draft,
        sum(bool(cell.contradictions) for cell in cells),
        max((cell.late for cell in open_cells), default=0),
    )


def form(who: Who, plan: str, duty: str, period: str, unit: str) -> FormPage:
    """The form of one request. Raises NoSuchReportError, ForbiddenError."""
    known, request = request_of(who, plan, duty, period, unit, verb="enter")
    rows = []
    for cell in known.cells(unit):
        figure = cell.figure
        back = None
        if figure is not None and figure.state == State.RETURNED and figure.answer is not None:
            back = figure.answer.rulings.filter(approves=False).first()
        rows.append(
            FormRow(
                cell,
                known.last(cell.indicator, unit),
                figure.answer if figure is not None else None,
                back.comment if back is not None else "",
            )
        )
    return FormPage(known, _owed(known, request), tuple(rows))


def request_of(
    who: Who, plan: str, duty: str, period: str, unit: str, *, verb: str
) -> tuple[Known, Request]:
    """Raises NoSuchReportError, ForbiddenError."""
    if unit not in workspace().units:
        raise NoSuchReportError(plan, duty, period, unit)
    FIGURE.require(who, verb, unit)
    known = known_of(workspace(), plan, duty, period, who.day)
    if unit not in known.requests:
        raise NoSuchReportError(plan, duty, period, unit)
    return known, known.requests[unit]


def overview(who: Who, plan: str, duty: str, period: str) -> Overview:
    """Units × indicators within reach. Raises NoSuchReportError."""
    known = known_of(workspace(), plan, duty, period, who.day)
    within = FIGURE.units(who, "view")
    rows = tuple(
        OverviewRow(card(unit, request.as_of), request, tuple(known.cells(unit)))
        for unit, request in known.requests.items()
        if within is None or unit in within
    )
    cells = [cell for row in rows for cell in row.cells]
    return Overview(
        known,
        rows,
        tally(cell.standing for cell in cells),
        sum(cell.two_sources for cell in cells),
        tuple(_distinct_sums(cells)),
        tuple(cell for cell in cells if can_rule(who, cell)),
    )


def _distinct_sums(cells: Iterable[Cell]) -> Iterator[Problem]:
    """Each contradiction of sums once, whichever figures it concerns."""
    seen = set()
    for cell in cells:
        for one in cell.contradictions:
            if one.message is SUM_DIFFERS and (cell.indicator.code, one.to("vi")) not in seen:
                seen.add((cell.indicator.code, one.to("vi")))
                yield one


def can_rule(who: Who, cell: Cell) -> bool:
    """Whether a figure waits for somebody, by right; a second factor is asked for at the act."""
    return cell.step is not None and may_take(who, cell.request, cell.step, cell.step_unit)


def waiting_for(who: Who) -> list[Waiting]:
    """Everything that waits for somebody's ruling, the oldest due first."""
    if not (FIGURE.anywhere(who, "approve") or FIGURE.anywhere(who, "accept")):
        return []
    place = workspace()
    names = {(f.plan, f.duty, f.period) for f in ReportedFigure.objects.filter(state="sent")}
    found = []
    for plan, duty, period in sorted(names):
        try:
            known = known_of(place, plan, duty, period, who.day)
        except NoSuchReportError:
            continue  # the pack no longer asks for it
        for (code, unit), figure in known.figures.items():
            if figure.state == State.SENT and unit in known.requests:
                indicator = known.pack.indicators[code].indicator
                cell = known.cell(indicator, unit)
                if can_rule(who, cell):
                    found.append(Waiting(cell, known.last(indicator, unit)))
    order = "{0.due} {0.unit}".format
    return sorted(found, key=lambda one: (order(one.cell.request), one.cell.indicator.code))


def history(
    who: Who, plan: str, duty: str, period: str, unit: str, code: str
) -> tuple[Cell, list[Event]]:
    """A figure with all that was done to it, newest first. Raises NoSuchReportError, ForbiddenError."""
    known, _ = request_of(who, plan, duty, period, unit, verb="view")
    if code not in known.duty.indicators:
        raise NoSuchReportError(plan, duty, period, unit, code)
    cell = known.cell(known.pack.indicators[code].indicator, unit)
    if cell.figure is None:
        return cell, []
    answers = cell.figure.answers.select_related("entered_by", "file").prefetch_related(
        "rulings__by"
    )
    found: list[Event] = []
    before: Answer | None = None
    for answer in answers.order_by("number"):
        words = Text("nhập và gửi", "entered and sent")
        if before is not None:
            words = Text("gửi lại", "sent again")
        if answer.correction:
            words = Text("đính chính", "corrected")
        name = answer.entered_by.name if answer.entered_by else ""
        comment = answer.correction or answer.explanation or answer.reason
        found.append(
            Event(answer.at, name, _title(answer.position), words, answer, before, comment, False)
        )
        for ruling in answer.rulings.all():
            step = STEPS[Step(ruling.step)]
            words = Text(f"duyệt ({step.vi})", f"approved ({step.en})")
            if not ruling.approves:
                words = Text(f"trả lại ({step.vi})", f"returned ({step.en})")
            name = ruling.by.name if ruling.by else ""
            found.append(
                Event(
                    ruling.at,
                    name,
                    _title(ruling.position),
                    words,
                    answer,
                    None,
                    ruling.comment,
                    True,
                )
            )
        before = answer
    return cell, sorted(found, key=lambda one: one.at, reverse=True)


def _title(position: str) -> Text:
    found = Position.objects.filter(pk=position).first() if position else None
    if found is None:
        return Text("", "")
    return Text(found.title, found.title_en or found.title)


def needs_today(day: date, only: Iterable[Known] | None = None) -> list[Need]:
    """What needs whom on a day, for whoever urges (đôn đốc): a pure function of the declarations,
    the map, the figures and the day. The latest first."""
    found: list[Need] = []
    for known in only if only is not None else boards(workspace(), day):
        for request in known.requests.values():
            found += _needs(request, known.cells(request.unit), day)
    return sorted(found, key=lambda one: (-one.late, one.unit, one.request.duty.code))


def _needs(request: Request, cells: Sequence[Cell], day: date) -> Iterator[Need]:
    late = (day - request.due).days
    missing = tuple(c.indicator.code for c in cells if c.standing in (Standing.DUE, Standing.LATE))
    back = tuple(c.indicator.code for c in cells if c.standing is Standing.RETURNED)
    whom = request.holder or request.keeper
    if missing:
        kind = NeedKind.ENTER if request.holder else NeedKind.SETTLE
        yield Need(kind, whom, request, missing, None, late)
    if back:
        yield Need(NeedKind.MEND, whom, request, back, None, late)
    for step in request.duty.steps:
        waiting = [c for c in cells if c.step is step]
        if waiting:
            codes = tuple(c.indicator.code for c in waiting)
            yield Need(NeedKind.RULE, waiting[0].step_unit, request, codes, step, late)
