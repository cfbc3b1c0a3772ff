"""Rows owed to a stream come into the lake once, however often they are brought."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.utils import timezone

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases import contacts
from tinhso.kernel.cases.actions import Doer, Received
from tinhso.kernel.cases.contacts import Person
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.records import PLACES
from tinhso.kernel.ledger import delivering
from tinhso.kernel.ledger.actor import OPERATOR, SYSTEM
from tinhso.kernel.ledger.delivering import Parcel
from tinhso.kernel.ledger.delivery_actions import retry
from tinhso.kernel.ledger.models import Delivery
from tinhso.kernel.ledger.outbox import RECORDS
from tinhso.kernel.units.register import register
from tinhso.measure.ingest import batches
from tinhso.measure.lake import LakeSettings
from tinhso.measure.periods import Period, PeriodKind
from tinhso.measure.places import View
from tinhso.modules.plan.workspace import Workspace
from tinhso.modules.surveys import actions as surveys
from tinhso.modules.surveys import tickets
from tinhso.web import work


@pytest.fixture
def place(tmp_path: Path, db: None, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    made = Workspace(
        settings.TINHSO_PACKS, LakeSettings(tmp_path / "lake"), tmp_path / "cubes", register()
    )
    monkeypatch.setattr(work, "workspace", lambda: made)
    return made


def parcel(code: str, amount: int, uid: UUID, days_ago: int = 0) -> Parcel:
    row = {
        "transaction_code": code,
        "unit_code": "70",
        "procedure_code": "1.1",
        "paid_at": "2025-01-02",
        "amount": amount,
        "channel": "cash",
    }
    owed_at = timezone.now() - timedelta(days=days_ago)
    return Parcel(uid, RECORDS, f"payments/{code}", {"rows": [row]}, owed_at)


def test_a_delivery_that_was_brought_changes_nothing_when_it_comes_again(place: Workspace) -> None:
    old, new = uuid4(), uuid4()
    work.bring_in([parcel("K1", 5, old, days_ago=40)])
    work.bring_in([parcel("K1", 7, new)])
    # The first comes again (its worker died before marking it): what was owed later still stands.
    work.bring_in([parcel("K1", 5, old, days_ago=40), parcel("K2", 1, uuid4())])
    work.bring_in([parcel("K1", 7, new)])
    with closing(place.connection()) as connection:
        assert [(e.rows_added, e.rows_corrected) for e in batches(connection)] == [
            (1, 0),
            (0, 1),
            (1, 0),
        ]
        rows = connection.execute("SELECT transaction_code, amount FROM lake.payments ORDER BY 1")
        assert rows.fetchall() == [("K1", 7), ("K2", 1)]


COMMUNE, NEIGHBOUR = "c25363.2025", "c25195.2025"
SENDER = Doer(SYSTEM, Role.REQUESTER)
ROUTER = Doer(SYSTEM, Role.ROUTER)
LEAD = Doer(SYSTEM, Role.LEAD, COMMUNE)


def deliver() -> None:
    """What the worker does with the records that are owed."""
    while Delivery.objects.filter(topic=RECORDS, state="waiting").exists():
        taken = delivering.take()
        if not taken:
            break
        delivering.deliver(taken)


def answered_question() -> Case:
    sender, _ = contacts.keep(Person("Bà Tư"))
    told = Received("question", "Câu hỏi", "p75.2025", category="xay-dung", place=COMMUNE)
    case = cases.open_case(SENDER, told, sender)
    cases.act(ROUTER, case, "route", {"unit": COMMUNE})
    for what in ("draft", "review", "answer"):
        cases.act(LEAD, case, what, {"text": "Được."})
    return case


def answered_report() -> Case:
    case = cases.open_case(SENDER, Received("feedback", "Ổ gà", COMMUNE, place=COMMUNE))
    # The place is one commune's, the agency that answers another's.
    cases.act(ROUTER, case, "route", {"unit": NEIGHBOUR})
    lead = Doer(SYSTEM, Role.LEAD, NEIGHBOUR)
    cases.act(lead, case, "answer", {"text": "Đã vá", "public_text": "Đã vá"})
    return case


def closed_sheets(today: date) -> None:
    """Five about questions that the commune answered, five about reports on it that another answered."""
    for rating in ("5", "4", "4", "2", "1"):
        for one in (
            tickets.fresh(COMMUNE, "question", today),
            tickets.fresh(NEIGHBOUR, "feedback", today, place=COMMUNE),
        ):
            surveys.answer(tickets.written(one), {"rating": rating}, "", today)
    surveys.close_sheets(SYSTEM, today + timedelta(days=60))


def test_what_the_rooms_owe_is_taken_by_their_streams_and_found_in_the_figures(
    place: Workspace,
) -> None:
    """A question, a report and sheets of five, of one commune: each stream has its record, and the
    commune's figures are those that a reader of all would reckon by hand."""
    long_ago = timezone.localdate() - timedelta(days=60)
    waiting = cases.open_case(SENDER, Received("question", "Mới hỏi", "p75.2025"))
    question, report = answered_question(), answered_report()
    closed_sheets(long_ago)
    deliver()
    refused = Delivery.objects.filter(topic=RECORDS).exclude(state="done")
    assert [(one.key, one.last_error) for one in refused] == []
    place.measure()
    figures = place.figures("binh-phuoc-2025")

    def parts(code: str, day: date, unit: str = COMMUNE) -> tuple[int | None, int | None]:
        value = figures.value(code, unit, Period.of(PeriodKind.MONTH, day.year, day.month), View())
        return value.numerator.amount, value.denominator.amount

    today = timezone.localdate()
    assert parts("BT-HOI-DUNG-HAN", today) == (1, 1)
    assert parts("BT-HOI-CONG-KHAI", today) == (0, 1)
    # The place is one commune's, the agency that answers another's.
    assert parts("BT-PA-DUNG-HAN", today, NEIGHBOUR) == (1, 1)
    assert parts("BT-NOI-PA-DUNG-HAN", today, NEIGHBOUR)[1] in (None, 0)
    assert parts("BT-NOI-PA-DUNG-HAN", today) == (1, 1)
    assert parts("BT-NOI-HOI-DUNG-HAN", today) == (1, 1)
    assert parts("BT-HOI-TAI-CHO", today) == (1, 1)
    assert parts("BT-PA-TAI-CHO", today, NEIGHBOUR) == (0, 1)
    last = tickets.last_day(tickets.half_month(long_ago))
    assert parts("BT-HAI-LONG", last) == (3, 5)
    assert parts("BT-PA-HAI-LONG", last)[1] in (None, 0)
    assert parts("BT-PA-HAI-LONG", last, NEIGHBOUR) == (3, 5)
    assert parts("BT-NOI-PA-HAI-LONG", last) == (3, 5)
    assert parts("BT-NOI-PA-HAI-LONG", last, NEIGHBOUR)[1] in (None, 0)
    with closing(place.connection()) as connection:
        rows = connection.execute("SELECT question_code, unit_code, state FROM lake.questions")
        assert sorted(rows.fetchall()) == sorted(
            [(waiting.code, "75", "received"), (question.code, "25363", "answered")]
        )
        assert connection.execute("SELECT case_code FROM lake.feedback").fetchall() == [
            (report.code,)
        ]


