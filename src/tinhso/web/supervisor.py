"""The worker that `tinhso run` keeps beside the server: started, watched, restarted, stopped."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

logger = logging.getLogger(__name__)

#: Seconds before a worker that ended is started again: doubling from the first to the longest.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
#: A worker that lived this long was well: the next pause is the first one again.
WELL_AFTER = 60.0
#: Seconds that a stopping worker may take to finish what it has in hand.
GRACE = 30.0


@contextmanager
def worker_beside() -> Iterator[None]:
    """A worker process while the body runs. It stops by itself when this process is gone."""
    stopping = threading.Event()
    thread = threading.Thread(target=_watch, args=(stopping,), name="worker's watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def _watch(stopping: threading.Event) -> None:
    pause = FIRST_PAUSE
    command = [sys.executable, "-m", "tinhso.web", "work", "--parent", str(os.getpid())]
    while not stopping.is_set():
        began = time.monotonic()
        try:
            process = subprocess.Popen(command)  # noqa: S603 (our own command)
        except OSError as error:  # no memory or no process to be had: later there may be
            logger.error("the worker cannot be started (%s); trying again in %s s", error, pause)  # noqa: TRY400 (it says it all)
        else:
            while process.poll() is None and not stopping.wait(0.5):
                pass
            if stopping.is_set():
                _end(process)
                return
            if time.monotonic() - began > WELL_AFTER:
                pause = FIRST_PAUSE
            logger.error("the worker ended (%s); starting again in %s s", process.returncode, pause)
        stopping.wait(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        logger.warning("the worker did not stop in %s s and is killed; nothing is lost", GRACE)
        process.kill()
        process.wait()
