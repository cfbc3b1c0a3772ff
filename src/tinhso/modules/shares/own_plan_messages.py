"""What can be wrong with a workbook of an own plan that came back, and what to do about it."""

from __future__ import annotations

from tinhso.measure.text import message

NOT_OURS = message(
    "own-sheet-not-ours",
    vi="Tệp này không phải bảng kế hoạch tải về từ trang này. Tải bảng, điền vào rồi gửi chính tệp ấy.",
    en="This file is no table of a plan from this page. Download the table, fill it in and send that file.",
)
OLD = message(
    "own-sheet-old",
    vi="Bảng này theo mẫu cũ. Tải bảng mới, chép các ô đã điền sang rồi gửi.",
    en="This table is of an old form. Download a new one, copy what you filled in and send it.",
)
RENAMED = message(
    "own-sheet-renamed",
    vi="Không thấy trang tính “{sheet}”; tệp có: {found}. Đổi lại đúng tên rồi gửi.",
    en="There is no sheet “{sheet}”; the file has: {found}. Give it its name back, then send it.",
)
OTHER_PLAN = message(
    "own-sheet-plan",
    vi="Bảng này của kế hoạch {found}, còn trang này nhận kế hoạch {wanted}. Tải bảng ở đúng trang.",
    en="This table is of plan {found}; this page takes plan {wanted}. Download the table from the right page.",
)
OTHER_UNIT = message(
    "own-sheet-unit",
    vi="Bảng này của {found}, còn trang này nhận kế hoạch của {wanted}. Tải bảng ở đúng trang.",
    en="This table is of {found}; this page takes the plan of {wanted}. Download the table from the right page.",
)
LOCKED = message(
    "own-sheet-locked",
    vi="Bảng này của phiên bản {version}, nay {state} nên đã khóa. Soạn bản mới trên trang kế hoạch, tải bảng mới rồi điền lại.",
    en="This table is of version {version}, which is {state} by now, and locked. Begin a new version on the plan's page, download a new table and fill it in again.",
)
DISCARDED = message(
    "own-sheet-discarded",
    vi="Bản nháp của bảng này đã bỏ. Soạn bản mới trên trang kế hoạch, tải bảng mới rồi điền lại.",
    en="The draft of this table was discarded. Begin a new version on the plan's page, download a new table and fill it in again.",
)
FORMULA = message(
    "own-sheet-formula",
    vi="Ô là công thức, có thể chưa tính lại. Chép ô rồi dán giá trị (Paste Values).",
    en="The cell is a formula, which may not have been worked out anew. Copy it and paste its value (Paste Values).",
)
ROW_CHANGED = message(
    "own-sheet-row",
    vi="Ô khóa của dòng đã bị sửa, hoặc dòng được chép từ chỗ khác, nên không biết là mục nào. Chép các ô đã điền sang bảng mới tải.",
    en="Locked cells of the row were changed, or it was copied from elsewhere, so nobody knows which item it is. Copy what you filled in into a table freshly downloaded.",
)
ROW_TWICE = message(
    "own-sheet-twice",
    vi="Mục này đã có ở dòng {row}. Bỏ một trong hai dòng.",
    en="This item is in row {row} already. Remove one of the two rows.",
)
ROW_GONE = message(
    "own-sheet-gone",
    vi="Từ khi tải bảng, mục này đã bị bỏ khỏi bản nháp. Xóa các ô đã điền ở dòng này, hoặc tải bảng mới.",
    en="Since the table was downloaded this item was removed from the draft. Empty the row's cells, or download a new table.",
)
ROW_STALE = message(
    "own-sheet-stale",
    vi="Từ khi tải bảng, mục này đã được sửa trên trang. Tải bảng mới rồi điền lại dòng này.",
    en="Since the table was downloaded this item was changed on the page. Download it again and fill in this row anew.",
)
NAME_TWICE = message(
    "own-sheet-name-twice",
    vi="Đã có mục “{name}” ({where}). Xóa các ô của dòng này, hoặc ghi nội dung khác.",
    en="There is an item “{name}” already ({where}). Empty this row, or write something else.",
)
KIND_UNKNOWN = message(
    "own-sheet-kind",
    vi="“{value}” không phải loại mục. Chọn trong danh sách: {known}.",
    en="“{value}” is no kind of item. Choose from the list: {known}.",
)
NOT_OF_KIND = message(
    "own-sheet-not-of-kind",
    vi="{kind} không có ô này. Để trống, hoặc chọn loại khác ở cột D.",
    en="{kind} do not have this. Leave it empty, or choose another kind in column D.",
)
DROP_UNKNOWN = message(
    "own-sheet-drop",
    vi="“{value}”: cột này chỉ ghi “bỏ”, hoặc để trống.",
    en="“{value}”: this column takes “remove” alone, or nothing.",
)
SMALL = message(
    "own-sheet-small",
    vi="{value} là {value} %. Cột này tính bằng phần trăm: 75 % ghi là 75, không ghi 0,75 hay 75%.",
    en="{value} is {value} %. This column is in per cent: write 75 for 75 %, not 0.75 or 75%.",
)
NOTHING_NEW = message(
    "own-sheet-nothing",
    vi="Bảng không đổi gì so với bản nháp. Điền vào các ô màu vàng rồi gửi lại.",
    en="The table changes nothing of the draft. Fill in the yellow cells, then send it.",
)
SEEN_OTHERWISE = message(
    "own-sheet-seen",
    vi="Từ lúc xem trước, bản nháp đã đổi. Xem lại các thay đổi dưới đây rồi lưu.",
    en="The draft has changed since the preview. Look at the changes below again, then save.",
)
