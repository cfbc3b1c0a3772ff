"""Each event of the lake's log has exactly one entry in the ledger, whenever a kill comes."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.prepared import copy_home
from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.units.register import register
from tinhso.measure.ingest import Event, Mode, batches, ingest, withdraw
from tinhso.measure.lake import LakeSettings
from tinhso.modules.plan.batches import enter_batches
from tinhso.modules.plan.models import LogRead
from tinhso.modules.plan.workspace import Workspace, workspace

SOURCE = Path(__file__).parents[3] / "src"

#: The operator's command, killed at a moment that `{where}` names.
KILLED = """
import os, signal
from tinhso.web import cli
cli.set_up()
from tinhso.modules.plan import batches
def kill(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
batches.{where} = kill
cli.main()
"""
ENTRIES = "SELECT act, thing, actor FROM ledger_entry WHERE kind = 'plan.batch' ORDER BY id"


@pytest.mark.usefixtures("site")
def test_every_event_is_entered_once_with_what_it_did() -> None:
    with closing(workspace().connection()) as connection:
        events = batches(connection)
    assert enter_batches(workspace(), SYSTEM) == len(events) > 0
    assert enter_batches(workspace(), SYSTEM) == 0
    entries = Entry.objects.filter(kind="plan.batch").order_by("id")
    assert [(one.act, one.thing) for one in entries] == [
        (f"plan.batch.{event.event}", str(event.batch)) for event in events
    ]
    told = {name: after for name, _, after in entries[0].details["difference"]}
    assert (told["added"], told["file"]) == (events[0].rows_added, events[0].file)


@pytest.mark.django_db
def test_only_what_is_new_in_the_log_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Workspace(
        settings.TINHSO_PACKS, LakeSettings(tmp_path / "lake"), tmp_path / "cubes", register()
    )
    file, read = tmp_path / "works.csv", []

    def bring(number: int) -> None:
        head = "transaction_code,unit_code,procedure_code,paid_at,amount,channel"
        file.write_text(f"{head}\nK{number},70,1.1,2025-01-02,5,cash\n")
        ingest(place.lake, "payments", file, boundaries=place.units.boundaries, mode=Mode.ACCEPT_GOOD, today=date(2025, 2, 1), person_key=b"x" * 32)  # fmt: skip

    def reading(*args: Any, **more: Any) -> list[Event]:
        read.append(batches(*args, **more))
        return read[-1]

    monkeypatch.setattr("tinhso.modules.plan.batches.batches", reading)
    entered = []
    for number in (1, 2, 3):
        bring(number)
        entered += [enter_batches(place, SYSTEM), enter_batches(place, SYSTEM)]
    withdraw(place.lake, 1, reason="sai")
    entered.append(enter_batches(place, SYSTEM))
    assert entered == [1, 0, 1, 0, 1, 0, 1]
    assert [[(e.batch, str(e.event)) for e in events] for events in read] == [
        [(1, "accepted")],
        [(2, "accepted")],
        [(3, "accepted")],
        [(1, "withdrawn")],
    ]
    # Killed before the place was noted, or with an older copy of the site's database: read again.
    LogRead.objects.all().delete()
    assert enter_batches(place, SYSTEM) == 0
    LogRead.objects.update(snapshot=10**6)  # of a lake that was put back since
    bring(4)
    assert enter_batches(place, SYSTEM) == 1
    assert Entry.objects.filter(kind="plan.batch").count() == 5


@pytest.mark.parametrize("where", ["enter_batches", "record"])
def test_killed_between_the_lake_and_the_ledger(tmp_path: Path, where: str) -> None:
    """Before anything was entered, and in the middle of entering."""
    copy_home(tmp_path)
    (tmp_path / "works.csv").write_text(
        "transaction_code,unit_code,procedure_code,paid_at,amount,channel\n"
        "K1,70,1.1,2025-01-02,5,cash\n"
    )

    def run(program: str, *command: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")}
        more = {"TINHSO_HOME": str(tmp_path), "TINHSO_SAMPLE_SCALE": "0"}
        return subprocess.run(
            [sys.executable, "-c", program, *command],
            env=kept
            | more
            | {"PYTHONPATH": str(SOURCE), "DJANGO_SETTINGS_MODULE": "tinhso.web.settings"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    def entries() -> list[str]:
        with closing(sqlite3.connect(tmp_path / "site.sqlite3")) as site:
            return [" ".join(row) for row in site.execute(ENTRIES)]

    again = "from tinhso.web.cli import main; main()"
    ingest = ("ingest", "payments", "works.csv", "--no-measure")
    died = run(KILLED.format(where=where), *ingest)
    assert died.returncode == -signal.SIGKILL, died.stdout + died.stderr
    assert entries() == []
    for _ in range(2):
        started = run(again, "run", "--prepare-only")
        assert started.returncode == 0, started.stderr
        assert entries() == ["plan.batch.accepted 1 system"]
    assert run(again, "withdraw", "1", "--reason", "sai tệp").returncode == 0
    assert entries()[1:] == ["plan.batch.withdrawn 1 operator"]
