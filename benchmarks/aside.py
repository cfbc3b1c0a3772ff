"""A program run over a new home and an empty database, on SQLite and on PostgreSQL where one is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.ledger import _database


def on_each(program: str, arguments: list[str], postgresql: str) -> Iterator[tuple[str, list[Any]]]:
    """For each database its name and what `program` printed last, as JSON."""
    yield "SQLite", _printed(program, arguments, "")
    if postgresql:
        with _database(postgresql) as url:
            yield "PostgreSQL", _printed(program, arguments, url)


def _printed(program: str, arguments: list[str], url: str) -> list[Any]:
    with tempfile.TemporaryDirectory() as home:
        env = os.environ | {
            "TINHSO_HOME": home,
            "TINHSO_DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "tinhso.web.settings",
            "TINHSO_ALLOWED_HOSTS": "testserver",
        }
        Path(home, "static").mkdir()
        command = [sys.executable, "-c", program, *arguments]
        ran = subprocess.run(command, env=env, check=True, text=True, stdout=subprocess.PIPE)
    told: list[Any] = json.loads(ran.stdout.splitlines()[-1])
    return told
