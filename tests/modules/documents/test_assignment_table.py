"""An assignment table says what units were given, by which version, and stays as it was made."""

from __future__ import annotations

import io
from fractions import Fraction

import docx
import pypdfium2
import pytest

from tests.modules.documents.conftest import BASE, DISTRICT, PLAN, Office
from tinhso.kernel.ledger.actor import OPERATOR
from tinhso.kernel.ledger.models import Entry
from tinhso.measure.boundaries import Level
from tinhso.measure.periods import Period
from tinhso.modules.documents import actions
from tinhso.modules.documents.models import Document
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.shares.actions import NewAllocation, NewShare, allocate
from tinhso.modules.shares.models import Allocation
from tinhso.modules.shares.rules import Rule
from tinhso.modules.shares.typed import write_percent

pytestmark = pytest.mark.django_db
CONTENT = actions._content


def newest(target: str) -> Allocation:
    return Allocation.objects.filter(plan=PLAN, target=target).latest("number")


def given_anew(target: str, amount: Fraction) -> Allocation:
    """The next version: everybody gets `amount`, and nobody is named."""
    last, plan = newest(target), workspace().plan(PLAN).plan
    asked = plan.target(target)
    assert asked is not None
    new = NewAllocation(
        target=asked,
        rule=Rule.BY_HAND,
        levels=[Level(one) for one in last.levels],
        map_day=last.map_day,
        basis=Period.parse(last.basis),
        shares=[NewShare(one.unit_id, amount) for one in last.shares.all()],
        reason="Thử",
    )
    return allocate(OPERATOR, PLAN, plan.unit, new, by="Sở", after=last.number)


def text_of(document: Document) -> str:
    drawn = pypdfium2.PdfDocument(bytes(document.renderings.get(form="pdf").bytes), autoclose=True)
    told = " ".join(page.get_textpage().get_text_bounded() for page in drawn)
    drawn.close()
    return " ".join(told.split())


def test_every_share_is_a_row_with_its_level_milestones_and_who_answers(
    giving_office: Office,
) -> None:
    draft = giving_office.draft("assignment")
    content = CONTENT(draft, BASE)
    given = {one.target: newest(one.target) for one in Allocation.objects.all()}
    assert [one.title.partition(".")[0] for one in content.shares] == list(given)
    for table, allocation in zip(content.shares, given.values(), strict=True):
        shares = list(allocation.shares.all())
        printed = sorted(
            (one.level.replace("\xa0%", ""), one.quarter_3, one.quarter_4, one.answers)
            for one in table.lines
        )
        assert printed == sorted(
            (
                write_percent(one.amount),
                *(write_percent(each) or "–" for each in one.milestones[2:]),
                one.answers,
            )
            for one in shares
        )
        assert f"Đợt giao lần {allocation.number}, văn bản giao chưa có" in table.about
    states = {one.code: one.given for one in content.targets}
    assert states["CQS-03"] == f"lần 1, {newest('CQS-03').shares.count()} đơn vị"
    assert {states[code] for code in states.keys() - given.keys()} == {"chưa giao"}
    # A unit that was published has its figure beside its share, with a code; others have none.
    coded = [one for table in content.shares for one in table.lines if one.lookup]
    assert coded
    assert all(one.value == "–" for t in content.shares for one in t.lines if not one.lookup)


def test_a_made_table_keeps_the_version_that_it_took(giving_office: Office) -> None:
    made = giving_office.made("assignment", DISTRICT)
    before = text_of(made)
    assert "97 %" in before
    assert "CQS-04: lần 2" in before
    assert "Người đứng đầu đơn vị" in before
    told = Entry.objects.get(act="documents.document.make").details["difference"]
    assert ["allocations", None, "CQS-04 lần 2"] in [list(one) for one in told]
    given_anew("CQS-04", Fraction(88, 100))
    assert text_of(Document.objects.get(pk=made.pk)) == before
    later = giving_office.made("assignment", DISTRICT)
    after = text_of(later)
    assert "88 %" in after
    assert "97 %" not in after
    assert "CQS-04: lần 3" in after
    assert "Có 1 phần giao chưa ghi người trả lời." in after
    word = docx.Document(io.BytesIO(bytes(later.renderings.get(form="docx").bytes)))
    cells = [cell.text for row in word.tables[1].rows for cell in row.cells]
    assert "88\xa0%" in cells
    assert "chưa ghi" in cells


def test_what_was_not_given_is_said_and_not_invented(office: Office) -> None:
    whole, own = (CONTENT(office.draft("assignment", about), BASE) for about in ("", DISTRICT))
    assert not whole.shares
    assert {one.given for one in whole.targets} == {"chưa giao"}
    assert any("Chưa có đợt giao nào" in one for one in whole.sections[0].paragraphs)
    assert not own.shares
    assert not own.targets
    assert "chưa có chỉ tiêu nào được giao" in own.sections[0].paragraphs[0]
