"""Annexes as offices write them: what each row must be read as, checked by hand."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from hypothesis import given
from hypothesis import strategies as st

from tests.modules.tasks.annexes import FILES
from tinhso.kernel.units.register import register_from_files
from tinhso.measure.boundaries import Level
from tinhso.measure.text import InputError
from tinhso.modules.tasks.annex.agencies import Directory
from tinhso.modules.tasks.annex.deadlines import understood
from tinhso.modules.tasks.annex.grid import Cell, Grid, text_of
from tinhso.modules.tasks.annex.reading import read
from tinhso.modules.tasks.annex.rows import Annex, Part, Read, understand
from tinhso.modules.tasks.facts import DATED, Rhythm

DAY = date(2025, 1, 1)


@pytest.fixture(scope="module")
def directory() -> Directory:
    units = register_from_files()
    below = ["p70", *units.descendants("p70", DAY)]
    return Directory({uid: [units.full_name(uid, DAY).vi] for uid in below})


@pytest.fixture
def annex(request: pytest.FixtureRequest, directory: Directory, tmp_path: Path) -> Annex:
    path = tmp_path / request.param
    FILES[request.param](path)
    return understand(read(path, path.suffix[1:]), directory, 2025)


def short(row: Read) -> tuple[object, ...]:
    """Code, lead, coordinating, rhythm and last day, how many doubts."""
    return (
        row.code,
        row.lead.uid.removeprefix("a.BP-") if row.lead else None,
        [one.uid.removeprefix("a.BP-") or f"“{one.written}”" for one in row.coordinating],
        None if row.due is None else (row.due.deadline or row.due.rhythm),
        len(row.doubts),
    )


EXPECTED: dict[str, list[tuple[object, ...]]] = {
    "plain.docx": [
        ("1", "STTTT", ["SNV", "CAT"], date(2025, 9, 30), 0),
        ("2", "STTTT", ["“Các sở, ban, ngành”"], date(2025, 6, 30), 0),
        ("3", "STTTT", [], Rhythm.CONTINUOUS, 0),
        ("4", "STC", [], date(2025, 6, 30), 1),  # "như trên", and above stands nothing
        ("5", "SNV", ["SCT", "STC"], date(2025, 12, 31), 0),
    ],
    "merged.docx": [
        ("1", "STTTT", [], date(2025, 6, 30), 0),
        ("2", "STTTT", [], date(2025, 6, 30), 0),
        ("3", "VPUBND", ["SNV"], None, 1),  # two deadlines
    ],
    "repeated.docx": [
        ("1", "STTTT", [], date(2025, 5, 14), 0),
        ("2", "CAT", ["STTTT"], date(2025, 12, 31), 0),
        ("3", "CAT", [], date(2025, 9, 30), 0),
    ],
    "two-row.docx": [
        ("1", "SCT", ["SKHDT", "STC"], date(2025, 6, 30), 0),
        ("2", "SKHDT", [], date(2025, 12, 31), 0),
    ],
    "unknown.docx": [
        ("1", "", ["“BHXH tỉnh”"], None, 2),
        ("2", None, ["“UBND các huyện, thị xã, thành phố”"], Rhythm.UNKNOWN, 1),
        ("3", None, [], None, 3),
    ],
    "plain.xlsx": [
        ("1", "STTTT", ["STC"], date(2025, 9, 15), 0),
        ("2", "STTTT", ["STC"], date(2025, 6, 30), 0),
    ],
    "second-sheet.xlsx": [
        ("1", "SCT", ["“cac so, nganh”"], date(2025, 12, 31), 0),
        ("2", "SCT", ["“cac so, nganh”"], date(2025, 12, 31), 0),
    ],
    "ranges.xlsx": [
        ("1", "SNV", [], date(2025, 6, 30), 0),
        ("2", "STTTT", ["SKHDT", "“Các doanh nghiệp”"], date(2026, 12, 31), 0),
        ("3", "VPUBND", [], date(2025, 12, 31), 0),
    ],
}


@pytest.mark.parametrize(
    ("annex", "expected"), EXPECTED.items(), indirect=["annex"], ids=list(EXPECTED)
)
def test_rows_are_read_as_a_person_reads_them(
    annex: Annex, expected: list[tuple[object, ...]]
) -> None:
    assert [short(row) for row in annex.tasks] == expected


@pytest.mark.parametrize("annex", ["merged.docx"], indirect=True)
def test_sections_are_no_tasks_and_head_those_below_them(annex: Annex) -> None:
    sections = [one.title for one in annex.rows if one.part is Part.SECTION]
    assert sections == ["I Hạ tầng số", "II. CHÍNH QUYỀN SỐ"]
    assert [one.section for one in annex.tasks] == [sections[0], sections[0], sections[1]]
    assert annex.tasks[2].product == "Kế hoạch\nHồ sơ số hóa"


@pytest.mark.parametrize("annex", ["repeated.docx"], indirect=True)
def test_what_is_left_out_says_why(annex: Annex) -> None:
    left = [one.why.en for one in annex.rows if one.part is Part.LEFT_OUT and one.why]
    assert left == ["The header again.", "The header again.", "A row of totals."]


@pytest.mark.parametrize("annex", ["unknown.docx"], indirect=True)
def test_a_row_without_a_task_is_shown_as_left_out(annex: Annex) -> None:
    (left,) = [one for one in annex.rows if one.part is Part.LEFT_OUT]
    assert left.number == 5
    assert "Sở Nội vụ" in left.title


@pytest.mark.parametrize("annex", ["two-row.docx"], indirect=True)
def test_what_recurs_is_not_due_once(annex: Annex) -> None:
    assert annex.tasks[1].due is not None
    assert annex.tasks[1].due.rhythm is Rhythm.QUARTERLY
    assert annex.tasks[0].budget == "1.200"


@pytest.mark.parametrize(
    ("text", "deadline"),
    [
        ("Quý III/2025", date(2025, 9, 30)),
        ("quý 1 năm 2026", date(2026, 3, 31)),
        ("Tháng 2", date(2025, 2, 28)),
        ("tháng 02/2028", date(2028, 2, 29)),
        ("30/6/2025", date(2025, 6, 30)),
        ("30.06.2025", date(2025, 6, 30)),
        ("Ngày 15 tháng 8 năm 2025", date(2025, 8, 15)),
        ("Hoàn thành trước ngày 01/01/2026", date(2025, 12, 31)),
        ("Xong trong quý IV/2025", date(2025, 12, 31)),
        ("Trong năm 2025", date(2025, 12, 31)),
        ("Năm 2025", date(2025, 12, 31)),
        ("2025", date(2025, 12, 31)),
        ("6 tháng cuối năm", date(2025, 12, 31)),
        ("Tháng 3 - 6/2025", date(2025, 6, 30)),
        ("Quý I-III/2025", date(2025, 9, 30)),
        ("Từ 01/3/2025 đến 30/11/2025", date(2025, 11, 30)),
        ("Giai đoạn 2025-2027", date(2027, 12, 31)),
    ],
)
def test_deadlines_mean_their_last_day(text: str, deadline: date) -> None:
    due = understood(text, 2025)
    assert due is not None
    assert (due.rhythm, due.deadline) == (Rhythm.ONCE, deadline)


@pytest.mark.parametrize("text", ["31/6/2025", "Quý V/2025", "Tháng 13", "Khi có hướng dẫn", "sớm"])
def test_what_is_no_deadline_is_not_guessed(text: str) -> None:
    assert understood(text, 2025) is None


@given(st.dates(date(2001, 1, 1), date(2098, 12, 31)), st.booleans())
def test_any_day_is_read_back(day: date, padded: bool) -> None:
    text = f"{day:%d/%m/%Y}" if padded else f"{day.day}/{day.month}/{day.year}"
    due, before = understood(text, 2025), understood(f"trước {text}", 2025)
    assert due is not None
    assert due.deadline == day
    assert before is not None
    assert before.deadline == day - timedelta(days=1)


@given(st.text(max_size=40))
def test_any_text_is_understood_whole_or_not_at_all(text: str) -> None:
    due = understood(text, 2025)
    assert due is None or (due.deadline is not None) == (due.rhythm in DATED)


@given(st.text(alphabet="SởTàichínhNộvụ,;và \n&.-", max_size=40))
def test_every_agency_that_is_named_is_kept(text: str) -> None:
    units = Directory({"a": ["Sở Tài chính"], "b": ["Sở Nội vụ"]})
    found = units.all(text)
    assert all(one.written.strip() for one in found)
    assert len({one.uid for one in found if one.uid}) == sum(bool(one.uid) for one in found)


def test_a_comma_inside_a_name_does_not_part_it() -> None:
    units = Directory({"v": ["Sở Văn hóa, Thể thao và Du lịch"], "n": ["Sở Nội vụ"]})
    assert [one.uid for one in units.all("Sở VHTTDL, Sở Nội vụ")] == ["v", "n"]
    assert [one.uid for one in units.all("Sở Văn hóa, Thể thao và Du lịch, Sở Nội vụ")] == [
        "v",
        "n",
    ]


@pytest.mark.parametrize(
    ("cell", "agencies"),
    [
        ("Sở Khoa học và Công nghệ", ["Sở Khoa học và Công nghệ"]),
        ("Sở Lao động, Thương binh và Xã hội", ["Sở Lao động, Thương binh và Xã hội"]),
        ("Sở Nông nghiệp và Môi trường, Sở Nội vụ", ["Sở Nông nghiệp và Môi trường", "n"]),
        ("Sở Nội vụ và Sở Giáo dục và Đào tạo", ["n", "Sở Giáo dục và Đào tạo"]),
        ("Sở Khoa học và Công nghệ và Công an tỉnh", ["Sở Khoa học và Công nghệ", "Công an tỉnh"]),
        ("Đài Phát thanh - Truyền hình và Báo", ["Đài Phát thanh - Truyền hình", "Báo"]),
        ("Chi cục Thuế, Kho bạc Nhà nước và Tòa án nhân dân tỉnh", ["Chi cục Thuế", "Kho bạc Nhà nước", "Tòa án nhân dân tỉnh"]),
        ("Văn phòng Đoàn ĐBQH và HĐND tỉnh, Sở Nội vụ", ["Văn phòng Đoàn ĐBQH và HĐND tỉnh", "n"]),
    ],
)  # fmt: skip
def test_and_parts_two_agencies_only_where_the_second_begins_one(
    cell: str, agencies: list[str]
) -> None:
    found = Directory({"n": ["Sở Nội vụ"]}).all(cell)
    assert [one.uid or one.written for one in found] == agencies


def test_a_people_s_committee_stands_for_its_unit(directory: Directory) -> None:
    units = register_from_files()
    for written in ("UBND huyện Đồng Phú", "ubnd H Đồng Phú", "Ủy ban nhân dân Huyện Đồng Phú"):
        found = directory.find(written)
        assert (units.full_name(found.uid, DAY).vi if found.uid else None) == (
            "Huyện Đồng Phú" if " H " not in written else None
        )
    assert directory.find("UBND các huyện, thị xã").group


CELLS = st.text(alphabet="aăbSở Tài chính;,-1IV/2025\n", max_size=12)


@given(st.lists(st.lists(CELLS, min_size=6, max_size=6), max_size=12))
def test_every_row_of_a_table_is_accounted_for(rows: list[list[str]]) -> None:
    """As a task, a section, or left out with the reason: none is lost."""
    header = ["STT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Sản phẩm", "Thời hạn"]
    cells = [
        tuple(Cell(text_of(text), (index, column)) for column, text in enumerate(row))
        for index, row in enumerate([header, *rows])
    ]
    annex = understand([Grid("x", tuple(cells))], Directory({"t": ["Sở Tài chính"]}), 2025)
    assert sorted(one.number for one in annex.rows) == list(range(2, len(rows) + 2))
    for one in annex.rows:
        assert one.why is not None or one.part is not Part.LEFT_OUT
        if one.part is Part.TASK:
            assert one.title
            assert one.due is not None or one.doubts


def test_a_row_with_a_title_alone_is_not_taken_for_a_task_unasked() -> None:
    """Word numbers sections by itself: the numeral is no text, and nothing else tells them apart."""
    texts = [
        ["STT", "Nhiệm vụ", "Cơ quan chủ trì", "Thời hạn"],
        ["", "Phát triển hạ tầng số", "", ""],
        ["", "Phủ sóng di động", "Sở Tài chính", "Tháng 6"],
    ]
    cells = [tuple(Cell(t, (r, c)) for c, t in enumerate(row)) for r, row in enumerate(texts)]
    annex = understand([Grid("x", tuple(cells))], Directory({"t": ["Sở Tài chính"]}), 2025)
    assert [one.likely for one in annex.tasks] == [False, True]


def test_cells_in_content_controls_are_read(tmp_path: Path, directory: Directory) -> None:
    """Offices' templates wrap cells so that people fill them in."""
    path = tmp_path / "x.docx"
    FILES["plain.docx"](path)
    document = docx.Document(str(path))
    cell = document.tables[0].cell(1, 2)._tc
    wrapped = OxmlElement("w:sdt")
    content = OxmlElement("w:sdtContent")
    cell.addprevious(wrapped)
    wrapped.append(content)
    content.append(cell)
    document.save(str(path))
    annex = understand(read(path, "docx"), directory, 2025)
    assert [short(row) for row in annex.tasks] == EXPECTED["plain.docx"]


