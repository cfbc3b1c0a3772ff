"""Drawings as plain geometry, computed here and written as SVG by templates.

The ruler is the one sign for a target everywhere: a scale, the value as a bar, the target as a tall
tick, last year's starting point as a small tick below the line.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

#: Width of a ruler in its own units: one unit is a quarter of a per cent.
RULER_WIDTH = 400


@dataclass(frozen=True)
class Ruler:
    """Positions along a ruler, 0 to RULER_WIDTH; None where there is nothing to show.

    `reversed_` is for ranks, where the first place stands at the right end.
    """

    ticks: tuple[tuple[int, bool], ...]  # (position, long)
    value: float | None
    target: float | None
    baseline: float | None
    bar_from: float
    low: Fraction
    high: Fraction
    ahead: tuple[float, float] | None = None  # where the value is forecast to lie at the date


def ruler(
    value: Fraction | None,
    target: Fraction | None,
    baseline: Fraction | None = None,
    *,
    low: Fraction = Fraction(0),
    high: Fraction = Fraction(1),
    ahead: tuple[float, float] | None = None,
) -> Ruler:
    """A ruler from `low` to `high`; values outside are drawn at its ends."""

    def at(amount: Fraction | None) -> float | None:
        if amount is None:
            return None
        share = (amount - low) / (high - low)
        return round(float(min(max(share, Fraction(0)), Fraction(1))) * RULER_WIDTH, 1)

    reach = (
        None if ahead is None else (at(Fraction(ahead[0])) or 0.0, at(Fraction(ahead[1])) or 0.0)
    )

    ticks = tuple((n * RULER_WIDTH // 20, n % 5 == 0) for n in range(21))
    return Ruler(ticks, at(value), at(target), at(baseline), 0.0, low, high, reach)


@dataclass(frozen=True)
class Line:
    """A line over time in a box of `width` by `height`; gaps where values are missing."""

    width: int
    height: int
    paths: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    last: tuple[float, float] | None
    target_y: float | None
    low: float
    high: float
    grid: tuple[tuple[float, float], ...]  # (y, amount)
    xs: tuple[float, ...]


def line(
    values: Sequence[Fraction | None],
    *,
    width: int,
    height: int,
    target: Fraction | None = None,
    whole_scale: bool = False,
    margin: float = 4.0,
) -> Line:
    """Points joined in order. With `whole_scale` the axis runs from 0 to at least 100 %."""
    known = [float(v) for v in values if v is not None]
    reach = known + ([float(target)] if target is not None else [])
    low, high = (min(reach), max(reach)) if reach else (0.0, 1.0)
    if whole_scale:
        low, high = 0.0, max(1.0, high)
    elif high == low:
        low, high = low - 0.5, high + 0.5
    step = (width - 2 * margin) / max(len(values) - 1, 1)

    def y_of(amount: float) -> float:
        return round(height - margin - (amount - low) / (high - low) * (height - 2 * margin), 1)

    xs = tuple(round(margin + n * step, 1) for n in range(len(values)))
    points = [None if v is None else (x, y_of(float(v))) for x, v in zip(xs, values, strict=True)]
    paths, run = [], []
    for point in [*points, None]:
        if point is not None:
            run.append(point)
        elif run:
            paths.append("M" + "L".join(f"{x} {y}" for x, y in run))
            run = []
    dots = tuple(point for point in points if point is not None)
    fifths = tuple((y_of(low + (high - low) * n / 4), low + (high - low) * n / 4) for n in range(5))
    return Line(
        width,
        height,
        tuple(paths),
        dots,
        dots[-1] if dots else None,
        None if target is None else y_of(float(target)),
        low,
        high,
        fifths,
        xs,
    )


Corner = tuple[float, float]


@dataclass(frozen=True)
class Cell:
    """One unit's cell on the schematic map, as SVG polygon points, and where its label goes."""

    uid: str
    points: str
    x: float
    y: float


@dataclass(frozen=True)
class CellMap:
    width: float
    height: float
    cells: tuple[Cell, ...]


#: Sides of the polygon that bounds a cell at the map's rim.
_ROUND = 16


def cell_map(points: Mapping[str, tuple[float, float]], width: float = 640.0) -> CellMap:
    """See `_cell_map`; drawn once for the same units."""
    return _cell_map(tuple((uid, (at[0], at[1])) for uid, at in points.items()), width)


