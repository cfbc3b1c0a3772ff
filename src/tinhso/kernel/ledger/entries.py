"""Writing an act's entry, in the act's own transaction."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from tinhso.kernel.ledger import waiting
from tinhso.kernel.ledger.actor import Actor
from tinhso.kernel.ledger.canonical import leaf_hash, moment, salted
from tinhso.kernel.ledger.inserting import insert
from tinhso.kernel.ledger.models import Entry

VERSION = 1

#: What an object is before it is made and after it is deleted.
NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Thing:
    """What an act is done to: its kind (as policies name it), its id, the unit that it belongs to."""

    kind: str
    id: str
    unit: str = ""


class NotInTransactionError(RuntimeError):
    """An entry outside its act's transaction would tell of acts that did not happen."""


def record(
    actor: Actor,
    act: str,
    thing: Thing,
    *,
    before: Mapping[str, Any] = NOTHING,
    after: Mapping[str, Any] = NOTHING,
    reason: str = "",
    hidden: bool = False,
    rows: Iterable[Model] = (),
) -> Entry:
    """Write that `actor` did `act` to `thing`, whose state was `before` and is `after`.

    `act` is named `<kind>.<verb>`. States are flat mappings of what `canonical` takes. The readable
    difference is kept beside the digests, unless `hidden`: where the law wants it unreadable, and
    for secrets. `rows` are the act's own new rows, written with the entry, before it.
    Raises NotInTransactionError outside `transaction.atomic`.
    """
    if not connection.in_atomic_block:
        raise NotInTransactionError(act)
    salt = secrets.token_hex(16)
    changed = [] if hidden else difference(before, after)
    details = {"address": actor.address, "reason": reason, "difference": changed}
    entry = Entry(
        at=timezone.now(),
        actor=actor.account,
        position=actor.position,
        channel=actor.channel.value,
        act=act,
        kind=thing.kind,
        thing=thing.id,
        unit=thing.unit,
        before=salted(salt, dict(before)) if before else "",
        after=salted(salt, dict(after)) if after else "",
        details=details,
        salt=salt,
        details_digest=salted(salt, details),
    )
    entry.leaf = leaf_hash(fixed_fields(entry))
    entry.seal = seal_of(entry.leaf)
    insert(*rows, entry)
    # A full disk must not undo what is committed: it is logged, and the entry is there.
    transaction.on_commit(partial(waiting.note, entry.uid), robust=True)
    return entry


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[list[Any]]:
    """`[field, before, after]` for each field that differs; None is "was not there"."""
    return [
        [name, before.get(name), after.get(name)]
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]


def fixed_fields(entry: Entry) -> dict[str, Any]:
    """What the leaf is made of."""
    return {
        "v": VERSION,
        "uid": str(entry.uid),
        "at": moment(entry.at),
        "actor": entry.actor,
        "position": entry.position,
        "channel": entry.channel,
        "act": entry.act,
        "kind": entry.kind,
        "thing": entry.thing,
        "unit": entry.unit,
        "before": entry.before,
        "after": entry.after,
        "details": entry.details_digest,
    }


def seal_of(leaf: str) -> str:
    """Proof that the site itself wrote the leaf: guards entries until a signed head covers them."""
    key = settings.TINHSO_LEDGER_SEAL_KEY.encode()
    return hmac.new(key, leaf.encode(), hashlib.sha256).hexdigest()
