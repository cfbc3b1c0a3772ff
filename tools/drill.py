"""The drill: work, back up under load, destroy everything, restore, compare everything.

    python tools/drill.py [--seconds 20] [--scale 0.01] [--server postgres://user@host:5432/postgres]

On SQLite, or with --server on two databases that it makes there and drops again. Two processes
write acts (a ledger entry, a delivery and an uploaded file in one transaction), two load files of
records; each notes what was acknowledged to it. The back-up is made while they work; then they are
killed and all data are deleted. Prints a row for docs/reliability.md; exits with 1 on any loss.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.conninfo import make_conninfo

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "src"))

from tinhso.measure.lake import Lake  # noqa: E402
from tinhso.web.backup.archive import Manifest, reading  # noqa: E402
from tinhso.web.backup.keys import read_private  # noqa: E402
from tinhso.web.backup.place import Place, libpq_of  # noqa: E402

ACTS, RECORDS = "acts", "records"
PAUSE = 0.05


# -- those who write -------------------------------------------------------------------------------


def write(kind: str, log: Path, name: str) -> None:
    """Work until killed; a line in `log` is on the disk only after the work was acknowledged."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.web.settings")
    import django  # noqa: PLC0415 (the environment must be read first)

    django.setup()
    work = _act if kind == ACTS else _records
    with log.open("a", encoding="utf-8") as out:
        for number in range(1_000_000):
            done = work(name, number)
            out.write(json.dumps([time.time(), done]) + "\n")
            out.flush()
            os.fsync(out.fileno())
            # People do not act without a pause; thousands of tiny files only make the drill long.
            time.sleep(PAUSE)


def _act(name: str, number: int) -> str:
    from django.db import transaction  # noqa: PLC0415

    from tinhso.kernel.ledger.actor import OPERATOR  # noqa: PLC0415
    from tinhso.kernel.ledger.entries import Thing, record  # noqa: PLC0415
    from tinhso.kernel.ledger.outbox import owe  # noqa: PLC0415

    content = f"{name} {number} {uuid4()}".encode()
    digest = hashlib.sha256(content).hexdigest()
    file = Path(os.environ["TINHSO_HOME"]) / "files" / digest[:2] / digest
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f".{file.name}")
    aside.write_bytes(content)
    aside.replace(file)
    with transaction.atomic():
        entry = record(OPERATOR, "drill.write", Thing("drill", digest), after={"number": number})
        owe("drill", name, {"entry": str(entry.uid)})
    return f"{entry.uid} {digest}"


def _records(name: str, number: int) -> str:
    from tinhso.measure.ingest import Status  # noqa: PLC0415
    from tinhso.modules.plan.workspace import workspace  # noqa: PLC0415
    from tinhso.web.prepare import load_file  # noqa: PLC0415

    codes = [f"DRILL-{name}-{number:06}-{row:02}" for row in range(20)]
    path = Path(os.environ["TINHSO_HOME"]) / f"drill-{name}.csv"
    lines = [f"{code},25398,2025-03-03,2025-03-05,true,Doanh nghiệp mẫu" for code in codes]
    head = "inspection_code,unit_code,started_on,ended_on,digital,subject"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    receipt = load_file(workspace(), "inspections", path, simulated="drill")
    assert receipt.status is Status.ACCEPTED, receipt.to("en")
    return " ".join(codes)


# -- the drill -------------------------------------------------------------------------------------


@dataclass
class Site:
    """A throw-away site with its environment."""

    folder: Path
    url: str = ""
    catalog: str = ""

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")}
        ours.pop("DJANGO_SETTINGS_MODULE", None)
        return ours | {
            "PYTHONPATH": str(PROJECT / "src"),
            "TINHSO_HOME": str(self.home),
            "TINHSO_DATABASE_URL": self.url,
            "TINHSO_LAKE_CATALOG": self.catalog,
            "TINHSO_LANG": "en",
        }

    @property
    def place(self) -> Place:
        from tinhso.measure.lake import LakeSettings  # noqa: PLC0415

        lake = LakeSettings(self.home / "lake", self.catalog)
        return Place(self.home, libpq_of(self.url), lake)

    def tinhso(self, *arguments: str, **more: str) -> float:
        """Run a command of the product; the seconds that it took."""
        began = time.monotonic()
        code = "from tinhso.web.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            env=self.environment | more,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"tinhso {' '.join(arguments)}\n{done.stdout}\n{done.stderr}")
        return time.monotonic() - began


