"""Workbooks that go out to be filled in and come back: safe to write, bounded to read, rows signed."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import python_calamine
import xlsxwriter
from django.utils.crypto import constant_time_compare, salted_hmac


class UnreadableError(ValueError):
    """It is no workbook, has no such sheet, or is bigger than anything that was written here."""


class MissingSheetError(UnreadableError):
    """It is a workbook without the sheet; `names` are those that it has."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        super().__init__(", ".join(names))


def written(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    """A workbook as `fill` fills it; texts are written as texts, never as formulas or links."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    fill(book)
    book.close()
    return out.getvalue()


def cells_of(path: Path, sheet: int | str, rows: int, columns: int) -> list[list[str]]:
    """The cells of a sheet (by place or name) as texts, from A1 on.

    Raises UnreadableError, also for more than `rows` rows or `columns` columns.
    """
    table = values_of(path, sheet, rows, columns)
    return [[cell_text(one) for one in row] for row in table]


def values_of(path: Path, sheet: int | str, rows: int, columns: int) -> list[list[Any]]:
    """As `cells_of`, as they are: numbers, texts, days, "" for an empty one."""
    try:
        with python_calamine.load_workbook(path) as book:
            names, table = book.sheet_names, None
            name = sheet if isinstance(sheet, str) else names[sheet]
            if name in names:
                found = book.get_sheet_by_name(name)
                if found.height <= rows and found.width <= columns:
                    table = found.to_python(skip_empty_area=False)
    except (
        *(python_calamine.CalamineError, OSError, ValueError, IndexError, zipfile.BadZipFile),
    ) as error:
        raise UnreadableError(str(error)[:120]) from error
    if name not in names:
        raise MissingSheetError(names)
    if table is None:
        raise UnreadableError("too big")
    return table


_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=\"([A-Z]{1,3}\d+)\"[^>]*?(?<!/)>\s*<(?:\w+:)?f[\s/>]")


def formulas_of(path: Path, sheet: str) -> frozenset[str]:
    """The cells ("J8") of a sheet that hold formulas: what a reader takes from one is what it came to
    when somebody saved the file, or nothing. Raises UnreadableError."""
    try:
        with zipfile.ZipFile(path) as archive:
            sheets = _SHEET.findall(archive.read("xl/workbook.xml"))
            ids = {_attribute(one, rb"name"): _attribute(one, rb"\w+:id") for one in sheets}
            relations = _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels"))
            targets = {_attribute(one, rb"Id"): _attribute(one, rb"Target") for one in relations}
            part = archive.read(f"xl/{targets[ids[sheet]].removeprefix('/xl/')}")
    except (KeyError, OSError, ValueError, zipfile.BadZipFile) as error:
        raise UnreadableError(str(error)[:120]) from error
    return frozenset(one.decode() for one in _CELL.findall(part))


def _attribute(element: bytes, name: bytes) -> str:
    found = re.search(rb"\s" + name + rb"=\"([^\"]*)\"", element)
    return html.unescape(found[1].decode()) if found else ""


def cell_text(value: object) -> str:
    """What a cell says: a number without a float's noise, with a point; else the text, trimmed.

    >>> cell_text(12.0), cell_text(0.1 + 0.2), cell_text(" a "), cell_text(None)
    ('12', '0.3', 'a', '')
    """
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float | int):
        plain = f"{value:.9f}".rstrip("0").rstrip(".")
        return "0" if plain in ("", "-0") else plain
    return "" if value is None else str(value).strip()


def mark_of(salt: str, *named: str) -> str:
    """The signature of a row: whose it is cannot be changed without its being seen."""
    return salted_hmac(f"tinhso.workbook.{salt}", "\n".join(named)).hexdigest()[:16]


def is_marked(mark: str, salt: str, *named: str) -> bool:
    return constant_time_compare(mark_of(salt, *named), mark)
