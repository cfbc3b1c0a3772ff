"""Every setting of the product, from the environment, with a default that works.

Names begin with TINHSO_. A test holds the table in docs/operators.md to `SETTINGS` below.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from tinhso.measure.lake import LakeSettings
from tinhso.measure.text import NOWHERE, InputError, Text, message

PROJECT = Path(__file__).resolve().parents[3]

WRONG_SETTING = message(
    "setting-wrong",
    vi="Thiết lập {name}={value} không đúng: cần {wanted}.",
    en="Setting {name}={value} is not right: it takes {wanted}.",
)


@dataclass(frozen=True)
class Setting:
    name: str
    default: str
    text: Text

    def get(self) -> str:
        return os.environ.get(self.name, self.default)


HOME = Setting(
    "TINHSO_HOME",
    str(PROJECT / "var"),
    Text(
        "Thư mục chứa mọi dữ liệu: cơ sở dữ liệu, kho bản ghi, số liệu đã tính, khóa.",
        "The folder of all data: database, lake, computed figures, keys.",
    ),
)
DATABASE_URL = Setting(
    "TINHSO_DATABASE_URL",
    "",
    Text(
        "Cơ sở dữ liệu của trang, ví dụ postgres://user@host:5432/tinhso. Để trống: SQLite trong TINHSO_HOME.",
        "The site's database, such as postgres://user@host:5432/tinhso. Empty: SQLite in TINHSO_HOME.",
    ),
)
LAKE_FOLDER = Setting(
    "TINHSO_LAKE",
    "",
    Text(
        "Thư mục kho bản ghi. Để trống: TINHSO_HOME/lake.",
        "The lake's folder. Empty: TINHSO_HOME/lake.",
    ),
)
LAKE_CATALOG = Setting(
    "TINHSO_LAKE_CATALOG",
    "",
    Text(
        "Danh mục của kho bản ghi trong PostgreSQL, ví dụ dbname=tinhso_lake host=127.0.0.1. Để trống: SQLite trong kho.",
        "The lake's catalog in PostgreSQL, such as dbname=tinhso_lake host=127.0.0.1. Empty: SQLite in the lake.",
    ),
)
PACKS = Setting(
    "TINHSO_PACKS",
    "",
    Text(
        "Thư mục gói kế hoạch thêm vào các gói có sẵn.",
        "A folder of packs besides those that come with the product.",
    ),
)
DEFAULT_PLAN = Setting(
    "TINHSO_PLAN",
    "binh-phuoc-2025",
    Text("Kế hoạch mở ra ở trang đầu.", "The plan that the front page opens."),
)
HOST = Setting(
    "TINHSO_HOST",
    "127.0.0.1",
    Text("Địa chỉ mà máy chủ nghe.", "The address that the server listens on."),
)
PORT = Setting(
    "TINHSO_PORT", "8000", Text("Cổng mà máy chủ nghe.", "The port that the server listens on.")
)
WORKERS = Setting(
    "TINHSO_WORKERS", "2", Text("Số tiến trình phục vụ.", "The number of serving processes.")
)
ALLOWED_HOSTS = Setting(
    "TINHSO_ALLOWED_HOSTS",
    "127.0.0.1,localhost,[::1]",
    Text(
        "Các tên miền được phục vụ, cách nhau bằng dấu phẩy.",
        "The host names that are served, with commas between.",
    ),
)
SECRET_KEY = Setting(
    "TINHSO_SECRET_KEY",
    "",
    Text(
        "Khóa ký phiên. Để trống: tự sinh một lần vào TINHSO_HOME/secrets.",
        "The key that signs sessions. Empty: made once in TINHSO_HOME/secrets.",
    ),
)
PERSON_KEY = Setting(
    "TINHSO_PERSON_KEY",
    "",
    Text(
        "Khóa tạo bí danh của người. Để trống: tự sinh một lần vào TINHSO_HOME/secrets. Mất khóa là không nhận ra người cũ.",
        "The key that makes persons' pseudonyms. Empty: made once in TINHSO_HOME/secrets. Without it nobody known is recognised.",
    ),
)
LEDGER_SEAL_KEY = Setting(
    "TINHSO_LEDGER_SEAL_KEY",
    "",
    Text(
        "Khóa niêm từng mục nhật ký. Để trống: tự sinh một lần vào TINHSO_HOME/secrets.",
        "The key that seals the ledger's entries. Empty: made once in TINHSO_HOME/secrets.",
    ),
)
SAMPLE_SCALE = Setting(
    "TINHSO_SAMPLE_SCALE",
    "0.05",
    Text(
        "Cỡ dữ liệu mô phỏng mà `make run` nạp lần đầu (1 = một triệu hồ sơ một năm; 0 = không nạp).",
        "Size of the simulated data that `make run` loads first (1 = a million dossiers a year; 0 = none).",
    ),
)
MEMORY_LIMIT = Setting(
    "TINHSO_MEMORY_LIMIT",
    "1GB",
    Text(
        "Bộ nhớ tối đa của bộ máy tính số liệu.", "The most memory that the figures' engine takes."
    ),
)
HTTPS = Setting(
    "TINHSO_HTTPS",
    "0",
    Text(
        "1: trang phục vụ sau một cổng HTTPS; cookie chỉ gửi qua HTTPS, tin X-Forwarded-Proto.",
        "1: served behind an HTTPS proxy; cookies go over HTTPS only, X-Forwarded-Proto is trusted.",
    ),
)
PROXIES = Setting(
    "TINHSO_PROXIES",
    "0",
    Text(
        "Số cổng (proxy) của đơn vị đứng trước trang; địa chỉ người dùng lấy từ X-Forwarded-For theo số này.",
        "How many proxies of yours stand before the site; people's addresses are read from X-Forwarded-For by it.",
    ),
)
BACKUP_RECIPIENT = Setting(
    "TINHSO_BACKUP_RECIPIENT",
    "",
    Text(
        "Khóa công khai age mà bản sao lưu được mã hóa cho; tạo bằng tinhso backup-key.",
        "The age public key that back-ups are encrypted for; tinhso backup-key makes one.",
    ),
)
METRICS_TOKEN = Setting(
    "TINHSO_METRICS_TOKEN",
    "",
    Text(
        "Mã để đọc /metrics từ máy khác. Để trống: chỉ chính máy này đọc được.",
        "The token that reads /metrics from another machine. Empty: this machine only.",
    ),
)
LOG = Setting(
    "TINHSO_LOG",
    "line",
    Text("Dạng nhật ký: line (dòng chữ) hoặc json.", "The log's form: line or json."),
)
LANGUAGE = Setting(
    "TINHSO_LANG",
    "vi",
    Text("Ngôn ngữ của dòng lệnh: vi hoặc en.", "The command line's language: vi or en."),
)
DEBUG = Setting(
    "TINHSO_DEBUG",
    "0",
    Text("1: trang lỗi dành cho người phát triển.", "1: error pages for developers."),
)

SETTINGS = (
    *(HOME, DATABASE_URL, LAKE_FOLDER, LAKE_CATALOG, PACKS, DEFAULT_PLAN, HOST, PORT, WORKERS),
    *(
        ALLOWED_HOSTS,
        SECRET_KEY,
        PERSON_KEY,
        LEDGER_SEAL_KEY,
        SAMPLE_SCALE,
        MEMORY_LIMIT,
        HTTPS,
        PROXIES,
        BACKUP_RECIPIENT,
        METRICS_TOKEN,
        LOG,
        LANGUAGE,
        DEBUG,
    ),
)


def home() -> Path:
    return Path(HOME.get())


def number(setting: Setting) -> float:
    """The setting as a number from 0; raises InputError (`setting-wrong`)."""
    value = setting.get()
    try:
        found = float(value)
    except ValueError:
        found = -1.0
    if found < 0:
        wanted = Text("một số từ 0 trở lên", "a number from 0 up")
        raise InputError([WRONG_SETTING(NOWHERE, name=setting.name, value=value, wanted=wanted)])
    return found


def pack_folders() -> list[Path]:
    """Where packs are looked for: the product's own, then the operator's."""
    own = Path(__file__).resolve().parents[1] / "packs"
    return [own, Path(PACKS.get())] if PACKS.get() else [own]


def lake_settings() -> LakeSettings:
    folder = LAKE_FOLDER.get()
    return LakeSettings(
        folder=Path(folder) if folder else home() / "lake",
        catalog=LAKE_CATALOG.get(),
        memory_limit=MEMORY_LIMIT.get(),
    )


#: A shorter secret could be guessed.
SECRET_LENGTH = 32


def secret(setting: Setting) -> str:
    """The setting's value, or a random one that is made once and kept readable to its owner only.

    Raises InputError (`setting-wrong`) for one that is too short to be a secret.
    """
    value = setting.get()
    if 0 < len(value) < SECRET_LENGTH:
        wanted = Text(f"ít nhất {SECRET_LENGTH} ký tự", f"at least {SECRET_LENGTH} characters")
        raise InputError([WRONG_SETTING(NOWHERE, name=setting.name, value="…", wanted=wanted)])
    if value:
        return value
    folder = home() / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / setting.name.lower()
    if not path.exists():
        # Written aside and linked: two processes that start together end with one and the same.
        aside = folder / f"{path.name}.{secrets.token_hex(4)}"
        aside.touch(mode=0o600)
        aside.write_text(secrets.token_urlsafe(48), encoding="ascii")
        with contextlib.suppress(FileExistsError):
            os.link(aside, path)
        aside.unlink()
    return path.read_text(encoding="ascii")
