"""The plan's pages. Each asks `PlanQueries` and hands the answer to a template."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse

from tinhso.kernel.people.access import may, public
from tinhso.kernel.people.filled import whole
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.kernel.units import queries as units
from tinhso.measure import writing
from tinhso.measure.boundaries import Level
from tinhso.measure.definitions import Kind
from tinhso.measure.figures import Value
from tinhso.measure.streams import Sensitivity
from tinhso.measure.targets import Standing
from tinhso.measure.text import NOWHERE, InputError, message, nearest
from tinhso.modules.plan import drawings, opening, published
from tinhso.modules.plan.checks import unit_checks
from tinhso.modules.plan.lens import lens_query
from tinhso.modules.plan.pack import Target
from tinhso.modules.plan.pages import frame, plan_page
from tinhso.modules.plan.policies import RECORDS
from tinhso.modules.plan.queries import Lens, PlanQueries

WRONG_FILTER = message(
    "filter-wrong",
    vi="Không có {name} “{value}”. Các giá trị: {known}.",
    en="There is no {name} “{value}”. Its values: {known}.",
)

#: How the rows of an indicator's table may be sorted: parameter value -> (key, descending).
SORTS = ("ten", "gia-tri", "-gia-tri", "tu-so", "-tu-so", "mau-so", "-mau-so")


@public
def home(_request: HttpRequest) -> HttpResponseRedirect:
    return redirect("plan:overview", settings.TINHSO_DEFAULT_PLAN)


@public
@plan_page
def overview(request: HttpRequest, queries: PlanQueries, lens: Lens) -> HttpResponse:
    pillars = [pillar.code for pillar in queries.plan.pillars]
    pillar = _choice(request, "tru-cot", pillars)
    standing = _choice(request, "trang-thai", [one.value for one in Standing])
    shown = queries.overview(lens, pillar=pillar, standing=Standing(standing) if standing else None)
    context = frame(queries, lens, "plan") | {
        "overview": shown,
        "followed_by": shown.followed_by,
        "heard": queries.heard(queries.root, lens),
        "tally": [
            (one, count, lens_query(lens, **{"tru-cot": pillar, "trang-thai": one.value}))
            for one, count in shown.tally.items()
        ],
        "pillar": pillar,
        "standing": standing,
        "all_query": lens_query(lens),
    }
    return render(request, "plan/overview.html", context)


def _choice(request: HttpRequest, name: str, known: list[str]) -> str:
    """A filter's value, or "" for none. Raises InputError for one that does not exist."""
    value = request.GET.get(name, "")
    if value and value not in known:
        raise InputError([WRONG_FILTER(NOWHERE, name=name, value=value, known=", ".join(known))])
    return value


def indicator_code(queries: PlanQueries, code: str) -> str:
    """The indicator behind the code of a target or indicator. Raises Http404 with the nearest."""
    target = queries.plan.target(code)
    if target is not None:
        return target.indicator
    if code in queries.pack.indicators:
        return code
    known = [*(t.code for t in queries.plan.targets), *queries.pack.indicators]
    raise Http404(nearest(code, known))


def unit_of(request: HttpRequest, queries: PlanQueries) -> str:
    """The unit in the address, or the plan's own. Raises UnknownUnitError."""
    uid = request.GET.get("don-vi", "") or queries.root
    return units.card(uid).uid


@public
@plan_page
def indicator(request: HttpRequest, queries: PlanQueries, lens: Lens, code: str) -> HttpResponse:
    wanted, unit = indicator_code(queries, code), unit_of(request, queries)
    table = queries.table(wanted, unit, lens)
    sort = _choice(request, "xep", list(SORTS)) or "ten"
    rows = _sorted(list(table.rows), sort)
    target = queries.target_of(code)
    trend = queries.trend(wanted, unit, lens)
    communes = queries.communes(unit, lens)
    cells = _cells(queries, wanted, communes, lens)
    measured = sorted((v for v in rows if v.value is not None), key=lambda v: v.value or 0)
    best_last = not (target and target.operator.value in ("<", "<="))
    ranked = measured if not best_last else measured[::-1]
    context = frame(queries, lens, "plan") | {
        "indicator": queries.figures.indicators[wanted].indicator,
        "target": target,
        "row": queries.row(target, unit, lens) if target else None,
        "value": table.parent,
        "table": table,
        "rows": rows,
        "sort": sort,
        "sorts": {
            key: lens_query(lens, **_sort_more(request, name, sort))
            for key, name in (
                *(("ten", "ten"), ("value", "gia-tri")),
                *(("numerator", "tu-so"), ("denominator", "mau-so")),
            )
        },
        "outliers": queries.outliers(rows),
        "trend": trend,
        **_chart(trend, target),
        **_background(queries, table.parent),
        "published": published.versions(queries.pack.code, table.parent),
        "cells": cells,
        "best": ranked[:3],
        "worst": ranked[::-1][:3] if len(ranked) > 3 else [],
        "checks": unit_checks(queries, wanted, unit, lens),
        "related": queries.related_baselines(target) if target else [],
        "unit": unit,
        "unit_query": lens_query(lens, **{"don-vi": unit if unit != queries.root else ""}),
    }
    return render(request, "plan/indicator.html", context)


