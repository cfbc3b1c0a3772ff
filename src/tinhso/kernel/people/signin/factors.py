"""The second factor (lớp xác thực thứ hai): who must have one, who has one."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser

from tinhso.kernel.people.models import Account
from tinhso.kernel.people.policy import POLICIES
from tinhso.kernel.people.roles import roles
from tinhso.kernel.people.who import Seat

#: What can be asked for when somebody signs in; recovery codes only stand in for these.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_factor(account: Account | AnonymousUser) -> bool:
    found: bool = Authenticator.objects.filter(user_id=account.pk, type__in=FACTORS).exists()
    return found


def strong_seats(seats: tuple[Seat, ...]) -> tuple[Seat, ...]:
    """The seats that give any right which wants a second factor."""
    strong = {
        policy.right(verb.code)
        for policy in POLICIES.values()
        for verb in policy.verbs.values()
        if verb.strong
    }
    known = roles()
    return tuple(
        seat for seat in seats if seat.role in known and strong & set(known[seat.role].gives)
    )


def must_set_up(account: Account, seats: tuple[Seat, ...]) -> bool:
    """Whether the account's positions want a second factor that it does not have."""
    return bool(strong_seats(seats)) and not has_factor(account)
