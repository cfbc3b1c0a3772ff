"""A target given to units: versions that stay, shares that follow their units, tables that answer."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from fractions import Fraction

import pytest
import python_calamine
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from tests.people import appoint, sign_in
from tinhso.kernel.ledger.actor import OPERATOR
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.people.who import Who
from tinhso.measure.boundaries import Level
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.targets import Standing
from tinhso.measure.text import InputError
from tinhso.modules.plan.queries import Lens, PlanQueries
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.shares.actions import NewAllocation, NewShare, allocate
from tinhso.modules.shares.models import Allocation, OwnPlan, Share
from tinhso.modules.shares.queries import (
    ShareQueries,
    differences,
    shares_of_unit,
    who_answers,
)
from tinhso.modules.shares.rules import NO_MILESTONES, Rule
from tinhso.modules.shares.sample import simulate_allocations

pytestmark = pytest.mark.usefixtures("site")

PLAN, ROOM = "binh-phuoc-2025", "/giao-chi-tieu/binh-phuoc-2025"
APRIL, Q1 = date(2025, 4, 1), Period.parse("2025-Q1")
YEAR = Lens(Period.parse("2025"), View())


@pytest.fixture
def queries() -> ShareQueries:
    return ShareQueries(Who(timezone.localdate()), PlanQueries(workspace(), PLAN))


def new(queries: ShareQueries, shares: list[NewShare], **more: object) -> NewAllocation:
    target = queries.plan.plan.target("CQS-03")
    assert target is not None
    facts = {"rule": Rule.BY_HAND, "levels": [Level.COMMUNE], "map_day": APRIL, "basis": Q1}
    return NewAllocation(target=target, shares=shares, **facts | more)  # type: ignore[arg-type]


def merged(queries: ShareQueries) -> tuple[str, list[str]]:
    """A commune of today that several communes of April became, with these."""
    units = queries.plan.units
    for uid in units.on(date(2025, 12, 31), Level.COMMUNE):
        before = [e.source for e in units.came_from(uid) if e.whole]
        if len(before) >= 2 and all(
            "p70" in units.boundaries.map(APRIL).path(one) for one in before
        ):
            return uid, before
    raise AssertionError


def give(
    queries: ShareQueries, shares: list[NewShare], after: int = 0, **more: object
) -> Allocation:
    made = new(queries, shares, **more)
    return allocate(OPERATOR, PLAN, "p70", made, by="Sở", after=after)


def test_a_change_is_a_new_version_with_a_reason_and_the_old_one_stays(
    queries: ShareQueries,
) -> None:
    _, (one, other, *_) = merged(queries)
    first = give(queries, [NewShare(one, Fraction(3, 4), answers="Chủ tịch")])
    with pytest.raises(InputError, match="nothing to give again"):
        give(queries, [NewShare(one, Fraction(3, 4), answers="Chủ tịch")], 1, reason="x")
    with pytest.raises(InputError, match="Give the reason"):
        give(queries, [NewShare(one, Fraction(4, 5))], 1, reason="  ")
    with pytest.raises(InputError, match="made a new version"):
        give(queries, [NewShare(one, Fraction(4, 5))], 0, reason="đến sau")
    second = give(
        queries,
        [NewShare(one, Fraction(4, 5)), NewShare(other, Fraction(1, 3))],
        1,
        reason="Giao thêm",
    )
    assert [one.number for one in queries.versions("CQS-03")] == [2, 1]
    assert first.shares.get().amount == Fraction(3, 4)
    changed = differences(first, second)
    assert [(c.uid, c.before and c.before.amount, c.after and c.after.amount) for c in changed] == [
        (one, Fraction(3, 4), Fraction(4, 5)),
        (other, None, Fraction(1, 3)),
    ]
    entries = Entry.objects.filter(act="shares.allocation.assign").order_by("id")
    assert [(e.thing, e.unit, e.details["reason"]) for e in entries] == [
        (f"{PLAN}/CQS-03/1", "p70", ""),
        (f"{PLAN}/CQS-03/2", "p70", "Giao thêm"),
    ]
    assert [f"share {one}", "75 |  | Chủ tịch", "80"] in entries[1].details["difference"]


def test_nothing_is_given_by_halves(queries: ShareQueries) -> None:
    _, (one, other, *_) = merged(queries)
    back = (Fraction(1, 2), Fraction(1, 4), None, None)
    with pytest.raises(InputError, match="do not lead to the share"):
        give(queries, [NewShare(one, Fraction(3, 4)), NewShare(other, Fraction(3, 4), back)])
    with pytest.raises(InputError, match="No unit has a share"):
        give(queries, [])
    assert not Allocation.objects.exists()
    assert not Entry.objects.filter(act="shares.allocation.assign").exists()


def test_the_database_itself_refuses_what_no_version_may_be(queries: ShareQueries) -> None:
    _, (one, other, *_) = merged(queries)
    made = give(queries, [NewShare(one, Fraction(3, 4))])
    for wrong in (
        lambda: Share.objects.create(allocation=made, unit_id=other, value="0.75"),
        lambda: Share.objects.create(allocation=made, unit_id=one, value="3/4"),
        lambda: Allocation.objects.filter(pk=made.pk).update(number=2),
        lambda: OwnPlan.objects.create(
            plan=PLAN, unit_id="p70", number="1", issued=APRIL, submitted_at=timezone.now()
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


def test_shares_of_merged_units_are_their_successors_weighed_by_their_own_denominators(
    queries: ShareQueries,
) -> None:
    heir, before = merged(queries)
    amounts = [Fraction(70 + n, 100) for n in range(len(before))]
    give(
        queries,
        [
            NewShare(uid, share, NO_MILESTONES, f"Chủ tịch {uid}")
            for uid, share in zip(before, amounts, strict=True)
        ],
    )
    target = queries.plan.plan.target("CQS-03")
    assert target is not None
    (row,) = queries.view(target, queries.versions("CQS-03")[0], YEAR).rows
    asked = [
        queries.plan.figures.value("CQS-03", uid, Q1, View(APRIL)).denominator.amount or 0
        for uid in before
    ]
    weighed = sum((a * d for a, d in zip(amounts, asked, strict=True)), Fraction(0)) / sum(asked)
    assert (row.held.uid, row.held.amount) == (heir, weighed)
    own = queries.plan.figures.value("CQS-03", heir, YEAR.period, View(date(2025, 12, 31)))
    assert row.value.value == own.value
    # Faces for other rooms agree, before and after.
    who = queries.who
    assert shares_of_unit(who, PLAN, before[0], APRIL)["CQS-03"].amount == amounts[0]
    assert shares_of_unit(who, PLAN, before[0], date(2025, 7, 1)) == {}
    assert who_answers(who, PLAN, "CQS-03", heir, date(2025, 7, 1)) == tuple(
        f"Chủ tịch {uid}" for uid in before
    )


def test_before_the_deadline_a_unit_is_held_against_the_milestone_that_is_over(
    queries: ShareQueries,
) -> None:
    _, (one, *_) = merged(queries)
    steps = (None, Fraction(1, 100), Fraction(1, 2), Fraction(1))
    give(queries, [NewShare(one, Fraction(1), steps)])
    target = queries.plan.plan.target("CQS-03")
    assert target is not None
    version = queries.versions("CQS-03")[0]

    def stands(period: str, day: date) -> tuple[int | None, Fraction | None, Standing]:
        (row,) = queries.view(target, version, Lens(Period.parse(period), View(day))).rows
        assert row.judgement is not None
        return row.quarter, row.goal, row.judgement.standing

    assert stands("2025-Q2", date(2025, 6, 30)) == (2, Fraction(1, 100), Standing.MET)
    assert stands("2025-Q1", date(2025, 6, 30))[:2] == (None, 1)
    assert stands("2025", date(2025, 6, 30)) == (None, 1, Standing.BEHIND)


def test_the_sample_gives_two_targets_and_says_that_they_are_simulated(
    queries: ShareQueries, client: Client
) -> None:
    assert simulate_allocations(queries.plan) == 3
    assert simulate_allocations(queries.plan) == 0  # once
    lines = {one.target.code: one for one in queries.targets() if one.allocation}
    assert {code: one.shares for code, one in lines.items()} == {"CQS-03": 111, "CQS-04": 129}
    assert all(one.sum and one.sum.difference and one.sum.difference > 0 for one in lines.values())
    page = client.get(f"{ROOM}/chi-tieu/CQS-04/").content.decode()
    assert "Đợt giao này là mô phỏng" in page
    assert "Huyện Đồng Phú" in page  # no single unit took over from a district
    answer = client.get(f"/api/v1/plans/{PLAN}/allocations/CQS-03", {"view": "2025-07-01"}).json()
    assert answer["allocation"]["simulated"]
    assert sum(len(row["parts"]) for row in answer["rows"]) + len(answer["lost"]) == 111
    book = client.get(f"{ROOM}/chi-tieu/CQS-03/tai-ve.xlsx").content
    cells = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0)
    assert cells.to_python()[0][0] == "SỐ LIỆU MÔ PHỎNG"


@pytest.fixture
def office() -> Client:
    client = Client()
    sign_in(client, appoint("standing-agency", "p75.2025", "thuong-truc"), strong=True)
    return client


ASKED = {"cach": "same", "cap": "agency", "ngay": "2025-04-01", "ky-goc": "2025-Q1", "muc": "75"}


def test_the_form_comes_back_filled_with_every_mistake_named(office: Client) -> None:
    typed = {
        **ASKED,
        "cap": "",
        "ngay": "31/2/2025",
        "ky-goc": "2031",
        "muc": "bảy mươi",
        "co-quan": "Sở A",
    }
    answer = office.post(f"{ROOM}/chi-tieu/CQS-04/giao/", typed)
    page = answer.content.decode()
    assert answer.status_code == 400
    for said in ("ít nhất một cấp", "“31/2/2025” không phải ngày", "“2031”", "“bảy mươi”"):
        assert said in page
    assert 'value="Sở A"' in page
    assert not Allocation.objects.exists()


def test_a_table_is_looked_at_mended_and_saved(office: Client, queries: ShareQueries) -> None:
    where = f"{ROOM}/chi-tieu/CQS-04/giao/"
    page = office.post(where, {**ASKED, "viec": "xem"})
    assert page.status_code == 200
    lines = page.context["table"].lines
    assert {line.share for line in lines} == {"75"}
    cells = dict(page.context["kept"]) | {f"gt-{line.receiver.uid}": line.share for line in lines}
    one, other = (line.receiver.uid for line in lines[:2])
    wrong = office.post(
        where, {**ASKED, **cells, f"gt-{one}": "101", f"moc-{other}": "1; 2", "viec": "luu"}
    )
    assert wrong.status_code == 400
    assert 'value="101"' in wrong.content.decode()
    assert not Allocation.objects.exists()
    saved = office.post(
        where, {**ASKED, **cells, f"gt-{one}": "80,5", f"gt-{other}": "", "viec": "luu"}
    )
    assert saved.status_code == 302
    shares = {share.unit_id: share.amount for share in Allocation.objects.get().shares.all()}
    assert shares[one] == Fraction(161, 200)
    assert other not in shares
    # Who had the page open since before is told, and loses nothing.
    late = office.post(where, {**ASKED, **cells, "viec": "luu", "ly-do": "đến sau"})
    assert late.status_code == 400
    assert "vừa lập một phiên bản mới" in late.content.decode()
    assert "đến sau" in late.content.decode()


def test_a_broken_table_is_answered_and_not_guessed(office: Client) -> None:
    for rows in ("", "[", "[[1]]", '{"a": 1}', "7"):
        answer = office.post(
            f"{ROOM}/chi-tieu/CQS-04/giao/", {**ASKED, "dong": rows, "viec": "luu"}
        )
        assert answer.status_code == 400
        assert "không còn nguyên vẹn" in answer.content.decode()


def changed(content: bytes, cells: dict[str, object]) -> SimpleUploadedFile:
    """A workbook with some cells written over, as somebody sends it back."""
    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(
        0
    )
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet()
    for row, line in enumerate(sheet.to_python(skip_empty_area=False)):
        for column, value in enumerate(line):
            page.write(row, column, value)
    for cell, value in cells.items():
        page.write(cell, value)
    book.close()
    return SimpleUploadedFile("giao.xlsx", out.getvalue())


def asked_lines(office: Client, where: str) -> list[object]:
    return list(office.post(where, {**ASKED, "viec": "xem"}).context["table"].lines)


def test_a_workbook_goes_out_and_comes_back_cell_by_cell(office: Client) -> None:
    where = f"{ROOM}/chi-tieu/CQS-04/giao/"
    content = office.post(where, {**ASKED, "viec": "bang"}).content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<sheetProtection" in sheet
    assert 'type="decimal"' in sheet
    last = 7 + len(asked_lines(office, where))
    whole = f'SUMPRODUCT((E8:E{last}&lt;&gt;"")*$L$8:$L${last})'
    added = f'IF({whole}=0,"",SUMPRODUCT(E8:E{last},$L$8:$L${last})/{whole})'
    formulas = dict(re.findall(r'<c r="(\w+)"[^>]*><f>(.*?)</f>', sheet))
    assert (formulas["E4"], formulas["E5"]) == (added, 'IF(E4="","",E4-E3)')
    assert set(formulas) == {*(f"{one}4" for one in "EFGHI"), "E5", "E6"}
    sent = {**ASKED, "cach": "workbook", "viec": "xem"}
    wrong = {"E8": 0.75, "E9": "tám", "F10": 101, "A11": "c99999"}
    page = office.post(where, sent | {"tep": changed(content, wrong)}).content.decode()
    for said in ("Ô E8: 0.75", "Ô E9: “tám”", "Ô F10: “101”", "Ô A11: “c99999”"):
        assert said in page
    other = office.post(where, sent | {"tep": changed(content, {"B2": "CQS-03"})})
    assert "không phải bảng giao của chỉ tiêu CQS-04" in other.content.decode()
    assert "Chọn tệp Excel" in office.post(where, sent).content.decode()
    assert not Allocation.objects.exists()
    good = {"E8": 82.5, "I8": 80, "E9": " ", "J8": "Giám đốc"}
    answer = office.post(where, sent | {"tep": changed(content, good)})
    first, second, *_ = answer.context["table"].lines
    assert (first.share, first.milestones, first.answers) == ("82,5", "; ; ; 80", "Giám đốc")
    assert second.share == ""


def test_a_units_own_plan_is_handed_in_returned_and_approved(office: Client) -> None:
    unit = "c25363.2025"
    theirs = Client()
    sign_in(theirs, appoint("officer", unit, "can-bo-xa"))
    where = f"{ROOM}/ke-hoach-rieng/{unit}/"
    nothing = theirs.post(f"{where}gui/", {"so": "12/KH-UBND", "ngay": "2025-02-01"})
    assert nothing.status_code == 400
    assert 'value="12/KH-UBND"' in nothing.content.decode()
    typed = {"so": "12/KH-UBND", "ngay": "2025-02-01", "dia-chi": "https://xa.example/kh-12"}
    for link in ("javascript:alert(1)", "ftp://xa.example/", "xa.example"):
        assert theirs.post(f"{where}gui/", {**typed, "dia-chi": link}).status_code == 400
    assert theirs.post(f"{where}gui/", typed).status_code == 302
    assert "đang chờ duyệt" in theirs.post(f"{where}gui/", typed).content.decode()
    first = OwnPlan.objects.get()
    assert theirs.post(f"{where}quyet-dinh/", {"ke-hoach": first.pk}).status_code == 403
    without = office.post(f"{where}quyet-dinh/", {"ke-hoach": first.pk, "viec": "tra-lai"})
    assert "Nêu lý do trả lại" in without.content.decode()
    returned = {"ke-hoach": first.pk, "viec": "tra-lai", "ly-do": "Thiếu mốc quý"}
    assert office.post(f"{where}quyet-dinh/", returned).status_code == 302
    assert "đã có quyết định" in office.post(f"{where}quyet-dinh/", returned).content.decode()
    assert theirs.post(f"{where}gui/", {**typed, "so": "15/KH-UBND"}).status_code == 302
    second = OwnPlan.objects.get(state="submitted")
    approved = {"ke-hoach": second.pk, "viec": "duyet"}
    assert office.post(f"{where}quyet-dinh/", approved).status_code == 302
    assert sorted(OwnPlan.objects.values_list("number", "state")) == [
        ("12/KH-UBND", "returned"),
        ("15/KH-UBND", "approved"),
    ]
    acts = Entry.objects.filter(kind="shares.own-plan").order_by("id").values_list("act", flat=True)
    assert [act.rpartition(".")[2] for act in acts] == ["submit", "return", "submit", "approve"]
    page = office.get(f"{ROOM}/ke-hoach-rieng/").content.decode()
    assert "15/KH-UBND" in page
    assert "Sở Tài chính" in page  # the plan asks it for one, and it has none
