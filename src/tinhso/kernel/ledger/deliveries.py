"""Every read of what is owed: what waits, what is stuck and why, since when."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, QuerySet, Value, When

from tinhso.kernel.ledger.delivering import heads, is_personal
from tinhso.kernel.ledger.duties import DUTIES
from tinhso.kernel.ledger.leases import free, in_seconds
from tinhso.kernel.ledger.models import Delivery, DeliveryState, Duty
from tinhso.measure.text import Text


class Standing(StrEnum):
    """How a delivery stands, as people ask; computed, never stored."""

    STUCK = "stuck"
    FAILING = "failing"
    BEHIND = "behind"
    IN_HAND = "in-hand"
    WAITING = "waiting"
    DONE = "done"
    GIVEN_UP = "given-up"


WORDS = {
    Standing.STUCK: Text("kẹt, cần người xử lý", "stuck, needs somebody"),
    Standing.FAILING: Text("chưa được, sẽ gửi lại", "failed, will be tried again"),
    Standing.BEHIND: Text("đợi việc trước", "behind an earlier one"),
    Standing.IN_HAND: Text("đang gửi", "being delivered"),
    Standing.WAITING: Text("chờ gửi", "waiting"),
    Standing.DONE: Text("đã gửi", "delivered"),
    Standing.GIVEN_UP: Text("đã bỏ", "given up"),
}

#: What the known topics are called; another is shown by its code.
TOPICS = {
    "mail": Text("Thư điện tử", "E-mail"),
    "records": Text("Bản ghi vào kho", "Records for the lake"),
}


def topic_name(topic: str) -> Text:
    return TOPICS.get(topic, Text(topic, topic))


@dataclass(frozen=True)
class Row:
    """A delivery as lists show it."""

    delivery: Delivery
    standing: Standing

    @property
    def topic(self) -> Text:
        return topic_name(self.delivery.topic)

    @property
    def words(self) -> Text:
        return WORDS[self.standing]

    @property
    def error(self) -> Text:
        """Why the latest try failed, or "". A try that nobody finished says so."""
        one = self.delivery
        if not one.last_error and one.attempts and self.standing is Standing.FAILING:
            return Text(
                "Tiến trình gửi bị ngắt giữa chừng; không biết bên nhận đã có chưa.",
                "The worker was cut off; whether the receiver has it is not known.",
            )
        return Text(one.last_error, one.last_error_en or one.last_error)

    @property
    def payload(self) -> dict[str, Any] | None:
        """What is to be delivered; None where it is shown to nobody."""
        return None if is_personal(self.delivery.topic) else self.delivery.payload


@dataclass(frozen=True)
class TopicCount:
    """How many of a topic stand where; `oldest` is since when the longest waiting one waits."""

    topic: str
    waiting: int
    failing: int
    stuck: int
    oldest: datetime | None
    done_lately: int
    given_up: int

    @property
    def name(self) -> Text:
        return topic_name(self.topic)


@dataclass(frozen=True)
class DutyRow:
    """A periodic duty and its latest run; `finished_at` None is never."""

    text: Text
    seconds: float
    started_at: datetime | None
    finished_at: datetime | None
    error: Text


def rows(topic: str = "", standing: Standing | None = None) -> QuerySet[Delivery]:
    """Deliveries with their standing, oldest waiting first, ended ones after them, latest first."""
    found = _standing(Delivery.objects.all())
    if topic:
        found = found.filter(topic=topic)
    if standing is not None:
        found = found.filter(Q(standing=standing.value))
    else:
        found = found.filter(state=DeliveryState.WAITING)
    ended = standing in (Standing.DONE, Standing.GIVEN_UP)
    return found.order_by("-ended_at" if ended else "id")


def row(delivery: Delivery) -> Row:
    """One that came out of `rows`."""
    return Row(delivery, Standing(delivery.standing))  # type: ignore[attr-defined]


def find(uid: uuid.UUID) -> Row | None:
    """One delivery by its uid; None if there is none."""
    found = _standing(Delivery.objects.filter(uid=uid)).first()
    return None if found is None else row(found)


def ahead_of(delivery: Delivery) -> Delivery | None:
    """The waiting delivery of the same key that is to go first, if there is one before this."""
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING, pk__lt=delivery.pk)
    return waiting.filter(topic=delivery.topic, key=delivery.key).order_by("pk").first()


def _standing(found: QuerySet[Delivery]) -> QuerySet[Delivery]:
    earlier = Delivery.objects.filter(
        state=DeliveryState.WAITING,
        topic=OuterRef("topic"),
        key=OuterRef("key"),
        pk__lt=OuterRef("pk"),
    )
    cases = (
        When(state=DeliveryState.DONE, then=Value(Standing.DONE.value)),
        When(state=DeliveryState.GIVEN_UP, then=Value(Standing.GIVEN_UP.value)),
        When(next_try_at__isnull=True, then=Value(Standing.STUCK.value)),
        When(~free(), then=Value(Standing.IN_HAND.value)),
        When(attempts__gt=0, then=Value(Standing.FAILING.value)),
        When(Exists(earlier), then=Value(Standing.BEHIND.value)),
    )
    return found.annotate(standing=Case(*cases, default=Value(Standing.WAITING.value)))


def counts(since: datetime) -> Sequence[TopicCount]:
    """How each topic stands; `done_lately` counts what was delivered from `since` on."""
    waiting = Q(state=DeliveryState.WAITING)
    found = (
        Delivery.objects.filter(
            waiting
            | Q(ended_at__gte=since)
            | Q(state=DeliveryState.GIVEN_UP, ended_at__isnull=False)
        )
        .values("topic")
        .annotate(
            waiting=Count("pk", filter=waiting),
            stuck=Count("pk", filter=waiting & Q(next_try_at__isnull=True)),
            failing=Count("pk", filter=waiting & Q(next_try_at__isnull=False, attempts__gt=0)),
            oldest=Min("created_at", filter=waiting),
            done_lately=Count("pk", filter=Q(state=DeliveryState.DONE)),
            given_up=Count("pk", filter=Q(state=DeliveryState.GIVEN_UP)),
        )
        .order_by(F("stuck").desc(), F("waiting").desc(), "topic")
    )
    return [TopicCount(**one) for one in found]


def overdue(seconds: float) -> int:
    """How many deliveries have been due for longer than that, unheld: no worker runs, or too few."""
    return heads().filter(free(), next_try_at__lte=in_seconds(-seconds)).count()


def duties() -> list[DutyRow]:
    """The periodic duties of this version, each with its latest run."""
    known = {one.name: one for one in Duty.objects.all()}
    found = []
    for name, duty in DUTIES.items():
        one = known.get(name) or Duty(name=name)
        error = Text(one.last_error, one.last_error_en)
        found.append(DutyRow(duty.text, duty.seconds, one.started_at, one.finished_at, error))
    return found
