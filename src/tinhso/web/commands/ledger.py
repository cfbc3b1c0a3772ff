"""`tinhso ledger …`: is the log whole, what has been signed, exporting, erasing, keys."""

from __future__ import annotations

import os
import secrets
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tinhso.measure.text import InputError, Place, Text, message
from tinhso.web import configuration
from tinhso.web.telling import WRONG_INPUT, errors, language, say, set_up, telling_problems

if TYPE_CHECKING:  # a model's module is read once a command has set Django up
    from tinhso.kernel.ledger.heads import Head

WRONG_HEAD = message(
    "against-wrong",
    vi="Không phải một đầu cây: cần một dòng như trong tệp tải ở trang Nhật ký.",
    en="Not a tree head: it takes a line as in the file that the Ledger page gives.",
)

FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def ledger() -> None:
    """Nhật ký: kiểm chứng, đầu cây, xuất, xóa theo luật · The ledger."""
    set_up()


@ledger.command()
@click.option(
    "--against",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Tệp đầu cây do người ngoài giữ · Tree heads that an outsider kept",
)
def verify(against: tuple[Path, ...]) -> None:
    """Nói mọi chỗ nhật ký đã bị đổi; mã thoát 1 nếu có · Say all that was changed; exit code 1."""
    from tinhso.kernel.ledger.verify import Verification  # noqa: PLC0415

    with telling_problems():
        run = Verification([head for path in against for head in _heads(path)])
    wrong = 0
    for one in run.findings():
        wrong += 1
        say(one.to(language()))
    counts = Text(
        f"Đã kiểm {run.size} mục dưới {run.heads} đầu cây, {run.waiting} mục đang chờ, {run.erased} mục đã xóa chi tiết.",
        f"Verified {run.size} entries under {run.heads} tree heads, {run.waiting} waiting, {run.erased} with details erased.",
    )
    say(counts)
    if wrong:
        say(
            Text(
                f"Nhật ký KHÔNG nguyên vẹn: {wrong} điều sai.",
                f"The ledger is NOT whole: {wrong} findings.",
            )
        )
        sys.exit(WRONG_INPUT)
    say(Text("Nhật ký nguyên vẹn.", "The ledger is whole."))


def _heads(path: Path) -> list[Head]:
    from tinhso.kernel.ledger.heads import Head  # noqa: PLC0415

    found: list[Head] = []
    problems = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(Head.read(line))
        except ValueError:
            problems.append(WRONG_HEAD(Place(str(path), number)))
    if problems:
        raise InputError(problems)
    return found


@ledger.command()
@click.option("--count", default=10, show_default=True, help="Bao nhiêu đầu mới nhất · How many")
def heads(count: int) -> None:
    """In các đầu cây mới nhất, mỗi dòng một đầu, để giữ ở nơi khác · Print the newest tree heads."""
    from tinhso.kernel.ledger.heads import Head  # noqa: PLC0415
    from tinhso.kernel.ledger.models import TreeHead  # noqa: PLC0415

    for row in reversed(TreeHead.objects.order_by("-size")[:count]):
        click.echo(Head.of(row).line(), nl=False)


@ledger.command()
@click.argument("file", type=FILE)
@click.option(
    "--details",
    is_flag=True,
    help="Cả phần chi tiết và muối; có dữ liệu cá nhân · With details and salts: personal data",
)
def export(file: Path, details: bool) -> None:
    """Xuất nhật ký cho người ngoài kiểm bằng examples/verify_ledger.py · Export for outsiders."""
    from tinhso.kernel.ledger.queries import export as export_now  # noqa: PLC0415

    aside = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    try:
        aside.touch(mode=0o600)
        with aside.open("w", encoding="utf-8") as out:
            count = export_now(out, details=details)
            out.flush()
            os.fsync(out.fileno())
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)
    say(Text(f"Đã xuất {count} mục vào {file}", f"Exported {count} entries to {file}"))


