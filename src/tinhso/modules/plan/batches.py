"""The lake's batches in the site's ledger.

Records go into the lake, whose transactions are not the site's. So the lake's own log is the source: each
of its events gets exactly one entry, right after the act, or at the next start when a kill came
between. How far the log has been read is remembered, so that only what is new is read again.
"""

from __future__ import annotations

from contextlib import closing

from django.db import transaction

from tinhso.kernel.ledger.actor import Actor
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.measure.ingest import Event, batches
from tinhso.modules.plan.models import EnteredBatch, LogRead
from tinhso.modules.plan.workspace import Workspace


def enter_batches(place: Workspace, actor: Actor) -> int:
    """Give an entry by `actor` to each event of the lake's log that has none; returns how many."""
    with closing(place.connection()) as connection:
        newest = place.lake.snapshot(connection)
        read = LogRead.objects.filter(pk=1).values_list("snapshot", flat=True).first() or 0
        if read == newest:
            return 0
        if read > newest:
            read = 0  # an older copy of the lake was put back: its numbers are given out again
        events = batches(connection, after=read, until=newest)
    oldest = min((event.batch for event in events), default=0)
    rows = EnteredBatch.objects.filter(batch__gte=oldest)
    known = set(rows.values_list("batch", "event")) if events else set()
    missing = [event for event in events if (event.batch, event.event) not in known]
    entered = sum(_enter(event, actor) for event in missing)
    # Last: who is killed before reads the same events again, and finds them entered.
    LogRead.objects.update_or_create(pk=1, defaults={"snapshot": newest})
    return entered


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
