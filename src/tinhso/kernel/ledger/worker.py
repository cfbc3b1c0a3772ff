"""The worker (tiến trình gửi): delivers what is owed, and sees to the periodic duties."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from types import FrameType

from django.db import InterfaceError, OperationalError, connection

from tinhso.kernel.ledger import delivering, duties
from tinhso.kernel.ledger.leases import PACE, Pace

logger = logging.getLogger(__name__)

#: Seconds between looks at a database that is away, at most.
LONGEST_AWAY = 30.0


class Worker:
    """One process's worker. Any number of them share one database, on one or several machines.

    `parent`, a process id: the worker stops when that process is no longer its parent.
    """

    def __init__(self, pace: Pace = PACE, parent: int | None = None) -> None:
        self._pace = pace
        self._parent = parent
        self._stopping = False
        self._away = 0.0
        #: Families of which more is let come together, each until a moment of the monotonic clock.
        self._gathering: dict[delivering.Family, float] = {}

    def stop_on_signals(self) -> None:
        """SIGTERM and SIGINT finish the delivery in hand, then stop."""
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, self._asked_to_stop)

    def _asked_to_stop(self, _signal: int, _frame: FrameType | None) -> None:
        # A plain flag: taking any lock in a signal's handler could wait for ever.
        self._stopping = True

    def stop(self) -> None:
        self._stopping = True

    @property
    def stopping(self) -> bool:
        orphaned = self._parent is not None and os.getppid() != self._parent
        return self._stopping or orphaned

    def drain(self) -> int:
        """Do every duty and delivery that is due, then answer how many deliveries were tried."""
        for duty in duties.DUTIES.values():
            duties.run_if_due(duty, self._pace)
        tried = 0
        while not self.stopping and (taken := delivering.take(self._pace)):
            delivering.deliver(taken, self._pace)
            tried += len(taken)
        return tried

    def run(self) -> None:
        """Work until asked to stop. A database that is away is waited for."""
        threads = [
            threading.Thread(target=self._see_to, args=(duty,), name=duty.name)
            for duty in duties.DUTIES.values()
        ]
        for thread in threads:
            thread.start()
        try:
            while not self.stopping:
                self._step()
        finally:
            self._stopping = True
            for thread in threads:
                thread.join()

    def _step(self) -> None:
        try:
            now = time.monotonic()
            self._gathering = {
                family: until for family, until in self._gathering.items() if until > now
            }
            taken = delivering.take(self._pace, self._gathering)
            if taken:
                delivering.deliver(taken, self._pace)
            if delivering.may_gather(taken):
                family = delivering.family_of(taken[0])
                self._gathering[family] = time.monotonic() + self._pace.gather
            self._away = 0.0
        except (OperationalError, InterfaceError):
            self._away = min(max(1.0, self._away * 2), LONGEST_AWAY)
            logger.exception("the database is away; looking again in %s s", self._away)
            connection.close()
            self._rest(self._away)
            return
        if not taken:
            self._rest(self._pace.idle)

    def _see_to(self, duty: duties.Periodic) -> None:
        """A duty's own thread: a long one holds up neither deliveries nor other duties."""
        look = max(self._pace.idle, min(duty.seconds / 2, 30.0))
        while not self.stopping:
            try:
                duties.run_if_due(duty, self._pace)
            except (OperationalError, InterfaceError):
                logger.exception("the database is away; %s waits", duty.name)
            finally:
                connection.close()
            self._rest(look)

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.stopping and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, self._pace.idle))
