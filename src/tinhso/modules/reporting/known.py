"""All that is known of a period's figures: answers, records, last values, neighbours, contradictions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property

from tinhso.kernel.ledger.models import Delivery, DeliveryState
from tinhso.kernel.ledger.outbox import RECORDS
from tinhso.kernel.units.register import UnitRegister
from tinhso.measure.definitions import Indicator
from tinhso.measure.periods import Period
from tinhso.measure.text import InputError, Problem, Text
from tinhso.modules.plan.pack import ReportingDuty, Step
from tinhso.modules.plan.workspace import PlanPack, UnknownPlanError, Workspace
from tinhso.modules.reporting.checks import Labels, Parts
from tinhso.modules.reporting.models import Answer, ReportedFigure
from tinhso.modules.reporting.recorded import STREAM, Recorded, Records, recorded
from tinhso.modules.reporting.requests import (
    Request,
    figure_of,
    periods_of,
    requests_of,
    step_unit,
    steps_left,
)
from tinhso.modules.reporting.standing import (
    TWO_SOURCES,
    Facts,
    Standing,
    State,
    late_days,
    standing,
    sum_differs,
    two_sources,
)


@dataclass(frozen=True)
class Last:
    """The value before: of the unit itself, or the sum of the `units` that it was made from."""

    as_of: date
    parts: Parts
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cell:
    """One figure of one request, as it stands on a day."""

    request: Request
    indicator: Indicator
    figure: ReportedFigure | None
    standing: Standing
    late: int  # days
    step: Step | None  # the one it waits for
    step_unit: str  # whose people take it
    contradictions: tuple[Problem, ...]
    elsewhere: Parts | None

    @property
    def parts(self) -> Parts | None:
        """What was answered last, or what another source has brought."""
        return parts_of(self.figure) or self.elsewhere

    @property
    def two_sources(self) -> bool:
        """Whether another source says otherwise of this very figure, and not only of a sum with it."""
        return any(one.message is TWO_SOURCES for one in self.contradictions)

    @property
    def labels(self) -> Labels:
        return labels_of(self.indicator)


def labels_of(indicator: Indicator) -> Labels:
    below = indicator.denominator
    return Labels(indicator.numerator.label, None if below is None else below.label)


def parts_of(figure: ReportedFigure | None) -> Parts | None:
    """What the newest answer says; None as long as there is none."""
    if figure is None or figure.answer is None:
        return None
    return Parts(figure.answer.numerator, figure.answer.denominator)


def carried(indicator: Indicator, last: Last | None, answer: Answer | None) -> str:
    """Last time's denominator, to be filled in where nothing was answered yet; "" for none."""
    if answer is not None or last is None or indicator.denominator is None:
        return ""
    return str(last.parts.denominator or "")


def record_key(indicator: Indicator, unit: str, as_of: date) -> str:
    """What the outbox calls a figure: whatever is owed for one comes in order."""
    return f"{figure_of(indicator)}/{unit}/{as_of.isoformat()}"


