"""The present version's databases, kept for the upgrade tests of all later ones.

    python tools/release_fixture.py VERSION postgres://user@host:5432/postgres

Run it on the commit that is released. Makes a small site on SQLite and one on PostgreSQL (a database
that is dropped again), with an officer who can sign in, and writes tests/upgrade/VERSION*.sql.gz.
Units are left out: each version loads them itself.
"""

from __future__ import annotations

import gzip
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import psycopg

PROJECT = Path(__file__).resolve().parents[1]
OUT = PROJECT / "tests" / "upgrade"

#: Whom tests/web/operations/test_upgrade.py signs in.
OFFICER = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "tinhso.web.settings"
import django; django.setup()
from tinhso.kernel.people.models import Account
account = Account(username="can-bo-a", name="Nguyễn Văn A", email="can.bo@example.vn")
account.set_password("mat-khau-cua-ban-0-1-0")
account.save()
"""
LEFT_OUT = ("units_", "django_session")


def make_site(home: Path, url: str) -> None:
    environment = {name: one for name, one in os.environ.items() if not name.startswith("TINHSO_")}
    environment |= {
        "PYTHONPATH": str(PROJECT / "src"),
        "TINHSO_HOME": str(home),
        "TINHSO_DATABASE_URL": url,
        "TINHSO_SAMPLE_SCALE": "0.01",
    }
    run = "from tinhso.web.cli import main; main(['run', '--prepare-only'])"
    for code in (run, OFFICER):
        subprocess.run([sys.executable, "-c", code], env=environment, check=True)


def sqlite_text(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        lines = list(connection.iterdump())
    skipped = tuple(f'INSERT INTO "{name}' for name in LEFT_OUT)
    return "\n".join(line for line in lines if not line.startswith(skipped)) + "\n"


def postgres_text(url: str) -> str:
    options = ["--no-owner", "--no-privileges", "--inserts"]
    options += [f"--exclude-table-data={name}*" for name in LEFT_OUT]
    done = subprocess.run(["pg_dump", *options, url], capture_output=True, text=True, check=True)
    # Commands to psql, and a setting that older servers do not know.
    skipped = ("\\restrict", "\\unrestrict", "SET transaction_timeout")
    return "".join(line for line in done.stdout.splitlines(True) if not line.startswith(skipped))


def main() -> None:
    version, server = sys.argv[1:]
    name = f"release_{uuid4().hex[:8]}"
    url = f"{server.rpartition('/')[0]}/{name}"
    with tempfile.TemporaryDirectory() as folder, psycopg.connect(server, autocommit=True) as there:
        make_site(Path(folder) / "sqlite", "")
        there.execute(f"CREATE DATABASE {name}".encode())
        try:
            make_site(Path(folder) / "postgres", url)
            texts = {
                f"{version}.sql.gz": sqlite_text(Path(folder) / "sqlite" / "site.sqlite3"),
                f"{version}.postgresql.sql.gz": postgres_text(url),
            }
        finally:
            there.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
    for file, text in texts.items():
        (OUT / file).write_bytes(gzip.compress(text.encode(), 9, mtime=0))
        print(OUT / file)


if __name__ == "__main__":
    main()