@ledger.command()
@click.argument("uid", type=click.UUID, required=False)
@click.option(
    "--about",
    nargs=2,
    metavar="KIND THING",
    help="Mọi mục về một vật, ví dụ people.account và mã · All entries about a thing",
)
@click.option("--reason", required=True, help="Lý do, căn cứ · Why, on what ground")
def erase(uid: uuid.UUID | None, about: tuple[str, str] | None, reason: str) -> None:
    """Xóa phần chi tiết theo luật; chuỗi vẫn kiểm chứng được · Erase details; the chain stays."""
    from tinhso.kernel.ledger.actions import erase_about, erase_details  # noqa: PLC0415
    from tinhso.kernel.ledger.actor import OPERATOR  # noqa: PLC0415

    if (uid is None) == (about is None):
        raise click.UsageError("UID | --about KIND THING")
    with telling_problems():
        if uid is not None:
            erase_details(OPERATOR, uid, reason)
            count = 1
        else:
            assert about is not None
            count = erase_about(OPERATOR, *about, reason)
    say(Text(f"Đã xóa chi tiết của {count} mục.", f"Erased the details of {count} entries."))


@ledger.command()
def sequence() -> None:
    """Đánh số các mục đang chờ và ký đầu cây mới · Number waiting entries and sign a head."""
    from tinhso.kernel.ledger.sequencing import sequence as sequence_now  # noqa: PLC0415

    made = 0
    with telling_problems():
        while head := sequence_now():
            made = head.size
    if made:
        say(Text(f"Đã ký đầu cây cỡ {made}.", f"Signed a tree head of size {made}."))
    else:
        say(Text("Không có mục nào chờ.", "Nothing waits."))


@ledger.command()
@click.option(
    "--reason", required=True, help="Vì sao, về lúc nào, ai quyết định · Why, to when, who decided"
)
def resume(reason: str) -> None:
    """Đi tiếp sau khi khôi phục cơ sở dữ liệu về một lúc trước · Go on after an earlier moment was restored."""
    from tinhso.kernel.ledger.actor import OPERATOR  # noqa: PLC0415
    from tinhso.kernel.ledger.resuming import resume as resume_now  # noqa: PLC0415

    with telling_problems():
        done = resume_now(OPERATOR, reason)
    say(
        Text(
            f"Nhật ký đi tiếp từ cỡ {done.size}. Đã mất các mục tới cỡ {done.last.size}, ký lúc {done.last.at} ({done.lost} đầu cây). Nhân chứng cũ, hãy giữ: {done.aside}",
            f"The ledger goes on from size {done.size}. Lost: entries up to size {done.last.size}, signed {done.last.at} ({done.lost} tree heads). The old witness, to be kept: {done.aside}",
        )
    )


@ledger.command()
def rotate() -> None:
    """Đổi khóa ký; khóa cũ bảo đảm khóa mới · Change the signing key; the old endorses the new."""
    from tinhso.kernel.ledger.heads import endorse  # noqa: PLC0415

    setting, new = configuration.LEDGER_SIGNING_KEY, secrets.token_urlsafe(48)
    made = endorse(configuration.secret(setting), new)
    say(Text(f"Khóa mới: {made.key}", f"The new key: {made.key}"))
    if setting.get():
        errors.print(
            Text(
                f"Khóa đang đặt bằng biến môi trường. Đặt {setting.name} thành dòng dưới đây rồi chạy lại các tiến trình:",
                f"The key is set in the environment. Set {setting.name} to the line below, then restart:",
            ).to(language())
        )
        click.echo(new)
    else:
        configuration.replace_secret(setting, new)


@ledger.command()
def walls() -> None:
    """Dựng lại bức tường của cơ sở dữ liệu · Raise the database's walls again."""
    from django.db import connection, transaction  # noqa: PLC0415

    from tinhso.kernel.ledger.walls import build  # noqa: PLC0415

    with transaction.atomic():
        build(connection)
    say(Text("Đã dựng lại.", "Done."))
