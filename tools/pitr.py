"""Back to a moment: PostgreSQL's own point-in-time recovery, as docs/operators.md has it, tried.

    python -m tools.pitr [--killed] [--seconds 60]

A throw-away cluster holds the site's database and the lake's catalog; people act over HTTP (each
act with its entry in the ledger) and load files, all the time. A base back-up is made meanwhile; a
moment is noted between acts; then come the acts that were a mistake. The cluster and the lake's
files are taken away and brought back by the very commands of the documentation: they are read from
it, with this trial's folders in place of an installed server's. The first try is for a moment too
late, the second for the right one. With --killed the cluster dies at once instead of being
stopped: what it had not archived is gone.

Everything acknowledged before the moment must be there, whole, and nothing that was begun after it;
the ledger must say "old copy" and nothing else, be whole once somebody has said why, and go on
saying what was lost to whoever kept the old heads. Prints a row for docs/reliability.md; exits with
1 on any loss. What was under way at the moment may be there or not.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import psycopg

from tools.fault_parts import Cluster, program
from tools.faults import COUNTS, TINHSO, Site

PROJECT = Path(__file__).resolve().parents[1]
GUIDE = PROJECT / "docs" / "operators.md"
PEOPLE = 2
#: How long WAL may take to reach the archive: twice the documented `archive_timeout`.
PATIENCE = 120.0

#: What the documentation says: the product, the archive, PostgreSQL's settings, data and programs, the
#: site's data, and the moment. The trial puts its own in their place.
INSTALLED = (
    "/opt/tinhso",
    "/srv/pg-archive",
    "/etc/postgresql/15/main",
    "/var/lib/postgresql/15/main",
    "/usr/lib/postgresql/15/bin",
    "/var/lib/tinhso",
    "2026-03-02 09:15:00+07",
)

#: Every row of the lake is read, so every Parquet file that the catalog names; and which snapshots
#: the lake and the computed figures are at.
LAKE = """
import json
from tinhso.modules.plan.workspace import workspace
place = workspace()
lake = place.connection()
tables = [name for (name,) in lake.execute(
    "SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake'"
).fetchall()]
for name in tables:
    lake.execute(f'SELECT sum(hash(one)) FROM lake."{name}" AS one').fetchall()
print("lake", json.dumps([place.lake.snapshot(lake), place.store.newest_snapshot()]))
"""

#: What an installed server has as services, done with the throw-away cluster; the site is started and
#: killed by the trial itself.
SERVICES = """
set -euo pipefail
server() {{ {as_postgres} {pg_ctl} -D {data} -w -t 300 -l {data}/log -o "{options}" "$@" > /dev/null; }}
systemctl() {{
    local action=$1 unit; shift
    for unit in "$@"; do
        if [ "$unit" != postgresql ]; then continue; fi
        case $action in
            start) server start ;;
            stop) server -m fast stop || true ;;
            restart) server -m fast restart ;;
        esac
    done
}}
"""


@dataclass(frozen=True)
class Done:
    """An act or a load that was acknowledged; seconds of the machine's clock."""

    began: float
    ended: float
    name: str


