"""How often a wrong password may be tried, so that guessing is hopeless and nobody is locked out.

Failures are counted in three places, exactly, in the database (any number of processes):

- for the name as it was typed, from devices that have never signed in to that account;
- for the network address that unknown devices come from;
- for each device that has signed in to that account before (OWASP "device cookies"), apart from
  all others: whoever hammers an account from elsewhere never makes its owner wait.

Each count has free tries, then waits that double up to a longest one; failures are forgiven one by
one as time passes. A try during a wait is refused before any password is looked at, and is not
counted. Names that nobody has are counted like all others, so neither words nor waits tell whether
an account exists. Source: OWASP, "Slow Down Online Guessing Attacks with Device Cookies"; the
limits keep an attacker far below the 100 failures of NIST SP 800-63B-4, 3.2.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from ipaddress import IPv6Address, ip_address, ip_network

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from tinhso.kernel.people.models import SignInTally

NO_WAIT = timedelta(0)

#: Counts older than this weigh nothing under any rule, and are deleted.
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Rule:
    """`free` failures cost nothing; the next waits `first_wait`, each further one twice as long, up
    to `longest_wait`. One failure is forgiven for every `forgives` that passes after the last."""

    free: int
    first_wait: timedelta
    longest_wait: timedelta
    forgives: timedelta

    def wait(self, count: int) -> timedelta:
        """How long after the `count`-th failure the next try has to wait."""
        if count < self.free:
            return NO_WAIT
        # Doubling stops mattering long before the number gets too big to shift.
        return min(self.first_wait * (1 << min(count - self.free, 40)), self.longest_wait)


NAME = Rule(5, timedelta(seconds=30), timedelta(hours=1), timedelta(hours=6))
DEVICE = Rule(10, timedelta(seconds=30), timedelta(minutes=30), timedelta(hours=2))
#: A whole office may come from one address: more is free, and forgiven sooner.
NETWORK = Rule(30, timedelta(seconds=10), timedelta(minutes=15), timedelta(minutes=1))


@dataclass(frozen=True)
class Tally:
    """Failures that still weigh, the time of the last one, and until when the next try waits."""

    count: int = 0
    last_at: datetime | None = None
    until: datetime | None = None

    def left(self, now: datetime) -> timedelta:
        """How long a try has to wait now."""
        return max(self.until - now, NO_WAIT) if self.until else NO_WAIT

    def after_failure(self, rule: Rule, now: datetime) -> Tally:
        """The tally with one more failure, of now. Only for a try that need not wait."""
        forgiven = (now - self.last_at) // rule.forgives if self.last_at else 0
        count = max(self.count - max(forgiven, 0), 0) + 1
        wait = rule.wait(count)
        return Tally(count, now, now + wait if wait else None)


class WaitError(Exception):
    """The try comes too early; `left` is how long to wait."""

    def __init__(self, left: timedelta) -> None:
        self.left = left
        super().__init__(f"wait {left}")


@dataclass(frozen=True)
class Attempt:
    """A try that was let through. It is counted as failed from the start, so that tries at the same
    moment cannot slip by each other; success takes that back."""

    keys: tuple[str, ...]
    #: What each key's `until` became by this try.
    until: Mapping[str, datetime | None]

    def failed(self) -> None:
        """Remember the failure for the account's owner. Within a transaction of the caller's, with
        the ledger's entry."""
        now = timezone.now()
        for row in SignInTally.objects.select_for_update().filter(key=self.keys[0]):
            row.untold += 1
            row.untold_since = row.untold_since or now
            row.save(update_fields=["untold", "untold_since"])

    @transaction.atomic
    def succeeded(self) -> None:
        """Take back what was counted at the start, and the wait that it brought."""
        for row in (
            SignInTally.objects.select_for_update().filter(key__in=self.keys).order_by("key")
        ):
            row.count = max(row.count - 1, 0)
            if row.until == self.until[row.key]:
                row.until = None
            row.save(update_fields=["count", "until"])


def begin(name: str, address: str, device: str = "") -> Attempt:
    """Ask to try a password for `name` from a network `address`; raises WaitError.

    `device` is what `devices.known` says: "" for one that has not signed in to that account.
    """
    if device:
        rules = {device_key(device): DEVICE}
    else:
        rules = {name_key(name): NAME, network_key(address): NETWORK}
    now = timezone.now()
    with transaction.atomic():
        # Always in the same order: two tries cannot wait for each other.
        rows = {key: _row(key, now) for key in sorted(rules)}
        left = max(_tally(row).left(now) for row in rows.values())
        if left:
            raise WaitError(left)
        until = {}
        for key, rule in rules.items():
            tally = _tally(rows[key]).after_failure(rule, now)
            until[key] = tally.until
            SignInTally.objects.filter(key=key).update(
                count=tally.count, last_at=tally.last_at, until=tally.until
            )
    return Attempt(tuple(rules), until)


def _row(key: str, now: datetime) -> SignInTally:
    row, new = SignInTally.objects.select_for_update().get_or_create(
        key=key, defaults={"last_at": now}
    )
    if new:
        SignInTally.objects.filter(last_at__lt=now - KEPT).delete()
    return row


def _tally(row: SignInTally) -> Tally:
    return Tally(row.count, row.last_at, row.until)


@dataclass(frozen=True)
class Told:
    """What the owner is told after signing in: failed tries since the last time, and from when."""

    failures: int = 0
    since: datetime | None = None


@transaction.atomic
def signed_in(names: list[str], device: str = "") -> Told:
    """An account, known by `names`, has been signed in to: what its owner has not been told yet.

    From a device that was not known the names' counts begin anew, for the password is known to who
    signed in. From a known device they stay: an attacker elsewhere gains no tries by it.
    """
    keys = [name_key(name) for name in names] + ([device_key(device)] if device else [])
    rows = list(SignInTally.objects.select_for_update().filter(key__in=keys).order_by("key"))
    since = [row.untold_since for row in rows if row.untold_since]
    told = Told(sum(row.untold for row in rows), min(since) if since else None)
    for row in rows:
        row.untold, row.untold_since = 0, None
        if not device or row.key == device_key(device):
            row.count, row.until = 0, None
        row.save()
    return told


# -- keys: digests, for names and addresses are personal data ----------------------------------------


def name_key(name: str) -> str:
    return _key("name", name.strip().casefold())


def device_key(device: str) -> str:
    return _key("device", device)


def network_key(address: str) -> str:
    """IPv6 by its /64: whoever has one address has them all."""
    try:
        found = ip_address(address)
    except ValueError:  # a socket without an address: all of it together
        return _key("network", address)
    if isinstance(found, IPv6Address):
        return _key("network", str(ip_network((found, 64), strict=False)))
    return _key("network", str(found))


def _key(kind: str, value: str) -> str:
    return salted_hmac(f"tinhso.sign-in.{kind}", value, algorithm="sha256").hexdigest()


def tallied(rule: Rule, failures: list[datetime]) -> Tally:
    """The tally after failures at these moments, those that had to wait left out."""

    def one_more(tally: Tally, at: datetime) -> Tally:
        return tally if tally.left(at) else tally.after_failure(rule, at)

    return reduce(one_more, failures, Tally())
