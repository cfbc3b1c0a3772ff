"""A unit as people type it into a field: chosen from the list, a code, or a name."""

from __future__ import annotations

import re

from tinhso.kernel.units import queries
from tinhso.kernel.units.register import register
from tinhso.measure.text import InputError, Place, fold, message

NEEDED = message("unit-needed", vi="Chọn đơn vị.", en="Choose the unit.")
NONE = message(
    "unit-none",
    vi="Không có đơn vị nào tên “{asked}”. Gõ tên xã, huyện, tỉnh hoặc sở, có dấu hay không dấu.",
    en="No unit is named “{asked}”. Type the name of a commune, district, province or agency.",
)
SEVERAL = message(
    "unit-several",
    vi="“{asked}” có thể là: {known}. Chép một dòng trong số đó.",
    en="“{asked}” may be: {known}. Copy one of these.",
)

_CHOSEN = re.compile(r".*\(([A-Za-z0-9._:-]+)\)\s*")


def written(uid: str) -> str:
    """A unit as the list of choices writes it: "Xã Đồng Phú (c07453)"."""
    return f"{queries.card(uid).name.vi} ({uid})"


def unit_asked(typed: str, name: str = "unit") -> str:
    """The uid of the unit that was typed into the field `name`. Raises InputError."""
    asked = typed.strip()
    if not asked:
        raise InputError([NEEDED(Place(name))])
    chosen = _CHOSEN.fullmatch(asked)
    uid = chosen[1] if chosen else asked
    if uid in register():
        return uid
    found = [one.card for one in queries.find(asked, limit=6) if one.card.living]
    named = [one for one in found if fold(one.name.vi) == fold(asked)]
    if len(found) == 1 or len(named) == 1:
        return (named or found)[0].uid
    if not found:
        raise InputError([NONE(Place(name), asked=asked)])
    known = "; ".join(written(one.uid) for one in found[:5])
    raise InputError([SEVERAL(Place(name), asked=asked, known=known)])