@dataclass
class Trial:
    """The site, its cluster, and the documented commands with their places."""

    top: Path
    cluster: Cluster
    site: Site
    moment: str = ""
    at: float = 0.0
    acts: list[Done] = field(default_factory=list)
    loads: list[Done] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def archive(self) -> Path:
        return self.top / "archive"

    @property
    def here(self) -> tuple[str, ...]:
        """What stands for `INSTALLED`, in its order."""
        return (
            str(self.top / "opt"),
            str(self.archive),
            str(self.top / "etc"),
            str(self.cluster.folder),
            str(Path(program("pg_verifybackup")).parent),
            str(self.site.home),
            self.moment,
        )

    def run(self, block: str, *, refused: str = "") -> tuple[float, str]:
        """Run a block of the documentation; seconds and what it printed. `refused`: it ends with a
        refusal that says so."""
        for written, here in zip(INSTALLED, self.here, strict=True):
            block = block.replace(written, here)
        root = os.geteuid() == 0
        if not root:
            block = block.replace(" -o postgres -g postgres", "")
            block = block.replace("runuser -u postgres -- ", "")
        services = SERVICES.format(
            as_postgres="runuser -u postgres --" if root else "",
            pg_ctl=program("pg_ctl"),
            data=self.cluster.folder,
            options=self.cluster.options,
        )
        programs = [Path(program(name)).parent for name in ("pg_basebackup", "psql")]
        env = self.site.env | {
            "PATH": ":".join(str(one) for one in (Path(TINHSO).parent, *programs))
            + f":{os.environ['PATH']}",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.cluster.port),
            "PGUSER": "postgres",
        }
        began = time.monotonic()
        done = subprocess.run(
            ["bash", "-c", services + block],
            env=env,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        if bool(done.returncode) != bool(refused) or refused not in done.stdout:
            log = (self.cluster.folder / "log").read_text(encoding="utf-8")[-2000:]
            raise SystemExit(f"{block}\n{done.stdout}\n{done.stderr}\n{log}")
        return time.monotonic() - began, done.stdout

    def tinhso(self, *arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [TINHSO, *arguments], env=self.site.env, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def expect(self, right: bool, otherwise: str) -> None:
        if not right:
            self.wrong.append(otherwise)


def blocks() -> list[str]:
    """The fenced commands of the documentation: once, each week, each hour, when needed, going on."""
    text = GUIDE.read_text(encoding="utf-8").partition("### Về một thời điểm (PostgreSQL)")[2]
    found = text.partition("\n## ")[0].split("```")[1::2]
    if len(found) != 5:
        raise SystemExit(f"{GUIDE}: {len(found)} blocks of commands, five are known")
    return found


@contextmanager
def a_trial() -> Iterator[Trial]:
    with tempfile.TemporaryDirectory(prefix="tinhso-pitr-") as folder:
        top = Path(folder)
        with Cluster.running(top / "pg") as cluster:
            (top / "etc" / "conf.d").mkdir(parents=True)
            with (cluster.folder / "postgresql.conf").open("a", encoding="utf-8") as file:
                file.write(f"include_dir = '{top / 'etc' / 'conf.d'}'\n")
            server = f"host=127.0.0.1 port={cluster.proxy.port} user=postgres"
            with psycopg.connect(f"{server} dbname=postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE tinhso")
                connection.execute("CREATE DATABASE tinhso_lake")
            home = top / "home"
            home.mkdir()
            site = Site(home, cluster.url.rpartition("/")[0] + "/tinhso")
            site.more = {"TINHSO_LAKE_CATALOG": f"{server} dbname=tinhso_lake", "TINHSO_LANG": "en"}
            trial = Trial(top, cluster, site)
            settings = PROJECT / "deploy" / "postgresql" / "archive.conf"
            here = top / "opt" / "deploy" / "postgresql" / "archive.conf"
            here.parent.mkdir(parents=True)
            text = settings.read_text(encoding="utf-8")
            here.write_text(text.replace("/srv/pg-archive", str(trial.archive)), encoding="utf-8")
            try:
                yield trial
            finally:
                site.stop.set()
                if site.process is not None:
                    site.kill()


def drill(*, killed: bool, seconds: float) -> str:
    """The row for the documentation. Raises SystemExit where anything is not as promised."""
    once, weekly, hourly, needed, going_on = blocks()
    with a_trial() as trial:
        site = trial.site
        trial.run(once)
        site.prepare()
        with working(trial):
            time.sleep(seconds / 2)
            base, _ = trial.run(weekly)
            time.sleep(seconds / 2)
            trial.moment, trial.at = noted(trial)
            time.sleep(seconds / 2)
            too_late, _ = noted(trial)
            code, said = trial.tinhso("measure")  # figures of a snapshot that will be gone
            trial.expect(code == 0, f"measure: {said}")
            trial.run(hourly)
            if killed:
                wait_for_archive(trial)
        before = [one for one in trial.acts if one.ended < trial.at]
        after = [one for one in trial.acts if one.began > trial.at]
        files = [sum(one.ended < trial.at for one in trial.loads)]
        files.append(sum(one.began > trial.at for one in trial.loads))
        trial.expect(
            bool(before and after and all(files)),
            f"too little to judge: acts {len(before)}, {len(after)}; files {files}",
        )
        site.kill()
        if killed:
            trial.cluster.stop("immediate")
        shutil.rmtree(site.home / "lake" / "records")

        whole_but_old = "The ledger is NOT whole: 1 findings."
        right, trial.moment = trial.moment, too_late
        trial.run(needed, refused=whole_but_old)
        trial.moment = right
        restore, said = trial.run(needed, refused=whole_but_old)
        trial.expect("The database is an old copy" in said, f"verify said: {said}")
        more, said = trial.run(going_on)
        trial.expect("The ledger is whole." in said, f"verify said afterwards: {said}")
        look(trial)
        began = time.monotonic()
        site.start()
        site.wait_well()
        serving = time.monotonic() - began
        look_again(trial)
        if trial.wrong:
            raise SystemExit("\n".join(trial.wrong))
        return (
            f"| {'killed' if killed else 'stopped'} | {len(before):,} | {files[0]} |"
            f" {len(after):,} | {files[1]} | 0 | 0 | {base:.1f} | {restore + more:.1f} |"
            f" {serving:.1f} |"
        )


@contextmanager
def working(trial: Trial) -> Iterator[None]:
    """People act and files load while the `with` lasts."""

    def again(work: Callable[[], str], done: list[Done]) -> None:
        while not trial.site.stop.is_set():
            began = time.time()
            if name := work():
                done.append(Done(began, time.time(), name))

    people = [(trial.site.act, trial.acts)] * PEOPLE + [(trial.site.load, trial.loads)]
    threads = [threading.Thread(target=again, args=one) for one in people]
    try:
        for thread in threads:
            thread.start()
        yield
    finally:
        trial.site.stop.set()
        for thread in threads:
            thread.join(60)


def noted(trial: Trial) -> tuple[str, float]:
    """Now, by the database's clock, which stamps what is committed; on this machine it is also ours."""
    with psycopg.connect(trial.cluster.url) as connection:
        row = connection.execute(
            "SELECT clock_timestamp()::text, extract(epoch FROM clock_timestamp())::float8"
        ).fetchone()
    assert row is not None
    return str(row[0]), float(row[1])


def wait_for_archive(trial: Trial) -> None:
    """Until something done after the moment has reached the archive by itself."""
    with psycopg.connect(trial.cluster.url) as connection:
        row = connection.execute("SELECT pg_walfile_name(pg_current_wal_insert_lsn())").fetchone()
    assert row is not None
    until = time.monotonic() + PATIENCE
    while not (trial.archive / "wal" / str(row[0])).exists():
        if time.monotonic() > until:
            raise SystemExit(f"{row[0]} did not reach the archive")
        time.sleep(0.5)


def look(trial: Trial) -> None:
    """Before anything else happens: all of before the moment, nothing of after it, whole."""
    found = json.loads(trial.site.manage(COUNTS).rpartition("counts ")[2])
    names: dict[str, bool] = found["names"]
    files, rows = found["batches"], found["rows"]
    for one in trial.acts:
        if one.ended < trial.at:
            trial.expect(names.get(one.name, False), f"lost: {one.name}")
        elif one.began > trial.at:
            trial.expect(one.name not in names, f"extra: {one.name}")
    trial.expect(found["told"] == len(names), f"{found['told']} entries, {len(names)} acts")
    for one in trial.loads:
        if one.ended < trial.at:
            trial.expect(one.name in files, f"lost: {one.name}")
        elif one.began > trial.at:
            trial.expect(one.name not in files, f"extra: {one.name}")
    for name in files:
        mark = f"F{name.rpartition('-')[2].partition('.')[0]}-"
        own = sum(row.startswith(mark) for row in rows)
        trial.expect(own == 50, f"{name} has {own} rows")
    trial.expect(len(rows) == 50 * len(files), f"{len(rows)} rows of {len(files)} files")


def look_again(trial: Trial) -> None:
    """The site serves; figures are of snapshots that there are; the ledger tells what was lost."""
    with urlopen(f"http://127.0.0.1:{trial.site.port}/readyz", timeout=30) as answer:
        trial.expect(answer.status == 200, f"readyz {answer.status}")
    lake, figures = json.loads(trial.site.manage(LAKE).rpartition("lake ")[2])
    trial.expect(figures is not None and figures <= lake, f"figures of {figures}, lake at {lake}")
    with psycopg.connect(trial.cluster.url) as connection:
        row = connection.execute("SELECT failed_count, archived_count FROM pg_stat_archiver")
        failed, archived = row.fetchone() or (1, 0)
    trial.expect(failed == 0 and archived > 0, f"WAL is not archived any more: {failed} failures")
    trial.tinhso("ledger", "sequence")
    code, said = trial.tinhso("ledger", "verify")
    trial.expect(code == 0, f"after new acts: {said}")
    (kept,) = (trial.site.home / "ledger").glob("heads-before-*.jsonl")
    code, said = trial.tinhso("ledger", "verify", "--against", str(kept))
    trial.expect(code == 1, f"the lost heads are not missed: {said}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--killed", action="store_true")
    parser.add_argument("--seconds", type=float, default=60)
    asked = parser.parse_args()
    try:
        print(drill(killed=asked.killed, seconds=asked.seconds))
    except FileNotFoundError as missing:
        sys.exit(f"*** NOT TRIED: {missing} ***")


if __name__ == "__main__":
    main()
