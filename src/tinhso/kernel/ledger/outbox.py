"""What modules owe to others: written with the act, delivered afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils import timezone

from tinhso.kernel.ledger.entries import NotInTransactionError
from tinhso.kernel.ledger.models import Delivery


def owe(topic: str, key: str, payload: Mapping[str, Any]) -> Delivery:
    """Write that something must be delivered. In order for each (topic, key), at least once.

    Raises NotInTransactionError outside the transaction of the act that owes it.
    """
    if not connection.in_atomic_block:
        raise NotInTransactionError(topic)
    now = timezone.now()
    return Delivery.objects.create(
        topic=topic, key=key, payload=dict(payload), created_at=now, next_try_at=now
    )
