"""The one way to write an entry as bytes, so that anybody can hash it again."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

#: RFC 9162, section 2.1.1: what tells a leaf from a node of the tree.
LEAF = b"\x00"


def canonical(value: Any) -> bytes:
    """JSON as RFC 8785 has it, for what entries hold: texts, whole numbers, true, false, null, lists
    and objects with text keys. Raises TypeError for anything else (a float has no one writing)."""
    _check(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def _check(value: Any) -> None:
    match value:
        case None | bool() | int() | str():
            return
        case list() | tuple():
            for one in value:
                _check(one)
        case dict():
            for key, one in value.items():
                if not isinstance(key, str):
                    raise TypeError(f"a key in the ledger is text, not {key!r}")
                _check(one)
        case _:
            raise TypeError(f"the ledger cannot hold {value!r}")


def salted(salt: str, value: Any) -> str:
    """SHA-256, in hexadecimal, of a secret salt and the value: says nothing without the salt."""
    return hashlib.sha256(salt.encode() + b"\x1f" + canonical(value)).hexdigest()


def moment(at: datetime) -> str:
    """A time as entries write it: UTC, microseconds, `2025-07-01T00:00:00.000000Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def leaf_hash(fields: dict[str, Any]) -> str:
    """The leaf of the tree for an entry's fixed fields, in hexadecimal."""
    return hashlib.sha256(LEAF + canonical(fields)).hexdigest()