class Known:
    """One duty's period on a day. Reads the site's database and the lake once, when first asked."""

    def __init__(
        self,
        place: Workspace,
        pack: PlanPack,
        duty: ReportingDuty,
        period: Period,
        day: date,
        records: Records | None = None,
    ) -> None:
        """`records`: what the lake holds, where it has been read already."""
        self.place, self.pack, self.duty, self.period, self.day = place, pack, duty, period, day
        self.units: UnitRegister = place.units
        self._given = records
        self._differences: dict[tuple[str, str, str, str], Problem | None] = {}
        self.indicators = [pack.indicators[code].indicator for code in duty.indicators]

    def anew(self) -> Known:
        """The same, with what has been sent in the meantime."""
        one = Known(self.place, self.pack, self.duty, self.period, self.day, self.records)
        one.requests = self.requests
        return one

    @cached_property
    def requests(self) -> dict[str, Request]:
        found = requests_of(
            self.pack.code, self.pack.plan, self.duty, self.period, self.units, self.day
        )
        return {one.unit: one for one in found}

    @cached_property
    def records(self) -> Records:
        return recorded(self.place) if self._given is None else self._given

    @cached_property
    def figures(self) -> dict[tuple[str, str], ReportedFigure]:
        """By indicator and unit, with their newest answers."""
        rows = ReportedFigure.objects.filter(
            plan=self.pack.code, duty=self.duty.code, period=self.period.code
        ).select_related("answer", "approved")
        return {(one.indicator, one.unit_id): one for one in rows}

    @cached_property
    def _on_the_way(self) -> frozenset[str]:
        """What is approved and not in the lake yet."""
        waiting = Delivery.objects.filter(
            topic=RECORDS, state=DeliveryState.WAITING, key__startswith=f"{STREAM}/"
        )
        keys = waiting.values_list("key", flat=True)
        return frozenset(key.removeprefix(f"{STREAM}/") for key in keys)

    @cached_property
    def _other_duties(self) -> list[tuple[ReportingDuty, Period]]:
        """The duties that ask other levels for the same as of the same day."""
        return [
            (one, self.period)
            for one in self.pack.plan.reporting
            if one.level is not self.duty.level
            and one.reporting is self.duty.reporting
            and one.every is self.duty.every
            and set(one.indicators) & set(self.duty.indicators)
            and one.since <= self.period.last_day
            and (one.until is None or self.period.last_day < one.until)
        ]

    @cached_property
    def _others(self) -> list[Known]:
        return [
            Known(self.place, self.pack, duty, period, self.day, self.records)
            for duty, period in self._other_duties
        ]

    def _records(self, indicator: Indicator, unit: str) -> Sequence[Recorded]:
        return self.records.get((figure_of(indicator), unit), ())

    def elsewhere(self, indicator: Indicator, unit: str) -> Parts | None:
        """What the lake holds of this figure that this room did not bring."""
        if self.duty.control:
            return None
        as_of = self.period.last_day
        found = next((r.parts for r in self._records(indicator, unit) if r.as_of == as_of), None)
        figure = self.figures.get((indicator.code, unit))
        if found is None or record_key(indicator, unit, as_of) in self._on_the_way:
            return None
        approved = figure.approved if figure is not None else None
        if approved is not None and Parts(approved.numerator, approved.denominator) == found:
            return None
        return found

    def parts(self, indicator: Indicator, unit: str) -> Parts | None:
        """What is known of a figure, from whichever source."""
        own = parts_of(self.figures.get((indicator.code, unit)))
        return own or self.elsewhere(indicator, unit)

    def last(self, indicator: Indicator, unit: str) -> Last | None:
        """The newest approved value before this period. A unit that has none of its own is compared
        with the sum of all that it was made from, where they are known as of one day."""
        own = self._before(indicator, unit)
        if own is not None or unit not in self.units.boundaries.predecessors:
            return None if own is None else Last(own.as_of, own.parts)
        steps = self.units.boundaries.predecessors[unit]
        if not all(one.whole for one in steps):
            return None
        found = [self._before(indicator, one.source) for one in steps]
        known = [one for one in found if one is not None]
        if len(known) < len(found) or len({one.as_of for one in known}) != 1:
            return None
        return Last(
            known[0].as_of, _sum(one.parts for one in known), tuple(s.source for s in steps)
        )

    def _before(self, indicator: Indicator, unit: str) -> Recorded | None:
        return next(
            (
                one
                for one in reversed(self._records(indicator, unit))
                if one.as_of < self.period.last_day and one.parts.numerator is not None
            ),
            None,
        )

    def neighbours(self, indicator: Indicator, unit: str) -> list[Fraction]:
        """What the other units of the level are known by for the same period: shares, or numbers where
        the indicator has no denominator."""
        whole = indicator.denominator is not None
        known = (self.parts(indicator, other) for other in self.requests if other != unit)
        found = (one.compared(whole=whole) for one in known if one is not None)
        return [one for one in found if one is not None]

    def contradictions(self, indicator: Indicator, unit: str) -> tuple[Problem, ...]:
        """What contradicts a figure: another source, or the sum of the units below."""
        own = parts_of(self.figures.get((indicator.code, unit)))
        found = [two_sources(own, self.elsewhere(indicator, unit))]
        for other in self._others:
            if indicator.code in other.duty.indicators:
                found += self._sums(other, indicator, unit)
        return tuple(one for one in found if one is not None)

    def _sums(self, other: Known, indicator: Indicator, unit: str) -> Iterable[Problem | None]:
        path = self.units.boundaries.map(self.period.last_day).path
        upper, lower = (self, other) if _is_above(self, other) else (other, self)
        for top in upper.requests:
            if unit == top or top in path(unit):
                yield self._sum_differs(upper, lower, indicator, top)

    def _sum_differs(
        self, upper: Known, lower: Known, indicator: Indicator, top: str
    ) -> Problem | None:
        """The same for all units below one: worked out once."""
        key = (upper.duty.code, lower.duty.code, indicator.code, top)
        if key not in self._differences:
            path = self.units.boundaries.map(self.period.last_day).path
            own = parts_of(upper.figures.get((indicator.code, top)))
            below = [lower.parts(indicator, one) for one in lower.requests if top in path(one)]
            name = _named(self.units, upper.requests[top])
            self._differences[key] = sum_differs(own, below, name, indicator.code)
        return self._differences[key]

    def sum_below(self, indicator: Indicator, unit: str) -> Parts | None:
        """The sum of what is known of the units below, whichever duty asks them."""
        path = self.units.boundaries.map(self.period.last_day).path
        found = [
            other.parts(indicator, one)
            for other in self._others
            if not _is_above(other, self) and indicator.code in other.duty.indicators
            for one in other.requests
            if unit in path(one)
        ]
        known = [one for one in found if one is not None and one.numerator is not None]
        return _sum(known) if known else None

    def cell(self, indicator: Indicator, unit: str) -> Cell:
        request = self.requests[unit]
        figure = self.figures.get((indicator.code, unit))
        other = self.elsewhere(indicator, unit)
        state = State(figure.state) if figure is not None else None
        facts = Facts(state, figure.sent_on if figure is not None else None, other is not None)
        step, taker = None, ""
        if figure is not None and state is State.SENT:
            left = steps_left(self.units, request, passed(figure), self.day)
            step = left[0] if left else None
            taker = (step_unit(self.units, request, step, self.day) or "") if step else ""
        return Cell(
            request,
            indicator,
            figure,
            standing(facts, request.as_of, request.due, self.day),
            late_days(facts, request.due, self.day),
            step,
            taker,
            self.contradictions(indicator, unit),
            other,
        )

    def cells(self, unit: str) -> list[Cell]:
        return [self.cell(indicator, unit) for indicator in self.indicators]


