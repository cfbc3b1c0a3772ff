"""Databases and homes that are thrown away, for commands that run as processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest

from tinhso.web.backup.place import libpq_of

SERVER = os.environ.get("TINHSO_TEST_DATABASE_URL", "")


@pytest.fixture
def new_database() -> Iterator[Callable[[], str]]:
    """Makes an empty database, gives its address ("" for SQLite), drops it afterwards."""
    made: list[str] = []

    @contextmanager
    def server() -> Iterator[psycopg.Connection]:
        with psycopg.connect(libpq_of(SERVER), autocommit=True) as connection:
            yield connection

    def make() -> str:
        if not SERVER:
            return ""
        name = f"tinhso_{uuid4().hex[:10]}"
        with server() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        made.append(name)
        return f"{SERVER.rpartition('/')[0]}/{name}"

    yield make
    for name in made:
        with server() as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def tinhso() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a command of the product (or Python code: `-c`) with just these settings."""

    def run(*arguments: str, ok: bool = True, **settings: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")}
        kept.pop("DJANGO_SETTINGS_MODULE", None)
        code = "from tinhso.web.cli import main; main()"
        command = list(arguments) if arguments[0] == "-c" else ["-c", code, *arguments]
        done = subprocess.run(
            [sys.executable, *command],
            env=kept | {"TINHSO_LANG": "en"} | settings,
            capture_output=True,
            text=True,
            check=False,
        )
        if ok:
            assert done.returncode == 0, done.stdout + done.stderr
        return done

    return run
