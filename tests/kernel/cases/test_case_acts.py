"""Cases in the database: acts, acts at once, merging, splitting, contacts, the projection."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.people import appoint
from tinhso.kernel.cases import actions, contacts, homes
from tinhso.kernel.cases.actions import Doer, Received
from tinhso.kernel.cases.as_of import open_at
from tinhso.kernel.cases.contacts import Person
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case, CaseEvent
from tinhso.kernel.cases.projection import columns
from tinhso.kernel.cases.routing import NOT_THERE, Moment, RoutingRule, hours_of, never, route
from tinhso.kernel.cases.routing import rules as routing_rules
from tinhso.kernel.cases.waiting import text_for, title_for, waiting_for
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.people import identity, keyring
from tinhso.kernel.units.register import register
from tinhso.measure.boundaries import Level
from tinhso.measure.text import InputError, Text
from tinhso.web import configuration

pytestmark = pytest.mark.django_db

MONDAY = datetime(2025, 6, 2, 9, 0, tzinfo=LOCAL)
RESIDENT, ROUTER = Doer(SYSTEM, Role.REQUESTER), Doer(SYSTEM, Role.ROUTER)


@pytest.fixture
def commune() -> str:
    return communes()[0]


def communes() -> list[str]:
    """Those of the site's province."""
    return register().descendants(homes.SITE[0](), timezone.localdate(), Level.COMMUNE)


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


def test_a_code_that_another_case_has_is_not_given_again(
    commune: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["K7HA3X", "K7HA3X", "K7HA3X", "M2PQ8R"])
    monkeypatch.setattr(actions, "short_code", lambda: next(drawn))
    codes = [lamp(commune).code for _ in range(2)]
    assert codes == ["PA-250602-K7HA3X", "PA-250602-M2PQ8R"]
    assert CaseEvent.objects.count() == 2


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


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_as_of_any_moment_the_list_is_what_it_was_then(data: st.DataObject) -> None:
    """The columns are written down after each act; the list of a moment gone by has to say the same."""
    here, there, *_ = communes()
    words = {"text": "x", "reason": "x", "units": [there], "unit": here}
    kept: list[tuple[datetime, str, dict[str, Any]]] = []
    for _ in range(data.draw(st.integers(1, 3))):
        at = MONDAY + timedelta(minutes=data.draw(st.integers(0, 9_000)))
        told = Received("feedback", "Đèn hỏng", here, place=here)
        case = actions.open_case(RESIDENT, told, at=at)
        kept.append((at, case.code, columns(case)))
        for _ in range(data.draw(st.integers(0, 7))):
            at += timedelta(minutes=data.draw(st.integers(1, 6_000)))
            now = actions.standing_of(case)
            ways = [
                (role, act)
                for role in sorted(
                    set(Role) - {Role.PUBLIC}
                )  # what readers ask for leaves a case as it is
                for act in actions.possible(now, role, at)
                if act.needs <= words.keys()
            ]
            if not ways:
                break
            role, act = data.draw(st.sampled_from(ways))
            unit = now.members[0] if role is Role.MEMBER and now.members else now.lead
            said = {name: words[name] for name in act.needs}
            actions.act(Doer(SYSTEM, role, unit), case, act.code, said, at=at)
            kept.append((at, case.code, columns(case)))
    asked = data.draw(st.sampled_from([at for at, _, _ in kept]))
    asked += timedelta(minutes=data.draw(st.integers(-60, 60)))
    stood = {code: held for at, code, held in sorted(kept, key=itemgetter(0)) if at <= asked}
    found = list(open_at(Case.objects.filter(code__in=[code for _, code, _ in kept]), asked))
    assert {one.code: columns(one) for one in found} == {
        code: held for code, held in stood.items() if held["open"]
    }
    pressing = [one.pressing_at for one in found if one.pressing_at]
    assert pressing == sorted(pressing) == [one.pressing_at for one in found][: len(pressing)]


