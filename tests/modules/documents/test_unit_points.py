"""Points and ranks in a document are those of the published figures, whatever is measured later."""

from __future__ import annotations

import pytest

from tests.modules.documents.conftest import BASE, DISTRICT, PLAN, Office
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.modules.documents import actions
from tinhso.modules.documents.points import UnitPoints
from tinhso.modules.plan.models import PublishedFigure
from tinhso.modules.plan.queries import Lens, PlanQueries
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.scorecards.queries import CardQueries

pytestmark = pytest.mark.django_db


def test_points_rank_and_change_are_those_of_the_scorecard_as_it_was_measured(
    office: Office,
) -> None:
    cards = CardQueries(PlanQueries(workspace(), PLAN))
    card, lens = cards.card("XH-382"), Lens(Period.parse("2025-Q2r"), View())
    seen = set()
    for unit in office.published.units.values():
        own, live = UnitPoints.of(office.published, unit), cards.unit_score(card, unit.uid, lens)
        assert own is not None
        if unit.uid == office.published.root.uid or own.group is None:
            continue
        assert own.group == live.group
        assert (own.score.earned, own.score.open, own.score.out) == (
            live.score.earned,
            live.score.open,
            live.score.out,
        )
        assert own.row is not None
        assert live.row is not None
        assert (own.row.rank, own.row.why) == (live.row.rank, live.row.why)
        assert own.change == live.change
        seen.add(own.group.code)
    assert "cap-huyen" in seen


def test_a_sheet_tells_points_rank_and_what_would_bring_more(office: Office) -> None:
    content = actions._content(office.draft("unit-sheet", DISTRICT), BASE)
    (told,) = [one for one in content.sections if one.title == "4. Điểm và thứ hạng"]
    assert "XH-382" in told.paragraphs[0]
    assert "đơn vị được xếp của nhóm “Cấp huyện (đến 30/6/2025)”" in told.paragraphs[0]
    assert "Kỳ trước hạng" in told.paragraphs[1]
    assert "ví dụ của sản phẩm" in content.points_about
    by_name = {one.name: one for one in content.points}
    online = by_name["Hồ sơ xử lý hoàn toàn trực tuyến"]
    assert online.of == "30"
    assert "thêm" in online.gain
    assert by_name["Công bố đủ dữ liệu mở theo danh mục"].reading == "không áp dụng"


def test_a_figure_that_was_not_published_gives_no_points_and_says_so(office: Office) -> None:
    PublishedFigure.objects.filter(
        indicator="CQS-03", unit=DISTRICT, publication__period="2025-Q2r"
    ).delete()
    content = actions._content(office.draft("unit-sheet", DISTRICT), BASE)
    (line,) = [one for one in content.points if one.name == "Hồ sơ xử lý hoàn toàn trực tuyến"]
    assert (line.earned, line.reading) == ("–", "không có trong lần công bố này")
    assert line.gain == "tới +30: cần có số liệu"
