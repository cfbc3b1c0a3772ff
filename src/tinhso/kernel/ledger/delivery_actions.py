"""Every write to what is owed that a person makes: sending it again, giving it up."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models.functions import Now

from tinhso.kernel.ledger.actor import Actor
from tinhso.kernel.ledger.delivering import release
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.ledger.leases import free
from tinhso.kernel.ledger.models import Delivery, DeliveryState
from tinhso.kernel.ledger.outbox import remade
from tinhso.measure.text import InputError, message

KIND = "ledger.delivery"

UNKNOWN_DELIVERY = message(
    "delivery-unknown",
    vi="Không có việc gửi {uid}; `tinhso outbox list` liệt kê những việc đang có.",
    en="There is no delivery {uid}; `tinhso outbox list` lists those there are.",
)
ENDED = message(
    "delivery-ended",
    vi="Việc gửi {uid} đã xong hoặc đã bỏ, không gửi lại và không bỏ được nữa.",
    en="Delivery {uid} is done or given up: it can be neither sent again nor given up.",
)
IN_HAND = message(
    "delivery-in-hand",
    vi="Việc gửi {uid} đang được gửi. Hãy xem lại sau một phút.",
    en="Delivery {uid} is being delivered. Look again in a minute.",
)
REASON_NEEDED = message(
    "delivery-reason",
    vi="Hãy nêu lý do bỏ: người sau đọc nhật ký cần biết vì sao bên nhận không có việc này.",
    en="Give the reason: whoever reads the ledger must know why the receiver never got this.",
)


def retry(uid: uuid.UUID, actor: Actor) -> Delivery:
    """Try a waiting delivery now (cho gửi lại), stuck or not. Records that a stream refused are made
    anew where their room says how (`outbox.remakes`), with all that waits behind them.

    Raises InputError: `delivery-unknown`, `delivery-ended`, `delivery-in-hand`.
    """
    with transaction.atomic():
        delivery = _waiting(uid)
        before = _state(delivery)
        if before["stuck"]:
            _make_anew(delivery)
        delivery.next_try_at = Now()
        delivery.save(update_fields=["next_try_at"])
        delivery.refresh_from_db()
        record(actor, f"{KIND}.retry", Thing(KIND, str(uid)), before=before, after=_state(delivery))
    return delivery


def _make_anew(delivery: Delivery) -> None:
    payload = remade(delivery.topic, delivery.key)
    if payload is None:
        return
    line = Delivery.objects.filter(
        free(), topic=delivery.topic, key=delivery.key, state=DeliveryState.WAITING
    )
    line.update(payload=payload)
    delivery.payload = payload


def give_up(uid: uuid.UUID, actor: Actor, *, reason: str) -> Delivery:
    """Never deliver this (bỏ); what waits behind it goes on.

    Raises InputError: `delivery-reason` without one, and as `retry`.
    """
    if not reason.strip():
        raise InputError([REASON_NEEDED()])
    with transaction.atomic():
        delivery = _waiting(uid)
        before = _state(delivery)
        delivery.state = DeliveryState.GIVEN_UP
        delivery.reason = reason.strip()
        delivery.ended_at = Now()
        delivery.lease = delivery.leased_until = None
        delivery.save(update_fields=["state", "reason", "ended_at", "lease", "leased_until"])
        record(
            actor,
            f"{KIND}.give-up",
            Thing(KIND, str(uid)),
            before=before,
            after=_state(delivery),
            reason=delivery.reason,
        )
        release(delivery)
        delivery.refresh_from_db()
    return delivery


def _waiting(uid: uuid.UUID) -> Delivery:
    """The delivery, locked; nobody may have it in hand."""
    delivery = Delivery.objects.select_for_update().filter(uid=uid).first()
    if delivery is None:
        raise InputError([UNKNOWN_DELIVERY(uid=uid)])
    if delivery.state != DeliveryState.WAITING:
        raise InputError([ENDED(uid=uid)])
    if not Delivery.objects.filter(free(), pk=delivery.pk).exists():
        raise InputError([IN_HAND(uid=uid)])
    return delivery


def _state(delivery: Delivery) -> dict[str, str | int | bool]:
    return {
        "state": str(delivery.state),
        "topic": delivery.topic,
        "attempts": delivery.attempts,
        "stuck": delivery.state == DeliveryState.WAITING and delivery.next_try_at is None,
    }
