"""The office's pages about connected systems and their tokens."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from tinhso.kernel.people import queries, tokens
from tinhso.kernel.people.access import asks
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled, whole
from tinhso.kernel.people.policies import TOKEN
from tinhso.kernel.people.policy import POLICIES
from tinhso.kernel.people.views import uuid_of
from tinhso.kernel.people.who import Who
from tinhso.kernel.units import asked as units
from tinhso.kernel.units.queries import card
from tinhso.measure.text import InputError, Text


@asks(TOKEN, "view")
def machines(request: HttpRequest) -> HttpResponse:
    """Connected systems; connecting one, giving it a token, revoking a token."""
    who = who_is(request)
    filled, issued = Filled(None, days=90), None
    if request.method == "POST":
        try:
            issued = _do(request, who)
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            if issued is None:
                messages.success(request, gettext("Đã ghi."))
                return redirect("people:machines")
    found = list(queries.machines(who))
    now = timezone.now()
    context = {
        "machines": [
            (
                one,
                [card(unit).name for unit in tokens.units_of(one, who.day)],
                sorted(one.tokens.all(), key=lambda token: token.created_at, reverse=True),
            )
            for one in found
        ],
        "filled": filled,
        "doing": request.POST.get("viec", ""),
        "at": request.POST.get("machine", ""),
        "issued": issued,
        "now": now,
        "may_issue": TOKEN.anywhere(who, "issue"),
        "scopes": [(code, _in_words(code)) for code in tokens.rights_of_machines()],
    }
    return render(request, "people/machines.html", context, status=400 if filled.problems else 200)


def _in_words(code: str) -> Text:
    kind, _, verb = code.partition(":")
    what, how = POLICIES[kind].text, POLICIES[kind].verbs[verb].text
    return Text(f"{how.vi} {what.vi}", f"{how.en} {what.en}")


def _do(request: HttpRequest, who: Who) -> tokens.Issued | None:
    posted = request.POST
    match posted.get("viec"):
        case "ket-noi":
            unit = units.unit_asked(posted.get("unit", ""))
            tokens.connect(who, posted.get("name", ""), unit, posted.get("document", ""))
            return None
        case "cap-ma":
            machine = queries.machines(who).filter(pk=uuid_of(posted.get("machine", ""))).first()
            if machine is None:
                raise Http404
            days = whole(posted.get("days", ""))
            return tokens.issue(
                who, machine, posted.get("token_name", ""), posted.getlist("scopes"), days
            )
        case "thu-hoi":
            token = queries.token(who, uuid_of(posted.get("token", "")))
            if token is None:
                raise Http404
            tokens.revoke(who, token)
            return None
    raise Http404
