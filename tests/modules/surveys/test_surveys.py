"""Anonymous surveys: once each, only of groups, and nobody can tell who answered what."""

from __future__ import annotations

import itertools
import logging
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.apps import apps
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.people import appoint, sign_in
from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases import contacts
from tinhso.kernel.cases.actions import Doer, Received
from tinhso.kernel.cases.contacts import Person
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case, Contact
from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.ledger.models import Delivery, Entry
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.models import Unit
from tinhso.measure.text import InputError
from tinhso.modules.surveys import actions, queries, tickets
from tinhso.modules.surveys.models import Sheet
from tinhso.modules.surveys.sample import simulate_sheets
from tinhso.web.watch.logs import JsonLines

pytestmark = pytest.mark.django_db

PROVINCE = "p75.2025"
DAY = date(2025, 7, 10)
CLOSED = tickets.last_day("2025-07a") + timedelta(days=16)


@pytest.fixture
def unit() -> str:
    """A commune of the site's province."""
    return Unit.objects.get(uid="c25363.2025").uid


def ended(unit: str, kind: str = "feedback", place: str = "") -> tuple[Case, Contact, str]:
    contact, secret = contacts.keep(Person("Bà Tư"))
    told = Received(kind, "Việc", unit, place=place)
    case = cases.open_case(Doer(SYSTEM, Role.REQUESTER), told, contact)
    cases.act(Doer(SYSTEM, Role.ROUTER), case, "reject", {"reason": "trùng"})
    return case, contact, secret


def answer_all(
    unit: str, ratings: list[str], remarks: list[str] | None = None, place: str = ""
) -> None:
    for number, said in enumerate(ratings):
        case, contact, _ = ended(unit, place=place)
        ticket = actions.give(SYSTEM, case, contact, DAY)
        remark = remarks[number] if remarks else ""
        actions.answer(ticket, {"rating": said}, remark, DAY)


def test_one_case_has_one_ticket_and_one_ticket_one_answer(unit: str) -> None:
    case, contact, _ = ended(unit)
    ticket = actions.give(SYSTEM, case, contact, DAY)
    with pytest.raises(InputError) as refused:
        actions.give(SYSTEM, case, contact, DAY)
    assert [one.code for one in refused.value.problems] == ["survey-given"]
    actions.answer(ticket, {"rating": "5"}, "", DAY)
    with pytest.raises(InputError) as refused:
        actions.answer(ticket, {"rating": "1"}, "", DAY)
    assert [one.code for one in refused.value.problems] == ["survey-used"]
    assert Sheet.objects.get().totals == {"rating": {"5": 1}}


def test_a_ticket_cannot_be_made_up_or_changed_or_kept_too_long(unit: str) -> None:
    case, contact, _ = ended(unit)
    ticket = actions.give(SYSTEM, case, contact, DAY)
    for wrong in ("", "x", ticket[:-2] + "zz", ticket.replace(ticket[3], "A", 1) + "A"):
        with pytest.raises(InputError):
            actions.answer(wrong, {"rating": "5"}, "", DAY)
    with pytest.raises(InputError) as refused:
        actions.answer(ticket, {"rating": "5"}, "", CLOSED)
    assert [one.code for one in refused.value.problems] == ["survey-over"]
    with pytest.raises(InputError) as refused:
        actions.answer(ticket, {"solved": "maybe"}, "x" * 400, DAY)
    assert {one.code for one in refused.value.problems} == {
        "survey-rating", "survey-answer", "survey-remark",
    }  # fmt: skip


def test_an_open_case_has_no_ticket(unit: str) -> None:
    contact, _ = contacts.keep(Person())
    case = cases.open_case(Doer(SYSTEM, Role.REQUESTER), Received("feedback", "x", unit), contact)
    with pytest.raises(InputError):
        actions.give(SYSTEM, case, contact, DAY)


def test_small_groups_and_open_half_months_are_never_told(unit: str) -> None:
    nobody = Who(CLOSED)
    answer_all(unit, ["5", "4", "2", "5"])
    assert queries.results(nobody) == []
    answer_all(unit, ["1"])
    assert queries.results(nobody) == []  # five, but the half-month is not over
    assert actions.close_sheets(SYSTEM, CLOSED - timedelta(days=1)) == 0
    assert actions.close_sheets(SYSTEM, CLOSED) == 1
    (found,) = queries.results(nobody)
    assert (found.answers, found.satisfied, found.remarks) == (5, Fraction(3, 5), ())
    (owed,) = Delivery.objects.filter(key__startswith="satisfaction/")
    assert owed.payload["rows"][0]["satisfied"] == 3


