"""From a request to who is asking."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from tinhso.kernel.ledger.actor import Channel
from tinhso.kernel.people.models import Account, Appointment, Token
from tinhso.kernel.people.scopes import succeeded
from tinhso.kernel.people.who import Seat, Who
from tinhso.kernel.units.register import register
from tinhso.measure.text import Text

TOKEN_PREFIX = "tinhso_"  # noqa: S105 (not a secret: it lets scanners find leaked ones)

#: In a session: its identity provider vouches for a second factor of its own.
STRONG_IDENTITY = "strong_identity"


class BadTokenError(Exception):
    """The token in the request is unknown, expired or revoked, or its account is closed."""


def who_is(request: HttpRequest) -> Who:
    """Who asks, with the seats held today; found once a request. Raises BadTokenError."""
    found: Who | None = getattr(request, "_who", None)
    if found is None:
        found = _who(request)
        request._who = found  # type: ignore[attr-defined]
    return found


def _who(request: HttpRequest) -> Who:
    today, address = timezone.localdate(), client_address(request)
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return who_holds(secret.strip(), address)
    if not request.user.is_authenticated:
        return Who(today, address=address)
    account = request.user
    return Who(
        today,
        account.id,
        account.name,
        seats_of(account.id, today),
        strong=request.session.get(STRONG_IDENTITY, False)
        or any(_is_second(one) for one in get_authentication_records(request, account)),
        address=address,
    )


def who_holds(secret: str, address: str = "") -> Who:
    """Who asks with a token, for protocols that carry it elsewhere. Raises BadTokenError."""
    token, today = _token(secret), timezone.localdate()
    return Who(
        today,
        token.account_id,
        token.account.name,
        seats_of(token.account_id, today),
        strong=True,  # a token is given out by somebody with a second factor
        scopes=frozenset(token.scopes),
        channel=Channel.API,
        address=address,
    )


def _is_second(method: dict[str, Any]) -> bool:
    return method.get("method") == "mfa"


def seats_of(account: uuid.UUID, day: date) -> tuple[Seat, ...]:
    """The positions that an account holds on a day, each in the unit that answers for it then."""
    rows = (
        Appointment.objects.filter(
            Q(until=None) | Q(until__gt=day),
            Q(position__until=None) | Q(position__until__gt=day),
            account=account,
            since__lte=day,
            position__since__lte=day,
        )
        .select_related("position", "acting_for")
        .order_by("since", "id")
    )
    units = register()
    return tuple(
        Seat(
            position=str(row.position_id),
            role=row.position.role,
            title=Text(row.position.title, row.position.title_en or row.position.title),
            unit=succeeded(units, row.position.unit_id, day),
            made_in=row.position.unit_id,
            until=row.until,
            acting_for=row.acting_for.name if row.acting_for else "",
        )
        for row in rows
    )


def token_digest(secret: str) -> str:
    """How a token is kept: it is random and long, so a plain digest hides it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _token(secret: str) -> Token:
    found = (
        Token.objects.select_related("account")
        .filter(
            digest=token_digest(secret),
            revoked_at=None,
            expires_at__gt=timezone.now(),
            account__is_active=True,
        )
        .first()
    )
    if found is None:
        raise BadTokenError
    # A day is fine enough to find unused tokens, and spares a write on each call.
    today = timezone.localdate()
    if found.last_used_on != today:
        Token.objects.filter(pk=found.pk).exclude(last_used_on=today).update(last_used_on=today)
    return found


def client_address(request: HttpRequest) -> str:
    """The network address of who asks: behind `TINHSO_PROXIES` proxies of ours, the one that the
    outermost of them saw; what a client writes into the header itself is not believed."""
    proxies: int = settings.TINHSO_PROXIES
    chain = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",")]
    if proxies and len(chain) >= proxies and chain[-proxies]:
        return chain[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))


def account_of(username: str) -> Account | None:
    """The account with this sign-in name, whatever its letters' case."""
    return Account.objects.filter(username__iexact=username).first()
