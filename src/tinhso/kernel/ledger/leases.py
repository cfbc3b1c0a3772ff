"""Who works on a row now: leases with an end, by one clock.

All times here are the database's, written and compared by it (`Now()`), never the machine's:
workers on several machines share one database, and two machines' clocks differ. On SQLite the two
are the same. Intervals inside one process are measured by its monotonic clock.

What a jump of that clock does: forward, leases end early, so that a second worker may repeat what
a first still does; the first cannot mark it any more, and receivers know the repeat by its uid.
Backward, what was written before the jump lies too far ahead; `delivering.mend_clock` brings it
back within a minute, because no honest pause or lease reaches further than the longest there is.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import Error, connection
from django.db.models import Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pace:
    """How fast a worker goes, in seconds. Tests hurry it; nothing else changes it."""

    lease: float = 60
    #: A handler that takes longer is taken for hung: its lease is no longer renewed.
    longest_in_hand: float = 900
    first_pause: float = 5
    longest_pause: float = 3600
    idle: float = 0.5
    #: Of what goes together, so long more of a family is let come after a call that was not full.
    gather: float = 5


PACE = Pace()


def in_seconds(seconds: float) -> Combinable:
    """The database's time, `seconds` from now."""
    return Now() + timedelta(seconds=seconds)


def free() -> Q:
    """Rows that nobody holds: never leased, or the lease has ended."""
    return Q(leased_until__isnull=True) | Q(leased_until__lte=Now())


@contextmanager
def kept_alive(renew: Callable[[], bool], pace: Pace, what: str) -> Iterator[None]:
    """Renew a lease, four times in its life, while the body runs.

    `renew` answers whether the lease was still ours. It runs on a thread, with a connection of its
    own that is opened only if the body takes that long.
    """
    done = threading.Event()
    until = time.monotonic() + pace.longest_in_hand

    def beat() -> None:
        while not done.wait(pace.lease / 4):
            if time.monotonic() > until:
                logger.error("%s: in hand for too long, its lease is left to end", what)
                break
            try:
                if not renew():
                    logger.warning("%s: its lease was lost while it was in hand", what)
                    break
            except Error:
                logger.exception("%s: its lease could not be renewed", what)
        connection.close()

    thread = threading.Thread(target=beat, name=f"lease of {what}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def new_lease() -> uuid.UUID:
    return uuid.uuid4()
