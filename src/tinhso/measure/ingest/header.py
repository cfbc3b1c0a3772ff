"""The header of a file: which column holds which field of the stream (dòng tiêu đề)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tinhso.measure.ingest import messages
from tinhso.measure.streams import Field, Stream
from tinhso.measure.text import InputError, Problem, Text, fold, nearest

#: Titles, addresses and dates may stand above the header; no further down than this.
SEARCHED_ROWS = 20

#: Heading of the column that a returned file gets. A file that comes back with it is welcome.
PROBLEMS_COLUMN = Text("Lỗi", "Problems")


@dataclass(frozen=True)
class Layout:
    """Where the fields are. `header_row` counts from 1; 0 when the format has no header row."""

    header: tuple[str, ...]
    columns: dict[str, int]
    header_row: int
    nameless: tuple[int, ...] = ()

    @property
    def width(self) -> int:
        return len(self.header)


def folded(name: str) -> str:
    """Headings are compared without case, diacritics, and the difference of `_` and space."""
    return fold(name.replace("_", " ").replace("\ufeff", ""))


def is_ours(name: str) -> bool:
    """Whether a column is the one that a returned file gets."""
    return folded(name) in (folded(PROBLEMS_COLUMN.vi), folded(PROBLEMS_COLUMN.en))


def find_header(rows: Iterable[Sequence[str | None]], stream: Stream) -> Layout:
    """The layout under the row, among the first ones, that names the most fields of `stream`.

    Raises InputError with every unknown, repeated and missing column of that row.
    """
    best: tuple[int, int, list[str]] = (0, 0, [])
    searched = 0
    names = _names(stream)
    for number, row in enumerate(rows, start=1):
        if number > SEARCHED_ROWS:
            break
        searched = number
        cells = [cell or "" for cell in row]
        matched = sum(folded(cell) in names for cell in cells)
        if matched > best[0]:
            best = (matched, number, cells)
    matched, number, cells = best
    if not matched:
        needed = ", ".join(f.label.vi for f in stream.fields if is_required(stream, f))
        raise InputError(
            [messages.NO_HEADER(stream=stream.name, rows=max(searched, 1), columns=needed)]
        )
    return layout_of(cells, stream, header_row=number)


def matches(cells: Sequence[str | None], stream: Stream) -> int:
    """How many of `cells` name a field of `stream`."""
    names = _names(stream)
    return sum(folded(cell or "") in names for cell in cells)


def layout_of(cells: Sequence[str], stream: Stream, *, header_row: int) -> Layout:
    """The layout under the header `cells`; raises InputError with all that is wrong with it."""
    while cells and not cells[-1].strip() and header_row:
        cells = cells[:-1]
    names = _names(stream)
    columns: dict[str, int] = {}
    nameless: list[int] = []
    problems: list[Problem] = []
    for index, cell in enumerate(cells):
        name = folded(cell)
        field = names.get(name)
        if not name:
            nameless.append(index)
        elif field is None:
            if not is_ours(cell):
                problems.append(unknown(cell, stream))
        elif field.name in columns:
            problems.append(messages.COLUMN_TWICE(column=cell, field=field.name))
        else:
            columns[field.name] = index
    problems += [
        messages.MISSING_COLUMN(label=field.label, name=field.name)
        for field in stream.fields
        if is_required(stream, field) and field.name not in columns
    ]
    if problems:
        raise InputError(problems)
    return Layout(tuple(cells), columns, header_row, tuple(nameless))


def is_required(stream: Stream, field: Field) -> bool:
    """A record needs its key, its unit and its date, whatever the declaration says."""
    return field.required or field.name in (*stream.key, stream.unit, stream.default_date)


def unknown(column: str, stream: Stream) -> Problem:
    candidates = [name for f in stream.fields for name in (f.name, f.label.vi, f.label.en)]
    near = nearest(column, candidates)
    if near:
        return messages.UNKNOWN_COLUMN(column=column, nearest=near)
    return messages.FOREIGN_COLUMN(
        column=column, columns=", ".join(f.label.vi for f in stream.fields)
    )


def _names(stream: Stream) -> dict[str, Field]:
    return {
        folded(name): field
        for field in reversed(stream.fields)
        for name in (field.label.en, field.label.vi, field.name)
    }
