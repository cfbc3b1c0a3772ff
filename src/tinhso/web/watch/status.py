"""What is wrong and what to do, in words (tình trạng hệ thống)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import duckdb
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from tinhso.kernel import rule_files
from tinhso.kernel.files.queries import damaged
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.people.signin.adapters import unreadable_factors
from tinhso.measure.text import InputError, Text
from tinhso.modules.plan.workspace import workspace
from tinhso.web import configuration, rules
from tinhso.web.watch import facts
from tinhso.web.watch.readiness import pending_migrations

#: A nightly back-up that failed once is noticed the day after.
BACKUP_DAYS = timedelta(hours=36)

#: Entries are sequenced within seconds where a worker runs.
SEQUENCED_WITHIN = timedelta(minutes=15)

#: Sessions, due dates and signed heads carry this machine's time; a second factor allows 30 s.
CLOCK = timedelta(seconds=10)


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what is so, and what to do where it is not fine ("" where it is)."""

    name: Text
    found: Text
    todo: Text | None = None

    @property
    def fine(self) -> bool:
        return self.todo is None


def findings() -> list[Finding]:
    """Everything that is looked at, in the order to mend it."""
    return [_looked_at(name, look) for name, look in _LOOKS]


def _looked_at(name: Text, look: Callable[[], tuple[Text, Text | None]]) -> Finding:
    try:
        return Finding(name, *look())
    except (DatabaseError, duckdb.Error, InputError, OSError, LookupError, RuntimeError) as error:
        kind = type(error).__name__
        found = Text(f"không xem được ({kind})", f"cannot be looked at ({kind})")
        todo = Text(
            "Xem nhật ký của tiến trình, sửa điều đứng trên trước.",
            "Read the process's log; mend what stands above first.",
        )
        return Finding(name, found, todo)


def _database() -> tuple[Text, Text | None]:
    behind = pending_migrations()
    size = facts.database_bytes() / 1e6
    if behind:
        found = Text(f"bảng chậm {behind} bước so với phần mềm", f"{behind} steps behind the code")
        return found, Text("Chạy `tinhso run --prepare-only`.", "Run `tinhso run --prepare-only`.")
    return Text(f"trả lời, {size:.0f} MB", f"answers, {size:.0f} MB"), None


def _clock() -> tuple[Text, Text | None]:
    if connection.vendor != "postgresql":
        return Text("cùng máy với cơ sở dữ liệu", "the database's own machine"), None
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        off = abs(timezone.now() - cursor.fetchone()[0])
    found = Text(
        f"lệch {off.total_seconds():.1f} giây so với cơ sở dữ liệu",
        f"{off.total_seconds():.1f} seconds from the database's",
    )
    todo = Text("Bật đồng bộ giờ (chrony) ở cả hai máy.", "Keep both machines' time with chrony.")
    return found, todo if off > CLOCK else None


def _disk() -> tuple[Text, Text | None]:
    usage = shutil.disk_usage(configuration.home())
    share, free = usage.free / usage.total, usage.free / 1e9
    shown = f"{free:.1f}"
    found = Text(
        f"còn {shown.replace('.', ',')} GB ({share * 100:.0f} %)", f"{shown} GB left ({share:.0%})"
    )
    # A back-up sets a copy of the database aside here, and a load spills here.
    needed = max(usage.total * 0.05, 2 * facts.database_bytes(), 1e9)
    todo = Text(
        f"Cần ít nhất {needed / 1e9:.0f} GB: 5 % ổ đĩa, và hai lần cơ sở dữ liệu để sao lưu. Thêm đĩa, hoặc dời bản sao lưu cũ đi.",
        f"At least {needed / 1e9:.0f} GB are needed: 5 % of the disk, and twice the database for a back-up. Add disk, or move old back-ups away.",
    )
    return found, todo if usage.free < needed else None


def _lake() -> tuple[Text, Text | None]:
    number, at = facts.snapshot(workspace())
    when = timezone.localtime(at).strftime("%H:%M %d/%m/%Y")
    return Text(f"bản chụp {number}, lúc {when}", f"snapshot {number}, {when}"), None


def _figures() -> tuple[Text, Text | None]:
    if not workspace().is_stale():
        return Text("khớp với kho bản ghi", "agree with the lake"), None
    todo = Text("Chạy `tinhso measure`.", "Run `tinhso measure`.")
    return Text("cũ hơn bản ghi hoặc định nghĩa", "older than records or definitions"), todo


def _outbox() -> tuple[Text, Text | None]:
    number = facts.stuck().count()
    if not number:
        return Text("không việc nào mắc kẹt", "nothing is stuck"), None
    found = Text(
        f"{number} việc bị từ chối hẳn, hoặc đã gửi hỏng {facts.STUCK_AFTER} lần trở lên",
        f"{number} deliveries were refused for good, or failed {facts.STUCK_AFTER} times or more",
    )
    todo = Text(
        "Xem lý do ở hộp thư đi; sửa bên nhận, rồi cho gửi lại hoặc bỏ có lý do.",
        "Read why in the outbox; mend the receiver, then retry or give up with a reason.",
    )
    return found, todo


def _ledger() -> tuple[Text, Text | None]:
    late = Entry.objects.filter(index=None, at__lt=timezone.now() - SEQUENCED_WITHIN).count()
    if not late:
        return Text("không mục nào chờ lâu", "no entry waits long"), None
    found = Text(
        f"{late} mục chưa vào cây sau 15 phút", f"{late} entries not in the tree after 15 minutes"
    )
    todo = Text(
        "Xem tiến trình `tinhso work` có chạy không, rồi chạy `tinhso ledger verify`.",
        "See that `tinhso work` runs, then run `tinhso ledger verify`.",
    )
    return found, todo


