"""Commands on a site that nobody has prepared say what to run, in both languages."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("measure", "Chạy: tinhso run --prepare-only"),
        ("--lang en explain binh-phuoc-2025 CQS-03", "Run: tinhso run --prepare-only"),
    ],
)
def test_a_command_on_an_empty_home_says_what_to_run(
    tmp_path: Path, command: str, told: str
) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")}
    kept["DJANGO_SETTINGS_MODULE"] = "tinhso.web.settings"
    ran = subprocess.run(
        [sys.executable, "-c", "from tinhso.web.cli import main; main()", *command.split()],
        env=kept | {"TINHSO_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert told in ran.stderr
    assert "Traceback" not in ran.stderr