def _background(queries: PlanQueries, value: Value) -> dict[str, object]:
    """What a page says about where a figure comes from: definition, freshness, held-back rows."""
    indicator = value.indicator
    roles = zip(
        opening.ROLES, (indicator.numerator, indicator.denominator, indicator.known), strict=True
    )
    return {
        "definition": [(role, part) for role, part in roles if part is not None],
        "fresh": queries.fresh(value),
        "own_history": queries.own_history(value),
        "facts": queries.manifest.streams[indicator.numerator.stream],
    }


def _chart(trend: list[Value], target: Target | None) -> dict[str, object]:
    """The line of a trend with its axes' labels."""
    chart = drawings.line(
        [one.value for one in trend],
        width=640,
        height=220,
        target=target.required.amount if target else None,
        margin=34,
    )
    share = trend[-1].indicator.kind is not Kind.MEASURE
    return {
        "chart": chart,
        "chart_grid": [
            (y, writing.percent(Fraction(amount), "vi", decimals=0) if share else f"{amount:.0f}")
            for y, amount in chart.grid
        ],
        "chart_months": [
            (x, f"{one.period.last_day.month}/{one.period.last_day.year % 100:02}")
            for x, one in list(zip(chart.xs, trend, strict=True))[1::2]
        ],
    }


def _sort_more(request: HttpRequest, name: str, current: str) -> dict[str, str]:
    """Asking for the order in force turns it round; figures begin with the highest."""
    first = name if name == "ten" else f"-{name}"
    return {"don-vi": request.GET.get("don-vi", ""), "xep": name if current == first else first}


def _sorted(rows: list[Value], sort: str) -> list[Value]:
    """Rows in the asked order; what is not measured comes last in any."""
    name, descending = sort.lstrip("-"), sort.startswith("-")

    def key(value: Value) -> float | None:
        match name:
            case "gia-tri":
                return None if value.value is None else float(value.value)
            case "tu-so":
                return value.numerator.amount
            case "mau-so":
                return value.denominator.amount
        return 0 if value.is_measured else None

    known = [row for row in rows if key(row) is not None]
    known.sort(key=lambda row: key(row) or 0, reverse=descending)
    return known + [row for row in rows if key(row) is None]


def _cells(
    queries: PlanQueries, code: str, communes: list[str], lens: Lens
) -> dict[str, object] | None:
    """The map of cells with each commune's value and shade; None where no points are known."""
    day = lens.view.day or lens.period.last_day
    points = queries.units.points(communes, day)
    if len(points) < 2:
        return None
    values = {v.unit: v for v in queries.values(code, points, lens)}
    shades = drawings.shades({uid: value.value for uid, value in values.items()})
    drawn = drawings.cell_map(points)
    known = [v.value for v in values.values() if v.value is not None]
    return {
        "map": drawn,
        "cells": [(cell, values[cell.uid], shades[cell.uid]) for cell in drawn.cells],
        "low": min(known, default=None),
        "high": max(known, default=None),
        "missing": len(communes) - len(points),
    }


