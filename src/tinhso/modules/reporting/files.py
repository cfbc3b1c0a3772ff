"""Pages of the workbook: downloading it for a unit with all below it, sending it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext

from tinhso.kernel.files.actions import accept
from tinhso.kernel.files.kinds import XLSX
from tinhso.kernel.files.messages import SHEET_NEEDED
from tinhso.kernel.files.storage import path_of
from tinhso.kernel.people.access import asks
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.queries import card
from tinhso.measure.text import InputError, Place
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.reporting import upload as reading
from tinhso.modules.reporting.known import Known, NoSuchReportError, known_of
from tinhso.modules.reporting.policies import FIGURE
from tinhso.modules.reporting.requests import Request
from tinhso.modules.reporting.views import context_of, found, language, unit_in_address
from tinhso.modules.reporting.workbook import workbook


def requests_below(who: Who, known: Known, unit: str) -> dict[str, Request]:
    """The requests of a unit and of all below it that somebody can enter figures for.

    Raises NoSuchReportError where there is none.
    """
    within = FIGURE.units(who, "enter")
    today = known.units.boundaries.map(who.day)
    wanted = {
        one.unit: one
        for one in known.requests.values()
        if (one.unit == unit or unit in today.path(one.keeper))
        and (within is None or one.unit in within)
    }
    if not wanted:
        raise NoSuchReportError(unit)
    return wanted


@asks(FIGURE, "enter", unit=unit_in_address)
@limited(HEAVY)
@found
def download(
    request: HttpRequest, plan_code: str, duty: str, period: str, unit: str
) -> HttpResponse:
    """The workbook of a unit, or of a bigger one with all its units."""
    who = who_is(request)
    known = known_of(workspace(), plan_code, duty, period, who.day)
    wanted = requests_below(who, known, unit)
    content = workbook(known, list(wanted.values()), language())
    response = HttpResponse(content, content_type=XLSX.content_type)
    name = f"{duty}-{period}-{unit}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store, private"
    return response


@asks(FIGURE, "enter", unit=unit_in_address)
@limited(HEAVY)
@found
def upload(request: HttpRequest, plan_code: str, duty: str, period: str, unit: str) -> HttpResponse:
    """Send a filled-in workbook: cell by cell what is wrong, all or nothing or the good rows."""
    who = who_is(request)
    known = known_of(workspace(), plan_code, duty, period, who.day)
    wanted = requests_below(who, known, unit)
    filled, taken = Filled(None, cach="tat-ca"), None
    if request.method == "POST":
        try:
            taken = _take(request, known, wanted, unit)
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            text = ngettext(
                "Đã gửi %(n)s số liệu, chờ duyệt.", "Đã gửi %(n)s số liệu, chờ duyệt.", taken.sent
            )
            messages.success(request, text % {"n": taken.sent})
            if not taken.problems:
                return redirect("reporting:desk")
    context = context_of(
        known=known,
        unit=card(unit),
        wanted=wanted,
        filled=filled,
        taken=taken,
        problems=taken.problems if taken else filled.problems,
        choices=[
            ("tat-ca", gettext("Có ô sai thì không gửi gì (nên chọn)")),
            ("dong-dung", gettext("Gửi các dòng đúng, để lại dòng sai")),
        ],
    )
    status = 400 if filled.problems else 200
    return render(request, "reporting/upload.html", context, status=status)


def _take(
    request: HttpRequest, known: Known, wanted: dict[str, Request], unit: str
) -> reading.Taken:
    who, sent = who_is(request), request.FILES.get("upload")
    if sent is None:
        raise InputError([SHEET_NEEDED(Place("upload"))])
    seat = FIGURE.require(who, "enter", unit).seat
    stored = accept(who, sent, [XLSX], unit=unit, seat=seat, place=Place("upload"))
    return reading.take(
        who,
        known,
        wanted,
        path_of(stored.digest),
        language(),
        keep_good=request.POST.get("cach") == "dong-dung",
    )