def test_asking_back_does_not_hide_that_a_case_is_overdue(commune: str) -> None:
    case = lamp(commune)
    due = case.due_at
    assert due is not None
    actions.act(ROUTER, case, "route", {"unit": commune}, at=MONDAY + timedelta(hours=1))
    asked = due + timedelta(days=1)
    actions.act(lead(commune), case, "ask", {"text": "Cột số mấy?"}, at=asked)
    assert (case.due_at, case.pressing_at) == (due, due)
    actions.act(RESIDENT, case, "reply", {"text": "Số 7"}, at=asked + timedelta(days=9))
    assert case.due_at == due


def test_more_time_is_for_who_still_has_some(commune: str) -> None:
    case = lamp(commune)
    due = case.due_at
    assert due is not None
    actions.act(ROUTER, case, "route", {"unit": commune}, at=MONDAY + timedelta(hours=1))
    assert "extend" in [
        one.code for one in actions.possible(actions.standing_of(case), Role.LEAD, due)
    ]
    late = due + timedelta(seconds=1)
    assert "extend" not in [
        one.code for one in actions.possible(actions.standing_of(case), Role.LEAD, late)
    ]
    more = {"reason": "chờ vật tư"}
    assert problems(lambda: actions.act(lead(commune), case, "extend", more, at=late)) == [
        ("case-extend-over", "")
    ]
    actions.act(lead(commune), case, "extend", more, at=due)
    assert case.due_at is not None
    assert case.due_at > due


def test_of_what_has_ended_nobodys_opinion_is_waited_for(commune: str) -> None:
    case = lamp(commune)
    actions.act(ROUTER, case, "route", {"unit": commune})
    actions.act(lead(commune), case, "consult", {"units": communes()[1:3], "text": "Ý kiến?"})
    assert case.members.count() == 2
    actions.act(RESIDENT, case, "withdraw", {"reason": "Đã sửa"})
    assert case.members.count() == 0


def test_a_provinces_own_day_off_moves_a_cases_due_date_and_is_on_the_calendars_page(
    commune: str, tmp_path: Path, settings: object
) -> None:
    case = lamp(commune)
    assert case.due_at == datetime(2025, 6, 9, 17, 0, tzinfo=LOCAL)
    own = tmp_path / "tinh.yaml"
    day = "{on: 2025-06-05, name: {vi: Ngày của tỉnh, en: Our day}, source: 1/TB-UBND}"
    own.write_text(
        "code: tinh\nname: {vi: Tỉnh, en: Province}\nextends: vn\noff:\n" + f"  - {day}\n", "utf-8"
    )
    settings.TINHSO_CALENDAR = str(own)  # type: ignore[attr-defined]
    assert actions.reproject(case)
    case.refresh_from_db()
    assert case.due_at == datetime(2025, 6, 10, 17, 0, tzinfo=LOCAL)
    assert lamp(commune, "after").due_at == case.due_at
    page = Client().get("/lich-lam-viec/?nam=2025").content.decode()
    assert "Ngày của tỉnh" in page
    assert "1/TB-UBND" in page
    assert "Quốc khánh" in page  # the state's days stay


def test_a_wrong_calendar_is_told_by_the_setting_and_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "tinh.yaml"
    own.write_text(
        "code: tinh\nname: Tỉnh\nextends: vn\nngay_nghi: []\noff: [2025-06-05]\n", "utf-8"
    )
    monkeypatch.setenv("TINHSO_CALENDAR", str(own))
    with pytest.raises(InputError) as refused:
        configuration.calendar()
    told = [one.line("en") for one in refused.value.problems]
    assert "TINHSO_CALENDAR" in told[0]
    assert [one.partition(" (")[0].split(":")[1] for one in told[1:]] == ["4", "2", "5"], told


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


def test_what_a_reader_asks_makes_nobodys_act_stale_and_waits_once_until_it_is_settled(
    commune: str,
) -> None:
    case, reader = lamp(commune), Doer(SYSTEM, Role.PUBLIC)
    seen, changed = case.events, case.changed_at
    asked = actions.act(reader, case, "ask_hiding", {"why": "photo"})
    assert (case.hiding_asked_at, case.changed_at) == (asked.at, changed)
    with pytest.raises(InputError) as again:
        actions.act(reader, case, "ask_hiding", {"why": "text"})
    assert [one.code for one in again.value.problems] == ["case-hiding-asked"]
    actions.act(ROUTER, case, "route", {"unit": commune}, seen=seen)
    assert actions.differing(case) == []
    actions.act(ROUTER, case, "settle_hiding", {"outcome": "nothing"})
    assert case.hiding_asked_at is None
    with pytest.raises(InputError) as refused:
        actions.act(ROUTER, case, "settle_hiding", {"outcome": "nothing"})
    assert [one.code for one in refused.value.problems] == ["case-hiding-not-asked"]


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


