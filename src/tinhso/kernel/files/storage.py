"""Where files lie: under the hash of their content, readable to the site's own user only."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings


def path_of(digest: str) -> Path:
    """`<files>/ab/abcd…`: 256 folders keep each small."""
    return Path(settings.TINHSO_FILES) / digest[:2] / digest


def keep(content: bytes) -> str:
    """Write the content once, whole or not at all; its SHA-256 in hexadecimal."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if path.exists():
        return digest
    put(path, content)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return digest


def put(path: Path, content: bytes) -> None:
    """A file for the site's own user, there whole or not at all; its content is on the disk."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")  # mode 600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
