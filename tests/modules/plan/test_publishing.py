"""What was published stays as published; a later figure is a revision with a reason (rule 9)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from tests.people import appoint, sign_in
from tinhso.kernel.ledger.actor import OPERATOR
from tinhso.kernel.ledger.models import Entry
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.text import InputError
from tinhso.modules.plan.actions import publish
from tinhso.modules.plan.models import Publication, PublishedFigure
from tinhso.modules.plan.published import versions
from tinhso.modules.plan.queries import PlanQueries
from tinhso.modules.plan.workspace import workspace

pytestmark = pytest.mark.usefixtures("site")

QUARTER = Period.parse("2025-Q1")


def test_a_figure_that_changed_is_published_again_only_with_a_reason() -> None:
    queries = PlanQueries(workspace(), "binh-phuoc-2025")
    first = publish(OPERATOR, queries, QUARTER, View(), by="Sở", reason="", all_levels=False)
    with pytest.raises(InputError, match="nothing to publish"):
        publish(OPERATOR, queries, QUARTER, View(), by="Sở", reason="", all_levels=False)
    PublishedFigure.objects.filter(indicator="CQS-03", unit="p70").update(numerator=1)
    with pytest.raises(InputError, match="CQS-03 p70"):
        publish(OPERATOR, queries, QUARTER, View(), by="Sở", reason="  ", all_levels=False)
    second = publish(
        OPERATOR, queries, QUARTER, View(), by="Sở", reason="Đính chính", all_levels=False
    )
    assert (first.publication.number, second.publication.number, second.changed) == (1, 2, 1)
    told = Entry.objects.filter(act="plan.publication.publish").order_by("id")
    assert [(e.actor, e.unit, e.thing[-2:], e.details["reason"]) for e in told] == [
        ("operator", "p70", "/1", ""),
        ("operator", "p70", "/2", "Đính chính"),
    ]
    now = queries.figures.value("CQS-03", "p70", QUARTER, View())
    newest, oldest = versions("binh-phuoc-2025", now)
    assert (newest.numerator, newest.differs, newest.reason) == (
        now.numerator.amount,
        False,
        "Đính chính",
    )
    assert (oldest.numerator, oldest.differs) == (1, True)


def test_of_two_who_publish_at_once_the_later_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """On PostgreSQL neither sees the other's publication before it is committed."""
    queries = PlanQueries(workspace(), "binh-phuoc-2025")
    publish(OPERATOR, queries, QUARTER, View(), by="Sở", reason="", all_levels=False)
    monkeypatch.setattr("tinhso.modules.plan.actions.Publication.objects.filter", unseen)
    with pytest.raises(InputError, match="just published"), transaction.atomic():
        publish(OPERATOR, queries, QUARTER, View(), by="Ban", reason="", all_levels=False)


def unseen(**_: object) -> QuerySet[Publication]:
    return Publication.objects.none()


def test_the_database_itself_refuses_a_revision_without_a_reason() -> None:
    facts = {"plan": "p", "period": "2025", "view": "then", "snapshot": 1, "simulated": True}
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.create(
            **facts, number=2, reason="", published_at="2025-01-01T00:00Z", published_by="x"
        )


def test_the_standing_agency_publishes_on_its_page(site: None) -> None:
    client = Client()
    sign_in(client, appoint("standing-agency", "p75.2025", "thuong-truc"), strong=True)
    address = "/ke-hoach/binh-phuoc-2025/cong-bo/"
    page = client.post(address, {"period": "2025-Q1", "reason": ""}, follow=True)
    assert page.status_code == 200
    assert "standing-agency, Thành phố Đồng Nai" in page.content.decode()
    again = client.post(address, {"period": "2025-Q1", "reason": "thử"})
    assert again.status_code == 400
    assert "giống lần công bố trước" in again.content.decode()
    for period in ("quý một", "2030", "1999-Q1"):
        wrong = client.post(address, {"period": period})
        assert wrong.status_code == 400, period
    assert Publication.objects.count() == 1
    entry = Entry.objects.get(act="plan.publication.publish")
    assert (entry.unit, entry.channel) == ("p70", "web")


def test_a_period_that_has_not_ended_is_not_published() -> None:
    queries = PlanQueries(workspace(), "binh-phuoc-2025")
    running = Period.parse(f"{timezone.localdate():%Y-%m}")
    with pytest.raises(InputError, match="has not ended"):
        publish(OPERATOR, queries, running, View(), by="Sở", reason="", all_levels=False)


def test_the_page_offers_and_takes_only_periods_that_have_ended(
    site: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    for unit in ("p70", "p75.2025"):  # before and after the merger
        account = appoint("standing-agency", unit, "thuong-truc")
    sign_in(client, account, strong=True)
    address = "/ke-hoach/binh-phuoc-2025/cong-bo/"

    def offered(day: date) -> set[str]:
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: day)
        page = client.get(address)
        assert page.status_code == 200
        return {code for code, _ in page.context["periods"]}

    on_the_last_day, a_day_later = offered(date(2025, 9, 30)), offered(date(2025, 10, 1))
    assert a_day_later - on_the_last_day == {"2025-09", "2025-Q3", "2025-09-ytd"}
    assert {"2025-09r", "2025-Q3r"} <= on_the_last_day
    assert not {"2025", "2025-Q4", "2025-10", "2025-10r"} & a_day_later
    refused = client.post(address, {"period": "2025-10"})
    assert refused.status_code == 400
    assert "chưa kết thúc" in refused.content.decode()
    assert offered(date(2025, 1, 1)) == set()
    assert "Chưa kỳ nào của kế hoạch kết thúc" in client.get(address).content.decode()
    assert not Publication.objects.exists()


def test_without_a_second_factor_nothing_is_published(site: None) -> None:
    client = Client()
    sign_in(client, appoint("standing-agency", "p75.2025", "thuong-truc"))
    page = client.post("/ke-hoach/binh-phuoc-2025/cong-bo/", {"period": "2025-Q1"})
    assert page.status_code == 403
    assert "lớp xác thực thứ hai" in page.content.decode()
    assert not Publication.objects.exists()
