"""The sender's own workbook goes back, with what is wrong in it (sổ của người gửi).

Its parts are copied as they are. Of the sheet that was read, rows are copied as bytes as well: a bad
one gets a cell more, the others are hidden. So formulas, formats, lists, charts and macros stay what
they were, and of a large sheet no more than a row is in memory. Only what stands around the rows and
three small parts (the book, its relations, its styles) are read as XML: never with a DOCTYPE, hence
never with entities, and of a bounded size.

The workbook says which file it answers (`answered`). Sent in again, it brings the good rows too; those
that still say what that file said are no news, also where another batch has corrected them since.
"""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from xlsxwriter.utility import quote_sheetname, xl_col_to_name

from tinhso.measure.ingest import messages
from tinhso.measure.ingest.header import Layout, is_ours
from tinhso.measure.ingest.sources import Cells
from tinhso.measure.ingest.workbook_rows import (
    CellsOf,
    Reader,
    bottom_edge,
    column_of,
    right_edge,
    row_tag,
    rows_of,
)
from tinhso.measure.ingest.workbook_xml import (
    IN_BOOK,
    IN_SHEET,
    NotKeptError,
    add_highlight,
    added,
    child,
    odd,
    placed,
    read_part,
    relations,
    text_of,
    tree_of,
    widen,
)

#: Bytes that a workbook may unpack to and still go back whole.
MOST_RETURNED = 600 << 20
_BLOCK = 1 << 20
_BOOK = "xl/workbook.xml"
_STAMP = "_tinhso_answers"
_FILTER = "_xlnm._FilterDatabase"
_ANSWERS = 100  # Excel takes 8,192 characters; nobody sends a file in so often
_LAST_COLUMN = 16_384
_FOUND = 'ISNUMBER(FIND("; '  # how our conditional formats begin


def answered(path: Path) -> tuple[str, ...]:
    """The digests of the files that the workbook at `path` is the answer to, oldest first."""
    try:
        with zipfile.ZipFile(path) as archive:
            book = read_part(archive, _BOOK)
    except (NotKeptError, zipfile.BadZipFile, OSError):
        return ()
    for name in book.iterfind("{*}definedNames/{*}definedName"):
        if name.get("name") == _STAMP:
            return tuple(re.findall(r"\b[0-9a-f]{64}\b", name.text or "")[-_ANSWERS:])
    return ()


@dataclass(frozen=True)
class _Sheet:
    """The sheet that was read: where it is, and what stands around its rows."""

    part: str
    name: str
    place: int  # among the book's sheets, from 0
    prefix: bytes
    around: Any
    column: int  # where problems go, from 0
    is_again: bool  # the column is an answer's, sent in again
    last: int  # the last row that holds anything


