"""Records as batches of columns, taken by several threads at once.

The database fills one stream for one taker at a time; so records go in shares, a stream a share. And
taking must let other threads run: nanoarrow's own `get_next` does not, so it is called here by
the Arrow C stream interface (arrow.apache.org/docs/format/CStreamInterface.html).
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import nanoarrow
import numpy as np
import numpy.typing as npt
from nanoarrow.c_array import CArray

from tinhso.measure.sql import table_of
from tinhso.measure.streams import Stream

#: What the database may have ready before it is asked for.
BUFFER = "64MB"

#: Each share has arrays of its own for all units and slots.
MOST_SHARES = 4

#: The stream's members, in the order that the interface lays down.
_MEMBER = ctypes.sizeof(ctypes.c_void_p)
_GET_NEXT, _GET_LAST_ERROR = 1, 2
_NEXT = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_LAST_ERROR = ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.c_void_p)


def batches(connection: duckdb.DuckDBPyConnection, statement: str) -> Iterator[CArray]:
    """What a statement yields, a batch of columns after another. Raises duckdb.Error."""
    connection.execute(f"SET streaming_buffer_size = '{BUFFER}'")
    stream = nanoarrow.c_array_stream(connection.sql(statement))
    schema, address = stream.get_schema(), stream._addr()
    get_next = _NEXT(_member(address, _GET_NEXT))
    while True:
        batch = CArray.allocate(schema)
        if get_next(address, batch._addr()):
            told = _LAST_ERROR(_member(address, _GET_LAST_ERROR))(address)
            raise duckdb.Error((told or b"").decode("utf-8", "replace"))
        if not batch.is_valid():
            return
        yield batch


def _member(address: int, number: int) -> int:
    return ctypes.c_void_p.from_address(address + number * _MEMBER).value or 0


def array_at(address: int, length: int, kind: npt.DTypeLike) -> npt.NDArray[Any]:
    """The memory at an address, which the batch keeps for as long as it is looked at."""
    if not length:
        return np.zeros(0, dtype=kind)
    size = length * np.dtype(kind).itemsize
    memory = memoryview((ctypes.c_char * size).from_address(address)).cast("B")
    found: npt.NDArray[Any] = np.frombuffer(memory, dtype=kind)
    return found


def takers(
    connection: duckdb.DuckDBPyConnection, shares: Sequence[str]
) -> list[duckdb.DuckDBPyConnection]:
    """A connection for each share. Only what is one share may rest on tables of this one alone."""
    return [connection.cursor() for _ in shares] if len(shares) > 1 else [connection]


def shares(connection: duckdb.DuckDBPyConnection, stream: Stream, snapshot: int) -> list[str]:
    """Conditions of which each record at a snapshot meets exactly one; one for each thread at most.

    By the lake's files, so that each share reads its own. A stream of which one record may end what
    another says is one share.
    """
    threads = connection.execute("SELECT current_setting('threads')").fetchone()
    assert threads is not None
    if stream.thing != stream.key or threads[0] == 1:
        return [""]
    sizes = connection.execute(
        f"SELECT filename, count(*) AS n FROM {table_of(stream.code, snapshot)} "
        f"WHERE filename IS NOT NULL GROUP BY filename ORDER BY n DESC, filename"
    ).fetchall()
    most = max(1, min(int(threads[0]), MOST_SHARES, len(sizes)))
    files: list[list[str]] = [[] for _ in range(most)]
    taken = [0] * most
    for name, size in sizes:
        least = taken.index(min(taken))
        files[least].append("'" + name.replace("'", "''") + "'")
        taken[least] += size
    others = [", ".join(names) for names in files[1:]]
    # The first takes all that is in none of the others' files: what the catalog itself holds, too.
    rest = ", ".join(others)
    first = f"filename IS NULL OR filename NOT IN ({rest})" if rest else ""
    return [first, *(f"filename IN ({names})" for names in others)]