@lru_cache(maxsize=64)
def _cell_map(places: tuple[tuple[str, tuple[float, float]], ...], width: float) -> CellMap:
    """A cell for each unit: what lies nearer to its point than to any other's.

    `points` are (latitude, longitude) in degrees. These are not boundaries: only points are
    known. Cells at the rim end at a circle about as wide as the cells' usual distance.
    """
    points = dict(places)
    if not points:
        return CellMap(width, 0.0, ())
    flat = _flatten(points)
    reach = _usual_distance(list(flat.values())) * 1.15
    xs, ys = [p[0] for p in flat.values()], [p[1] for p in flat.values()]
    left, top = min(xs) - reach, min(ys) - reach
    scale = width / max(max(xs) + reach - left, 1e-9)
    cells = []
    for uid, centre in flat.items():
        corners = _circle(centre, reach)
        for other in sorted(flat.values(), key=lambda p: math.dist(p, centre)):
            if other != centre:
                corners = _nearer(corners, centre, other)
        drawn = [((x - left) * scale, (y - top) * scale) for x, y in corners]
        text = " ".join(f"{x:.1f},{y:.1f}" for x, y in drawn)
        cells.append(
            Cell(
                uid, text, round((centre[0] - left) * scale, 1), round((centre[1] - top) * scale, 1)
            )
        )
    return CellMap(width, round((max(ys) + reach - top) * scale, 1), tuple(cells))


def _flatten(points: Mapping[str, tuple[float, float]]) -> dict[str, Corner]:
    """Degrees to a flat sheet (north up), true in proportion near the points' middle.

    Units at the very same point are set apart a little, in their order, so that each has a cell.
    """
    middle = math.radians(sum(lat for lat, _ in points.values()) / len(points))
    flat: dict[str, Corner] = {}
    for uid, (lat, lon) in points.items():
        spot = (lon * math.cos(middle), -lat)
        while spot in flat.values():
            spot = (spot[0] + 0.01, spot[1] + 0.004)
        flat[uid] = spot
    return flat


def _usual_distance(spots: list[Corner]) -> float:
    """The median distance from a point to its nearest neighbour, widened; 1 for a single point."""
    if len(spots) < 2:
        return 0.1
    nearest = sorted(
        min(math.dist(one, other) for other in spots if other is not one) for one in spots
    )
    return max(nearest[len(nearest) // 2], nearest[-1] / 2, 1e-3)


def _circle(centre: Corner, radius: float) -> list[Corner]:
    turn = 2 * math.pi / _ROUND
    return [
        (centre[0] + radius * math.cos(n * turn), centre[1] + radius * math.sin(n * turn))
        for n in range(_ROUND)
    ]


def _nearer(corners: list[Corner], centre: Corner, other: Corner) -> list[Corner]:
    """The part of a convex polygon that lies nearer to `centre` than to `other`."""
    dx, dy = other[0] - centre[0], other[1] - centre[1]
    limit = (other[0] ** 2 + other[1] ** 2 - centre[0] ** 2 - centre[1] ** 2) / 2

    def beyond(corner: Corner) -> float:
        return corner[0] * dx + corner[1] * dy - limit

    kept: list[Corner] = []
    for position, corner in enumerate(corners):
        before = corners[position - 1]
        here, there = beyond(corner), beyond(before)
        if (here > 0) != (there > 0):
            share = there / (there - here)
            kept.append(
                (
                    before[0] + share * (corner[0] - before[0]),
                    before[1] + share * (corner[1] - before[1]),
                )
            )
        if here <= 0:
            kept.append(corner)
    return kept


#: How many shades a map has; the palest is the lowest fifth of the values.
SHADES = 5


def shades(values: Mapping[str, Fraction | None]) -> dict[str, int]:
    """A shade from 1 to SHADES for each measured value, by equal steps between lowest and highest.

    Values that are all equal have the middle shade; what is not measured has 0.
    """
    known = [v for v in values.values() if v is not None]
    if not known:
        return dict.fromkeys(values, 0)
    low, high = min(known), max(known)
    if low == high:
        return {uid: 0 if v is None else (SHADES + 1) // 2 for uid, v in values.items()}
    step = (high - low) / SHADES
    return {
        uid: 0 if v is None else min(SHADES, int((v - low) / step) + 1) for uid, v in values.items()
    }
