"""What all machines' doors share: whose hands an act is in, and how a case is taken in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from tinhso.kernel.cases import actions
from tinhso.kernel.cases.actions import Doer, Received, Sender
from tinhso.kernel.cases.models import Case, CaseEvent
from tinhso.kernel.files.actions import accept
from tinhso.kernel.files.kinds import IMAGES
from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.who import Who
from tinhso.measure.text import Place

KIND = "feedback"
#: Pictures that one message or request may bring.
MOST_PICTURES = 10
#: Characters of a title; the rest stands in the text.
TITLE = 120

_CODE = re.compile(r"\bPA-\d{6}-[A-Z0-9]{6}\b", re.IGNORECASE)


def take_in(doer: Doer, told: Received, sender: Sender | None = None) -> Case:
    """Every machine's door receives a case here."""
    return actions.open_case(doer, told, sender)


def tell_more(
    doer: Doer,
    case: Case,
    data: Mapping[str, Any],
    *,
    key: str,
    files: Sequence[StoredFile] = (),
) -> CaseEvent:
    """The sender's further words: the answer to a question where one was asked, else an addition."""
    what = "reply" if case.state == "asking" else "add"
    return actions.act(doer, case, what, data, key=key, files=files)


def door_account(username: str, name: str) -> Account:
    """The account in whose name a door keeps files. It holds no position, so it has no right."""
    found = Account.objects.filter(username=username).first()
    if found is not None:
        return found
    with transaction.atomic():
        account, made = Account.objects.get_or_create(
            username=username, defaults={"name": name, "kind": Account.Kind.MACHINE}
        )
        if made:
            account.set_unusable_password()
            account.save(update_fields=["password"])
            record(
                SYSTEM,
                "people.account.make",
                Thing("people.account", str(account.id)),
                after={"kind": "machine", "name": account.name},
            )
    return account


def keep_picture(
    account: Account, content: bytes, name: str, unit: str, place: Place
) -> StoredFile:
    """Raises InputError for what is no picture, TooManyError beyond what an account may send."""
    who = Who(timezone.localdate(), account.id, account.name)
    return accept(who, ContentFile(content, name=name), IMAGES, unit=unit, place=place)


def title_of(text: str, otherwise: str) -> str:
    """The first sentence or line of what was written, cut at a word."""
    line = next((one.strip() for one in text.splitlines() if one.strip()), "") or otherwise
    sentence = re.split(r"(?<=[.!?])\s", line, maxsplit=1)[0]
    if len(sentence) <= TITLE:
        return sentence
    return sentence[: TITLE - 1].rsplit(" ", 1)[0] + "…"


def codes_in(text: str) -> list[str]:
    """Codes of cases that a text names, in order, each once."""
    return list(dict.fromkeys(one.upper() for one in _CODE.findall(text)))


def key_of(door: str, *parts: str) -> str:
    """A key that tells nothing of what it was made of, and fits any column of keys."""
    return f"{door}:{hashlib.sha256(chr(31).join(parts).encode()).hexdigest()}"
