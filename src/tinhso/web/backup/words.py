"""What can stand in a back-up's way, in words."""

from __future__ import annotations

from tinhso.measure.text import message

NO_RECIPIENT = message(
    "backup-no-recipient",
    vi="Chưa có khóa để mã hóa bản sao lưu. Chạy `tinhso backup-key TỆP` một lần, cất tệp đó ở nơi khác, rồi đặt TINHSO_BACKUP_RECIPIENT bằng khóa công khai mà lệnh in ra.",
    en="There is no key to encrypt the back-up for. Run `tinhso backup-key FILE` once, keep that file elsewhere, and set TINHSO_BACKUP_RECIPIENT to the public key that it prints.",
)
WRONG_RECIPIENT = message(
    "backup-recipient-wrong",
    vi="“{value}” không phải khóa công khai age (bắt đầu bằng age1).",
    en="“{value}” is no age public key (they begin with age1).",
)
NO_PROGRAM = message(
    "backup-no-program",
    vi="Không có chương trình {program}. Cài gói postgresql-client cùng phiên bản với máy chủ PostgreSQL, rồi chạy lại.",
    en="There is no program {program}. Install the package postgresql-client of the PostgreSQL server's version, then run this again.",
)
PROGRAM_FAILED = message(
    "backup-program-failed",
    vi="{program} báo lỗi: {reason}",
    en="{program} failed: {reason}",
)
RUNNING = message(
    "backup-running",
    vi="Đang có một lần sao lưu khác chạy. Đợi nó xong.",
    en="Another back-up is running. Wait until it is done.",
)
EXISTS = message(
    "backup-exists",
    vi="{path} đã có. Chọn tên khác.",
    en="{path} exists. Choose another name.",
)
DAMAGED = message(
    "backup-damaged",
    vi="{path} hỏng hoặc không trọn: {reason}. Dùng bản sao lưu khác.",
    en="{path} is damaged or not whole: {reason}. Use another back-up.",
)
CANNOT_OPEN = message(
    "backup-cannot-open",
    vi="Không mở được {path}: khóa không phải của tệp này, hoặc mật khẩu sai ({reason}).",
    en="{path} cannot be opened: the key is not this file's, or the passphrase is wrong ({reason}).",
)
NOT_EMPTY = message(
    "restore-not-empty",
    vi="{where} không trống. Chọn nơi trống, hoặc thêm --replace: dữ liệu cũ được dời sang bên cạnh, không bị xóa.",
    en="{where} is not empty. Choose an empty place, or add --replace: what is there is moved aside, not deleted.",
)
OTHER_DATABASE = message(
    "restore-other-database",
    vi="Bản sao lưu này của {what} trên {found}; thiết lập {setting} đang chỉ tới loại khác. Đặt lại {setting} rồi chạy lại.",
    en="This back-up is of {what} on {found}; the setting {setting} names another kind. Set {setting}, then run this again.",
)
NO_KEYS = message(
    "restore-no-keys",
    vi="Không có khóa bí mật: thêm --keys TỆP (tệp khóa sao lưu riêng), hoặc --without-keys rồi tự đặt khóa vào {folder} trước khi chạy trang. Thiếu khóa bí danh thì mọi số đếm người sai.",
    en="There are no secret keys: add --keys FILE (the key file, kept apart), or --without-keys and put the keys into {folder} yourself before starting the site. Without the person key every count of persons is wrong.",
)
DIFFERS = message(
    "restore-differs",
    vi="Sau khi phục hồi, {what} có {found} dòng, bản sao lưu ghi {wanted}.",
    en="After restoring, {what} has {found} rows; the back-up says {wanted}.",
)
ABSOLUTE = message(
    "backup-absolute-path",
    vi="Danh mục kho gọi {path} theo đường dẫn tuyệt đối: tệp nằm ngoài kho, không sao lưu được.",
    en="The lake's catalog names {path} by an absolute path: it lies outside the lake and cannot be backed up.",
)
