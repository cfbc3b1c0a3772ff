"""Entries for tests of the ledger, and what is found wrong with it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from tinhso.kernel.ledger.actor import OPERATOR, Actor, Channel
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.ledger.heads import Head
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.ledger.verify import Verification

OFFICER = Actor("0d6e3a0e-0000-4000-8000-000000000001", Channel.WEB, address="192.0.2.7")


def write(count: int, *, actor: Actor = OPERATOR, thing: str = "", unit: str = "") -> list[Entry]:
    """So many small acts, each in a transaction of its own."""
    made = []
    for number in range(count):
        with transaction.atomic():
            about = Thing("test.thing", thing or f"vật {number}", unit)
            made.append(
                record(actor, "test.thing.change", about, before={"n": number}, after={"n": -1})
            )
    return made


def wrong(against: Iterable[Head] = ()) -> list[str]:
    """The codes of what verification finds, in its order, with the entry or size it names."""
    found = Verification(against).findings()
    return [
        f"{one.code} {one.params.get('index', one.params.get('size', one.params.get('first', '')))}"
        for one in found
    ]
