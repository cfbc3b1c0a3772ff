"""Tickets (phiếu ẩn danh): sealed, random, kept by nobody but who holds them."""

from __future__ import annotations

import calendar
import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from django.core import signing

from tinhso.measure.text import NOWHERE, InputError, Place, message

BAD = message(
    "survey-ticket",
    vi="Mã phiếu không đúng. Chép lại cả mã, không thiếu chữ nào.",
    en="This ticket is not right. Copy the whole of it, without leaving a letter out.",
)
OVER = message(
    "survey-over",
    vi="Phiếu này đã quá hạn trả lời.",
    en="The time to answer with this ticket is over.",
)
SALT = "tinhso.surveys.ticket"


@dataclass(frozen=True)
class Ticket:
    """`unit`: the agency that settled the case; `place`: the commune that the case names, "" for none."""

    unit: str
    matter: str
    half_month: str
    nonce: str
    simulated: bool = False
    place: str = ""

    @property
    def digest(self) -> str:
        """What tells that it was used; the ticket cannot be made from it."""
        return hashlib.sha256(f"{SALT} {self.nonce}".encode()).hexdigest()[:24]


def half_month(day: date) -> str:
    """The half-month of a day, as periods are made of them (NĐ 09/2019/NĐ-CP): 1 to 14, 15 to the end.

    >>> half_month(date(2026, 11, 14)), half_month(date(2026, 11, 15))
    ('2026-11a', '2026-11b')
    """
    return f"{day:%Y-%m}{'a' if day.day < 15 else 'b'}"


def last_day(half: str) -> date:
    year, month = int(half[:4]), int(half[5:7])
    return date(year, month, 14 if half.endswith("a") else calendar.monthrange(year, month)[1])


def written(ticket: Ticket) -> str:
    """The ticket as its holder carries it."""
    parts = [ticket.unit, ticket.matter, ticket.half_month, ticket.nonce, int(ticket.simulated)]
    return signing.dumps([*parts, ticket.place], salt=SALT)


def fresh(unit: str, matter: str, day: date, *, place: str = "", simulated: bool = False) -> Ticket:
    return Ticket(unit, matter, half_month(day), secrets.token_hex(12), simulated, place)


def opened(text: str, today: date, days: int) -> Ticket:
    """The ticket that somebody holds. Raises InputError for a wrong one, or one that is over."""
    try:
        told = signing.loads("".join(text.split()), salt=SALT)
        # Tickets of earlier days name no place.
        unit, matter, half, nonce, simulated, *place = told
    except (signing.BadSignature, ValueError):
        raise InputError([BAD(Place("ticket"))]) from None
    if today > last_day(half) + timedelta(days=days):
        raise InputError([OVER(NOWHERE)])
    return Ticket(unit, matter, half, nonce, bool(simulated), *place)
