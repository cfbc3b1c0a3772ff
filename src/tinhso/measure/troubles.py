"""What can be wrong with a lake, in words: what it is, what still holds, and what to do.

The database beneath tells of troubles in its own errors; `trouble_of` knows those that are no fault
of the program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from tinhso.measure.text import InputError, Problem, message

BUSY = message(
    "lake-busy",
    vi="Kho bản ghi đang được một tiến trình khác ghi (đã chờ {seconds} giây). Đợi việc đó xong rồi chạy lại.",
    en="Another process is writing to the lake (waited {seconds} seconds). Let it finish, then run this again.",
)
NEWER = message(
    "lake-newer",
    vi="Kho bản ghi do phiên bản phần mềm mới hơn ghi (dạng {found}; bản này đọc được đến dạng {known}). Dùng lại phiên bản mới, hoặc phục hồi bản sao lưu trước lần nâng cấp. Chưa có gì bị sửa.",
    en="The lake was written by a newer version of the software (form {found}; this one reads up to form {known}). Use that version again, or restore the back-up from before the upgrade. Nothing has been changed.",
)
RETYPED = message(
    "lake-retyped",
    vi="Trường {stream}.{field} nay khai là {declared}, nhưng trong kho là {found}. Giữ kiểu cũ, hoặc khai một trường mới với tên khác rồi nạp lại. Bản ghi trong kho còn nguyên.",
    en="Field {stream}.{field} is now declared as {declared}, but the lake holds {found}. Keep the old type, or declare a new field by another name and load again. The lake's records are as they were.",
)
FULL = message(
    "lake-disk-full",
    vi="Đĩa đã đầy (hoặc không ghi được) khi đang ghi kho bản ghi. Không có gì của lần ghi này được nhận; bản chụp trước vẫn đọc được. Dọn chỗ trống rồi chạy lại.",
    en="The disk filled up (or refuses to be written) while the lake was being written. Nothing of this load was taken; the snapshot before is readable. Make room, then run this again.",
)
AWAY = message(
    "lake-store-away",
    vi="Kho đối tượng giữ bản ghi không trả lời ({reason}). Không có gì bị mất: thử lại sau, và xem TINHSO_LAKE_RECORDS cùng đường mạng.",
    en="The object store that holds the records does not answer ({reason}). Nothing is lost: try again later, and look at TINHSO_LAKE_RECORDS and the network.",
)
WRONG = message(
    "lake-store-wrong",
    vi="Kho đối tượng trả lời sai ({reason}). Không có gì bị sửa. Xem địa chỉ trong TINHSO_LAKE_RECORDS, và máy nào đứng giữa trả lời thay.",
    en="The object store answers wrongly ({reason}). Nothing has been changed. Look at the address in TINHSO_LAKE_RECORDS, and at what may answer in its place.",
)
REFUSED = message(
    "lake-store-refuses",
    vi="Kho đối tượng từ chối khóa truy cập ({reason}). Xem khóa, quyền và tên bucket trong TINHSO_LAKE_RECORDS.",
    en="The object store refuses the access key ({reason}). Look at the key, its rights and the bucket's name in TINHSO_LAKE_RECORDS.",
)
MISSING = message(
    "lake-file-missing",
    vi="Mất tệp bản ghi {file}. Danh mục và tệp không còn là một: phục hồi bản sao lưu, hoặc đặt lại TINHSO_LAKE, TINHSO_LAKE_RECORDS đúng chỗ cũ.",
    en="The record file {file} is missing. Catalog and files are no longer one: restore a back-up, or set TINHSO_LAKE and TINHSO_LAKE_RECORDS to where they were.",
)
DAMAGED = message(
    "lake-file-damaged",
    vi="Tệp bản ghi {file} bị hỏng. Phục hồi bản sao lưu; các tệp khác vẫn đọc được.",
    en="The record file {file} is damaged. Restore a back-up; other files are still readable.",
)
NO_CATALOG = message(
    "lake-catalog-unreadable",
    vi="Không đọc được danh mục của kho bản ghi ({reason}). Phục hồi bản sao lưu, hoặc xem TINHSO_LAKE_CATALOG.",
    en="The lake's catalog cannot be read ({reason}). Restore a back-up, or look at TINHSO_LAKE_CATALOG.",
)


class LakeTroubleError(InputError):
    """The lake cannot be read or written, through no fault of who asks. It may pass."""


_VERSION = re.compile(r"catalog version is (\S+), but the extension requires version ([0-9.]+\d)")
_FILE = re.compile(r"""['"]([^'"]+\.parquet)['"]""")
_FULL = re.compile(
    r"no space left|disk is full|quota exceeded|file too large|disk i/o error", re.IGNORECASE
)
_AWAY = re.compile(
    r"could not connect|could not establish|timeout|timed out|could not resolve|ssl|broken pipe"
    r"|connection (?:reset|refused|error)|failed to (?:read|write) connection|HTTP (?:429|5\d\d)",
    re.IGNORECASE,
)
_REFUSED = re.compile(r"HTTP (?:400|401|403)|access ?denied|forbidden", re.IGNORECASE)
_MISSING = re.compile(r"HTTP 404|no such file|NoSuchKey", re.IGNORECASE)
_DAMAGED = re.compile(
    r"too small to be a parquet|magic bytes|footer|failed to read file|thrift|decompress",
    re.IGNORECASE,
)
_CATALOG = re.compile(
    r"ducklake metadata|metadata catalog|file is not a database|malformed", re.IGNORECASE
)


def trouble_of(error: duckdb.Error) -> Problem | None:
    """What an error of the database says of the lake; None for what is a fault of the program."""
    said = str(error)
    version = _VERSION.search(said)
    if version:
        return NEWER(found=version[1], known=version[2])
    found = _FILE.search(said)
    file = found[1].rpartition("/")[2] if found else ""
    if _FULL.search(said):
        return FULL()
    if isinstance(error, duckdb.IOException):
        if _MISSING.search(said):
            return MISSING(file=file or _first_line(said))
        if _REFUSED.search(said):
            return REFUSED(reason=_first_line(said))
        if _AWAY.search(said):
            return AWAY(reason=_first_line(said))
    if isinstance(error, duckdb.HTTPException):
        return WRONG(reason=_first_line(said))
    if file and _DAMAGED.search(said):
        return DAMAGED(file=file)
    if _CATALOG.search(said):
        return NO_CATALOG(reason=_first_line(said))
    return None


def troubles_of(error: LakeTroubleError | duckdb.Error) -> tuple[Problem, ...]:
    """The troubles that an error tells of; none for what is a fault of the program."""
    if isinstance(error, LakeTroubleError):
        return error.problems
    found = trouble_of(error)
    return (found,) if found else ()


@contextmanager
def telling_troubles() -> Iterator[None]:
    """Errors of the database that are the lake's troubles, as LakeTroubleError."""
    try:
        yield
    except duckdb.Error as error:
        trouble = trouble_of(error)
        if trouble is None:
            raise
        raise LakeTroubleError([trouble]) from error


def _first_line(said: str) -> str:
    """Short enough to read, without what follows a question mark in an address."""
    return re.sub(r"\?\S*", "", said.partition("\n")[0])[:200]
