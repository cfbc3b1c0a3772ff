"""Delivering what is owed (gửi việc trong hộp thư đi): handlers by topic, one try at a time.

    @delivers("mail", personal=True)
    def send(parcel: Parcel) -> None: ...

A delivery is taken by a lease, handled outside any transaction, and marked under the same lease:
who lost it cannot mark. Only the oldest waiting delivery of a (topic, key) is ever taken.
"""

from __future__ import annotations

import logging
import random
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from tinhso.kernel.ledger.leases import PACE, Pace, free, in_seconds, kept_alive, new_lease
from tinhso.kernel.ledger.models import Delivery, DeliveryState
from tinhso.measure.text import Text

logger = logging.getLogger(__name__)

H = TypeVar("H", bound=Callable[..., None])

#: So many are looked at when one is to be taken: several workers seldom want the same.
CHOICE = 8

NO_HANDLER = Text(
    "Phiên bản phần mềm này không biết cách gửi loại việc này.",
    "This version of the software does not know how to deliver this kind of thing.",
)


class DeliveryError(Exception):
    """A try failed for a reason that is known; `reason` is a sentence without personal data."""

    #: Whether the receiver is at fault, not what is delivered: then all of several fail alike.
    of_receiver = False

    def __init__(self, reason: Text) -> None:
        self.reason = reason
        super().__init__(reason.en)


class TemporaryError(DeliveryError):
    """The receiver cannot take it now: tried again by itself, after growing pauses."""

    of_receiver = True


class UnforeseenError(DeliveryError):
    """A handler raised what it should not: tried again like a TemporaryError."""


class PermanentError(DeliveryError):
    """It cannot succeed as it is: stuck until a person does something."""


@dataclass(frozen=True)
class Parcel:
    """One delivery as a handler gets it. The same `uid` again is a repeat, never something new.

    It was owed at `owed_at`, by the database's clock.
    """

    uid: uuid.UUID
    topic: str
    key: str
    payload: dict[str, Any]
    owed_at: datetime


@dataclass(frozen=True)
class Handler:
    """How a topic is delivered. `most` > 1: several parcels of one family (the key before its first
    "/") go in one call. `personal`: the payload is shown to nobody and erased once delivered."""

    topic: str
    deliver: Callable[[Sequence[Parcel]], None]
    personal: bool
    most: int


#: Every handler there is, by topic.
HANDLERS: dict[str, Handler] = {}


def delivers(topic: str, *, personal: bool = False) -> Callable[[H], H]:
    """Declare how a topic is delivered, one parcel a call. A second handler for a topic fails.

    The handler returns when the receiver has it, and raises PermanentError or TemporaryError when
    not; anything else that it raises is tried again too, with the traceback in the log.
    """

    def declare(handle: H) -> H:
        def each(parcels: Sequence[Parcel]) -> None:
            for parcel in parcels:
                handle(parcel)

        _declare(Handler(topic, each, personal, 1))
        return handle

    return declare


def delivers_together(topic: str, *, most: int, personal: bool = False) -> Callable[[H], H]:
    """The same for a handler that takes up to `most` parcels of one family at once, oldest first.

    When a call with several raises anything but TemporaryError, it is made again for each half, so
    that in the end only the one at fault waits.
    """

    def declare(handle: H) -> H:
        _declare(Handler(topic, handle, personal, most))
        return handle

    return declare


def _declare(handler: Handler) -> None:
    if handler.topic in HANDLERS:
        raise ValueError(f"two handlers for {handler.topic}")
    HANDLERS[handler.topic] = handler


def is_personal(topic: str) -> bool:
    """Whether payloads of a topic are hidden: said by its handler, and of any unknown topic."""
    handler = HANDLERS.get(topic)
    return handler is None or handler.personal


# -- taking ----------------------------------------------------------------------------------------


def heads() -> QuerySet[Delivery]:
    """The waiting deliveries that no earlier one of their (topic, key) stands before."""
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING)
    earlier = waiting.filter(
        topic=OuterRef("topic"), key=OuterRef("key"), id__lt=OuterRef("id")
    ).order_by()
    return waiting.filter(~Exists(earlier))


def due() -> QuerySet[Delivery]:
    """Those of `heads` whose time has come and that nobody holds, longest due first."""
    return heads().filter(free(), next_try_at__lte=Now()).order_by("next_try_at", "id")


