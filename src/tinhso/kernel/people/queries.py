"""Every read about people: takes who asks, returns only what that one may see."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from tinhso.kernel.people.models import Account, Appointment, Invitation, Token
from tinhso.kernel.people.policies import ACCOUNT, POSITION, TOKEN
from tinhso.kernel.people.policy import POLICIES, Policy, Verb
from tinhso.kernel.people.roles import Role, roles
from tinhso.kernel.people.scopes import GROUP, without_heir
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure.text import Text, fold


def holding(day: date) -> Q:
    """Appointments that hold on a day, or begin later."""
    return Q(until=None) | Q(until__gt=day)


def people(who: Who, asked: str = "", unit: str = "") -> QuerySet[Account]:
    """Accounts with a position, past or present, within reach: the open ones first, by given name.

    `asked` is a part of a name, with or without diacritics; `unit` a unit of the position.
    """
    of_this = Appointment.objects.filter(account=OuterRef("pk"))
    held = POSITION.rows(who, "view", of_this, "position__unit")
    if unit:
        held = held.filter(position__unit=unit)
    known = ACCOUNT.rows(who, "view", of_this, "position__unit")
    found = Account.objects.filter(Exists(held), Exists(known), erased_at=None)
    if asked:
        found = found.filter(sought__contains=fold(asked))
    return found.order_by("-is_active", "listed_as", "username")


def person(who: Who, account_id: uuid.UUID) -> Account | None:
    """One account within reach, or None."""
    rows = ACCOUNT.rows(who, "view", Account.objects.all(), "appointments__position__unit")
    return rows.filter(pk=account_id).distinct().first()


def unit_of(account_id: uuid.UUID) -> str:
    """The unit of the newest position of an account. Raises Http404 when there is no such account."""
    newest = Appointment.objects.filter(account=account_id).order_by("-since").first()
    if newest is None and not Account.objects.filter(pk=account_id).exists():
        raise Http404
    return newest.position.unit_id if newest else ""


def appointments(who: Who, account: Account) -> QuerySet[Appointment]:
    """What an account holds and held, as far as the one who asks may see."""
    rows = account.appointments.select_related("position", "acting_for")
    return POSITION.rows(who, "view", rows, "position__unit").order_by("-since")


def held_now(who: Who, accounts: Collection[Account]) -> dict[uuid.UUID, list[Appointment]]:
    """What each of several accounts holds, or is to hold, as far as the one who asks may see."""
    rows = Appointment.objects.filter(holding(who.day), account__in=accounts)
    rows = rows.select_related("position", "acting_for").order_by("-since")
    found: dict[uuid.UUID, list[Appointment]] = {one.pk: [] for one in accounts}
    for row in POSITION.rows(who, "view", rows, "position__unit"):
        found[row.account_id].append(row)
    return found


def appointment(who: Who, appointment_id: uuid.UUID) -> Appointment | None:
    rows = Appointment.objects.select_related("position", "account")
    return POSITION.rows(who, "view", rows, "position__unit").filter(pk=appointment_id).first()


def invitations(who: Who) -> QuerySet[Invitation]:
    """Invitations that wait to be taken up."""
    rows = Invitation.objects.filter(accepted_by=None, withdrawn_at=None)
    rows = rows.select_related("position", "invited_by").order_by("-created_at")
    return ACCOUNT.rows(who, "view", rows, "position__unit")


def machines(who: Who) -> QuerySet[Account]:
    """Accounts of connected systems within reach: by what they hold now, or, for one that holds
    nothing any more, held."""
    held = Appointment.objects.filter(account=OuterRef("pk"))
    now = held.filter(holding(who.day))
    within = Exists(TOKEN.rows(who, "view", now, "position__unit"))
    was_within = Exists(TOKEN.rows(who, "view", held, "position__unit")) & ~Exists(now)
    rows = Account.objects.filter(within | was_within, kind=Account.Kind.MACHINE)
    return rows.prefetch_related("tokens", "appointments__position").order_by("listed_as", "pk")


def token(who: Who, token_id: uuid.UUID) -> Token | None:
    rows = Token.objects.select_related("account").filter(account__in=machines(who))
    return rows.filter(pk=token_id).first()


def lapsed(who: Who) -> QuerySet[Appointment]:
    """Held positions that give no right today because of a reorganisation, by unit."""
    rows = Appointment.objects.filter(holding(who.day), holding_position(who.day))
    rows = rows.filter(position__unit__in=without_heir(register(), who.day))
    rows = rows.select_related("position", "account").order_by("position__unit", "since", "pk")
    return POSITION.rows(who, "view", rows, "position__unit")


def holding_position(day: date) -> Q:
    return Q(position__until=None) | Q(position__until__gt=day)


@dataclass(frozen=True)
class Right:
    """A right in words: what may be done to what, and how far."""

    code: str
    policy: Policy
    verb: Verb
    scopes: tuple[Text, ...]


SCOPES = {
    "own": Text("của đơn vị mình", "of one's own unit"),
    "subtree": Text("của đơn vị mình và cấp dưới", "of one's own unit and those below"),
    "province": Text("trong toàn tỉnh", "in the whole province"),
    "all": Text("trong toàn hệ thống", "in the whole installation"),
}


def scope_in_words(scope: str) -> Text:
    if scope.startswith(GROUP):
        code = scope.removeprefix(GROUP)
        return Text(f"của nhóm đơn vị {code}", f"of the units in group {code}")
    return SCOPES[scope]


def rights_of(role: Role) -> list[Right]:
    """What a role allows, in the order of its file."""
    found = []
    for code, scopes in role.gives.items():
        kind, _, verb = code.partition(":")
        policy = POLICIES[kind]
        words = tuple(scope_in_words(one) for one in scopes)
        found.append(Right(code, policy, policy.verbs[verb], words))
    return found


def all_roles() -> list[tuple[Role, list[Right]]]:
    return [(role, rights_of(role)) for role in roles().values()]
