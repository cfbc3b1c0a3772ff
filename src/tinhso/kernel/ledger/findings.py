"""What verification can find wrong, in words."""

from __future__ import annotations

from tinhso.measure.text import Text, message

SOURCES = {
    "database": Text("cơ sở dữ liệu", "the database"),
    "witness": Text("tệp nhân chứng", "the witness file"),
    "against": Text("tệp đem đối chiếu", "the file compared against"),
}

ALTERED = message(
    "entry-altered",
    vi="Mục số {index} ({uid}) đã bị sửa: nội dung không còn khớp với mã băm lúc ghi.",
    en="Entry {index} ({uid}) was altered: it no longer matches the hash written with it.",
)
UNREADABLE = message(
    "entry-unreadable",
    vi="Mục số {index} đã bị sửa: có cột không đọc được nữa.",
    en="Entry {index} was altered: a column can no longer be read.",
)
SEAL = message(
    "entry-seal",
    vi="Mục số {index} ({uid}) mang niêm sai: không phải do hệ thống này ghi, hoặc mã băm của nó đã bị thay.",
    en="Entry {index} ({uid}) has a wrong seal: this site did not write it, or its hash was replaced.",
)
DETAILS = message(
    "entry-details",
    vi="Phần chi tiết của mục số {index} ({uid}) đã bị sửa: không khớp với mã băm có muối của nó.",
    en="The details of entry {index} ({uid}) were altered: they do not match their salted digest.",
)
ERASED = message(
    "entry-erased-unrecorded",
    vi="Phần chi tiết của mục số {index} ({uid}) đã bị xóa mà không có mục nhật ký nào ghi việc xóa.",
    en="The details of entry {index} ({uid}) are gone, and no entry tells of their erasure.",
)
WAITING = Text("đang chờ đánh số", "waiting")
MISSING = message(
    "entry-missing",
    vi="Mất {count} mục, từ số {first} đến số {last}: đã bị xóa khỏi cơ sở dữ liệu.",
    en="{count} entries are missing, from {first} to {last}: they were deleted from the database.",
)
DELETED_WAITING = message(
    "entry-deleted-waiting",
    vi="Mục {uid} đã được ghi rồi bị xóa khỏi cơ sở dữ liệu khi chưa đầu cây nào bao gồm (tệp waiting.txt còn ghi).",
    en="The entry {uid} was written, then deleted from the database before a tree head covered it (waiting.txt has it).",
)
UNCOVERED = message(
    "entry-uncovered",
    vi="Mục số {index} ({uid}) mang một số mà chưa đầu cây nào bao gồm: số đã bị đặt từ ngoài.",
    en="Entry {index} ({uid}) has an index that no tree head covers: it was set from outside.",
)
SWAPPED = message(
    "entry-order",
    vi="Mục số {index} ({uid}) không đứng đúng chỗ: thứ tự của nó và mục trước đã bị đổi.",
    en="Entry {index} ({uid}) is out of place: its order and that of the one before were changed.",
)
ROOT = message(
    "head-root",
    vi="Các mục không cho ra gốc của đầu cây cỡ {size} (từ {source}, ký lúc {at}): có thay đổi trong các mục từ số {first} đến số {last}.",
    en="The entries do not give the root of the tree head of size {size} (from {source}, signed {at}): something among entries {first} to {last} was changed.",
)
SIGNATURE = message(
    "head-signature",
    vi="Đầu cây cỡ {size} (từ {source}) mang chữ ký sai, hoặc ký bằng khóa không ai biết ({key}).",
    en="The tree head of size {size} (from {source}) has a wrong signature, or one of an unknown key ({key}).",
)
HEAD_DELETED = message(
    "head-deleted",
    vi="Đầu cây cỡ {size} có trong {source} nhưng đã bị xóa khỏi cơ sở dữ liệu.",
    en="The tree head of size {size} is in {source} but was deleted from the database.",
)
OLD_COPY = message(
    "database-old",
    vi="Cơ sở dữ liệu là bản sao cũ hoặc đã bị cắt: nó dừng ở cỡ {size}, còn {source} giữ {count} đầu cây lớn hơn, lớn nhất cỡ {newest} ký lúc {at}.",
    en="The database is an old copy, or was cut: it ends at size {size}, while {source} keeps {count} larger tree heads, the largest of size {newest} signed {at}.",
)
WITNESS_CUT = message(
    "witness-cut",
    vi="Tệp nhân chứng thiếu {count} đầu cây, cỡ {first} đến {last}: tệp đã bị cắt, hoặc việc đánh số vừa bị ngắt (khi đó chạy “tinhso ledger sequence” là đủ).",
    en="The witness file lacks {count} tree heads, of sizes {first} to {last}: it was cut, or sequencing was just interrupted (then “tinhso ledger sequence” is enough).",
)
WITNESS_LINE = message(
    "witness-line",
    vi="Tệp nhân chứng, dòng {line}: không phải một đầu cây, hoặc không đúng thứ tự.",
    en="Witness file, line {line}: not a tree head, or not in order.",
)
NODE = message(
    "node-differs",
    vi="Mã băm giữ cho các mục từ số {first} đến số {last} không khớp với chính các mục ấy.",
    en="The hash kept for entries {first} to {last} does not match these entries.",
)
KEYS = message(
    "keys-damaged",
    vi="Tệp khóa công khai keys.jsonl không đọc được; không kiểm được chữ ký nào.",
    en="The file of public keys, keys.jsonl, cannot be read; no signature can be checked.",
)
KEY = message(
    "key-not-endorsed",
    vi="Khóa {key} không phải khóa đầu tiên và không được khóa nào trước nó bảo đảm.",
    en="Key {key} is not the first, and no earlier key endorses it.",
)
WALL = message(
    "wall-missing",
    vi="Bức tường {name} của cơ sở dữ liệu đã bị gỡ: ai đó đã có thể sửa nhật ký. Dựng lại: tinhso ledger walls.",
    en="The database's wall {name} was taken down: somebody may have changed the ledger. Raise it again: tinhso ledger walls.",
)
