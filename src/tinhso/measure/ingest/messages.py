"""Everything that can be said about a file or a row that is not right, in both languages."""

from __future__ import annotations

from tinhso.measure.text import message

# --- The whole file -----------------------------------------------------------------------------

NO_FILE = message(
    "no-file",
    vi="Không đọc được tệp {file}: {reason}.",
    en="The file {file} cannot be read: {reason}.",
)
EMPTY_FILE = message(
    "empty-file",
    vi="Tệp rỗng, không có dòng nào. Kiểm tra lại bước xuất dữ liệu rồi gửi lại.",
    en="The file is empty. Check the export and send it again.",
)
NOT_A_TABLE = message(
    "not-a-table",
    vi="Tệp không phải CSV, XLSX, JSON Lines hay Parquet. Lưu lại dưới dạng CSV UTF-8 hoặc XLSX rồi gửi lại.",
    en="The file is not CSV, XLSX, JSON Lines or Parquet. Save it as CSV UTF-8 or XLSX and send it again.",
)
OLD_EXCEL = message(
    "old-excel",
    vi="Tệp ở dạng Excel cũ (.xls) hoặc có mật khẩu. Mở bằng Excel, chọn Lưu thành (Save As) .xlsx không mật khẩu rồi gửi lại.",
    en="The file is in the old Excel format (.xls) or has a password. Open it in Excel, save it as .xlsx without a password and send that.",
)
DAMAGED = message(
    "damaged",
    vi="Tệp {kind} bị hỏng hoặc chưa tải xong: {reason}.",
    en="The {kind} file is damaged or incomplete: {reason}.",
)
UNPACKS_TOO_LARGE = message(
    "unpacks-too-large",
    vi="Tệp XLSX bung ra hơn {limit} MB. Chia thành nhiều tệp, hoặc lưu lại dưới dạng CSV UTF-8 rồi gửi lại.",
    en="The XLSX file unpacks to more than {limit} MB. Split it, or save it as CSV UTF-8 and send that.",
)
SPARSE = message(
    "sparse",
    vi="Bảng Excel có ô nằm rất xa các ô còn lại. Bấm Ctrl+End trong Excel để tìm, xóa các dòng, cột thừa, lưu rồi gửi lại.",
    en="The Excel sheet has cells very far from the others. Press Ctrl+End in Excel to find them, delete the rows and columns that are not needed, save and send it again.",
)
HAS_NUL = message(
    "has-nul",
    vi="Tệp có ký tự NUL (byte 0) ở byte thứ {byte}: tệp hỏng, hoặc là UTF-16 không có dấu BOM. Lưu lại dưới dạng CSV UTF-8.",
    en="The file has a NUL character at byte {byte}: it is damaged, or UTF-16 without a byte-order mark. Save it as CSV UTF-8.",
)
JSON_ARRAY = message(
    "json-array",
    vi="Tệp là một mảng JSON. Ghi mỗi bản ghi trên một dòng (JSON Lines), không có dấu [ ] bao ngoài.",
    en="The file is one JSON array. Write one record a line (JSON Lines), without the enclosing [ ].",
)
TCVN3 = message(
    "tcvn3",
    vi="Tệp dùng bảng mã cũ TCVN3 (ABC, phông .VnTime): “{seen}” phải là “{meant}”. Chuyển sang Unicode bằng Unikey "
    "(Ctrl+Shift+F6: TCVN3 → Unicode), lưu lại dưới dạng CSV UTF-8 rồi gửi lại.",
    en="The file is in the old TCVN3 (ABC, .VnTime) encoding: “{seen}” should be “{meant}”. Convert it to Unicode with Unikey "
    "(Ctrl+Shift+F6: TCVN3 → Unicode), save it as CSV UTF-8 and send it again.",
)
VNI = message(
    "vni",
    vi="Tệp dùng bảng mã cũ VNI (phông VNI-Times): “{seen}” phải là “{meant}”. Chuyển sang Unicode bằng Unikey "
    "(Ctrl+Shift+F6: VNI Windows → Unicode), lưu lại dưới dạng CSV UTF-8 rồi gửi lại.",
    en="The file is in the old VNI (VNI-Times) encoding: “{seen}” should be “{meant}”. Convert it to Unicode with Unikey "
    "(Ctrl+Shift+F6: VNI Windows → Unicode), save it as CSV UTF-8 and send it again.",
)
CP1258 = message(
    "cp1258",
    vi="Tệp dùng bảng mã Windows-1258, không phải UTF-8: “{seen}” phải là “{meant}”. Mở bằng Excel hoặc Notepad, "
    "lưu lại dưới dạng CSV UTF-8 rồi gửi lại.",
    en="The file is in Windows-1258, not UTF-8: “{seen}” should be “{meant}”. Open it in Excel or Notepad, "
    "save it as CSV UTF-8 and send it again.",
)
NOT_UTF8 = message(
    "not-utf8",
    vi="Tệp không phải UTF-8 (sai từ byte thứ {byte}). Mở bằng Excel, chọn Lưu thành “CSV UTF-8 (Comma delimited)” rồi gửi lại.",
    en="The file is not UTF-8 (wrong from byte {byte}). Open it in Excel, save it as “CSV UTF-8 (Comma delimited)” and send it again.",
)
BAD_CSV = message(
    "bad-csv",
    vi="Không đọc tiếp được CSV quanh dòng {row}: {reason}. Thường do thiếu dấu nháy kép đóng ô.",
    en="The CSV cannot be read beyond row {row}: {reason}. Usually a closing double quote is missing.",
)
LONG_LINE = message(
    "long-line",
    vi="Dòng {row} dài hơn {limit} ký tự. Kiểm tra dấu xuống dòng và dấu nháy kép trong tệp.",
    en="Row {row} is longer than {limit} characters. Check the line breaks and double quotes in the file.",
)
NO_HEADER = message(
    "no-header",
    vi="Không thấy dòng tiêu đề của luồng “{stream}” trong {rows} dòng đầu. Dòng tiêu đề cần có các cột: {columns}.",
    en="No header of the stream “{stream}” in the first {rows} rows. The header needs the columns: {columns}.",
)
UNKNOWN_COLUMN = message(
    "unknown-column",
    vi="Không có cột “{column}” trong luồng này. Tên gần đúng nhất: “{nearest}”.",
    en="This stream has no column “{column}”. The nearest right name: “{nearest}”.",
)
FOREIGN_COLUMN = message(
    "foreign-column",
    vi="Không có cột “{column}” trong luồng này. Bỏ cột đó, hoặc dùng một trong các cột: {columns}.",
    en="This stream has no column “{column}”. Leave it out, or use one of: {columns}.",
)
COLUMN_TWICE = message(
    "column-twice",
    vi="Cột “{column}” ({field}) có hai lần. Giữ lại một cột.",
    en="The column “{column}” ({field}) is there twice. Keep one.",
)
MISSING_COLUMN = message(
    "missing-column",
    vi="Thiếu cột bắt buộc “{label}”. Thêm cột có tiêu đề “{label}” hoặc “{name}”.",
    en="The required column “{label}” is missing. Add a column headed “{label}” or “{name}”.",
)
MONTH_FIRST_FILE = message(
    "month-first-file",
    vi="Cột “{label}” ghi tháng trước ngày (ví dụ “{value}”), nên không rõ các ngày khác trong cột. "
    "Xuất lại cột này theo dạng 31/12/2025 hoặc 2025-12-31.",
    en="The column “{label}” puts the month before the day (as in “{value}”), so its other dates cannot be trusted. "
    "Export the column again as 31/12/2025 or 2025-12-31.",
)
FILE_CHANGED = message(
    "file-changed",
    vi="Tệp thay đổi trong lúc đang đọc. Đợi bước xuất dữ liệu xong rồi nạp lại.",
    en="The file changed while it was being read. Wait for the export to end and load it again.",
)
UNKNOWN_STREAM = message(
    "unknown-stream",
    vi="Kho không có luồng “{stream}”. Các luồng hiện có: {streams}.",
    en="The lake has no stream “{stream}”. It has: {streams}.",
)
UNKNOWN_BATCH = message(
    "unknown-batch",
    vi="Không có lô số {batch}, hoặc lô đó đã bị từ chối nên không có bản ghi nào để rút.",
    en="There is no batch {batch}, or it was refused and holds no records to withdraw.",
)

