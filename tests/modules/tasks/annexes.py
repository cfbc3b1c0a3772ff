"""Annexes as offices write them, made by the tests: eight files, each awkward in its own way."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import docx
import xlsxwriter
from docx.table import Table, _Cell

HEAD = (
    "STT",
    "Nhiệm vụ",
    "Cơ quan chủ trì",
    "Cơ quan phối hợp",
    "Sản phẩm",
    "Thời gian hoàn thành",
)


def word(path: Path, *tables: list[list[str]]) -> list[Table]:
    """A Word file with plain tables; what they are merged with is the caller's."""
    document = docx.Document()
    made = []
    for rows in tables:
        document.add_paragraph("PHỤ LỤC")
        table = document.add_table(rows=len(rows), cols=max(map(len, rows)))
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=False):
                cell.text = text
        made.append(table)
    document.save(str(path))
    _KEPT[path] = document
    return made


_KEPT: dict[Path, docx.document.Document] = {}


def merged(path: Path, table: Table, *ranges: tuple[int, int, int, int]) -> None:
    """Merge cells (top, left, bottom, right) and save again; the text is that of the first cell."""
    for top, left, bottom, right in ranges:
        cell: _Cell = table.cell(top, left)
        text = cell.text
        whole = cell.merge(table.cell(bottom, right))
        whole.text = text
    _KEPT[path].save(str(path))


def plain_word(path: Path) -> None:
    """Ditto marks, dashes, several agencies in a cell, abbreviations."""
    word(
        path,
        [
            [*HEAD],
            ["1", "Xây dựng kho dữ liệu dùng chung", "Sở TT&TT", "Sở Nội vụ; Công an tỉnh", "Kho dữ liệu", "Quý III/2025"],
            ["2", "Tập huấn kỹ năng số", "nt", "Các sở, ban, ngành", "Lớp tập huấn", "Tháng 6"],
            ["3", "Tuyên truyền chuyển đổi số", "-nt-", "-", "Tin, bài", "Thường xuyên"],
            ["4", "Bố trí kinh phí", "Sở Tài chính", "như trên", "Dự toán", "30/6/2025"],
            ["5", "Báo cáo tình hình", "so noi vu", "Sở Công Thương, Sở Tài chính", "Báo cáo", "Trong năm 2025"],
        ],
    )  # fmt: skip


def merged_word(path: Path) -> None:
    """Sections over the whole width, an agency and a deadline merged down, a task over two rows."""
    (table,) = word(
        path,
        [
            [*HEAD],
            ["I", "Hạ tầng số", "", "", "", ""],
            ["1", "Phủ sóng 4G các ấp", "Sở TTTT", "", "Bản đồ vùng lõm", "Quý II/2025"],
            ["2", "Nâng cấp mạng truyền số liệu", "", "", "Mạng cấp II", ""],
            ["II. CHÍNH QUYỀN SỐ", "", "", "", "", ""],
            ["3", "Số hóa hồ sơ lưu trữ", "Văn phòng UBND tỉnh", "Sở Nội vụ", "Kế hoạch", "Tháng 3/2025"],
            ["", "", "", "", "Hồ sơ số hóa", "31/12/2025"],
        ],
    )  # fmt: skip
    merged(path, table, (2, 2, 3, 2), (2, 5, 3, 5), (4, 0, 4, 5), (5, 0, 6, 0), (5, 1, 6, 1))


def repeated_word(path: Path) -> None:
    """The header again on each page, a row of column numbers, a table cut in two, a total."""
    word(
        path,
        [
            [*HEAD],
            ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
            ["1", "Thuê dịch vụ giám sát an toàn thông tin", "Sở TT & TT", "", "Hợp đồng", "Trước 15/5/2025"],
            [*HEAD],
            ["2", "Diễn tập ứng cứu sự cố", "Công an tỉnh", "Sở TT&TT", "Cuộc diễn tập", "Quý IV năm 2025"],
        ],
        [
            ["3", "Đánh giá cấp độ an toàn", "Công An Tỉnh", "", "Hồ sơ cấp độ", "Ngày 30 tháng 9 năm 2025"],
            ["Tổng cộng", "", "", "", "", ""],
        ],
    )  # fmt: skip


