"""The pages of one's own account that django-allauth does not have, and two of its own, finished."""

from __future__ import annotations

import uuid
from math import ceil
from typing import Any

from allauth.account.views import LoginView
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tinhso.kernel.people.access import NotSignedInError, asks, signed_in
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import whole
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.policies import ACCOUNT
from tinhso.kernel.people.signin import oidc
from tinhso.kernel.people.signin.actions import choose_language, reset_factor
from tinhso.kernel.people.signin.acts import end_sessions
from tinhso.kernel.people.signin.forms import ReasonForm
from tinhso.kernel.people.signin.queries import factors_of, held_seats, sessions_of


class SignInView(LoginView):  # type: ignore[misc] # allauth has no types
    def form_invalid(self, form: Any) -> HttpResponse:
        """A try that came too early says so to machines too."""
        response: HttpResponse = super().form_invalid(form)
        for error in form.non_field_errors().as_data():
            if error.code == "wait":
                response.status_code = 429
                response["Retry-After"] = str(ceil(error.params["left"].total_seconds()))
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "oidc": oidc.provider()}


@never_cache
@signed_in
def my_account(request: HttpRequest) -> HttpResponse:
    who = who_is(request)
    account = _account(request)
    context = {
        "account": account,
        "seats": held_seats(who.seats, who.day),
        "factors": factors_of(account),
        "sessions": sessions_of(account, request.session.session_key),
        "strong": who.strong,
        "oidc": oidc.provider(),
        "identities": SocialAccount.objects.filter(user=account, provider=_provider_id()),
        "languages": settings.LANGUAGES,
    }
    return render(request, "people/my_account.html", context)


@never_cache
@signed_in
def my_sessions(request: HttpRequest) -> HttpResponse:
    """See one's sessions; end one (`phien`) or all others (`tat-ca`)."""
    account = _account(request)
    if request.method == "POST":
        only = ""
        if "phien" in request.POST:
            asked = whole(request.POST["phien"])
            row = UserSession.objects.filter(user=account, pk=asked).first()
            if row is None:  # it ended in the meantime
                return redirect("my_sessions")
            only = row.session_key
        actor = who_is(request).actor()
        count = end_sessions(account, actor, "ended by their owner", keep=request, only=only)
        text = ngettext("Đã kết thúc %(n)s phiên.", "Đã kết thúc %(n)s phiên.", count)
        messages.success(request, text % {"n": count})
        return redirect("my_sessions")
    sessions = sessions_of(account, request.session.session_key)
    return render(request, "people/my_sessions.html", {"sessions": sessions})


@require_POST
@signed_in
def my_language(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("ngon-ngu", "")
    if chosen in dict(settings.LANGUAGES):
        choose_language(who_is(request).actor(), _account(request), chosen)
        with translation.override(chosen):
            return redirect(reverse("my_account"))
    return redirect("my_account")


@never_cache
@asks(ACCOUNT, "reset-factor")
def reset_factor_of(request: HttpRequest, account: uuid.UUID) -> HttpResponse:
    """An administrator helps somebody who has lost the phone; never oneself: that is a way around
    the second factor."""
    found = get_object_or_404(Account, pk=account, kind=Account.Kind.PERSON)
    own = found == request.user
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and not own and form.is_valid():
        count = reset_factor(who_is(request), found, form.cleaned_data["reason"])
        text = gettext(
            "Đã đặt lại lớp xác thực thứ hai của %(name)s (%(n)s mục). Người đó được báo qua thư."
        )
        messages.success(request, text % {"name": found.name, "n": count})
        return redirect("reset_factor", account=found.pk)
    context = {"account": found, "form": form, "own": own, "factors": factors_of(found)}
    return render(request, "people/reset_factor.html", context)


def _account(request: HttpRequest) -> Account:
    """Whose session it is. A machine's token opens no session, and these pages are a person's."""
    account = request.user
    if not isinstance(account, Account):
        raise NotSignedInError
    return account


def _provider_id() -> str:
    found = oidc.provider()
    return found.id if found else ""
