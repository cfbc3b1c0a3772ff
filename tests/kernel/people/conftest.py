"""Texts in both languages, and rate limits that do not reach from one test into the next."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache

from tests.prepared import TABLES, a_database


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
def place_apart(tmp_path: Path) -> Iterator[str]:
    """A database with empty tables that several processes can see, on the server in use: its address."""
    with a_database(TABLES, tmp_path) as address:
        yield address or f"sqlite:///{tmp_path / 'site.sqlite3'}"
