"""Every setting of the product, from the environment, with a default that works.

Names begin with TINHSO_. A test holds the table in docs/operators.md to `SETTINGS` below.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import string
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from tinhso.kernel.clock.calendar_files import read as read_calendar
from tinhso.kernel.people.signin.provider import OpenIdProvider
from tinhso.kernel.rule_files import PACKS as OWN_PACKS
from tinhso.measure.engines import Engine
from tinhso.measure.lake import LakeSettings
from tinhso.measure.store import FORM, Bucket
from tinhso.measure.text import NOWHERE, InputError, Text, message
from tinhso.modules.feedback.machine_settings import Mailbox, ZaloSecrets

PROJECT = Path(__file__).resolve().parents[3]

WRONG_SETTING = message(
    "setting-wrong",
    vi="Thiết lập {name}={value} không đúng: cần {wanted}.",
    en="Setting {name}={value} is not right: it takes {wanted}.",
)


TWICE = message(
    "setting-twice",
    vi="{name} và {name}_FILE cùng được đặt. Giữ một.",
    en="Both {name} and {name}_FILE are set. Keep one.",
)
DEBUG_IN_PUBLIC = message(
    "debug-in-public",
    vi="TINHSO_DEBUG=1 chỉ dùng khi TINHSO_HOST là 127.0.0.1, ::1 hoặc localhost: trang lỗi cho người phát triển kể chuyện bên trong.",
    en="TINHSO_DEBUG=1 works only with TINHSO_HOST 127.0.0.1, ::1 or localhost: pages for developers tell what is inside.",
)


@dataclass(frozen=True)
class Setting:
    name: str
    default: str
    text: Text
    secret: bool = False

    def get(self) -> str:
        """The value; of a secret also from the file that `<name>_FILE` names, as systemd and
        container engines hand secrets over. Raises InputError."""
        path = os.environ.get(f"{self.name}_FILE", "") if self.secret else ""
        if not path:
            return os.environ.get(self.name, self.default)
        if self.name in os.environ:
            raise InputError([TWICE(NOWHERE, name=self.name)])
        return _read_secret(f"{self.name}_FILE", Path(path))


#: Where container engines mount secrets, readable to all within the container.
_MOUNTED = Path("/run/secrets")


def _read_secret(name: str, path: Path) -> str:
    """Raises InputError for a file that cannot be read, or that others may read or write."""
    try:
        mode = path.stat().st_mode
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        wanted = Text("một tệp đọc được", "a file that can be read")
        raise InputError([WRONG_SETTING(NOWHERE, name=name, value=path, wanted=wanted)]) from error
    allowed = 0o044 if path.parent == _MOUNTED else 0o040
    if stat.S_IMODE(mode) & 0o077 & ~allowed:
        wanted = Text(
            "một tệp mà người khác không đọc, không ghi được (chmod 600)",
            "a file that others may neither read nor write (chmod 600)",
        )
        raise InputError([WRONG_SETTING(NOWHERE, name=name, value=path, wanted=wanted)])
    return value


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
    secret=True,
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
    secret=True,
)
LAKE_RECORDS = Setting(
    "TINHSO_LAKE_RECORDS",
    "",
    Text(
        f"Nơi giữ các tệp bản ghi trong một kho S3: {FORM}. Để trống: trong thư mục của kho.",
        f"Where record files lie in an S3-compatible store: {FORM}. Empty: in the lake's folder.",
    ),
    secret=True,
)
PACKS = Setting(
    "TINHSO_PACKS",
    "",
    Text(
        "Thư mục gói kế hoạch thêm vào các gói có sẵn.",
        "A folder of packs besides those that come with the product.",
    ),
)
RULES = Setting(
    "TINHSO_RULES",
    "",
    Text(
        "Thư mục tệp quy tắc của tỉnh, thay cho tệp cùng tên của sản phẩm. Để trống: TINHSO_HOME/rules.",
        "The folder of the province's own rules, which stand for the product's files of the same names. Empty: TINHSO_HOME/rules.",
    ),
)
CALENDAR = Setting(
    "TINHSO_CALENDAR",
    "",
    Text(
        "Tệp lịch làm việc của tỉnh (YAML, thêm vào lịch của Nhà nước bằng extends: vn). Để trống: lịch của Nhà nước.",
        "The file of the province's working calendar (YAML, added to the state's by extends: vn). Empty: the state's.",
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
    secret=True,
)
PERSON_KEY = Setting(
    "TINHSO_PERSON_KEY",
    "",
    Text(
        "Khóa tạo bí danh của người. Để trống: tự sinh một lần vào TINHSO_HOME/secrets. Mất khóa là không nhận ra người cũ.",
        "The key that makes persons' pseudonyms. Empty: made once in TINHSO_HOME/secrets. Without it nobody known is recognised.",
    ),
    secret=True,
)
LEDGER_SEAL_KEY = Setting(
    "TINHSO_LEDGER_SEAL_KEY",
    "",
    Text(
        "Khóa niêm từng mục nhật ký. Để trống: tự sinh một lần vào TINHSO_HOME/secrets.",
        "The key that seals the ledger's entries. Empty: made once in TINHSO_HOME/secrets.",
    ),
    secret=True,
)
LEDGER_SIGNING_KEY = Setting(
    "TINHSO_LEDGER_SIGNING_KEY",
    "",
    Text(
        "Khóa ký đầu cây của nhật ký. Để trống: tự sinh một lần vào TINHSO_HOME/secrets.",
        "The key that signs the ledger's tree heads. Empty: made once in TINHSO_HOME/secrets.",
    ),
    secret=True,
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
ENGINE = Setting(
    "TINHSO_ENGINE",
    "auto",
    Text(
        "Bộ máy tính số liệu: auto, duckdb, kernel, spark hoặc clickhouse.",
        "What computes figures: auto, duckdb, kernel, spark or clickhouse.",
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
OIDC_ISSUER = Setting(
    "TINHSO_OIDC_ISSUER",
    "",
    Text(
        "Địa chỉ của hệ thống định danh OpenID Connect (issuer). Để trống: không dùng.",
        "The OpenID Connect provider's issuer address. Empty: none.",
    ),
)
OIDC_CLIENT = Setting(
    "TINHSO_OIDC_CLIENT",
    "",
    Text("Mã ứng dụng mà hệ thống định danh cấp.", "The client id that the provider has given."),
)
OIDC_SECRET = Setting(
    "TINHSO_OIDC_SECRET",
    "",
    Text("Khóa của ứng dụng đó.", "The secret of that client."),
    secret=True,
)
OIDC_NAME = Setting(
    "TINHSO_OIDC_NAME",
    "Định danh điện tử",
    Text(
        "Tên hệ thống định danh trên trang tiếng Việt.", "The provider's name on Vietnamese pages."
    ),
)
OIDC_NAME_EN = Setting(
    "TINHSO_OIDC_NAME_EN",
    "Electronic identity",
    Text("Tên hệ thống định danh trên trang tiếng Anh.", "The provider's name on English pages."),
)
OIDC_STRONG_ACR = Setting(
    "TINHSO_OIDC_STRONG_ACR",
    "",
    Text(
        "Các giá trị acr được coi là đã có lớp xác thực thứ hai, cách nhau bằng dấu phẩy. Để trống: không giá trị nào.",
        "Values of acr that count as a second factor, with commas between. Empty: none does.",
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
MAIL_URL = Setting(
    "TINHSO_MAIL_URL",
    "",
    Text(
        "Máy chủ gửi thư, ví dụ smtp://user:pass@host:587?tls=1 hoặc smtps://user:pass@host:465. Để trống: thư nằm chờ, không gửi.",
        "The server that sends mail, such as smtp://user:pass@host:587?tls=1 or smtps://user:pass@host:465. Empty: mails wait unsent.",
    ),
    secret=True,
)
MAIL_FROM = Setting(
    "TINHSO_MAIL_FROM",
    "",
    Text(
        "Địa chỉ người gửi trên thư, ví dụ tinhso@example.gov.vn; cần khi có TINHSO_MAIL_URL.",
        "The sender's address on mails, such as tinhso@example.gov.vn; needed with TINHSO_MAIL_URL.",
    ),
)
MAILBOX = Setting(
    "TINHSO_MAILBOX",
    "",
    Text(
        "Hộp thư nhận phản ánh, ví dụ imaps://user:pass@host:993/INBOX hoặc imap://user:pass@host:143/INBOX?tls=1. Để trống: không đọc thư.",
        "The mailbox of reports, such as imaps://user:pass@host:993/INBOX or imap://user:pass@host:143/INBOX?tls=1. Empty: no mail is read.",
    ),
    secret=True,
)
FETCH_MEDIA = Setting(
    "TINHSO_FETCH_MEDIA",
    "0",
    Text(
        "1: tải về ảnh mà phản ánh qua Open311, Zalo chỉ cho địa chỉ. 0: chỉ giữ địa chỉ.",
        "1: fetch pictures of which reports by Open311 and Zalo give the address only. 0: keep the address.",
    ),
)
ZALO_APP = Setting(
    "TINHSO_ZALO_APP",
    "",
    Text(
        "Mã ứng dụng (App ID) trên Zalo Developers. Để trống: không dùng Zalo.",
        "The application's id (App ID) at Zalo Developers. Empty: no Zalo.",
    ),
)
ZALO_OA_SECRET = Setting(
    "TINHSO_ZALO_OA_SECRET",
    "",
    Text(
        "Khóa bí mật của Official Account, để kiểm tra chữ ký của webhook. Để trống: từ chối mọi sự kiện.",
        "The Official Account's secret, which checks the webhook's signature. Empty: every event is refused.",
    ),
    secret=True,
)
ZALO_APP_SECRET = Setting(
    "TINHSO_ZALO_APP_SECRET",
    "",
    Text(
        "Khóa bí mật của ứng dụng Zalo, để đổi mã truy cập. Để trống: không trả lời qua Zalo.",
        "The Zalo application's secret, which renews access tokens. Empty: no answers by Zalo.",
    ),
    secret=True,
)
ZALO_REFRESH_TOKEN = Setting(
    "TINHSO_ZALO_REFRESH_TOKEN",
    "",
    Text(
        "Refresh token đầu tiên của Official Account; về sau phần mềm tự giữ mã mới trong TINHSO_HOME/secrets.",
        "The Official Account's first refresh token; later ones are kept in TINHSO_HOME/secrets.",
    ),
    secret=True,
)


EMBEDDERS = Setting(
    "TINHSO_EMBEDDERS",
    "",
    Text(
        "Các trang được nhúng khung hỏi đáp, cách nhau bằng dấu cách, như https://so-a.example.vn. Để trống: không trang nào.",
        "The sites that may frame the questions and answers, with spaces between, such as https://so-a.example.vn. Empty: none.",
    ),
)
SITE = Setting(
    "TINHSO_SITE",
    "",
    Text(
        "Địa chỉ mà người dùng mở, ví dụ https://so.example.gov.vn, để thư nhắc việc có liên kết. Để trống: thư không có liên kết.",
        "The address that people open, such as https://so.example.gov.vn, for links in reminders. Empty: mails have none.",
    ),
)
MAP_TILES = Setting(
    "TINHSO_MAP_TILES",
    "",
    Text(
        "Mẫu địa chỉ ô bản đồ nền, ví dụ https://ban-do.example.gov.vn/{z}/{x}/{y}.png. Để trống: bản đồ chỉ có điểm của xã, phường.",
        "The address of map tiles, such as https://map.example.gov.vn/{z}/{x}/{y}.png. Empty: maps show the points of communes only.",
    ),
)
CLAMD = Setting(
    "TINHSO_CLAMD",
    "",
    Text(
        "Bộ quét mã độc clamd: máy:cổng hoặc unix:/đường/dẫn. Để trống: không quét tệp gửi lên.",
        "The malware scanner clamd: host:port or unix:/path. Empty: files that are sent are not scanned.",
    ),
)
SIGNING_PKCS12 = Setting(
    "TINHSO_SIGNING_PKCS12",
    "",
    Text(
        "Tệp PKCS#12 (.p12, .pfx) chứa khóa và chứng thư số của cơ quan để ký văn bản PDF. Để trống: không ký.",
        "The PKCS#12 file (.p12, .pfx) with the office's key and certificate that signs PDF documents. Empty: no signing.",
    ),
)
SIGNING_PASSWORD = Setting(
    "TINHSO_SIGNING_PASSWORD",
    "",
    Text("Mật khẩu của tệp PKCS#12.", "The password of the PKCS#12 file."),
    secret=True,
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
    secret=True,
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
    *(
        HOME,
        DATABASE_URL,
        LAKE_FOLDER,
        LAKE_CATALOG,
        LAKE_RECORDS,
        PACKS,
        RULES,
        CALENDAR,
        DEFAULT_PLAN,
        HOST,
        PORT,
        WORKERS,
    ),
    *(
        ALLOWED_HOSTS,
        SECRET_KEY,
        PERSON_KEY,
        LEDGER_SEAL_KEY,
        LEDGER_SIGNING_KEY,
        SAMPLE_SCALE,
        MEMORY_LIMIT,
        ENGINE,
        HTTPS,
        PROXIES,
        MAIL_URL,
        MAIL_FROM,
        MAILBOX,
        FETCH_MEDIA,
        ZALO_APP,
        ZALO_OA_SECRET,
        ZALO_APP_SECRET,
        ZALO_REFRESH_TOKEN,
        SITE,
        MAP_TILES,
        EMBEDDERS,
        OIDC_ISSUER,
        OIDC_CLIENT,
        OIDC_SECRET,
        OIDC_NAME,
        OIDC_NAME_EN,
        OIDC_STRONG_ACR,
        CLAMD,
        SIGNING_PKCS12,
        SIGNING_PASSWORD,
        BACKUP_RECIPIENT,
        METRICS_TOKEN,
        LOG,
        LANGUAGE,
        DEBUG,
    ),
)


def debug() -> bool:
    """Whether pages for developers are on. Raises InputError where others could see them."""
    if DEBUG.get() != "1":
        return False
    if HOST.get() not in ("127.0.0.1", "::1", "localhost"):
        raise InputError([DEBUG_IN_PUBLIC()])
    return True


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
    return [OWN_PACKS, Path(PACKS.get())] if PACKS.get() else [OWN_PACKS]


def rules() -> Path:
    """The folder of the province's own rules, whose files are in use from now on. Raises InputError with
    all that is wrong in it."""
    folder, named = rules_folder(), bool(RULES.get())
    if named or folder.is_dir():
        from tinhso.web.rules import use  # noqa: PLC0415 (most sites have none)

        use(folder, named=named)
    return folder


def rules_folder() -> Path:
    return Path(RULES.get()) if RULES.get() else home() / "rules"


def calendar() -> str:
    """The file of the province's working calendar, "" for the state's. Raises InputError with all that
    is wrong in it."""
    value = CALENDAR.get()
    if value:
        try:
            read_calendar(Path(value))
        except InputError as error:
            wanted = Text(
                "một tệp lịch làm việc không có lỗi", "a working calendar without mistakes"
            )
            problem = WRONG_SETTING(NOWHERE, name=CALENDAR.name, value=value, wanted=wanted)
            raise InputError([problem, *error.problems]) from error
    return value


def lake_settings() -> LakeSettings:
    """Raises InputError (`setting-wrong`); the address of a store holds a secret, so it is not
    repeated."""
    folder, records = LAKE_FOLDER.get(), LAKE_RECORDS.get()
    try:
        bucket = Bucket.from_url(records) if records else None
    except ValueError:
        wanted = Text(FORM, FORM)
        problem = WRONG_SETTING(NOWHERE, name=LAKE_RECORDS.name, value="…", wanted=wanted)
        raise InputError([problem]) from None
    return LakeSettings(
        folder=Path(folder) if folder else home() / "lake",
        catalog=LAKE_CATALOG.get(),
        bucket=bucket,
        memory_limit=MEMORY_LIMIT.get(),
    )


def engine() -> Engine:
    """What computes figures. Raises InputError (`setting-wrong`)."""
    value = ENGINE.get()
    if value not in list(Engine):
        names = ", ".join(Engine)
        wanted = Text(f"một trong {names}", f"one of {names}")
        raise InputError([WRONG_SETTING(NOWHERE, name=ENGINE.name, value=value, wanted=wanted)])
    return Engine(value)


def mail_settings() -> dict[str, object]:
    """Django's settings for e-mail; the host is "" where none is set.

    Raises InputError (`setting-wrong`); the address holds a password, so it is not repeated.
    """
    url, sender = urlsplit(MAIL_URL.get()), MAIL_FROM.get()
    asked = parse_qs(url.query, keep_blank_values=True)
    wanted = Text(
        "smtp://[user:pass@]host[:port][?tls=1]", "smtp://[user:pass@]host[:port][?tls=1]"
    )
    try:
        port = url.port or (465 if url.scheme == "smtps" else 25)
    except ValueError:
        port = 0
    known = url.scheme in ("smtp", "smtps") and url.hostname and port
    if MAIL_URL.get() and (not known or asked not in ({}, {"tls": ["1"]}, {"tls": ["0"]})):
        raise InputError([WRONG_SETTING(NOWHERE, name=MAIL_URL.name, value="…", wanted=wanted)])
    if MAIL_URL.get() and "@" not in sender:
        wanted = Text("một địa chỉ thư", "an e-mail address")
        raise InputError([WRONG_SETTING(NOWHERE, name=MAIL_FROM.name, value=sender, wanted=wanted)])
    return {
        "EMAIL_HOST": url.hostname or "",
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_TLS": asked.get("tls") == ["1"],
        "EMAIL_USE_SSL": url.scheme == "smtps",
        "DEFAULT_FROM_EMAIL": sender,
    }


def map_tiles() -> str:
    """The template of tiles' addresses, or "". Raises InputError (`setting-wrong`)."""
    value = MAP_TILES.get()
    parts = urlsplit(value.format(z=0, x=0, y=0)) if _is_template(value) else None
    fine = parts and (parts.scheme == "https" or parts.hostname in ("127.0.0.1", "localhost"))
    if value and (not fine or any(one in value for one in " ;,'\"")):
        wanted = Text("https://…{z}/{x}/{y}…", "https://…{z}/{x}/{y}…")
        raise InputError([WRONG_SETTING(NOWHERE, name=MAP_TILES.name, value=value, wanted=wanted)])
    return value