def _backup() -> tuple[Text, Text | None]:
    note = configuration.home() / "backups.json"
    todo = Text(
        "Chạy `tinhso backup THƯ_MỤC`, xem tinhso-backup.timer có bật không.",
        "Run `tinhso backup FOLDER`; see that tinhso-backup.timer is on.",
    )
    if not note.exists():
        return Text("chưa có lần nào", "there is none"), todo
    last: dict[str, Any] = json.loads(note.read_text(encoding="utf-8"))[-1]
    at = datetime.fromisoformat(last["at"])
    when = timezone.localtime(at).strftime("%H:%M %d/%m/%Y")
    old = timezone.now() - at > BACKUP_DAYS
    found = Text(f"lần cuối lúc {when}, đã đọc lại", f"the last at {when}, read back")
    return found, todo if old else None


def _mail() -> tuple[Text, Text | None]:
    if settings.EMAIL_HOST not in ("", "localhost") or settings.DEBUG:
        return Text("đã đặt máy chủ thư", "a mail server is set"), None
    todo = Text(
        "Chưa gửi được thư mời và thư đặt lại mật khẩu. Đặt máy chủ thư như tài liệu vận hành.",
        "Invitations and password resets cannot be sent. Set a mail server as the operators' guide says.",
    )
    return Text("chưa đặt máy chủ thư", "no mail server is set"), todo


def _https() -> tuple[Text, Text | None]:
    local = {"127.0.0.1", "localhost", "[::1]"}
    if configuration.HTTPS.get() == "1":
        return Text("bật", "on"), None
    if set(settings.ALLOWED_HOSTS) <= local:
        return Text(
            "tắt; trang chỉ mở trên máy này", "off; the site opens on this machine only"
        ), None
    todo = Text(
        "Mật khẩu đi trên mạng dưới dạng chữ. Đặt một cổng HTTPS phía trước và TINHSO_HTTPS=1.",
        "Passwords cross the network in the clear. Put an HTTPS proxy in front and set TINHSO_HTTPS=1.",
    )
    return Text("tắt, mà trang mở cho máy khác", "off, and the site is open to others"), todo


def _secrets() -> tuple[Text, Text | None]:
    folder = configuration.home() / "secrets"
    if not folder.exists():
        return Text("đặt bằng biến môi trường", "set in the environment"), None
    paths = [folder, *folder.iterdir()]
    wide = sorted(path.name for path in paths if path.stat().st_mode & 0o077)
    if not wide:
        return Text("chỉ chủ sở hữu đọc được", "their owner only reads them"), None
    named = ", ".join(wide)
    todo = Text(f"Chạy: chmod -R go-rwx {folder}", f"Run: chmod -R go-rwx {folder}")
    return Text(f"người khác đọc được: {named}", f"others read: {named}"), todo


def _factors() -> tuple[Text, Text | None]:
    number = unreadable_factors()
    if not number:
        return Text("đều đọc được", "all can be read"), None
    found = Text(
        f"của {number} tài khoản không đọc được: TINHSO_SECRET_KEY đã đổi",
        f"those of {number} accounts cannot be read: TINHSO_SECRET_KEY has changed",
    )
    todo = Text(
        "Đặt lại khóa cũ; không còn khóa cũ thì đặt lại cho từng người: `tinhso account reset-factor TÊN --reason …`.",
        "Put the earlier key back; where it is lost, reset them one by one: `tinhso account reset-factor NAME --reason …`.",
    )
    return found, todo


def _files() -> tuple[Text, Text | None]:
    number = damaged()
    if not number:
        return Text("đều còn đủ", "all are there"), None
    found = Text(
        f"{number} tệp đã nhận bị mất hoặc hỏng trên đĩa",
        f"{number} files that were taken are gone or damaged on the disk",
    )
    todo = Text(
        f"Lấy lại từ bản sao lưu vào {settings.TINHSO_FILES}, giữ nguyên tên; xem vì sao mất.",
        f"Bring them back from a back-up into {settings.TINHSO_FILES}, under the same names; find out why they went.",
    )
    return found, todo


def _rules() -> tuple[Text, Text | None]:
    own = ", ".join(sorted(rule_files.own()))
    found = Text(f"của tỉnh: {own}", f"the province's own: {own}")
    if not own:
        found = Text("đều của sản phẩm", "all are the product's")
    todo = Text(
        f"Tệp trong {settings.TINHSO_RULES} đã đổi từ khi tiến trình này chạy. Chạy `tinhso pack check {settings.TINHSO_RULES}`, rồi chạy lại trang.",
        f"Files in {settings.TINHSO_RULES} have changed since this process started. Run `tinhso pack check {settings.TINHSO_RULES}`, then restart the site.",
    )
    return found, todo if rules.changed(settings.TINHSO_RULES) else None


_LOOKS: tuple[tuple[Text, Callable[[], tuple[Text, Text | None]]], ...] = (
    (Text("Cơ sở dữ liệu", "Database"), _database),
    (Text("Đồng hồ", "Clock"), _clock),
    (Text("Quy tắc", "Rules"), _rules),
    (Text("Ổ đĩa", "Disk"), _disk),
    (Text("Kho bản ghi", "Lake"), _lake),
    (Text("Tệp đã nhận", "Stored files"), _files),
    (Text("Số liệu đã tính", "Computed figures"), _figures),
    (Text("Hộp thư đi", "Outbox"), _outbox),
    (Text("Nhật ký", "Ledger"), _ledger),
    (Text("Sao lưu", "Back-up"), _backup),
    (Text("Thư điện tử", "Mail"), _mail),
    (Text("HTTPS", "HTTPS"), _https),
    (Text("Khóa bí mật", "Secret keys"), _secrets),
    (Text("Lớp xác thực thứ hai", "Second factors"), _factors),
)