def test_what_has_ended_is_not_split(commune: str) -> None:
    case = lamp(commune)
    stale = Case.objects.get(pk=case.pk)
    actions.act(ROUTER, case, "reject", {"reason": "Ngoài thẩm quyền"})
    told = Received("feedback", "Ổ gà cạnh đó", commune)
    assert problems(lambda: actions.split(ROUTER, stale, told)) == [("case-split-ended", "")]
    assert not case.split_into.exists()


def test_no_circles_of_merging(commune: str) -> None:
    first, second = lamp(commune), lamp(commune)
    actions.act(ROUTER, first, "merge", {"case": str(second.pk)})
    with pytest.raises(InputError):
        actions.act(ROUTER, second, "merge", {"case": str(first.pk)})
    with pytest.raises(InputError):
        actions.act(ROUTER, second, "merge", {"case": str(second.pk)})


def opening(home: str, title: str = "Đèn hỏng", **more: object) -> Case:
    return actions.open_case(RESIDENT, Received("feedback", title, home, **more))  # type: ignore[arg-type]


def problems(act: Callable[[], object]) -> list[tuple[str, str]]:
    """What is wrong, and with which field."""
    with pytest.raises(InputError) as refused:
        act()
    return [(one.code, str(one.place)) for one in refused.value.problems]


@pytest.mark.parametrize("away", ["p01", "c00004.2025"])  # Hà Nội, and its ward of Ba Đình
def test_no_door_takes_a_case_of_another_province_and_every_old_unit_of_this_one_may_be_told(
    commune: str, away: str
) -> None:
    assert away in register()
    assert problems(lambda: opening(away)) == [("case-outside", "place")]
    assert problems(lambda: opening(commune, place=away)) == [("case-outside", "place")]
    assert not Case.objects.exists()
    old = register().descendants("p70", date(2025, 6, 1), Level.COMMUNE)[0]
    case = opening("p70", place=old)
    assert (case.home_id, actions.differing(case)) == ("p70", [])
    # One that came in before such were refused is found, and comes where somebody reads it.
    Case.objects.filter(pk=case.pk).update(home=away)
    assert actions.differing(case) == ["home"]
    assert actions.reproject(case)
    case.refresh_from_db()
    assert case.home_id == homes.SITE[0]()


MARKED = "Đe\u0300n \u202ehỏng\u200b\x07 ở ngã ba"
PLAIN = "Đèn hỏng ở ngã ba"


def test_words_are_kept_composed_and_without_what_is_not_seen_by_every_act(commune: str) -> None:
    case = opening(commune, MARKED, text=f"{MARKED}\r\n{MARKED}", address=MARKED)
    assert (case.title, case.text, case.address) == (PLAIN, f"{PLAIN}\n{PLAIN}", PLAIN)
    actions.act(ROUTER, case, "route", {"unit": commune})
    actions.act(lead(commune), case, "extend", {"reason": MARKED})
    done = actions.act(lead(commune), case, "answer", {"text": MARKED, "public_text": MARKED})
    assert (done.data["text"], done.data["public_text"]) == (PLAIN, PLAIN)
    assert case.history.get(act="extend").data["reason"] == PLAIN
    actions.publish(ROUTER, case, MARKED, MARKED)
    assert (case.public_title, case.public_text) == (PLAIN, PLAIN)


