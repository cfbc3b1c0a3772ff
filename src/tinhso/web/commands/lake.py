"""`tinhso lake …`: keeping the lake in order."""

from __future__ import annotations

import click

from tinhso.measure.text import Text
from tinhso.web.telling import say, set_up, telling_problems


@click.group()
def lake() -> None:
    """Kho bản ghi · The lake."""


@lake.command()
@click.option(
    "--files",
    default=2,
    show_default=True,
    type=click.IntRange(1),
    help="Chỉ gom luồng có từ chừng này tệp · Only streams of so many files or more",
)
def compact(files: int) -> None:
    """Gom các tệp nhỏ; không con số nào đổi · Join small files; no number changes."""
    set_up()
    from tinhso.measure.compaction import compact as compact_now  # noqa: PLC0415
    from tinhso.modules.plan.workspace import workspace  # noqa: PLC0415

    with telling_problems():
        done = compact_now(workspace().lake, files=files)
    for one in done:
        say(
            Text(
                f"{one.table}: {one.before} tệp còn {one.after}",
                f"{one.table}: {one.before} files are {one.after} now",
            )
        )
    if not done:
        say(Text("Không có gì cần gom.", "Nothing to join."))