@contextmanager
def a_site(server: str) -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="tinhso-drill-") as folder:
        site = Site(Path(folder))
        if not server:
            yield site
            return
        mark = uuid4().hex[:8]
        names = [f"drill_site_{mark}", f"drill_lake_{mark}"]
        conninfo = libpq_of(server)
        site.url = server.rpartition("/")[0] + f"/{names[0]}"
        site.catalog = make_conninfo(conninfo, dbname=names[1])
        try:
            _databases(conninfo, names, "CREATE DATABASE {}")
            yield site
        finally:
            _databases(conninfo, names, "DROP DATABASE IF EXISTS {} WITH (FORCE)")


def _databases(conninfo: str, names: list[str], statement: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for name in names:
            connection.execute(statement.format(name).encode())


def destroy(site: Site, server: str) -> None:
    shutil.rmtree(site.home)
    if server:
        names = [
            site.url.rpartition("/")[2],
            site.place.lake.catalog.partition("dbname=")[2].split()[0],
        ]
        _databases(libpq_of(server), names, "DROP DATABASE {} WITH (FORCE)")
        _databases(libpq_of(server), names, "CREATE DATABASE {}")


def nothing(home: Path) -> None:
    """All is made anew."""


def drill(
    server: str,
    seconds: float,
    scale: str,
    begin: Callable[[Path], None] = nothing,
    restored: Callable[[Path], None] = nothing,
) -> dict[str, Any]:
    """What was tried and found; `lost` and `different` are empty where all is well.

    `begin` and `restored` may put into the home, at first and after it was restored, what need not
    be made anew.
    """
    with a_site(server) as site:
        begin(site.home)
        site.tinhso("run", "--prepare-only", TINHSO_SAMPLE_SCALE=scale)
        passphrase = site.folder / "passphrase"
        passphrase.write_text("thu dien tap sao luu\n", encoding="utf-8")
        identity, archive, keys = (
            site.folder / name for name in ("identity", "backup.age", "keys")
        )
        site.tinhso("backup-key", str(identity), "--no-passphrase")
        public = identity.read_text(encoding="ascii").split("public key: ")[1].split()[0]

        with _writers(site) as logs:
            time.sleep(seconds / 2)
            began = time.time()
            backup_seconds = site.tinhso(
                *("backup", str(archive), "--recipient", public, "--keys", str(keys)),
                *("--passphrase-file", str(passphrase)),
            )
            time.sleep(seconds / 2)

        private = read_private(identity, "")
        manifest = reading(archive, [private])
        before = _contents(site.place, manifest)
        promised = _acknowledged(logs, before_time=began)
        made_in_all = len(_acknowledged(logs, before_time=time.time()))

        destroy(site, server)
        restore_seconds = site.tinhso(
            *("restore", str(archive), "--into", str(site.home), "--identity", str(identity)),
            *("--keys", str(keys), "--passphrase-file", str(passphrase)),
        )
        after = _contents(site.place, manifest)
        restored(site.home)
        ready_seconds = site.tinhso("run", "--prepare-only", TINHSO_SAMPLE_SCALE="0")
        lost, acts, records = _lost(site, promised)
        return {
            "database": "PostgreSQL" if server else "SQLite",
            "acknowledged before": len(promised),
            "acts": acts,
            "records": records,
            "acknowledged in all": made_in_all,
            "lost": lost,
            "different": _different(before, after),
            "together": manifest.together,
            "rows": sum(manifest.site_tables.values()) + sum(manifest.lake_tables.values()),
            "megabytes": manifest.size / 1e6,
            "backup": backup_seconds,
            "restore": restore_seconds,
            "ready": ready_seconds,
        }


@contextmanager
def _writers(site: Site) -> Iterator[list[Path]]:
    """Four writers at work, each with its log; killed at the end of the `with`."""
    logs: list[Path] = []
    writers: list[subprocess.Popen[bytes]] = []
    try:
        for kind in (ACTS, RECORDS):
            for number in range(2):
                log = site.folder / f"{kind}{number}.log"
                log.touch()
                logs.append(log)
                arguments = [sys.executable, __file__, "--write", kind, "--log", str(log)]
                writers.append(
                    subprocess.Popen(
                        [*arguments, "--name", f"{kind}{number}"], env=site.environment
                    )
                )
        while not all(log.stat().st_size for log in logs):
            if any(writer.poll() is not None for writer in writers):
                raise SystemExit("a writer could not start")
            time.sleep(0.1)
        yield logs
        if any(writer.poll() is not None for writer in writers):
            raise SystemExit("a writer failed before it was killed")
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()


def _acknowledged(logs: list[Path], *, before_time: float) -> list[tuple[str, str]]:
    """(kind, what) of each line that a writer had on the disk by then."""
    found = []
    for log in logs:
        kind = ACTS if log.name.startswith(ACTS) else RECORDS
        for line in log.read_text(encoding="utf-8").splitlines(keepends=True):
            if line.endswith("\n"):
                at, what = json.loads(line)
                if at < before_time:
                    found.append((kind, what))
    return found


def _lost(site: Site, promised: list[tuple[str, str]]) -> tuple[list[str], int, int]:
    """What was acknowledged and is not there; how many acts and records were looked for."""
    entries = {str(row[0]).replace("-", "") for row in _rows(site.place, "ledger_entry", "uid")}
    owed = {json.loads(row[0])["entry"] if isinstance(row[0], str) else row[0]["entry"]
            for row in _rows(site.place, "ledger_delivery", "payload")}  # fmt: skip
    connection = Lake(site.place.lake, []).reader()
    codes = {
        code
        for (code,) in connection.execute("SELECT inspection_code FROM lake.inspections").fetchall()
    }
    connection.close()
    lost, acts, records = [], 0, 0
    for kind, what in promised:
        if kind == ACTS:
            acts += 1
            uid, digest = what.split()
            file = site.home / "files" / digest[:2] / digest
            whole = file.exists() and hashlib.sha256(file.read_bytes()).hexdigest() == digest
            if uid.replace("-", "") not in entries or uid not in owed or not whole:
                lost.append(uid)
        else:
            records += len(what.split())
            lost += [code for code in what.split() if code not in codes]
    return lost, acts, records


def _rows(place: Place, table: str, columns: str) -> list[tuple[Any, ...]]:
    statement = f'SELECT {columns} FROM "{table}"'
    if place.site:
        with psycopg.connect(place.site) as connection:
            return connection.execute(statement.encode()).fetchall()
    with closing(sqlite3.connect(place.site_file)) as file:
        return file.execute(statement).fetchall()


@dataclass
class Contents:
    """Digests of all rows: the site's by table (each row's own), the lake's by table at a snapshot."""

    site: dict[str, set[bytes]]
    lake: dict[str, str]
    files: set[str]


def _contents(place: Place, manifest: Manifest) -> Contents:
    site = {
        table: {hashlib.sha256(repr(row).encode()).digest() for row in _rows(place, table, "*")}
        for table in manifest.site_tables
    }
    connection = Lake(place.lake, []).reader()
    lake = {}
    for table in manifest.lake_tables:
        hashed = hashlib.sha256()
        rows = connection.execute(
            f'SELECT * FROM lake."{table}" AT (VERSION => {manifest.snapshot})'
        ).fetchall()
        for row in sorted(repr(row) for row in rows):
            hashed.update(row.encode())
        lake[table] = hashed.hexdigest()
    connection.close()
    folder = place.home / "files"
    files = {
        f"{path.relative_to(folder)} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    return Contents(site, lake, files)


def _different(before: Contents, after: Contents) -> list[str]:
    """Tables that only ever grow must come back as a part of what was there at the end."""
    wrong = [table for table, rows in after.site.items() if not rows <= before.site[table]]
    grown = {"ledger_entry", "ledger_delivery"}
    wrong += [
        table
        for table, rows in before.site.items()
        if table not in grown and table != "sqlite_sequence" and rows != after.site[table]
    ]
    wrong += [f"lake.{table}" for table, rows in before.lake.items() if rows != after.lake[table]]
    if not after.files <= before.files:
        wrong.append("files")
    return sorted(set(wrong))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--scale", default="0.01")
    parser.add_argument("--server", default="")
    parser.add_argument("--write", choices=[ACTS, RECORDS])
    parser.add_argument("--log", type=Path)
    parser.add_argument("--name", default="")
    asked = parser.parse_args()
    if asked.write:
        write(asked.write, asked.log, asked.name)
        return
    found = drill(asked.server, asked.seconds, asked.scale)
    print(
        f"| {found['database']} | {found['acts']:,} | {found['records']:,} |"
        f" {len(found['lost'])} | {len(found['different'])} | {found['rows']:,} |"
        f" {found['megabytes']:.1f} | {found['backup']:.1f} | {found['restore']:.1f} |"
        f" {found['ready']:.1f} |"
    )
    if found["lost"] or found["different"]:
        raise SystemExit(f"LOST {found['lost'][:20]} DIFFERENT {found['different']}")


if __name__ == "__main__":
    main()
