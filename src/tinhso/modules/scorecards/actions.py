"""Writes about national tables: importing and correcting one. Rounds: `round_actions`."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.ledger.actor import Actor
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.measure.scorecards.definitions import Scorecard
from tinhso.measure.text import InputError, Place, message
from tinhso.modules.scorecards.importing import Preview
from tinhso.modules.scorecards.models import NationalTable, TableRow
from tinhso.modules.scorecards.policies import TABLE
from tinhso.modules.scorecards.tables import PeerRow

SOURCE_NEEDED = message(
    "table-source-needed",
    vi="Ghi nơi công bố bảng: cơ quan, trang, ngày.",
    en="Say where the table was published: by whom, where, when.",
)
SOURCE_TOO_LONG = message(
    "table-source-too-long",
    vi="Nguồn dài quá {most} ký tự.",
    en="The source is longer than {most} characters.",
)
CORRECTION_REASON = message(
    "table-reason-needed",
    vi="Đã có bảng của kỳ này. Nhập lại là đính chính: ghi lý do.",
    en="There is a table of this period already. Importing again is a correction: give the reason.",
)
SAME_TABLE = message(
    "table-same",
    vi="Bảng giống hệt lần nhập trước; không có gì để đính chính.",
    en="The table is just as it was imported before; there is nothing to correct.",
)


def import_table(
    actor: Actor,
    card: Scorecard,
    preview: Preview,
    stored: StoredFile,
    *,
    source: str,
    reason: str,
    by: str,
    unit: str,
) -> NationalTable:
    """Keep a table that was looked at; a later one of the period is a correction with a reason.

    `unit` is whose the act is (the plan's). Raises InputError (`table-source-needed`,
    `table-reason-needed`, `table-same`), with nothing kept.
    """
    period = preview.period.code
    problems = []
    if not source.strip():
        problems.append(SOURCE_NEEDED(Place("source")))
    if len(source.strip()) > 300:
        problems.append(SOURCE_TOO_LONG(Place("source"), most=300))
    with transaction.atomic():
        earlier = NationalTable.objects.filter(card=card.code, period=period)
        last = earlier.order_by("-number").first()
        if last is not None and not reason.strip():
            problems.append(CORRECTION_REASON(Place("reason")))
        if last is not None and _kept(last) == {row.unit: _said(row) for row in preview.rows}:
            problems.append(SAME_TABLE(Place("file")))
        if problems:
            raise InputError(problems)
        number = (earlier.aggregate(most=Max("number"))["most"] or 0) + 1
        name = f"{card.code}/{period}/{number}"
        after = {
            "card": card.code,
            "period": period,
            "number": number,
            "source": source.strip(),
            "file": stored.digest,
            "rows": len(preview.rows),
        }
        entry = record(
            actor,
            f"{TABLE.kind}.import",
            Thing(TABLE.kind, name, unit),
            after=after,
            reason=reason.strip(),
        )
        table = NationalTable.objects.create(
            card=card.code,
            period=period,
            number=number,
            source=source.strip(),
            file=stored,
            reason=reason.strip(),
            imported_at=timezone.now(),
            imported_by=by,
            entry=entry.uid,
        )
        TableRow.objects.bulk_create(
            TableRow(
                table=table,
                unit_id=row.unit,
                rank=row.rank,
                score="" if row.score is None else str(row.score),
                parts={name: str(value) for name, value in row.parts.items()},
            )
            for row in preview.rows
        )
    return table


def _said(row: PeerRow) -> tuple[object, ...]:
    score = "" if row.score is None else str(row.score)
    return row.rank, score, {name: str(value) for name, value in row.parts.items()}


def _kept(table: NationalTable) -> dict[str, tuple[object, ...]]:
    return {row.unit_id: (row.rank, row.score, row.parts) for row in table.rows.all()}
