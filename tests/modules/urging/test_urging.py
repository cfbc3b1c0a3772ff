"""Everybody is told of what is theirs, in time, and never twice."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.people import appoint, letters, sign_in
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.notices import needs
from tinhso.kernel.notices.needs import SOURCES, Need, NeedSource
from tinhso.kernel.people.accounts import seats_of
from tinhso.kernel.people.holders import Holders
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.policy import ForbiddenError
from tinhso.kernel.people.who import Who
from tinhso.measure.text import Text
from tinhso.modules.urging import queries
from tinhso.modules.urging.actions import remind, remind_at_once, remind_now
from tinhso.modules.urging.models import Digest, Reminder
from tinhso.modules.urging.rules import Channel, Of, Rule, To, rules

pytestmark = pytest.mark.usefixtures("site")

MONDAY = date(2025, 9, 8)
COMMUNE, PROVINCE = "c25363.2025", "p75.2025"
REPORT = "tasks.task:report"


def need(thing: str, due: date | None, unit: str = COMMUNE, right: str = REPORT) -> Need:
    words = Text(f"Việc {thing}", f"Work {thing}")
    return Need("test.do", thing, unit, right, words, f"/viec/{thing}/", date(2025, 8, 1), due)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Need]:
    """What rooms tell: this list, and nothing else."""
    listed: list[Need] = []

    def source(_day: date) -> Iterable[Need]:
        return list(listed)

    kinds = {"test.do": Text("làm", "do it")}
    monkeypatch.setattr("tinhso.kernel.notices.needs.SOURCES", {"test": NeedSource(kinds, source)})
    return listed


@pytest.fixture(autouse=True)
def mail(settings: object) -> None:
    settings.EMAIL_HOST = "mail.test"  # type: ignore[attr-defined]


def officer(unit: str = COMMUNE, role: str = "officer") -> Account:
    account = appoint(role, unit, f"{role}-{unit}-{uuid.uuid4().hex[:6]}")
    account.email = f"{account.username}@example.vn"
    account.save()
    return account


def who(account: Account, day: date = MONDAY) -> Who:
    return Who(day, account.pk, account.name, seats_of(account.pk, day))


# -- rules ----------------------------------------------------------------------------------------


@given(
    days=st.sets(st.integers(-30, 60), min_size=1, max_size=6),
    offset=st.integers(-60, 120),
    of=st.sampled_from([Of.DUE, Of.SINCE]),
)
def test_a_step_is_the_last_that_has_come_and_never_one_to_come(
    days: set[int], offset: int, of: Of
) -> None:
    rule = Rule("r", Text("", ""), of, tuple(sorted(days)), To.RESPONSIBLE)
    begin = date(2025, 6, 1)
    one = Need(*("k", "t", "u", "r", Text("", ""), "/", begin), due=begin if of is Of.DUE else None)
    step = rule.step(one, begin + timedelta(days=offset))
    come = [day for day in days if day <= offset]
    if of is Of.DUE and offset > 0 and max(days) <= 0:
        assert step is None  # it was to be said before the day
    else:
        assert step == (max(come) if come else None)


def test_of_what_has_a_deadline_the_way_from_before_to_long_after_is_said() -> None:
    said = []
    for offset in range(-10, 40):
        day = date(2025, 6, 30) + timedelta(days=offset)
        for rule in rules().rules:
            step = rule.step(need("x", date(2025, 6, 30)), day)
            if step is not None and (rule.code, step) not in said:
                said.append((rule.code, step))
    # It is due on a Monday: what would be said on the Sunday is said on the Friday, three days before.
    assert said[:4] == [*(("before-due", day) for day in (-7, -1, 0)), ("overdue", 1)]
    assert ("overdue-province", 30) in said
    assert not [one for one in said if one[0] == "waiting"]


def test_a_rule_in_working_days_speaks_of_a_monday_on_the_friday_before_and_not_over_holidays() -> (
    None
):
    rule = Rule(
        "r", Text("", ""), Of.DUE, (-1, 0, 2), To.HEAD, calendar=calendar("vn"), working=True
    )
    # 1 and 2 September 2025 are National Day: from Friday 29 August the next day of work is the 3rd.
    one = need("x", date(2025, 9, 3))
    steps = {day: rule.step(one, date(2025, 8, 28) + timedelta(days=day)) for day in range(10)}
    assert steps == {0: None, 1: -1, 2: -1, 3: -1, 4: -1, 5: -1, 6: 0, 7: 0, 8: 2, 9: 2}


#: Worked by hand. Nobody works from 14 to 22 February 2026 (Tết and two weekends), nor on 7, 8 and 28
#: February: on which of the month's days which step is said of what is due on the day before the colon.
TET = {
    "2026-02-13": {6: -7, 10: -3, 12: -1, 13: 0, 23: 7, 27: 14},
    "2026-02-14": {6: -7, 11: -3, 13: 0, 23: 7},
    "2026-02-16": {9: -7, 13: 0, 23: 7},
    "2026-02-20": {13: 0, 23: 3, 27: 7},
    "2026-02-21": {13: 0, 23: 1, 24: 3},
    "2026-02-22": {13: 0, 23: 1, 25: 3},
    "2026-02-23": {13: -1, 23: 0, 24: 1, 26: 3},
    "2026-02-24": {13: -3, 23: -1, 24: 0, 25: 1, 27: 3},
    "2026-02-27": {13: -7, 24: -3, 26: -1, 27: 0},
    "2026-03-02": {23: -7, 27: -1},
}


@pytest.mark.parametrize(("due", "expected"), TET.items(), ids=TET)
def test_what_falls_into_a_break_is_said_on_the_last_working_day_before_it_and_once(
    due: str, expected: dict[int, int]
) -> None:
    said: dict[int, int] = {}
    own = [rule for rule in rules().rules if rule.code in ("before-due", "overdue")]
    for number in range(2, 28):
        day = date(2026, 2, number)
        steps = [rule.step(need("x", date.fromisoformat(due)), day) for rule in own]
        for step in steps:
            if rules().works_on(day) and step is not None and step not in said.values():
                said[number] = step
    assert said == expected


def test_the_head_is_told_of_a_case_before_it_is_late() -> None:
    case = replace(need("c", MONDAY), kind="feedback.answer")
    told_on_friday = {
        rule.to for rule in rules().rules if rule.step(case, MONDAY - timedelta(days=3)) is not None
    }
    assert told_on_friday == {To.RESPONSIBLE, To.HEAD}
    assert not any(
        rule.code.startswith("case-") and rule.step(need("x", MONDAY), MONDAY) is not None
        for rule in rules().rules
    )


# -- whom -----------------------------------------------------------------------------------------


def test_the_nearest_who_may_is_told_and_nobody_above(told: list[Need]) -> None:
    mine, chief = officer(), officer(PROVINCE, "leader")
    holders = Holders(MONDAY)
    assert holders.who_may(REPORT, COMMUNE) == [mine]
    assert holders.who_may(REPORT, "c25345.2025") == [chief]
    told += [need("a", MONDAY), need("b", MONDAY, "c25345.2025")]
    assert [one.need.thing for one in queries.todays(who(mine))] == ["a"]
    assert [one.need.thing for one in queries.todays(who(chief))] == ["b"]


def test_a_former_communes_work_is_its_successors(told: list[Need]) -> None:
    heir = officer()
    told.append(need("a", MONDAY, "c25363"))
    assert [one.need.thing for one in queries.todays(who(heir))] == ["a"]


def test_what_nobody_can_do_is_shown_to_those_above(told: list[Need]) -> None:
    told.append(need("a", MONDAY))
    agency = officer(PROVINCE, "standing-agency")
    assert [one.need.thing for one in queries.nobodys(who(agency))] == ["a"]
    officer()
    assert queries.nobodys(who(agency)) == []


# -- the day's digest -----------------------------------------------------------------------------


def test_one_mail_a_day_and_each_step_once(told: list[Need]) -> None:
    mine = officer()
    told += [need("soon", MONDAY + timedelta(days=3)), need("late", MONDAY - timedelta(days=1))]
    assert remind(MONDAY) == 1
    assert remind(MONDAY) == 0
    (first,) = letters()
    assert first.to == [mine.email]
    assert "2 việc" in first.subject
    assert "Quá hạn 1 ngày" in first.body
    assert "Còn 3 ngày" in first.body
    assert remind(MONDAY + timedelta(days=1)) == 0  # no new step
    assert remind(MONDAY + timedelta(days=2)) == 1  # three days late, one day left
    assert Reminder.objects.filter(account=mine).count() == 4
    assert Entry.objects.filter(act="urging.digest.send").count() == 2


def test_what_was_done_is_said_no_more(told: list[Need]) -> None:
    officer()
    told.append(need("a", MONDAY))
    remind(MONDAY)
    told.clear()
    assert remind(MONDAY + timedelta(days=1)) == 0


def test_it_climbs_to_the_head_and_then_to_the_province(told: list[Need]) -> None:
    people = {
        officer(): "responsible",
        officer(role="leader"): "head",
        officer(PROVINCE, "standing-agency"): "province",
    }
    told.append(need("a", MONDAY - timedelta(days=30)))
    first: dict[str, int] = {}
    for after in range(31):
        remind(MONDAY - timedelta(days=30) + timedelta(days=after))
        for account, name in people.items():
            said = Reminder.objects.filter(account=account, rule__startswith="overdue")
            if said.exists():
                first.setdefault(name, after)
    # The deadline is a Saturday: the day after it is said on the Monday.
    assert first == {"responsible": 2, "head": 3, "province": 10}


def test_after_a_long_silence_only_the_last_step_is_said(told: list[Need]) -> None:
    mine = officer()
    told.append(need("a", MONDAY - timedelta(days=60)))
    remind(MONDAY)
    assert [row.step for row in Reminder.objects.filter(account=mine)] == [30]


def test_nobody_is_reminded_on_a_sunday(told: list[Need]) -> None:
    officer()
    told.append(need("a", MONDAY))
    assert remind(MONDAY - timedelta(days=1)) == 0  # a Sunday
    told.append(need("holiday", date(2025, 9, 1)))
    assert remind(date(2025, 9, 1)) == 0  # National Day
    assert remind(date(2025, 9, 3)) == 1


def test_cut_off_between_two_people_the_rest_are_told_once(
    told: list[Need], monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = [officer(), officer()]
    told.append(need("a", MONDAY))
    real, calls = Digest.objects.create, []

    def failing(**values: object) -> Digest:
        calls.append(values)
        if len(calls) == 2:
            raise OSError("the database went away")
        return real(**values)

    monkeypatch.setattr(Digest.objects, "create", failing)
    with pytest.raises(OSError, match="went away"):
        remind(MONDAY)
    monkeypatch.undo()
    told_again = need("a", MONDAY)
    with monkeypatch.context() as patch:
        patch.setattr(
            "tinhso.kernel.notices.needs.SOURCES",
            {"test": NeedSource({"test.do": Text("làm", "do")}, lambda _day: [told_again])},
        )
        assert remind(MONDAY) == 1
    assert len(letters()) == 2
    assert Digest.objects.filter(account__in=accounts, day=MONDAY).count() == 2


def test_a_flood_is_one_mail_that_counts_the_rest(told: list[Need]) -> None:
    officer()
    told += [need(f"{n:03}", MONDAY) for n in range(200)]
    remind(MONDAY, site="https://so.example.vn")
    (only,) = letters()
    assert only.body.count("- Việc") == rules().most_lines
    assert "… và 170 việc nữa." in only.body
    assert "https://so.example.vn/viec/000/" in only.body


def test_whoever_reads_english_is_told_in_english(told: list[Need]) -> None:
    account = officer()
    account.language = "en"
    account.save()
    told.append(need("a", MONDAY))
    remind(MONDAY, site="https://so.example.vn")
    (only,) = letters()
    assert "1 thing" in only.subject
    assert "Due today" in only.body
    assert "https://so.example.vn/en/viec/a/" in only.body


# -- at once --------------------------------------------------------------------------------------


def clocked(thing: str, begin: datetime, hours: float, kind: str = "feedback.route") -> Need:
    end = begin + timedelta(hours=hours)
    plain = need(thing, end.astimezone(LOCAL).date())
    return replace(plain, kind=kind, since=begin.astimezone(LOCAL).date(), clock=(begin, end))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), LOCAL)


@pytest.mark.parametrize(
    ("begin", "hours", "told_at_half"),
    [
        (at(MONDAY, 8), 4, True),  # over at noon
        (at(MONDAY, 6), 2, False),  # came before the digest of 7:00
        (at(MONDAY, 16), 15, True),  # over at 7:00 the next morning
        (at(MONDAY, 16), 15.5, False),  # the next morning's digest comes in time
        (at(MONDAY - timedelta(days=2), 10), 24, True),  # from Saturday to Sunday
        (at(MONDAY - timedelta(days=2), 10), 48, False),  # to Monday at 10:00
    ],
)
def test_at_once_is_told_what_no_digest_could_tell(
    begin: datetime, hours: float, told_at_half: bool
) -> None:
    rule = next(one for one in rules().rules if one.code == "clock")
    one, half = clocked("x", begin, hours), begin + timedelta(hours=hours / 2)
    before, over = half - timedelta(seconds=40), begin + timedelta(hours=hours)
    found = [rule.step_now(one, when, rules().digests(when)) for when in (before, half, over)]
    assert found == [None, 50 if told_at_half else None, None]


def test_a_danger_at_night_climbs_before_its_hour_is_over_and_many_are_one_message(
    told: list[Need], monkeypatch: pytest.MonkeyPatch
) -> None:
    told += [clocked(f"{n}", at(MONDAY, 22), 1) for n in range(3)]
    words = {"feedback.route": Text("điều phối", "route")}
    monkeypatch.setitem(needs.SOURCES, "feedback", NeedSource(words, lambda _day: []))
    own, head, boss = officer(), officer(role="leader"), officer(PROVINCE, "standing-agency")
    sent = [remind_at_once(at(MONDAY, 22, minute)) for minute in range(0, 60, 5)]
    assert sent == [0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1]  # at 22:30, 22:45 and 22:55
    assert [one.account for one in Digest.objects.order_by("made_at")] == [own, head, boss]
    first = letters()[0]
    assert first.subject == "Sắp hết hạn theo giờ: 3 việc"
    assert "Hạn 23:00 ngày 8/9/2025, còn 0 giờ 30 phút" in first.body
    assert remind(MONDAY + timedelta(days=1)) == 2  # a day late: own and boss hear of that


def test_who_had_it_in_the_morning_is_not_told_at_once(
    told: list[Need], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note on the case makes its time begin anew, the same is due at the same hour."""
    words = {"feedback.answer": Text("trả lời", "answer")}
    monkeypatch.setitem(needs.SOURCES, "feedback", NeedSource(words, lambda _day: []))
    officer()
    told.append(clocked("a", at(MONDAY - timedelta(days=3), 8), 81, "feedback.answer"))
    assert remind(MONDAY) == 1
    told[:] = [clocked("a", at(MONDAY, 9), 8, "feedback.answer")]
    assert remind_at_once(at(MONDAY, 14)) == 0


