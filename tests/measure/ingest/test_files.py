"""Formats, encodings and headers: what is read, and what is refused with advice."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
import python_calamine
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_office import Office

from tinhso.measure.ingest import Receipt, Status
from tinhso.measure.text import InputError

HEAD = [
    "dossier_code",
    "unit_code",
    "procedure_code",
    "service_level",
    "received_at",
    "submitted_online",
]
VI_HEAD = ["Mã hồ sơ", "MÃ ĐƠN VỊ", "ma thu tuc", "Mức dịch vụ", "Ngày tiếp nhận", "Nộp trực tuyến"]
ROW = ["HS1", "25001", "1.1", "full", "2025-01-02 00:00:00", "true"]
KEPT = [("HS1", "a", 2)]
QUERY = "SELECT dossier_code, _unit, _row FROM lake.dossiers ORDER BY 1"


def csv_of(*rows: list[str], end: str = "\n", by: str = ",") -> str:
    return end.join([*(by.join(row) for row in rows), ""])


def refusal(office: Office, content: str | bytes) -> str:
    with pytest.raises(InputError) as raised:
        office.send(content)
    assert office.rows("FROM lake._batches") == []
    return "\n".join(problem.to("vi") for problem in raised.value.problems)


@pytest.mark.parametrize(
    "content",
    [
        csv_of(HEAD, ROW).encode(),
        csv_of(VI_HEAD, ROW).encode("utf-8-sig"),
        csv_of(HEAD, ROW, by=";").encode(),
        csv_of(HEAD, ROW, by="\t").encode("utf-16"),
        csv_of(VI_HEAD, ROW, end="\r\n").encode(),
        csv_of(HEAD, ROW, end="\r").encode(),
        csv_of(HEAD, ROW).rstrip().encode(),
        csv_of([*HEAD, "Lỗi"], [*ROW, "cũ"]).encode(),
        csv_of([f'"{name}"' for name in HEAD], [f'"{cell}"' for cell in ROW]).encode(),
    ],
)
def test_ways_to_write_a_csv(office: Office, content: bytes) -> None:
    assert office.send(content).bad == 0
    assert office.rows(QUERY) == KEPT


def test_title_rows_blank_lines_and_quoted_newlines_keep_their_numbers(office: Office) -> None:
    head = ["subject_code", "subject_name", "aspect", "as_of", "unit_code", "applies"]
    rows = 'S1,"Trường\nTiểu học",digital_school,2025-01-01,25001,1\n\nS2,b,digital_school,2025-01-01,25001,1\n'
    office.send("BÁO CÁO\n\n" + ",".join(head) + "\n" + rows, "unit_status")
    found = office.rows("SELECT subject_code, subject_name, _row FROM lake.unit_status ORDER BY 1")
    assert found == [("S1", "Trường\nTiểu học", 4), ("S2", "b", 6)]


def test_row_of_the_wrong_width_is_bad_alone(office: Office) -> None:
    receipt = office.send(csv_of(HEAD, ROW, [*ROW[:2], "x"], ["HS2", *ROW[1:]]))
    assert (receipt.added, receipt.bad) == (2, 1)
    assert "Dòng có 3 ô, tiêu đề có 6 cột" in receipt.to("vi")


@pytest.mark.parametrize("content", ["", "\n\n", " "])
def test_empty_file(office: Office, content: str) -> None:
    assert "Tệp rỗng" in refusal(office, content)


def test_header_alone_changes_nothing(office: Office) -> None:
    receipt = office.send(csv_of(HEAD))
    assert (receipt.status, receipt.read) == (Status.UNCHANGED, 0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Mã hồ sơ,§¬n vÞ,Ngµy tiÕp nhËn,Møc dÞch vô\n", "TCVN3"),
        ("Maõ hoà sô,Ñôn vò,Ngaøy tieáp nhaän\n", "VNI"),
    ],
)
def test_old_encodings_saved_as_utf8(office: Office, text: str, said: str) -> None:
    assert said in refusal(office, text.replace("Mã hồ sơ", "M· hå s¬"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("M· hå s¬,§¬n vÞ,Ngµy tiÕp nhËn\n".encode("latin-1"), "bảng mã cũ TCVN3"),
        ("Maõ hoà sô,Ñôn vò,Ngaøy tieáp nhaän\n".encode("latin-1"), "bảng mã cũ VNI"),
        (b"\xd0\xf5n vi\xf2,a\n", "Windows-1258"),
        (csv_of(HEAD, ROW).encode() + b"HS2,\xff\xfe,,,,\n", "không phải UTF-8 (sai từ byte thứ"),
        (b"\x89PNG\r\n\x1a\n\0\0", "UTF-8"),
        (csv_of(HEAD, ROW).encode() + b"HS\x002,25001,,,,\n", "ký tự NUL (byte 0)"),
        (b"PK\x03\x04 not a zip", "XLSX bị hỏng"),
        (b"PAR1 not parquet PAR1", "Parquet bị hỏng"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
        (b'[{"a": 1}]', "mảng JSON"),
        (csv_of(HEAD, ROW).encode() + b'HS2,"' + b"x" * (1 << 20), "dài hơn 1048576 ký tự"),
        (csv_of(HEAD, ROW).encode() + b'HS2,"' + b"x\n" * 100_000, "Thường do thiếu dấu nháy kép"),
        (csv_of([*HEAD, "Mã hồ sơ"], [*ROW, ""]).encode(), "(dossier_code) có hai lần"),
        (csv_of([*HEAD, "Số định danh người nopp"], [*ROW, ""]).encode(), "“Số định danh người nộp”"),
        (csv_of([*HEAD, "qqq"], [*ROW, ""]).encode(), "Không có cột “qqq”"),
        (csv_of(HEAD[1:], ROW[1:]).encode(), "Thiếu cột bắt buộc “Mã hồ sơ”"),
        (b"a,b\n1,2\n", "Không thấy dòng tiêu đề"),
    ],
)  # fmt: skip
def test_refused_with_advice(office: Office, content: bytes, said: str) -> None:
    assert said in refusal(office, content)


def test_missing_file(office: Office) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        office.send(office.folder / "khong-co.csv")


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for index, cell in enumerate(row):
                sheet.write(number, index, cell)
    book.close()
    return path


def test_workbook_with_a_title_and_serial_dates(office: Office) -> None:
    rows = [["Danh sách"], [], VI_HEAD, ["HS1", 25001, "1.1", "full", 45659.354166667, True]]
    path = workbook(office.folder / "so.xlsx", {"Bìa": [["Kính gửi"]], "Số liệu": rows})
    assert office.send(path).added == 1
    assert office.rows("SELECT dossier_code, CAST(received_at AS VARCHAR), _row FROM lake.dossiers") == [
        ("HS1", "2025-01-02 08:30:00", 4)
    ]  # fmt: skip


def test_returned_workbook_holds_formulas_as_text(office: Office) -> None:
    bad = ["'=1+1", "=HYPERLINK(1)", "1.1", "full", "2025-01-02", "true"]
    path = office.folder / "so.xlsx"
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    for number, row in enumerate([HEAD, bad]):
        book.worksheets() or book.add_worksheet()
        for index, cell in enumerate(row):
            book.worksheets()[0].write_string(number, index, cell)
    book.close()
    receipt = office.send(path, returned_to=office.folder)
    assert receipt.returned is not None
    back = python_calamine.CalamineWorkbook.from_path(receipt.returned).get_sheet_by_index(0)
    rows = back.to_python()
    assert rows[0][-1] == "Lỗi"
    assert rows[1][:2] == bad[:2]


def test_json_lines_and_what_is_not(office: Office) -> None:
    good = dict(zip(HEAD, ROW, strict=True)) | {"submitted_online": True}
    lines = [json.dumps(good), "{nonsense", json.dumps(good | {"dossier_code": ["x"]})]
    receipt = office.send("\n".join(lines) + "\n", returned_to=office.folder)
    assert (receipt.added, receipt.bad) == (1, 2)
    assert receipt.returned is not None
    back = receipt.returned.read_text().splitlines()
    assert "không phải một đối tượng JSON" in back[0]
    assert json.loads(back[1])["dossier_code"] == ["x"]


def test_parquet_and_its_returned_rows(office: Office) -> None:
    path = office.folder / "so[1].parquet"
    target = office.folder / "x.parquet"
    duckdb.sql(
        "SELECT 'HS' || i AS dossier_code, CAST(25001 + 90 * i AS INT) AS unit_code, '1.1' AS procedure_code,"
        " 'full' AS service_level, TIMESTAMPTZ '2025-01-02 08:30:00+07' AS received_at,"
        " true AS submitted_online FROM range(2) t(i)"
    ).write_parquet(str(target))
    target.rename(path)
    receipt = office.send(path, returned_to=office.folder)
    assert (receipt.added, receipt.bad) == (1, 1)
    assert office.rows("SELECT CAST(received_at AS VARCHAR), _row FROM lake.dossiers") == [
        ("2025-01-02 08:30:00", 1)
    ]
    receipt.returned and receipt.returned.rename(target)
    back = duckdb.sql(f"SELECT unit_code, \"Lỗi\" FROM '{target}'").fetchall()
    assert back == [(25091, "Mã đơn vị: không có đơn vị nào mang mã “25091”")]


FUZZ = settings(
    max_examples=15,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
STARTS = st.sampled_from(
    [b"", csv_of(HEAD, ROW).encode(), csv_of(HEAD, by=";").encode(), b"PK\x03\x04", b"PAR1", b"\xff\xfe", b'{"dossier_code": ']
)  # fmt: skip


@FUZZ
@given(STARTS, st.binary(max_size=60))
def test_any_bytes_end_in_a_receipt_or_an_input_error(
    office: Office, start: bytes, rest: bytes
) -> None:
    try:
        assert isinstance(office.send(start + rest), Receipt)
    except InputError as error:
        told = [problem.to("vi") for problem in error.problems]
        assert told


CODES = st.text("ABCxyz019-/Đ", min_size=1, max_size=8)
RECORDS = st.lists(
    st.tuples(CODES, st.integers(0, 10**15), st.sampled_from(["25001", "25002"]), st.booleans()),
    min_size=1,
    max_size=6,
    unique_by=lambda row: row[0],
)


@settings(parent=FUZZ, max_examples=2)
@given(RECORDS)
def test_all_formats_bring_the_same_records(
    tmp_path_factory: pytest.TempPathFactory, records: list[tuple[str, int, str, bool]]
) -> None:
    names = [
        "transaction_code",
        "amount",
        "unit_code",
        "paid_by_office",
        "procedure_code",
        "paid_at",
        "channel",
    ]
    rows = [[*record, "1.1", "2025-01-02", "cash"] for record in records]
    folder = tmp_path_factory.mktemp("formats")
    text = csv_of(
        names,
        *[
            [str(cell).lower() if isinstance(cell, bool) else str(cell) for cell in row]
            for row in rows
        ],
    )
    (folder / "a").write_text(text, encoding="utf-8")
    (folder / "b").write_text(
        "\n".join(json.dumps(dict(zip(names, row, strict=True))) for row in rows)
    )
    workbook(folder / "c", {"x": [names, *[[row[0], str(row[1]), *row[2:]] for row in rows]]})
    duckdb.sql(
        f"SELECT * FROM read_csv('{folder / 'a'}', all_varchar = true, header = true)"
    ).write_parquet(str(folder / "d"))
    contents = set()
    for name in "abcd":
        office = Office(folder)
        office.lake = type(office.lake)(
            type(office.lake.settings)(folder / f"lake-{name}", threads=1),
            list(office.lake.streams.values()),
        )
        receipt = office.send(folder / name, "payments")
        assert (receipt.added, receipt.bad) == (len(rows), 0), receipt.to("vi")
        contents.add(str(office.rows("SELECT * EXCLUDE (_row) FROM lake.payments ORDER BY 1")))
    assert len(contents) == 1
