"""Withdrawing a batch (rút lô): its records go, and what they had replaced comes back.

The lake then shows what it would show had the batch never written anything: of each key, the version
of the newest standing batch that wrote one. That version is found by time travel. Before a batch W
replaced it, the lake showed the newest version then standing; if its own batch has been withdrawn
since, the snapshot before that batch is asked next, and so on back. Batches between the two cannot
have held the key and still stand: the lake would have shown theirs.

So snapshots that batches were applied to (`before_snapshot`) must never be expired.
"""

from __future__ import annotations

import duckdb

from tinhso.measure.ingest import log, messages
from tinhso.measure.ingest.receipt import Receipt, Status
from tinhso.measure.ingest.rekeying import as_now
from tinhso.measure.lake import Lake
from tinhso.measure.streams import Stream
from tinhso.measure.text import InputError


def withdraw(lake: Lake, batch: int, *, reason: str, person_key: bytes | None = None) -> Receipt:
    """Withdraw `batch`; withdrawing it again changes nothing.

    Later corrections by other batches stay. `person_key` is needed where records come back from
    before the key of pseudonyms was changed. Raises InputError (`unknown-batch`) for a batch that
    never was, was refused, or belongs to a stream that is no longer declared.
    """
    with lake.writer() as connection:
        accepted = [
            e for e in log.batches(connection) if e.batch == batch and e.event == Status.ACCEPTED
        ]
        if not accepted or accepted[0].stream not in lake.streams:
            raise InputError([messages.UNKNOWN_BATCH(batch=batch)])
        event = accepted[0]
        before = lake.snapshot(connection)
        standing = log.standing(connection)
        if batch not in standing:
            return Receipt(Status.UNCHANGED, event.stream, event.file, batch, before)
        stream = lake.streams[event.stream]
        gone, restored = _find(connection, stream, event, standing, person_key)
        receipt = Receipt(
            Status.WITHDRAWN, event.stream, event.file, batch, before, read=gone, corrected=restored
        )
        with log.transaction(connection):
            connection.execute(f'DELETE FROM lake."{stream.code}" WHERE _batch = {batch}')
            connection.execute(f'INSERT INTO lake."{stream.code}" BY NAME SELECT * FROM restored')
            log.record(
                connection,
                receipt,
                digest=event.digest,
                mode=event.mode,
                simulated=event.simulated,
                note=reason,
                before=before,
            )
        return Receipt(
            Status.WITHDRAWN,
            event.stream,
            event.file,
            batch,
            lake.snapshot(connection),
            read=gone,
            corrected=restored,
        )


def _find(
    connection: duckdb.DuckDBPyConnection,
    stream: Stream,
    event: log.Event,
    standing: dict[int, log.Event],
    person_key: bytes | None,
) -> tuple[int, int]:
    """Fill the table `restored`; returns how many records go and how many come back."""
    table = f'lake."{stream.code}"'
    key = ", ".join(f'"{name}"' for name in stream.key)
    before = {
        e.batch: e.before_snapshot for e in log.batches(connection) if e.event == Status.ACCEPTED
    }
    still = {number for number in standing if number != event.batch}
    connection.execute(f"CREATE OR REPLACE TEMP TABLE restored AS FROM {table} LIMIT 0")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE pending AS SELECT {key} FROM {table} WHERE _batch = {event.batch}"
    )
    gone = _count(connection, "pending")
    # Keys wait with the batch whose predecessor they seek; the numbers only fall, so this ends.
    waiting = {event.batch: "pending"}
    while waiting:
        batch = max(waiting)
        keys = waiting.pop(batch)
        rows = as_now(connection, stream, before[batch], person_key)
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE found AS"
            f" SELECT {rows} FROM {table} AT (VERSION => {before[batch]}) SEMI JOIN {keys} USING ({key})"
        )
        for (found,) in connection.execute("SELECT DISTINCT _batch FROM found").fetchall():
            own = f"FROM found WHERE _batch = {found}"
            if found in still:
                connection.execute(f"INSERT INTO restored BY NAME SELECT * {own}")
            elif found in waiting:
                connection.execute(f"INSERT INTO {waiting[found]} SELECT {key} {own}")
            else:
                waiting[found] = f"pending_{found}"
                connection.execute(
                    f"CREATE OR REPLACE TEMP TABLE {waiting[found]} AS SELECT {key} {own}"
                )
    return gone, _count(connection, "restored")


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None
    return int(row[0])
