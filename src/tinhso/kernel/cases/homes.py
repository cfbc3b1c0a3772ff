"""Whose cases a site takes: those of its province, whatever door they come by (địa bàn tiếp nhận)."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from tinhso.kernel.units.register import register
from tinhso.measure.text import InputError, Place, message

OUTSIDE = message(
    "case-outside",
    vi="Nơi ấy không thuộc {province}. Chọn một xã, phường trong tỉnh, hoặc bỏ trống.",
    en="That place does not lie in {province}. Choose a commune of the province, or leave it empty.",
)

#: The uid of the province whose site this is, told by the room that knows the plan in hand; a site
#: without one takes cases from anywhere.
SITE: list[Callable[[], str]] = []


def require_homes(*units: str) -> None:
    """Raises InputError for a unit that does not lie in the site's province as it is today."""
    for province in (one() for one in SITE):
        names, day = register(), timezone.localdate()
        for unit in units:
            if province not in (names.at(unit, day).uid, *names.ancestors(unit, day)):
                raise InputError([OUTSIDE(Place("place"), province=names.full_name(province, day))])
