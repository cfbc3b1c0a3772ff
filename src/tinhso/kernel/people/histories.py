"""The history of a person: appointments and the account, as far as the one who asks may see."""

from __future__ import annotations

import uuid
from typing import Any

from django.urls import reverse

from tinhso.kernel.ledger.histories import HISTORIES, READS, Reads, Subject, words
from tinhso.kernel.people import queries
from tinhso.kernel.people.models import Position
from tinhso.kernel.people.policies import ACCOUNT, POSITION
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure.text import Text

#: Coming and going changes nothing; the ledger's own list tells of it.
COMING_AND_GOING = (
    *("people.account.sign-in", "people.account.sign-in-failed", "people.account.sign-out"),
)
NAMES = words(
    account=("tài khoản", "account"),
    active=("đang mở", "open"),
    position=("vị trí", "position"),
    role=("vai trò", "role"),
    title=("tên vị trí", "title"),
    since=("từ ngày", "from"),
    until=("đến trước ngày", "until before"),
    acting_for=("thay ai", "acting for"),
    document=("quyết định", "decision"),
    handed_to=("bàn giao cho", "handed over to"),
    method=("cách đăng nhập", "way of signing in"),
)


def _value(name: str, value: Any) -> Text | None:
    if name != "position":
        return None
    post = Position.objects.filter(pk=value).first()
    if post is None:
        return None
    unit = register().full_name(post.unit_id)
    return Text(f"{post.title}, {unit.vi}", f"{post.title_en or post.title}, {unit.en}")


def person(who: Who, thing: str) -> Subject | None:
    try:
        found = queries.person(who, uuid.UUID(thing))
    except ValueError:
        return None
    if found is None:
        return None
    held = queries.appointments(who, found)
    return Subject(
        title=Text(found.name, found.name),
        address=reverse("people:person", args=[found.pk]),
        things=(
            (ACCOUNT.kind, str(found.pk)),
            *(("people.appointment", str(one.pk)) for one in held),
        ),
        but=COMING_AND_GOING,
    )


READS |= {
    ACCOUNT.kind: Reads(ACCOUNT, "view", name=NAMES),
    POSITION.kind: Reads(POSITION, "view", name=NAMES),
    "people.appointment": Reads(POSITION, "view", name=NAMES, value=_value),
}
HISTORIES[ACCOUNT.kind] = person
