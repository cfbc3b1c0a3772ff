"""A batch is seen whole or not at all, whenever its writer is killed and whoever reads meanwhile."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ingest_office import Office

from tinhso.measure.ingest import Status, batches

KILLS = 20
ROWS = 40
HERE = Path(__file__).parent

WRITER = """
import sys
from pathlib import Path
from ingest_office import Office
from tinhso.measure.ingest import Status, withdraw
office = Office(Path(sys.argv[1]))
print("ready", flush=True)
number = int(sys.argv[2])
while True:
    number += 1
    receipt = office.send(office.folder / f"{number % 3}.csv", "payments")
    if receipt.status is not Status.ACCEPTED:
        withdraw(office.lake, receipt.batch, reason="kill")
"""


def write_files(folder: Path) -> None:
    """Three files of the same keys: each corrects all of the other's records."""
    for number in range(3):
        lines = [f"K{n},25001,1.1,2025-01-02,{number},cash" for n in range(ROWS)]
        head = "transaction_code,unit_code,procedure_code,paid_at,amount,channel"
        (folder / f"{number}.csv").write_text("\n".join([head, *lines, ""]))


def start(office: Office, number: int = 0) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(office.folder), str(number)],
        cwd=HERE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(["../../../src", str(HERE)])},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


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


def test_killed_at_any_moment(office: Office) -> None:
    write_files(office.folder)
    luck = random.Random(382)  # noqa: S311
    for kill in range(KILLS):
        process = start(office, kill)
        time.sleep(luck.uniform(0.0, 1.2))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
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


def test_readers_see_whole_batches_while_one_writes(office: Office) -> None:
    write_files(office.folder)
    process = start(office)
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
        assert process.stdout is not None
        process.stdout.close()
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
