"""Cases in the database: acts, acts at once, merging, splitting, contacts, the projection."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tinhso.kernel.cases import actions, contacts
from tinhso.kernel.cases.actions import Doer, Received
from tinhso.kernel.cases.contacts import Person
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.routing import RoutingRule, route
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.people import identity, keyring
from tinhso.kernel.units.models import Unit
from tinhso.measure.text import InputError, Text

pytestmark = pytest.mark.django_db

MONDAY = datetime(2025, 6, 2, 9, 0, tzinfo=LOCAL)
RESIDENT, ROUTER = Doer(SYSTEM, Role.REQUESTER), Doer(SYSTEM, Role.ROUTER)


@pytest.fixture
def commune() -> str:
    return Unit.objects.filter(level="commune").order_by("uid").values_list("uid", flat=True)[0]


def lead(unit: str) -> Doer:
    return Doer(SYSTEM, Role.LEAD, unit)


def lamp(commune: str, key: str = "", person: Person | None = None) -> Case:
    sender = contacts.keep(person)[0] if person else None
    told = Received("feedback", "Đèn đường hỏng", commune, place=commune, key=key)
    return actions.open_case(RESIDENT, told, sender, at=MONDAY)


def test_what_is_sent_twice_is_one_case(commune: str) -> None:
    assert lamp(commune, "phone-1") == lamp(commune, "phone-1")
    assert lamp(commune, "phone-2").pk != lamp(commune, "phone-1").pk
    assert Case.objects.count() == 2


def test_the_columns_follow_from_the_events(commune: str) -> None:
    case = lamp(commune)
    assert (case.state, case.waits) == ("received", "router")
    assert case.due_at == datetime(2025, 6, 9, 17, 0, tzinfo=LOCAL)
    assert case.step_due_at == datetime(2025, 6, 2, 14, 30, tzinfo=LOCAL)
    actions.act(ROUTER, case, "route", {"unit": commune}, at=MONDAY + timedelta(hours=1))
    assert (case.state, case.lead_id, case.waits) == ("assigned", commune, "lead")
    actions.act(lead(commune), case, "ask", {"text": "Cột số mấy?"}, at=MONDAY + timedelta(hours=2))
    assert (case.due_at, case.step_due_at) == (None, None)
    assert not actions.reproject(case)
    Case.objects.filter(pk=case.pk).update(state="answered", open=False)
    assert actions.reproject(case)
    case.refresh_from_db()
    assert (case.state, case.open) == ("asking", True)


def test_of_two_officers_who_answer_at_once_the_later_is_told_and_nothing_is_lost(
    commune: str,
) -> None:
    case = lamp(commune)
    actions.act(ROUTER, case, "route", {"unit": commune})
    seen = case.events
    actions.act(lead(commune), case, "answer", {"text": "Đã thay bóng"}, seen=seen)
    with pytest.raises(InputError) as refused:
        actions.act(lead(commune), case, "answer", {"text": "Đã sửa dây"}, seen=seen)
    assert [one.code for one in refused.value.problems] == ["case-meanwhile"]
    assert case.history.filter(act="answer").count() == 1


def test_an_act_that_comes_twice_is_done_once(commune: str) -> None:
    case = lamp(commune)
    first = actions.act(ROUTER, case, "note", {"text": "đã gọi"}, key="zalo-1")
    assert actions.act(ROUTER, case, "note", {"text": "đã gọi"}, key="zalo-1") == first
    assert case.history.count() == 2


def test_every_act_is_in_the_ledger_without_what_was_written(commune: str) -> None:
    case = lamp(commune)
    actions.act(ROUTER, case, "route", {"unit": commune})
    actions.act(lead(commune), case, "answer", {"text": "Gọi ông Ba 0912345678"})
    entries = Entry.objects.filter(kind="cases.case", thing=str(case.id)).order_by("at")
    assert [one.act for one in entries] == [
        "cases.case.receive", "cases.case.route", "cases.case.answer",
    ]  # fmt: skip
    assert "0912345678" not in str([one.details for one in entries])


def test_whoever_waits_for_an_answer_still_waits_after_merging_and_splitting(commune: str) -> None:
    first = lamp(commune, person=Person("Bà Tư", phone="0912 345 678"))
    second = lamp(commune, person=Person("Ông Năm", email="nam@example.com"))
    actions.act(ROUTER, second, "merge", {"case": str(first.pk)})
    assert second.merged_into == first
    names = {contacts.opened(one.contact).name for one in first.watchers.all()}
    assert names == {"Bà Tư", "Ông Năm"}
    other = actions.split(ROUTER, first, Received("feedback", "Ổ gà cạnh đó", commune))
    assert {contacts.opened(one.contact).name for one in other.watchers.all()} == names


def test_no_circles_of_merging(commune: str) -> None:
    first, second = lamp(commune), lamp(commune)
    actions.act(ROUTER, first, "merge", {"case": str(second.pk)})
    with pytest.raises(InputError):
        actions.act(ROUTER, second, "merge", {"case": str(first.pk)})
    with pytest.raises(InputError):
        actions.act(ROUTER, second, "merge", {"case": str(second.pk)})


def test_a_caller_is_known_again_by_number_and_read_by_nobody_without_the_key(commune: str) -> None:
    case = lamp(commune, person=Person("Bà Tư", phone="+84 912.345.678"))
    assert list(contacts.cases_of(phone="0912345678")) == [case]
    contact = case.watchers.get().contact
    assert b"0912345678" not in bytes(contact.sealed)
    list(identity.rotate())
    contact.refresh_from_db()
    assert contact.key_id == keyring.newest().id
    assert contacts.opened(contact).phone == "0912345678"
    assert list(contacts.cases_of(phone="0912345678")) == [case]


@pytest.mark.parametrize("phone", ["123", "09123456789012", "gọi sau"])
def test_what_cannot_be_a_number_is_refused(phone: str) -> None:
    with pytest.raises(InputError) as refused:
        contacts.keep(Person(phone=phone))
    assert [one.code for one in refused.value.problems] == ["contact-phone"]


def test_bulk_acts_stand_or_fall_one_by_one(commune: str) -> None:
    cases = [lamp(commune) for _ in range(3)]
    actions.act(ROUTER, cases[1], "reject", {"reason": "trùng"})
    done = actions.act_on_many(lambda _: ROUTER, cases, "route", {"unit": commune})
    assert [bool(one.problems) for one in done] == [False, True, False]


def test_a_private_case_is_not_made_public(commune: str) -> None:
    case = actions.open_case(RESIDENT, Received("feedback", "Tố giác", commune, private=True))
    with pytest.raises(InputError):
        actions.publish(ROUTER, case, "Tố giác", "")


# -- routing -----------------------------------------------------------------------------------------

DAY = MONDAY.date()


def rule(code: str, to: str, **more: object) -> RoutingRule:
    given: dict[str, object] = {"kinds": frozenset(), "categories": frozenset(), "since": DAY}
    return RoutingRule(code, Text(code, code), to=to, **{**given, **more})  # type: ignore[arg-type]


def test_the_first_rule_that_fits_decides_and_the_table_says_why_the_others_did_not() -> None:
    rules = [
        rule("old", "commune", since=DAY - timedelta(days=9), until=DAY),
        rule("light", "department:a", categories=frozenset({"light"}), most_open=10),
        rule("place", "commune"),
        rule("rest", "province"),
    ]
    places = {"department:a": "dept:a", "commune": "", "province": "p"}
    found = route(rules, "feedback", "light", DAY, places, {"dept:a": 11})
    assert (found.unit, found.rule and found.rule.code) == ("p", "rest")
    assert [(one.rule.code, one.fits, one.note is not None) for one in found.tried] == [
        ("old", False, False), ("light", True, True), ("place", True, True), ("rest", True, False),
    ]  # fmt: skip
    assert route(rules, "feedback", "light", DAY, places, {"dept:a": 10}).unit == "dept:a"


def test_where_no_rule_fits_a_person_decides() -> None:
    assert route([], "feedback", "", DAY, {}, {}).unit == ""
