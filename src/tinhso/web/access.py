"""The gate before every route: one that does not say who may use it is closed."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import duckdb
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from tinhso.kernel.people.access import PUBLIC, SIGNED_IN, Access, NotSignedInError
from tinhso.kernel.people.accounts import BadTokenError, who_is
from tinhso.kernel.people.policy import ForbiddenError, Need
from tinhso.kernel.people.refusals import refusal
from tinhso.kernel.people.signin.adapters import UnreadableFactorError
from tinhso.kernel.people.signin.factors import has_factor
from tinhso.measure.troubles import LakeTroubleError, troubles_of
from tinhso.web import problems

logger = logging.getLogger(__name__)

#: PostgreSQL's code for it (appendix A of its manual).
UNIQUE_VIOLATION = "23505"

#: Routes of django-allauth, by name: each handles what belongs to the one who asks, and nobody else.
THEIRS: dict[str, Access] = {
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_inactive": PUBLIC,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    # Reached by a link in a mail, in whatever browser opens it.
    "account_confirm_email": PUBLIC,
    # Half signed in: django-allauth lets only those in who have given the right password.
    "mfa_authenticate": PUBLIC,
    "mfa_login_webauthn": PUBLIC,
    "socialaccount_login_cancelled": PUBLIC,
    **dict.fromkeys(
        (
            *("account_change_password", "account_set_password", "account_email"),
            *("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
            *("mfa_index", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_list_webauthn"),
            *("mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn"),
            *("mfa_view_recovery_codes", "mfa_generate_recovery_codes"),
            "socialaccount_connections",
        ),
        SIGNED_IN,
    ),
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
        # Protocols of machines read what was posted themselves, and refuse it in their own form.
        if not getattr(view, "answers_itself", False) and _unwritable(request):
            context = {"plan_code": ""}
            return render(request, "unwritable.html", context, status=HTTPStatus.BAD_REQUEST)
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
        if isinstance(error, UnreadableFactorError):
            context = {"sentence": error.message, "plan_code": ""}
            return render(request, "people/factor_unreadable.html", context, status=503)
        if isinstance(error, LakeTroubleError | duckdb.Error):
            return lake_trouble(request, error)
        if isinstance(error, IntegrityError) and _is_twice(error):
            # Acts refuse what is there already in words of their own; what only the database could
            # see, because another request was not over yet, ends here.
            logger.warning("done twice at once", exc_info=error)
            context = {"plan_code": ""}
            return render(request, "at_once.html", context, status=HTTPStatus.CONFLICT)
        return None


def _is_twice(error: IntegrityError) -> bool:
    """Whether the database refused a second row of what there is one of."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.IntegrityError):
        codes = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
        return cause.sqlite_errorcode in codes
    return getattr(cause, "sqlstate", "") == UNIQUE_VIOLATION


def _unwritable(request: HttpRequest) -> bool:
    """Whether a form holds the character NUL, which no database keeps as text and nobody types."""
    return request.method == "POST" and any(
        "\0" in value for _, values in request.POST.lists() for value in values
    )


def lake_trouble(
    request: HttpRequest, error: LakeTroubleError | duckdb.Error
) -> HttpResponse | None:
    """The records cannot be read now; figures that are measured already are still shown."""
    found = troubles_of(error)
    if not found:
        return None
    logger.error("the lake cannot be read", exc_info=error)
    context = {"problems": [one.to(get_language() or "vi") for one in found], "plan_code": ""}
    return render(request, "lake_trouble.html", context, status=HTTPStatus.SERVICE_UNAVAILABLE)


def forbidden(request: HttpRequest, error: ForbiddenError) -> HttpResponse:
    """Signing in is offered to who has not; others are told what is missing and who can give it."""
    if error.answer.need is Need.SIGN_IN:
        return redirect_to_login(request.get_full_path())
    context = {
        "refusal": refusal(error.answer, timezone.localdate()),
        "plan_code": "",
        # The page that is wanted, for after the second factor; what was sent to it is not repeated.
        "next": request.get_full_path() if request.method == "GET" else reverse("my_account"),
        "has_factor": error.answer.need is Need.SECOND_FACTOR and has_factor(request.user),
    }
    return render(request, "forbidden.html", context, status=HTTPStatus.FORBIDDEN)
