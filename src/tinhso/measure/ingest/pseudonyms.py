"""Keyed pseudonyms (bí danh có khóa) in the place of identity numbers, made inside DuckDB.

A pseudonym is `p` and the first 24 hexadecimal digits of SHA-256(key ‖ number), the key being 32
characters that hold 192 bits derived from the caller's key. A hash with its key in front is a sound
pseudorandom function once its output is cut (AMAC: Bellare, Bernstein and Tessaro, EUROCRYPT
2016): the attack on bare SHA-256(key ‖ message), lengthening the message, needs the whole final
state, and 160 of its 256 bits are never shown. HMAC's second pass would add nothing to that, and cost
as much again: key and number fit into one block. 96 bits keep two of a hundred million persons from
meeting by chance (less than one in 10^13). Without the key, the pseudonyms cannot be found by
trying all identity numbers, as those of an unkeyed hash could.

A key is changed by hashing once more: the pseudonyms in the lake go through the new key, and so does
every number after the old ones (`rekeying`). Keys stand in a row, a line each, the oldest first. Who
finds an old key alone can no longer find anybody in the newest records.

Keys go into variables of the connection, never into the text of a query: texts of queries end up in
error messages and logs.
"""

from __future__ import annotations

import base64
import hashlib

import duckdb

#: Bytes; a shorter key could be found by trying.
SHORTEST_KEY = 16
PSEUDONYM_PATTERN = r"p[0-9a-f]{24}"


def declare_pseudonym(connection: duckdb.DuckDBPyConnection, key: bytes, *, known: int = 0) -> None:
    """Make the SQL macro `pseudonym(x)` with `key`; x went through the first `known` keys already.

    Raises ValueError for a key that is too short.
    """
    written = "x"
    for number, inner in list(enumerate(_inner_keys(key)))[known:]:
        connection.execute(f"SET VARIABLE person_key_{number} = ?", [inner])
        written = f"'p' || sha256(getvariable('person_key_{number}')::VARCHAR || {written})[1:24]"
    connection.execute(f"CREATE OR REPLACE TEMP MACRO pseudonym(x) AS {written}")


def pseudonym(key: bytes, number: str) -> str:
    """The same in Python, for one number as it stands in the lake's own spelling (no spaces).

    >>> pseudonym(b"sixteen bytes key", "070085001234")
    'p0d6ce50c26929b84e7bb6b0d'
    """
    for inner in _inner_keys(key):
        number = "p" + hashlib.sha256((inner + number).encode()).hexdigest()[:24]
    return number


def fingerprint(key: bytes) -> str:
    """What tells whether two keys are the same, and nothing else of them."""
    text = "tinhso person key\0" + "\n".join(_inner_keys(key))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _inner_keys(key: bytes) -> list[str]:
    keys = key.split(b"\n")
    if any(len(one) < SHORTEST_KEY for one in keys):
        raise ValueError(f"the key for pseudonyms needs at least {SHORTEST_KEY} bytes")
    digests = (hashlib.sha256(b"tinhso person pseudonym\0" + one).digest() for one in keys)
    return [base64.b64encode(one).decode("ascii")[:32] for one in digests]
