"""CSV, and text with tabs, as offices export it: delimiter, quotes, titles above the header."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tinhso.measure.ingest import messages
from tinhso.measure.ingest.header import SEARCHED_ROWS, Layout, find_header, matches
from tinhso.measure.ingest.sources import Row, RowSource, ScannedSource, Source, quoted
from tinhso.measure.streams import Stream
from tinhso.measure.text import InputError

_DELIMITERS = ",;\t|"
#: Characters in one line read in Python, and (by the csv module's own default) in one cell.
LINE_LIMIT = 1 << 20


def open_csv(path: Path, link: Path | None, stream: Stream, encoding: str, text: str) -> Source:
    """A CSV file; `text` is its beginning. `link` is None when DuckDB would not read it truly."""
    delimiter = _delimiter(text, stream)
    head = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    starts: list[list[str]] = []
    lines: list[int] = []
    try:
        for cells in islice(head, SEARCHED_ROWS):
            starts.append(cells)
            lines.append(head.line_num)
    except csv.Error:
        pass  # what could be read decides; the reader proper says what is wrong, and where
    layout = find_header(starts, stream)
    rows = RowSource(
        "csv", layout, lambda: _rows(path, encoding, delimiter, layout), delimiter=delimiter
    )
    straight = lines[layout.header_row - 1] == layout.header_row
    if link is None or not straight or layout.width < 2 or "\n" not in text:
        return rows
    columns = ", ".join(f"'r{i}': 'VARCHAR'" for i in range(layout.width))
    relation = (
        f"read_csv({quoted(link)}, auto_detect = false, header = false, compression = 'none',"
        f" delim = {quoted(delimiter)}, quote = '\"', escape = '\"',"
        f" skip = {layout.header_row}, columns = {{{columns}}})"
    )
    return ScannedSource(
        "csv", layout, relation, layout.header_row + 1, fallback=rows, delimiter=delimiter
    )


def _delimiter(text: str, stream: Stream) -> str:
    """The delimiter under which some row near the top names the most fields."""

    def fit(delimiter: str) -> int:
        reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
        best = 0
        try:
            for cells in islice(reader, SEARCHED_ROWS):
                best = max(best, matches(cells, stream))
        except csv.Error:
            return best
        return best

    return max(_DELIMITERS, key=fit)


def lines_of(path: Path, encoding: str) -> Iterator[str]:
    """The lines of a text file with their ends, each no longer than LINE_LIMIT.

    Raises InputError for a longer line and for bytes that are no text.
    """
    # Imported late: formats knows all kinds of source, this one among them.
    from tinhso.measure.ingest.formats import not_utf8  # noqa: PLC0415

    number = 0
    with path.open(encoding=encoding, newline="") as handle:
        try:
            while line := handle.readline(LINE_LIMIT):
                number += 1
                if len(line) >= LINE_LIMIT:
                    raise InputError([messages.LONG_LINE(row=number, limit=LINE_LIMIT)])
                yield line
        except UnicodeDecodeError as error:
            raise InputError([not_utf8(path, encoding)]) from error


def _rows(path: Path, encoding: str, delimiter: str, layout: Layout) -> Iterator[Row]:
    reader = csv.reader(lines_of(path, encoding), delimiter=delimiter)
    number = 0
    width = layout.width
    try:
        for number, cells in enumerate(reader, start=1):
            if number <= layout.header_row or not any(cells):
                continue
            while len(cells) > width and not cells[-1]:
                cells.pop()
            if len(cells) == width:
                yield Row(number, [cell or None for cell in cells])
            else:
                fault = messages.WRONG_WIDTH(found=len(cells), expected=width)
                yield Row(number, [], fault, _written(cells))
    except csv.Error as error:
        raise InputError([messages.BAD_CSV(row=number + 1, reason=str(error))]) from error


def _written(cells: list[str]) -> str:
    """Cells of a row of the wrong width, kept apart by the unit separator."""
    return "\x1f".join(cells)
