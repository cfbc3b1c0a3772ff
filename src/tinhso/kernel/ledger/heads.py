"""Signed tree heads, the keys that sign them, and the witness file that keeps both.

Everything here lies outside the database, in `TINHSO_LEDGER_FOLDER`, so that whoever rewrites the
database has rewritten only one of two:

    heads.jsonl  the witness (nhân chứng): each signed head, one a line, only ever added to;
                 after a restore to an earlier moment the old one is kept as heads-before-*
    keys.jsonl   every public key that ever signed; each but the first endorsed by an earlier one

The signing key itself is Ed25519 (RFC 8032); its seed is the SHA-256 of the secret that settings
name, read when something is signed and not before.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from tinhso.kernel.ledger.canonical import canonical, moment
from tinhso.kernel.ledger.models import TreeHead

#: What signed bytes begin with, so that a signature for one purpose never serves another.
HEAD_CONTEXT, KEY_CONTEXT = b"tinhso-ledger-head-1\n", b"tinhso-ledger-key-1\n"


@dataclass(frozen=True)
class Head:
    """A tree head as it is signed, witnessed, published and exported. Hashes are hexadecimal."""

    size: int
    root: str
    at: str
    key: str
    signature: str

    @classmethod
    def of(cls, row: TreeHead) -> Head:
        return cls(row.size, row.root, moment(row.at), row.key, row.signature)

    @classmethod
    def read(cls, line: str) -> Head:
        """A line of the witness. Raises ValueError for anything else."""
        found = json.loads(line)
        if not isinstance(found, dict) or set(found) != set(cls.__dataclass_fields__):
            raise ValueError(line)
        if type(found["size"]) is not int or not all(
            isinstance(value, str) for name, value in found.items() if name != "size"
        ):
            raise ValueError(line)
        return cls(**found)

    def line(self) -> str:
        return json.dumps(asdict(self), sort_keys=True) + "\n"


@dataclass(frozen=True)
class PublicKey:
    """A key that signs heads. `endorsed_by` an earlier key with `signature`; both "" for the first."""

    key: str
    public: str
    endorsed_by: str = ""
    signature: str = ""

    def line(self) -> str:
        return json.dumps(asdict(self), sort_keys=True) + "\n"


def folder() -> Path:
    found: Path = settings.TINHSO_LEDGER_FOLDER
    found.mkdir(parents=True, exist_ok=True)
    return found


def witness_file() -> Path:
    return folder() / "heads.jsonl"


def keys_file() -> Path:
    return folder() / "keys.jsonl"


# -- signing ---------------------------------------------------------------------------------------


def private_key(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(secret.encode()).digest())


def public_hex(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def key_id(public: str) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the raw public key."""
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()[:16]


def head_bytes(size: int, root: str, at: str) -> bytes:
    """What a head's signature is over."""
    return HEAD_CONTEXT + canonical({"at": at, "root": root, "size": size})


def sign(size: int, root: str, at: str) -> Head:
    """A head signed with the present key, which is made known first."""
    private = private_key(settings.TINHSO_LEDGER_SIGNING_KEY())
    public = public_hex(private)
    if key_id(public) not in known_keys():
        _append(keys_file(), PublicKey(key_id(public), public).line())
    return Head(size, root, at, key_id(public), private.sign(head_bytes(size, root, at)).hex())


def endorse(old: str, new: str) -> PublicKey:
    """Make the key of the secret `new` known as a successor of that of `old`."""
    before, public = private_key(old), public_hex(private_key(new))
    if key_id(public_hex(before)) not in known_keys():
        _append(keys_file(), PublicKey(key_id(public_hex(before)), public_hex(before)).line())
    signature = before.sign(KEY_CONTEXT + bytes.fromhex(public)).hex()
    made = PublicKey(key_id(public), public, key_id(public_hex(before)), signature)
    _append(keys_file(), made.line())
    return made


def signed(head: Head, keys: Mapping[str, PublicKey]) -> bool:
    """Whether a known key signed the head."""
    known = keys.get(head.key)
    return known is not None and _verifies(
        known.public, head.signature, head_bytes(head.size, head.root, head.at)
    )


def endorsed(key: PublicKey, keys: Mapping[str, PublicKey]) -> bool:
    """Whether the key that `key` names signed it."""
    by = keys.get(key.endorsed_by)
    return by is not None and _verifies(
        by.public, key.signature, KEY_CONTEXT + bytes.fromhex(key.public)
    )


def _verifies(public: str, signature: str, data: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(
            bytes.fromhex(signature), data
        )
    except (InvalidSignature, ValueError):
        return False
    return True


# -- files -----------------------------------------------------------------------------------------


def known_keys() -> dict[str, PublicKey]:
    """Every key that ever signed, by id, oldest first. Raises ValueError for a damaged file."""
    if not keys_file().exists():
        return {}
    found: dict[str, PublicKey] = {}
    for line in keys_file().read_text(encoding="utf-8").splitlines():
        fields: dict[str, Any] = json.loads(line)
        found[fields["key"]] = PublicKey(**fields)
    return found


@contextmanager
def witness_lock(*, wait: bool) -> Iterator[bool]:
    """Held by the one who adds a head, from before its transaction until the line is written.
    Gives False when somebody else holds it and `wait` is False."""
    with (folder() / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True


def last_witnessed() -> Head | None:
    """The newest head of the witness; None for an empty one. A line that a crash cut short was
    never acknowledged and does not count. Raises ValueError for a damaged last line."""
    path = witness_file()
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 4096))
        lines = file.read().split(b"\n")[:-1]
    return Head.read(lines[-1].decode()) if lines else None


def all_witnessed() -> list[Head]:
    """Every head of the witness, oldest first, as `last_witnessed` reads them."""
    if not witness_file().exists():
        return []
    lines = witness_file().read_bytes().split(b"\n")[:-1]
    return [Head.read(line.decode()) for line in lines]


def replace_witness(kept: Iterable[Head]) -> None:
    """Make the witness hold just these, at once or not at all. For the holder of the lock."""
    fresh = folder() / "heads.fresh"
    with fresh.open("wb") as file:
        file.writelines(one.line().encode() for one in kept)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(witness_file())
    opened = os.open(folder(), os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def witness(head: Head) -> None:
    """Add a head to the witness, on disk when this returns. For the holder of the lock."""
    _append(witness_file(), head.line())


def _append(path: Path, line: str) -> None:
    with path.open("ab+") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - 4096))
        tail = file.read()
        if tail and not tail.endswith(b"\n"):  # a crash cut the last line short: it never counted
            file.truncate(end - len(tail) + tail.rfind(b"\n") + 1)
        file.write(line.encode())
        file.flush()
        os.fsync(file.fileno())
