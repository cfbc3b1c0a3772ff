"""From when on the site has worked by what files declare, and by what before (quy tắc có hiệu lực).

Rules and scorecards are files that an operator replaces; what they said is told by the entries that
the worker writes when it finds them other than last written.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from tinhso.kernel.ledger.actor import SYSTEM, Actor
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.ledger.models import Entry


def take_effect(
    thing: Thing, declared: Mapping[str, str], actor: Actor = SYSTEM, *, reason: str = ""
) -> bool:
    """Write that `declared` holds from now on; whether it was news."""
    with transaction.atomic():
        before = last_in_force(thing)
        if before == declared:
            return False
        act = f"{thing.kind}.take-effect"
        record(actor, act, thing, before=before, after=declared, reason=reason)
        return True


def last_in_force(thing: Thing) -> dict[str, str]:
    """What was last written to hold; empty before the first time."""
    held: dict[str, str] = {}
    rows = Entry.objects.filter(kind=thing.kind, thing=thing.id, act=f"{thing.kind}.take-effect")
    for entry in rows.order_by("id"):
        for name, _, after in (entry.details or {}).get("difference", ()):
            held.pop(name, None)
            if after is not None:
                held[name] = after
    return held
