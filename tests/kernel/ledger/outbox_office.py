# ruff: noqa: E402, S311
"""Real workers on a prepared site of its own, for tests that kill them: `python outbox_office.py SCENARIO FOLDER …`.

Prints what became of it as JSON. The receiver is a file that every call adds a line to; a line is
written whole or not at all.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.site_settings"

import django

from tinhso.web.telling import without_pandas

without_pandas()
django.setup()

from django.db import connection, transaction

from tinhso.kernel.ledger import delivering, duties
from tinhso.kernel.ledger.delivering import Parcel, delivers
from tinhso.kernel.ledger.leases import Pace
from tinhso.kernel.ledger.models import Delivery, DeliveryState
from tinhso.kernel.ledger.outbox import owe, owe_records
from tinhso.kernel.ledger.worker import Worker

HURRIED = Pace(lease=1.5, first_pause=0.05, longest_pause=2, idle=0.02, gather=0.02)
LONGEST = 240


class Office:
    def __init__(self, folder: Path, pace: Pace = HURRIED, work: float = 0.0) -> None:
        self.folder, self.pace, self.work = folder, pace, work
        self.workers: set[int] = set()
        duties.DUTIES.clear()
        delivers("count")(self._receive)

    def _receive(self, parcel: Parcel) -> None:
        """The side effect, with time before and after it in which a kill may fall."""
        time.sleep(random.uniform(0, self.work))
        line = json.dumps([parcel.key, str(parcel.uid)]) + "\n"
        with (self.folder / "received").open("ab", buffering=0) as file:
            file.write(line.encode())
        time.sleep(random.uniform(0, self.work))

    def owe(self, keys: int, each: int) -> None:
        with transaction.atomic():
            for number in range(each):
                for key in range(keys):
                    owe("count", f"k{key}", {"n": number})

    def start(self, run: Callable[[], None] | None = None) -> int:
        """A worker as a process of its own."""
        connection.close()
        child = os.fork()
        if child:
            self.workers.add(child)
            return child
        status = 1
        try:
            random.seed()
            worker = Worker(self.pace)
            worker.stop_on_signals()
            (run or worker.run)()
            status = 0
        finally:
            os._exit(status)

    def kill(self, child: int, how: int = signal.SIGKILL) -> int:
        os.kill(child, how)
        self.workers.discard(child)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def waiting(self) -> int:
        found = Delivery.objects.filter(state=DeliveryState.WAITING).count()
        connection.close()
        return found

    def until_done(self) -> None:
        until = time.monotonic() + LONGEST
        while self.waiting():
            assert time.monotonic() < until, "not done in time"
            time.sleep(0.1)

    def close(self) -> dict[str, object]:
        codes = [self.kill(child, signal.SIGTERM) for child in list(self.workers)]
        path = self.folder / "received"
        lines = path.read_text().splitlines() if path.exists() else []
        owed = Delivery.objects.filter(topic="count").order_by("pk").values_list("key", "uid")
        return {
            "received": [json.loads(line) for line in lines],
            "owed": list(owed),
            "codes": codes,
            "left": self.waiting(),
        }


def race(folder: Path, workers: str) -> dict[str, object]:
    """So many workers at once, and nothing fails."""
    office = Office(folder, Pace(idle=0.02, gather=0.02))
    office.owe(keys=40, each=10)
    for _ in range(int(workers)):
        office.start()
    office.until_done()
    return office.close()


def kills(folder: Path, times: str) -> dict[str, object]:
    """Two workers, one of them killed and replaced again and again."""
    office = Office(folder, work=0.01)
    office.owe(keys=12, each=60)
    alive = [office.start(), office.start()]
    killed = 0
    while killed < int(times):
        time.sleep(random.uniform(0.02, 0.25))
        office.kill(alive.pop(random.randrange(2)))
        killed += 1
        alive.append(office.start())
        if office.waiting() < 100:
            office.owe(keys=12, each=20)
    office.until_done()
    return office.close() | {"killed": killed}


def paused(folder: Path) -> dict[str, object]:
    """A worker stopped in the middle of a delivery for longer than its lease, then continued."""
    office = Office(folder)
    office.owe(keys=1, each=2)
    entered = folder / "entered"

    def slow() -> None:
        def stopped(parcel: Parcel) -> None:
            entered.touch()
            os.kill(os.getpid(), signal.SIGSTOP)
            office._receive(parcel)

        delivering.HANDLERS.clear()
        delivers("count")(stopped)
        taken = delivering.take(office.pace)
        delivering.deliver(taken, office.pace)

    first = office.start(slow)
    while not entered.exists():
        time.sleep(0.01)
    office.start()
    office.until_done()
    os.kill(first, signal.SIGCONT)
    office.workers.discard(first)
    status = os.waitstatus_to_exitcode(os.waitpid(first, 0)[1])
    attempts = list(Delivery.objects.order_by("pk").values_list("state", "attempts"))
    return office.close() | {"first": status, "rows": attempts}


def stops(folder: Path) -> dict[str, object]:
    """SIGTERM while a delivery is in hand; and a worker whose parent goes away."""
    office = Office(folder, work=0.4)
    office.owe(keys=1, each=50)
    child = office.start()
    while not (folder / "received").exists():
        time.sleep(0.01)
    code = office.kill(child, signal.SIGTERM)
    half = office.waiting()
    in_hand = Delivery.objects.filter(lease__isnull=False).count()
    # A parent that starts a worker and dies.
    connection.close()
    parent = os.fork()
    if not parent:
        worker = Worker(office.pace, parent=os.getpid())
        if os.fork():
            time.sleep(0.3)
            os._exit(0)
        worker.run()
        (folder / "orphan-ended").touch()
        os._exit(0)
    os.waitpid(parent, 0)
    until = time.monotonic() + 30
    while not (folder / "orphan-ended").exists() and time.monotonic() < until:
        time.sleep(0.05)
    return office.close() | {
        "code": code,
        "half": half,
        "in_hand": in_hand,
        "orphan_ended": (folder / "orphan-ended").exists(),
    }


ROW = {
    "unit_code": "25195",
    "opened_at": "2025-03-03T08:00:00",
    "closed_at": "2025-03-04T08:00:00",
    "handled_online": True,
}


def lake(folder: Path) -> dict[str, object]:
    """Workers killed between the lake's commit and the mark, again and again."""
    from tinhso.modules.plan.workspace import workspace  # noqa: PLC0415

    office = Office(
        folder, Pace(lease=1.5, first_pause=0.05, longest_pause=1, idle=0.02, gather=0.02)
    )
    with transaction.atomic():
        for number in range(30):
            owe_records("work_items", f"w{number}", [ROW | {"work_code": f"w{number}"}])
        owe_records("work_items", "w0", [ROW | {"work_code": "w0", "handled_online": False}])
        owe_records("work_items", "bad", [ROW | {"work_code": "bad", "unit_code": "nowhere"}])

    def dying() -> None:
        delivering._mark_done = lambda taken: os.kill(os.getpid(), signal.SIGKILL)
        Worker(office.pace).run()

    died = 0
    for _ in range(3):
        died += os.waitpid(office.start(dying), 0)[1] == signal.SIGKILL
        office.workers.clear()
        time.sleep(1.6)
    office.start()
    until = time.monotonic() + LONGEST
    stuck = Delivery.objects.filter(next_try_at__isnull=True)
    while office.waiting() > 1 or not stuck.exists():
        assert time.monotonic() < until, "not done in time"
        connection.close()
        time.sleep(0.2)
    found = office.close()
    reader = workspace().lake.reader()
    rows = reader.execute("SELECT work_code, handled_online FROM lake.work_items").fetchall()
    notes = reader.execute("SELECT note FROM lake._batches WHERE event = 'accepted'").fetchall()
    bad = Delivery.objects.get(next_try_at=None)
    return found | {
        "died": died,
        "records": rows,
        "named": [uid for (note,) in notes for uid in note.split()[1:]],
        "stuck": [bad.key, bad.last_error_en],
    }


if __name__ == "__main__":
    scenario = {one.__name__: one for one in (race, kills, paused, stops, lake)}[sys.argv[1]]
    print(json.dumps(scenario(Path(sys.argv[2]), *sys.argv[3:]), default=str))