@public
@limited(HEAVY)
@plan_page
def open_number(request: HttpRequest, queries: PlanQueries, lens: Lens, code: str) -> HttpResponse:
    wanted, unit = indicator_code(queries, code), unit_of(request, queries)
    everything = may(request, RECORDS, "open", unit)
    seen = (Sensitivity.PUBLIC, Sensitivity.INTERNAL) if everything else (Sensitivity.PUBLIC,)
    page = max(1, whole(request.GET.get("trang", "")))
    opened = opening.open_value(queries, wanted, unit, lens, seen, page if everything else 1)
    target = queries.target_of(code)
    context = frame(queries, lens, "plan") | {
        "opened": opened,
        "value": opened.value,
        "indicator": opened.value.indicator,
        "target": target,
        "row": queries.row(target, unit, lens) if target else None,
        "unit": unit,
        "everything": everything,
        "page": page,
        **_background(queries, opened.value),
        "checks": unit_checks(queries, wanted, unit, lens),
        "unit_query": lens_query(lens, **{"don-vi": unit if unit != queries.root else ""}),
    }
    return render(request, "plan/open.html", context)


@public
@plan_page
def unit(request: HttpRequest, queries: PlanQueries, lens: Lens, uid: str) -> HttpResponse:
    card_day = lens.view.day or lens.period.last_day
    page = units.page(uid, card_day)
    rows = queries.unit_rows(uid, lens)
    children = queries.figures.places.children(uid, lens.period, lens.view)
    context = frame(queries, lens, "units") | {
        "page": page,
        "card": page.card,
        "rows": [row for row in rows if row.value.is_measured],
        "silent": [row for row in rows if not row.value.is_measured],
        "heard": queries.heard(uid, lens),
        "history": units.history(uid),
        "children": [
            units.card(child, card_day) for child in sorted(children, key=queries.level_rank)
        ],
        "duties": [duty for duty in queries.plan.duties if duty.agency == page.card.code],
        "now": units.standing(uid),
        "unit": uid,
        "is_root": uid == queries.root,
    }
    return render(request, "plan/unit.html", context)


@public
@plan_page
def unit_list(request: HttpRequest, queries: PlanQueries, lens: Lens) -> HttpResponse:
    text = request.GET.get("tim", "").strip()
    found = units.find(text, day=lens.view.day, limit=40) if text else []
    if text and len(found) == 1 and not request.headers.get("HX-Request"):
        return redirect(
            reverse("plan:unit", args=[queries.pack.code, found[0].card.uid]) + lens_query(lens)
        )
    plan_day = _plan_day(queries)
    groups = [
        (level, units.descendants(queries.root, plan_day, level))
        for level in (Level.AGENCY, Level.DISTRICT)
    ]
    today = [units.card(uid, lens.view.day) for uid in _communes_of_today(queries, lens)]
    context = frame(queries, lens, "units") | {
        "text": text,
        "found": found,
        "groups": groups,
        "districts": [(one, units.children(one.uid, plan_day)) for one in groups[1][1]],
        "today": sorted(today, key=lambda card: card.name.vi),
        "plan_day": plan_day,
    }
    template = (
        "plan/units_found.html"
        if request.headers.get("HX-Target") == "ket-qua"
        else "plan/units.html"
    )
    return render(request, template, context)


def _plan_day(queries: PlanQueries) -> date:
    """A day on which the plan's unit existed: the last of its life, or the plan's year's first."""
    return queries.figures.places.own_map(queries.root, date(queries.plan.year, 1, 1)).day


def _communes_of_today(queries: PlanQueries, lens: Lens) -> list[str]:
    newest = queries.views()[1]
    return queries.communes(queries.root, Lens(lens.period, newest))


@public
@plan_page
def tasks(request: HttpRequest, queries: PlanQueries, lens: Lens) -> HttpResponse:
    return render(request, "plan/tasks.html", frame(queries, lens, "tasks"))


@public
@plan_page
def documents(request: HttpRequest, queries: PlanQueries, lens: Lens) -> HttpResponse:
    plan = queries.plan
    named = {target.code: target for target in plan.targets}
    context = frame(queries, lens, "documents") | {
        "documents": list(queries.pack.pack.documents.values()),
        "baselines": [
            (one, [named[c] for c in one.targets if c in named]) for one in plan.baselines
        ],
    }
    return render(request, "plan/documents.html", context)


@public
@plan_page
def about_data(request: HttpRequest, queries: PlanQueries, lens: Lens) -> HttpResponse:
    streams = queries.workspace.streams
    context = frame(queries, lens, "data") | {
        "streams": [(streams[code], facts) for code, facts in queries.manifest.streams.items()],
        "batches": opening.batches(queries.workspace),
        "supporting": queries.supporting(),
        "checks": [compiled.check for compiled in queries.pack.checks],
    }
    return render(request, "plan/data.html", context)
