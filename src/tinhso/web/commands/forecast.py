"""`tinhso forecast`: forecasts of targets, at once instead of when the worker gets to it."""

from __future__ import annotations

import click

from tinhso.measure.text import InputError, Text, message
from tinhso.web.telling import say, set_up, telling_problems

NOTHING_MEASURED = message(
    "forecast-not-measured",
    vi="Chưa có số liệu nào được tính nên không dự báo được. Chạy “tinhso measure” trước.",
    en="Nothing has been measured, so there is nothing to forecast from. Run “tinhso measure” first.",
)


@click.command()
def forecast() -> None:
    """Tính triển vọng đạt chỉ tiêu · Make the forecasts of targets."""
    set_up()
    from tinhso.modules.plan.forecasts import make  # noqa: PLC0415
    from tinhso.modules.plan.workspace import NotMeasuredError, workspace  # noqa: PLC0415

    with telling_problems():
        try:
            made = make(workspace())
        except NotMeasuredError as error:
            raise InputError([NOTHING_MEASURED()]) from error
    say(Text(f"Đã tính {made} triển vọng.", f"Made {made} forecasts."))
