"""Reads for the pages of honesty checks: which units stand out, and a unit's own standing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from weakref import WeakKeyDictionary

from tinhso.measure.alarms import Asked, Comparison, Verdict, compare
from tinhso.measure.boundaries import Level
from tinhso.measure.figures import Figures
from tinhso.measure.quality import CheckResult, asked_of
from tinhso.measure.quantities import CompiledCheck
from tinhso.modules.plan.queries import Lens, PlanQueries


@dataclass(frozen=True)
class Line:
    """A unit in a comparison; `verdict` is None where units could not be compared."""

    asked: Asked
    share: Fraction
    verdict: Verdict | None

    @property
    def stands_out(self) -> bool:
        return self.verdict is not None and self.verdict.stands_out

    @property
    def chance(self) -> float:
        return 1.0 if self.verdict is None else self.verdict.chance

    @property
    def one_in(self) -> int:
        """An honest unit has as many records in question once in so many tables; a million at most."""
        return int(min(1 / max(self.chance, 1e-6), 1_000_000))


@dataclass(frozen=True)
class LevelLines:
    """The units of one level that have records, the most surprising first.

    `comparison` is None where there are too few of them, or the check has no rule.
    """

    level: Level
    lines: tuple[Line, ...]
    comparison: Comparison | None

    @property
    def standing_out(self) -> list[Line]:
        return [one for one in self.lines if one.stands_out]

    @property
    def usual(self) -> Fraction | None:
        """The share that honest units have, known beforehand or estimated."""
        return None if self.comparison is None else Fraction(self.comparison.usual)


@dataclass(frozen=True)
class UnitCheck:
    """A check beside a unit's figure. `line` is None where the unit is in no comparison; `below`
    counts the units under it that stand out."""

    result: CheckResult
    line: Line | None
    below: int


def find_check(queries: PlanQueries, code: str) -> CompiledCheck:
    """Raises KeyError."""
    return {one.check.code: one for one in queries.pack.checks}[code]


#: Comparisons ask every unit of a level: they are remembered as long as the figures are.
_kept: WeakKeyDictionary[Figures, dict[object, tuple[LevelLines, ...]]] = WeakKeyDictionary()


def levels(queries: PlanQueries, compiled: CompiledCheck, lens: Lens) -> tuple[LevelLines, ...]:
    """The units of the plan that have records for the check, level by level."""
    kept = _kept.setdefault(queries.figures, {})
    key = (compiled.check, lens)
    if key not in kept:
        kept[key] = tuple(_levels(queries, compiled, lens))
    return kept[key]


def _levels(queries: PlanQueries, compiled: CompiledCheck, lens: Lens) -> Iterator[LevelLines]:
    for level, units in queries.by_level(queries.root, lens).items():
        found = (asked_of(queries.figures, compiled, u, lens.period, lens.view) for u in units)
        asked = [one for one in found if one is not None and one.over]
        comparison = compare(compiled.check, asked)
        lines = [
            Line(
                one,
                Fraction(one.records, one.over),
                comparison.of(one.unit) if comparison else None,
            )
            for one in asked
        ]
        lines.sort(key=lambda line: (line.chance, -line.share))
        if lines:
            yield LevelLines(level, tuple(lines), comparison)


def unit_checks(queries: PlanQueries, indicator: str, unit: str, lens: Lens) -> list[UnitCheck]:
    """The checks that bear on an indicator, for one unit."""
    compiled = {one.check.code: one for one in queries.pack.checks}
    inside = {one for units in queries.by_level(unit, lens).values() for one in units}
    found = []
    for one in queries.checks(indicator, unit, lens):
        lines = [
            line
            for level in levels(queries, compiled[one.check.code], lens)
            for line in level.lines
        ]
        found.append(
            UnitCheck(
                one,
                next((line for line in lines if line.asked.unit == unit), None),
                sum(line.stands_out and line.asked.unit in inside for line in lines),
            )
        )
    return found
