"""Staging: a file's rows, typed and judged, in Parquet beside the lake until they are loaded.

Nothing staged holds an identity number: pseudonyms are made in the same pass that reads the file.
The row's place in the file is its place in the staged Parquet, because numbering rows while reading
would keep all but one processor waiting; so that pass must write rows in the order of the file.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import duckdb

from tinhso.measure.boundaries import Boundaries, Span
from tinhso.measure.ingest.checks import Reading
from tinhso.measure.ingest.progress import Progress
from tinhso.measure.ingest.rekeying import as_now
from tinhso.measure.ingest.sources import Source, quoted
from tinhso.measure.streams import FieldType, Stream
from tinhso.measure.tables import as_text, make_table_of

_FIRST_DAY, _LAST_DAY = date.min, date.max


@contextmanager
def staging_folder(lake_folder: Path) -> Iterator[Path]:
    """A folder for one load. The caller holds the lake's lock: what lies there is a dead load's."""
    parent = lake_folder / "staging"
    shutil.rmtree(parent, ignore_errors=True)
    parent.mkdir(parents=True)
    try:
        yield Path(tempfile.mkdtemp(dir=parent))
    finally:
        shutil.rmtree(parent, ignore_errors=True)


@dataclass(frozen=True)
class Judged:
    """How many rows there are of which sort. `bad` rows are in the temporary table `bad_rows`."""

    read: int
    bad: int
    same: int
    corrected: int

    @property
    def added(self) -> int:
        return self.read - self.bad - self.same - self.corrected


def stage(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    source: Source,
    reading: Reading,
    progress: Progress,
) -> None:
    """Read the whole file into Parquet under `folder`; make the view `staged` over it.

    `staged` has the stream's fields, `_row`, `_bad` and `_key` (a hash of the key).
    """
    for old in folder.glob("rows-*.parquet"):
        old.unlink()
    fields = ", ".join(f'"v_{name}" AS "{name}"' for name in reading.values)
    key = ", ".join(f'"v_{name}"' for name in reading.stream.key)
    judged = (
        f"CASE WHEN {reading.blank_sql} THEN NULL ELSE _fault IS NOT NULL OR {reading.bad_sql} END"
    )
    numbered, first = True, 1
    # A join or an IN that becomes one would lose the order of rows.
    connection.execute("SET preserve_insertion_order = true")
    connection.execute("SET disabled_optimizers = 'in_clause'")
    for number, part in enumerate(source.parts(connection)):
        numbered, first = part.numbered, part.first
        row = ", _i AS _row" if numbered else ""
        query = (
            f"COPY (SELECT {fields}, {judged} AS _bad, hash({key}) AS _key{row}"
            f" FROM {reading.typed_sql(part.sql)})"
            f" TO {quoted(folder / f'rows-{number:06}.parquet')} (FORMAT parquet, COMPRESSION uncompressed)"
        )
        if not numbered:
            _check_order(connection, query)
        with progress.step(0.6 if not numbered else 0.6 * (1 - 0.9 ** (number + 1))):
            connection.execute(query)
    connection.execute("SET disabled_optimizers = ''")
    files = f"read_parquet({quoted(folder / 'rows-*.parquet')}, file_row_number = true)"
    row = "_row" if numbered else f"file_row_number + {first} AS _row"
    names = ", ".join(f'"{name}"' for name in reading.values)
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW staged AS SELECT {names}, _bad, _key, {row}"
        f" FROM {files} WHERE _bad IS NOT NULL"
    )


def _check_order(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    """Row numbers rest on this plan; an engine that plans otherwise must not go unnoticed."""
    plan = connection.execute(f"EXPLAIN {query}").fetchall()[0][1]
    alone = connection.execute("SELECT current_setting('threads') = 1").fetchone() == (True,)
    if "JOIN" in plan or not (alone or "BATCH_COPY_TO_FILE" in plan):
        raise RuntimeError("DuckDB would not stage the rows in the order of the file")


def place_units(connection: duckdb.DuckDBPyConnection, boundaries: Boundaries) -> None:
    """Make the table `units`: which unit bore which code in which stretch of days (half-open)."""
    name = f"units_{boundaries.digest}"
    try:
        connection.execute(f"SELECT 1 FROM {name} LIMIT 0")
    except duckdb.CatalogException:  # the first file of this connection
        units, heirs = _as_texts(boundaries)
        make_table_of(connection, name, _UNITS, units)
        make_table_of(connection, f"heirs_{boundaries.digest}", _HEIRS, heirs)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW units AS SELECT * FROM {name}")
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW heirs AS SELECT * FROM heirs_{boundaries.digest}"
    )


_UNITS = {
    "code": "VARCHAR",
    "since": "DATE",
    "ended": "DATE",
    "uid": "VARCHAR",
    "level": "VARCHAR",
}
_HEIRS = {"source": "VARCHAR", "code": "VARCHAR", "heir": "VARCHAR"}


@lru_cache(maxsize=2)
def _as_texts(boundaries: Boundaries) -> tuple[str, str]:
    """The rows of `units` and of `heirs`: a worker loads a small file every few seconds."""
    units = (
        (one, since.isoformat(), ended.isoformat(), uid, level)
        for code, spans in boundaries.codes().items()
        for one, since, ended, uid, level in _pieces(code, spans)
    )
    heirs = {
        (uid, span.code, step.target)
        for uid in boundaries.successors
        for path in boundaries.paths(uid)
        for step in path
        for span in boundaries.spans[step.target]
    }
    return as_text(units), as_text(heirs)


def _pieces(code: str, spans: list[Span]) -> Iterator[tuple[str, date, date, str, str]]:
    """Stretches that do not overlap; where two units claim a code, the first has it (`by_code`)."""
    edges = {span.since or _FIRST_DAY for span in spans} | {s.until or _LAST_DAY for s in spans}
    days = sorted(edges)
    for since, until in pairwise(days):
        span = next((span for span in spans if span.holds_on(since)), None)
        if span is not None:
            yield code, since, until, span.uid, str(span.level)


def judge(
    connection: duckdb.DuckDBPyConnection, stream: Stream, said: Sequence[int], person_key: bytes
) -> Judged:
    """Find every bad row, repeat, and match with the lake; makes the tables that load needs.

    What the lake held in one of the snapshots `said` is no news: the file comes from there.

    `unit_faults`, `clashes` say what else is wrong with rows; `bad_rows` are all that are bad;
    `matched` are the good ones whose key the lake has; `skipped` are all that will not be loaded.
    """
    _find_unit_faults(connection, stream)
    _find_repeats(connection, stream)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE bad_rows AS SELECT _row FROM staged WHERE _bad"
        " UNION SELECT _row FROM unit_faults UNION SELECT _row FROM clashes"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE skipped AS"
        " SELECT _row FROM bad_rows UNION SELECT _row FROM repeats"
    )
    _find_matches(connection, stream, said, person_key)
    connection.execute("INSERT INTO skipped SELECT _row FROM matched WHERE same")
    read = _count(connection, "SELECT count(*) FROM staged")
    bad = _count(connection, "SELECT count(*) FROM bad_rows")
    repeats = _count(connection, "SELECT count(*) FROM repeats ANTI JOIN bad_rows USING (_row)")
    same = _count(connection, "SELECT count(*) FROM matched WHERE same")
    corrected = _count(connection, "SELECT count(*) FROM matched WHERE NOT same")
    return Judged(read, bad, repeats + same, corrected)


def _find_unit_faults(connection: duckdb.DuckDBPyConnection, stream: Stream) -> None:
    own = (
        f"SELECT s._row, '{stream.unit}' AS field FROM staged s LEFT JOIN units u ON {on_unit(stream)}"
        f' WHERE u.uid IS NULL AND s."{stream.unit}" IS NOT NULL'
        f' AND s."{stream.default_date}" IS NOT NULL'
    )
    others = [
        # A unit of a later map need not have borne its code on the record's own date.
        f"SELECT _row, '{f.name}' FROM staged WHERE \"{f.name}\" IS NOT NULL"
        f' AND "{f.name}" NOT IN (SELECT code FROM units)'
        for f in stream.fields
        if f.type is FieldType.UNIT and f.name != stream.unit
    ]
    query = " UNION ALL ".join([own, *others])
    connection.execute(f"CREATE OR REPLACE TEMP TABLE unit_faults AS {query}")


def on_unit(stream: Stream) -> str:
    """The condition that joins a staged row `s` to the unit `u` that it names on its date."""
    day = f's."{stream.default_date}"'
    return f'u.code = s."{stream.unit}" AND {day} >= u.since AND {day} < u.ended'


def unit_and_heir(stream: Stream) -> tuple[str, str]:
    """SQL for `_unit`, and the join that it needs: the unit, and the heir where a record names one.

    A record may say under which later unit it falls (`successor_unit`): after a split only that
    tells. It is taken where that unit did take over from the record's own.
    """
    if not stream.successor_unit:
        return "u.uid", ""
    join = f' LEFT JOIN heirs h ON h.source = u.uid AND h.code = s."{stream.successor_unit}"'
    return "CASE WHEN h.heir IS NULL THEN u.uid ELSE u.uid || '>' || h.heir END", join


def _find_repeats(connection: duckdb.DuckDBPyConnection, stream: Stream) -> None:
    """Rows that share a key: equal ones count once (`repeats`), others are bad (`clashes`)."""
    names = ", ".join(f'"{f.name}"' for f in stream.fields)
    key = ", ".join(f'"{name}"' for name in stream.key)
    good = "staged ANTI JOIN unit_faults USING (_row)"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE twins AS SELECT _key FROM staged WHERE NOT _bad"
        " GROUP BY _key HAVING count(*) > 1"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE shared AS"
        f" SELECT min(_row) OVER w AS first_row, _row, count(*) OVER w AS alike, {key}"
        f" FROM (SELECT * FROM {good}) SEMI JOIN twins USING (_key) WHERE NOT _bad"
        f" WINDOW w AS (PARTITION BY {names})"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE clashes AS"
        " SELECT _row, array_to_string(list_slice(list_filter(rows, lambda x: x <> _row), 1, 5), ', ')"
        " AS others FROM shared JOIN"
        f" (SELECT {key}, list_slice(list(_row ORDER BY _row), 1, 6) AS rows FROM shared"
        f" GROUP BY ALL HAVING count(DISTINCT first_row) > 1) USING ({key})"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE repeats AS SELECT _row FROM shared WHERE _row <> first_row"
        " AND _row NOT IN (SELECT _row FROM clashes)"
    )


def _find_matches(
    connection: duckdb.DuckDBPyConnection, stream: Stream, said: Sequence[int], person_key: bytes
) -> None:
    table = f'lake."{stream.code}"'
    keys = " AND ".join(f's."{name}" = l."{name}"' for name in stream.key)
    alike = " AND ".join(
        f's."{f.name}" IS NOT DISTINCT FROM l."{f.name}"'
        for f in stream.fields
        if f.name not in stream.key
    )
    connection.execute("CREATE OR REPLACE TEMP TABLE matched (_row BIGINT, same BOOLEAN)")
    # Most files bring new records: then the lake's key columns are all that is read of it.
    if _count(connection, f"SELECT count(*) FROM staged s SEMI JOIN {table} l ON {keys}"):
        connection.execute(
            f"INSERT INTO matched SELECT s._row, {alike or 'true'} FROM staged s"
            f" JOIN {table} l ON {keys} ANTI JOIN skipped k ON k._row = s._row"
        )
    for snapshot in said:
        # Fields may have come since: by name, so that they are there and empty.
        then = f"(FROM (FROM {table} LIMIT 0) UNION ALL BY NAME FROM {table} AT (VERSION => {snapshot}))"
        connection.execute(
            "UPDATE matched SET same = true WHERE NOT same AND _row IN (SELECT s._row FROM staged s JOIN"
            f" (SELECT {as_now(connection, stream, snapshot, person_key)} FROM {then}) l"
            f" ON {keys} WHERE {alike or 'true'})"
        )


def unknown_procedures(connection: duckdb.DuckDBPyConnection, stream: Stream) -> int:
    """Good rows whose procedure is not in the lake's catalogue; 0 when there is no catalogue."""
    if stream.code == "procedures" or stream.field("procedure_code") is None:
        return 0
    has = "SELECT count(*) FROM duckdb_tables() WHERE database_name = 'lake' AND table_name = 'procedures'"
    if not _count(connection, has) or not _count(
        connection, "SELECT count(*) FROM (SELECT 1 FROM lake.procedures LIMIT 1)"
    ):
        return 0
    return _count(
        connection,
        "SELECT count(*) FROM staged s ANTI JOIN lake.procedures p"
        " ON p.procedure_code = s.procedure_code"
        " WHERE NOT s._bad AND s.procedure_code IS NOT NULL",
    )


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])
