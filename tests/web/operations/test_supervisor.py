"""The worker beside the server is there again, whatever kept it from being started."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tinhso.web import supervisor

WORKER = """#!/bin/sh
echo "$@" >> {folder}/started
trap 'exit 0' TERM
while :; do sleep 0.1; done
"""


def soon(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while not holds() and time.monotonic() < until:
        time.sleep(0.05)
    return holds()


def test_a_worker_that_cannot_be_started_is_tried_again_after_growing_pauses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    program, started = tmp_path / "python", tmp_path / "started"
    monkeypatch.setattr("sys.executable", str(program))
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.1)
    with supervisor.worker_beside():
        assert soon(lambda: caplog.text.count("cannot be started") >= 3)
        assert not started.exists()
        program.write_text(WORKER.format(folder=tmp_path))
        program.chmod(0o700)
        assert soon(started.exists)
    assert "work --parent" in started.read_text()
    pauses = [record.args[-1] for record in caplog.records if "cannot be" in record.msg]  # type: ignore[index]
    assert pauses[:3] == [0.1, 0.2, 0.4]
