"""Zip files within bounds: what counts is what is really inflated, never what the header says."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from tinhso.kernel.files import messages
from tinhso.measure.text import InputError, Place, Problem, Text

#: Members of one archive, with those of archives inside it.
MOST_MEMBERS = 2000
#: Bytes that a file may unpack to, all archives inside it together.
MOST_INFLATED = 200 << 20
#: Times its packed size that a member may unpack to, beyond the first megabyte.
MOST_RATIO = 150
#: Archives within archives.
MOST_DEPTH = 2
_CHUNK = 1 << 16
_FREE = 1 << 20


@dataclass
class Budget:
    """What is left for one file that was sent."""

    members: int = MOST_MEMBERS
    inflated: int = MOST_INFLATED


def members(
    content: bytes, budget: Budget, place: Place, depth: int = 1
) -> Iterator[tuple[str, bytes]]:
    """Each member's name and content. Raises InputError for bombs, passwords, links and odd paths."""
    if depth > MOST_DEPTH:
        raise InputError([_bomb(place, Text("tệp nén lồng quá sâu", "archives nested too deep"))])
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            budget.members -= len(infos)
            if budget.members < 0:
                raise InputError(
                    [_bomb(place, Text(f"hơn {MOST_MEMBERS} tệp", f"over {MOST_MEMBERS} files"))]
                )
            for info in infos:
                _refuse_odd(info, place)
                if not info.is_dir():
                    yield info.filename, _inflated(archive, info, budget, place)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as error:
        reason = str(error)[:120]
        raise InputError([messages.DAMAGED(place, kind="ZIP", reason=reason)]) from error


def _refuse_odd(info: zipfile.ZipInfo, place: Place) -> None:
    if info.flag_bits & 1:
        raise InputError([messages.ENCRYPTED(place)])
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # bzip2 and LZMA unpack a piece to as much as they like, and LZMA takes what memory it asks.
        raise NotImplementedError(f"compression method {info.compress_type}")
    name = info.filename
    if stat.S_ISLNK(info.external_attr >> 16):
        raise InputError([_unsafe(place, name, Text("là một liên kết", "it is a link"))])
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or ":" in parts[0]:
        raise InputError([_unsafe(place, name, Text("đường dẫn ra ngoài", "its path leads out"))])


def _inflated(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget, place: Place
) -> bytes:
    """A member's content, read in pieces, so that nothing beyond the bounds is ever in memory."""
    most = min(budget.inflated, _FREE + MOST_RATIO * info.compress_size)
    read = bytearray()
    with archive.open(info) as member:
        while piece := member.read(_CHUNK):
            read += piece
            if len(read) > most:
                reason = Text(f"“{info.filename}” quá lớn", f"“{info.filename}” is too large")
                raise InputError([_bomb(place, reason)])
    budget.inflated -= len(read)
    return bytes(read)


def _bomb(place: Place, reason: Text) -> Problem:
    return messages.BOMB(place, reason=reason)


def _unsafe(place: Place, name: str, reason: Text) -> Problem:
    return messages.UNSAFE_MEMBER(place, name=name[:120], reason=reason)
