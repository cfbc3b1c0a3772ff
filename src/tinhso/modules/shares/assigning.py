"""Giving a target to units: the rule, then the table of all rows with its sum, then saved."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from tinhso.kernel.files.actions import accept
from tinhso.kernel.files.kinds import XLSX
from tinhso.kernel.files.messages import SHEET_NEEDED
from tinhso.kernel.files.storage import path_of
from tinhso.kernel.people.access import asks
from tinhso.kernel.people.filled import Filled, whole
from tinhso.kernel.units.queries import card
from tinhso.measure.boundaries import Level
from tinhso.measure.text import InputError, Place, Text
from tinhso.modules.plan.pack import Target
from tinhso.modules.plan.queries import Lens
from tinhso.modules.shares import preparing, words, workbook
from tinhso.modules.shares.actions import allocate
from tinhso.modules.shares.models import Allocation
from tinhso.modules.shares.pages import plan_unit, room_frame, room_page, target_of
from tinhso.modules.shares.policies import ALLOCATION
from tinhso.modules.shares.preparing import Asked, Line, Table
from tinhso.modules.shares.queries import LEVELS, ShareQueries
from tinhso.modules.shares.rules import Rule

EVEN = Text(
    "Chia đều khoảng còn lại cho các quý sau kỳ gốc (khi giao theo khoảng cách)",
    "Divide what is left evenly over the quarters after the basis period (when given by gap)",
)
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: A table of more units than this is changed in Excel, not in the page: a form has its limits.
MOST_ROWS = 400


@asks(ALLOCATION, "assign", unit=plan_unit)
@room_page
def assign(request: HttpRequest, queries: ShareQueries, lens: Lens, code: str) -> HttpResponse:
    target = target_of(queries, code)
    current = queries.version(code)
    if request.method != "POST" or not queries.giveable(target):
        return _form(request, queries, lens, target, current, _first(queries, current))
    doing = request.POST.get("viec", "")
    if doing == "sua":
        return _form(request, queries, lens, target, current, Filled(request.POST))
    try:
        asked = preparing.read_asked(request, queries, target)
        if doing == "bang":
            return _workbook(queries, asked)
        lines = _lines(request, queries, asked, doing)
    except InputError as error:
        filled = Filled(request.POST, error)
        return _form(request, queries, lens, target, current, filled)
    table = preparing.table(queries, asked, lines)
    filled = Filled(request.POST)
    if doing == "luu":
        try:
            made = _save(queries, asked, table, request)
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            messages.success(request, gettext("Đã giao, phiên bản %(n)s.") % {"n": made.number})
            return redirect("shares:allocation", queries.plan.pack.code, code)
    return _table(request, queries, lens, asked, table, filled, current)


def _lines(request: HttpRequest, queries: ShareQueries, asked: Asked, doing: str) -> list[Line]:
    if doing in ("tinh", "luu"):
        return preparing.lines_posted(request, queries, asked)
    if asked.rule is not Rule.WORKBOOK:
        return preparing.lines_by_rule(queries, asked, asked.target.required.amount)
    upload = request.FILES.get("tep")
    if not isinstance(upload, UploadedFile):
        raise InputError([SHEET_NEEDED(Place("tep"))])
    root = queries.plan.root
    seat = ALLOCATION.require(queries.who, "assign", root).seat
    receivers = preparing.receivers_of(queries, asked)
    kept = accept(queries.who, upload, [XLSX], unit=root, seat=seat, place=Place("tep"))
    return workbook.read(path_of(kept.digest), queries.plan.pack.code, asked, receivers)


def _workbook(queries: ShareQueries, asked: Asked) -> HttpResponse:
    """The table to fill in, with what the rule or the version in force gives."""
    lines = preparing.lines_by_rule(queries, asked, asked.target.required.amount)
    content = workbook.write(queries.plan.pack.code, asked, lines, queries.plan.units)
    response = HttpResponse(content, content_type=XLSX_TYPE)
    name = f"giao-{asked.target.code}-{asked.map_day.isoformat()}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _save(queries: ShareQueries, asked: Asked, table: Table, request: HttpRequest) -> Allocation:
    seat = ALLOCATION.require(queries.who, "assign", queries.plan.root).seat
    assert seat is not None
    new = preparing.new_allocation(asked, table, request.POST.get("ly-do", ""))
    return allocate(
        queries.who.actor(seat),
        queries.plan.pack.code,
        queries.plan.root,
        new,
        by=f"{seat.title.vi}, {card(seat.unit).name.vi}",
        after=whole(request.POST.get("sau", "")),
    )


def _first(queries: ShareQueries, current: Allocation | None) -> Filled:
    """The form before anything is typed: the version in force, or today's communes."""
    if current is None:
        first: dict[str, object] = {
            "cach": Rule.BY_GAP.value,
            "cap": [Level.COMMUNE.value],
            "ngay": queries.who.day,
            "ky-goc": queries.plan.default_lens().period.code,
        }
    else:
        first = {
            "cach": current.rule,
            "cap": list(current.levels),
            "ngay": current.map_day,
            "ky-goc": current.basis,
            "so-van-ban": current.document,
            "ngay-van-ban": current.document_day or "",
            "co-quan": current.issuer,
        }
        for name, text in current.parameters.items():
            first[name if name in preparing.FIELDS else f"muc-{name}"] = text
    return Filled(None, None, **{"phan-khoang-cach": "100", **first})


def _form(
    request: HttpRequest,
    queries: ShareQueries,
    lens: Lens,
    target: Target,
    current: Allocation | None,
    filled: Filled,
) -> HttpResponse:
    context = room_frame(queries, lens) | {
        "target": target,
        "giveable": queries.giveable(target),
        "current": current,
        "filled": filled,
        "rules": [(rule.value, words.RULES[rule]) for rule in Rule],
        "levels": [(level.value, words.LEVELS[level]) for level in LEVELS],
        "level_fields": [(f"muc-{level.value}", words.LEVELS[level]) for level in LEVELS],
        "even": [("1", EVEN)],
        "periods": [(one.code, one.label) for one in preparing.basis_periods(queries)],
    }
    status = 400 if filled.problems else 200
    return render(request, "shares/assign.html", context, status=status)


def _table(
    request: HttpRequest,
    queries: ShareQueries,
    lens: Lens,
    asked: Asked,
    table: Table,
    filled: Filled,
    current: Allocation | None,
) -> HttpResponse:
    posted = request.POST
    kept = [(name, posted[name]) for name in preparing.FIELDS if posted.get(name)]
    kept += [("cap", level.value) for level in asked.levels]
    kept.append(("dong", preparing.carried_along(list(table.lines))))
    seen = posted.get("sau") if posted.get("viec") == "luu" and not _moved(filled) else None
    kept.append(("sau", seen or str(current.number if current else 0)))
    context = room_frame(queries, lens) | {
        "target": asked.target,
        "asked": asked,
        "rule": words.RULES[asked.rule],
        "table": table,
        "sum": table.sum,
        "kept": kept,
        "filled": filled,
        "current": current,
        "typed_here": len(table.lines) <= MOST_ROWS,
    }
    bad = filled.problems or table.problems
    return render(request, "shares/table.html", context, status=400 if bad else 200)


def _moved(filled: Filled) -> bool:
    """Whether somebody else's version came in between: it has been told, and is seen from now on."""
    return any(one.code == "allocation-at-once" for one in filled.problems)
