"""Every write of this room: publishing."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from tinhso.kernel.ledger.actor import SYSTEM, Actor
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.ledger.models import Entry
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.text import NOWHERE, InputError, Place, message
from tinhso.modules.plan.frozen.cells import PublishedCell, cells_of, groups_of
from tinhso.modules.plan.frozen.files import digest_of, keep
from tinhso.modules.plan.frozen.freezing import Content, frozen_files
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
STALE = message(
    "publication-stale",
    vi="Định nghĩa hoặc bản đồ đơn vị đã đổi sau lần tính số liệu gần nhất. Chạy tinhso measure, xem lại con số, rồi công bố.",
    en="Definitions or the map of units have changed since figures were last measured. Run tinhso measure, look at the figures, then publish.",
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
    _require_current(queries)
    groups = groups_of(queries.figures, queries.root, period, view, all_levels=all_levels)
    codes = dict.fromkeys(target.indicator for target in queries.plan.targets)
    cells, values = cells_of(queries.figures, queries.pack.checks, codes, groups, period, view)
    content = Content(queries, lens, cells, values, all_levels)
    with transaction.atomic():
        earlier = Publication.objects.filter(
            plan=queries.pack.code, period=period.code, view=view.code
        )
        last = earlier.order_by("-number").first()
        changed = _differences(last, cells) if last else []
        if last and not changed:
            raise InputError([NOTHING_CHANGED(NOWHERE)])
        if last and not reason.strip():
            first = f"{changed[0].indicator} {changed[0].unit}"
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
                position=actor.position,
                definitions=queries.manifest.definitions,
                boundaries=queries.manifest.boundaries,
            )
        except IntegrityError as error:
            raise InputError([AT_ONCE(NOWHERE)]) from error
        PublishedFigure.objects.bulk_create(
            PublishedFigure(publication=publication, **vars(cell)) for cell in cells
        )
        files = frozen_files(content, publication)
        keep(publication, files)
        publication.content = digest_of(files["publication.json"])
        publication.entry = _enter(actor, publication, queries.root, len(cells), len(changed)).uid
        publication.sealed = _seal(publication, queries.root).uid
        publication.save(update_fields=["content", "entry", "sealed"])
    return Published(publication, len(cells), len(changed))


def _require_current(queries: PlanQueries) -> None:
    """What is frozen with the figures must be what they were measured by. Raises InputError."""
    manifest, place = queries.manifest, queries.workspace
    if (manifest.definitions, manifest.boundaries) != (
        place.workplace.definitions_digest,
        place.units.boundaries.digest,
    ):
        raise InputError([STALE(NOWHERE)])


def _seal(made: Publication, unit: str) -> Entry:
    """An entry that names the content and nobody: it is shown to everybody, in archives."""
    thing = Thing(PUBLICATION.kind, f"sha256:{made.content}", unit)
    return record(SYSTEM, f"{PUBLICATION.kind}.seal", thing)


def _enter(actor: Actor, made: Publication, unit: str, figures: int, changed: int) -> Entry:
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
        "content": made.content,
    }
    thing = Thing(PUBLICATION.kind, made.name, unit)
    return record(actor, f"{PUBLICATION.kind}.publish", thing, after=after, reason=made.reason)


def _differences(last: Publication, cells: list[PublishedCell]) -> list[PublishedCell]:
    before = {cell.key: cell.parts for cell in map(PublishedCell.of, last.figures.all())}
    return [cell for cell in cells if before.get(cell.key) != cell.parts]
