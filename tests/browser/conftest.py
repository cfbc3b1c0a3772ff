"""A real server, started as an operator would, and a real Chromium that opens its pages."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.prepared import copy_home

# Playwright's loop stays in the worker's thread; Django would take tests that come after for async.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

#: The shell is the same Chromium without a window's parts, which cost a third of the time.
CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
START_SECONDS = 240


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM:
                reason = "NO CHROMIUM ON THIS MACHINE: pages are NOT tested in a browser"
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def server() -> str:
    """The address of the product, run with its own command in a home of its own.

    One server serves all workers of a run; the root conftest stops it at the end.
    """
    home = Path(os.environ["TINHSO_HOME"]) / "served"
    home.mkdir(exist_ok=True)
    note = home / "server.json"
    with (home / "starting.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not note.exists():
            copy_home(home)
            note.write_text(json.dumps(start(home)), encoding="utf-8")
    return str(json.loads(note.read_text(encoding="utf-8"))["address"])


def start(home: Path, until: str = "/ke-hoach/binh-phuoc-2025/", **more: str) -> dict[str, object]:
    """The product over a home, with `more` settings, once `until` answers: its address and process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")}
    settings = {
        "TINHSO_HOME": str(home),
        "TINHSO_PORT": str(port),
        "TINHSO_SAMPLE_SCALE": "0.02",
        "DJANGO_SETTINGS_MODULE": "tinhso.web.settings",
        **more,
    }
    command = [str(Path(sys.executable).parent / "tinhso"), "run"]
    log = (home / "server.log").open("w")
    process = subprocess.Popen(
        command, env=kept | settings, stdout=log, stderr=log, start_new_session=True
    )
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urlopen(f"{address}{until}", timeout=30):  # noqa: S310
                return {"address": address, "pid": process.pid}
        except (URLError, ConnectionError):
            time.sleep(0.3)
    raise RuntimeError(f"the server did not start:\n{(home / 'server.log').read_text()[-3000:]}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
