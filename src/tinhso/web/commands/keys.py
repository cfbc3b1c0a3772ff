"""`tinhso keys`: the keys of what is encrypted in the database."""

from __future__ import annotations

import click

from tinhso.measure.text import Text
from tinhso.web.telling import say, set_up


@click.group()
def keys() -> None:
    """Khóa mã hóa · Encryption keys."""


@keys.command()
@click.option("--batch", default=200, show_default=True, type=click.IntRange(1), hidden=True)
def rotate(batch: int) -> None:
    """Đổi khóa số định danh, làm tiếp được nếu bị ngắt · Change the identity key, resumable."""
    set_up()
    from tinhso.kernel.people.identity import rotate as rotate_now  # noqa: PLC0415

    for now in rotate_now(batch):
        say(
            Text(
                f"Khóa {now.key}: {now.done} số đã mã hóa lại, còn {now.left}.",
                f"Key {now.key}: {now.done} numbers encrypted again, {now.left} left.",
            )
        )
    say(
        Text(
            "Xong. Khóa cũ nằm ở secrets/identity/retired: giữ riêng chừng nào còn bản sao lưu cũ, rồi hủy.",
            "Done. Old keys lie in secrets/identity/retired: keep them apart as long as old backups are kept, then destroy them.",
        )
    )
