"""The log of batches (nhật ký lô): one row an event, only ever added to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import duckdb

from tinhso.measure.ingest.receipt import Mode, Receipt, Status
from tinhso.measure.lake import BATCH_COLUMNS

_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True)
class Event:
    """One event of a batch, as the lake keeps it; see `lake.BATCH_COLUMNS`."""

    batch: int
    event: str
    at: datetime
    stream: str
    file: str
    digest: str
    mode: str
    rows_read: int
    rows_added: int
    rows_corrected: int
    rows_same: int
    rows_bad: int
    simulated: str
    note: str
    before_snapshot: int


def batches(
    connection: duckdb.DuckDBPyConnection, *, after: int = 0, until: int | None = None
) -> list[Event]:
    """Every event of every batch, oldest first; `connection` is one of the lake's.

    With `until`, only events that came in after the snapshot `after` and up to `until`: the rest of
    the log is not read.
    """
    columns = ", ".join(f'"{name}"' for name in BATCH_COLUMNS)
    log = "lake._batches"
    if until is not None:
        log = f"lake.table_insertions('_batches', {int(after) + 1}, {int(until)})"
    found = connection.execute(f'SELECT {columns} FROM {log} ORDER BY batch, "at", event')
    return [Event(*row) for row in found.fetchall()]


def notes(connection: duckdb.DuckDBPyConnection, stream: str, since: datetime) -> list[str]:
    """The notes of a stream's accepted batches of `since` (an aware time) and later."""
    found = connection.execute(
        'SELECT note FROM lake._batches WHERE stream = ? AND event = ? AND "at" >= ?',
        [stream, str(Status.ACCEPTED), since.astimezone(_ZONE).replace(tzinfo=None)],
    )
    return [note for (note,) in found.fetchall()]


def standing(connection: duckdb.DuckDBPyConnection) -> dict[int, Event]:
    """The accepted batches that were not withdrawn."""
    events = batches(connection)
    gone = {event.batch for event in events if event.event == Status.WITHDRAWN}
    return {e.batch: e for e in events if e.event == Status.ACCEPTED and e.batch not in gone}


def earlier(connection: duckdb.DuckDBPyConnection, stream: str, digest: str) -> Event | None:
    """The standing batch that brought the very same file, if any."""
    return next(
        (e for e in standing(connection).values() if (e.stream, e.digest) == (stream, digest)), None
    )


def said_by(
    connection: duckdb.DuckDBPyConnection, stream: str, digests: Sequence[str]
) -> list[int]:
    """The snapshots that the standing batches which brought these files made."""
    events = standing(connection).values() if digests else ()
    # One transaction is one snapshot, and the next load has to wait for it.
    return [e.before_snapshot + 1 for e in events if e.stream == stream and e.digest in digests]


def refused_before(
    connection: duckdb.DuckDBPyConnection, stream: str, digest: str, bad: int
) -> Event | None:
    """The last event of this file, if it was refused for as many bad rows."""
    own = [e for e in batches(connection) if (e.stream, e.digest) == (stream, digest)]
    last = own[-1] if own else None
    return last if last and last.event == Status.REFUSED and last.rows_bad == bad else None


def next_batch(connection: duckdb.DuckDBPyConnection) -> int:
    row = connection.execute("SELECT coalesce(max(batch), 0) + 1 FROM lake._batches").fetchone()
    assert row is not None
    return int(row[0])


def record(
    connection: duckdb.DuckDBPyConnection,
    receipt: Receipt,
    *,
    digest: str,
    mode: Mode | str,
    simulated: str,
    note: str,
    before: int,
) -> None:
    """Add the event that `receipt` tells of, inside the caller's transaction."""
    values = [
        receipt.batch,
        str(receipt.status),
        now(),
        receipt.stream,
        receipt.file,
        digest,
        str(mode),
        receipt.read,
        receipt.added,
        receipt.corrected,
        receipt.same,
        receipt.bad,
        simulated,
        note,
        before,
    ]
    columns = ", ".join(f'"{name}"' for name in BATCH_COLUMNS)
    places = ", ".join("?" for _ in values)
    connection.execute(f"INSERT INTO lake._batches ({columns}) VALUES ({places})", values)


def now() -> datetime:
    """Wall time in Asia/Ho_Chi_Minh, to the microsecond, without a zone."""
    return datetime.now(_ZONE).replace(tzinfo=None)


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing, whatever is raised inside."""
    connection.execute("BEGIN")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
