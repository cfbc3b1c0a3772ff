"""What is so: looked up for metrics and for the status page."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from tinhso.kernel.ledger.models import Delivery, DeliveryState
from tinhso.modules.plan.workspace import Workspace

#: A delivery that failed this often needs somebody to look at it.
STUCK_AFTER = 5


def stuck() -> QuerySet[Delivery]:
    """Those that wait for a person: refused for good, or tried in vain again and again."""
    in_vain = Q(next_try_at__isnull=True) | Q(attempts__gte=STUCK_AFTER)
    return Delivery.objects.filter(in_vain, state=DeliveryState.WAITING)


def snapshot(place: Workspace) -> tuple[int, datetime]:
    """The lake's newest snapshot and when it was committed."""
    row = (
        place.connection()
        .execute(
            "SELECT snapshot_id, epoch(snapshot_time) FROM lake.snapshots()"
            " ORDER BY snapshot_id DESC LIMIT 1"
        )
        .fetchone()
    )
    assert row is not None
    return int(row[0]), datetime.fromtimestamp(row[1], UTC)


def database_bytes() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    file = Path(str(settings.DATABASES["default"]["NAME"]))
    return file.stat().st_size if file.exists() else 0


def memory_bytes() -> int:
    """Resident memory of this process (proc(5), statm)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
