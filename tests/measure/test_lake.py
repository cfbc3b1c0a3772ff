"""The lake's own promises: one writer, spill folders apart."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

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
