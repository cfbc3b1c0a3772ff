"""Faults, tried for real: what was promised, how often tried, what was lost, how long until well.

    python -m tools.faults [--database sqlite|postgresql] [--rounds 10] [--only NAME]

Starts the product with a home of its own and lets people act over HTTP (each act is an invitation,
with its entry in the ledger) and load files by `tinhso ingest`, while things break: processes are
killed, the disk fills up, the database goes, stalls or cuts connections, the mail server hangs up,
the clock jumps. Afterwards everything that was acknowledged must be there, whole, every letter owed
must have come (how many came twice is said), and the ledger must verify. Prints a table.

PostgreSQL is a throw-away cluster of the system's own programs, reached through a proxy that can
stall and cut; a full disk is a small tmpfs (needs root); a jumping clock needs libfaketime. What
cannot be tried here is said, never passed over.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

from tools.fault_parts import Cluster, Letterbox, Proxy, children_of, free_port, runs

TINHSO = str(Path(sys.executable).parent / "tinhso")
WRITERS = 3
#: How long a fault may last before the trial gives up waiting for health.
PATIENCE = 180.0

SESSION = """
from datetime import date
from django.contrib.sessions.backends.db import SessionStore
from tinhso.kernel.people.models import Account, Appointment, Position
day = date(2020, 1, 1)
for number in range(PEOPLE):
    account = Account.objects.create(username=f"thu-loi-{number}", name=f"Thử lỗi {number}")
    position = Position.objects.create(
        unit_id="p75.2025", role="administrator", title=f"Thử {number}", since=day
    )
    Appointment.objects.create(position=position, account=account, since=day)
    session = SessionStore()
    session["_auth_user_id"] = str(account.pk)
    session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    session["_auth_user_hash"] = account.get_session_auth_hash()
    session["account_authentication_methods"] = [{"method": "mfa", "at": 1e10}]
    session["account_authentication_methods_user"] = str(account.pk)
    session.create()
    print("session", session.session_key)
"""

COUNTS = """
import json
from tinhso.kernel.ledger.models import Delivery, Entry
from tinhso.kernel.people.models import Invitation
from tinhso.modules.plan.workspace import workspace
names = dict(Invitation.objects.values_list("name", "id"))
told = set(Entry.objects.filter(act="people.account.invite").values_list("thing", flat=True))
lake = workspace().connection()
batches = {}
for file, batch, event, added in lake.execute(
    "SELECT file, batch, event, coalesce(rows_added, 0) FROM lake._batches"
).fetchall():
    batches.setdefault(file, []).append([batch, event, added])
