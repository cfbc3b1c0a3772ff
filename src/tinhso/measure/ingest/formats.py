"""What a file is, told by its content and never by its name (nhận dạng tệp)."""

from __future__ import annotations

import codecs
import hashlib
import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tinhso.measure.extent import is_sheet, is_too_sparse
from tinhso.measure.ingest import csv_files, json_files, messages, parquet_files, xlsx_files
from tinhso.measure.ingest.legacy import recognise
from tinhso.measure.ingest.sources import Source
from tinhso.measure.streams import Stream
from tinhso.measure.text import InputError, Problem

SAMPLE_BYTES = 1 << 20
_BLOCK = 1 << 22
_SPREADSHEETS = ("xl/workbook.xml", "xl/workbook.bin")


@dataclass(frozen=True)
class Facts:
    """What one pass over the bytes tells: size, time of change, SHA-256, and oddities."""

    size: int
    changed_ns: int
    digest: str
    head: bytes
    nul_at: int | None
    blank_lines: bool  # an empty line between others, which DuckDB would skip uncounted

    def still_holds(self, path: Path) -> bool:
        now = path.stat()
        return (now.st_size, now.st_mtime_ns) == (self.size, self.changed_ns)


def examine(path: Path) -> Facts:
    """Read the file once, in constant memory. Raises InputError when it cannot be read."""
    digest = hashlib.sha256()
    nul_at: int | None = None
    blank, trailing, position, tail = False, False, 0, b"\n"
    head = b""
    try:
        with path.open("rb") as handle:
            stat = path.stat()
            while block := handle.read(_BLOCK):
                head = head or block[:SAMPLE_BYTES]
                digest.update(block)
                if nul_at is None and (found := block.find(b"\0")) >= 0:
                    nul_at = position + found
                position += len(block)
                if not blank:
                    joined = tail + block
                    body = joined.rstrip(b"\r\n")
                    blank = (trailing and bool(body)) or _has_blank_line(body)
                    trailing = _has_blank_line(joined[len(body) :])
                    tail = joined[-2:]
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError([messages.NO_FILE(file=path.name, reason=reason)]) from error
    return Facts(position, stat.st_mtime_ns, digest.hexdigest(), head, nul_at, blank)


def _has_blank_line(text: bytes) -> bool:
    # The longer search is slow, and most files have no carriage return at all.
    return b"\n\n" in text or (b"\r" in text and b"\n\r\n" in text)


def open_source(
    connection: duckdb.DuckDBPyConnection, path: Path, link: Path, facts: Facts, stream: Stream
) -> Source:
    """The file as a table of text.

    `link` is a symbolic link to the file under a plain name: DuckDB takes `*` and `[` in a name
    for a pattern. Raises InputError for whatever is no table of this stream.
    """
    head = facts.head
    if not head.strip():
        raise InputError([messages.EMPTY_FILE()])
    if head.startswith((b"PAR1", b"PARE")):
        return parquet_files.open_parquet(connection, link, stream)
    if head.startswith(b"PK\x03\x04"):
        if not _is_workbook(path):
            raise InputError([messages.NOT_A_TABLE()])
        return xlsx_files.open_xlsx(path, stream)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError([messages.OLD_EXCEL()])
    encoding = _encoding(facts)
    text = _decoded(head, encoding)
    if encoding != "utf-16" and facts.nul_at is not None:
        raise InputError([messages.HAS_NUL(byte=facts.nul_at + 1)])
    if (legacy := recognise(text)) is not None:
        raise InputError([legacy.problem])
    if text.lstrip().startswith("["):
        raise InputError([messages.JSON_ARRAY()])
    if text.lstrip().startswith("{"):
        return json_files.open_json_lines(path, stream, encoding)
    ruled = encoding == "utf-8-sig" and not facts.blank_lines
    return csv_files.open_csv(path, link if ruled else None, stream, encoding, text)


def not_utf8(path: Path, encoding: str) -> Problem:
    """Say where `path` stops being text in `encoding`, and what it is instead if that shows."""
    decoder = codecs.getincrementaldecoder(encoding)()
    position = 0
    with path.open("rb") as handle:
        while block := handle.read(_BLOCK):
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                return _wrong_bytes(error.object, error.start, position + 1)
            position += len(block)
    return messages.NOT_UTF8(byte=position)


def _wrong_bytes(data: bytes, start: int, offset: int) -> Problem:
    around = data[max(0, start - 50_000) : start + 50_000].decode("latin-1")
    legacy = recognise(around, raw=True)
    return legacy.problem if legacy else messages.NOT_UTF8(byte=offset + start)


def _encoding(facts: Facts) -> str:
    if facts.head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig"


def _decoded(head: bytes, encoding: str) -> str:
    """The sample as text; its last character may be cut in two."""
    try:
        return io.IncrementalNewlineDecoder(
            codecs.getincrementaldecoder(encoding)(), translate=False
        ).decode(head, final=False)
    except UnicodeDecodeError as error:
        raise InputError([_wrong_bytes(error.object, error.start, 1)]) from error


#: Bytes that a workbook may unpack to: a full sheet of 1,048,576 rows has some 600 MB of XML.
MOST_UNPACKED = 1500 << 20
#: Cells that a sheet's rectangle may have in any case: a full sheet of 57 columns.
MOST_REACHED = 60_000_000


def _is_workbook(path: Path) -> bool:
    """Raises InputError for a damaged file, for one that unpacks to more than a workbook has, and for one
    whose cells lie so far apart that the reader would make room for billions.

    What is really inflated counts: a header may lie, and the reader would unpack it all the same.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if not any(name in _SPREADSHEETS for name in archive.namelist()):
                return False
            left = MOST_UNPACKED

            for info in archive.infolist():
                part = bytearray()
                with archive.open(info) as member:
                    while piece := member.read(_BLOCK):
                        left -= len(piece)
                        if left < 0:
                            limit = MOST_UNPACKED >> 20
                            raise InputError([messages.UNPACKS_TOO_LARGE(limit=limit)])
                        part += piece
                if is_sheet(part) and is_too_sparse(part, MOST_REACHED):
                    raise InputError([messages.SPARSE()])
            return True
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError),
        *(OSError, ValueError, NotImplementedError, RuntimeError),
    ) as error:
        raise InputError([messages.DAMAGED(kind="XLSX", reason=str(error))]) from error