def test_records_that_were_owed_in_a_form_that_no_stream_takes_are_made_anew_when_sent_again(
    place: Workspace,
) -> None:
    case = answered_question()
    closed_sheets(timezone.localdate() - timedelta(days=60))
    for one in Delivery.objects.filter(topic=RECORDS).exclude(key__startswith=PLACES):
        (row,) = one.payload["rows"]
        unit = "unit_code" if "unit_code" in row else "place_code"
        one.payload = {"rows": [{**row, unit: COMMUNE}]}  # a uid, as 0.1 wrote it
        one.save(update_fields=["payload"])
    deliver()
    stuck = Delivery.objects.filter(topic=RECORDS, state="waiting", next_try_at=None)
    assert {one.key.partition("/")[0] for one in stuck} == {
        "questions", "satisfaction", "satisfaction_places",
    }  # fmt: skip
    assert "không có đơn vị nào mang mã" in stuck[0].last_error
    for one in stuck:
        retry(one.uid, OPERATOR)
    deliver()
    assert not Delivery.objects.filter(topic=RECORDS).exclude(state="done").exists()
    with closing(place.connection()) as connection:
        rows = connection.execute("SELECT question_code, unit_code, state FROM lake.questions")
        assert rows.fetchall() == [(case.code, "25363", "answered")]
        rows = connection.execute(
            "SELECT unit_code, matter, answers, satisfied FROM lake.satisfaction ORDER BY matter"
        )
        assert rows.fetchall() == [("25195", "feedback", 5, 3), ("25363", "question", 5, 3)]
        rows = connection.execute("SELECT place_code, answers FROM lake.satisfaction_places")
        assert rows.fetchall() == [("25363", 5)]
