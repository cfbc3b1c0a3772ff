"""The lake's batches in the site's ledger.

Records go into the lake, whose transactions are not the site's. So the lake's own log is the source: each
of its events gets exactly one entry, right after the act, or at the next start when a kill came
between.
"""

from __future__ import annotations

from contextlib import closing

from django.db import transaction

from tinhso.kernel.ledger.actor import Actor
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.measure.ingest import Event, batches
from tinhso.modules.plan.models import EnteredBatch
from tinhso.modules.plan.workspace import Workspace


def enter_batches(place: Workspace, actor: Actor) -> int:
    """Give an entry by `actor` to each event of the lake's log that has none; returns how many."""
    known = set(EnteredBatch.objects.values_list("batch", "event"))
    with closing(place.connection()) as connection:
        events = batches(connection)
    missing = [event for event in events if (event.batch, event.event) not in known]
    return sum(_enter(event, actor) for event in missing)


def _enter(event: Event, actor: Actor) -> bool:
    with transaction.atomic():
        # Of two that come at once, the second waits here for the first, and finds it done.
        _, new = EnteredBatch.objects.get_or_create(batch=event.batch, event=event.event)
        if new:
            after = {
                "at": event.at.isoformat(),
                "stream": event.stream,
                "file": event.file,
                "digest": event.digest,
                "mode": event.mode,
                "read": event.rows_read,
                "added": event.rows_added,
                "corrected": event.rows_corrected,
                "same": event.rows_same,
                "bad": event.rows_bad,
                "simulated": event.simulated,
            }
            thing = Thing("plan.batch", str(event.batch))
            record(actor, f"plan.batch.{event.event}", thing, after=after, reason=event.note)
    return new