class OwnWorkbook:
    """Writes the workbook at `original` anew. Raises NotKeptError where it cannot keep it as it is."""

    def __init__(
        self,
        path: Path,
        original: Path,
        sheet: str,
        layout: Layout,
        heading: str,
        labels: Mapping[int, str],
        digest: str,
    ) -> None:
        self._path, self._original = path, original
        self._layout, self._heading, self._labels = layout, heading, labels
        self._answers = [*answered(original), digest]
        with zipfile.ZipFile(original) as archive:
            if sum(info.file_size for info in archive.infolist()) > MOST_RETURNED:
                raise NotKeptError(messages.RETURNED_TOO_LARGE(limit=MOST_RETURNED >> 20))
            self._book = read_part(archive, _BOOK)
            self._relations = relations(archive)
            self._sheet = self._look(archive, sheet)
            try:
                self._changed = self._change(archive)
            except ValueError as error:  # a number that is none
                raise odd() from error
        self._cells = CellsOf(self._sheet.prefix, self._sheet.column)
        self._said = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed by close

    def row(self, number: int, cells: Cells, raw: str | None, problems: str) -> None:  # noqa: ARG002
        self._said.write(json.dumps([number, problems]) + "\n")

    def close(self) -> None:
        with (
            self._said,
            zipfile.ZipFile(self._original) as old,
            zipfile.ZipFile(self._path, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            length = self._said.tell()
            for info in {info.filename: info for info in old.infolist()}.values():
                copied = zipfile.ZipInfo(info.filename, info.date_time)
                copied.compress_type = zipfile.ZIP_DEFLATED
                if info.filename in self._changed:
                    new.writestr(copied, self._changed[info.filename])
                    continue
                large = info.file_size + length > 1 << 30
                with old.open(info) as source, new.open(copied, "w", force_zip64=large) as target:
                    if info.filename == self._sheet.part:
                        self._write_sheet(source, target)
                    else:
                        while piece := source.read(_BLOCK):
                            target.write(piece)

    def _look(self, archive: zipfile.ZipFile, name: str) -> _Sheet:
        """Read the sheet once, to see that its rows are as they should be and what is free."""
        sheets = list(self._book.iterfind("{*}sheets/{*}sheet"))
        place = next((i for i, one in enumerate(sheets) if one.get("name") == name), None)
        if place is None:
            raise odd()
        link = next((v for k, v in sheets[place].items() if k.endswith("}id")), "")
        part = self._relations.get(link, "")
        if part not in archive.namelist():
            raise odd()
        ours = [index for index, one in enumerate(self._layout.header) if is_ours(one)]
        again = len(self._answers) > 1 and bool(ours)
        first, last, width = self._layout.header_row, 0, self._layout.width
        with archive.open(part) as file:
            reader = Reader(file)
            head = reader.until(b"sheetData")
            opening = re.search(rb"<((?:\w+:)?)sheetData$", head)
            if opening is None or reader.until(b">") != b">":
                raise odd()
            prefix = opening[1]
            cells = CellsOf(prefix, ours[-1] if again else 0)
            for number, _, body in rows_of(reader, prefix):
                unfit = b"<!" in body or b"<" + prefix + b"row" in body
                if unfit or (again and cells.holds_formula(body)):
                    raise odd()
                if number >= first and (used := cells.used(body, number)):
                    last, width = number, max(width, used)
            tail = reader.rest()
        around = tree_of(head + b"/>" + tail)
        merged = (one.get("ref", "") for one in around.iterfind("{*}mergeCells/{*}mergeCell"))
        width = max([width, *(right_edge(ref) for ref in merged if bottom_edge(ref) >= first)])
        column = ours[-1] if again else width
        if column >= _LAST_COLUMN:
            raise odd()
        return _Sheet(part, name, place, prefix, around, column, again, last)

    def _write_sheet(self, source: IO[bytes], target: IO[bytes]) -> None:
        sheet, cells, first = self._sheet, self._cells, self._layout.header_row
        self._said.seek(0)
        said = (json.loads(line) for line in self._said)
        bad, problems = next(said, (0, ""))
        hidden = self._hides
        mark = b"<" + sheet.prefix + b"sheetData"
        before, _, after = text_of(sheet.around).partition(mark + b"/>")
        target.write(before + mark + b">")
        reader = Reader(source)
        reader.until(mark + b">")
        for number, tag, body in rows_of(reader, sheet.prefix):
            if number == first:
                target.write(row_tag(tag) + cells.put(body, number, self._heading, like_last=True))
            elif number == bad:
                target.write(row_tag(tag) + cells.put(body, number, problems))
                bad, problems = next(said, (0, ""))
            elif first < number <= sheet.last:
                kept = cells.without(body) if sheet.is_again else body
                target.write((row_tag(tag, hidden=True) if hidden else tag) + kept)
            else:
                target.write(tag + body)
        if bad:
            raise RuntimeError(f"row {bad} of the workbook was not found again")
        target.write(b"</" + sheet.prefix + b"sheetData>" + after)

    @property
    def _hides(self) -> bool:
        """In a protected sheet nobody could show again what was hidden."""
        protection = self._sheet.around.find("{*}sheetProtection")
        return protection is None or protection.get("sheet") not in ("1", "true")

    def _change(self, archive: zipfile.ZipFile) -> dict[str, bytes]:
        """The small parts that change, and what stands around the rows."""
        changed = {}
        sheet, root, first = self._sheet, self._sheet.around, self._layout.header_row
        for old in root.findall("{*}dimension"):
            root.remove(old)
        if not sheet.is_again:
            widen(root, sheet.column)
        styles = self._relations.get("styles", "")
        if styles in archive.namelist():
            style = read_part(archive, styles)
            self._highlight(add_highlight(style))
            changed[styles] = text_of(style)
        names = child(self._book, "definedNames", IN_BOOK)
        for old in list(names):
            filters = old.get("name") == _FILTER and old.get("localSheetId") == str(sheet.place)
            if old.get("name") == _STAMP or (filters and self._hides):
                names.remove(old)
        stamp = added(names, "definedName", name=_STAMP, hidden="1")
        stamp.text = "&".join(f'"{digest}"' for digest in self._answers)
        if self._hides:
            left = self._filter()
            range_ = f"${xl_col_to_name(left)}${first}:${xl_col_to_name(sheet.column)}${sheet.last}"
            name = added(
                names, "definedName", name=_FILTER, localSheetId=str(sheet.place), hidden="1"
            )
            name.text = f"{quote_sheetname(sheet.name)}!{range_}"
        changed[_BOOK] = text_of(self._book)
        return changed

    def _filter(self) -> int:
        """Show rows with problems alone; returns the filter's first column.

        The sender's own filter buttons stay, where they are on the header.
        """
        sheet, root, first = self._sheet, self._sheet.around, self._layout.header_row
        child(root, "sheetPr", IN_SHEET).set("filterMode", "1")
        left = sheet.column
        old = root.find("{*}autoFilter")
        if old is not None:
            at = re.fullmatch(r"\$?([A-Z]{1,3})\$?(\d+):.*", old.get("ref", ""))
            if at and int(at[2]) == first:
                left = min(left, column_of(at[1].encode()))
            root.remove(old)
        column = xl_col_to_name(sheet.column)
        ours = child(root, "autoFilter", IN_SHEET)
        ours.set("ref", f"{xl_col_to_name(left)}{first}:{column}{sheet.last}")
        chosen = added(ours, "filterColumn", colId=str(sheet.column - left))
        added(added(chosen, "customFilters"), "customFilter", operator="notEqual", val=" ")
        return left

    def _highlight(self, style: int) -> None:
        """Colour the cells that the row's own problems name, until the problems are deleted."""
        sheet, root, first = self._sheet, self._sheet.around, self._layout.header_row + 1
        for old in root.findall("{*}conditionalFormatting"):
            if any((one.text or "").startswith(_FOUND) for one in old.iter("{*}formula")):
                root.remove(old)
        rules = root.iterfind("{*}conditionalFormatting/{*}cfRule")
        priority = max((int(one.get("priority", "0")) for one in rules), default=0)
        told = f'"; "&${xl_col_to_name(sheet.column)}{first}'
        for index, label in self._labels.items():
            priority += 1
            letters = xl_col_to_name(index)
            block = placed(root, "conditionalFormatting", IN_SHEET)
            block.set("sqref", f"{letters}{first}:{letters}{sheet.last}")
            rule = added(
                block, "cfRule", type="expression", dxfId=str(style), priority=str(priority)
            )
            quoted = label.replace('"', '""')
            added(rule, "formula").text = f'{_FOUND}{quoted}:",{told}))'
