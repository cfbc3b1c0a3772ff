"""Which commune a point lies in, as far as the site knows: units have a point, not a boundary.

The nearest commune's point decides. Near a border that may be the neighbour, which a router sets
right; how far off is still taken for the province is the product's choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from django.conf import settings
from django.utils import timezone
from numpy.typing import NDArray

from tinhso.kernel.units.register import UnitRegister, register
from tinhso.measure.boundaries import Level
from tinhso.modules.plan.workspace import workspace

#: Kilometres: a point nearer than this to a commune's own border with its neighbour may be either's.
BORDER = 5.0
#: Kilometres from every commune of the province: at sea, or in another country.
FARTHEST = 30.0
_KM = 111.195  # one degree of latitude


def province(day: date | None = None) -> str:
    """The uid of the province whose site this is, as it is today."""
    unit = workspace().plan(settings.TINHSO_DEFAULT_PLAN).plan.unit
    return register().boundaries.map(day or timezone.localdate()).carry(unit).uid


def commune_by_code(asked: str) -> str:
    """The commune of the province with this uid or code today, or ""."""
    units, day = register(), timezone.localdate()
    uid = asked if asked in units else units.by_code(asked, day)
    return uid if uid in units.descendants(province(day), day, Level.COMMUNE) else ""


def commune_at(lat: float, lon: float) -> str:
    """The commune of the province that a point (degrees, WGS 84) is taken to lie in, "" outside.

    >>> _km(np.array([11.0]), np.array([107.0]), 11.0, 107.0)[0]
    0.0
    """
    day = timezone.localdate()
    own, others = _points(register(), province(day), day)
    away = _km(own.lats, own.lons, lat, lon)
    nearest = int(away.argmin())
    best = float(_km(others.lats, others.lons, lat, lon).min(initial=np.inf))
    # Twice the distance to the line in the middle of two points is what the two differ by, at most.
    if away[nearest] > FARTHEST or away[nearest] - best > 2 * BORDER:
        return ""
    return own.uids[nearest]


@dataclass(frozen=True)
class _Points:
    uids: tuple[str, ...]
    lats: NDArray[np.float64]
    lons: NDArray[np.float64]


@lru_cache(maxsize=2)
def _points(units: UnitRegister, home: str, day: date) -> tuple[_Points, _Points]:
    """The points of the province's communes, and those of all others."""
    inside = set(units.descendants(home, day, Level.COMMUNE))
    every = units.points(units.on(day, Level.COMMUNE), day)
    found = []
    for wanted in (True, False):
        rows = [(uid, *point) for uid, point in every.items() if (uid in inside) is wanted]
        uids, lats, lons = zip(*rows, strict=True) if rows else ((), (), ())
        found.append(_Points(tuple(uids), np.array(lats, float), np.array(lons, float)))
    return found[0], found[1]


def _km(
    lats: NDArray[np.float64], lons: NDArray[np.float64], lat: float, lon: float
) -> NDArray[np.float64]:
    """Kilometres, near enough over a province."""
    away: NDArray[np.float64] = np.hypot(lats - lat, (lons - lon) * np.cos(np.radians(lat)))
    return _KM * away
