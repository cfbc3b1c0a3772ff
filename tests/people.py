"""People for tests: accounts in positions."""

from __future__ import annotations

from datetime import date

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client

from tinhso.kernel.people.models import Account, Appointment, Position

#: Long ago, so that a position made by a test holds on any day that it looks at.
SINCE = date(2020, 1, 1)


def appoint(role: str, unit: str, username: str = "", **more: object) -> Account:
    """Somebody new (or known by `username`) who holds a position of `role` in `unit`."""
    name = username or f"{role}-{unit}".lower()
    account, _ = Account.objects.get_or_create(username=name, defaults={"name": name})
    position = Position.objects.create(unit_id=unit, role=role, title=role, since=SINCE)
    Appointment.objects.create(position=position, account=account, since=SINCE, **more)
    return account


def sign_in(client: Client, account: Account, *, strong: bool = False) -> None:
    """A session as after signing in; `strong` as after a second factor too."""
    client.force_login(account)
    session = client.session
    methods = [{"method": "password", "at": 0}] + ([{"method": "mfa", "at": 0}] if strong else [])
    session[AUTHENTICATION_METHODS_SESSION_KEY] = methods
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(account.pk)
    session.save()