def test_what_waits_without_a_deadline_climbs_by_working_days(told: list[Need]) -> None:
    people = {officer(): 0, officer(role="leader"): 5, officer(PROVINCE, "standing-agency"): 15}
    begin = date(2026, 2, 9)  # a Monday; of the next five working days four come after Tết
    told.append(replace(need("a", None), since=begin))
    days = [begin + timedelta(days=n) for n in range(40)]
    for day in days:
        remind(day)
    first = {account: account.digests.earliest("day").day for account in people}
    work = [day for day in days if rules().works_on(day)]
    assert {account: work.index(day) for account, day in first.items()} == people


def test_a_rule_says_by_which_way_it_tells(told: list[Need]) -> None:
    mine = officer()
    told.append(need("a", MONDAY))
    by = {"before-due": {Channel.PAGE}}
    changed = [replace(one, by=frozenset(by.get(one.code, Channel))) for one in rules().rules]
    assert remind(MONDAY, by=replace(rules(), rules=tuple(changed))) == 1
    assert letters() == []
    assert [row.need for row in queries.said_to(who(mine))] == [told[0].key]


# -- pages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_pages_show_what_waits_and_what_was_said(client: Client, prefix: str) -> None:
    assert set(SOURCES) >= {"tasks", "reporting"}
    agency = officer(PROVINCE, "standing-agency")
    sign_in(client, agency, strong=True)
    page = client.get(f"{prefix}/viec-hom-nay/").content.decode()
    assert ("Today&#x27;s work" if prefix else "Việc hôm nay") in page
    sent = client.get(f"{prefix}/don-doc/")
    assert sent.status_code == 200


