"""What a file is: told by its content, and its name must agree (loại tệp)."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass

import filetype

from tinhso.kernel.files import messages
from tinhso.measure.text import InputError, Place

MEGABYTE = 1 << 20
_SHOWN = 120


@dataclass(frozen=True)
class Kind:
    """`limit` is the most bytes that a file of the kind may have as it is sent."""

    code: str
    name: str
    extensions: tuple[str, ...]
    content_type: str
    limit: int


PDF = Kind("pdf", "PDF", (".pdf",), "application/pdf", 25 * MEGABYTE)
PNG = Kind("png", "PNG", (".png",), "image/png", 15 * MEGABYTE)
JPEG = Kind("jpeg", "JPEG", (".jpg", ".jpeg"), "image/jpeg", 15 * MEGABYTE)
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = Kind(
    "docx", "Word (.docx)", (".docx",), f"{_OFFICE}wordprocessingml.document", 25 * MEGABYTE
)
XLSX = Kind("xlsx", "Excel (.xlsx)", (".xlsx",), f"{_OFFICE}spreadsheetml.sheet", 25 * MEGABYTE)
CSV = Kind("csv", "CSV", (".csv",), "text/csv; charset=utf-8", 25 * MEGABYTE)
ZIP = Kind("zip", "ZIP", (".zip",), "application/zip", 50 * MEGABYTE)

KINDS = {kind.code: kind for kind in (PDF, PNG, JPEG, DOCX, XLSX, CSV, ZIP)}
IMAGES = (PNG, JPEG)
DOCUMENTS = (PDF, PNG, JPEG, DOCX, XLSX, CSV)

#: How Excel's files began before 2007 (.xls), and how those with a password still do.
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_BY_MAGIC = {"pdf": PDF, "png": PNG, "jpg": JPEG}


def kind_of(content: bytes) -> Kind | None:
    """The kind that the content says, or None for any other."""
    if content.startswith(b"PK\x03\x04"):
        return _zip_kind(content)
    guessed = filetype.guess_extension(content[:8192])
    if guessed is not None:
        return _BY_MAGIC.get(guessed)
    return CSV if _is_text(content) else None


def _zip_kind(content: bytes) -> Kind | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names:
        return ZIP
    if "word/document.xml" in names:
        return DOCX
    return XLSX if "xl/workbook.xml" in names else None


#: Control characters (Unicode's Cc) but for tab and the ends of lines.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    # What begins like markup could be taken for a page or a picture by whoever opens it.
    return not _CONTROL.search(text) and not text.lstrip().startswith("<")


def agreed(content: bytes, name: str, kinds: Iterable[Kind], place: Place) -> Kind:
    """The kind of `content`, one of `kinds`, that `name`'s extension agrees with; else InputError."""
    kinds, kind = tuple(kinds), kind_of(content)
    if kind is None and XLSX in kinds and content.startswith(_COMPOUND):
        raise InputError([messages.OLD_EXCEL(place)])
    if kind is CSV and kinds == (XLSX,):
        raise InputError([messages.CSV_FOR_XLSX(place)])
    if kind is None or kind not in kinds:
        raise InputError([messages.UNKNOWN_KIND(place, kinds=", ".join(k.name for k in kinds))])
    if not name.lower().endswith(kind.extensions):
        raise InputError([messages.WRONG_EXTENSION(place, name=name, kind=kind.name)])
    return kind


def safe_name(sent: str) -> str:
    r"""A name to show and to save under: no folders, no control or direction marks, not too long.

    >>> safe_name("..\\..\\Báo cáo\u202exlsx.exe"), safe_name("/etc/passwd"), safe_name("...")
    ('Báo cáoxlsx.exe', 'passwd', 'tep')
    """
    name = unicodedata.normalize("NFC", sent).replace("\\", "/").rpartition("/")[2]
    name = "".join(one for one in name if unicodedata.category(one)[0] not in "CZ" or one == " ")
    name = "".join("_" if one in '<>:"|?*;' else one for one in name).strip(" .")
    stem, dot, extension = name.rpartition(".")
    if len(name) > _SHOWN and dot and len(extension) <= 10:
        name = f"{stem[: _SHOWN - len(extension) - 1]}.{extension}"
    return name[:_SHOWN] or "tep"
