"""The grid of a map (ô lưới): each point has a number such that the points of a square, at any scale,
have numbers that follow one another.

Bits of latitude and longitude by turns (Z-order), over a box that holds the whole country.
"""

from __future__ import annotations

from dataclasses import dataclass

#: The box begins in the south-west at these degrees and is SIZE degrees wide and high.
SOUTH, WEST, SIZE = 8.0, 102.0, 16.0
#: Halvings of the box: cells of the last level are 16 / 2**16 degrees, some 27 metres.
LEVELS = 16


@dataclass(frozen=True)
class Cell:
    """A square of a level: the numbers of its points are [first, until)."""

    level: int
    x: int
    y: int

    @property
    def first(self) -> int:
        return _interleaved(self.x, self.y) << 2 * (LEVELS - self.level)

    @property
    def until(self) -> int:
        return (_interleaved(self.x, self.y) + 1) << 2 * (LEVELS - self.level)


def cell_of(lat: float, lon: float) -> int:
    """The number of a point's cell of the last level; outside the box, of the nearest inside."""
    return _interleaved(_step(lon, WEST, LEVELS), _step(lat, SOUTH, LEVELS))


def cells_in(south: float, west: float, north: float, east: float, most: int) -> list[Cell]:
    """The cells of the finest level at which at most `most` of them cover the view."""
    level = LEVELS
    while True:
        xs = range(_step(west, WEST, level), _step(east, WEST, level) + 1)
        ys = range(_step(south, SOUTH, level), _step(north, SOUTH, level) + 1)
        if len(xs) * len(ys) <= most or level == 0:
            return [Cell(level, x, y) for y in ys for x in xs]
        level -= 1


def _step(degrees: float, begin: float, level: int) -> int:
    many = 1 << level
    return min(many - 1, max(0, int((degrees - begin) / SIZE * many)))


def _interleaved(x: int, y: int) -> int:
    return _spread(x) | _spread(y) << 1


def _spread(number: int) -> int:
    """The bits of a number of up to 16 bits with a gap after each."""
    number = (number | number << 8) & 0x00FF00FF
    number = (number | number << 4) & 0x0F0F0F0F
    number = (number | number << 2) & 0x33333333
    return (number | number << 1) & 0x55555555
