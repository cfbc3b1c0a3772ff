"""Every write of this room besides appending and sequencing: erasure (xóa dữ liệu cá nhân).

What the law wants erased goes without breaking the chain.

An entry's details go, and the salt with them: what is left of them is a digest that nobody can open.
The entry itself, its place and its proof stay. Each erasure is an entry of its own.
"""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import Q

from tinhso.kernel.ledger.actor import Actor
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.ledger.models import Entry
from tinhso.measure.text import NOWHERE, InputError, message

ERASE = "ledger.entry.erase"
KIND = "ledger.entry"

UNKNOWN_ENTRY = message(
    "entry-unknown",
    vi="Không có mục nhật ký {uid}.",
    en="There is no entry {uid} in the ledger.",
)
ALREADY_ERASED = message(
    "entry-erased",
    vi="Phần chi tiết của mục {uid} đã được xóa trước đó.",
    en="The details of entry {uid} were erased before.",
)
ERASURE_STAYS = message(
    "erasure-stays",
    vi="Mục {uid} ghi một lần xóa, nên không xóa được chi tiết của nó.",
    en="Entry {uid} tells of an erasure, so its own details are not erased.",
)
REASON_NEEDED = message(
    "erasure-reason",
    vi="Hãy nêu lý do xóa: căn cứ nào, theo yêu cầu nào.",
    en="Give the reason for erasing: on what ground, at whose request.",
)


def erase_details(actor: Actor, uid: uuid.UUID, reason: str) -> Entry:
    """Erase the details of one entry; returns the entry that tells of it.

    Raises InputError: `entry-unknown`, `entry-erased`, `erasure-stays`, `erasure-reason`.
    """
    _need(reason)
    with transaction.atomic():
        entry = Entry.objects.select_for_update().filter(uid=uid).first()
        if entry is None:
            raise InputError([UNKNOWN_ENTRY(NOWHERE, uid=uid)])
        if entry.act == ERASE:
            raise InputError([ERASURE_STAYS(NOWHERE, uid=uid)])
        if entry.details is None:
            raise InputError([ALREADY_ERASED(NOWHERE, uid=uid)])
        Entry.objects.filter(pk=entry.pk).update(details=None, salt="")
        thing = Thing(KIND, str(uid), entry.unit)
        return record(actor, ERASE, thing, after={"erased": 1}, reason=reason)


def erase_about(actor: Actor, kind: str, thing: str, reason: str) -> int:
    """Erase the details of all entries about a thing, such as `people.account` and its id; returns
    how many. Entries that tell of an erasure keep theirs. Raises InputError (`erasure-reason`).
    """
    _need(reason)
    with transaction.atomic():
        about = Entry.objects.filter(kind=kind, thing=thing).exclude(act=ERASE)
        erased = about.filter(details__isnull=False).update(details=None, salt="")
        if erased:
            record(actor, ERASE, Thing(kind, thing), after={"erased": erased}, reason=reason)
    return erased


def erasure_recorded(entry: Entry) -> bool:
    """Whether an entry tells that the details of `entry` were erased."""
    itself, about = Q(kind=KIND, thing=str(entry.uid)), Q(kind=entry.kind, thing=entry.thing)
    return Entry.objects.filter(itself | about, act=ERASE).exclude(pk=entry.pk).exists()


def _need(reason: str) -> None:
    if not reason.strip():
        raise InputError([REASON_NEEDED(NOWHERE)])
