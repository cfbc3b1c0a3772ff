"""Why a file is not taken, in both languages."""

from __future__ import annotations

from tinhso.measure.text import message

TOO_BIG = message(
    "file-too-big",
    vi="Tệp lớn hơn {limit}. Giảm cỡ (nén ảnh, tách tệp) rồi gửi lại.",
    en="The file is larger than {limit}. Make it smaller (compress pictures, split it) and send it again.",
)
EMPTY = message("file-empty", vi="Tệp rỗng.", en="The file is empty.")
UNKNOWN_KIND = message(
    "file-kind-unknown",
    vi="Nội dung tệp không phải một trong các loại nhận được ở đây: {kinds}.",
    en="The file's content is none of the kinds taken here: {kinds}.",
)
OLD_EXCEL = message(
    "file-old-excel",
    vi="Tệp này là Excel kiểu cũ (.xls) hoặc có mật khẩu. Mở bằng Excel, bỏ mật khẩu nếu có, lưu lại kiểu .xlsx (Excel Workbook) rồi gửi.",
    en="This is an old Excel file (.xls), or one with a password. Open it in Excel, take the password off, save it as .xlsx (Excel Workbook), then send it.",
)
CSV_FOR_XLSX = message(
    "file-csv-for-xlsx",
    vi="Tệp này chỉ có chữ (CSV): các ô khóa và mã của dòng đã mất. Điền vào tệp .xlsx tải về từ trang này rồi gửi tệp ấy.",
    en="This file is text only (CSV): its locked cells and row codes are lost. Fill in the .xlsx file from this page and send that.",
)
SHEET_NEEDED = message(
    "file-sheet-needed",
    vi="Chọn tệp Excel đã điền.",
    en="Choose the Excel file that was filled in.",
)
WRONG_EXTENSION = message(
    "file-extension-wrong",
    vi="Tên tệp là “{name}” nhưng nội dung là {kind}. Đổi đuôi tệp cho đúng, hoặc lưu lại đúng loại, rồi gửi lại.",
    en="The file is named “{name}” but its content is {kind}. Give it the right extension, or save it as the right kind, and send it again.",
)
DAMAGED = message(
    "file-damaged",
    vi="Tệp {kind} bị hỏng hoặc chưa tải xong ({reason}).",
    en="The {kind} file is damaged or incomplete ({reason}).",
)
TOO_MANY_PIXELS = message(
    "image-too-large",
    vi="Ảnh {width} × {height} điểm là quá lớn; nhiều nhất {most} triệu điểm. Thu nhỏ ảnh rồi gửi lại.",
    en="The picture has {width} × {height} pixels; {most} million at most. Make it smaller and send it again.",
)
BOMB = message(
    "archive-bomb",
    vi="Tệp nén bung ra quá lớn ({reason}). Gửi các tệp riêng lẻ, không nén.",
    en="The file unpacks to too much ({reason}). Send the files one by one, not packed.",
)
SPARSE = message(
    "workbook-sparse",
    vi="Bảng Excel có ô nằm rất xa các ô còn lại (thường do gõ nhầm ở cột hay dòng cuối). Bấm Ctrl+End trong Excel để tìm, xóa các dòng, cột thừa, lưu rồi gửi lại.",
    en="The Excel sheet has cells very far from the others (often typed by mistake in a last column or row). Press Ctrl+End in Excel to find them, delete the rows and columns that are not needed, save and send it again.",
)
ENCRYPTED = message(
    "file-encrypted",
    vi="Tệp có mật khẩu nên không kiểm tra được. Bỏ mật khẩu rồi gửi lại.",
    en="The file has a password, so it cannot be checked. Take the password off and send it again.",
)
UNSAFE_MEMBER = message(
    "archive-member-unsafe",
    vi="Trong tệp nén có “{name}” không nhận được: {reason}.",
    en="The archive holds “{name}”, which is not taken: {reason}.",
)
ACTIVE = message(
    "file-active-content",
    vi="Tệp {kind} chứa {what}, có thể chạy trên máy người mở. Lưu lại bản không có phần đó rồi gửi lại.",
    en="The {kind} file holds {what}, which could run on the reader's machine. Save it without and send it again.",
)
MALWARE = message(
    "file-malware",
    vi="Bộ quét mã độc thấy “{found}” trong tệp. Tệp không được giữ lại; hãy quét máy của bạn.",
    en="The malware scanner found “{found}” in the file. It was not kept; scan your machine.",
)
NOT_SCANNED = message(
    "file-not-scanned",
    vi="Bộ quét mã độc đang không trả lời nên chưa nhận tệp nào. Hãy thử lại sau ít phút, hoặc báo cho người vận hành.",
    en="The malware scanner does not answer, so no file is taken. Try again in a few minutes, or tell the operator.",
)
