"""The lake's own promises: one writer, spill folders apart, a memory that can be relied on."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_differential import RELAXED

from tinhso.measure.compaction import compact
from tinhso.measure.lake import Lake, LakeSettings
from tinhso.measure.text import InputError


def test_second_writer_is_told_to_wait(tmp_path: Path) -> None:
    settings = LakeSettings(tmp_path / "lake", wait_seconds=0.2)
    with (
        Lake(settings, []).writer(),
        pytest.raises(InputError, match="Another process"),
        Lake(settings, []).writer(),
    ):
        pass


def test_connections_spill_apart_and_dead_spills_go(tmp_path: Path) -> None:
    lake = Lake(LakeSettings(tmp_path / "lake"), [])
    with lake.writer():
        pass
    dead = tmp_path / "lake" / "spill" / "999999999-left"
    dead.mkdir(parents=True)
    one, two = lake.reader(), lake.reader()
    query = "SELECT current_setting('temp_directory')"
    assert one.execute(query).fetchone() != two.execute(query).fetchone()
    assert not dead.exists()
    one.close()
    two.close()


def test_signatures_are_verified_once_and_no_connection_loads_what_is_unsigned(
    tmp_path: Path,
) -> None:
    lake = Lake(LakeSettings(tmp_path / "lake"), [])
    for _ in range(2):
        connection = lake.reader()
        said = connection.execute("SELECT current_setting('allow_unsigned_extensions')").fetchone()
        assert said == (False,)
        with pytest.raises(duckdb.InvalidInputException, match="Cannot change"):
            connection.execute("SET allow_unsigned_extensions = true")
        connection.close()


#: Few rows stay in the catalog, many go into files; deletions likewise. None: files are joined.
CHANGES = st.lists(
    st.one_of(
        st.none(),
        st.tuples(st.sampled_from([0, 3, 40, 3000]), st.integers(2, 9), st.integers(0, 9)),
    ),
    min_size=4,
    max_size=9,
)


@settings(RELAXED, max_examples=12)
@given(changes=CHANGES)
def test_every_snapshot_is_what_it_was_and_changes_between_any_two_explain_them(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int, int] | None]
) -> None:
    """The cube is brought up to date from these changes; the engine beneath has had faults there."""
    lake = Lake(LakeSettings(tmp_path_factory.mktemp("memory")), [])
    then: dict[int, Counter[tuple[int, int]]] = {}
    rows: dict[int, int] = {}
    with lake.writer() as connection:
        connection.execute("CREATE TABLE lake.t (k BIGINT, v BIGINT, _unit VARCHAR)")
        for step, change in enumerate(changes):
            if change is None:
                compact(lake, files=1)
                continue
            added, share, rest = change
            connection.execute("BEGIN")
            begin = len(rows) + 10_000 * step
            connection.execute(
                f"INSERT INTO lake.t SELECT k, {step}, 'u' || k * 7 % 10"
                f" FROM range({begin}, {begin + added}) r(k)"
            )
            rows |= dict.fromkeys(range(begin, begin + added), step)
            connection.execute(f"DELETE FROM lake.t WHERE k % {share} = {rest}")
            rows = {k: v for k, v in rows.items() if k % share != rest}
            connection.execute("COMMIT")
            then[lake.snapshot(connection)] = Counter(rows.items())

        def read(source: str) -> Counter[tuple[int, int]]:
            return Counter(connection.execute(f"SELECT k, v FROM {source}").fetchall())

        for snapshot, known in then.items():
            assert read(f"lake.t AT (VERSION => {snapshot})") == known
        for first, last in combinations(then, 2):
            found = then[first] + read(f"lake.table_insertions('t', {first + 1}, {last})")
            found.subtract(read(f"lake.table_deletions('t', {first + 1}, {last})"))
            assert {row: n for row, n in found.items() if n} == then[last]
