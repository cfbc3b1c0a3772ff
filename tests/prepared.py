"""A home that is ready for work, made once in a run of tests and copied for each that needs one."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

#: What does not depend on the site's database.
ASSETS = ("fonts", "static")


def copy_home(into: Path, *parts: str) -> None:
    """What `tinhso run --prepare-only` leaves on SQLite without a sample (or the `parts` named)."""
    made = Path(os.environ["TINHSO_HOME"]) / "prepared"
    made.mkdir(exist_ok=True)
    home = made / "home"
    with (made / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / "ready").exists():
            _make(home)
            (made / "ready").touch()
    into.mkdir(parents=True, exist_ok=True)
    for path in home.iterdir() if not parts else (home / name for name in parts):
        if path.is_dir():
            shutil.copytree(path, into / path.name)
        else:
            shutil.copy2(path, into)


def _make(home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")}
    kept["DJANGO_SETTINGS_MODULE"] = "tinhso.web.settings"
    subprocess.run(
        [sys.executable, "-c", "from tinhso.web.cli import main; main()", "run", "--prepare-only"],
        env=kept | {"TINHSO_HOME": str(home), "TINHSO_SAMPLE_SCALE": "0"},
        capture_output=True,
        check=True,
    )
