"""`tinhso publication …` and `tinhso reproduce`: what was published, exported and computed again."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tinhso.measure.text import InputError, Place, Text, message
from tinhso.web.telling import WRONG_INPUT, language, say, set_up, telling_problems

if TYPE_CHECKING:  # a model's module is read once a command has set Django up
    from tinhso.modules.plan.frozen.cells import PublishedCell
    from tinhso.modules.plan.frozen.reproducing import Reproduction
    from tinhso.modules.plan.models import Publication

#: Of a list that may be long, this many lines are said; the rest is counted.
SAID = 200

NOT_WRITTEN = message(
    "file-not-written",
    vi="Không ghi được tệp: {reason}. Chọn nơi khác bằng -o.",
    en="The file cannot be written: {reason}. Choose another place with -o.",
)


@click.group()
def publication() -> None:
    """Các lần công bố: liệt kê, xuất gói kiểm chứng · Publications: list, export."""
    set_up()


@publication.command("list")
@click.option("--plan", default="", help="Chỉ một kế hoạch · Only one plan")
def list_publications(plan: str) -> None:
    """Liệt kê, mới nhất trước · List them, newest first."""
    from tinhso.modules.plan.frozen.naming import publications  # noqa: PLC0415

    found = publications(plan)
    for one in found.iterator():
        when = one.published_at.date().isoformat()
        said = f"{one.name}  {when}  #{one.snapshot}  {one.published_by}"
        mark = Text(" [mô phỏng]", " [simulated]") if one.simulated else Text("", "")
        say(f"{said}{mark.to(language())}")
    if not found:
        say(Text("Chưa công bố kỳ nào.", "Nothing has been published."))


@publication.command()
@click.argument("name")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Tệp ZIP để ghi (mặc định: theo tên lần công bố) · The ZIP to write",
)
def export(name: str, out: Path | None) -> None:
    """Xuất gói tệp để ai cũng kiểm được, không cần phần mềm này · Export an archive to verify."""
    from tinhso.modules.plan.frozen.archive import archive, file_name  # noqa: PLC0415
    from tinhso.modules.plan.frozen.files import digest_of  # noqa: PLC0415
    from tinhso.modules.plan.frozen.naming import find  # noqa: PLC0415

    with telling_problems():
        one = find(name)
        content = archive(one)
        path = out or Path(f"{file_name(one)}.zip")
        _write(path, content)
    kib = (len(content) + 1023) // 1024
    say(
        Text(
            f"Đã xuất {one.name} vào {path}: {kib} KiB", f"Exported {one.name} to {path}: {kib} KiB"
        )
    )
    say(f"SHA-256 {digest_of(content)}")
    if one.simulated:
        say(
            Text(
                "Số liệu là mô phỏng, gói tệp có ghi rõ.",
                "The figures are simulated; the archive says so.",
            )
        )


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all. Raises InputError where it cannot be."""
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        try:
            with aside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        raise InputError([NOT_WRITTEN(Place(str(path)), reason=error.strerror)]) from error


@click.command()
@click.argument("name")
@click.option(
    "--differences",
    "later",
    is_flag=True,
    help="Thêm: hôm nay tính khác ở đâu, do lô nào · Also what is measured otherwise today, and why",
)
def reproduce(name: str, later: bool) -> None:
    """Tính lại một lần công bố từ bản ghi, so từng ô; mã thoát 1 nếu khác · Compute it again, compare."""
    set_up()
    from tinhso.modules.plan.frozen.naming import find  # noqa: PLC0415
    from tinhso.modules.plan.frozen.reproducing import reproduce as compute_again  # noqa: PLC0415
    from tinhso.modules.plan.workspace import workspace  # noqa: PLC0415

    with telling_problems():
        one = find(name)
        done = compute_again(workspace().lake, one)
    _say_reproduction(done)
    if later:
        with telling_problems():
            _say_differences(one)
    if not done.equal:
        sys.exit(WRONG_INPUT)


def _say_reproduction(done: Reproduction) -> None:
    one = done.publication
    if done.equal:
        said = Text(
            f"{one.name}: bằng nhau cả {done.cells} ô, tính lại từ bản chụp số {one.snapshot} bằng định nghĩa lúc công bố.",
            f"{one.name}: equal: {done.cells} cells, computed again from snapshot {one.snapshot} by the definitions of then.",
        )
        say(said)
        return
    for cell in done.unequal[:SAID]:
        indicator, unit = cell.key
        was, now = _parts(cell.frozen), _parts(cell.computed)
        why = cell.why
        say(
            Text(
                f"{indicator} {unit}: đã công bố {was}, tính lại {now} ({why.vi})",
                f"{indicator} {unit}: published {was}, computed {now} ({why.en})",
            )
        )
    _say_rest(len(done.unequal))
    say(
        Text(
            f"{one.name}: KHÔNG bằng: {len(done.unequal)} trong {done.cells} ô.",
            f"{one.name}: NOT equal: {len(done.unequal)} of {done.cells} cells.",
        )
    )


def _say_rest(count: int) -> None:
    if count > SAID:
        say(Text(f"… và {count - SAID} ô nữa", f"… and {count - SAID} more cells"))


def _parts(cell: PublishedCell | None) -> str:
    if cell is None:
        return "–"
    numerator = "–" if cell.numerator is None else cell.numerator
    denominator = "" if cell.denominator is None else f"/{cell.denominator}"
    status = "" if cell.status == "measured" else f" ({cell.status})"
    return f"{numerator}{denominator}{status}"


def _say_differences(one: Publication) -> None:
    from tinhso.modules.plan.frozen.differences import differences  # noqa: PLC0415
    from tinhso.modules.plan.frozen.naming import queries_of  # noqa: PLC0415

    found = differences(queries_of(one), one)
    head = Text(
        f"So với số liệu đang tính (bản chụp số {found.snapshot}): {len(found.differing)} trong {found.cells} ô khác.",
        f"Against what is measured now (snapshot {found.snapshot}): {len(found.differing)} of {found.cells} cells differ.",
    )
    say(head)
    for cell in found.differing[:SAID]:
        because = [f"{one.batch}{'-' if one.event == 'withdrawn' else '+'}" for one in cell.causes]
        batches = ", ".join(because) or "–"
        changed = cell.definition_changed
        say(
            Text(
                f"{cell.was.indicator} {cell.was.unit}: {_parts(cell.was)} → {_parts(cell.now)}; lô {batches}{'; định nghĩa đã đổi' if changed else ''}",
                f"{cell.was.indicator} {cell.was.unit}: {_parts(cell.was)} → {_parts(cell.now)}; batches {batches}{'; the definition has changed' if changed else ''}",
            )
        )
    _say_rest(len(found.differing))
    for event in found.batches:
        at = event.at.isoformat(sep=" ", timespec="minutes")
        note = f": {event.note}" if event.note else ""
        gone = event.event == "withdrawn"
        say(
            Text(
                f"Lô {event.batch}{'-' if gone else '+'}  {'rút' if gone else 'nhận'} lúc {at}, {event.stream}, {event.file}{note}",
                f"Batch {event.batch}{'-' if gone else '+'}  {'withdrawn' if gone else 'accepted'} at {at}, {event.stream}, {event.file}{note}",
            )
        )
    if found.map_changed:
        say(
            Text(
                "Bản đồ đơn vị đã đổi từ lúc công bố.",
                "The map of units has changed since it was published.",
            )
        )
    if not found.traced:
        say(
            Text(
                "Kho bản ghi không còn bản chụp lúc công bố, nên không nêu được lô nào.",
                "The lake has lost the snapshot of the publication, so no batch can be named.",
            )
        )