def _is_template(value: str) -> bool:
    names = {name for _, name, _, _ in string.Formatter().parse(value) if name is not None}
    return names == {"z", "x", "y"}


def mailbox() -> Mailbox | None:
    """The mailbox, or None. Raises InputError (`setting-wrong`) without repeating the password."""
    if not MAILBOX.get():
        return None
    url = urlsplit(MAILBOX.get())
    asked = parse_qs(url.query, keep_blank_values=True)
    try:
        port = url.port or (993 if url.scheme == "imaps" else 143)
    except ValueError:
        port = 0
    known = url.scheme in ("imap", "imaps") and url.hostname and url.username and port
    if not known or asked not in ({}, {"tls": ["1"]}, {"tls": ["0"]}):
        form = "imaps://user:pass@host[:port]/INBOX"
        wanted = Text(form, form)
        raise InputError([WRONG_SETTING(NOWHERE, name=MAILBOX.name, value="…", wanted=wanted)])
    tls = "ssl" if url.scheme == "imaps" else "starttls" if asked.get("tls") == ["1"] else ""
    return Mailbox(
        host=url.hostname or "",
        port=port,
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        folder=unquote(url.path.strip("/")) or "INBOX",
        tls=tls,
    )


def zalo() -> str:
    """The application's id at Zalo; "" where Zalo is not used."""
    return ZALO_APP.get()


