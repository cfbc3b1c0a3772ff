"""The keys that identity numbers are encrypted under: files, each with an id, the newest in use.

`TINHSO_HOME/secrets/identity/<id>.key` holds 32 random bytes as hexadecimal, readable to the site's
own user only. A key that nothing is encrypted under any more goes to `retired/`: backups made before
may still need it. From one key two are derived (HKDF, RFC 5869), for encryption and for the index.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils import timezone

_NONCE = 12
_FILE = re.compile(r"[0-9]{8}-[0-9a-f]{8}\.key")


class KeyMissingError(Exception):
    """Something is encrypted under a key that is not here: restore it from where keys are kept."""


class KeyReadableError(Exception):
    """A key's file can be read by others than its owner: `chmod 600` it, and think of it as known."""


class TamperedError(Exception):
    """A ciphertext is not what was written for this row: it was changed, or moved here."""


@dataclass(frozen=True)
class Key:
    """One key by its id. What it encrypts is bound to a context (the row), so it cannot be moved."""

    id: str
    secret: bytes

    def __repr__(self) -> str:
        return f"Key({self.id})"

    def encrypt(self, text: str, context: str) -> bytes:
        """AES-256-GCM: a random nonce of 12 bytes, then ciphertext and tag."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, text.encode(), self._bound(context))

    def decrypt(self, sealed: bytes, context: str) -> str:
        """Raises TamperedError."""
        try:
            plain = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], self._bound(context))
        except InvalidTag as error:
            raise TamperedError(context) from error
        return plain.decode()

    def index(self, text: str) -> str:
        """HMAC-SHA-256 in hexadecimal: finds the same text again, tells nothing without the key."""
        return hmac.new(self._derived(b"index"), text.encode(), hashlib.sha256).hexdigest()

    def _bound(self, context: str) -> bytes:
        return f"{self.id}|{context}".encode()

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self._derived(b"encryption"))

    def _derived(self, use: bytes) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=b"tinhso identity " + use).derive(self.secret)


def folder() -> Path:
    return Path(settings.TINHSO_IDENTITY_KEYS)


def in_use() -> list[Key]:
    """The keys in use, oldest first; the first asking makes one."""
    found = sorted(path.name for path in folder().glob("*.key") if _FILE.fullmatch(path.name))
    if not found:
        return [make()]
    return [_read(folder() / name) for name in found]


def newest() -> Key:
    return in_use()[-1]


def key(key_id: str) -> Key:
    """A key in use or retired. Raises KeyMissingError."""
    for path in (folder() / f"{key_id}.key", folder() / "retired" / f"{key_id}.key"):
        if _FILE.fullmatch(path.name) and path.exists():
            return _read(path)
    raise KeyMissingError(key_id)


def make() -> Key:
    """A new key, newer than all before."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    taken = sorted(path.stem for path in folder().rglob("*.key"))
    day = f"{timezone.now():%Y%m%d}"
    number = 1 + max((int(one[9:], 16) for one in taken if one.startswith(day)), default=0)
    made = Key(f"{day}-{number:08x}", secrets.token_bytes(32))
    path = folder() / f"{made.id}.key"
    aside = folder() / f".{made.id}.{secrets.token_hex(4)}"
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(made.secret.hex())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)  # fails where another process made it first: then theirs counts
    except FileExistsError:
        made = _read(path)
    aside.unlink()
    return made


def seal(row: Any, under: Key, told: Mapping[str, Any]) -> None:
    """Put what is told into a row that has `id`, `key_id` and `sealed`, bound to that row."""
    row.key_id = under.id
    row.sealed = under.encrypt(json.dumps(told), str(row.id))


def unsealed(row: Any) -> dict[str, Any]:
    """What `seal` put there. Raises KeyMissingError, TamperedError."""
    found: dict[str, Any] = json.loads(key(row.key_id).decrypt(bytes(row.sealed), str(row.id)))
    return found


def retire(key_id: str) -> None:
    """Put a key aside: nothing new is encrypted under it, and what is can still be read."""
    aside = folder() / "retired"
    aside.mkdir(mode=0o700, exist_ok=True)
    (folder() / f"{key_id}.key").replace(aside / f"{key_id}.key")


def _read(path: Path) -> Key:
    """Raises KeyReadableError for a file that others may read."""
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise KeyReadableError(str(path))
    return Key(path.stem, bytes.fromhex(path.read_text(encoding="ascii").strip()))
