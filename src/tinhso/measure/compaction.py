"""Compaction (gom tệp): many small files become few, and no snapshot shows anything else for it.

Small changes that the catalog holds go into files, files of which much was removed are written anew,
and small files are joined, their records in the order of their units: whoever opens a unit's number
then reads that unit's records, and not whole files. Rows keep the snapshots in which they came and went, so the past stays
readable; files that nothing needs any more are removed a day later.

The order matters: in DuckLake 1.0, writing files anew while the catalog still holds small changes of
them makes later lists of changes wrong (found by random histories; see also duckdb/ducklake issue 1406).
Therefore flush first, and hold what can be read now to what could be read before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from tinhso.measure.lake import Lake
from tinhso.measure.text import message
from tinhso.measure.troubles import LakeTroubleError

#: A table of fewer files is left alone.
FILES = 8

#: A file is written anew when so much of it was removed.
REMOVED = 0.3

#: How records lie in joined files. Set for compaction alone: DuckLake would sort what is loaded too,
#: which takes a sixth longer and three times the memory.
ORDER = "_unit ASC"

#: How long files stay that nothing needs: somebody may still be reading or copying them.
KEPT = "INTERVAL 1 DAY"

#: How many past snapshots are looked at before and after.
LOOKED_AT = 4

DIFFERS = message(
    "lake-compaction-differs",
    vi="Sau khi gom tệp, luồng {stream} ở bản chụp {snapshot} đọc ra khác trước. Chưa tệp nào bị xóa. Dừng nạp, phục hồi bản sao lưu trước lần gom, và báo cho nhóm phát triển.",
    en="After compaction, stream {stream} reads differently at snapshot {snapshot}. No file has been removed. Stop loading, restore the back-up from before, and tell the developers.",
)


@dataclass(frozen=True)
class Compacted:
    """A table's files before and after."""

    table: str
    before: int
    after: int


def compact(lake: Lake, *, files: int = FILES) -> list[Compacted]:
    """Join the files of tables that have at least `files` of them, and remove what nobody needs.

    Raises LakeTroubleError (`lake-busy`, `lake-disk-full`, `lake-compaction-differs`).
    """
    done = []
    with lake.writer() as connection:
        for table, count in _files(connection).items():
            if count >= files:
                _compact(lake, connection, table)
                done.append(Compacted(table, count, _files(connection)[table]))
        connection.execute(f"CALL ducklake_cleanup_old_files('lake', older_than => now() - {KEPT})")
    return done


def _compact(lake: Lake, connection: duckdb.DuckDBPyConnection, table: str) -> None:
    snapshots = _spread(connection)
    before = [_fingerprint(connection, table, one) for one in snapshots]
    steps = [
        f"CALL ducklake_flush_inlined_data('lake', table_name => '{table}')",
        f"CALL ducklake_rewrite_data_files('lake', '{table}', delete_threshold => {REMOVED})",
        f"CALL ducklake_merge_adjacent_files('lake', '{table}')",
    ]
    if _has_units(connection, table):
        # Killed in between, loading sorts until the next compaction: slower, and right.
        change = f'ALTER TABLE lake."{table}"'
        steps = [f"{change} SET SORTED BY ({ORDER})", *steps, f"{change} RESET SORTED BY"]
    for step in steps:
        connection.execute(step)
    # The snapshot that compaction itself made holds what the newest before it held.
    now = zip([*snapshots, lake.snapshot(connection)], [*before, before[-1]], strict=True)
    differing = [
        DIFFERS(stream=table, snapshot=snapshot)
        for snapshot, then in now
        if _fingerprint(connection, table, snapshot) != then
    ]
    if differing:
        raise LakeTroubleError(differing)


def _has_units(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    found = connection.execute(
        "SELECT 1 FROM duckdb_columns() WHERE database_name = 'lake' AND table_name = ?"
        " AND column_name = '_unit'",
        [table],
    )
    return found.fetchone() is not None


def _files(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many files each table has now, those that say what was removed among them."""
    return dict(
        connection.execute(
            "SELECT table_name, file_count + delete_file_count FROM ducklake_table_info('lake')"
        ).fetchall()
    )


def _spread(connection: duckdb.DuckDBPyConnection) -> Sequence[int]:
    """Some snapshots from the oldest to the newest, the newest always."""
    found = [
        number
        for (number,) in connection.execute(
            "SELECT snapshot_id FROM lake.snapshots() ORDER BY snapshot_id"
        ).fetchall()
    ]
    return sorted({found[n * (len(found) - 1) // LOOKED_AT] for n in range(1, LOOKED_AT + 1)})


def _fingerprint(
    connection: duckdb.DuckDBPyConnection, table: str, snapshot: int
) -> tuple[int, int | None] | None:
    """Equal for equal rows in whatever order; None where the table was not there yet."""
    try:
        return connection.execute(
            f'SELECT count(*), sum(hash(t)) FROM (SELECT * FROM lake."{table}" AT (VERSION => {snapshot})) t'
        ).fetchone()
    except duckdb.CatalogException:
        return None
