"""`tinhso cases`: the columns of cases, which follow from their events and the working calendar."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from tinhso.measure.text import Text
from tinhso.web.telling import WRONG_INPUT, progress, say, set_up, telling_problems

if TYPE_CHECKING:
    from tinhso.kernel.cases.models import Case


@click.group()
def cases() -> None:
    """Vụ việc: phản ánh, câu hỏi · Cases: reports, questions."""


@cases.command()
@click.option(
    "--everything", is_flag=True, help="Cả vụ việc đã kết thúc · Cases that have ended too"
)
def reproject(everything: bool) -> None:
    """Tính lại hạn của mọi vụ việc đang mở, như sau khi đổi lịch nghỉ · Make the due dates of all open cases anew.

    Bị ngắt thì chạy lại · Cut off, run it again.
    """
    set_up()
    from django.db import transaction  # noqa: PLC0415

    from tinhso.kernel.cases.actions import THING  # noqa: PLC0415
    from tinhso.kernel.cases.actions import reproject as reproject_now  # noqa: PLC0415
    from tinhso.kernel.ledger.actor import OPERATOR  # noqa: PLC0415
    from tinhso.kernel.ledger.entries import Thing, record  # noqa: PLC0415

    with telling_problems():
        seen = changed = 0
        for case in _cases(everything=everything):
            seen += 1
            changed += reproject_now(case)
    if changed:
        with transaction.atomic():
            thing = Thing(THING, "all" if everything else "open")
            record(OPERATOR, f"{THING}.reproject", thing, after={"seen": seen, "changed": changed})
    say(
        Text(
            f"Đã tính lại {seen} vụ việc; {changed} thay đổi.",
            f"{seen} cases made anew; {changed} changed.",
        )
    )


@cases.command()
@click.option("--open-only", is_flag=True, help="Chỉ vụ việc đang mở · Only open cases")
def check(open_only: bool) -> None:
    """Đối chiếu từng vụ việc với diễn biến của nó · Compare every case with its events.

    Mã thoát 1 nếu có chỗ khác · exit code 1 where any differs.
    """
    set_up()
    from tinhso.kernel.cases.actions import differing  # noqa: PLC0415

    seen = wrong = 0
    with telling_problems():
        for case in _cases(everything=not open_only):
            seen += 1
            if names := differing(case):
                wrong += 1
                columns = ", ".join(names)
                say(
                    Text(
                        f"{case.code}: khác diễn biến ở {columns}",
                        f"{case.code}: differs from its events in {columns}",
                    )
                )
    say(
        Text(
            f"Đã đối chiếu {seen} vụ việc; {wrong} khác."
            + (" Chạy `tinhso cases reproject --everything`." if wrong else ""),
            f"{seen} cases compared; {wrong} differ."
            + (" Run `tinhso cases reproject --everything`." if wrong else ""),
        )
    )
    if wrong:
        sys.exit(WRONG_INPUT)


@cases.command("accept-terms")
@click.option("--reason", required=True, help="Vì sao đổi cả vụ việc cũ · Why earlier cases change")
def accept_terms(reason: str) -> None:
    """Nhận thời hạn mới trong tệp cho cả vụ việc đã có, ghi nhật ký · Let earlier cases have the files' new terms.

    Sau đó chạy reproject --everything · Then run reproject --everything.
    """
    set_up()
    from tinhso.kernel.cases.in_force import enter_terms  # noqa: PLC0415
    from tinhso.kernel.ledger.actor import OPERATOR  # noqa: PLC0415

    number = enter_terms(OPERATOR, reason)
    say(
        Text(
            f"{number} loại vụ việc có thời hạn mới. Chạy `tinhso cases reproject --everything`."
            if number
            else "Thời hạn trong tệp vẫn như cũ.",
            f"{number} kinds of case have new terms. Run `tinhso cases reproject --everything`."
            if number
            else "The files' terms are as they were.",
        )
    )


def _cases(*, everything: bool) -> Iterator[Case]:
    """Each case once, however many there are; what comes meanwhile is not among them."""
    from tinhso.kernel.cases.models import Case  # noqa: PLC0415

    rows = Case.objects.all() if everything else Case.objects.filter(open=True)
    keys = list(rows.order_by("received_at", "id").values_list("pk", flat=True))
    with progress("…") as tell:
        for n, pk in enumerate(keys, 1):
            yield Case.objects.get(pk=pk)
            tell(n / len(keys))
