"""The gate that counts: by address for everything, by address and person for classes of routes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import ResolverMatch

from tinhso.kernel.people.accounts import BadTokenError, client_address, who_is
from tinhso.kernel.people.limits import (
    ANY,
    API,
    HEAVY,
    SIGN_IN,
    Bucket,
    Buckets,
    Limit,
    TooManyError,
    network,
)
from tinhso.measure.text import message
from tinhso.modules.feedback.open311_views import too_many as open311_too_many
from tinhso.web import problems

logger = logging.getLogger(__name__)

#: Routes whose views cannot carry a decorator, by name: those of django-allauth that try a secret,
#: and operations of the API that read records again.
BY_NAME: dict[str, Limit] = {
    **dict.fromkeys(
        (
            *("account_login", "account_reauthenticate", "account_reset_password"),
            *("mfa_authenticate", "mfa_reauthenticate", "mfa_login_webauthn"),
        ),
        SIGN_IN,
    ),
    **dict.fromkeys(("api:get_explanation", "api:list_records"), HEAVY),
}

TOO_MANY = message(
    "too-many",
    vi="Quá nhiều yêu cầu trong một lúc. Hãy đợi {after} giây rồi thử lại.",
    en="Too many requests at once. Wait {after} seconds, then try again.",
)

#: This process's own.
BUCKETS = Buckets()


def limit_of(view: Callable[..., Any], match: ResolverMatch | None) -> Limit | None:
    """The class that a route declares, or that its place gives it."""
    declared: Limit | None = getattr(view, "limit", None)
    if declared is not None or match is None:
        return declared
    return BY_NAME.get(match.view_name) or (API if "api" in match.namespaces else None)


class LimitsMiddleware:
    """429 with Retry-After to who asks too often. Static files are answered before it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            self._take(request, ANY)
            return self.get_response(request)
        except TooManyError as error:
            return too_many(request, error)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        limit = limit_of(view, request.resolver_match)
        if limit is None or (limit.methods and request.method not in limit.methods):
            return None
        try:
            self._take(request, limit)
        except TooManyError as error:
            return too_many(request, error)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return too_many(request, error) if isinstance(error, TooManyError) else None

    def _take(self, request: HttpRequest, limit: Limit) -> None:
        if address := network(client_address(request)):
            _take_one(limit, f"{limit.name} address {address}", limit.address)
        if person := _person(request):
            _take_one(limit, f"{limit.name} person {person}", limit.person)


def _take_one(limit: Limit, key: str, bucket: Bucket) -> None:
    wait = BUCKETS.take(key, bucket)
    if wait:
        # Who it was is personal data, and the web server's own log has it.
        logger.warning("limit %s reached", limit.name)
        raise TooManyError(limit.name, wait)


def _person(request: HttpRequest) -> str:
    """The account that asks, by session or token; "" for nobody and for a wrong token (whose
    address is counted all the same)."""
    if not request.headers.get("Authorization"):
        known = settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
        return str(request.user.pk) if known else ""
    try:
        return str(who_is(request).account or "")
    except BadTokenError:
        return ""


def too_many(request: HttpRequest, error: TooManyError) -> HttpResponse:
    """A page that says both languages without asking the database, or problem+json."""
    if request.path.startswith("/api/"):
        response = problems.problem_response(request, 429, [TOO_MANY(after=error.after)])
    elif request.path.startswith("/open311/"):
        response = open311_too_many(request, error)
    else:
        page = render_to_string("limited.html", {"after": error.after})
        response = HttpResponse(page, status=429)
    response.headers["Retry-After"] = str(error.after)
    response.headers["Cache-Control"] = "no-store"
    return response