def test_a_head_sees_at_the_top_where_the_unit_stands_and_the_standing_agency_does_not(
    client: Client,
) -> None:
    sign_in(client, officer(role="leader"))
    shown = client.get("/viec-hom-nay/")
    assert [one.name.en for one in shown.context["stands"]] == ["Rank in XH-382"]
    (fact,) = shown.context["stands"][0].facts
    assert f'<a href="{fact.address}">{fact.text.vi}</a>' in shown.content.decode()
    ranking = client.get(fact.address).content.decode()
    assert "c25363.2025" in ranking
    sign_in(client, officer(PROVINCE, "standing-agency"), strong=True)
    assert client.get("/viec-hom-nay/").context["stands"] == []


def test_programs_are_told_the_same(client: Client, told: list[Need]) -> None:
    told.append(need("a", MONDAY - timedelta(days=1)))
    assert client.get("/api/v1/needs").status_code == 401
    mine, agency = officer(), officer(PROVINCE, "standing-agency")
    sign_in(client, mine)
    (one,) = client.get("/api/v1/needs").json()["items"]
    assert (one["unit"], one["due"], one["todo"]["en"]) == (COMMUNE, "2025-09-07", "do it")
    assert client.get("/api/v1/reminders").status_code == 403
    remind(MONDAY)
    sign_in(client, agency, strong=True)
    (said,) = client.get("/api/v1/reminders").json()["items"]
    assert (said["who"], said["rule"], said["step"], said["mailed"]) == (
        *(mine.name, "overdue", 1),
        True,
    )