class NoSuchReportError(LookupError):
    """No plan asks for that: the duty, the period or the unit in the address is none."""


def known_of(place: Workspace, plan: str, duty: str, period: str, day: date) -> Known:
    """The duty's period that an address names. Raises NoSuchReportError."""
    try:
        pack = place.plan(plan)
        found = Period.parse(period)
    except (UnknownPlanError, InputError):
        raise NoSuchReportError(plan, duty, period) from None
    one = next((one for one in pack.plan.reporting if one.code == duty), None)
    if one is None or found not in periods_of(one, day):
        raise NoSuchReportError(plan, duty, period)
    return Known(place, pack, one, found, day)


def passed(figure: ReportedFigure) -> tuple[Step, ...]:
    """The steps that approved the newest answer."""
    return tuple(Step(one) for one in figure.passed.split(",") if one)


def _named(units: UnitRegister, request: Request) -> Text:
    """The unit of a request, and which part of it reports where that is not all of it."""
    name = units.full_name(request.unit, request.as_of)
    if not request.territory:
        return name
    old = units.full_name(request.territory)
    return Text(f"{name.vi} (phần {old.vi} trước đây)", f"{name.en} (the former {old.en})")


def _is_above(one: Known, other: Known) -> bool:
    order = ["country", "province", "district", "commune"]
    return order.index(one.duty.level.value) < order.index(other.duty.level.value)


def _sum(parts: Iterable[Parts]) -> Parts:
    found = list(parts)
    below = [one.denominator for one in found]
    return Parts(
        sum(one.numerator or 0 for one in found),
        None if None in below else sum(one or 0 for one in below),
    )
