"""Tables out of Word and Excel files that `kernel.files` has let in (bounds on size and parts)."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import python_calamine
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.oxml.table import CT_Tbl

from tinhso.measure.text import InputError, Place
from tinhso.modules.tasks.annex.grid import (
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_TABLES,
    NO_TABLE,
    TOO_LARGE,
    UNREADABLE,
    Cell,
    Grid,
    text_of,
)

PLACE = Place("file")


def read(path: Path, kind: str) -> list[Grid]:
    """Every table of a file of `kind` ("docx" or "xlsx"). Raises InputError."""
    grids = _word(path) if kind == "docx" else _excel(path)
    if not grids:
        raise InputError([NO_TABLE(PLACE)])
    return grids


def _word(path: Path) -> list[Grid]:
    try:
        body = docx.Document(BytesIO(path.read_bytes())).element.body
        tables = body.xpath(".//w:tbl[not(ancestor::w:tbl)]")[:MOST_TABLES]
        return [_table(number, table) for number, table in enumerate(tables, start=1)]
    except (OpcError, zipfile.BadZipFile, KeyError, ValueError, IndexError) as error:
        reason = f"{type(error).__name__}: {error}"[:120]
        raise InputError([UNREADABLE(PLACE, reason=reason)]) from error


def _table(number: int, table: CT_Tbl) -> Grid:
    """A merged cell's text in every place that it covers, across and down.

    Rows and cells may lie in content controls (`w:sdt`), as in offices' templates.
    """
    width = len(table.tblGrid.gridCol_lst)
    rows: list[tuple[Cell, ...]] = []
    above: dict[int, Cell] = {}
    for index, row in enumerate(_within(table, "w:tr")):
        _bounded(index + 1, width)
        cells: list[Cell] = [Cell("", (index, n)) for n in range(row.grid_before)]
        for one in _within(row, "w:tc"):
            start, span = len(cells), one.grid_span
            going_on = above.get(start) if one.vMerge == "continue" else None
            made = going_on or Cell(_written(one), (index, start))
            cells += [made] * span
            _bounded(index + 1, len(cells))
        above = dict(enumerate(cells))
        rows.append(tuple(cells))
    widest = max([width, *map(len, rows)], default=0)
    full = (
        (*cells, *(Cell("", (index, n)) for n in range(len(cells), widest)))
        for index, cells in enumerate(rows)
    )
    return Grid(f"bảng {number}", tuple(full))


def _within(parent: Any, tag: str) -> list[Any]:
    found: list[Any] = parent.xpath(f"./{tag} | ./w:sdt/w:sdtContent/{tag}")
    return found


def _written(cell: Any) -> str:
    """The text of a cell's paragraphs, those of lists and of accepted changes too."""
    return text_of("\n".join(map(_paragraph, cell.iter(qn("w:p")))))


def _paragraph(paragraph: Any) -> str:
    parts = []
    for one in paragraph.iter(qn("w:t"), qn("w:br"), qn("w:tab"), qn("w:cr")):
        if one.tag == qn("w:t"):
            parts.append(one.text or "")
        else:
            parts.append("\n" if one.tag != qn("w:tab") else " ")
    return "".join(parts)


def _excel(path: Path) -> list[Grid]:
    try:
        book = python_calamine.CalamineWorkbook.from_path(path)
        sheets = [book.get_sheet_by_name(name) for name in book.sheet_names[:MOST_TABLES]]
        return [grid for grid in map(_sheet, sheets) if grid is not None]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise InputError([UNREADABLE(PLACE, reason=str(error)[:120])]) from error


def _sheet(sheet: python_calamine.CalamineSheet) -> Grid | None:
    if sheet.start is None or sheet.end is None:
        return None
    _bounded(sheet.end[0] + 1, sheet.end[1] + 1)
    # The reader leaves out empty columns on the left, but no empty rows above.
    left = [Cell("", (0, 0))] * sheet.start[1]
    rows = [[*left, *map(_cell, row)] for row in sheet.iter_rows()]
    width = sheet.end[1] + 1
    rows = [
        [
            Cell(one.text, (index, n), one.day)
            for n, one in enumerate([*row, *[Cell("", (0, 0))] * (width - len(row))][:width])
        ]
        for index, row in enumerate(rows)
    ]
    for (top, first), (bottom, last) in sheet.merged_cell_ranges or ():
        if top >= len(rows) or first >= width:
            continue
        whole = rows[top][first]
        for index in range(top, min(bottom, len(rows) - 1) + 1):
            rows[index][first : last + 1] = [whole] * (min(last, width - 1) + 1 - first)
    return Grid(sheet.name, tuple(map(tuple, rows)))


def _cell(value: object) -> Cell:
    if isinstance(value, datetime):
        return Cell(f"{value.day}/{value.month}/{value.year}", (0, 0), value.date())
    if isinstance(value, date):
        return Cell(f"{value.day}/{value.month}/{value.year}", (0, 0), value)
    if isinstance(value, float) and value.is_integer():
        return Cell(str(int(value)), (0, 0))
    if isinstance(value, float):
        return Cell(repr(value).replace(".", ","), (0, 0))
    return Cell(text_of(str(value)), (0, 0))


def _bounded(rows: int, columns: int) -> None:
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        raise InputError([TOO_LARGE(PLACE, rows=MOST_ROWS, columns=MOST_COLUMNS)])
