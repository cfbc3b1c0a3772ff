"""Which column holds what: the header, in one row or two, and its repetitions on later pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tinhso.modules.tasks.annex.grid import Cell, Grid
from tinhso.modules.tasks.annex.words import plain, words

#: Rows from the top in which a header is looked for.
SEARCHED = 15
#: Every annex of tasks has these.
NEEDED = frozenset({"title", "deadline"}), frozenset({"title", "lead"})


@dataclass(frozen=True)
class Header:
    """`columns`: field -> index of its column; `last` is the index of the header's last row."""

    columns: Mapping[str, int]
    last: int
    text: tuple[str, ...]

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(self.columns)


def find_header(grid: Grid) -> Header | None:
    """The header of a table, or None where it is none of tasks."""
    best: Header | None = None
    for index in range(min(SEARCHED, len(grid.rows))):
        for rows in (1, 2):
            if index + rows > len(grid.rows):
                continue
            found = _header(grid.rows[index : index + rows], index + rows - 1)
            fits = any(needed <= found.fields for needed in NEEDED)
            if fits and (best is None or len(found.columns) > len(best.columns)):
                best = found
    return best


def _header(rows: tuple[tuple[Cell, ...], ...], last: int) -> Header:
    """Two rows: a heading over both, or "Cơ quan" over "Chủ trì" and "Phối hợp"."""
    columns: dict[str, int] = {}
    for column in range(len(rows[0])):
        own = [row[column].text for row in rows]
        field = _field(own[-1]) or _field(" ".join(dict.fromkeys(own)))
        if field and field not in columns:
            columns[field] = column
    return Header(columns, last, tuple(plain(one.text) for one in rows[0]))


def _field(heading: str) -> str:
    asked = plain(heading)
    known = words().columns
    if asked in known:
        return known[asked]
    # "Thời gian hoàn thành (dự kiến)": what stands in brackets is left out.
    bare = plain(heading.partition("(")[0])
    return known.get(bare, "")


def repeats(row: tuple[Cell, ...], header: Header) -> bool:
    """Whether a row is the header again, as on a new page, or the row of column numbers (1) (2) ..."""
    own = tuple(plain(one.text) for one in row)
    if own == header.text or sum(_field(one.text) != "" for one in row) >= max(
        2, len(header.columns) - 1
    ):
        return True
    filled = [one for one in own if one]
    return len(filled) >= 3 and filled == [str(n) for n in range(1, len(filled) + 1)]
