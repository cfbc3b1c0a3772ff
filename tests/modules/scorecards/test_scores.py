"""Points and rankings of the sample province: they are those of its figures, and open to them."""

from __future__ import annotations

import io
from fractions import Fraction

import pytest
import python_calamine
from django.test import Client

from tinhso.measure.figures import Status
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.scorecards.scoring import Reading, mark
from tinhso.modules.plan.queries import Lens, PlanQueries
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.scorecards.models import Round
from tinhso.modules.scorecards.queries import LARGER_UNKNOWN, CardQueries, over_the_larger
from tinhso.modules.scorecards.sample import simulate_rounds

pytestmark = pytest.mark.django_db
PLAN = "binh-phuoc-2025"
QUARTER = Lens(Period.parse("2025-Q2"), View())


@pytest.fixture
def cards(site: None) -> CardQueries:
    return CardQueries(PlanQueries(workspace(), PLAN))


def test_a_unit_scored_again_by_hand_from_its_figures(cards: CardQueries) -> None:
    card = cards.card("XH-382")
    scored = cards.unit_score(card, "d695", QUARTER)
    points, value = Fraction(0), cards.queries.figures.value
    for code, most, full in (("CQS-03", 30, 75), ("CQS-04", 20, 95), ("CQS-05", 15, 80)):
        found = value(code, "d695", QUARTER.period, QUARTER.view)
        assert found.value is not None
        points += most * min(Fraction(1), found.value * 100 / full)
    parts = {one.component.code: one for one in scored.score.nodes if one.component}
    assert parts["XH-DVC"].earned == points
    assert parts["XH-CK"].out == 10  # websites are of communes, open data of agencies
    assert scored.score.reachable == 90


def test_rankings_agree_with_their_units_and_say_who_has_none(cards: CardQueries) -> None:
    card = cards.card("XH-382")
    for group in card.groups:
        ranking = cards.ranking(card, group, QUARTER)
        assert {row.unit for row in ranking.rows} == set(cards.members(group, QUARTER))
        marks = [row.mark for row in ranking.ranked]
        assert marks == sorted(marks, key=lambda one: one or 0, reverse=True)
        assert all(row.why is not None for row in ranking.unranked)
        if ranking.ranked:
            best = ranking.ranked[0]
            scored = cards.unit_score(card, best.unit, QUARTER)
            assert (scored.mark, scored.row) == (best.mark, best)
            assert scored.group == group


def test_agencies_are_compared_with_their_like(cards: CardQueries) -> None:
    card = cards.card("XH-382")
    having, lacking = (cards.members(group, QUARTER) for group in card.groups[:2])
    assert not set(having) & set(lacking)
    for unit in lacking:
        group = cards.group_of(card, unit, QUARTER)
        readings = cards.readings(card, unit, QUARTER, group)
        assert readings["XH-TOAN-TRINH"].status is Status.NOT_APPLICABLE


def test_the_index_of_766_never_shows_what_is_unknown_as_zero(cards: CardQueries) -> None:
    card = cards.card("CLPV-766")
    whole = cards.unit_score(card, "d695", QUARTER).score
    assert (whole.points, whole.open, whole.known) == (100, 64, 36)
    assert mark(card, whole) == whole.earned / 36
    page = Client().get(f"/bo-chi-so/{PLAN}/CLPV-766/?don-vi=d695&ky=2025-Q2").content.decode()
    assert "64 điểm chưa biết" in page
    assert page.count('<span class="flag quiet">chưa biết</span>') == 19 - 3


def test_a_denominator_that_is_the_larger_of_two_counts() -> None:
    own = Reading(Status.MEASURED, Fraction(8, 10), 8, 10)
    assert over_the_larger(own, 16).value == Fraction(1, 2)
    assert over_the_larger(own, 9).value == Fraction(8, 10)
    unknown = over_the_larger(own, None)
    assert (unknown.status, unknown.why) == (Status.UNKNOWN, LARGER_UNKNOWN)
    nothing = Reading(Status.NOT_APPLICABLE, None, 0, 0)
    assert over_the_larger(nothing, 0).status is Status.NOT_APPLICABLE
    assert over_the_larger(nothing, 5).value == 0


def test_a_leaf_opens_to_its_figure_in_the_same_period_and_unit(site: None) -> None:
    client = Client()
    page = client.get(f"/bo-chi-so/{PLAN}/XH-382/?don-vi=d695&ky=2025-Q2").content.decode()
    link = f"/ke-hoach/{PLAN}/chi-tieu/CQS-03/?ky=2025-Q2&amp;dia-gioi=then&amp;don-vi=d695"
    assert link in page
    assert client.get(link.replace("&amp;", "&")).status_code == 200
    for wrong in ("XH-999/", "XH-382/xep-hang/khong/", "XH-382/?ky=1999", "XH-382/?don-vi=x"):
        assert client.get(f"/bo-chi-so/{PLAN}/{wrong}").status_code in (400, 404)


def test_the_workbook_holds_what_the_pages_show(cards: CardQueries) -> None:
    answer = Client().get(f"/bo-chi-so/{PLAN}/XH-382/tai-ve.xlsx?don-vi=d695&ky=2025-Q2")
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names == ["Điểm", "co-quan-tthc", "co-quan-khac", "cap-huyen", "cap-xa"]
    tree = book.get_sheet_by_name("Điểm").to_python()
    assert tree[0][0] == "SỐ LIỆU MÔ PHỎNG"
    rows = {row[0]: row for row in tree}
    assert rows["XH-TRANG-TIN"][2] == ""  # not applicable: empty, not 0
    ranking = cards.ranking(cards.card("XH-382"), cards.card("XH-382").groups[2], QUARTER)
    sheet = [
        row for row in book.get_sheet_by_name("cap-huyen").to_python() if row[0] in range(1, 12)
    ]
    assert [row[0] for row in sheet] == [row.rank for row in ranking.ranked]


def test_the_api_tells_a_ranking_exactly(cards: CardQueries) -> None:
    where = f"/api/v1/plans/{PLAN}/scorecards/XH-382"
    answer = Client().get(f"{where}/rankings/cap-huyen?period=2025-Q2").json()
    ranking = cards.ranking(cards.card("XH-382"), cards.card("XH-382").groups[2], QUARTER)
    found = [
        (one["rank"], Fraction(one["mark"]["numerator"], one["mark"]["denominator"]))
        for one in answer["items"]
        if one["rank"]
    ]
    assert found == [(row.rank, row.mark) for row in ranking.ranked]
    assert answer["about"]["simulated"] is True
    for one in answer["items"]:
        if one["change"]:
            change = one["change"]
            assert change["before"] - change["now"] == change["own"] + change["others"]
    tree = Client().get(where).json()["card"]
    assert sum(Fraction(part["points"]["decimal"]) for part in tree["parts"]) == 100


def test_the_trial_site_has_rounds_marked_as_simulated(cards: CardQueries) -> None:
    simulate_rounds(cards.queries)
    assert sorted(Round.objects.values_list("state", "simulated")) == [
        ("appeals", True),
        ("open", True),
    ]
