"""The gate before every route: one that does not say who may use it is closed."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from tinhso.kernel.people.access import PUBLIC, SIGNED_IN, Access, NotSignedInError
from tinhso.kernel.people.accounts import BadTokenError, who_is
from tinhso.kernel.people.policy import ForbiddenError, Need
from tinhso.kernel.people.refusals import refusal
from tinhso.web import problems

#: Routes of django-allauth, by name: each handles what belongs to the one who asks, and nobody else.
THEIRS: dict[str, Access] = {
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
}


def access_of(view: Callable[..., Any], name: str) -> Access | None:
    """What a route says of itself."""
    found: Access | None = getattr(view, "access", None)
    return found or THEIRS.get(name)


class AccessMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        access = access_of(view, match.view_name if match else "")
        if access is None:
            raise ImproperlyConfigured(f"{request.path}: the route does not say who may use it")
        if access == SIGNED_IN and not who_is(request).signed_in:
            return redirect_to_login(request.get_full_path())
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, BadTokenError):
            return problems.bad_token(request, error)
        if isinstance(error, NotSignedInError):
            return redirect_to_login(request.get_full_path())
        if isinstance(error, ForbiddenError):
            return forbidden(request, error)
        return None


def forbidden(request: HttpRequest, error: ForbiddenError) -> HttpResponse:
    """Signing in is offered to who has not; others are told what is missing and who can give it."""
    if error.answer.need is Need.SIGN_IN:
        return redirect_to_login(request.get_full_path())
    context = {"refusal": refusal(error.answer, timezone.localdate()), "plan_code": ""}
    return render(request, "forbidden.html", context, status=HTTPStatus.FORBIDDEN)
