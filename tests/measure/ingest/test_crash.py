"""A batch is seen whole or not at all, whenever its writer is killed and whoever reads meanwhile."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from ingest_office import Office

from tests.nursery import Child, Nursery, nursery
from tinhso.measure.ingest import Status, batches

KILLS = int(os.environ.get("TINHSO_KILLS", "20"))
ROWS = 40
HERE = Path(__file__).parent

BEGIN = """
import sys
sys.modules["pandas"] = None  # DuckDB would load it
from pathlib import Path
from ingest_office import Office
from tinhso.measure.compaction import compact
from tinhso.measure.ingest import Status, withdraw
"""
WRITER = """
office = Office(Path(sys.argv[1]))
print("ready", flush=True)
number = int(sys.argv[2])
while True:
    number += 1
    receipt = office.send(office.folder / f"{number % 3}.csv", "payments")
    if receipt.status is not Status.ACCEPTED:
        withdraw(office.lake, receipt.batch, reason="kill")
    if number % 2:
        compact(office.lake, files=2)
"""


def write_files(folder: Path) -> None:
    """Three files of the same keys: each corrects all of the other's records."""
    for number in range(3):
        lines = [f"K{n},25001,1.1,2025-01-02,{number},cash" for n in range(ROWS)]
        head = "transaction_code,unit_code,procedure_code,paid_at,amount,channel"
        (folder / f"{number}.csv").write_text("\n".join([head, *lines, ""]))


@pytest.fixture(scope="module")
def children(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    source = os.pathsep.join([str(HERE.parents[2] / "src"), str(HERE)])
    environment = {**os.environ, "PYTHONPATH": source}
    with nursery(BEGIN, environment, tmp_path_factory.mktemp("children")) as made:
        yield made


def start(children: Nursery, office: Office, number: int = 0) -> Child:
    out = office.folder / f"{number}.out"
    child = children.start(WRITER, out, str(office.folder), str(number))
    while not out.exists() or out.read_text() != "ready\n":
        assert child.poll() is None, out.with_suffix(".err").read_text()
        time.sleep(0.005)
    return child


def check_whole(office: Office) -> None:
    """The records are those of the newest standing batch, all of them, as the log says."""
    connection = office.lake.reader()
    try:
        connection.execute("BEGIN")  # one snapshot for both questions
        events = batches(connection)
        gone = {event.batch for event in events if event.event == "withdrawn"}
        standing = [e.batch for e in events if e.event == "accepted" and e.batch not in gone]
        found = connection.execute(
            "SELECT _batch, count(*), count(DISTINCT transaction_code), count(DISTINCT amount)"
            " FROM lake.payments GROUP BY _batch"
        ).fetchall()
    finally:
        connection.close()
    assert found == ([(max(standing), ROWS, ROWS, 1)] if standing else [])


def test_killed_at_any_moment(office: Office, children: Nursery) -> None:
    write_files(office.folder)
    luck = random.Random(382)  # noqa: S311
    for kill in range(KILLS):
        process = start(children, office, kill)
        time.sleep(luck.uniform(0.0, 1.2))
        process.kill()
        assert process.wait() == -signal.SIGKILL
        check_whole(office)
    # What was under way when the writer died can simply be done again.
    office.send(office.folder / "1.csv", "payments")
    again = office.send(office.folder / "1.csv", "payments")
    assert again.status is Status.UNCHANGED
    check_whole(office)
    assert list((office.folder / "lake" / "staging").glob("*")) == []


def test_what_a_dead_load_left_goes_even_when_its_file_has_nothing_new(office: Office) -> None:
    """Killed after its commit and before its clearing up: the file is in, its folder is left."""
    write_files(office.folder)
    office.send(office.folder / "1.csv", "payments")
    left = office.folder / "lake" / "staging" / "left-by-a-dead-load"
    left.mkdir(parents=True)
    (left / "rows-000000.parquet").touch()
    again = office.send(office.folder / "1.csv", "payments")
    assert again.status is Status.UNCHANGED
    assert not left.exists()


def test_readers_see_whole_batches_while_one_writes(office: Office, children: Nursery) -> None:
    write_files(office.folder)
    process = start(children, office)
    try:
        # As long as it takes the writer to commit some batches, however busy the machine.
        end = time.monotonic() + 120
        seen: set[int] = set()
        while len(seen) < 2 and time.monotonic() < end:
            check_whole(office)
            seen.add(office.snapshot())
    finally:
        process.kill()
        process.wait()
    assert len(seen) == 2


@pytest.mark.parametrize("step", ["stage", "judge", "explain"])
def test_a_failure_on_the_way_leaves_nothing(
    office: Office, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(office.folder)
    office.send(office.folder / "0.csv", "payments")
    before = office.snapshot()

    def fail(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(f"tinhso.measure.ingest.load.{step}", fail)
    with pytest.raises(OSError, match="no space"):
        office.send((office.folder / "1.csv").read_text() + "x,,,,,\n", "payments")
    assert office.snapshot() == before
