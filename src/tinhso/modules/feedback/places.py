"""Where something is: the province of this site, the commune of a point, the place in a picture.

The register knows each commune's point, not its outline. The commune whose point is nearest is thus a
proposal that a person can change; a point nearer to communes of other provinces lies outside.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy
from django.conf import settings
from django.utils import timezone
from PIL import ExifTags, Image, UnidentifiedImageError

from tinhso.kernel.units import queries as units
from tinhso.kernel.units.register import UnitRegister, register
from tinhso.measure.boundaries import Level
from tinhso.measure.text import fold
from tinhso.modules.plan.workspace import workspace

Point = tuple[float, float]


def province(day: date | None = None) -> str:
    """The unit whose reports this site takes: that of the plan in hand, or its heir."""
    root = workspace().plan(settings.TINHSO_DEFAULT_PLAN).plan.unit
    found = units.standing(root, day or timezone.localdate())
    return found.card.uid if found.attributed else root


def communes(day: date | None = None) -> list[units.UnitCard]:
    """The communes of the province on a day, by name."""
    day = day or timezone.localdate()
    found = units.descendants(province(day), day, Level.COMMUNE)
    return sorted(found, key=lambda one: (fold(one.name.vi), one.name.vi))


@dataclass(frozen=True)
class Nearest:
    """The commune whose point is nearest to a place; `ours`: it is in this province."""

    uid: str
    ours: bool
    metres: float


def nearest(point: Point, day: date | None = None) -> Nearest:
    """The commune of the whole country that is nearest to a point."""
    day = day or timezone.localdate()
    uids, lats, lons = _country(register(), day)
    wide = math.cos(math.radians(point[0]))
    away = (lats - point[0]) ** 2 + ((lons - point[1]) * wide) ** 2
    at = int(numpy.argmin(away))
    ours = uids[at] in _ours(register(), province(day), day)
    return Nearest(uids[at], ours, math.sqrt(float(away[at])) * METRES)


#: Metres of a degree of latitude.
METRES = 111_195.0


def metres(one: Point, two: Point) -> float:
    """The distance of two points that are not far apart."""
    wide = math.cos(math.radians((one[0] + two[0]) / 2))
    return METRES * math.hypot(one[0] - two[0], (one[1] - two[1]) * wide)


@lru_cache(maxsize=8)
def _country(known: UnitRegister, day: date) -> tuple[list[str], Any, Any]:
    points = known.points(known.on(day, Level.COMMUNE), day)
    lats = numpy.array([one[0] for one in points.values()])
    lons = numpy.array([one[1] for one in points.values()])
    return list(points), lats, lons


@lru_cache(maxsize=8)
def _ours(known: UnitRegister, root: str, day: date) -> frozenset[str]:
    return frozenset(known.descendants(root, day, Level.COMMUNE))


def point_of(lat: str, lon: str) -> Point | None:
    """Two fields as a point on earth; None where they are empty or no such numbers."""
    try:
        found = float(lat), float(lon)
    except ValueError:
        return None
    # What is no number fails both comparisons.
    return found if -90 <= found[0] <= 90 and -180 <= found[1] <= 180 else None


def box(points: Iterable[Point]) -> list[float]:
    """South, west, north, east of all points, with a little room."""
    lats, lons = zip(*points, strict=True)
    return [min(lats) - 0.05, min(lons) - 0.05, max(lats) + 0.05, max(lons) + 0.05]


@dataclass(frozen=True)
class Taken:
    """What a picture says of itself (EXIF): where and when, as far as it does."""

    point: Point | None = None
    at: str = ""


#: How the segment begins in which a JPEG says such things (Exif 2.32, 4.7.2).
_EXIF = b"Exif\0\0"


def taken(content: bytes) -> Taken:
    """Where and when a picture was taken. Says nothing for a file that is no picture or is damaged:
    whether it is taken in is decided elsewhere."""
    if content.startswith(b"\xff\xd8") and _EXIF not in content:
        return Taken()  # as the page's own script sends them
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as picture:
            exif = picture.getexif()
            gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
            at = str(exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal, ""))
            return Taken(_gps_point(gps), at[:19])
    except (
        Image.DecompressionBombError,
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        TypeError,
        ZeroDivisionError,
    ):
        return Taken()


def _gps_point(gps: dict[int, Any]) -> Point | None:
    names = ExifTags.GPS
    try:
        lat, lon = _degrees(gps[names.GPSLatitude]), _degrees(gps[names.GPSLongitude])
    except KeyError:
        return None
    south = str(gps.get(names.GPSLatitudeRef, "N")).upper().startswith("S")
    west = str(gps.get(names.GPSLongitudeRef, "E")).upper().startswith("W")
    found = point_of(str(-lat if south else lat), str(-lon if west else lon))
    return None if found == (0.0, 0.0) else found  # what phones write that know no place


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (float(one) for one in parts)
    return degrees + minutes / 60 + seconds / 3600
