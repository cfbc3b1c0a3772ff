"""How a reader looks, read from the address and written into it: period, boundaries, filters."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest

from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.text import NOWHERE, InputError, Problem, message
from tinhso.modules.plan.queries import Lens, PlanQueries

WRONG_VIEW = message(
    "view-wrong",
    vi="Không hiểu cách nhìn địa giới “{code}”. Dùng “then” (như tại thời điểm đó) hoặc một ngày dạng 2025-07-01.",
    en="Boundary view “{code}” is not known. Use “then” (as the units were) or a day like 2025-07-01.",
)
VIEW_OUT_OF_RANGE = message(
    "view-out-of-range",
    vi="Địa giới ngày {day} nằm ngoài thời gian có bản ghi ({first} đến {last}).",
    en="The boundaries of {day} lie outside the time that records cover ({first} to {last}).",
)
PERIOD_OUT_OF_RANGE = message(
    "period-out-of-range",
    vi="Kỳ {label} ({dates}) nằm ngoài thời gian có bản ghi: từ {first} đến {last}.",
    en="The period {label} ({dates}) lies outside the time that records cover: {first} to {last}.",
)

#: The names of the parameters in addresses.
PERIOD, VIEW = "ky", "dia-gioi"


def read_lens(request: HttpRequest, queries: PlanQueries) -> Lens:
    """The lens that the address asks for; what it leaves open is the plan's default.

    Raises InputError naming every wrong parameter.
    """
    default = queries.default_lens()
    problems: list[Problem] = []
    period, view = default.period, default.view
    if code := request.GET.get(PERIOD, ""):
        try:
            period = Period.parse(code)
        except InputError as error:
            problems += error.problems
    grid = queries.figures.cube.grid
    if not problems and grid.slots(period) is None:
        problems.append(
            PERIOD_OUT_OF_RANGE(
                NOWHERE,
                label=period.label,
                dates=period.dates,
                first=grid.start.isoformat(),
                last=grid.end.isoformat(),
            )
        )
    if code := request.GET.get(VIEW, ""):
        try:
            view = View.parse(code)
        except ValueError:
            problems.append(WRONG_VIEW(NOWHERE, code=code))
        else:
            if view.day is not None and not grid.start <= view.day < _end_of_views(grid.end):
                problems.append(
                    VIEW_OUT_OF_RANGE(NOWHERE, day=view.day, first=grid.start, last=grid.end)
                )
    if problems:
        raise InputError(problems)
    return Lens(period, view)


def _end_of_views(end: date) -> date:
    """Views may name any day up to the end of the next year: maps of today are asked for too."""
    return date(max(end.year, date.today().year) + 1, 1, 1)  # noqa: DTZ011 (a year is enough)


def lens_query(lens: Lens, **more: str) -> str:
    """The lens as the query of an address, with a question mark; empty values are left out."""
    values = {PERIOD: lens.period.code, VIEW: lens.view.code, **more}
    return "?" + urlencode({name: value for name, value in values.items() if value})
