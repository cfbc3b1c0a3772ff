"""What may stand in a cell, and what is said when something else does."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from ingest_office import KEY, TODAY, Office

from tinhso.measure.ingest import Mode, Status, pseudonym
from tinhso.measure.text import InputError

GOOD = {
    "dossier_code": "HS-1",
    "unit_code": "25001",
    "procedure_code": "1.001",
    "service_level": "full",
    "received_at": "2025-01-02 08:30:00",
    "submitted_online": "true",
}
PAYMENT = {
    "transaction_code": "GD1",
    "unit_code": "25001",
    "procedure_code": "1.1",
    "paid_at": "2025-01-02",
    "amount": "1000",
    "channel": "cash",
}


def table(*rows: dict[str, str], of: dict[str, str] = GOOD) -> str:
    """A CSV with a semicolon, so that cells may hold commas."""
    names = list(dict.fromkeys([*of, *(name for row in rows for name in row)]))
    lines = [
        ";".join((of | {next(iter(of)): f"K{n}"} | row).get(name, "") for name in names)
        for n, row in enumerate(rows)
    ]
    return "\n".join([";".join(names), *lines, ""])


@pytest.mark.parametrize(
    "written",
    [
        "2025-01-02 08:30:00", "2025-01-02T08:30:00", "2025-01-02 08:30", "2025-01-02T01:30:00Z",
        "2025-01-02T08:30:00+07:00", "2025-01-02T10:30:00.250+0900", "2/1/2025 8:30",
        "02/01/2025 08:30:00", "02-01-2025 08:30", "2.1.2025 08:30", "08:30 02/01/2025",
        "8h30 2/1/2025", "2/1/2025 8h30", "  2025-01-02 08:30 ", "2025/01/02 08:30",
    ],
)  # fmt: skip
def test_ways_to_write_a_moment(office: Office, written: str) -> None:
    assert office.send(table({"received_at": written})).bad == 0
    assert office.rows("SELECT received_at FROM lake.dossiers") == [(datetime(2025, 1, 2, 8, 30),)]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("field", "written", "kept"),
    [
        ("submitted_online", "Có", True),
        ("submitted_online", "KHÔNG", False),
        ("submitted_online", "đúng", True),
        ("submitted_online", "sai", False),
        ("submitted_online", "0", False),
        ("submitted_online", "Yes", True),
        ("service_level", " FULL", "full"),
        ("dossier_code", " HS-9\u00a0", "HS-9"),
        ("applicant", "070 085.001-234", pseudonym(KEY, "070085001234")),
        ("applicant", "c1234567", pseudonym(KEY, "C1234567")),
    ],
)
def test_ways_to_write_other_values(office: Office, field: str, written: str, kept: object) -> None:
    assert office.send(table({field: written})).bad == 0
    assert office.rows(f"SELECT {field} FROM lake.dossiers") == [(kept,)]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("1.234.567", 1234567),
        ("1 234", 1234),
        ("1500 đ", 1500),
        ("1.500.000 VNĐ", 1500000),
        ("5,0", 5),
    ],
)
def test_ways_to_write_money(office: Office, written: str, kept: int) -> None:
    assert office.send(table({"amount": written}, of=PAYMENT), "payments").bad == 0
    assert office.rows("SELECT amount FROM lake.payments") == [(kept,)]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"procedure_code": ""}, "Mã thủ tục: bắt buộc nhưng để trống"),
        ({"service_level": "cao"}, "“cao” không thuộc danh sách; dùng một trong: full, partial, information"),
        ({"submitted_online": "có lẽ"}, "“có lẽ” không phải có/không; viết Có hoặc Không"),
        ({"received_at": "hôm qua"}, "“hôm qua” không phải ngày giờ; viết như 31/12/2025 08:30"),
        ({"received_at": "31/02/2025"}, "“31/02/2025” không phải ngày giờ"),
        ({"received_at": "1/2/25"}, "“1/2/25” ghi năm hai chữ số"),
        ({"received_at": "01/01/1825"}, "nằm ngoài các năm 1900-2100"),
        ({"received_at": "2026-01-01 00:00:00"}, "ở tương lai (hôm nay là 31/12/2025)"),
        ({"unit_code": "99999"}, "Mã đơn vị: không có đơn vị nào mang mã “99999”"),
        (
            {"received_at": "2025-07-01"},
            "mã “25001” chỉ có hiệu lực đến hết ngày 30/06/2025, không còn vào ngày 01/07/2025; mã hiện nay là “25003”",
        ),
        ({"unit_code": "25003"}, "mã “25003” chỉ có hiệu lực từ ngày 01/07/2025, chưa có vào ngày 02/01/2025"),
        ({"unit_code": "25004", "received_at": "2025-07-01"}, "không còn vào ngày 01/07/2025"),
        ({"unit_code": "25007"}, "mã “25007” chỉ có hiệu lực đến hết ngày 31/12/2023"),
        ({"successor_unit_code": "1"}, "Mã đơn vị mới: không có đơn vị nào mang mã “1”"),
        ({"procedure_code": "x" * 61}, "không phải mã thủ tục"),
        ({"procedure_code": "a b"}, "“a b” không phải mã thủ tục"),
        ({"dossier_code": "1.23457E+11"}, "Excel đã đổi mã thành số “1.23457E+11”"),
        ({"applicant": "70085001234"}, "số có 11 chữ số"),
        ({"device": "d" * 201}, "dài hơn 200 ký tự"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_bad_cell(office: Office, cells: dict[str, str], said: str) -> None:
    receipt = office.send(table({}, cells), returned_to=office.folder)
    assert (receipt.added, receipt.bad) == (1, 1)
    assert receipt.returned is not None
    lines = receipt.returned.read_text("utf-8-sig").splitlines()
    assert lines[0].endswith(";Lỗi")
    assert said in lines[1]
    assert said in receipt.to("vi")
    (problems,) = office.rows("SELECT problems FROM lake._quarantine")[0]
    assert said in str(problems)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"amount": "1,5"}, "“1,5” không phải số nguyên"),
        ({"amount": "1_000"}, "không phải số nguyên"),
        ({"amount": "0x10"}, "không phải số nguyên"),
        ({"amount": "-1"}, "“-1” nhỏ hơn 0"),
        ({"amount": "99999999999999999999"}, "không phải số nguyên"),
    ],
)
def test_what_is_said_of_a_bad_amount(office: Office, cells: dict[str, str], said: str) -> None:
    assert said in office.send(table(cells, of=PAYMENT), "payments").to("vi")


def test_split_unit_names_no_successor(office: Office) -> None:
    said = office.send(table({"unit_code": "25004", "received_at": "2025-07-01"})).to("vi")
    assert "mã hiện nay" not in said


def test_code_that_passed_on_means_the_unit_of_its_day(office: Office) -> None:
    office.send(
        table(
            {"unit_code": "25007", "received_at": "2023-12-31 23:59:59"},
            {"unit_code": "25007", "received_at": "2025-07-01"},
        )
    )
    assert office.rows("SELECT _unit, _level, _row FROM lake.dossiers ORDER BY _row") == [
        ("g", "commune", 2),
        ("h", "commune", 3),
    ]


def test_month_first_column_refuses_the_file(office: Office) -> None:
    with pytest.raises(InputError, match="month before the day") as raised:
        office.send(table({"received_at": "08/13/2025"}, {"received_at": "01/02/2025"}))
    assert "ghi tháng trước ngày" in raised.value.problems[0].to("vi")


def test_tick_column_reads_empty_as_no(office: Office) -> None:
    office.send(table({"paid_online": "x"}, {"paid_online": ""}))
    found = office.rows("SELECT paid_online FROM lake.dossiers ORDER BY _row")
    assert found == [(True,), (False,)]


def test_empty_is_not_no_in_any_other_column(office: Office) -> None:
    office.send(table({"paid_online": "có"}, {"paid_online": ""}))
    found = office.rows("SELECT paid_online FROM lake.dossiers ORDER BY _row")
    assert found == [(True,), (None,)]


def test_equal_repeats_count_once_and_others_clash(office: Office) -> None:
    receipt = office.send(
        table(
            {"dossier_code": "A"},
            {"dossier_code": "A"},
            {"dossier_code": "B"},
            {"dossier_code": "B", "service_level": "partial"},
        ),
    )
    assert (receipt.read, receipt.added, receipt.same, receipt.bad) == (4, 1, 1, 2)
    assert "Trùng khóa (Mã hồ sơ) với dòng 5" in receipt.to("vi")


def test_personal_values_stay_out_of_the_lake(office: Office) -> None:
    office.send(
        table({"applicant": "070085001234"}, {"applicant": "070085001235", "unit_code": "?"})
    )
    for file in office.lake.settings.folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert b"07008500123" not in content, file
            assert KEY not in content
    ((raw,),) = office.rows("SELECT raw FROM lake._quarantine")
    assert '"applicant": "•••"' in str(raw)


def test_identity_number_in_the_wrong_column_is_masked(office: Office) -> None:
    office.send(table({"submitted_online": "070085001234"}))
    assert "070085001234" not in str(office.rows("FROM lake._quarantine"))


def test_refused_file_leaves_only_its_bad_rows(office: Office) -> None:
    content = table({}, {"unit_code": "0"})
    receipt = office.send(content, mode=Mode.ALL_OR_NOTHING)
    assert (receipt.status, receipt.added, receipt.bad) == (Status.REFUSED, 0, 1)
    assert office.rows("FROM lake.dossiers") == []
    assert office.rows("SELECT event, rows_bad FROM lake._batches") == [("refused", 1)]
    before = office.snapshot()
    assert office.send(content, mode=Mode.ALL_OR_NOTHING).status is Status.REFUSED
    assert office.snapshot() == before


def test_unknown_procedures_are_told_but_taken(office: Office) -> None:
    catalogue = {
        "procedure_code": "1.001", "as_of": "2025-01-01", "unit_code": "70", "level": "commune",
        "in_force": "1", "eligible_full": "1", "offered_full": "1", "offered_online": "1", "has_fee": "0",
    }  # fmt: skip
    office.send(";".join(catalogue) + "\n" + ";".join(catalogue.values()), "procedures")
    receipt = office.send(table({}, {"procedure_code": "9.9"}))
    assert (receipt.added, receipt.bad) == (2, 0)
    assert "1 dòng có mã thủ tục chưa có trong danh mục" in receipt.to("vi")


def test_nothing_changes_nothing_is_written(office: Office) -> None:
    office.send(table({}, {}))
    before = office.snapshot()
    again = office.send(table({}, {}))
    other = office.send(table({}, {}) + "\n\n")
    assert [r.status for r in (again, other)] == [Status.UNCHANGED] * 2
    assert (again.batch, other.same, office.snapshot()) == (1, 2, before)


def test_correction_takes_the_place_of_the_record(office: Office) -> None:
    office.send(table({"service_level": "full"}))
    receipt = office.send(table({"service_level": "partial"}))
    assert (receipt.added, receipt.corrected) == (0, 1)
    found = office.rows("SELECT service_level, _batch FROM lake.dossiers")
    assert found == [("partial", 2)]


def test_progress_rises_to_the_end(office: Office) -> None:
    seen: list[float] = []
    office.send(table({}), on_progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_a_record_may_name_the_heir_that_it_falls_under(office: Office) -> None:
    """D splits into E and F: a record that names F is F's after the split; a stranger is no heir."""
    head = "dossier_code,unit_code,procedure_code,service_level,received_at,submitted_online,successor_unit_code"
    rows = ["a,25004,TT-1,full,2025-05-01,1,25006", "b,25004,TT-1,full,2025-05-01,1,"]
    rows += ["c,25004,TT-1,full,2025-05-01,1,25003"]
    office.send("\n".join([head, *rows]))
    found = office.lake.reader().execute("SELECT dossier_code, _unit FROM lake.dossiers ORDER BY 1")
    assert found.fetchall() == [("a", "d>f"), ("b", "d"), ("c", "d")]
    after, before = office.boundaries.map(TODAY), office.boundaries.map(date(2025, 6, 1))
    assert (after.carry("d>f").uid, after.carry("d>f").attributed) == ("f", True)
    assert not after.carry("d").attributed
    assert before.carry("d>f").uid == "d"