#: What goes together: a topic, and the key before its first "/".
Family = tuple[str, str]


def family_of(delivery: Delivery) -> Family:
    return delivery.topic, delivery.key.partition("/")[0]


def _of_family(topic: str, family: str) -> Q:
    return Q(topic=topic, key__startswith=f"{family}/")


def take(pace: Pace = PACE, leaving: Collection[Family] = ()) -> list[Delivery]:
    """Lease the next due delivery, with others of its family where they go together; [] if none is.
    The families `leaving` are left for later.

    Safe with any number of workers: the UPDATE holds only for whoever finds the row still free.
    """
    wanted = due()
    for family in leaving:
        wanted = wanted.exclude(_of_family(*family))
    found = list(wanted[:CHOICE])
    random.shuffle(found)
    lease = new_lease()
    for one in found:
        if not _lease([one], lease, pace):
            continue
        taken = [one]
        handler = HANDLERS.get(one.topic)
        if handler is not None and handler.most > 1:
            others = due().filter(_of_family(*family_of(one)))[: handler.most - 1]
            taken += _lease(list(others), lease, pace)
        return sorted(taken, key=lambda delivery: delivery.pk)
    return []


def may_gather(taken: Sequence[Delivery]) -> bool:
    """Whether more could have gone in the same call, which costs much the same for one or for many."""
    handler = HANDLERS.get(taken[0].topic) if taken else None
    return handler is not None and len(taken) < handler.most


def _lease(wanted: Sequence[Delivery], lease: uuid.UUID, pace: Pace) -> list[Delivery]:
    """Compare and set; those that were still free, in the same order. Nothing earlier of the same key
    can have come to wait in the meantime."""
    tried: dict[int, list[Delivery]] = {}
    for one in wanted:
        tried.setdefault(one.attempts, []).append(one)
    taken: set[int] = set()
    for before, alike in tried.items():
        own = [one.pk for one in alike]
        count = Delivery.objects.filter(
            free(), pk__in=own, state=DeliveryState.WAITING, next_try_at__lte=Now()
        ).update(
            lease=lease,
            leased_until=in_seconds(pace.lease),
            attempts=F("attempts") + 1,
            # Already now: one that kills its worker each time is tried after growing pauses as well.
            next_try_at=in_seconds(pause(before + 1, pace)),
        )
        if count < len(own):
            own = list(
                Delivery.objects.filter(pk__in=own, lease=lease).values_list("pk", flat=True)
            )
        taken.update(own)
    found = [one for one in wanted if one.pk in taken]
    for one in found:
        one.lease, one.attempts = lease, one.attempts + 1
    return found


def pause(attempts: int, pace: Pace = PACE) -> float:
    """Seconds to wait after so many tries: doubling, with jitter, from the first to the longest."""
    base = min(pace.first_pause * 2 ** min(attempts - 1, 40), pace.longest_pause / 1.25)
    return float(base) * random.uniform(1, 1.25)  # noqa: S311 (spreads tries, keeps no secret)


# -- delivering ------------------------------------------------------------------------------------


def deliver(taken: Sequence[Delivery], pace: Pace = PACE) -> None:
    """Hand what was taken to its handler, and mark what became of it."""
    with kept_alive(lambda: _renew(taken, pace), pace, taken[0].topic):
        _deliver(taken, pace)


def _deliver(taken: Sequence[Delivery], pace: Pace) -> None:
    failed = _try(taken)
    if failed is None:
        _mark_done(taken)
    elif len(taken) == 1 or failed.of_receiver:
        for one in taken:
            _mark_failed(one, failed, pace)
    else:
        # One of them is at fault: halves find it with few calls.
        half = len(taken) // 2
        _deliver(taken[:half], pace)
        _deliver(taken[half:], pace)