def test_what_is_too_long_is_refused_with_its_field_and_never_cut(commune: str) -> None:
    long = "a" * 100_000
    assert problems(lambda: opening(commune, long, text=long, address=long)) == [
        ("feedback-too-long", name) for name in ("title", "text", "address")
    ]
    case = opening(commune, "a" * 300, text="b" * 5000)
    assert (len(case.title), len(case.text)) == (300, 5000)
    actions.act(ROUTER, case, "route", {"unit": commune})
    tried = problems(lambda: actions.act(lead(commune), case, "answer", {"text": long}))
    assert tried == [("feedback-too-long", "text")]
    add = problems(lambda: actions.act(RESIDENT, case, "add", {"text": "a" * 5001}))
    assert add == [("feedback-too-long", "text")]
    assert problems(lambda: actions.publish(ROUTER, case, long, "")) == [
        ("feedback-too-long", "title")
    ]
    actions.act(lead(commune), case, "answer", {"text": "a" * 20_000})
    assert case.history.count() == 3


def refused_merge(case: Case, into: Case, doer: Doer = ROUTER) -> list[str]:
    with pytest.raises(InputError) as refused:
        actions.act(doer, case, "merge", {"case": str(into.pk)})
    return [one.code for one in refused.value.problems]


def secret_lamp(commune: str, person: Person, channel: str = "web") -> Case:
    told = Received("feedback", "Tố giác ông Sáu", commune, "số 5", channel=channel, private=True)
    return actions.open_case(RESIDENT, told, contacts.keep(person)[0])


def test_nobody_is_merged_into_what_another_told_in_private(commune: str) -> None:
    """A number typed into a form proves nothing; a Zalo id and an address that was written from do."""
    target = secret_lamp(commune, Person("Bà Tư", phone="0912345678"))
    claims = lamp(commune, person=Person("Ai đó", phone="0912345678"))
    assert refused_merge(claims, target) == ["case-merge-private"]
    assert not target.watchers.exclude(sender=True).exists()
    told = Received("feedback", "Đèn hỏng", commune, channel="open311")
    assert refused_merge(actions.open_case(RESIDENT, told), target) == ["case-merge-private"]
    by_zalo = secret_lamp(commune, Person(zalo="77"), "zalo")
    again = lamp(commune, person=Person(zalo="77"))
    actions.act(ROUTER, again, "merge", {"case": str(by_zalo.pk)})
    assert [one.sender for one in by_zalo.watchers.all()] == [True, True]
    # Whoever was merged in before goes along, and is no sender of the private one.
    second, third = lamp(commune, person=Person(zalo="77")), lamp(commune, person=Person(zalo="78"))
    actions.act(ROUTER, third, "merge", {"case": str(second.pk)})
    assert refused_merge(second, by_zalo) == ["case-merge-private"]


def test_what_was_withdrawn_takes_in_nobody_for_it_is_not_answered(commune: str) -> None:
    target = lamp(commune)
    actions.act(RESIDENT, target, "withdraw")
    assert refused_merge(lamp(commune), target) == ["case-merge-withdrawn"]


def test_an_officer_merges_only_into_what_they_may_read(commune: str) -> None:
    other = communes()[-1]
    account = appoint("officer", commune)
    officer = Doer(SYSTEM, Role.ROUTER, commune, account.pk)
    target = lamp(other)
    assert refused_merge(lamp(commune), target, officer) == ["case-merge-unseen"]
    actions.publish(ROUTER, target, "Đèn hỏng", "")
    actions.act(officer, lamp(commune), "merge", {"case": str(target.pk)})
    actions.act(officer, lamp(commune), "merge", {"case": str(lamp(commune).pk)})


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whatever_happens_only_the_sender_reads_what_is_private(
    commune: str, data: st.DataObject
) -> None:
    """Each case holds its number in its title and text; so whoever reads one shows whose it is."""
    cases = []
    for n in range(3):
        private = data.draw(st.booleans())
        who = Person(zalo=f"z{data.draw(st.integers(0, 2))}")
        words = f"riêng của vụ {n}"
        told = Received("feedback", words, commune, words, channel="zalo", private=private)
        cases.append(actions.open_case(RESIDENT, told, contacts.keep(who)[0]))
    owner = {one.pk: contacts.opened(one.watchers.get().contact).zalo for one in cases}
    for _ in range(data.draw(st.integers(1, 8))):
        case, other = (data.draw(st.sampled_from(cases)) for _ in range(2))
        case.refresh_from_db()
        what = data.draw(
            st.sampled_from(["merge", "publish", "unpublish", "answer", "reopen", "split"])
        )
        with suppress(InputError):
            if what == "publish":
                actions.publish(ROUTER, case, "Đã duyệt", "Đã duyệt")
            elif what == "unpublish":
                actions.unpublish(ROUTER, case, "thôi")
            elif what == "answer":
                actions.act(ROUTER, case, "route", {"unit": commune})
                actions.act(
                    lead(commune), case, "answer", {"text": f"riêng, trả lời vụ {case.code}"}
                )
            elif what == "split":
                told = Received("feedback", case.title, commune, case.text, private=case.private)
                made = actions.split(ROUTER, case, told)
                owner[made.pk] = owner[case.pk]
                cases.append(made)
            else:
                actions.act(ROUTER, case, what, {"case": str(other.pk), "reason": "trùng"})
    for case in cases:
        case.refresh_from_db()
        for one in waiting_for(case):
            mine = contacts.opened(one.contact).zalo == owner[case.pk]
            read = [title_for(case, sender=one.sender).vi, text_for(case, sender=one.sender)]
            if case.private:
                read += [one.reads(event) for event in case.history.all()]
            assert mine or "riêng" not in " ".join(read)


