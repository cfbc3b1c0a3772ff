"""Deliveries a second: what is owed, taken, handed to a handler that does nothing, and marked.

`python -m benchmarks outbox` measures SQLite, and PostgreSQL too where TINHSO_TEST_DATABASE_URL names
a server (in a database of its own), with 1, 2 and 4 worker processes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from benchmarks.machine import machine, table

SERVER = "TINHSO_TEST_DATABASE_URL"
WORKERS = (1, 2, 4)


def main(arguments: list[str]) -> str:
    parser = argparse.ArgumentParser(prog="benchmarks outbox", description=__doc__)
    parser.add_argument("--deliveries", type=int, default=4000)
    parser.add_argument("--keys", type=int, default=1000)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.here:
        return json.dumps(_measure(chosen.deliveries, chosen.keys))
    options = ["--deliveries", str(chosen.deliveries), "--keys", str(chosen.keys)]
    rows = [("SQLite", *_row(_elsewhere("", options)))]
    server = os.environ.get(SERVER, "")
    if server:
        name = f"outbox_{uuid4().hex[:10]}"
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name}")
            try:
                url = urlsplit(server)._replace(path=f"/{name}").geturl()
                rows.append(("PostgreSQL", *_row(_elsewhere(url, options))))
            finally:
                admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    heads = ["database", "owed a second", *(f"{n} worker{'s' * (n > 1)}" for n in WORKERS)]
    heads.append("CPU ms of the worker for one (1 worker)")
    title = f"Deliveries a second: {chosen.deliveries:,} waiting, {chosen.keys:,} keys"
    return f"{machine()}\n\n" + table(title, heads, rows)


def _row(found: dict[str, float]) -> tuple[str, ...]:
    return tuple(
        f"{value:,.1f}" if name == "cpu" else f"{value:,.0f}" for name, value in found.items()
    )


def _elsewhere(database: str, options: list[str]) -> dict[str, float]:
    """The same program in a process with a home and a database of its own."""
    with tempfile.TemporaryDirectory() as home:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")}
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks", "outbox", "--here", *options],
            env=kept | {"TINHSO_HOME": home, "TINHSO_DATABASE_URL": database},
            check=True,
            capture_output=True,
            text=True,
        )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _measure(deliveries: int, keys: int) -> dict[str, float]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tinhso.web.settings"
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection, transaction  # noqa: PLC0415

    from tinhso.kernel.ledger.delivering import delivers  # noqa: PLC0415
    from tinhso.kernel.ledger.outbox import owe  # noqa: PLC0415

    call_command("migrate", verbosity=0, interactive=False)
    delivers("nothing")(lambda _parcel: None)
    found: dict[str, float] = {}
    cpu = 0.0
    for workers in WORKERS:
        began = time.perf_counter()
        for number in range(deliveries):
            with transaction.atomic():
                owe("nothing", f"k{number % keys}", {"n": number})
        found.setdefault("owed", deliveries / (time.perf_counter() - began))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        connection.close()
        began = time.perf_counter()
        spent = 0.0
        for child in [_fork_drainer() for _ in range(workers)]:
            _, status, usage = os.wait4(child, 0)
            assert status == 0
            spent += usage.ru_utime + usage.ru_stime
        found[str(workers)] = deliveries / (time.perf_counter() - began)
        cpu = cpu or spent / deliveries * 1000
    return found | {"cpu": cpu}


def _fork_drainer() -> int:
    """A worker process that stops when nothing is left for it."""
    child = os.fork()
    if child:
        return child
    from tinhso.kernel.ledger import delivering  # noqa: PLC0415

    while taken := delivering.take():
        delivering.deliver(taken)
    os._exit(0)
