"""Other engines read files: the same records as the lake's own reader, at every snapshot."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from uuid import uuid4

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_differential import RELAXED
from world import text

from tinhso.measure.lake import Lake, LakeSettings
from tinhso.measure.lake_files import RecordFiles, files_of
from tinhso.measure.streams import Field, FieldType, Nature, Stream

NARROW = Stream(
    *("t", text("t"), Nature.FLOW, ("k",), "u", "d"),
    fields=(
        Field("k", FieldType.INTEGER, text("k")),
        Field("u", FieldType.UNIT, text("u")),
        Field("d", FieldType.DATE, text("d")),
    ),
    description=text(""),
)
GROWN = Stream(
    *("t", text("t"), Nature.FLOW, ("k",), "u", "d"),
    fields=(*NARROW.fields, Field("v", FieldType.TEXT, text("v"))),
    description=text(""),
)

#: What may happen to a table: rows come (few stay in the catalog), rows go, files are joined.
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from([1, 4, 50, 3000]), st.just(0)),
        st.tuples(st.just("remove"), st.integers(2, 9), st.integers(0, 9)),
        st.tuples(st.just("remove all"), st.just(0), st.just(0)),
        st.tuples(st.just("join"), st.just(0), st.just(0)),
        st.tuples(st.just("grow"), st.just(0), st.just(0)),
    ),
    min_size=3,
    max_size=9,
)


def as_files_say(connection: duckdb.DuckDBPyConnection, files: RecordFiles) -> Counter[object]:
    """The keys and texts that an engine finds which only follows what RecordFiles says."""
    found: Counter[object] = Counter()
    for path in [*files.whole, *files.partial, *([str(files.loose)] if files.loose else [])]:
        described = connection.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
        text_there = "v" in {row[0] for row in described}
        gone = (
            f"WHERE (parse_filename(filename), file_row_number) NOT IN (SELECT (name, row) FROM '{files.gone}')"
            if path in files.partial
            else ""
        )
        found += Counter(
            connection.execute(
                f"SELECT k, {'v' if text_there else 'NULL'} FROM read_parquet('{path}', "
                f"file_row_number = true, filename = true) {gone}"
            ).fetchall()
        )
    return found


@settings(RELAXED, max_examples=12)
@given(acts=ACTS)
def test_files_hold_what_the_lake_holds_at_every_snapshot(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("files")
    lake = Lake(LakeSettings(folder / "lake", threads=1), [NARROW])
    stream, snapshots, next_key = NARROW, [], 0
    for act, much, rest in acts:
        if act == "grow":
            stream = GROWN
            lake = Lake(LakeSettings(folder / "lake", threads=1), [GROWN])
        with lake.writer() as connection:
            if act == "add":
                connection.execute(
                    f"INSERT INTO lake.t BY NAME SELECT k, 'A' AS u{', k || chr(65) AS v' if stream is GROWN else ''} "
                    f"FROM range({next_key}, {next_key + much}) r(k)"
                )
                next_key += much
            elif act == "remove":
                connection.execute(f"DELETE FROM lake.t WHERE k % {much} = {rest}")
            elif act == "remove all":
                connection.execute("DELETE FROM lake.t")
            elif act == "join":
                connection.execute("CALL ducklake_merge_adjacent_files('lake')").fetchall()
            snapshots.append((lake.snapshot(connection), stream))
    connection = lake.reader()
    for snapshot, declared in snapshots:
        place = folder / uuid4().hex
        place.mkdir()
        found = as_files_say(connection, files_of(connection, declared, snapshot, place))
        column = "v" if declared is GROWN else "NULL"
        told = connection.execute(f"SELECT k, {column} FROM lake.t AT (VERSION => {snapshot})")
        assert found == Counter(told.fetchall())
    connection.close()


def test_rows_taken_back_in_the_catalog_are_gone_though_no_file_says_so(tmp_path: Path) -> None:
    """`ducklake_list_files` names no file of deletions then: a list of files alone would count them."""
    lake = Lake(LakeSettings(tmp_path / "lake"), [NARROW])
    with lake.writer() as connection:
        connection.execute("INSERT INTO lake.t BY NAME SELECT k FROM range(3000) r(k)")
        connection.execute("DELETE FROM lake.t WHERE k IN (5, 6)")
        snapshot = lake.snapshot(connection)
    connection = lake.reader()
    listed = connection.execute("SELECT delete_file FROM ducklake_list_files('lake', 't')")
    assert listed.fetchall() == [(None,)]
    files = files_of(connection, NARROW, snapshot, tmp_path)
    assert (len(files.partial), files.whole, files.rows) == (1, (), 2998)
    gone = connection.execute(f"SELECT row FROM '{files.gone}' ORDER BY row").fetchall()
    assert gone == [(5,), (6,)]
    connection.close()
