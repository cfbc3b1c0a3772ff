"""Workers as real processes: several at once, killed at any moment, stopped past their lease.

The number of kills by hand: OUTBOX_KILLS.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.prepared import COUNTRY, a_database

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
KILLS = int(os.environ.get("OUTBOX_KILLS", "50"))


class Site:
    """A home and a database that only this test's processes see."""

    def __init__(self, home: Path, database: str) -> None:
        self.home = home
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")}
        self.environment = kept | {
            "TINHSO_HOME": str(home),
            "TINHSO_DATABASE_URL": database,
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        }

    def play(self, scenario: str, *more: str) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, str(HERE / "outbox_office.py"), scenario, str(self.home), *more],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=400,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with a_database(COUNTRY, tmp_path) as address:
        yield Site(tmp_path, address)


def by_key(lines: list[list[str]]) -> dict[str, list[str]]:
    """From lines of key and uid: each key's uids as they came, without the repeats."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for key, uid in lines:
        found[key][uid] = None
    return {key: list(uids) for key, uids in found.items()}


@pytest.mark.parametrize("workers", ["2", "4"])
def test_several_workers_deliver_each_once_and_each_key_in_order(site: Site, workers: str) -> None:
    found = site.play("race", workers)
    assert (found["left"], found["codes"]) == (0, [0] * int(workers))
    assert len(found["received"]) == len(found["owed"])
    assert by_key(found["received"]) == by_key(found["owed"])


def test_killed_at_any_moment_nothing_is_lost_and_what_comes_twice_is_known(site: Site) -> None:
    found = site.play("kills", str(KILLS))
    assert (found["left"], found["killed"]) == (0, KILLS)
    assert by_key(found["received"]) == by_key(found["owed"])


def test_a_worker_stopped_past_its_lease_repeats_under_the_same_uid_and_marks_nothing(
    site: Site,
) -> None:
    found = site.play("paused")
    assert found["first"] == 0
    assert found["rows"] == [["done", 2], ["done", 1]]
    first, second = found["owed"]
    assert found["received"] == [first, second, first]


def test_a_worker_asked_to_stop_finishes_what_it_has_and_an_orphan_stops_by_itself(
    site: Site,
) -> None:
    found = site.play("stops")
    assert (found["code"], found["in_hand"]) == (0, 0)
    assert 0 < found["half"] < 50
    assert found["orphan_ended"]
    assert found["received"] == found["owed"][: 50 - found["left"]]


def test_records_are_in_the_lake_once_though_workers_die_between_commit_and_mark(
    site: Site,
) -> None:
    found = site.play("lake")
    assert found["died"] == 3
    expected = [["w0", False], *([f"w{number}", True] for number in range(1, 30))]
    assert sorted(found["records"]) == sorted(expected)
    # Each delivery is named by one batch: nothing that was committed was loaded again.
    assert len(found["named"]) == len(set(found["named"])) == 31
    key, why = found["stuck"]
    assert key == "work_items/bad"
    assert "nowhere" in why
