"""`tinhso backup`, `restore`, `backup-check`, `backup-key`."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pyrage

from tinhso.measure.text import Text
from tinhso.web import configuration
from tinhso.web.backup.archive import Manifest
from tinhso.web.backup.place import Place
from tinhso.web.telling import WRONG_INPUT, say, telling_problems

_PATH = click.Path(path_type=Path)
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)

_passphrase_file = click.option(
    "--passphrase-file",
    type=_FILE,
    help="Tệp có mật khẩu ở dòng đầu; không có thì hỏi · File with the passphrase on its first line",
)


def _passphrase(path: Path | None, *, confirm: bool = False) -> str:
    if path is not None:
        return path.read_text(encoding="utf-8").splitlines()[0]
    asked: str = click.prompt("Mật khẩu · Passphrase", hide_input=True, confirmation_prompt=confirm)
    return asked


@click.command()
@click.argument("dest", type=_PATH)
@click.option("--recipient", default="", help="Khóa công khai age · An age public key")
@click.option(
    "--keys", type=_PATH, help="Ghi khóa bí mật ra tệp riêng · Keys, to a file of their own"
)
@click.option("--cubes", is_flag=True, help="Kèm số liệu đã tính · Computed figures too")
@_passphrase_file
def backup(
    dest: Path, recipient: str, keys: Path | None, cubes: bool, passphrase_file: Path | None
) -> None:
    """Sao lưu cơ sở dữ liệu, kho, tệp, nhân chứng nhật ký · Back everything up but the keys.

    DEST là thư mục hoặc tên tệp mới · a folder, or a new file's name.
    """
    from tinhso.web.backup.keys import recipient as read_recipient  # noqa: PLC0415
    from tinhso.web.backup.keys import save_site_keys  # noqa: PLC0415
    from tinhso.web.backup.make import back_up  # noqa: PLC0415

    place = Place.here()
    now = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh"))
    path = dest / f"tinhso-{now:%Y%m%d-%H%M%S}.tar.age" if dest.is_dir() else dest
    with telling_problems():
        public = read_recipient(recipient or configuration.BACKUP_RECIPIENT.get())
        manifest = back_up(place, path, public, cubes=cubes, say=say)
        _describe(manifest)
        say(Text(f"Xong, đã kiểm tra: {path}", f"Done and verified: {path}"))
        if keys is not None:
            names = save_site_keys(place, keys, _passphrase(passphrase_file, confirm=True))
            say(Text(f"Khóa ({', '.join(names)}): {keys}", f"Keys ({', '.join(names)}): {keys}"))


@click.command("backup-key")
@click.argument("file", type=_PATH)
@click.option("--no-passphrase", is_flag=True, help="Không đặt mật khẩu · Without a passphrase")
@_passphrase_file
def backup_key(file: Path, no_passphrase: bool, passphrase_file: Path | None) -> None:
    """Tạo cặp khóa sao lưu: khóa riêng vào FILE, in khóa công khai · Make a pair for back-ups."""
    from tinhso.web.backup.keys import make_pair  # noqa: PLC0415

    with telling_problems():
        passphrase = "" if no_passphrase else _passphrase(passphrase_file, confirm=True)
        public = make_pair(file, passphrase)
    say(f"TINHSO_BACKUP_RECIPIENT={public}")
    say(
        Text(
            f"Cất {file} ở nơi khác máy này. Mất tệp đó thì không ai mở được bản sao lưu.",
            f"Keep {file} away from this machine. Without it nobody opens a back-up.",
        )
    )


_identity = click.option(
    "--identity", required=True, type=_FILE, help="Tệp khóa riêng · The private key's file"
)


@click.command("backup-check")
@click.argument("file", type=_FILE)
@_identity
@_passphrase_file
def backup_check(file: Path, identity: Path, passphrase_file: Path | None) -> None:
    """Kiểm tra một bản sao lưu có trọn vẹn không · Verify a back-up."""
    from tinhso.web.backup.archive import reading  # noqa: PLC0415

    with telling_problems():
        manifest = reading(file, [_private(identity, passphrase_file)])
    _describe(manifest)
    say(Text("Trọn vẹn.", "It is whole."))


@click.command()
@click.argument("file", type=_FILE)
@click.option("--into", required=True, type=_PATH, help="TINHSO_HOME mới · The new TINHSO_HOME")
@_identity
@click.option("--keys", type=_FILE, help="Tệp khóa bí mật của trang · The site's key file")
@click.option("--without-keys", is_flag=True, help="Tự đặt khóa sau · Keys are put there later")
@click.option("--replace", is_flag=True, help="Dời dữ liệu cũ sang bên · Move old data aside")
@_passphrase_file
def restore(
    file: Path,
    into: Path,
    identity: Path,
    keys: Path | None,
    without_keys: bool,
    replace: bool,
    passphrase_file: Path | None,
) -> None:
    """Phục hồi từ một bản sao lưu · Restore a back-up."""
    from tinhso.web.backup.keys import read_site_keys  # noqa: PLC0415
    from tinhso.web.backup.restore import restore as put_back  # noqa: PLC0415

    place = Place.here().at(into.absolute())
    with telling_problems():
        private = _private(identity, passphrase_file)
        found = read_site_keys(keys, _passphrase(passphrase_file)) if keys else None
        manifest = put_back(
            *(file, place, private),
            keys=found,
            without_keys=without_keys,
            replace=replace,
            say=say,
        )
    _describe(manifest)
    if not without_keys:
        _check_site(into.absolute())
    say(
        Text(
            f"Xong. Đặt TINHSO_HOME={into} rồi chạy lại trang (`tinhso run`): bảng được nâng cấp nếu phần mềm mới hơn, số liệu được tính lại.",
            f"Done. Set TINHSO_HOME={into} and start the site (`tinhso run`): tables are migrated where the software is newer, figures are measured again.",
        )
    )


def _private(path: Path, passphrase_file: Path | None) -> pyrage.x25519.Identity:
    from tinhso.web.backup.keys import read_private  # noqa: PLC0415

    sealed = path.read_bytes().startswith(b"age-encryption.org/")
    return read_private(path, _passphrase(passphrase_file) if sealed else "")


def _describe(manifest: Manifest) -> None:
    rows, records = sum(manifest.site_tables.values()), sum(manifest.lake_tables.values())
    cubes = (
        Text("có", "yes") if manifest.cubes else Text("không (tính lại được)", "no (made again)")
    )
    say(
        Text(
            f"Thời điểm {manifest.at}; phần mềm {manifest.software}; {len(manifest.parts)} phần, {manifest.size / 1e6:.1f} MB; {rows} dòng của trang ({manifest.site}); bản chụp kho {manifest.snapshot}, {records} bản ghi; số liệu đã tính: {cubes.vi}.",
            f"Moment {manifest.at}; software {manifest.software}; {len(manifest.parts)} parts, {manifest.size / 1e6:.1f} MB; {rows} rows of the site ({manifest.site}); lake snapshot {manifest.snapshot}, {records} records; computed figures: {cubes.en}.",
        )
    )


def _check_site(home: Path) -> None:
    """The product's own checks, in a process that lives in the restored home."""
    checks = (["manage", "check"], ["manage", "migrate", "--check"], ["ledger", "verify"])
    environment = os.environ | {"TINHSO_HOME": str(home)}
    for check in checks:
        name = " ".join(check)
        done = subprocess.run(  # noqa: S603 (the product's own words)
            [sys.executable, "-m", "tinhso.web", *check],
            env=environment,
            check=False,
        )
        if done.returncode and name != "manage migrate --check":
            sys.exit(WRONG_INPUT)
        pending = Text("cần nâng cấp bảng: tinhso run", "tables need migrating: tinhso run")
        fine = Text("tốt", "fine")
        said = pending if done.returncode else fine
        say(Text(f"   tinhso {name}: {said.vi}", f"   tinhso {name}: {said.en}"))


COMMANDS: tuple[click.Command, ...] = (backup, backup_key, backup_check, restore)
