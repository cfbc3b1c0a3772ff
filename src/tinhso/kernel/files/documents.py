"""What documents may not hold: macros, scripts, programs to start, parts fetched from elsewhere."""

from __future__ import annotations

import re
import zlib

from tinhso.kernel.files import messages
from tinhso.kernel.files.archives import Budget, members
from tinhso.kernel.files.kinds import XLSX, Kind
from tinhso.measure.extent import is_sheet, is_too_sparse
from tinhso.measure.text import InputError, Place, Text

#: Cells of a sheet's rectangle that the site's own readers make in any case.
MOST_REACHED = 4_000_000

MACROS = Text("macro", "macros")
OBJECTS = Text("đối tượng nhúng", "embedded objects")
REMOTE = Text("phần lấy từ nơi khác", "parts fetched from elsewhere")
ENTITIES = Text("khai báo thực thể XML", "XML entity declarations")
SCRIPTS = Text("mã JavaScript", "JavaScript")
PROGRAMS = Text("lệnh mở chương trình", "an action that starts a program")
ATTACHED = Text("tệp đính kèm", "attached files")
MEDIA = Text("nội dung đa phương tiện chạy được", "rich media that can run")

#: Links to pages are common and harmless until somebody follows them; these are fetched by opening.
_REMOTE = re.compile(
    rb"<[^>]*?(attachedTemplate|oleObject|frame|subDocument|externalLinkPath|image)"
    rb"[^>]*?TargetMode\s*=\s*[\"']External|"
    rb"<[^>]*?TargetMode\s*=\s*[\"']External[^>]*?"
    rb"(attachedTemplate|oleObject|frame|subDocument|externalLinkPath|image)",
    re.IGNORECASE,
)


def check_office(content: bytes, kind: Kind, budget: Budget, place: Place) -> None:
    """A Word or Excel file. Raises InputError for what could act on the reader's machine."""
    for name, part in members(content, budget, place):
        low = name.lower()
        found = None
        if low.endswith(("vbaproject.bin", "vbadata.xml")) or "/macrosheets/" in low:
            found = MACROS
        elif "/embeddings/" in low or "/activex/" in low:
            found = OBJECTS
        elif low.endswith((".xml", ".rels", ".vml")):
            found = _in_xml(low, part)
            if kind is XLSX and is_sheet(part) and is_too_sparse(part, MOST_REACHED):
                raise InputError([messages.SPARSE(place)])
        if found is not None:
            raise InputError([messages.ACTIVE(place, kind=kind.name, what=found)])


def _in_xml(name: str, part: bytes) -> Text | None:
    if part.startswith((b"\xff\xfe", b"\xfe\xff")):
        part = part.decode("utf-16", "replace").encode()
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        return ENTITIES
    if name == "[content_types].xml" and b"macroenabled" in part.lower():
        return MACROS
    return REMOTE if name.endswith(".rels") and _REMOTE.search(part) else None


_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_END = rb"(?=[\s/<>\[\]()%{}]|$)"
#: Names too long to come up by chance in packed data.
_NAMES = {
    SCRIPTS: re.compile(rb"/JavaScript" + _END),
    PROGRAMS: re.compile(rb"/Launch" + _END),
    ATTACHED: re.compile(rb"/EmbeddedFiles?" + _END),
    MEDIA: re.compile(rb"/RichMedia" + _END),
}
_ENCRYPTED = re.compile(rb"/Encrypt" + _END)


def check_pdf(content: bytes, kind: Kind, budget: Budget, place: Place) -> None:
    """A PDF. Names may be written with escapes (/J#61vaScript) and lie in compressed object streams."""
    if b"%%EOF" not in content[-2048:]:
        raise InputError([messages.DAMAGED(place, kind=kind.name, reason="%%EOF")])
    _check_names(_unescaped(content), kind, place)
    for stream in _STREAM.finditer(content):
        before = _unescaped(content[max(0, stream.start() - 1024) : stream.start()])
        if b"/ObjStm" in before.rpartition(b" obj")[2]:
            _check_names(_unescaped(_unpacked(stream[1], budget, place, kind)), kind, place)


def _unescaped(content: bytes) -> bytes:
    return _HEX.sub(lambda found: bytes([int(found[1], 16)]), content)


def _check_names(content: bytes, kind: Kind, place: Place) -> None:
    if _ENCRYPTED.search(content):
        raise InputError([messages.ENCRYPTED(place)])
    for what, name in _NAMES.items():
        if name.search(content):
            raise InputError([messages.ACTIVE(place, kind=kind.name, what=what)])


def _unpacked(packed: bytes, budget: Budget, place: Place, kind: Kind) -> bytes:
    """An object stream, which is deflated or plain; what else it may be is not read."""
    reader = zlib.decompressobj()
    try:
        plain = reader.decompress(packed, budget.inflated + 1)
    except zlib.error as error:
        if packed.lstrip()[:1].isdigit():  # not packed: it begins with the objects' numbers
            return packed
        raise InputError([messages.DAMAGED(place, kind=kind.name, reason=str(error))]) from error
    budget.inflated -= len(plain)
    if budget.inflated < 0:
        raise InputError([messages.BOMB(place, reason=kind.name)])
    return plain
