"""The history of an agency in the register: added, renamed, ended, and what was withdrawn."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from tinhso.kernel.ledger.histories import HISTORIES, READS, Reads, Subject, unit_in_words, words
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.models import AgencyChange
from tinhso.kernel.units.policies import AGENCY
from tinhso.kernel.units.register import register
from tinhso.kernel.units.words import TYPES
from tinhso.measure.boundaries import Level
from tinhso.measure.text import Text

NAMES = words(
    on=("có hiệu lực từ", "in force from"),
    code=("mã", "code"),
    type=("loại", "kind"),
    name=("tên", "name"),
    name_en=("tên tiếng Anh", "English name"),
    parent=("trực thuộc", "stands under"),
    target=("cơ quan tiếp nhận", "successor"),
    document=("văn bản", "document"),
)


def _value(name: str, value: Any) -> Text | None:
    if name == "type":
        return TYPES.get(value)
    return unit_in_words(value, timezone.localdate()) if name in ("parent", "target") else None


def agency(_who: Who, thing: str) -> Subject | None:
    """`thing`: its uid; one that is only asked for yet, too."""
    if "\0" in thing:
        return None
    asked = AgencyChange.objects.filter(uid=thing, what="add").first()
    if thing in register() and register().level(thing) is Level.AGENCY:
        title = register().full_name(thing)
    elif asked is not None:
        title = Text(asked.name, asked.name_en or asked.name)
    else:
        return None
    return Subject(title, reverse("units:agencies"), things=((AGENCY.kind, thing),))


READS[AGENCY.kind] = Reads(AGENCY, "view", name=NAMES, value=_value)
HISTORIES[AGENCY.kind] = agency