# --- One row ------------------------------------------------------------------------------------

MISSING = message(
    "missing", vi="{label}: bắt buộc nhưng để trống", en="{label}: required, but empty"
)
NOT_INTEGER = message(
    "not-integer",
    vi="{label}: “{value}” không phải số nguyên; viết như 1234567 hoặc 1.234.567",
    en="{label}: “{value}” is not a whole number; write 1234567 or 1.234.567",
)
NOT_BOOLEAN = message(
    "not-boolean",
    vi="{label}: “{value}” không phải có/không; viết Có hoặc Không",
    en="{label}: “{value}” is not yes or no; write Có or Không",
)
NOT_DATE = message(
    "not-date",
    vi="{label}: “{value}” không phải ngày; viết như 31/12/2025 hoặc 2025-12-31",
    en="{label}: “{value}” is not a date; write 31/12/2025 or 2025-12-31",
)
NOT_DATETIME = message(
    "not-datetime",
    vi="{label}: “{value}” không phải ngày giờ; viết như 31/12/2025 08:30 hoặc 2025-12-31 08:30:00",
    en="{label}: “{value}” is not a date and time; write 31/12/2025 08:30 or 2025-12-31 08:30:00",
)
MONTH_FIRST = message(
    "month-first",
    vi="{label}: “{value}” ghi tháng trước ngày; viết ngày trước tháng, như {right}",
    en="{label}: “{value}” puts the month before the day; write the day first, as {right}",
)
TWO_DIGIT_YEAR = message(
    "two-digit-year",
    vi="{label}: “{value}” ghi năm hai chữ số; viết đủ bốn chữ số, như 31/12/2025",
    en="{label}: “{value}” has a year of two digits; write all four, as 31/12/2025",
)
YEAR_RANGE = message(
    "year-range",
    vi="{label}: “{value}” nằm ngoài các năm 1900-2100",
    en="{label}: “{value}” lies outside the years 1900-2100",
)
IN_FUTURE = message(
    "in-future",
    vi="{label}: “{value}” ở tương lai (hôm nay là {today})",
    en="{label}: “{value}” lies in the future (today is {today})",
)
NOT_LISTED = message(
    "not-listed",
    vi="{label}: “{value}” không thuộc danh sách; dùng một trong: {values}",
    en="{label}: “{value}” is not in the list; use one of: {values}",
)
TOO_SMALL = message(
    "too-small",
    vi="{label}: “{value}” nhỏ hơn {limit}",
    en="{label}: “{value}” is less than {limit}",
)
TOO_LARGE = message(
    "too-large",
    vi="{label}: “{value}” lớn hơn {limit}",
    en="{label}: “{value}” is more than {limit}",
)
TOO_LONG = message(
    "too-long",
    vi="{label}: dài hơn {limit} ký tự",
    en="{label}: longer than {limit} characters",
)
WRONG_SHAPE = message(
    "wrong-shape",
    vi="{label}: “{value}” sai dạng; phải khớp mẫu {pattern}",
    en="{label}: “{value}” has the wrong shape; it must match {pattern}",
)
NO_PROCEDURE = message(
    "no-procedure",
    vi="{label}: “{value}” không phải mã thủ tục; mã có tối đa {limit} chữ, số, dấu chấm, gạch nối",
    en="{label}: “{value}” is no procedure code; one has at most {limit} letters, digits, dots, hyphens",
)
SCIENTIFIC = message(
    "scientific",
    vi="{label}: Excel đã đổi mã thành số “{value}”; định dạng cột là Văn bản (Text) rồi nhập lại mã",
    en="{label}: Excel turned the code into the number “{value}”; format the column as Text and enter the code again",
)
LOST_ZERO = message(
    "lost-zero",
    vi="{label}: số có 11 chữ số, có thể Excel đã bỏ số 0 ở đầu; định dạng cột là Văn bản (Text) rồi nhập đủ 12 chữ số",
    en="{label}: the number has 11 digits, Excel may have dropped a leading zero; format the column as Text and enter all 12",
)
CONTROL = message(
    "control",
    vi="{label}: có ký tự điều khiển không đọc được; nhập lại ô này",
    en="{label}: holds an unreadable control character; enter this cell again",
)
UNIT_UNKNOWN = message(
    "unit-unknown",
    vi="{label}: không có đơn vị nào mang mã “{value}”",
    en="{label}: no unit has the code “{value}”",
)
UNIT_ENDED = message(
    "unit-ended",
    vi="{label}: mã “{value}” chỉ có hiệu lực đến hết ngày {last}, không còn vào ngày {day}{now}",
    en="{label}: the code “{value}” was valid until {last}, no longer on {day}{now}",
)
UNIT_NOT_YET = message(
    "unit-not-yet",
    vi="{label}: mã “{value}” chỉ có hiệu lực từ ngày {since}, chưa có vào ngày {day}",
    en="{label}: the code “{value}” is valid since {since}, not yet on {day}",
)
KEY_CLASH = message(
    "key-clash",
    vi="Trùng khóa ({fields}) với dòng {rows} nhưng nội dung khác nhau; giữ lại dòng đúng",
    en="Same key ({fields}) as row {rows} with other values; keep the right one",
)
WRONG_WIDTH = message(
    "wrong-width",
    vi="Dòng có {found} ô, tiêu đề có {expected} cột; kiểm tra dấu phân cách và dấu nháy kép",
    en="The row has {found} cells, the header {expected}; check the separators and double quotes",
)
NAMELESS_CELL = message(
    "nameless-cell",
    vi="Có dữ liệu ở cột {column} không có tiêu đề",
    en="There is data in column {column}, which has no heading",
)
NOT_JSON = message(
    "not-json",
    vi="Dòng không phải một đối tượng JSON: {reason}",
    en="The line is not one JSON object: {reason}",
)
UNKNOWN_KEY = message(
    "unknown-key",
    vi="Luồng không có trường “{key}”; gần nhất là “{nearest}”",
    en="The stream has no field “{key}”; the nearest is “{nearest}”",
)

