"""Malware scan by clamd, over its INSTREAM command (clamd(8), "COMMANDS")."""

from __future__ import annotations

import logging
import socket
import struct

from tinhso.kernel.files import messages
from tinhso.measure.text import InputError, Place

logger = logging.getLogger(__name__)

_CHUNK = 1 << 16
_SECONDS = 30
_MOST_REPLY = 4096


def scan(content: bytes, clamd: str, place: Place) -> None:
    """Ask clamd at `host:port` or `unix:/path`. Raises InputError when it finds something, and when
    it cannot be asked or does not say that all is well: then nothing is taken."""
    try:
        with _connected(clamd) as link:
            link.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), _CHUNK):
                piece = content[start : start + _CHUNK]
                link.sendall(struct.pack("!I", len(piece)) + piece)
            link.sendall(struct.pack("!I", 0))
            reply = _reply(link)
    except OSError as error:
        logger.exception("clamd at %s cannot be asked", clamd)
        raise InputError([messages.NOT_SCANNED(place)]) from error
    if reply == "stream: OK":
        return
    if reply.endswith(" FOUND"):
        found = reply.removeprefix("stream: ").removesuffix(" FOUND")
        raise InputError([messages.MALWARE(place, found=found[:80])])
    logger.error("clamd at %s answered %r", clamd, reply)
    raise InputError([messages.NOT_SCANNED(place)])


def _connected(clamd: str) -> socket.socket:
    if clamd.startswith("unix:"):
        link = socket.socket(socket.AF_UNIX)
        link.settimeout(_SECONDS)
        link.connect(clamd.removeprefix("unix:"))
        return link
    host, _, port = clamd.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=_SECONDS)


def _reply(link: socket.socket) -> str:
    read = b""
    while not read.endswith(b"\0") and len(read) < _MOST_REPLY and (piece := link.recv(1024)):
        read += piece
    return read.rstrip(b"\0\n").decode("utf-8", "replace")
