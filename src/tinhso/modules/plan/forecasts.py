"""Forecasts of the plans' targets (triển vọng): making them when they are due, reading them.

They are made apart from pages, by the worker or by `tinhso forecast`, for the ends of quarters of a
plan's year and for the newest whole month, under the boundaries that most readers look through.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

from tinhso.measure.figures import Figures
from tinhso.measure.forecast import Forecaster
from tinhso.measure.forecast.store import Made
from tinhso.measure.periods import Period, PeriodKind
from tinhso.measure.places import View
from tinhso.modules.plan.queries import PlanQueries
from tinhso.modules.plan.workspace import Workspace

#: Seconds for which forecasts of an older snapshot stand: making them anew keeps a core busy for
#: up to a minute, and an hour's records change little of where a year is going.
STANDS = 3600


def are_due(place: Workspace) -> bool:
    """Whether forecasts should be made: none stand beside the current figures, or newer records
    have been measured since and they are an hour old."""
    manifest = place.store.current()
    if manifest is None:
        return False
    if not place.has_forecasts:
        return True
    made = place.forecasts.age()
    older = place.forecasts.snapshot() != manifest.snapshot
    return older and made is not None and time.time() - made >= STANDS


def make(place: Workspace) -> int:
    """Make the forecasts of all plans from the current figures; answers how many say a chance.

    Raises NotMeasuredError before anything has been measured.
    """
    asked = [PlanQueries(place, code) for code in place.plans]
    snapshot = min(queries.manifest.snapshot for queries in asked)
    made = [one for queries in asked for one in _of_plan(queries)]
    place.forecasts.save(snapshot, place.forecast_basis, made)
    return sum(one.forecast.chance is not None for one in made)


def _of_plan(queries: PlanQueries) -> Iterator[Made]:
    for view in views(queries):
        maker = Forecaster(queries.figures, view)
        for month in months(queries):
            for unit in everyone(queries.figures, queries.root, month, view):
                for target in queries.plan.targets:
                    yield Made(
                        queries.pack.code,
                        target.code,
                        maker.forecast(
                            target.indicator, unit, target.required, target.deadline, month
                        ),
                    )


def views(queries: PlanQueries) -> list[View]:
    """Those that forecasts are made for: then, and the newest map."""
    return queries.views()[:2]


def months(queries: PlanQueries) -> list[Period]:
    """The months whose ends forecasts are made as of, oldest first: ends of quarters of the plan's
    year as far as records reach, and the newest whole month; none that reaches every deadline."""
    newest = queries.newest_day()
    if newest is None or not queries.plan.targets:
        return []
    whole = Period.of(PeriodKind.MONTH, newest.year, newest.month)
    if whole.last_day > newest:
        whole = whole.previous()
    quarters = [Period.of(PeriodKind.MONTH, queries.plan.year, n) for n in (3, 6, 9, 12)]
    last = max(target.deadline for target in queries.plan.targets)
    found = {month for month in (*quarters, whole) if month.end <= newest + timedelta(days=1)}
    return sorted(month for month in found if month.end <= last.replace(day=1))


def everyone(figures: Figures, root: str, month: Period, view: View) -> list[str]:
    """The plan's unit with all units below it."""
    found, at = {root: None}, 0
    while at < len(found):
        one = list(found)[at]
        found |= dict.fromkeys(figures.places.children(one, month, view))
        at += 1
    return list(found)
