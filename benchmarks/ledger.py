"""What an entry costs: small acts with and without it, side by side, on both databases.

`python -m benchmarks ledger` uses SQLite; `--postgresql postgres://user@host:5432/postgres` adds
PostgreSQL, in a database of its own that is dropped at the end. Each writer is a process; an act writes
one row in one transaction. Then how fast the log is sequenced and verified.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from benchmarks.machine import machine, table

WRITERS = (1, 2, 4, 8)

#: Writes for a time and prints how many acts it made. Waits for the signal to begin.
WRITER = """
import sys, time, django
django.setup()
from django.db import transaction
from tinhso.kernel.ledger.actor import OPERATOR
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.people.models import UnitGroup
me, with_entry, seconds = sys.argv[1], sys.argv[2] == "1", float(sys.argv[3])
UnitGroup.objects.get_or_create(code=me, defaults={"name": "x"})
print("ready", flush=True)
sys.stdin.readline()
made, end = 0, time.perf_counter() + seconds
while time.perf_counter() < end:
    with transaction.atomic():
        UnitGroup.objects.filter(code=me).update(name=str(made))
        if with_entry:
            about = Thing("bench.group", me)
            record(OPERATOR, "bench.group.change", about, before={"name": str(made - 1)}, after={"name": str(made)})
    made += 1
print(made, flush=True)
"""
SEQUENCER = """
import time, django
django.setup()
from tinhso.kernel.ledger.sequencing import sequence
while True:
    if sequence() is None:
        time.sleep(0.05)
"""
TIMED = """
import time, django
django.setup()
from tinhso.kernel.ledger.sequencing import sequence
from tinhso.kernel.ledger.verify import Verification
while sequence():
    pass
run = Verification()
began = time.perf_counter()
assert list(run.findings()) == []
print(run.size, time.perf_counter() - began)
"""


def main(arguments: list[str]) -> str:
    parser = argparse.ArgumentParser(prog="benchmarks ledger", description=__doc__)
    parser.add_argument("--postgresql", default="")
    parser.add_argument("--seconds", type=float, default=4)
    chosen = parser.parse_args(arguments)
    tables = [_measure("SQLite", "", chosen.seconds)]
    if chosen.postgresql:
        with _database(chosen.postgresql) as url:
            tables.append(_measure("PostgreSQL", url, chosen.seconds))
    return machine() + "\n\n" + "\n".join(tables)


@contextmanager
def _database(url: str) -> Iterator[str]:
    name = f"bench_ledger_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _measure(name: str, url: str, seconds: float) -> str:
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "TINHSO_HOME": home,
            "TINHSO_DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "tinhso.web.settings",
            "PYTHONPATH": str(Path(__file__).resolve().parents[1] / "src"),
        }
        migrate = "from tinhso.web.cli import main; main()"
        _run(environment, migrate, "manage", "migrate", "-v", "0")
        rows = []
        for writers in WRITERS:
            bare = _write(environment, writers, seconds, with_entry=False)
            entered = _write(environment, writers, seconds, with_entry=True)
            with _sequencing(environment):
                sequenced = _write(environment, writers, seconds, with_entry=True)
            share = f"{entered / bare:.0%}"
            rows.append(
                [writers, *(f"{one:,.0f}" for one in (bare, entered)), share, f"{sequenced:,.0f}"]
            )
        _write(environment, 2, seconds * 3, with_entry=True)
        size, took = _run(environment, TIMED).split()
    heads = ["writers", "bare acts a second", "with entry", "share", "with entry, while sequencing"]
    verified = f"Verified {int(size):,} entries at {int(size) / float(took):,.0f} a second.\n"
    return table(f"Acts with their entries, {name}", heads, rows) + "\n" + verified


def _run(environment: dict[str, str], program: str, *arguments: str) -> str:
    command = [sys.executable, "-c", program, *arguments]
    ran = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return ran.stdout


def _write(environment: dict[str, str], writers: int, seconds: float, *, with_entry: bool) -> float:
    """Acts a second of so many processes together."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, f"g{number}", str(int(with_entry)), str(seconds)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(writers)
    ]
    for one in started:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in started:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    return sum(int(one.communicate()[0]) for one in started) / seconds


@contextmanager
def _sequencing(environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-c", SEQUENCER], env=environment)
    time.sleep(2)
    try:
        yield
    finally:
        process.kill()
        process.wait()