def test_each_question_is_told_with_its_own_count_and_never_of_fewer_than_the_smallest_group() -> (
    None
):
    """Two units. In the one six say whether it was settled and four whether it was clear; in the other
    five say the latter. The four are told nowhere: not by themselves, and not by subtraction."""
    one, two = Unit.objects.filter(level="commune").order_by("uid")[:2]

    def sheet(unit: Unit, **totals: dict[str, int]) -> None:
        Sheet.objects.create(
            unit=unit, matter="feedback", half_month="2025-07a", totals=totals, closed=True
        )

    sheet(one, rating={"5": 4, "1": 2}, solved={"yes": 3, "partly": 2, "no": 1}, clear={"no": 4})
    sheet(two, rating={"4": 5}, clear={"yes": 4, "no": 1})
    first, second = queries.results(Who(CLOSED))
    told = {one.question.code: one for one in first.more}
    assert (told["solved"].answers, [s.share for s in told["solved"].shares]) == (
        6, [Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)],
    )  # fmt: skip
    assert (told["clear"].answers, told["clear"].shares) == (0, ())
    whole = {one.question.code: one for one in queries.together(simulated=False)}
    assert (whole["rating"].answers, whole["solved"].answers) == (11, 6)
    assert (
        [s.count for s in whole["clear"].shares]
        == [4, 0, 1]
        == [s.count for told in second.more if told.question.code == "clear" for s in told.shares]
    )
    page = Client().get(reverse("surveys:results")).content.decode()
    assert "dưới 5 phiếu: không thống kê" in page
    file = Client().get(reverse("surveys:download")).content.decode("utf-8-sig")
    lines = [line.split(",") for line in file.splitlines()[1:]]
    assert {line[0] for line in lines if line[4] == "clear"} == {two.uid}


def test_simulated_sheets_are_marked_and_never_added_to_real_ones() -> None:
    made = simulate_sheets("p70", 2025)
    for stream in ("satisfaction", "satisfaction_places"):
        assert {row["matter"] for row in made[stream]} == {"feedback", "question"}
        assert all(row["answers"] >= 5 for row in made[stream])
    assert len(made["satisfaction_places"]) < len(made["satisfaction"])
    assert not Delivery.objects.filter(key__startswith="satisfaction").exists()
    assert [one.answers for one in queries.together(simulated=False)] == [0, 0, 0, 0]
    page = Client().get(reverse("surveys:results")).content.decode()
    assert "Có phiếu mô phỏng" in page
    file = Client().get(reverse("surveys:download")).content.decode("utf-8-sig")
    assert {line.rsplit(",", 1)[1] for line in file.splitlines()[1:]} == {"1"}


def test_whoever_only_waits_for_a_case_has_no_ticket_of_it(unit: str) -> None:
    """Two ask the same; the one question goes on in the other. Each has the ticket of their own."""
    first, mine, _ = ended(unit, "question")
    theirs, secret = contacts.keep(Person("Ông Năm"))
    second = cases.open_case(
        Doer(SYSTEM, Role.REQUESTER), Received("question", "Việc", unit), theirs
    )
    contacts.watch(first, theirs)
    assert not actions.may_have_one(first, theirs)
    with pytest.raises(InputError) as refused:
        actions.give(SYSTEM, first, theirs, DAY)
    assert [one.code for one in refused.value.problems] == ["survey-not-sender"]
    address = reverse("questions:follow", args=[first.code, secret])
    assert Client().post(address, {"viec": "phieu"}).status_code == 400
    cases.act(Doer(SYSTEM, Role.ROUTER), second, "reject", {"reason": "trùng"})
    assert actions.give(SYSTEM, second, theirs, DAY) != actions.give(SYSTEM, first, mine, DAY)


