"""What pages and the API ask of a plan: every read of this room, as small frozen values.

Figures come from the cube; nothing here counts or rounds. `Lens` is how the reader looks: which
period, which boundaries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tinhso.kernel.units.register import UnitRegister
from tinhso.measure.boundaries import Level
from tinhso.measure.cube import Manifest
from tinhso.measure.definitions import Better, Indicator, Kind
from tinhso.measure.figures import Figures, Table, Value
from tinhso.measure.history import OwnHistory, own_history
from tinhso.measure.periods import Period, PeriodKind
from tinhso.measure.places import View
from tinhso.measure.quality import CheckResult, check_results, outliers
from tinhso.measure.streams import Nature, Stream
from tinhso.measure.targets import Judgement, Standing, Threshold, judge
from tinhso.modules.plan.drawings import Line, Ruler, line, ruler
from tinhso.modules.plan.outlook import Outlook, outlook
from tinhso.modules.plan.pack import Baseline, MeasuredIn, Plan, Target
from tinhso.modules.plan.workspace import PlanPack, Workspace

#: Streams in which people speak to the administration: reports to 1022, questions, surveys.
HEARD = ("feedback", "questions", "ended_at_places", "satisfaction", "satisfaction_places")

#: Months in a trend.
TREND_MONTHS = 12


@dataclass(frozen=True)
class Lens:
    """How figures are looked at."""

    period: Period
    view: View


@dataclass(frozen=True)
class TargetRow:
    """One target with its figure, for a row of the overview or of a unit's page."""

    target: Target
    indicator: Indicator
    value: Value
    threshold: Threshold
    judgement: Judgement
    baseline: Baseline | None
    ruler: Ruler
    trend: Line
    fresh: date | None  # the newest day that the records behind it know of
    outlook: Outlook


@dataclass(frozen=True)
class PillarRows:
    code: str
    name: object  # Text
    rows: tuple[TargetRow, ...]
    count: int  # of the pillar's targets, shown or not


@dataclass(frozen=True)
class Overview:
    pillars: tuple[PillarRows, ...]
    tally: Mapping[Standing, int]
    followed_by: str  # the unit that took over from the plan's, where figures are its own by now
    shown: int
    total: int


