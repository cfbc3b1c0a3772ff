"""Whose cases a site takes: those of its province, whatever door they come by (địa bàn tiếp nhận)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from django.utils import timezone

from tinhso.kernel.units.register import UnitRegister, register
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
    for unit in dict.fromkeys(units):
        if (province := home_for(unit)) != unit:
            raise InputError([OUTSIDE(Place("place"), province=register().full_name(province))])


def home_for(unit: str) -> str:
    """A unit as a home of cases: itself, or the site's province where it does not lie in that."""
    names, day = register(), timezone.localdate()
    for province in (one() for one in SITE):
        if not _lies_in(names, unit, province, day):
            return province
    return unit


@lru_cache(maxsize=4096)
def _lies_in(names: UnitRegister, unit: str, province: str, day: date) -> bool:
    return province in (names.at(unit, day).uid, *names.ancestors(unit, day))