def _try(taken: Sequence[Delivery]) -> DeliveryError | None:
    """None, or why it failed."""
    handler = HANDLERS.get(taken[0].topic)
    if handler is None:
        return PermanentError(NO_HANDLER)
    parcels = [Parcel(one.uid, one.topic, one.key, one.payload, one.created_at) for one in taken]
    names = ", ".join(str(one.uid) for one in taken)
    try:
        handler.deliver(parcels)
    except DeliveryError as error:
        logger.warning("%s %s: %s", handler.topic, names, error)
        return error
    except Exception as error:
        # Whatever a handler raises must not stop the worker. Its words may tell of persons, so
        # only its kind is kept where people see it.
        logger.exception("%s %s failed", handler.topic, names)
        kind = type(error).__name__
        return UnforeseenError(
            Text(
                f"Lỗi chưa lường trước ({kind}); chi tiết trong nhật ký của tiến trình.",
                f"An unforeseen error ({kind}); the process's log has the details.",
            )
        )
    return None


def _ours(taken: Sequence[Delivery]) -> QuerySet[Delivery]:
    """The rows that are still leased as they were taken: the fence before every mark."""
    return Delivery.objects.filter(
        pk__in=[one.pk for one in taken], lease=taken[0].lease, state=DeliveryState.WAITING
    )


def _renew(taken: Sequence[Delivery], pace: Pace) -> bool:
    return bool(_ours(taken).update(leased_until=in_seconds(pace.lease)))


def _mark_done(taken: Sequence[Delivery]) -> None:
    more: dict[str, Any] = {"payload": {}} if is_personal(taken[0].topic) else {}
    with transaction.atomic():
        marked = _ours(taken).update(
            state=DeliveryState.DONE,
            ended_at=Now(),
            lease=None,
            leased_until=None,
            last_error="",
            last_error_en="",
            **more,
        )
        for one in taken:
            if one.attempts > 1:
                release(one)
    if marked < len(taken):
        logger.warning("%s: delivered, but the lease was lost: it may be repeated", taken[0].topic)


def _mark_failed(one: Delivery, error: DeliveryError, pace: Pace) -> None:
    again = not isinstance(error, PermanentError)
    _ours([one]).update(
        lease=None,
        leased_until=None,
        last_error=error.reason.vi,
        last_error_en=error.reason.en,
        next_try_at=in_seconds(pause(one.attempts, pace)) if again else None,
    )


# -- what waits behind a failure -------------------------------------------------------------------

#: Seconds for which `defer_blocked` puts off what cannot go yet.
PUT_OFF = 600


def defer_blocked() -> int:
    """Put off what waits behind a delivery that failed, so that nobody looks at it on every round:
    thousands may pile up behind one that is stuck. Answers how many rows."""
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING)
    failed = waiting.filter(
        free(),
        Q(next_try_at__isnull=True) | Q(next_try_at__gt=Now()),
        topic=OuterRef("topic"),
        key=OuterRef("key"),
        id__lt=OuterRef("id"),
        attempts__gt=0,
    )
    soon = waiting.filter(Exists(failed), attempts=0, next_try_at__lte=in_seconds(PUT_OFF / 2))
    return soon.update(next_try_at=in_seconds(PUT_OFF))


def release(ended: Delivery) -> None:
    """What was put off behind a delivery may go; call it in the transaction that ends the delivery."""
    Delivery.objects.filter(
        state=DeliveryState.WAITING,
        topic=ended.topic,
        key=ended.key,
        id__gt=ended.pk,
        attempts=0,
        next_try_at__gt=Now(),
    ).update(next_try_at=Now())


# -- keeping house ---------------------------------------------------------------------------------

#: Days for which what was delivered or given up is kept to be looked at.
KEPT_DAYS = 30


def mend_clock(pace: Pace = PACE) -> int:
    """After the database's clock went back: what lies further ahead than any pause or lease
    reaches comes due now. Answers how many rows."""
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING)
    late = waiting.filter(next_try_at__gt=in_seconds(pace.longest_pause)).update(next_try_at=Now())
    held = waiting.filter(leased_until__gt=in_seconds(pace.lease))
    return late + held.update(leased_until=Now())


def forget_old() -> int:
    """Delete what was delivered KEPT_DAYS ago, and empty what was given up then: that it was given
    up, and why, stays. Answers how many rows."""
    old = Delivery.objects.filter(ended_at__lte=in_seconds(-KEPT_DAYS * 24 * 3600))
    gone, _ = old.filter(state=DeliveryState.DONE).delete()
    emptied = old.filter(~Q(payload={}), state=DeliveryState.GIVEN_UP).update(payload={})
    return gone + emptied
