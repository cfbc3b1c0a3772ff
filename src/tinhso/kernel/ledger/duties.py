"""Periodic duties of the worker (việc định kỳ): each run by at most one worker at a time.

@every(60)
def mend() -> None: ...
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from django.db.models import Q
from django.db.models.functions import Now

from tinhso.kernel.ledger.leases import PACE, Pace, free, in_seconds, kept_alive, new_lease
from tinhso.kernel.ledger.models import Duty
from tinhso.measure.text import InputError, Text

logger = logging.getLogger(__name__)

D = TypeVar("D", bound=Callable[[], object])


@dataclass(frozen=True)
class Periodic:
    """A duty that is due `seconds` after it was last started."""

    name: str
    text: Text
    seconds: float
    run: Callable[[], object]


#: Every duty there is, by name.
DUTIES: dict[str, Periodic] = {}


def every(seconds: float, text: Text) -> Callable[[D], D]:
    """Declare a duty; `text` says what it does. Its name is the function's; a second one fails.

    It runs on a thread of the worker, outside a transaction, and must bear being cut off at any
    moment and done again.
    """

    def declare(run: D) -> D:
        name = run.__name__
        if name in DUTIES:
            raise ValueError(f"two duties called {name}")
        DUTIES[name] = Periodic(name, text, seconds, run)
        return run

    return declare


def run_if_due(duty: Periodic, pace: Pace = PACE) -> bool:
    """Run the duty if it is due and nobody runs it; answers whether it ran.

    What it raises goes to the log and, as a sentence, beside the duty; it is due again as ever.
    """
    Duty.objects.get_or_create(name=duty.name)
    lease = new_lease()
    # A start that lies ahead is from before the clock went back, and so is a lease that ends too late.
    rested = Q(started_at__isnull=True) | Q(started_at__gt=Now())
    rested |= Q(started_at__lte=Now() - timedelta(seconds=duty.seconds))
    unheld = free() | Q(leased_until__gt=in_seconds(pace.lease))
    row = Duty.objects.filter(rested, unheld, name=duty.name)
    if not row.update(lease=lease, leased_until=in_seconds(pace.lease), started_at=Now()):
        return False
    ours = Duty.objects.filter(name=duty.name, lease=lease)

    def renew() -> bool:
        return bool(ours.update(leased_until=in_seconds(pace.lease)))

    error = Text("", "")
    with kept_alive(renew, pace, duty.name):
        try:
            duty.run()
        except InputError as failure:
            logger.error("the duty %s: %s", duty.name, failure)  # noqa: TRY400 (it says it all)
            vi, en = (" ".join(p.to(one) for p in failure.problems) for one in ("vi", "en"))
            error = Text(vi, en)
        except Exception as failure:
            logger.exception("the duty %s failed", duty.name)
            kind = type(failure).__name__
            error = Text(
                f"Lỗi ({kind}); chi tiết trong nhật ký của tiến trình.",
                f"An error ({kind}); the process's log has the details.",
            )
    ours.update(
        lease=None,
        leased_until=None,
        finished_at=Now(),
        last_error=error.vi,
        last_error_en=error.en,
    )
    return True
