"""How often somebody may ask: buckets in the process's memory, and exact counts of what is on record.

A bucket holds `burst` tokens and gains `rate` a second; a request takes one. Buckets cost no write
and no database: each serving process has its own, so N processes together let through at most N
times as much, and a restart fills them. Where the exact number matters, count what the acts
themselves have written (`exactly`).
"""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils import timezone

V = TypeVar("V", bound=Callable[..., Any])
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Bucket:
    """`rate` tokens a second, never more than `burst` (both above 0)."""

    rate: float
    burst: int


@dataclass(frozen=True)
class Limit:
    """A class of routes: the buckets of an address and of a person. Empty `methods` is all."""

    name: str
    address: Bucket
    person: Bucket
    methods: frozenset[str] = frozenset()


# docs/security/limits.md tells how these numbers were thought out.
ANY = Limit("any", address=Bucket(100, 3000), person=Bucket(10, 300))
#: Reads the records again, or makes a file.
HEAVY = Limit("heavy", address=Bucket(10, 300), person=Bucket(1, 60))
API = Limit("api", address=Bucket(50, 1500), person=Bucket(20, 600))
SIGN_IN = Limit(
    "sign-in", address=Bucket(2, 200), person=Bucket(0.2, 20), methods=frozenset({"POST"})
)


class TooManyError(Exception):
    """Asked too often; `after` whole seconds there is room again."""

    def __init__(self, limit: str, after: float) -> None:
        self.limit = limit
        self.after = max(1, math.ceil(after))
        super().__init__(f"{limit}: again after {self.after} s")


def limited(limit: Limit) -> Callable[[V], V]:
    """A route of this class. Stands below `@public`, `@signed_in` or `@asks`."""

    def decorate(view: V) -> V:
        view.limit = limit  # type: ignore[attr-defined]
        return view

    return decorate


class Buckets:
    """All buckets of a process, by key. At most `most`: those unused longest go first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = 50_000) -> None:
        self._clock = clock
        self._most = most
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, bucket: Bucket) -> float:
        """Take a token: 0, or the seconds after which there will be one (and none is taken)."""
        with self._lock:
            now = self._clock()
            tokens, then = self._held.pop(key, (float(bucket.burst), now))
            tokens = min(float(bucket.burst), tokens + (now - then) * bucket.rate)
            wait = 0.0 if tokens >= 1 else (1 - tokens) / bucket.rate
            self._held[key] = (tokens if wait else tokens - 1, now)
            if len(self._held) > self._most:
                self._held.popitem(last=False)
            return wait

    def __len__(self) -> int:
        return len(self._held)

    def clear(self) -> None:
        with self._lock:
            self._held.clear()


def network(address: str) -> str:
    """What counts as one address: of IPv6 the /64 that one subscriber has. "" for none of use.

    The loopback address tells nothing of who asks: whoever is at the machine itself, or everybody
    behind a proxy that TINHSO_PROXIES does not count.

    >>> network("2001:db8:1:2:aaaa::1"), network("::ffff:203.0.113.9"), network("127.0.0.1")
    ('2001:db8:1:2::', '203.0.113.9', '')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return network(str(found.ipv4_mapped))
        if not found.is_loopback:
            return str(ipaddress.ip_network((found, 64), strict=False).network_address)
    return "" if found.is_loopback else str(found)


def exactly(limit: str, rows: QuerySet[M], at: str, most: int, within: timedelta) -> None:
    """Refuse when `rows` holds `most` or more whose time `at` lies `within` the last stretch.

    Call it in the act's own transaction, over the rows that the act writes. Two acts at the same
    instant may both pass: the count is then one too many, never more than there are workers.
    Raises TooManyError.
    """
    now = timezone.now()
    times = rows.filter(**{f"{at}__gt": now - within}).order_by(f"-{at}").values_list(at, flat=True)
    newest = list(times[:most])
    if len(newest) == most:
        raise TooManyError(limit, (newest[-1] + within - now).total_seconds())