def two_row_word(path: Path) -> None:
    """A header of two rows: "Cơ quan thực hiện" over "Chủ trì" and "Phối hợp"."""
    (table,) = word(
        path,
        [
            ["TT", "Nội dung", "Cơ quan thực hiện", "", "Kết quả", "Thời gian", "Kinh phí"],
            ["", "", "Chủ trì", "Phối hợp", "", "", ""],
            ["1", "Sàn thương mại điện tử", "Sở CT", "Sở KH&ĐT và Sở TC", "Sàn", "6 tháng đầu năm 2025", "1.200"],
            ["2", "Hỗ trợ doanh nghiệp nhỏ và vừa", "Sở Kế hoạch và Đầu tư tỉnh Bình Phước", "", "Doanh nghiệp", "Hằng quý", "-"],
        ],
    )  # fmt: skip
    merged(path, table, (0, 2, 0, 3), (0, 0, 1, 0), (0, 1, 1, 1), (0, 4, 1, 4), (0, 5, 1, 5), (0, 6, 1, 6))  # fmt: skip


def unknown_word(path: Path) -> None:
    """What cannot be understood: agencies that the register lacks, deadlines that are none."""
    word(
        path,
        [
            [*HEAD],
            ["1", "Hồ sơ sức khỏe điện tử", "Sở Y tế", "BHXH tỉnh", "Hồ sơ", "Khi có hướng dẫn"],
            ["2", "Chợ số", "", "UBND các huyện, thị xã, thành phố", "Chợ", ""],
            ["3", "Ngày hội chuyển đổi số", "nt", "", "Sự kiện", "31/6/2025"],
            ["4", "", "Sở Nội vụ", "", "", "Tháng 10/2025"],
        ],
    )


def plain_excel(path: Path) -> None:
    """A title above the table, real dates, a number cell, cells merged down and across."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Phụ lục 1")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.merge_range(0, 0, 0, 5, "PHỤ LỤC NHIỆM VỤ NĂM 2025")
    for column, text in enumerate(HEAD):
        sheet.write(2, column, text)
    sheet.merge_range(3, 0, 3, 5, "I. Hạ tầng số")
    sheet.write_row(4, 0, [1, "Trung tâm dữ liệu tỉnh"])
    sheet.merge_range(4, 2, 5, 2, "Sở Thông tin và Truyền thông")
    sheet.write_row(4, 3, ["Sở Tài chính", "Trung tâm dữ liệu"])
    sheet.write_datetime(4, 5, datetime(2025, 9, 15), day)  # noqa: DTZ001 (Excel knows no zones)
    sheet.write_row(5, 0, [2, "Điện toán đám mây"])
    sheet.write_row(5, 3, ["nt", "Nền tảng", "Quý I, II/2025"])
    book.close()


def second_sheet_excel(path: Path) -> None:
    """The table is on the second sheet, from row 4 and column B on, in capitals without diacritics; who
    leads stands in one cell for both rows."""
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet("Bìa").write(0, 0, "UBND TỈNH")
    sheet = book.add_worksheet("PL2")
    sheet.write_row(3, 1, ["TT", "NOI DUNG NHIEM VU", "DON VI CHU TRI", "DON VI PHOI HOP", "KET QUA", "TIEN DO"])  # fmt: skip
    sheet.write_row(4, 1, ["A", "KINH TE SO"])
    sheet.write_row(5, 1, ["1", "Thuong mai dien tu nong thon", "SO CONG THUONG", "cac so, nganh", "Gian hang", "T12/2025"])  # fmt: skip
    sheet.write_row(6, 1, ["2", "Hoa don dien tu", "", '"', "Bao cao", "Hang thang"])
    sheet.merge_range(5, 3, 6, 3, "SO CONG THUONG")
    book.close()


def ranges_excel(
    path: Path,
    signature: str = "Chữ ký số",
    survey: str = "Khảo sát hài lòng",
    city: str = "Đô thị thông minh",
) -> None:
    """Spans of time, a continued row, a formula-like text that must stay text."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, [*HEAD, "Nguồn kinh phí", "Ghi chú"])
    sheet.write_row(1, 0, ["1", survey, "Sở Nội vụ", "", "Báo cáo", "Từ tháng 3 đến tháng 6/2025", "Ngân sách tỉnh", "=1+1"])  # fmt: skip
    sheet.write_row(2, 0, ["2", city, "Sở TT&TT\nSở KH&ĐT", "Các doanh nghiệp", "Đề án", "2025-2026", "nt"])  # fmt: skip
    sheet.write_row(3, 0, ["3", signature, "VP UBND tỉnh", "", "Chữ ký", "Quý 2/2025 - Quý 4/2025", "-"])  # fmt: skip
    book.close()


FILES = {
    "plain.docx": plain_word,
    "merged.docx": merged_word,
    "repeated.docx": repeated_word,
    "two-row.docx": two_row_word,
    "unknown.docx": unknown_word,
    "plain.xlsx": plain_excel,
    "second-sheet.xlsx": second_sheet_excel,
    "ranges.xlsx": ranges_excel,
}
