"""A fresh copy of the sound packs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

SOUND = Path(__file__).parent / "sound"


@pytest.fixture
def sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the sound packs, with the working directory in it so that places read short."""
    shutil.copytree(SOUND, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path
