"""An office: a lake with a small map, made anew for every test."""

from __future__ import annotations

from pathlib import Path

import pytest
from ingest_office import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)
