"""What modules owe to others: written with the act, delivered afterwards by the worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import connection

from tinhso.kernel.ledger.entries import NotInTransactionError
from tinhso.kernel.ledger.inserting import insert
from tinhso.kernel.ledger.models import Delivery

#: The topic of rows for the lake; their key is `<stream>/<key>`.
RECORDS = "records"


def owe(topic: str, key: str, payload: Mapping[str, Any]) -> Delivery:
    """Write that something must be delivered. In order for each (topic, key), at least once.

    Order is that of the acts: an act locks the thing that it changes (`select_for_update`) before
    it owes anything about it, so that the next act on the same thing gets a later id. Acts that
    nothing kept apart have no order between them.

    Raises NotInTransactionError outside the transaction of the act that owes it.
    """
    if not connection.in_atomic_block:
        raise NotInTransactionError(topic)
    made = Delivery(topic=topic, key=key, payload=dict(payload))
    insert(made)
    return made


def owe_records(stream: str, key: str, rows: Sequence[Mapping[str, Any]]) -> Delivery:
    """Owe records to a stream of the lake (nợ bản ghi): each row maps fields' names to values.

    Values are texts, whole numbers, true, false or None; days and times are texts in ISO 8601.
    `key` names the thing that the rows tell of: what is owed for one thing comes in order, and a
    later row with the same key of the stream is a correction. Rows that the stream does not take
    keep the delivery waiting, stuck, with the reason.

    Raises NotInTransactionError outside a transaction, ValueError for a stream's code with "/".
    """
    if "/" in stream:
        raise ValueError(f"no stream is called {stream}")
    return owe(RECORDS, f"{stream}/{key}", {"rows": [dict(row) for row in rows]})


#: The rows of a thing as they are now, from its key: what a stuck delivery is made anew from.
Remaker = Callable[[str], Sequence[Mapping[str, Any]]]
REMAKERS: dict[str, Remaker] = {}


def remakes(stream: str) -> Callable[[Remaker], Remaker]:
    """Declare how what is owed to a stream about one thing is made anew, from the thing's key.

    Only where a later record says all that earlier ones said: a delivery that the stream refused
    is sent again (`delivery_actions.retry`) with the rows as they are then.
    """

    def declare(remaker: Remaker) -> Remaker:
        REMAKERS[stream] = remaker
        return remaker

    return declare


def remade(topic: str, key: str) -> dict[str, Any] | None:
    """The payload as it would be owed now; None where nobody makes it anew."""
    stream, _, thing = key.partition("/")
    remaker = REMAKERS.get(stream) if topic == RECORDS else None
    return {"rows": [dict(row) for row in remaker(thing)]} if remaker else None