rows = dict(lake.execute("SELECT transaction_code, 1 FROM lake.payments").fetchall())
print("counts", json.dumps({
    "names": {name: str(one) in told for name, one in names.items()},
    "told": len(told), "batches": batches, "rows": list(rows),
    "waiting": Delivery.objects.filter(topic="mail", state="waiting").count(),
}))
"""


@dataclass
class Site:
    """The product in a folder of its own, with what was acknowledged by it."""

    home: Path
    database: str
    port: int = field(default_factory=free_port)
    more: dict[str, str] = field(default_factory=dict)
    letters: Letterbox | None = None
    process: subprocess.Popen[bytes] | None = None
    sessions: list[str] = field(default_factory=list)
    last_answer: str = ""
    acknowledged: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    refused: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def env(self) -> dict[str, str]:
        own = {
            "TINHSO_HOME": str(self.home),
            "TINHSO_PORT": str(self.port),
            "TINHSO_SAMPLE_SCALE": "0",
            "TINHSO_DATABASE_URL": self.database,
            "PYTHONUNBUFFERED": "1",
        }
        if self.letters is not None:
            own["TINHSO_MAIL_URL"] = f"smtp://127.0.0.1:{self.letters.port}"
            own["TINHSO_MAIL_FROM"] = "tinhso@example.gov.vn"
        return dict(os.environ) | own | self.more

    def manage(self, code: str) -> str:
        """What a few lines inside the product print."""
        done = subprocess.run(
            [TINHSO, "manage", "shell", "-v", "0", "-c", code],
            env=self.env,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def start(self) -> None:
        log = (self.home.parent / "site.log").open("ab")
        self.process = subprocess.Popen([TINHSO, "run"], env=self.env, stdout=log, stderr=log)

    def prepare(self) -> None:
        subprocess.run(
            [TINHSO, "run", "--prepare-only"], env=self.env, check=True, stdout=subprocess.DEVNULL
        )
        # The last one asks whether the site is well: the others' acts use up no right of its own.
        told = self.manage(SESSION.replace("PEOPLE", str(WRITERS + 1)))
        self.sessions = [
            line.split()[1] for line in told.splitlines() if line.startswith("session")
        ]
        self.start()
        self.wait_well()

    def keep_up(self) -> None:
        """Start a server that ended again, as systemd does by the unit in deploy/: granian ends by
        itself when a serving process dies twice within seconds."""
        if self.process is not None and self.process.poll() is not None:
            time.sleep(2)  # RestartSec of the unit
            self.start()

    def kill(self) -> None:
        """All of it at once, as when the power goes."""
        assert self.process is not None
        for pid in [self.process.pid, *children_of(self.process.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def act(self, who: int = 0, timeout: float = 30.0) -> str:
        """One act over HTTP; its name when it was acknowledged, "" otherwise."""
        number = next(self.numbers)
        name = f"Người {number}"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        token = "t" * 32
        fields = {
            "csrfmiddlewaretoken": token,
            "name": name,
            "email": f"nguoi-{number}@example.gov.vn",
            "unit": "p75.2025",
            "role": "officer",
            "title": "Chuyên viên",
            "since": "2026-01-01",
        }
        headers = {
            "Cookie": f"sessionid={self.sessions[who]}; csrftoken={token}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            connection.request("POST", "/quan-tri/moi/", urlencode(fields), headers)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, HTTPException) as error:
            self.refused += 1
            self.last_answer = repr(error)
            return ""
        finally:
            connection.close()
        if answer.status == 200 and b"/loi-moi/" in body:
            self.acknowledged.append(name)
            return name
        self.refused += 1
        self.last_answer = f"{answer.status}: {body[:300]!r}"
        if answer.status == 429:
            time.sleep(min(2.0, float(answer.headers["Retry-After"] or 1)))
        return ""

    def load(self) -> str:
        """One file into the lake; its name when it was acknowledged, "" otherwise."""
        number = next(self.numbers)
        path = self.home.parent / f"thanh-toan-{number}.csv"
        lines = [f"F{number}-{n},25398,1.1,2025-01-02,1000,cash" for n in range(50)]
        head = "transaction_code,unit_code,procedure_code,paid_at,amount,channel"
        path.write_text("\n".join([head, *lines, ""]), encoding="utf-8")
        done = subprocess.run(
            [TINHSO, "ingest", "payments", str(path), "--no-measure", "--simulated", "thử lỗi"],
            env=self.env,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            return ""
        self.loaded.append(path.name)
        return path.name

    def people(self, who: int) -> None:
        while not self.stop.is_set():
            time.sleep(0.1 if self.act(who) else 0.3)

    def loaders(self) -> None:
        while not self.stop.is_set():
            self.load()
            time.sleep(2)

    def wait_well(self) -> float:
        """Seconds until an act is acknowledged again."""
        began = time.monotonic()
        while not self.act(WRITERS, timeout=30.0):
            self.keep_up()
            if time.monotonic() - began > PATIENCE:
                raise NotWell(self.last_answer)
            time.sleep(0.1)
        return time.monotonic() - began


@dataclass
class Trial:
    """What a kind of fault did, over all rounds."""

    fault: str
    promise: str
    rounds: int = 0
    acts: int = 0
    files: int = 0
    letters: int = 0
    twice: int = 0
    lost: list[str] = field(default_factory=list)
    well: list[float] = field(default_factory=list)
    note: str = ""

    def line(self) -> str:
        worst = f"{max(self.well):.1f} s" if self.well else "–"
        lost = "nothing" if not self.lost else "; ".join(self.lost[:3])
        tried = f"{self.rounds} times, amid {self.acts:,} acts, {self.files:,} files and {self.letters:,} letters"
        tried += f" ({self.twice} of them came twice)" if self.twice else ""
        return f"| {self.fault} | {self.promise} | {self.note or tried} | {'–' if self.note else lost} | {worst} |"


Fault = Callable[[Site, ExitStack], None]
FAULTS: dict[str, tuple[str, Fault]] = {}


def fault(name: str, promise: str) -> Callable[[Fault], Fault]:
    def keep(one: Fault) -> Fault:
        FAULTS[name] = (promise, one)
        return one

    return keep


class CannotTry(Exception):  # noqa: N818 (it is an answer, not a mistake)
    """This machine lacks what the fault needs."""


class NotWell(Exception):  # noqa: N818
    """No act was acknowledged for longer than anybody's patience; tells the last answer."""


@fault("kill -9 of a serving process", "acts acknowledged are kept; the others go on serving")
def kill_serving(site: Site, _: ExitStack) -> None:
    _kill_one(site, "run")