def test_a_caller_is_known_again_by_number_and_read_by_nobody_without_the_key(
    commune: str, tmp_path: Path, settings: object
) -> None:
    settings.TINHSO_IDENTITY_KEYS = tmp_path / "identity"  # type: ignore[attr-defined]
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
        ("old", False, True), ("light", True, True), ("place", True, True), ("rest", True, False),
    ]  # fmt: skip
    assert route(rules, "feedback", "light", DAY, places, {"dept:a": 10}).unit == "dept:a"


@pytest.mark.parametrize(
    ("hours", "clock", "at_work", "holds"),
    [
        (["17:00-07:30"], "17:00", False, True),
        (["17:00-07:30"], "07:29", False, True),
        (["17:00-07:30"], "07:30", True, False),
        (["11:30-13:00"], "12:59", False, True),
        (["11:30-13:00"], "13:00", True, False),
        (["11:30-13:00", "17:00-00:00"], "18:00", False, True),
        (["off"], "09:00", False, True),  # a holiday
        (["off"], "09:00", True, False),
        (["office"], "09:00", True, True),
    ],
)
def test_a_rule_of_hours_decides_in_them_alone_and_the_table_tells_the_hour(
    hours: list[str], clock: str, at_work: bool, holds: bool
) -> None:
    duty = rule("duty", "province", hours=tuple(map(hours_of, hours)))
    rules, at = [duty, rule("place", "commune")], Moment(time.fromisoformat(clock), at_work)
    found = route(rules, "feedback", "", DAY, {"province": "p", "commune": "c"}, {}, at=at)
    assert found.unit == ("p" if holds else "c")
    note = found.tried[0].note
    assert holds == (note is None)
    assert note is None or clock in note.vi


def test_a_rule_of_places_holds_for_all_that_lies_in_them() -> None:
    rules = [rule("island", "department:x", places=frozenset({"d1"})), rule("rest", "province")]
    places = {"department:x": "dept:x", "province": "p"}
    inside = route(rules, "feedback", "", DAY, places, {}, within=("c1", "d1", "p"))
    outside = route(rules, "feedback", "", DAY, places, {}, within=("c2", "d2", "p"))
    assert (inside.unit, outside.unit) == ("dept:x", "p")
    assert [(one.fits, one.note) for one in outside.tried] == [(False, NOT_THERE), (True, None)]
    assert route(rules, "feedback", "", DAY, places, {}).unit == "p"


def test_a_rule_that_can_never_decide_is_named_and_the_packs_has_none() -> None:
    night = tuple(map(hours_of, ["off"]))
    found = [
        rule("night", "province", hours=night),
        rule("night-lamps", "commune", hours=night, categories=frozenset({"light"})),
        rule("place", "commune", most_open=5),
        rule("again", "commune"),
        rule("all", "province"),
        rule("late", "department:a"),
    ]
    assert never(found) == ["night-lamps", "late"]
    assert never(routing_rules()) == []


def test_where_no_rule_fits_a_person_decides() -> None:
    assert route([], "feedback", "", DAY, {}, {}).unit == ""
