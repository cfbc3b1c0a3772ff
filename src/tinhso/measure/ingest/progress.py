"""How far a long statement has come, told while it runs (tiến độ)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb

#: Called with the share of the whole work that is done, from 0 to 1, never falling.
OnProgress = Callable[[float], None]

_SECONDS = 0.1


class Progress:
    """Tells `on_progress` of the work; each `step` covers a stretch of the whole."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, on_progress: OnProgress | None
    ) -> None:
        self._connection = connection
        self._tell = on_progress
        self._done = 0.0
        if on_progress is not None:
            connection.execute("SET enable_progress_bar = true")
            connection.execute("SET enable_progress_bar_print = false")

    def reach(self, share: float) -> None:
        if self._tell is not None and share > self._done:
            self._done = share
            self._tell(min(share, 1.0))

    @contextmanager
    def step(self, until: float) -> Iterator[None]:
        """Follow the statements run inside; at the end, `until` of the whole work is done."""
        if self._tell is None:
            yield
            return
        start, over = self._done, threading.Event()

        def follow() -> None:
            while not over.wait(_SECONDS):
                percent = self._connection.query_progress()
                if percent > 0:
                    self.reach(start + (until - start) * percent / 100)

        follower = threading.Thread(target=follow, daemon=True)
        follower.start()
        try:
            yield
        finally:
            over.set()
            follower.join()
        self.reach(until)