@fault("kill -9 of the worker", "every letter owed comes, at least once; the site goes on serving")
def kill_worker(site: Site, _: ExitStack) -> None:
    _kill_one(site, "work")


def _kill_one(site: Site, what: str) -> None:
    assert site.process is not None
    while not (victims := [one for one in children_of(site.process.pid) if runs(one, what)]):
        site.keep_up()
        time.sleep(0.1)
    os.kill(random.choice(victims), signal.SIGKILL)  # noqa: S311


@fault("two workers at once, one of them killed", "every letter owed comes; none is sent by both")
def two_workers(site: Site, stack: ExitStack) -> None:
    second = subprocess.Popen(
        [TINHSO, "work"], env=site.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    stack.callback(second.wait)
    stack.callback(second.kill)
    time.sleep(random.uniform(3.0, 6.0))  # noqa: S311


@fault("the mail server hangs up in mid-letter, or after it", "every letter comes, late or twice")
def drop_mail(site: Site, stack: ExitStack) -> None:
    assert site.letters is not None
    site.letters.drops = 0.5
    stack.callback(setattr, site.letters, "drops", 0.0)
    time.sleep(3)


@fault("kill -9 of everything (power cut)", "acts and files acknowledged are kept, nothing half")
def kill_all(site: Site, _: ExitStack) -> None:
    site.kill()
    site.start()


@fault("kill -9 of a load", "a batch is in the lake whole or not at all")
def kill_load(site: Site, _: ExitStack) -> None:
    number = next(site.numbers)
    path = site.home.parent / f"bi-giet-{number}.csv"
    lines = [f"K{number}-{n},25398,1.1,2025-01-02,1000,cash" for n in range(20000)]
    head = "transaction_code,unit_code,procedure_code,paid_at,amount,channel"
    path.write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    process = subprocess.Popen(
        [TINHSO, "ingest", "payments", str(path), "--no-measure"],
        env=site.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(random.uniform(0.3, 3.0))  # noqa: S311
    process.kill()
    process.wait()


@fault("disk full", "a refusal, not a half act; well again once there is room")
def fill_disk(site: Site, _: ExitStack) -> None:
    if not (site.home.parent / "small").exists():
        raise CannotTry("needs root for a small file system")
    ballast = site.home / "ballast"
    with ballast.open("wb") as file, suppress(OSError):
        while True:
            file.write(b"\0" * 65536)
            file.flush()
    time.sleep(3)
    ballast.unlink()


def _cluster(site: Site) -> Cluster:
    found = getattr(site, "cluster", None)
    if found is None:
        raise CannotTry("PostgreSQL only")
    return found  # type: ignore[no-any-return]


@fault("database restarted", "acts acknowledged are kept; well as soon as it is back")
def restart_database(site: Site, _: ExitStack) -> None:
    _cluster(site).stop("immediate")
    _cluster(site).start()


@fault("database gone for a minute", "people are told; well as soon as it is back")
def lose_database(site: Site, _: ExitStack) -> None:
    cluster = _cluster(site)
    cluster.stop("fast")
    time.sleep(60)
    cluster.start()


@fault("database slow (100 ms each way)", "acts take longer, none is lost")
def slow_database(site: Site, stack: ExitStack) -> None:
    proxy: Proxy = _cluster(site).proxy
    proxy.delay = 0.1
    stack.callback(setattr, proxy, "delay", 0.0)
    time.sleep(5)


@fault("connections to the database cut", "an act is there whole or not at all")
def cut_database(site: Site, _: ExitStack) -> None:
    proxy: Proxy = _cluster(site).proxy
    for _again in range(5):
        time.sleep(random.uniform(0.1, 0.6))  # noqa: S311
        proxy.cut()


@fault(
    "clock jumps six hours ahead and back", "nothing is lost or repeated; order stays that of acts"
)
def jump_clock(site: Site, _: ExitStack) -> None:
    library = shutil.which("faketime") and next(Path("/usr/lib").rglob("libfaketime.so.1"), None)
    if not library:
        raise CannotTry("needs libfaketime")
    site.kill()
    site.more = {"LD_PRELOAD": str(library), "FAKETIME": "+6h", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    site.start()
    site.wait_well()
    time.sleep(2)
    site.kill()
    site.more = {}
    site.start()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--only", default="")
    chosen = parser.parse_args()
    print(f"### {chosen.database}\n")
    print(
        "| fault | what is promised | tried | lost | longest until well |\n| --- | --- | --- | --- | --- |"
    )
    failed = False
    for name, (promise, one) in FAULTS.items():
        if chosen.only in name:
            trial = try_fault(name, promise, one, chosen.database, chosen.rounds)
            failed = failed or bool(trial.lost)
            print(trial.line(), flush=True)
    sys.exit(1 if failed else 0)


def try_fault(name: str, promise: str, one: Fault, database: str, rounds: int) -> Trial:
    trial = Trial(name, promise)
    rounds = min(rounds, 2) if "minute" in name else rounds
    with ExitStack() as stack:
        site = stack.enter_context(_site(database, small="disk" in name))
        threads = [threading.Thread(target=site.people, args=(n,)) for n in range(WRITERS)]
        threads.append(threading.Thread(target=site.loaders))
        try:
            for thread in threads:
                thread.start()
            for _ in range(rounds):
                time.sleep(random.uniform(0.5, 3.0))  # noqa: S311
                with ExitStack() as mending:
                    one(site, mending)
                    trial.well.append(site.wait_well())
                trial.rounds += 1
        except CannotTry as reason:
            trial.note = f"not tried: {reason}"
        except NotWell as last:
            trial.lost.append(f"not well after {PATIENCE:.0f} s: {last}")
            kept = Path(tempfile.mkdtemp(prefix="tinhso-faults-")) / "site.log"
            shutil.copy(site.home.parent / "site.log", kept)
            print(f"the site's log is kept: {kept}", file=sys.stderr)
        finally:
            site.stop.set()
            for thread in threads:
                thread.join(60)
        if not trial.note and not trial.lost:
            trial.lost = check(site)
            assert site.letters is not None
            trial.letters = len(site.letters.came)
            trial.twice = sum(1 for times in site.letters.came.values() if times > 1)
        trial.acts, trial.files = len(site.acknowledged), len(site.loaded)
    return trial


def check(site: Site) -> list[str]:
    """What is missing, half, or unprovable."""
    import json  # noqa: PLC0415

    began = time.monotonic()
    while True:
        found = json.loads(site.manage(COUNTS).rpartition("counts ")[2])
        if not found["waiting"] or time.monotonic() - began > PATIENCE:
            break
        time.sleep(1)
    names: dict[str, bool] = found["names"]
    wrong = [f"{name} is gone" for name in site.acknowledged if name not in names]
    wrong += [f"{name} has no entry" for name, told in names.items() if not told]
    if found["told"] != len(names):
        wrong.append(f"{found['told']} entries for {len(names)} acts")
    if found["waiting"]:
        wrong.append(f"{found['waiting']} letters still wait after {PATIENCE:.0f} s")
    assert site.letters is not None
    invited = (f"nguoi-{name.rpartition(' ')[2]}@example.gov.vn" for name in names)
    wrong += [f"the letter to {one} never came" for one in invited if not site.letters.came[one]]
    wrong += [f"{file} is gone" for file in site.loaded if file not in found["batches"]]
    rows: set[str] = set(found["rows"])
    for file in site.loaded:
        mark = file.removeprefix("thanh-toan-").removesuffix(".csv")
        if not any(one.startswith(f"F{mark}-") for one in rows):
            wrong.append(f"{file} brought no rows")
    for number in {one.partition("-")[0] for one in rows}:
        own = sum(1 for one in rows if one.startswith(f"{number}-"))
        if own not in (50, 20000):
            wrong.append(f"a batch in part: {number} has {own} rows")
    verify = subprocess.run(
        [TINHSO, "ledger", "verify"], env=site.env, capture_output=True, text=True, check=False
    )
    if verify.returncode:
        wrong.append(f"ledger: {(verify.stdout + verify.stderr).strip()[-200:]}")
    return wrong


@contextmanager
def _site(database: str, *, small: bool) -> Iterator[Site]:
    with tempfile.TemporaryDirectory() as top, ExitStack() as stack:
        folder = Path(top)
        home = folder / "home"
        home.mkdir()
        if small and os.geteuid() == 0:
            subprocess.run(
                ["mount", "-t", "tmpfs", "-o", "size=60m", "tmpfs", str(home)], check=True
            )
            stack.callback(subprocess.run, ["umount", "-l", str(home)], check=False)
            (folder / "small").touch()
        url, cluster = "", None
        if database == "postgresql":
            cluster = stack.enter_context(Cluster.running(folder / "pg"))
            url = cluster.url
        site = Site(home, url, letters=stack.enter_context(Letterbox.open()))
        if cluster is not None:
            site.cluster = cluster  # type: ignore[attr-defined]
        try:
            site.prepare()
            yield site
        finally:
            site.stop.set()
            if site.process is not None:
                site.kill()


if __name__ == "__main__":
    main()