class PlanQueries:
    """Reads of one plan. Make one a request; it holds no state of its own."""

    def __init__(self, workspace: Workspace, code: str) -> None:
        """Raises UnknownPlanError, NotMeasuredError."""
        self.workspace = workspace
        self.pack: PlanPack = workspace.plan(code)
        self.plan: Plan = self.pack.plan
        self.figures: Figures = workspace.figures(code)
        self.units: UnitRegister = workspace.units

    @property
    def manifest(self) -> Manifest:
        return self.figures.cube.manifest

    @property
    def root(self) -> str:
        """The unit whose plan it is."""
        return self.plan.unit

    # -- how one may look ------------------------------------------------------------------------

    def default_lens(self) -> Lens:
        """The plan's year when records reach its end, else the newest quarter that is over."""
        year = Period.of(PeriodKind.YEAR, self.plan.year)
        newest = self.newest_day()
        if newest is None or newest >= year.last_day:
            return Lens(year, View())
        quarter = Period.of(PeriodKind.QUARTER, newest.year, (newest.month - 1) // 3 + 1)
        while quarter.last_day > newest:
            quarter = quarter.previous()
        return Lens(quarter, View())

    def newest_day(self) -> date | None:
        days = [facts.last_day for facts in self.manifest.streams.values() if facts.last_day]
        return date.fromisoformat(max(days)) if days else None

    def periods(self) -> list[tuple[PeriodKind, bool, list[Period]]]:
        """The periods of the plan's year to choose from: (kind, reporting calendar?, periods)."""
        year = self.plan.year
        kinds = (PeriodKind.YEAR, 1), (PeriodKind.HALF_YEAR, 2), (PeriodKind.QUARTER, 4)
        groups = []
        for reporting in (False, True):
            for kind, count in (*kinds, (PeriodKind.MONTH, 12)):
                found = [Period.of(kind, year, n, reporting=reporting) for n in range(1, count + 1)]
                groups.append((kind, reporting, found))
        to_date = [Period.parse(f"{year}-{month:02}-ytd") for month in range(1, 13)]
        return [*groups, (PeriodKind.YEAR_TO_DATE, False, to_date)]

    def views(self) -> list[View]:
        """The boundary views to choose from: then, and each different map, newest first."""
        days = [date.fromisoformat(day) for day in self.manifest.maps]
        # A map that ended is named by its last day: "as the units were until 30/6/2025".
        named = [day - timedelta(days=1) for day in days[1:]]
        return [View(), *(View(day) for day in [days[-1], *reversed(named)])]

    # -- targets ---------------------------------------------------------------------------------

    def baseline(self, target: Target) -> Baseline | None:
        """The starting point that was measured by the target's own definition, if any is known."""
        found = [b for b in self.plan.baselines if target.code in b.targets and b.same_definition]
        return max(found, key=lambda b: b.year or 0, default=None)

    def related_baselines(self, target: Target) -> list[Baseline]:
        return [b for b in self.plan.baselines if target.code in b.targets]

    def row(self, target: Target, unit: str, lens: Lens) -> TargetRow:
        """A target's figure for a unit, judged against the plan's level for the province."""
        threshold = target.required
        value = self.figures.value(target.indicator, unit, lens.period, lens.view)
        before = self.figures.value(target.indicator, unit, lens.period.previous(), lens.view)
        deadline = target.deadline
        baseline = self.baseline(target)
        trend = self.trend(target.indicator, unit, lens)
        low, high = self.scale(value.indicator)
        start = None
        if baseline is not None:
            start = Fraction(baseline.value) / (
                100 if baseline.measure is MeasuredIn.PERCENT else 1
            )
        ahead = self.outlook(target, unit, lens)
        return TargetRow(
            target,
            value.indicator,
            value,
            threshold,
            judge(value, before, threshold, deadline),
            baseline,
            ruler(value.value, threshold.amount, start, low=low, high=high, ahead=ahead.interval),
            line(
                [one.value for one in trend],
                width=120,
                height=34,
                target=threshold.amount,
            ),
            self.fresh(value),
            ahead,
        )

    def outlook(self, target: Target, unit: str, lens: Lens) -> Outlook:
        """The chance of meeting a target by its date, as far as the lens's period could know."""
        return outlook(
            self.workspace,
            self.pack.code,
            target,
            unit,
            lens.period,
            lens.view,
            self.newest_day(),
        )

    def scale(self, indicator: Indicator) -> tuple[Fraction, Fraction]:
        """The ends of a ruler: 0 to 100 %, or the last to the first of the country's provinces."""
        if indicator.kind is not Kind.MEASURE or indicator.better is Better.HIGHER:
            return Fraction(0), Fraction(1)
        day = date(self.plan.year, 1, 1)
        return Fraction(len(self.units.on(day, Level.PROVINCE))), Fraction(1)

    def trend(self, code: str, unit: str, lens: Lens) -> list[Value]:
        """The indicator month by month up to the period's end, oldest first."""
        return self.figures.series(code, unit, self.trend_periods(lens.period), lens.view)

    def trend_periods(self, period: Period) -> list[Period]:
        last = period.last_day
        if period.reporting:
            ends = period.end
            month = Period.of(PeriodKind.MONTH, ends.year, ends.month, reporting=True)
        else:
            month = Period.of(PeriodKind.MONTH, last.year, last.month)
        return month.series(TREND_MONTHS)

    def fresh(self, value: Value) -> date | None:
        """The day up to which the figure's records know: the states' mean day for a register."""
        stream = self.workspace.streams[value.indicator.numerator.stream]
        if stream.nature is Nature.REGISTER:
            return value.numerator.state_day
        last = self.manifest.streams[stream.code].last_day
        return min(date.fromisoformat(last), value.period.last_day) if last else None

    def overview(
        self, lens: Lens, *, pillar: str = "", standing: Standing | None = None
    ) -> Overview:
        """Every target of the plan for the province, by pillar; filters narrow what is shown."""
        rows = [self.row(target, self.root, lens) for target in self.plan.targets]
        tally = Counter(row.judgement.standing for row in rows)
        shown = [
            row
            for row in rows
            if (not pillar or row.target.pillar == pillar)
            and (standing is None or row.judgement.standing is standing)
        ]
        pillars = tuple(
            PillarRows(
                one.code,
                one.name,
                tuple(row for row in shown if row.target.pillar == one.code),
                sum(row.target.pillar == one.code for row in rows),
            )
            for one in self.plan.pillars
        )
        return Overview(
            tuple(group for group in pillars if group.rows),
            {one: tally[one] for one in Standing},
            next((row.value.followed_by for row in rows if row.value.followed_by), ""),
            len(shown),
            len(rows),
        )

    def unit_rows(self, unit: str, lens: Lens) -> list[TargetRow]:
        """Every target's figure for one unit."""
        return [self.row(target, unit, lens) for target in self.plan.targets]

    def heard(self, unit: str, lens: Lens) -> list[tuple[Stream, list[Value]]]:
        """What reports to 1022, questions and surveys say of a unit, stream by stream; only figures that
        rest on records."""
        indicators = [one.indicator for one in self.pack.indicators.values()]
        found = []
        for code in HEARD:
            own = [one.code for one in indicators if one.numerator.stream == code]
            values = [self.figures.value(one, unit, lens.period, lens.view) for one in own]
            if known := [one for one in values if one.value is not None]:
                found.append((self.workspace.streams[code], known))
        return found

    # -- one indicator -----------------------------------------------------------------------------

    def target_of(self, code: str) -> Target | None:
        """The target, or the target of the indicator, with that code."""
        return self.plan.target(code) or next(
            (target for target in self.plan.targets if target.indicator == code), None
        )

    def table(self, code: str, unit: str, lens: Lens) -> Table:
        """The unit's figure with those of the units below it, in the order of their names."""
        table = self.figures.table(code, unit, lens.period, lens.view)
        day = lens.view.day or lens.period.last_day
        order = sorted(
            table.rows, key=lambda v: (self.level_rank(v.unit), self._name_key(v.unit, day))
        )
        return Table(table.parent, tuple(order), table.rest_numerator, table.rest_denominator)

    def _name_key(self, uid: str, day: date) -> str:
        return self.units.nearest(uid, day).name

    def level_rank(self, uid: str) -> int:
        return list(Level).index(self.units.level(uid))

    def communes(self, unit: str, lens: Lens) -> list[str]:
        """The communes at or below a unit in the view, for the map of cells."""
        if self.units.level(unit) is Level.COMMUNE:
            return [unit]
        return self.by_level(unit, lens).get(Level.COMMUNE, [])

    def by_level(self, unit: str, lens: Lens) -> dict[Level, list[str]]:
        """All units below a unit in the view, by level; communes have none below them."""
        found: dict[str, None] = {}
        waiting = [unit]
        while waiting:
            one = waiting.pop()
            if self.units.level(one) is Level.COMMUNE:
                continue
            below = self.figures.places.children(one, lens.period, lens.view)
            waiting.extend(child for child in below if child not in found)
            found |= dict.fromkeys(below)
        levels: dict[Level, list[str]] = {}
        for one in found:
            levels.setdefault(self.units.level(one), []).append(one)
        return levels

    def values(self, code: str, units: Iterable[str], lens: Lens) -> list[Value]:
        return [self.figures.value(code, one, lens.period, lens.view) for one in units]

    def checks(self, code: str, unit: str, lens: Lens) -> list[CheckResult]:
        return check_results(self.figures, self.pack.checks, code, unit, lens.period, lens.view)

    def outliers(self, values: Iterable[Value]) -> frozenset[str]:
        return outliers(list(values))

    def own_history(self, value: Value) -> OwnHistory:
        """The months of a value's period in which its unit was unlike its own earlier months."""
        code = value.indicator.code
        return own_history(self.figures, code, value.unit, self.root, value.period, value.view)

    def supporting(self) -> list[Indicator]:
        """Indicators that no target rests on."""
        used = {target.indicator for target in self.plan.targets}
        return [c.indicator for code, c in self.pack.indicators.items() if code not in used]
