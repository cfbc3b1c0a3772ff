"""Pages of Word templates: which is in use, taking one, putting an office's own in its place."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from tinhso.kernel.people.access import asks
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.kernel.people.policy import Need
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.queries import card
from tinhso.measure.text import InputError, Place, Text
from tinhso.modules.documents import actions
from tinhso.modules.documents.kinds import kind_of, kinds
from tinhso.modules.documents.policies import TEMPLATE
from tinhso.modules.documents.sample import sample_content
from tinhso.modules.documents.templates_in_use import in_use, newest_own
from tinhso.modules.documents.views import FORMS, NOT_YOUR_UNIT, download_of, sent
from tinhso.modules.documents.word import PLACEHOLDERS


def _units(who: Who, verb: str) -> list[tuple[str, Text]]:
    """Units whose templates `who` may `verb`: those of the seats that give the right."""
    found = {
        seat.unit: card(seat.unit).name
        for seat in who.seats
        if seat.unit and TEMPLATE.ask(who, verb, seat.unit).need is Need.NOTHING
    }
    return list(found.items())


@asks(TEMPLATE, "view")
@limited(HEAVY)
def templates(request: HttpRequest) -> HttpResponse:
    who = who_is(request)
    filled = Filled(None)
    mine = _units(who, "replace")
    if request.method == "POST":
        try:
            _replace(request, who, [uid for uid, _ in mine])
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            return redirect("documents:templates")
    rows = [
        (unit, name, kind, newest_own(kind, unit))
        for unit, name in _units(who, "view")
        for kind in kinds().values()
    ]
    context = {
        "filled": filled,
        "seen": _units(who, "view"),
        "rows": rows,
        "units": mine,
        "kinds": [(kind.code, kind.name) for kind in kinds().values()],
        "placeholders": PLACEHOLDERS.items(),
        "plan_code": "",
    }
    status = 400 if filled.problems else 200
    return render(request, "documents/templates.html", context, status=status)


def _replace(request: HttpRequest, who: Who, units: list[str]) -> None:
    """Raises InputError, ForbiddenError."""
    kind, unit = kind_of(request.POST.get("kind", "")), request.POST.get("unit", "")
    if unit not in units:
        TEMPLATE.require(who, "replace", unit)
        raise InputError([NOT_YOUR_UNIT(Place("unit"))])
    if request.POST.get("back"):
        actions.own_template_no_more(who, kind, unit)
        messages.success(request, gettext("Đã trở lại mẫu đi kèm phần mềm."))
        return
    actions.replace_template(
        who, kind, unit, sent(request), sample_content(kind, timezone.localdate())
    )
    messages.success(request, gettext("Đã nhận mẫu; văn bản hoàn thành từ bây giờ dùng mẫu này."))


@asks(TEMPLATE, "view")
def template_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The template in use for one's own unit, to start another from."""
    if kind not in kinds():
        return render(request, "404.html", {"plan_code": ""}, status=404)
    units = _units(who_is(request), "view")
    content = in_use(kinds()[kind], units[0][0] if units else "").content
    return download_of(content, f"mau-{kind}.docx", FORMS["docx"][2])
