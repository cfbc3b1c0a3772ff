"""What is fuzzed: each reader of files, with seeds to start from and the errors that it may raise.

A target takes any bytes. It may return, or raise InputError; anything else is a bug.
"""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

import duckdb
import xlsxwriter

from tinhso.measure.definition_files import read_stream
from tinhso.measure.expressions import parse, to_sql
from tinhso.measure.ingest.formats import examine, open_source
from tinhso.measure.ingest.legacy import recognise
from tinhso.measure.ingest.returned_workbook import OwnWorkbook
from tinhso.measure.ingest.sources import PART_ROWS, ScannedSource, Source
from tinhso.measure.ingest.workbook_xml import NotKeptError
from tinhso.measure.text import InputError
from tinhso.measure.yamltree import read_yaml

HEAD = (
    "dossier_code",
    "unit_code",
    "procedure_code",
    "service_level",
    "received_at",
    "submitted_online",
)
ROW = ("HS1", "25001", "1.1", "full", "2025-01-02 00:00:00", "true")
FOLDER = Path(tempfile.mkdtemp(prefix="tinhso-fuzz-"))

with as_file(files("tinhso.packs.common") / "streams" / "dossiers.yaml") as _path:
    STREAM = read_stream(read_yaml(_path))
CONNECTION = duckdb.connect(config={"threads": 1, "memory_limit": "400MB"})


@dataclass(frozen=True)
class Target:
    """`run` reads any bytes; `seeds` are well-formed ones."""

    run: Callable[[bytes], None]
    seeds: tuple[bytes, ...]


def read_file(data: bytes) -> None:
    """A file as `tinhso ingest` reads it: told by its content, then every row; and given back."""
    path, link = FOLDER / "file", FOLDER / "link"
    path.write_bytes(data)
    if not link.is_symlink():
        link.symlink_to(path)
    try:
        source: Source | None = open_source(CONNECTION, path, link, examine(path), STREAM)
        while source is not None:
            _given_back(source, path)
            source = _drained(source)
    except InputError as error:
        for problem in error.problems:
            assert problem.to("vi"), problem
            assert problem.to("en"), problem


def _given_back(source: Source, path: Path) -> None:
    if source.kind != "xlsx":
        return
    with suppress(NotKeptError):
        back = FOLDER / "back"
        OwnWorkbook(
            back, path, source.sheet, source.layout, "Lỗi", {0: "Mã hồ sơ"}, "0" * 64
        ).close()


def _drained(source: Source) -> Source | None:
    """Read to the end; the other way to read the file when DuckDB refuses it (as `load` does)."""
    try:
        source.sample(CONNECTION)
        for part in source.parts(CONNECTION):
            CONNECTION.execute(f"SELECT * FROM {part.sql} LIMIT {PART_ROWS}").fetchall()
    except duckdb.Error:
        if isinstance(source, ScannedSource):
            return source.fallback
        raise
    return None


def read_pack_file(data: bytes) -> None:
    """A YAML file of a pack, as data with the places of its parts."""
    path = FOLDER / "pack.yaml"
    path.write_bytes(data)
    try:
        tree = read_yaml(path)
    except InputError as error:
        for problem in error.problems:
            assert problem.line("vi"), problem
    else:
        for route in tree.values:
            assert tree.place(route).line


def read_expression(data: bytes) -> None:
    """An expression of a definition; what is admitted is written as SQL."""
    try:
        assert to_sql(parse(data.decode("utf-8", "replace"), STREAM))
    except InputError as error:
        for problem in error.problems:
            assert problem.line("vi"), problem


def read_legacy(data: bytes) -> None:
    """Old encodings: what is recognised must be spelled with what was seen."""
    for raw, text in ((True, data.decode("latin-1")), (False, data.decode("utf-8", "replace"))):
        found = recognise(text, raw=raw)
        assert found is None or (found.seen in text and found.problem.to("vi"))


def read_workbook(data: bytes) -> None:
    """A workbook one of whose parts is the fuzzer's; the first byte chooses which."""
    if not data:
        return
    chosen, content = PARTS[data[0] % len(PARTS)], data[1:]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in WORKBOOK.items():
            archive.writestr(name, content if name == chosen else part)
    read_file(out.getvalue())


def _workbook() -> dict[str, bytes]:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for index, row in enumerate((HEAD, ROW)):
            sheet.write_row(index, 0, row)
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _parquet() -> bytes:
    path = FOLDER / "seed.parquet"
    names = ", ".join(f"'{cell}' AS {name}" for name, cell in zip(HEAD, ROW, strict=True))
    CONNECTION.execute(f"COPY (SELECT {names}) TO '{path}' (FORMAT parquet)")
    return path.read_bytes()


def _packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


WORKBOOK = _workbook()
PARTS = sorted(WORKBOOK)
CSV = "\r\n".join([",".join(HEAD), ",".join(ROW), ""])

TARGETS = {
    "csv": Target(
        read_file,
        (
            CSV.encode(),
            CSV.replace(",", ";").encode("utf-8-sig"),
            CSV.replace(",", "\t").encode("utf-16"),
            f'BÁO CÁO\n\n{CSV}"HS\n2",25001,1.1,full,2025-01-02,x\n'.encode(),
        ),
    ),
    "jsonl": Target(
        read_file,
        (
            json.dumps(dict(zip(HEAD, ROW, strict=True))).encode(),
            b'{"dossier_code": 1e999, "unit_code": null}\n{"dossier_code": [1]}\n',
        ),
    ),
    "xlsx": Target(
        read_workbook, tuple(bytes([i]) + WORKBOOK[name] for i, name in enumerate(PARTS))
    ),
    "xlsx-zip": Target(read_file, (_packed(WORKBOOK),)),
    "parquet": Target(read_file, (_parquet(),)),
    "yaml": Target(
        read_pack_file,
        (
            (files("tinhso.packs.common") / "streams" / "dossiers.yaml").read_bytes(),
            b"a: [1, {b: c}]\n",
        ),
    ),
    "expression": Target(
        read_expression,
        (
            b"closed_at <= due_at and service_level in ('full', 'partial')",
            b"not (submitted_online is not false) or days_between(received_at, closed_at) > 3",
        ),
    ),
    "legacy": Target(
        read_legacy,
        (
            "§¬n vÞ tiÕp nhËn hå s¬".encode("latin-1"),
            "Ñôn vò tieáp nhaän hoà sô".encode("latin-1"),
            "Đơn vị tiếp nhận hồ sơ".encode(),
        ),
    ),
}
