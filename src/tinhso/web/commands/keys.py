"""`tinhso keys`: the keys of what is encrypted in the database."""

from __future__ import annotations

import click

from tinhso.measure.text import NOWHERE, InputError, Text
from tinhso.web import configuration
from tinhso.web.telling import say, set_up, telling_problems


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


@keys.command()
def rotate_persons() -> None:
    """Đổi khóa bí danh của kho; không con số nào đổi · Change the pseudonyms' key of the lake.

    Chạy lại được nếu bị ngắt · Run again when it was cut off.
    """
    set_up()
    from tinhso.measure.ingest import is_changed_to  # noqa: PLC0415
    from tinhso.measure.ingest import rotate as rotate_now  # noqa: PLC0415
    from tinhso.modules.plan.workspace import workspace  # noqa: PLC0415

    setting = configuration.PERSON_KEY
    with telling_problems():
        if setting.get():
            wanted = Text(
                f"để trống, và khóa nằm trong {configuration.secret_file(setting)}: chỉ khóa ở đó mới đổi được",
                f"to be empty, with the key in {configuration.secret_file(setting)}: only a key there can be changed",
            )
            problem = configuration.WRONG_SETTING(
                NOWHERE, name=setting.name, value="…", wanted=wanted
            )
            raise InputError([problem])
        lake = workspace().lake
        # Kept before it is used: a change that is cut off goes on with the same key.
        following = configuration.following_secret(setting)
        changed = (
            0 if is_changed_to(lake, following.encode()) else rotate_now(lake, following.encode())
        )
        configuration.follow_secret(setting)
    say(
        Text(
            f"Xong: {changed} bản ghi mang bí danh mới. Sao lưu khóa ngay (`tinhso backup --keys`): khóa cũ vẫn nằm trong đó, vì bí danh qua cả hai.",
            f"Done: {changed} records bear new pseudonyms. Back the keys up now (`tinhso backup --keys`): the old key is still among them, for pseudonyms go through both.",
        )
    )