def test_every_level_of_the_register_can_be_named(directory: Directory) -> None:
    units = register_from_files()
    for level in (Level.AGENCY, Level.DISTRICT):
        for uid in units.descendants("p70", DAY, level):
            assert directory.find(units.full_name(uid, DAY).vi.upper()).uid == uid


def test_a_file_without_a_table_of_tasks_says_what_it_needs(
    tmp_path: Path, directory: Directory
) -> None:
    path = tmp_path / "x.docx"
    document = docx.Document()
    document.save(str(path))
    with pytest.raises(InputError, match="no table"):
        read(path, "docx")
    document.add_table(rows=2, cols=2).cell(0, 0).text = "Họ và tên"
    document.save(str(path))
    with pytest.raises(InputError, match="Họ và tên"):
        understand(read(path, "docx"), directory, 2025)
    path.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(InputError, match="cannot be read"):
        read(path, "docx")
    (tmp_path / "x.xlsx").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "x.xlsx", "xlsx")


def test_a_table_beyond_bounds_is_refused(tmp_path: Path) -> None:
    import xlsxwriter  # noqa: PLC0415

    book = xlsxwriter.Workbook(str(tmp_path / "x.xlsx"))
    book.add_worksheet().write(50_000, 0, "x")
    book.close()
    with pytest.raises(InputError, match="2000 rows"):
        read(tmp_path / "x.xlsx", "xlsx")
