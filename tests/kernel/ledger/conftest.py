"""A ledger of its own for each test: the witness file outside the database is thrown away too."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def ledger_folder(settings: object, tmp_path: Path) -> Path:
    folder = tmp_path / "ledger"
    settings.TINHSO_LEDGER_FOLDER = folder  # type: ignore[attr-defined]
    return folder
