"""The page of an honesty check: what it asks, who stands out, and the very records."""

from __future__ import annotations

from fractions import Fraction

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from tinhso.kernel.people.access import may, public
from tinhso.kernel.people.filled import whole
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.measure.quality import asked_of
from tinhso.measure.streams import Sensitivity
from tinhso.measure.text import nearest
from tinhso.modules.plan import checks, opening
from tinhso.modules.plan.lens import lens_query
from tinhso.modules.plan.pages import frame, plan_page
from tinhso.modules.plan.policies import RECORDS
from tinhso.modules.plan.queries import Lens, PlanQueries
from tinhso.modules.plan.views import unit_of


@public
@limited(HEAVY)
@plan_page
def check(request: HttpRequest, queries: PlanQueries, lens: Lens, code: str) -> HttpResponse:
    try:
        compiled = checks.find_check(queries, code)
    except KeyError:
        known = [one.check.code for one in queries.pack.checks]
        raise Http404(nearest(code, known)) from None
    unit = unit_of(request, queries)
    everything = may(request, RECORDS, "open", unit)
    seen = (Sensitivity.PUBLIC, Sensitivity.INTERNAL) if everything else (Sensitivity.PUBLIC,)
    page = max(1, whole(request.GET.get("trang", ""))) if everything else 1
    asked = asked_of(queries.figures, compiled, unit, lens.period, lens.view)
    found = checks.levels(queries, compiled, lens)
    parts = (compiled.check.records, compiled.check.over)
    context = frame(queries, lens, "plan") | {
        "check": compiled.check,
        "asked": asked,
        "share": Fraction(asked.records, asked.over) if asked and asked.over else None,
        "levels": found,
        "line": next((o for one in found for o in one.lines if o.asked.unit == unit), None),
        "definition": list(zip(opening.CHECK_ROLES, parts, strict=True)),
        "beside": [
            queries.pack.indicators[one].indicator
            for one in compiled.check.indicators
            if one in queries.pack.indicators
        ],
        "opened_parts": opening.open_check(queries, compiled, unit, lens, seen, page),
        "unit": unit,
        "everything": everything,
        "page": page,
        "unit_query": lens_query(lens, **{"don-vi": unit if unit != queries.root else ""}),
    }
    return render(request, "plan/check.html", context)
