"""Honesty checks open like figures: what a check says of a unit is what its records give."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from django.test import Client

from tests.copied import copied
from tests.people import appoint, sign_in
from tinhso.measure.explain import explain_check, recount
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.quality import asked_of
from tinhso.modules.plan import checks
from tinhso.modules.plan.queries import Lens, PlanQueries
from tinhso.modules.plan.workspace import workspace

pytestmark = pytest.mark.usefixtures("site")

PLAN = "binh-phuoc-2025"
PAGE = f"/ke-hoach/{PLAN}/phep-kiem/"
UNITS = ("p70", "p75.2025", "d695", "c25363", "c25363.2025")


@pytest.mark.parametrize("view", ["then", "2025-06-30", "2025-07-01"])
@pytest.mark.parametrize("period", ["2025-Q2", "2025-Q3r"])
def test_every_check_is_counted_again_from_its_records(
    period: str, view: str, tmp_path: Path
) -> None:
    queries = PlanQueries(workspace(), PLAN)
    lens = Lens(Period.parse(period), View.parse(view))
    connection = copied(queries, tmp_path)
    streams, seen = queries.workspace.streams, 0
    for compiled, unit in itertools.product(queries.pack.checks, UNITS):
        asked = asked_of(queries.figures, compiled, unit, lens.period, lens.view)
        found = explain_check(queries.figures, streams, compiled, unit, lens.period, lens.view)
        assert (asked is None) == (found is None)
        if asked is None or found is None:
            continue
        records, over = (recount(connection, part) for part in found)
        assert (records, over) == (asked.records, asked.over), f"{compiled.check.code} {unit}"
        total = connection.execute(f"SELECT count(*) FROM ({found[0].rows_sql})").fetchone()
        assert total == (asked.records,)
        seen += bool(asked.records)
    assert seen > 5


def test_every_check_has_a_page_that_tells_its_formula_rule_and_records(client: Client) -> None:
    for compiled in PlanQueries(workspace(), PLAN).pack.checks:
        check = compiled.check
        shown = client.get(f"{PAGE}{check.code}/", {"ky": "2025-Q2"})
        assert shown.status_code == 200, check.code
        text = shown.content.decode()
        for said in (check.name.vi, check.plain.vi, check.basis.vi, "Quy tắc cảnh báo", "khớp."):
            assert said in text, (check.code, said)
        assert "không khớp" not in text, check.code


def test_an_unknown_check_is_not_found(client: Client) -> None:
    assert client.get(f"{PAGE}KT-KHONG-CO/").status_code == 404


def test_personal_fields_of_a_checks_records_are_shown_to_nobody(client: Client) -> None:
    """A page about one network address or account must not tell which."""
    sign_in(client, appoint("administrator", "p75.2025", "quan-tri"), strong=True)
    for code in ("KT-MOT-DIA-CHI", "KT-MOT-TAI-KHOAN", "KT-TRA-NHIEU", "KT-NOP-HO"):
        text = client.get(f"{PAGE}{code}/", {"ky": "2025-Q2", "don-vi": "p70"}).content.decode()
        for label in ("Địa chỉ mạng (dấu vết)", "Tài khoản nộp hồ sơ (dấu vết)", "Số định danh"):
            assert f'<th scope="col">{label}' not in text, (code, label)


def test_units_that_stand_out_lead_to_their_own_records(client: Client) -> None:
    queries = PlanQueries(workspace(), PLAN)
    lens = Lens(Period.parse("2025-Q2"), View())
    linked = 0
    for compiled in queries.pack.checks:
        for level in checks.levels(queries, compiled, lens):
            assert len({line.asked.unit for line in level.lines}) == len(level.lines)
            for line in level.standing_out[:1]:
                address = f"{PAGE}{compiled.check.code}/?ky=2025-Q2&dia-gioi=then&don-vi={line.asked.unit}"
                text = client.get(address).content.decode()
                assert "Đơn vị này nổi bật." in text
                linked += 1
    assert linked


def test_the_pages_of_figures_lead_to_their_checks(client: Client) -> None:
    text = client.get(f"/ke-hoach/{PLAN}/chi-tieu/CQS-03/", {"ky": "2025-Q2"}).content.decode()
    assert f"{PAGE}KT-NOP-HO/" in text
    text = client.get(f"/ke-hoach/{PLAN}/du-lieu/").content.decode()
    assert f"{PAGE}KT-SO-TRON/" in text


def test_programs_are_told_the_same_as_readers(client: Client) -> None:
    queries = PlanQueries(workspace(), PLAN)
    lens = Lens(Period.parse("2025-Q2"), View())
    for compiled in queries.pack.checks:
        answer = client.get(f"/api/v1/plans/{PLAN}/checks/{compiled.check.code}?period=2025-Q2")
        assert answer.status_code == 200, answer.content.decode()
        shown = answer.json()
        assert all(part["recounted"] == part["amount"] for part in shown["parts"])
        assert [
            (one["unit"]["uid"], one["records"], one["over"], one["stands_out"])
            for level in shown["levels"]
            for one in level["units"]
        ] == [
            (line.asked.unit, line.asked.records, line.asked.over, line.stands_out)
            for level in checks.levels(queries, compiled, lens)
            for line in level.lines
        ]
    wrong = client.get(f"/api/v1/plans/{PLAN}/checks/KT-NOP")
    assert wrong.status_code == 404
    assert "KT-NOP-HO" in wrong.content.decode()
