"""The cells of a publication: every figure of a plan's targets, with its quality marks (ô số liệu).

Publishing freezes what these functions give; reproducing asks them again, of the frozen definitions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from typing import Any

from tinhso.measure.figures import Cell, Figures, Value
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.quality import check_results, outliers
from tinhso.measure.quantities import CompiledCheck
from tinhso.modules.plan.models import PublishedFigure

#: A cell's place in a publication: (indicator, unit).
Key = tuple[str, str]


@dataclass(frozen=True)
class PublishedCell:
    """One figure as it is frozen. `marks` holds what `marks_of` says, nothing that is as usual."""

    indicator: str
    unit: str
    status: str
    numerator: int | None
    denominator: int | None
    marks: Mapping[str, Any] | None = None

    @property
    def key(self) -> Key:
        return self.indicator, self.unit

    @property
    def parts(self) -> tuple[str, int | None, int | None]:
        """What makes one cell differ from another: the rest follows from records that it shares."""
        return self.status, self.numerator, self.denominator

    @property
    def value(self) -> Fraction | None:
        if self.status != "measured" or self.numerator is None:
            return None
        return Fraction(self.numerator, self.denominator or 1)

    @classmethod
    def of(cls, figure: PublishedFigure) -> PublishedCell:
        return cls(**{one.name: getattr(figure, one.name) for one in fields(cls)})

    @classmethod
    def measured(cls, value: Value, marks: Mapping[str, Any] | None = None) -> PublishedCell:
        return cls(
            value.indicator.code,
            value.unit,
            value.status.value,
            value.numerator.amount,
            value.denominator.amount,
            marks,
        )


def groups_of(
    figures: Figures, root: str, period: Period, view: View, *, all_levels: bool
) -> list[list[str]]:
    """The units of a publication: the plan's own, then those below it, each group by its parent."""
    children = figures.places.children
    groups, seen = [[root]], {root}
    waiting = [root]
    while waiting:
        below = [one for one in children(waiting.pop(), period, view) if one not in seen]
        if below:
            groups.append(below)
            seen.update(below)
            waiting += below if all_levels else []
    return groups


def cells_of(
    figures: Figures,
    checks: Sequence[CompiledCheck],
    codes: Iterable[str],
    groups: Sequence[Sequence[str]],
    period: Period,
    view: View,
) -> tuple[list[PublishedCell], list[Value]]:
    """Every indicator's figure for every unit, in a fixed order, frozen and as values."""
    cells, values = [], []
    for code in codes:
        for group in groups:
            found = [figures.value(code, unit, period, view) for unit in group]
            far = outliers(found)
            for value in found:
                results = check_results(figures, checks, code, value.unit, period, view)
                asked = {one.check.code: [one.records, one.over] for one in results if one.records}
                marks = marks_of(value, asked, outlier=value.unit in far)
                cells.append(PublishedCell.measured(value, marks))
                values.append(value)
    return cells, values


def marks_of(value: Value, checks: Mapping[str, list[int]], *, outlier: bool) -> dict[str, Any]:
    """Why a figure is not measured, and what a reader should know before trusting it."""
    found: dict[str, Any] = {
        "reason": value.reason.value if value.reason else "",
        "known": None if value.known is None else value.known.amount,
        "former": value.former,
        "partly": value.partly,
        "followed_by": value.followed_by,
        "expected_units": value.expected_units,
        "reported_units": value.reported_units,
        "outlier": outlier,
        "checks": dict(sorted(checks.items())),
        **_of_part("numerator", value.numerator),
        **_of_part("denominator", value.denominator),
    }
    return {name: mark for name, mark in found.items() if mark or (name == "known" and mark == 0)}


def _of_part(name: str, cell: Cell) -> dict[str, Any]:
    day: date | None = cell.state_day
    return {
        f"{name}_unattributed": cell.unattributed,
        f"{name}_state_day": day.isoformat() if day else "",
    }
