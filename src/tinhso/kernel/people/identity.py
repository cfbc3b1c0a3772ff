"""Citizens' identity numbers (số định danh cá nhân): encrypted, found by a keyed index, opened only
with a purpose that goes on record.

A number has 12 digits (Nghị định 137/2015/NĐ-CP, Điều 13): no more of its make-up is checked here,
since the codes within it change with provinces and years.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from tinhso.kernel.ledger.actor import OPERATOR
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.people import keyring
from tinhso.kernel.people.limits import exactly
from tinhso.kernel.people.models import Account, IdentityNumber
from tinhso.kernel.people.policies import IDENTITY
from tinhso.kernel.people.who import Who
from tinhso.measure.text import InputError, Place, message

#: Numbers that one person may open in an hour.
MOST_AN_HOUR = 60
BATCH = 200

WRONG_NUMBER = message(
    "identity-number-wrong",
    vi="Số định danh cá nhân có đúng 12 chữ số. Xem lại trên thẻ căn cước.",
    en="An identity number has exactly 12 digits. Look at the identity card again.",
)
TAKEN = message(
    "identity-number-taken",
    vi="Số này đã thuộc một tài khoản khác. Người quản trị cần kiểm tra hai tài khoản có phải của một người.",
    en="This number belongs to another account. An administrator has to see whether both are one person's.",
)
_DIGITS = re.compile(r"[0-9]{12}")


def keep(who: Who, account: Account, number: str, unit: str) -> None:
    """Keep somebody's number, in place of an earlier one. `unit` is the account's.

    Raises ForbiddenError; InputError for no number, and for one of another account.
    """
    answer = IDENTITY.require(who, "keep", unit)
    number = number.strip().replace(" ", "")
    if not _DIGITS.fullmatch(number):
        raise InputError([WRONG_NUMBER(Place("identity_number"))])
    key = keyring.newest()
    with transaction.atomic():
        _not_taken(number, account)
        try:
            with transaction.atomic():
                IdentityNumber.objects.update_or_create(
                    account=account,
                    defaults={
                        "ciphertext": key.encrypt(number, str(account.id)),
                        "key_id": key.id,
                        "index": key.index(number),
                        "at": timezone.now(),
                    },
                )
        except IntegrityError:  # another account was given it at this very moment
            _not_taken(number, account)
            raise
        record(who.actor(answer.seat), "people.identity.keep", _thing(account, unit), hidden=True)


def _not_taken(number: str, account: Account) -> None:
    held = _row_of(number)
    if held is not None and held.account_id != account.id:
        raise InputError([TAKEN(Place("identity_number"))])


def open_number(who: Who, account: Account, unit: str, purpose: str) -> str:
    """The number itself; that it was opened, by whom and what for goes on record first.

    Raises ForbiddenError without the right, a second factor or a purpose; TooManyError beyond
    MOST_AN_HOUR; IdentityNumber.DoesNotExist; KeyMissingError.
    """
    answer = IDENTITY.require(who, "open", unit, purpose=purpose)
    with transaction.atomic():
        held = IdentityNumber.objects.get(account=account)
        opened = Entry.objects.filter(actor=str(who.account), act="people.identity.open")
        exactly("identity", opened, "at", MOST_AN_HOUR, timedelta(hours=1))
        record(
            who.actor(answer.seat),
            "people.identity.open",
            _thing(account, unit),
            reason=purpose.strip(),
        )
    return keyring.key(held.key_id).decrypt(bytes(held.ciphertext), str(held.account_id))


def account_by(number: str) -> Account | None:
    """For signing in through the national e-identity: whose number is this? Says nothing else."""
    held = _row_of(number)
    return held.account if held else None


def forget(account: Account) -> None:
    """Delete the number of an account that is erased by law, in that act's transaction."""
    IdentityNumber.objects.filter(account=account).delete()


def _row_of(number: str) -> IdentityNumber | None:
    """While keys are rotated a row may stand under any key in use."""
    ways = Q(index__in=[key.index(number) for key in keyring.in_use()])
    return IdentityNumber.objects.select_related("account").filter(ways).first()


def _thing(account: Account, unit: str) -> Thing:
    return Thing(IDENTITY.kind, str(account.id), unit)


# -- rotation --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sealed:
    """Rows that are encrypted under these keys, each with its `key_id`.

    `reseal(row, key)` puts a row under `key`, and leaves it to be saved.
    """

    rows: Callable[[], QuerySet[Any]]
    reseal: Callable[[Any, keyring.Key], None]


#: What has to move along when keys change; rooms add theirs when they are loaded.
SEALED: list[Sealed] = []


@dataclass(frozen=True)
class Rotation:
    """Where a rotation stands: the key in use, how many rows are under it, how many are left."""

    key: str
    done: int
    left: int


def rotate(batch: int = BATCH) -> Iterator[Rotation]:
    """Put every number, and what else is sealed, under a new key, `batch` rows a transaction; tells after each how far it is.

    Killed at any moment it leaves every number readable, and goes on when it is called again: a
    new key is made only when none is half used. People may keep and open numbers meanwhile.
    """
    current = keyring.newest()
    if not any(rows.exclude(key_id=current.id).exists() for rows in _rows()):
        current = keyring.make()
    while _moved(current, batch):
        yield _standing(current)
    with transaction.atomic():
        record(OPERATOR, "people.identity.rotate", Thing("people.identity", current.id))
    for key in keyring.in_use():
        unused = not any(rows.filter(key_id=key.id).exists() for rows in _rows())
        if key.id < current.id and unused:
            keyring.retire(key.id)
    yield _standing(current)


def _moved(current: keyring.Key, batch: int) -> int:
    with transaction.atomic():
        for sealed in (Sealed(IdentityNumber.objects.all, _reseal), *SEALED):
            old = sealed.rows().select_for_update().exclude(key_id=current.id).order_by("pk")
            rows = list(old[:batch])
            for row in rows:
                sealed.reseal(row, current)
                row.save()
            if rows:
                return len(rows)
    return 0


def _reseal(row: IdentityNumber, key: keyring.Key) -> None:
    number = keyring.key(row.key_id).decrypt(bytes(row.ciphertext), str(row.account_id))
    row.ciphertext = key.encrypt(number, str(row.account_id))
    row.key_id, row.index = key.id, key.index(number)


def _standing(current: keyring.Key) -> Rotation:
    done = sum(rows.filter(key_id=current.id).count() for rows in _rows())
    return Rotation(current.id, done, sum(rows.count() for rows in _rows()) - done)


def _rows() -> list[QuerySet[Any]]:
    """All that is encrypted under the keys."""
    return [IdentityNumber.objects.all(), *(one.rows() for one in SEALED)]
