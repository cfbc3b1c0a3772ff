"""Texts in both languages, and rate limits that do not reach from one test into the next."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection


@pytest.fixture(scope="session", autouse=True)
def _translations() -> None:
    from tinhso.web.assets import compile_translations  # noqa: PLC0415

    with (Path(os.environ["TINHSO_HOME"]) / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        compile_translations(settings.LOCALE_PATHS[0])


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def place_apart(tmp_path: Path, db: None) -> Iterator[str]:
    """A database that several processes can see, on the server in use: its address."""
    if connection.vendor != "postgresql":
        yield f"sqlite:///{tmp_path / 'site.sqlite3'}"
        return
    names = connection.settings_dict
    address = f"postgres://{names['USER']}:{names['PASSWORD']}@{names['HOST']}:{names['PORT']}/{names['NAME']}"
    schema = f"apart_{os.getpid()}"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"CREATE SCHEMA {schema}")  # type: ignore[arg-type]
        yield f"{address}?currentSchema={schema}"
        server.execute(f"DROP SCHEMA {schema} CASCADE")  # type: ignore[arg-type]
