"""The server's processes are forked from the one that prepared the site: they share nothing open with it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.browser.conftest import start
from tests.prepared import ASSETS, COUNTRY, a_database, copy_home

ESTABLISHED = "01"


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(one) for task in tasks for one in (task / "children").read_text().split()]


def connected(pid: int) -> set[str]:
    """The sockets of a process that lead to another, and the files of databases that it holds open."""
    lines = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    talking = {f"socket:[{line[9]}]" for line in lines if line[3] == ESTABLISHED}
    held = {str(one.readlink()) for one in Path(f"/proc/{pid}/fd").iterdir() if one.is_symlink()}
    return (held & talking) | {one for one in held if "sqlite" in one or "ducklake" in one}


def test_no_process_of_the_server_is_born_with_anothers_connection(tmp_path: Path) -> None:
    """Two that read one connection take each other's answers, or wait for ever for their own."""
    copy_home(tmp_path, *ASSETS)
    with a_database(COUNTRY, tmp_path) as url:
        more = {"TINHSO_SAMPLE_SCALE": "0", "TINHSO_WORKERS": "2", "TINHSO_DATABASE_URL": url}
        begun = start(tmp_path, "/healthz", **{name: one for name, one in more.items() if one})
        pid = int(str(begun["pid"]))
        try:
            assert connected(pid) == set()
            assert len(children(pid)) >= 2
        finally:
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)
