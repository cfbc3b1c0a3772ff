"""Processes that append and processes that sequence, killed at any moment, lose and break nothing.

Real processes on a database and a home of their own; whether the log is whole is asked with the
operator's own command.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.nursery import nursery
from tests.prepared import TABLES, a_database

KILLS = 14
SOURCE = Path(__file__).parents[3] / "src"

BEGIN = """
import sys, django
django.setup()
from django.db import transaction
from tinhso.kernel.ledger.actor import OPERATOR
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.ledger.sequencing import sequence
"""
APPEND = """
while True:
    with transaction.atomic():
        made = record(OPERATOR, "test.thing.change", Thing("test.thing", "x"), after={"n": 1})
    print(made.uid, flush=True)
"""
SEQUENCE = """
import time
print("ready", flush=True)
while True:
    made = sequence(20)
    if made is None:
        time.sleep(0.01)
    else:
        print(made.size, made.root, flush=True)
"""
KNOWN = "print(*Entry.objects.values_list('uid', flat=True))"


@dataclass
class Installation:
    """A home with a database; processes start in it."""

    home: Path
    database: str
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")}
        return {
            **kept,
            "PYTHONPATH": str(SOURCE),
            "DJANGO_SETTINGS_MODULE": "tinhso.web.settings",
            "TINHSO_HOME": str(self.home),
            "TINHSO_DATABASE_URL": self.database,
            **self.more,
        }

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *command],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def tinhso(self, *command: str) -> subprocess.CompletedProcess[str]:
        return self.run("-c", "from tinhso.web.cli import main; main()", "--lang", "en", *command)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with a_database(TABLES, tmp_path / "home") as address:
        yield Installation(tmp_path / "home", address)


def test_killed_at_any_moment(installation: Installation, tmp_path: Path) -> None:
    luck = random.Random(382)  # noqa: S311
    programs = [APPEND, APPEND, SEQUENCE, SEQUENCE]
    outs = [tmp_path / f"{number}.out" for number in range(len(programs))]
    with nursery(BEGIN, installation.environment, tmp_path) as children:
        running = [children.start(one, out) for one, out in zip(programs, outs, strict=True)]
        wait_for_lines(outs)
        for _ in range(KILLS):
            time.sleep(luck.uniform(0.05, 0.6))
            number = luck.randrange(len(programs))
            assert running[number].poll() is None, outs[number].with_suffix(".err").read_text()
            running[number].kill()
            assert running[number].wait() == -signal.SIGKILL
            running[number] = children.start(programs[number], outs[number])
        wait_for_lines(outs)
        for process in running:
            process.kill()
            process.wait()
    ran = installation.tinhso("ledger", "sequence")
    assert ran.returncode == 0, ran.stderr
    whole = installation.tinhso("ledger", "verify")
    assert whole.returncode == 0, whole.stdout + whole.stderr
    assert ", 0 waiting" in whole.stdout
    acknowledged = {line for out in outs[:2] for line in complete_lines(out)}
    known = installation.run("-c", BEGIN + KNOWN).stdout.split()
    assert acknowledged <= set(known)
    assert acknowledged
    # What a sequencer said it had signed stands in the witness, which still holds.
    signed = {line for out in outs[2:] for line in complete_lines(out)} - {"ready"}
    heads = (installation.home / "ledger" / "heads.jsonl").read_text(encoding="utf-8")
    assert signed
    assert all(line.split()[1] in heads for line in signed)


@pytest.mark.skipif(
    not os.environ.get("TINHSO_TEST_DATABASE_URL"), reason="one SQLite file is on one machine"
)
def test_sequencers_on_two_machines_do_not_meet(installation: Installation, tmp_path: Path) -> None:
    """Two homes, so two witness files and no lock in common but the database's."""
    keys = {"TINHSO_LEDGER_SIGNING_KEY": "s" * 40, "TINHSO_LEDGER_SEAL_KEY": "k" * 40}
    homes = [installation.home, tmp_path / "other"]
    there = [Installation(home, installation.database, keys) for home in homes]
    for one in there:
        (one.home / "secrets").mkdir(parents=True, exist_ok=True)
    outs = [tmp_path / f"{number}.out" for number in range(4)]
    with (
        nursery(BEGIN, there[0].environment, tmp_path) as here,
        nursery(BEGIN, there[1].environment, tmp_path) as yonder,
    ):
        running = [
            (here, yonder)[number % 2].start(program, outs[number])
            for number, program in enumerate([APPEND, APPEND, SEQUENCE, SEQUENCE])
        ]
        wait_for_lines(outs, 15)
        for process, out in zip(running, outs, strict=True):
            assert process.poll() is None, out.with_suffix(".err").read_text()
            process.kill()
            process.wait()
    sizes = [int(line.split()[0]) for out in outs[2:] for line in complete_lines(out)[1:]]
    assert len(sizes) == len(set(sizes))
    kept = (homes[1] / "ledger" / "heads.jsonl").as_posix()
    said = there[0].tinhso("ledger", "verify", "--against", kept).stdout
    # The first home's witness lacks what the other signed; nothing else may be wrong.
    wrong = [line for line in said.splitlines() if line.strip() and "witness" not in line.lower()]
    assert all("whole" in one.lower() or one.startswith("Verified") for one in wrong), said


def complete_lines(out: Path) -> list[str]:
    return out.read_text(encoding="utf-8").split("\n")[:-1]


def wait_for_lines(outs: list[Path], count: int = 1) -> None:
    """Until each has said `count` things more."""
    had = [len(complete_lines(out)) if out.exists() else 0 for out in outs]
    end = time.monotonic() + 120
    for out, before in zip(outs, had, strict=True):
        while not out.exists() or len(complete_lines(out)) < before + count:
            assert time.monotonic() < end, out.with_suffix(".err").read_text()
            time.sleep(0.05)
