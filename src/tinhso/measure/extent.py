"""How far the cells of an Excel sheet reach (vùng ô): asked before a reader makes the whole rectangle.

A workbook of five kilobytes may hold two cells, in A1 and in XFD1048576. A reader that makes room for every
cell between them needs half a terabyte, and takes its process with it.
"""

from __future__ import annotations

import re
from functools import lru_cache

#: A rectangle may be so many times as large as the cells that are really there.
MOST_SPARSE = 4

#: The beginning of a row or a cell, and the place that it tells; quotes may hold anything.
_TAG = re.compile(
    rb"<(?:[\w.-]+:)?(row|c)(?=[\s/>])"
    rb"(?>\s+r\s*=\s*[\"']([A-Za-z]*)([0-9]*)[\"']|\"[^\"]*\"|'[^']*'|[^<>\"'])*+>"
)


def is_too_sparse(part: bytes | bytearray, free: int) -> bool:
    """Whether the cells of a sheet, given as its XML, lie too far apart: their rectangle from A1 on has more
    than `free` cells, and more than MOST_SPARSE times as many as there are."""
    rows, columns, cells = reached(part)
    return rows * columns > max(free, MOST_SPARSE * cells)


def is_sheet(part: bytes | bytearray) -> bool:
    """Whether a part of a workbook may hold cells. Others only name their places, as the chain in which
    formulas are worked out does."""
    return b"sheetData" in part


def reached(part: bytes | bytearray) -> tuple[int, int, int]:
    """The furthest row and column (from 1) that hold a cell, and how many cells there are. Places that are
    not told follow from the one before, as readers take them."""
    rows = columns = cells = row = column = 0
    for tag in _TAG.finditer(part):
        kind, letters, digits = tag.groups()
        if kind == b"row":
            row, column = _number(digits) if digits else row + 1, 0
            continue
        cells += 1
        column = _column(letters) if letters else column + 1
        rows, columns = max(rows, _number(digits) if digits else row), max(columns, column)
    return rows, columns, cells


def _number(digits: bytes) -> int:
    return int(digits[:12])


@lru_cache(maxsize=20_000)
def _column(letters: bytes) -> int:
    """The number of a column, as AA is 27; of nonsense a large one."""
    found = 0
    for letter in letters.upper()[:8]:
        found = found * 26 + letter - 64
    return found
