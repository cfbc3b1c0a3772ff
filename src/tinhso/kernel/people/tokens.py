"""Machines' accounts and their tokens: scoped, expiring, shown once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.people.accounts import TOKEN_PREFIX, token_digest
from tinhso.kernel.people.actions import Term, appoint, fit
from tinhso.kernel.people.models import Account, Token
from tinhso.kernel.people.policies import TOKEN
from tinhso.kernel.people.policy import POLICIES, Answer
from tinhso.kernel.people.roles import roles
from tinhso.kernel.people.who import Who
from tinhso.measure.text import InputError, Place, Problem, message

#: A year: long enough to plan its renewal, short enough that a lost one ends.
LONGEST_DAYS = 366

#: The only role that a machine's position may have.
MACHINE_ROLE = "integration"

NAME_NEEDED = message(
    "machine-name-needed", vi="Ghi tên hệ thống kết nối.", en="Give the connected system's name."
)
SCOPE_UNKNOWN = message(
    "scope-unknown",
    vi="Không có quyền “{scope}”, hoặc vai trò của hệ thống không có quyền đó. Các quyền: {known}.",
    en="There is no right “{scope}”, or the system's role does not give it. Rights: {known}.",
)
SCOPE_NEEDED = message(
    "scope-needed", vi="Chọn ít nhất một quyền.", en="Choose at least one right."
)
DAYS_WRONG = message(
    "token-days",
    vi="Thời hạn từ 1 đến {most} ngày.",
    en="A token lasts from 1 to {most} days.",
)


@dataclass(frozen=True)
class Issued:
    """A token with its secret, which only this value ever holds."""

    token: Token
    secret: str


def rights_of_machines() -> list[str]:
    """The rights that a token can be scoped to."""
    return [
        right
        for right in roles()[MACHINE_ROLE].gives
        if not POLICIES[right.partition(":")[0]].verbs[right.partition(":")[2]].purpose
    ]


def connect(who: Who, name: str, unit: str, document: str = "") -> Account:
    """A machine's account with its position in a unit. Raises ForbiddenError, InputError."""
    TOKEN.require(who, "issue", unit)
    if not name.strip():
        raise InputError([NAME_NEEDED(Place("name"))])
    fit(Account, name=name)
    with transaction.atomic():
        account = Account(
            username=f"may-{secrets.token_hex(6)}", name=name.strip(), kind=Account.Kind.MACHINE
        )
        account.set_unusable_password()
        account.save(force_insert=True)
        appoint(who, account, unit, MACHINE_ROLE, name, Term(who.day), document=document)
        record(
            who.actor(TOKEN.ask(who, "issue", unit).seat),
            "people.account.make",
            Thing("people.account", str(account.id), unit),
            after={"kind": "machine", "name": account.name},
        )
    return account


def units_of(account: Account, day: date) -> list[str]:
    """The units that a machine works for on a day or later, the newest first; of one that holds
    nothing any more, the last one."""
    held = sorted(account.appointments.all(), key=lambda one: (one.since, one.pk), reverse=True)
    now = [one for one in held if one.until is None or one.until > day]
    return list(dict.fromkeys(one.position.unit_id for one in now or held[:1]))


def _require(who: Who, account: Account) -> tuple[Answer, str]:
    """The right to a machine's tokens takes it in each unit that the machine works for: a token
    opens what all its positions give. Raises ForbiddenError."""
    units = units_of(account, who.day) or [""]
    answers = [TOKEN.require(who, "issue", unit) for unit in units]
    return answers[0], units[0]


def issue(who: Who, account: Account, name: str, scopes: list[str], days: int) -> Issued:
    """A new token of a machine. Raises ForbiddenError, InputError."""
    answer, unit = _require(who, account)
    known = rights_of_machines()
    problems: list[Problem] = [
        SCOPE_UNKNOWN(Place("scopes"), scope=one, known=", ".join(known))
        for one in scopes
        if one not in known
    ]
    if not scopes:
        problems.append(SCOPE_NEEDED(Place("scopes")))
    if not 1 <= days <= LONGEST_DAYS:
        problems.append(DAYS_WRONG(Place("days"), most=LONGEST_DAYS))
    if problems:
        raise InputError(problems)
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    now = timezone.now()
    with transaction.atomic():
        token = Token.objects.create(
            account=account,
            name=name.strip() or account.name,
            digest=token_digest(secret),
            scopes=sorted(set(scopes)),
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        record(
            who.actor(answer.seat),
            "people.token.issue",
            Thing(TOKEN.kind, str(token.id), unit),
            after={
                "account": str(account.id),
                "scopes": token.scopes,
                "expires": token.expires_at.date().isoformat(),
            },
        )
    return Issued(token, secret)


def revoke(who: Who, token: Token, reason: str = "") -> None:
    """End a token now. Raises ForbiddenError; nothing happens to one that is revoked."""
    answer, unit = _require(who, token.account)
    with transaction.atomic():
        now = timezone.now()
        if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
            thing = Thing(TOKEN.kind, str(token.id), unit)
            record(who.actor(answer.seat), "people.token.revoke", thing, reason=reason)