def test_others_reminders_are_not_for_an_officer(client: Client) -> None:
    sign_in(client, officer())
    assert client.get("/viec-hom-nay/").status_code == 200
    assert client.get("/don-doc/").status_code == 403


def test_the_standing_agency_reminds_at_once_within_its_province(told: list[Need]) -> None:
    """On a Sunday too, which the worker leaves alone; nobody hears the same twice in a day."""
    sunday = date(2025, 8, 31)
    own, elsewhere, boss = officer(), officer("p01"), officer(PROVINCE, "standing-agency")
    told += [need("a", sunday), need("b", sunday, unit="p01")]
    asking = replace(who(boss, sunday), strong=True)
    with pytest.raises(ForbiddenError):
        remind_now(who(boss, sunday))  # without the second factor
    with pytest.raises(ForbiddenError):
        remind_now(replace(who(own, sunday), strong=True))
    assert remind_now(asking) == 1
    assert remind_now(asking) == 0
    assert [one.account for one in Digest.objects.all()] == [own]
    assert not Reminder.objects.filter(account=elsewhere).exists()
    entry = Entry.objects.get(act="urging.digest.send")
    assert entry.actor == str(boss.pk)
    client = Client()
    sign_in(client, boss, strong=True)
    assert "Nhắc ngay" in client.get("/don-doc/").content.decode()
    client.post("/don-doc/nhac-ngay/")  # of today: all is long said or not due
    assert client.get("/don-doc/nhac-ngay/").headers["Location"] == "/don-doc/"