def test_the_log_says_of_no_answer_who_was_signed_in(
    unit: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    case, contact, _ = ended(unit)
    ticket = actions.give(SYSTEM, case, contact, timezone.localdate())
    account, client = appoint("officer", unit), Client()
    sign_in(client, account)
    client.get(reverse("surveys:results"))
    client.post(reverse("surveys:answer"), {"viec": "gui", "ticket": ticket, "rating": "4"})
    facts = [one.facts for one in caplog.records if hasattr(one, "facts")]  # type: ignore[attr-defined]
    assert [(one["route"], one["account"]) for one in facts] == [
        ("surveys:results", str(account.pk)),
        ("surveys:answer", ""),
    ]
    spoken = [one for one in caplog.records if one.name.startswith("tinhso")][-1]
    assert str(account.pk) not in JsonLines().format(spoken)


def test_of_a_small_group_nothing_outlives_its_closing(unit: str) -> None:
    answer_all(unit, ["5", "1"], ["tốt", "chậm"])
    actions.close_sheets(SYSTEM, CLOSED)
    assert not Sheet.objects.exists()
    assert not Entry.objects.filter(act="surveys.sheet.close").exists()
    assert not Delivery.objects.filter(key__startswith="satisfaction/").exists()
    assert queries.results(Who(CLOSED)) == []


def test_an_answer_counts_for_the_agency_and_for_the_place_and_is_told_for_each(unit: str) -> None:
    """Twelve, of which the department settled five in the commune and none elsewhere."""
    answer_all(unit, ["5", "5", "4", "3", "2", "1", "4"], ["lời góp ý"] * 7, place=unit)
    answer_all(PROVINCE, ["5", "4", "4", "1", "2"], place=unit)
    at_place = Sheet.objects.get(by="place")
    assert (at_place.spent, at_place.remarks) == ([], [])
    assert at_place.agencies == {unit: 7, PROVINCE: 5}
    assert actions.close_sheets(SYSTEM, CLOSED) == 3
    at_place.refresh_from_db()
    assert at_place.agencies == {}
    nobody = Who(CLOSED)
    (found,) = queries.results(nobody, by=Sheet.By.PLACE)
    assert (found.unit, found.answers, found.satisfied) == (unit, 12, Fraction(7, 12))
    assert [one.answers for one in queries.results(nobody)] == [7, 5]
    # Nobody is counted twice in what is told of all.
    assert queries.together(simulated=False)[0].answers == 12
    owed = Delivery.objects.filter(topic="records", key__startswith="satisfaction").order_by("id")
    assert [(one.key.partition("/")[0], one.payload["rows"][0]["answers"]) for one in owed] == [
        ("satisfaction", 7), ("satisfaction", 5), ("satisfaction_places", 12),
    ]  # fmt: skip
    page = Client().get(reverse("surveys:results"), {"theo": "noi"}).content.decode()
    assert "Xem theo cơ quan giải quyết" in page
    assert "lời góp ý" not in page
    file = Client().get(reverse("surveys:download"), {"theo": "noi"}).content.decode("utf-8-sig")
    assert file.splitlines()[1].split(",")[4:8] == ["rating", "satisfied", "7", "12"]
    assert Client().get(reverse("surveys:results"), {"theo": "lạ"}).status_code == 404


def test_a_place_that_would_lay_a_small_group_bare_is_told_nowhere(unit: str) -> None:
    """The commune settled seven of its own, the department one: thirteen less twelve would be that one."""
    answer_all(unit, ["5"] * 7, place=unit)
    answer_all(PROVINCE, ["1"], place=unit)
    actions.close_sheets(SYSTEM, CLOSED)
    assert queries.results(Who(CLOSED), by=Sheet.By.PLACE) == []
    assert [one.answers for one in queries.results(Who(CLOSED))] == [7]
    assert not Delivery.objects.filter(key__startswith="satisfaction_places/").exists()
    assert [(one.by, one.unit_id) for one in Sheet.objects.all()] == [("agency", unit)]
    closings = Entry.objects.filter(act="surveys.sheet.close")
    assert [(one.thing, one.unit) for one in closings] == [("feedback/2025-07a", unit)]


def test_a_ticket_of_earlier_days_names_no_place_and_counts_for_the_agency(unit: str) -> None:
    old = signing.dumps([unit, "feedback", "2025-07a", "0" * 24, 0], salt=tickets.SALT)
    actions.answer(old, {"rating": "4"}, "", DAY)
    assert [one.by for one in Sheet.objects.all()] == ["agency"]


def test_the_place_of_a_ticket_is_the_unit_that_it_is_on_the_day(unit: str) -> None:
    """A case of a commune that was merged meanwhile is about the one that took it over."""
    case, contact, _ = ended(unit, place="c25363")
    assert unit == "c25363.2025"
    assert tickets.opened(actions.give(SYSTEM, case, contact, DAY), DAY, 15).place == unit


def everything() -> str:
    """All that the database holds of surveys, and all that anything else holds besides."""
    rows = []
    for model in apps.get_models():
        if model._meta.label.startswith(("units.", "contenttypes.")):
            continue
        rows += [f"{model._meta.label} {one}" for one in model.objects.values()]  # type: ignore[attr-defined]
    return "\n".join(rows)


def sheets() -> list[dict[str, Any]]:
    return [
        {k: v for k, v in one.items() if k != "id"}
        for one in Sheet.objects.order_by("by", "unit").values()
    ]


def test_no_one_who_holds_everything_can_link_an_answer_to_a_case(
    unit: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Six people of one commune, in a known order, each right after their case; somebody with the
    database, the logs and the ledger tries: by ids, by what tickets hold, by times, and by the order of
    anything.

    The last word: whoever of them said what, all that is kept is the same, letter by letter. What is
    the same for every way of sharing out the answers cannot tell which way it was.
    """
    caplog.set_level(logging.DEBUG)
    said = [
        ("5", "lời a"),
        ("1", "lời b"),
        ("4", "lời c"),
        ("2", "lời d"),
        ("5", "lời e"),
        ("3", "lời g"),
    ]
    people = [ended(unit, place=unit) for _ in said]
    nonces = iter([f"{number:024x}" for number in range(6)] * 8)
    monkeypatch.setattr(tickets.secrets, "token_hex", lambda _: next(nonces))
    given = [tickets.fresh(unit, "feedback", DAY, place=unit) for _ in people]
    kept = []
    for order in (range(6), [5, 3, 1, 0, 2, 4], [1, 0, 3, 2, 5, 4], range(5, -1, -1)):
        Sheet.objects.all().delete()
        for person, which in zip(given, order, strict=True):
            rating, remark = said[which]
            actions.answer(tickets.written(person), {"rating": rating}, remark, DAY)
        kept.append(sheets())
    assert all(one == other for one, other in itertools.pairwise(kept))

    # By ids: the sheets name no case, contact or ticket; nothing else holds a ticket.
    sheet, at_place = kept[-1]
    for case, contact, secret in people:
        for mark in (str(case.pk), case.code, str(contact.pk), secret, case.pk.hex):
            assert mark not in str(sheet) + str(at_place)
    whole = everything() + caplog.text
    for ticket in given:
        assert ticket.nonce not in whole
        assert tickets.written(ticket) not in whole
    # By times: no field of a sheet is one, and neither ledger nor outbox has anything of an answer.
    fields = {one.get_internal_type() for one in Sheet._meta.get_fields()}  # type: ignore[union-attr]
    assert not fields & {"DateTimeField", "DateField", "TimeField"}
    assert not Entry.objects.filter(act__startswith="surveys.").exists()
    # By order: what is a list stands sorted, and there are no rows to be in an order.
    assert sheet["remarks"] == sorted(sheet["remarks"])
    assert sheet["spent"] == sorted(sheet["spent"])


def test_once_closed_nothing_tells_what_was_said_about_a_place_that_is_not_told(unit: str) -> None:
    """One agency settles seven cases in one commune and one in another: whichever of the eight it was who
    is not satisfied, all that is kept is the same."""
    kept = []
    places = [unit] * 7 + ["c25210.2025"]
    for unsatisfied in (0, 7):
        Sheet.objects.all().delete()
        for number, place in enumerate(places):
            ticket = tickets.written(tickets.fresh(unit, "feedback", DAY, place=place))
            said = "1" if number == unsatisfied else "5"
            actions.answer(ticket, {"rating": said}, "", DAY)
        actions.close_sheets(SYSTEM, CLOSED)
        kept.append(sheets())
    assert kept[0] == kept[1]
    assert kept[0][0]["totals"] == {"rating": {"1": 1, "5": 7}}


def test_a_ticket_is_in_no_address_no_mail_and_no_log(
    unit: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    case, _, secret = ended(unit, "question")
    client = Client()
    address = reverse("questions:follow", args=[case.code, secret])
    page = client.post(address, {"viec": "phieu"})
    assert page.status_code == 200  # no redirect, which would carry it
    ticket = page.context["ticket"]
    sent = client.post(reverse("surveys:answer"), {"viec": "gui", "ticket": ticket, "rating": "4"})
    assert "Cảm ơn bạn" in sent.content.decode()
    nonce = tickets.opened(ticket, timezone.localdate(), 15).nonce
    found = everything() + caplog.text
    assert nonce not in found
    assert ticket not in found
    assert Entry.objects.filter(act="surveys.ticket.give").count() == 1
    assert client.post(address, {"viec": "phieu"}).status_code == 400
