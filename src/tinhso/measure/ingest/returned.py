"""The file that goes back to the sender: the bad rows as they were, and what is wrong (tệp trả lại).

A workbook goes back whole where it can (`returned_workbook`). Elsewhere there are the bad rows alone,
their cells as text: a workbook's are written as strings, so that nothing in them is taken for a
formula.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import duckdb
import xlsxwriter

from tinhso.measure.ingest.header import PROBLEMS_COLUMN, is_ours
from tinhso.measure.ingest.parsing import literal
from tinhso.measure.ingest.returned_workbook import OwnWorkbook
from tinhso.measure.ingest.sources import Cells, Source, quoted
from tinhso.measure.ingest.workbook_xml import NotKeptError
from tinhso.measure.streams import Stream
from tinhso.measure.text import Problem

_NEAR = {"csv": ".csv", "xlsx": ".xlsx", "jsonl": ".jsonl", "parquet": ".parquet"}


class Writer(Protocol):
    """Writes one row with its problems; `close` completes the file."""

    def row(self, number: int, cells: Cells, raw: str | None, problems: str) -> None: ...
    def close(self) -> None: ...


class Returned(AbstractContextManager["Returned"]):
    """The returned file, made under another name and put in its place only when it is whole.

    It holds what the sender's file held, so whoever may read that one may read it, and nobody else.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        source: Source,
        stream: Stream,
        link: Path,
        original: Path,
        digest: str,
        to: Path,
        language: str,
    ) -> None:
        #: What the sender should know about the file itself.
        self.notes: list[Problem] = []
        self._original = original
        folder, suffix = to if to.is_dir() else to.parent, original.suffix or _NEAR[source.kind]
        self._unfinished = folder / f".{original.stem}.loi.unfinished"
        self._unfinished.unlink(missing_ok=True)
        self._unfinished.touch(mode=0o600)
        column = PROBLEMS_COLUMN.to(language)
        header = source.layout.header
        # A returned file that was sent in again already has the column.
        old = {i for i, name in enumerate(header) if is_ours(name)}
        self._kept = [index for index in range(len(header)) if index not in old]
        names = [header[index] for index in self._kept]
        self._writer: Writer
        if source.kind == "csv":
            self._writer = _Csv(self._unfinished, names, column, source.delimiter)
        elif source.kind == "xlsx":
            columns = source.layout.columns
            labels = {
                columns[f.name]: f.label.to(language) for f in stream.fields if f.name in columns
            }
            try:
                self._writer = OwnWorkbook(
                    self._unfinished, original, source.sheet, source.layout, column, labels, digest
                )
            except NotKeptError as error:
                self.notes.append(error.problem)
                self._writer = _Xlsx(self._unfinished, names, column)
                suffix = ".xlsx"
        elif source.kind == "jsonl":
            self._writer = _JsonLines(self._unfinished, column)
        else:
            dropped = [header[index] for index in old]
            self._writer = _Parquet(self._unfinished, column, connection, link, dropped)
        self.path = to / f"{original.stem}.loi{suffix}" if to.is_dir() else to

    def row(self, number: int, cells: Cells, raw: str | None, problems: str) -> None:
        kept = [cells[index] for index in self._kept]
        self._writer.row(number, kept, raw, problems)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._unfinished.unlink(missing_ok=True)

    def finish(self) -> Path:
        """Put the whole file in its place."""
        self._writer.close()
        self._unfinished.chmod(self._original.stat().st_mode & 0o666 | 0o600)
        self._unfinished.replace(self.path)
        return self.path


def _with_problems(cells: Sequence[str], width: int, problems: str) -> list[str]:
    return [*cells, *[""] * (width - len(cells)), problems]


class _Csv:
    """With a byte-order mark, or Excel would not show the Vietnamese."""

    def __init__(self, path: Path, names: list[str], column: str, delimiter: str) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._csv = csv.writer(self._file, delimiter=delimiter, lineterminator="\n")
        self._width = len(names)
        self._csv.writerow([*names, column])

    def row(self, number: int, cells: Cells, raw: str | None, problems: str) -> None:  # noqa: ARG002
        own = raw.split("\x1f") if raw is not None else [cell or "" for cell in cells]
        self._csv.writerow(_with_problems(own, self._width, problems))

    def close(self) -> None:
        self._file.close()


class _Xlsx:
    def __init__(self, path: Path, names: list[str], column: str) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(str(path), options)
        self._sheet = self._book.add_worksheet()
        self._width = len(names)
        self._next = 0
        self._write([*names, column])

    def row(self, number: int, cells: Cells, raw: str | None, problems: str) -> None:  # noqa: ARG002
        own = raw.split("\x1f") if raw is not None else [cell or "" for cell in cells]
        self._write(_with_problems(own, self._width, problems))

    def _write(self, cells: list[str]) -> None:
        for index, cell in enumerate(cells):
            if cell:
                self._sheet.write_string(self._next, index, cell[:32_767])
        self._next += 1

    def close(self) -> None:
        self._book.close()


class _JsonLines:
    def __init__(self, path: Path, column: str) -> None:
        self._file = path.open("w", encoding="utf-8")
        self._column = json.dumps(column, ensure_ascii=False)

    def row(self, number: int, cells: Cells, raw: str | None, problems: str) -> None:  # noqa: ARG002
        said = f"{self._column}: {json.dumps(problems, ensure_ascii=False)}"
        line = (raw or "").strip()
        if line.startswith("{") and line.endswith("}"):
            inside = line[1:-1].strip()
            self._file.write(f"{{{inside}{', ' if inside else ''}{said}}}\n")
        else:
            self._file.write(f"{{{json.dumps(line, ensure_ascii=False)}: null, {said}}}\n")

    def close(self) -> None:
        self._file.close()


class _Parquet:
    """The rows keep their types: they are copied from the sender's file by their numbers."""

    def __init__(
        self,
        path: Path,
        column: str,
        connection: duckdb.DuckDBPyConnection,
        link: Path,
        dropped: list[str],
    ) -> None:
        self._path, self._column, self._link, self._dropped = path, column, link, dropped
        self._cursor = connection.cursor()
        self._texts = path.with_name(path.name + ".texts")
        self._file = self._texts.open("w", encoding="utf-8")

    def row(self, number: int, cells: Cells, raw: str | None, problems: str) -> None:  # noqa: ARG002
        self._file.write(json.dumps({"n": number, "t": problems}) + "\n")

    def close(self) -> None:
        self._file.close()
        without = ", ".join(
            '"' + name.replace('"', '""') + '"' for name in ["file_row_number", *self._dropped]
        )
        column = '"' + self._column + '"'
        self._cursor.execute(
            f"COPY (SELECT p.* EXCLUDE ({without}), e.t AS {column}"
            f" FROM read_parquet({quoted(self._link)}, file_row_number = true) p JOIN"
            f" read_json({literal(str(self._texts))}, format = 'newline_delimited',"
            " columns = {n: 'BIGINT', t: 'VARCHAR'}) e ON e.n = p.file_row_number + 1"
            f" ORDER BY e.n) TO {quoted(self._path)} (FORMAT parquet)"
        )
        self._cursor.close()
        self._texts.unlink()
