"""Every write of this room: publishing."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from tinhso.kernel.ledger.actor import Actor
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.measure.figures import Value
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.text import NOWHERE, InputError, Place, message
from tinhso.modules.plan.models import Publication, PublishedFigure
from tinhso.modules.plan.policies import PUBLICATION
from tinhso.modules.plan.queries import Lens, PlanQueries

REASON_NEEDED = message(
    "publication-reason",
    vi="{changed} con số khác với lần công bố trước ({first}). Hãy nêu lý do đính chính (ở dòng lệnh: --reason).",
    en="{changed} figures differ from those published before ({first}). Give the reason of the revision (at the command line: --reason).",
)
NOTHING_CHANGED = message(
    "publication-same",
    vi="Mọi con số giống lần công bố trước; không có gì để công bố lại.",
    en="All figures are as published before; there is nothing to publish again.",
)
NOT_ENDED = message(
    "publication-not-ended",
    vi="Kỳ “{period}” chưa kết thúc (ngày cuối: {last}). Chỉ công bố kỳ đã kết thúc.",
    en="The period “{period}” has not ended (its last day: {last}). Only what has ended is published.",
)
AT_ONCE = message(
    "publication-at-once",
    vi="Có người vừa công bố kỳ này. Mở lại trang để xem, rồi công bố lại nếu vẫn cần.",
    en="Somebody has just published this period. Open the page again, then publish if it is still needed.",
)


@dataclass(frozen=True)
class Published:
    publication: Publication
    figures: int
    changed: int


def has_ended(period: Period) -> bool:
    """Whether all days of a period are over."""
    return period.end <= timezone.localdate()


def publish(
    actor: Actor,
    queries: PlanQueries,
    period: Period,
    view: View,
    *,
    by: str,
    reason: str,
    all_levels: bool = True,
) -> Published:
    """Publish all figures of a plan for a period and view, for its unit and those below it.

    Without `all_levels`, only those directly below it. `by` is who the publication names.

    The first time needs no reason. A later time is a revision: it raises InputError without a
    reason (`publication-reason`) or without any difference (`publication-same`). Of two at the same
    moment the later raises InputError (`publication-at-once`): its differences were another's. A
    period that has not ended is not published at all (`publication-not-ended`).
    """
    if not has_ended(period):
        raise InputError(
            [NOT_ENDED(Place("period"), period=period.code, last=period.last_day.isoformat())]
        )
    lens = Lens(period, view)
    values = _figures(queries, lens, all_levels=all_levels)
    with transaction.atomic():
        earlier = Publication.objects.filter(
            plan=queries.pack.code, period=period.code, view=view.code
        )
        last = earlier.order_by("-number").first()
        changed = _differences(last, values) if last else []
        if last and not changed:
            raise InputError([NOTHING_CHANGED(NOWHERE)])
        if last and not reason.strip():
            first = f"{changed[0].indicator.code} {changed[0].unit}"
            raise InputError([REASON_NEEDED(Place("reason"), changed=len(changed), first=first)])
        number = (earlier.aggregate(Max("number"))["number__max"] or 0) + 1
        try:
            publication = Publication.objects.create(
                plan=queries.pack.code,
                period=period.code,
                view=view.code,
                number=number,
                snapshot=queries.manifest.snapshot,
                published_at=timezone.now(),
                published_by=by,
                reason=reason.strip(),
                simulated=bool(queries.manifest.simulated),
            )
        except IntegrityError as error:
            raise InputError([AT_ONCE(NOWHERE)]) from error
        PublishedFigure.objects.bulk_create(
            PublishedFigure(
                publication=publication,
                indicator=value.indicator.code,
                unit=value.unit,
                status=value.status.value,
                numerator=value.numerator.amount,
                denominator=value.denominator.amount,
            )
            for value in values
        )
        _enter(actor, publication, queries.root, len(values), len(changed))
    return Published(publication, len(values), len(changed))


def _enter(actor: Actor, made: Publication, unit: str, figures: int, changed: int) -> None:
    name = f"{made.plan}/{made.period}/{made.view}/{made.number}"
    after = {
        "plan": made.plan,
        "period": made.period,
        "view": made.view,
        "number": made.number,
        "snapshot": made.snapshot,
        "published_by": made.published_by,
        "simulated": made.simulated,
        "figures": figures,
        "changed": changed,
    }
    thing = Thing(PUBLICATION.kind, name, unit)
    record(actor, f"{PUBLICATION.kind}.publish", thing, after=after, reason=made.reason)


def _figures(queries: PlanQueries, lens: Lens, *, all_levels: bool) -> list[Value]:
    children = queries.figures.places.children
    units = [queries.root, *children(queries.root, lens.period, lens.view)]
    waiting = units[1:] if all_levels else []
    while waiting:
        found = children(waiting.pop(), lens.period, lens.view)
        units += found
        waiting += found
    codes = dict.fromkeys(target.indicator for target in queries.plan.targets)
    return [value for code in codes for value in queries.values(code, dict.fromkeys(units), lens)]


def _differences(last: Publication, values: list[Value]) -> list[Value]:
    before = {
        (figure.indicator, figure.unit): (figure.status, figure.numerator, figure.denominator)
        for figure in last.figures.all()
    }
    return [
        value
        for value in values
        if before.get((value.indicator.code, value.unit))
        != (value.status.value, value.numerator.amount, value.denominator.amount)
    ]
