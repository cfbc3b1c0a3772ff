"""From publication to publication a unit's rank is told from what to what."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.modules.documents.conftest import PLAN, Office
from tinhso.kernel.ledger.actor import OPERATOR
from tinhso.kernel.ledger.histories import Change, history
from tinhso.kernel.people.who import Who
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.scorecards.ranking import Ranked
from tinhso.modules.documents.rank_histories import _reckoned
from tinhso.modules.plan.actions import publish
from tinhso.modules.plan.models import PublishedFigure
from tinhso.modules.plan.queries import Lens, PlanQueries
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.scorecards import round_actions
from tinhso.modules.scorecards.queries import CardQueries

pytestmark = pytest.mark.django_db


def told(thing: str, who: Who) -> dict[str, tuple[Change, ...]]:
    """What each publication's entry says of ranks, by the publication's name."""
    found = history(who, "scorecards.card", f"{PLAN}/XH-382/{thing}")
    assert found is not None
    return {
        line.entry.thing: tuple(one for one in line.changes if one.name.vi not in PLAIN)
        for line in found.lines
        if line.entry.act == "plan.publication.publish"
    }


def said(one: Change) -> str:
    assert one.after is not None
    return one.after.vi


COUNTED = "số đơn vị có hạng"
PLAIN = {"kỳ", "địa giới", "lần", "mô phỏng"}  # what each publication is


def test_ranks_of_each_publication_are_those_that_were_measured_for_it(office: Office) -> None:
    queries, quarter = PlanQueries(workspace(), PLAN), Period.parse("2025-Q2r")
    cards, lens = CardQueries(queries), Lens(quarter, View())
    card, nobody = cards.card("XH-382"), Who(quarter.last_day)
    group = card.group("cap-huyen")
    assert group is not None
    live = cards.ranking_page(card, group, lens)
    ranked = live.ranking.ranked

    def place(row: Ranked) -> str:
        return f"{row.rank} trong {len(ranked)}"

    names = [f"{PLAN}/{period}r/then/1" for period in ("2025-Q1", "2025-Q2")]
    moved = []
    for row in ranked:
        (first,), (second,) = (told(row.unit, nobody)[name] for name in names)
        change = live.changes[row.unit]
        assert change is not None
        assert first.before is None
        assert second.before == first.after
        assert (said(first), said(second)) == (f"{change.before} trong {len(ranked)}", place(row))
        moved += [place(row)] * (change.now != change.before)
    own = [one for one in told("cap-huyen", nobody)[names[1]] if one.name.vi != COUNTED]
    assert [said(one) for one in own] == moved

    # What was published wrongly is corrected: the entry tells from which rank to which.
    best = ranked[0].unit
    figures = PublishedFigure.objects.filter(publication__period="2025-Q2r", unit=best)
    figures.filter(numerator__gt=0).update(numerator=0)
    _reckoned.cache_clear()
    more = {"by": "Sở", "reason": "Đăng lại", "all_levels": False}
    again = publish(OPERATOR, queries, quarter, View(), **more).publication.name  # type: ignore[arg-type]
    (corrected,) = told(best, nobody)[again]
    (wrong,) = told(best, nobody)[names[1]]
    assert corrected.before == wrong.after != corrected.after
    assert said(corrected) == place(ranked[0])
    _reckoned.cache_clear()


def test_the_public_reads_of_publications_and_not_of_rounds(office: Office) -> None:
    card = workspace().plans[PLAN].pack.scorecards["XH-382"]
    unit = "c25363.2025"
    round_actions.open_round(
        *(OPERATOR, card, card.groups[-1], (unit,)), plan=PLAN, period="2025-Q2", unit="p70",
        assess_by=Who(Period.parse("2026-Q4").last_day).day, by="Cơ quan",
    )  # fmt: skip
    client = Client()
    page = client.get(f"/bo-chi-so/{PLAN}/XH-382/", {"don-vi": unit}).content.decode()
    assert "vat=binh-phuoc-2025%2FXH-382%2Fc25363.2025" in page
    answer = client.get(
        "/nhat-ky/lich-su/", {"loai": "scorecards.card", "vat": f"{PLAN}/XH-382/{unit}"}
    )
    said = answer.content.decode()
    assert "Công bố lần công bố số liệu của kế hoạch" in said
    assert "ở đợt tự chấm" not in said
    for wrong in (f"{PLAN}/XH-382/khong-co", f"{PLAN}/DTI-2022/p70", f"{PLAN}/XH-382", "x/y/z"):
        answer = client.get("/nhat-ky/lich-su/", {"loai": "scorecards.card", "vat": wrong})
        assert answer.status_code == 404
