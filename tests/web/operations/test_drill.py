"""The drill, small: nothing acknowledged before a back-up began is lost, and nothing is different."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from tests.prepared import ASSETS, copy_home
from tests.web.operations.conftest import SERVER

TOOL = Path(__file__).resolve().parents[3] / "tools" / "drill.py"


def test_everything_acknowledged_before_a_backup_began_comes_back_after_all_is_destroyed() -> None:
    spec = importlib.util.spec_from_file_location("drill", TOOL)
    assert spec is not None
    assert spec.loader is not None
    drill = importlib.util.module_from_spec(spec)
    sys.modules["drill"] = drill
    spec.loader.exec_module(drill)
    # On PostgreSQL the site comes up from nothing; on SQLite that is how the copied home was made.
    parts = ASSETS if SERVER else ()
    found = drill.drill(
        SERVER,
        seconds=2,
        scale="0",
        begin=lambda home: copy_home(home, *parts),
        restored=lambda home: copy_home(home, *ASSETS),
    )
    assert found["acts"] > 0
    assert found["records"] > 0
    assert (found["lost"], found["different"]) == ([], [])
