"""Keyed pseudonyms (bí danh có khóa) in the place of identity numbers, made inside DuckDB.

A pseudonym is `p` and the first 24 hexadecimal digits of SHA-256(key ‖ number), the key being 32
characters that hold 192 bits derived from the caller's key. A hash with its key in front is a sound
pseudorandom function once its output is cut (AMAC: Bellare, Bernstein and Tessaro, EUROCRYPT
2016): the attack on bare SHA-256(key ‖ message), lengthening the message, needs the whole final
state, and 160 of its 256 bits are never shown. HMAC's second pass would add nothing to that, and cost
as much again: key and number fit into one block. 96 bits keep two of a hundred million persons from
meeting by chance (less than one in 10^13). Without the key, the pseudonyms cannot be found by
trying all identity numbers, as those of an unkeyed hash could.

The key goes into a variable of the connection, never into the text of a query: texts of queries end
up in error messages and logs.
"""

from __future__ import annotations

import base64
import hashlib

import duckdb

#: Bytes; a shorter key could be found by trying.
SHORTEST_KEY = 16
PSEUDONYM_PATTERN = r"p[0-9a-f]{24}"

_SQL = (
    "CREATE OR REPLACE TEMP MACRO pseudonym(x) AS"
    " 'p' || sha256(getvariable('person_key')::VARCHAR || x)[1:24]"
)


def declare_pseudonym(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Make the SQL macro `pseudonym(x)` with `key`. Raises ValueError for a key that is too short."""
    connection.execute("SET VARIABLE person_key = ?", [_inner_key(key)])
    connection.execute(_SQL)


def pseudonym(key: bytes, number: str) -> str:
    """The same in Python, for one number as it stands in the lake's own spelling (no spaces).

    >>> pseudonym(b"sixteen bytes key", "070085001234")
    'p0d6ce50c26929b84e7bb6b0d'
    """
    return "p" + hashlib.sha256((_inner_key(key) + number).encode()).hexdigest()[:24]


def _inner_key(key: bytes) -> str:
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"the key for pseudonyms needs at least {SHORTEST_KEY} bytes")
    digest = hashlib.sha256(b"tinhso person pseudonym\0" + key).digest()
    return base64.b64encode(digest).decode("ascii")[:32]