def zalo_secrets() -> ZaloSecrets:
    return ZaloSecrets(ZALO_OA_SECRET.get(), ZALO_APP_SECRET.get(), ZALO_REFRESH_TOKEN.get())


def oidc() -> OpenIdProvider | None:
    """The OpenID Connect provider, or None. Raises InputError (`setting-wrong`) for half of one."""
    issuer = OIDC_ISSUER.get()
    if not issuer:
        return None
    if not issuer.startswith(("https://", "http://localhost", "http://127.0.0.1")):
        wanted = Text("một địa chỉ https://", "an https:// address")
        raise InputError(
            [WRONG_SETTING(NOWHERE, name=OIDC_ISSUER.name, value=issuer, wanted=wanted)]
        )
    value = OIDC_SECRET.get()
    for setting, given in ((OIDC_CLIENT, OIDC_CLIENT.get()), (OIDC_SECRET, value)):
        if not given:
            wanted = Text(
                "một giá trị, vì TINHSO_OIDC_ISSUER đã đặt",
                "a value, for TINHSO_OIDC_ISSUER is set",
            )
            raise InputError([WRONG_SETTING(NOWHERE, name=setting.name, value="", wanted=wanted)])
    return OpenIdProvider(
        issuer=issuer,
        client=OIDC_CLIENT.get(),
        secret=value,
        name=Text(OIDC_NAME.get(), OIDC_NAME_EN.get()),
        strong_acr=frozenset(
            one.strip() for one in OIDC_STRONG_ACR.get().split(",") if one.strip()
        ),
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
    path = secret_file(setting)
    folder = path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        # Written aside and linked: two processes that start together end with one and the same.
        aside = folder / f"{path.name}.{secrets.token_hex(4)}"
        aside.touch(mode=0o600)
        aside.write_text(secrets.token_urlsafe(48), encoding="ascii")
        with contextlib.suppress(FileExistsError):
            os.link(aside, path)
        aside.unlink()
    return path.read_text(encoding="ascii")


def secret_file(setting: Setting) -> Path:
    """Where a secret is kept that the environment does not give."""
    return home() / "secrets" / setting.name.lower()


def replace_secret(setting: Setting, value: str) -> None:
    """Keep another value in the secret's file, all at once."""
    _keep(secret_file(setting), value)


def _keep(path: Path, value: str) -> None:
    aside = path.with_suffix(f".{secrets.token_hex(4)}")
    aside.touch(mode=0o600)
    aside.write_text(value, encoding="ascii")
    aside.replace(path)


def following_secret(setting: Setting) -> str:
    """The secret with one more line that is made now, or was made when following was cut off."""
    path = secret_file(setting).with_suffix(".following")
    if not path.exists():
        _keep(path, f"{secret(setting)}\n{secrets.token_urlsafe(48)}")
    return path.read_text(encoding="ascii")


def follow_secret(setting: Setting) -> None:
    """The secret that follows takes the place of the one before."""
    secret_file(setting).with_suffix(".following").replace(secret_file(setting))
