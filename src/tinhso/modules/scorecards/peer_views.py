"""National tables: a province among its peers, and the office's page that imports a table."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from tinhso.kernel.files.actions import accept
from tinhso.kernel.files.kinds import CSV, XLSX
from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.people.access import asks, may, public
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.kernel.units import queries as units
from tinhso.measure.text import InputError, Place, message
from tinhso.modules.scorecards.actions import import_table
from tinhso.modules.scorecards.exports import table_workbook
from tinhso.modules.scorecards.importing import Preview, read_table, table_period, wanted_columns
from tinhso.modules.scorecards.models import NationalTable
from tinhso.modules.scorecards.pages import card_frame, card_of, plan_queries
from tinhso.modules.scorecards.policies import TABLE
from tinhso.modules.scorecards.tables import TableQueries
from tinhso.modules.scorecards.views import tree_rows

FILE_NEEDED = message(
    "table-file-needed",
    vi="Chọn tệp CSV hoặc Excel (.xlsx).",
    en="Choose a CSV or Excel (.xlsx) file.",
)
NO_SUCH_PERIOD = message(
    "table-period-none",
    vi="Chưa có bảng nào của kỳ này. Các kỳ có bảng: {known}.",
    en="There is no table of this period. Periods with one: {known}.",
)


def _unit_of(_request: HttpRequest, plan_code: str, **_more: str) -> str:
    return plan_queries(plan_code).root


@public
def peers(request: HttpRequest, plan_code: str, card_code: str) -> HttpResponse:
    """A table by rank, with one province's place, distance and components."""
    queries = plan_queries(plan_code)
    card, tables = card_of(queries, card_code), TableQueries(queries)
    periods = tables.periods(card)
    context = card_frame(queries, queries.default_lens(), card) | {
        # What stands here was published, not made from the site's records.
        "simulated": (),
        "periods_known": periods,
        "may_import": may(request, TABLE, "import", queries.root),
        "document": queries.pack.pack.documents[card.source.document],
    }
    if not periods:
        return render(request, "scorecards/peers.html", context)
    asked, problem = request.GET.get("ky", ""), None
    period = next((one for one in periods if one.code == asked), periods[0])
    if asked and period.code != asked:
        known = ", ".join(one.code for one in periods)
        problem = NO_SUCH_PERIOD(known=known)
    found = tables.table(card, period)
    asked_unit = request.GET.get("don-vi", "") or queries.root
    if asked_unit not in queries.units:
        raise Http404
    unit = tables.unit_then(asked_unit, period.last_day)
    place = tables.place(found, unit)
    context |= {
        "problem": problem,
        "period": period,
        "found": found,
        "unit": unit,
        "place": place,
        "rows": tree_rows(queries, place.whole) if place is not None else [],
        "revisions": tables.revisions(card, period),
        "day": period.last_day,
        "sources": queries.pack.pack.documents,
    }
    return render(request, "scorecards/peers.html", context, status=404 if problem else 200)


@public
@limited(HEAVY)
def download(_request: HttpRequest, plan_code: str, card_code: str, period: str) -> HttpResponse:
    """A national table as a workbook."""
    queries = plan_queries(plan_code)
    card, tables = card_of(queries, card_code), TableQueries(queries)
    which = next((one for one in tables.periods(card) if one.code == period), None)
    if which is None:
        raise Http404
    response = HttpResponse(
        table_workbook(queries.units, tables.table(card, which)), content_type=XLSX.content_type
    )
    name = f"{card.code}-{period}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@asks(TABLE, "import", unit=_unit_of)
def importing(request: HttpRequest, plan_code: str, card_code: str) -> HttpResponse:
    """Send a file, look at what it holds, then keep it; nothing is kept before."""
    queries = plan_queries(plan_code)
    card = card_of(queries, card_code)
    filled, preview, stored = Filled(None), None, None
    if request.method == "POST":
        try:
            stored = _stored(request, queries.root)
            period = table_period(request.POST.get("period", ""))
            preview = read_table(stored, card, period, queries.units)
            if request.POST.get("viec") == "nhap":
                made = _import(request, plan_code, card_code, preview, stored)
                messages.success(request, gettext("Đã nhập bảng, lần %(n)s.") % {"n": made.number})
                address = reverse("scorecards:peers", args=[plan_code, card_code])
                return redirect(f"{address}?ky={made.period}")
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            filled = Filled(request.POST)
    context = {
        "plan_code": plan_code,
        "card": card,
        "filled": filled,
        "preview": preview,
        "stored": stored if preview is not None else None,
        "columns": wanted_columns(card),
        "units": queries.units,
        "imported": NationalTable.objects.filter(card=card.code).order_by("-period", "-number"),
    }
    status = 400 if filled.problems else 200
    return render(request, "scorecards/import.html", context, status=status)


def _stored(request: HttpRequest, unit: str) -> StoredFile:
    """The file sent now, or the one that was looked at before. Raises InputError, Http404."""
    who = who_is(request)
    upload = request.FILES.get("file")
    if upload is not None:
        seat = TABLE.require(who, "import", unit).seat
        return accept(who, upload, [CSV, XLSX], unit=unit, seat=seat)
    known = request.POST.get("stored", "")
    if not known:
        raise InputError([FILE_NEEDED(Place("file"))])
    try:
        return StoredFile.objects.get(pk=uuid.UUID(known), uploaded_by=who.account)
    except (ValueError, StoredFile.DoesNotExist):
        raise Http404 from None


def _import(
    request: HttpRequest, plan_code: str, card_code: str, preview: Preview, stored: StoredFile
) -> NationalTable:
    queries, who = plan_queries(plan_code), who_is(request)
    seat = TABLE.require(who, "import", queries.root).seat
    assert seat is not None
    return import_table(
        who.actor(seat),
        card_of(queries, card_code),
        preview,
        stored,
        source=request.POST.get("source", ""),
        reason=request.POST.get("reason", ""),
        by=f"{seat.title.vi}, {units.card(seat.unit).name.vi}"[:200],
        unit=queries.root,
    )