# --- Not wrong, but worth knowing -----------------------------------------------------------------

NOT_IN_CATALOGUE = message(
    "not-in-catalogue",
    vi="{count} dòng có mã thủ tục chưa có trong danh mục thủ tục đã nạp; vẫn nhận.",
    en="{count} rows have a procedure code that is not in the loaded catalogue; taken all the same.",
)
ABSENT_COLUMNS = message(
    "absent-columns",
    vi="Tệp không có các cột tùy chọn: {columns}. Giá trị của chúng được ghi là không biết.",
    en="The file lacks the optional columns: {columns}. Their values are stored as unknown.",
)
RETURNED_TOO_LARGE = message(
    "returned-too-large",
    vi="Tệp Excel bung ra hơn {limit} MB, nên tệp trả lại chỉ gồm dòng lỗi, dạng chữ; công thức và định dạng còn ở tệp gốc của bạn.",
    en="The workbook unpacks to more than {limit} MB, so what comes back are its bad rows as text; formulas and formats are in your original.",
)
RETURNED_ODD = message(
    "returned-odd",
    vi="Tệp Excel này (.xlsb, hoặc do phần mềm khác ghi) không trả lại nguyên vẹn được, nên tệp trả lại chỉ gồm dòng lỗi, dạng chữ. "
    "Mở bằng Excel và lưu thành .xlsx thì lần sau nhận lại đúng tệp của mình, có công thức và định dạng.",
    en="This workbook (.xlsb, or written by some other program) cannot come back as it is, so what comes back are its bad rows as text. "
    "Open it in Excel and save it as .xlsx: next time your own workbook comes back, with its formulas and formats.",
)
