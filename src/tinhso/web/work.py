"""What the worker does besides what kernel and modules declare themselves: the one place where
deliveries meet the lake, and where the periodic duties are listed."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from tinhso.kernel.cases.in_force import enter_terms
from tinhso.kernel.ledger import delivering
from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.ledger.delivering import (
    Parcel,
    PermanentError,
    TemporaryError,
    delivers_together,
)
from tinhso.kernel.ledger.duties import every
from tinhso.kernel.ledger.outbox import RECORDS
from tinhso.kernel.ledger.sequencing import sequence
from tinhso.kernel.notices import mail  # noqa: F401 (declares its handler)
from tinhso.measure.compaction import compact
from tinhso.measure.ingest import Mode, Status, ingest, notes
from tinhso.measure.text import InputError, Text, message
from tinhso.measure.troubles import LakeTroubleError
from tinhso.modules.plan import forecasts
from tinhso.modules.plan.batches import enter_batches
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.scorecards.in_force import enter_cards
from tinhso.modules.surveys.actions import close_sheets
from tinhso.modules.urging.actions import enter_rules, remind, remind_at_once
from tinhso.modules.urging.rules import rules as urging_rules
from tinhso.web import configuration

logger = logging.getLogger(__name__)

DAY = 24 * 3600

#: How many deliveries of one stream go into the lake as one batch, at most.
MOST_TOGETHER = 1000

#: The lake's times are this machine's, those of deliveries the database's, and clocks are set right.
CLOCKS_DIFFER = timedelta(days=7)

BAD_ROWS = message(
    "delivery-rows",
    vi="Luồng {stream} không nhận: {count} dòng sai, dòng {row}: {problem}",
    en="The stream {stream} refuses it: {count} bad rows, row {row}: {problem}",
)
NO_STREAM = message(
    "delivery-stream",
    vi="Không gói nào khai báo luồng {stream}. Thêm gói (TINHSO_PACKS), chạy lại, rồi cho gửi lại.",
    en="No pack declares the stream {stream}. Add the pack (TINHSO_PACKS), restart, then retry.",
)


# -- records ---------------------------------------------------------------------------------------


@delivers_together(RECORDS, most=MOST_TOGETHER, personal=True)
def bring_in(parcels: Sequence[Parcel]) -> None:
    """Rows owed to a stream, into the lake as one batch.

    The batch's note names the deliveries that it brought, in the same commit as their rows: one
    that is named there already (the worker died before it could mark it, or was held up past its
    lease) changes nothing, whatever has happened to its records since.
    """
    place = workspace()
    code = parcels[0].key.partition("/")[0]
    if code not in place.streams:
        raise PermanentError(_text(InputError([NO_STREAM(stream=code)])))
    try:
        # The lock is held from looking to writing, so that no other worker comes in between.
        with place.lake.writer() as connection, tempfile.TemporaryDirectory() as folder:
            # No batch brought a delivery before it was owed: older ones need not be looked at.
            since = min(parcel.owed_at for parcel in parcels) - CLOCKS_DIFFER
            brought = {word for note in notes(connection, code, since) for word in note.split()}
            fresh = [parcel for parcel in parcels if str(parcel.uid) not in brought]
            rows = _newest([row for one in fresh for row in one.payload["rows"]], code)
            if not rows:
                return
            path = Path(folder) / f"{code}-{fresh[0].uid.hex[:12]}.jsonl"
            lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            path.write_text("".join(lines), encoding="utf-8")
            receipt = ingest(
                place.lake,
                code,
                path,
                boundaries=place.units.boundaries,
                mode=Mode.ALL_OR_NOTHING,
                today=timezone.localdate(),
                person_key=configuration.secret(configuration.PERSON_KEY).encode(),
                note=" ".join(["outbox", *(str(one.uid) for one in fresh)]),
            )
    except LakeTroubleError as error:
        raise TemporaryError(_text(error)) from error  # it may pass
    except InputError as error:
        raise PermanentError(_text(error)) from error
    if receipt.status is Status.REFUSED:
        first = receipt.problems[0]
        told = Text(first.problem.to("vi"), first.problem.to("en"))
        problem = BAD_ROWS(stream=code, count=receipt.bad, row=first.row, problem=told)
        raise PermanentError(_text(InputError([problem])))


def _newest(rows: list[dict[str, object]], code: str) -> list[dict[str, object]]:
    """Of rows with the same key of the stream, the one owed last."""
    key = workspace().streams[code].key
    return list({json.dumps([row.get(name) for name in key]): row for row in rows}.values())


def _text(error: InputError) -> Text:
    vi, en = (" ".join(one.to(language) for one in error.problems) for language in ("vi", "en"))
    return Text(vi, en)


# -- duties ----------------------------------------------------------------------------------------


@every(300, Text("Tính lại số liệu khi kho có bản ghi mới", "Measure again when records came in"))
def measure_new_records() -> None:
    """Only what is newer than anything measured: who took the pages back to an older snapshot
    (`tinhso measure --snapshot`) meant it."""
    place = workspace()
    newest = place.store.newest_snapshot()
    if newest is None or place.lake.snapshot(place.connection()) > newest:
        place.measure()


@every(60, Text("Tính triển vọng đạt chỉ tiêu", "Make the forecasts of targets"))
def forecast_targets() -> None:
    """In a process of its own, behind everybody else, which gives back what the statistics take."""
    if forecasts.are_due(workspace()):
        command = ["nice", "-n", "15", sys.executable, "-m", "tinhso.web", "forecast"]
        alone = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=alone)  # noqa: S603 (our own words)


@every(
    60,
    Text("Gỡ việc gửi bị lệch giờ sau khi đồng hồ lùi", "Free deliveries after a clock went back"),
)
def mend_clock() -> None:
    if mended := delivering.mend_clock():
        logger.warning("the database's clock went back: %s deliveries made due", mended)


@every(60, Text("Hoãn những gì đợi sau việc bị kẹt", "Put off what waits behind something stuck"))
def defer_blocked() -> None:
    delivering.defer_blocked()


@every(
    DAY,
    Text(
        f"Xóa việc đã gửi quá {delivering.KEPT_DAYS} ngày",
        f"Delete what was delivered over {delivering.KEPT_DAYS} days ago",
    ),
)
def forget_old_deliveries() -> None:
    delivering.forget_old()


@every(DAY, Text("Gom các tệp nhỏ của kho bản ghi", "Join the lake's small files"))
def compact_lake() -> None:
    compact(workspace().lake)


@every(600, Text("Gửi nhắc việc trong ngày", "Send the day's reminders"))
def send_reminders() -> None:
    """In the office's hours of Vietnam, on the days that the rules name."""
    now = timezone.localtime()
    if now.hour >= urging_rules().from_hour:
        remind(now.date(), site=settings.TINHSO_SITE)


@every(
    600,
    Text(
        "Ghi nhật ký quy tắc, thời hạn, bộ chỉ số mới áp dụng",
        "Enter rules, terms and scorecards newly in force",
    ),
)
def enter_what_is_in_force() -> None:
    enter_rules()
    enter_terms()
    enter_cards(workspace())


@every(120, Text("Nhắc ngay việc hết hạn theo giờ", "Remind at once of what is due within hours"))
def send_at_once() -> None:
    remind_at_once(timezone.now(), site=settings.TINHSO_SITE)


@every(DAY, Text("Xóa phiên đăng nhập đã hết hạn", "Delete expired sessions"))
def clear_sessions() -> None:
    call_command("clearsessions")


@every(DAY, Text("Chốt các tờ khảo sát đã khép lại", "Close the surveys' sheets that are over"))
def close_survey_sheets() -> None:
    close_sheets(SYSTEM, timezone.localdate())


@every(60, Text("Ghi nhật ký các lô đã vào kho", "Enter the lake's batches in the ledger"))
def enter_lake_batches() -> None:
    enter_batches(workspace(), SYSTEM)


every(2, Text("Đánh số mục nhật ký, ký đầu cây", "Number the ledger's entries, sign the head"))(
    sequence
)
