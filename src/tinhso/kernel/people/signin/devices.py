"""Devices that have signed in to an account before: a signed cookie says so (OWASP device cookies).

The cookie gives no right. It only has its bearer's failed tries counted apart from everybody
else's, see `throttle`.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from tinhso.kernel.people.models import Account

COOKIE = "tinhso_device"
LIFE = timedelta(days=180)

#: Accounts that one browser is remembered for; the oldest gives way.
MOST = 5


def cookie_name() -> str:
    """Under HTTPS with the prefix that binds it to this host, as the session's."""
    return f"__Host-{COOKIE}" if settings.SESSION_COOKIE_SECURE else COOKIE


def known(request: HttpRequest, account: Account | None) -> str:
    """The device's own secret for this account; "" when it has not signed in to it before."""
    return _read(request).get(_mark(account), "") if account else ""


def remember(request: HttpRequest, account: Account) -> str:
    """Have the response's cookie say that this device has signed in to the account."""
    held = _read(request)
    device = held.pop(_mark(account), "") or secrets.token_hex(16)
    held[_mark(account)] = device
    request._device_cookie = dict(list(held.items())[-MOST:])  # type: ignore[attr-defined]
    return device


def write(request: HttpRequest, response: HttpResponse) -> None:
    """Set the cookie, if `remember` was called during the request."""
    held = getattr(request, "_device_cookie", None)
    if held is not None:
        response.set_cookie(
            cookie_name(),
            signing.dumps(held, salt=COOKIE),
            max_age=LIFE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def _read(request: HttpRequest) -> dict[str, str]:
    fresh: dict[str, str] | None = getattr(request, "_device_cookie", None)
    if fresh is not None:
        return dict(fresh)
    try:
        return dict(
            signing.loads(request.COOKIES.get(cookie_name(), ""), salt=COOKIE, max_age=LIFE)
        )
    except signing.BadSignature:  # none, forged or too old: an unknown device
        return {}


def _mark(account: Account) -> str:
    """The account as the cookie names it: whoever reads the cookie learns no id."""
    return salted_hmac(COOKIE, str(account.pk), algorithm="sha256").hexdigest()[:16]
