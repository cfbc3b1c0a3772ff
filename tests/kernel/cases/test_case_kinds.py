"""Kinds of cases: nothing gets stuck, and what follows from events is right on every way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.kernel.cases.kinds import OFFICE, RECEIVE, Kind, Role, kind, kinds
from tinhso.kernel.cases.soundness import Node, reachable, traps, unused
from tinhso.kernel.cases.standing import Event, Standing, after, begin, fold, possible, refusal
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.clock.clock import State, read

FEEDBACK = kind("feedback")
BEGIN = datetime(2025, 6, 2, 9, 0, tzinfo=LOCAL)


@pytest.mark.parametrize("one", kinds(), ids=lambda one: one.code)
def test_officers_alone_can_bring_every_case_to_an_end(one: Kind) -> None:
    assert traps(one) == []


@pytest.mark.parametrize("one", kinds(), ids=lambda one: one.code)
def test_every_state_is_reached_and_every_act_is_possible_some_time(one: Kind) -> None:
    assert unused(one) == []


def test_a_state_that_only_the_sender_can_leave_is_a_trap() -> None:
    acts = dict(FEEDBACK.acts)
    acts["resume"] = replace(acts["resume"], by=frozenset({Role.REQUESTER}))
    acts["reply"] = replace(acts["reply"], by=frozenset({Role.REQUESTER}))
    assert {node.state for node in traps(replace(FEEDBACK, acts=acts))} == {"asking"}


def test_waiting_for_an_opinion_that_never_comes_would_be_a_trap() -> None:
    acts = {
        code: one
        for code, one in FEEDBACK.acts.items()
        if code not in ("proceed", "hand_over", "return")
    }
    assert {node.state for node in traps(replace(FEEDBACK, acts=acts))} == {"consulting"}


# -- any sequence of acts ----------------------------------------------------------------------------

DATA = {
    "unit": "dept:a", "units": ["dept:b", "dept:c"], "text": "x", "reason": "y", "case": "z",
    "why": "photo", "outcome": "changed",
}  # fmt: skip


@st.composite
def stories(draw: st.DrawFn) -> list[Event]:
    """A case as it could be: at each step something that is possible, by somebody who may."""
    events = [Event(1, RECEIVE, BEGIN, Role.REQUESTER, data={"category": ""})]
    now = begin(FEEDBACK, events[0])
    for _ in range(draw(st.integers(0, 14))):
        at = events[-1].at + timedelta(minutes=draw(st.integers(1, 6_000)))
        ways = [(role, act) for role in Role for act in possible(now, role, at)]
        if not ways:
            break
        role, act = draw(st.sampled_from(ways))
        data = {name: DATA[name] for name in act.needs}
        if draw(st.integers(0, 3)) == 0:
            data["category"] = draw(st.sampled_from(["", "danger", "noise"]))
        unit = now.members[0] if role is Role.MEMBER and now.members else now.lead
        events.append(Event(now.last + 1, act.code, at, role, unit, data))
        now = after(now, events[-1])
    return events


#: All that the search finds, searched once.
FOUND = reachable(FEEDBACK)


@given(events=stories())
def test_the_search_for_traps_knows_every_case_that_there_can_be(events: list[Event]) -> None:
    now = fold(FEEDBACK, events)
    node = Node(now.state, now.extended, len(now.members), now.hiding_asked_at is not None)
    assert node in FOUND


@given(events=stories())
def test_what_must_hold_of_every_case(events: list[Event]) -> None:
    now = fold(FEEDBACK, events)
    late = events[-1].at + timedelta(days=400)
    whole = now.clock("whole")
    assert whole is not None
    # The whole clock runs or stands exactly as long as the case is open.
    assert (whole.end is None) == now.open
    assert all(clock.end is not None for clock in now.clocks) or now.open
    assert sum(clock.name == "whole" for clock in now.clocks) == 1 + now.reopened
    assert now.extended <= now.rule.extensions
    # Whatever it was called before, what runs has the term of what it is called now.
    for one in now.clocks:
        if one.end is None:
            given = sum(more.amount for more in one.given if more.span is one.term.span)
            assert one.term == now.rule.term(one.name, now.category).plus(given)
    asked = [one.unit for one in now.clocks if one.name == "member" and one.end is None]
    assert sorted(asked) == sorted(now.members)
    # Whoever has to act is named by the state, and can.
    if now.open:
        assert possible(now, now.state_rule.waits, events[-1].at)
        assert any(possible(now, role, late) for role in OFFICE)
        standing = read(whole, late, calendar()).state is State.STANDING
        assert standing == (now.state == "asking")
    if now.state == "consulting":
        assert now.members
    # Between two requests to hide something lies the settling of the first.
    hiding = [one.act for one in events if one.act in ("ask_hiding", "settle_hiding")]
    assert hiding == (["ask_hiding", "settle_hiding"] * len(hiding))[: len(hiding)]
    assert (now.hiding_asked_at is not None) == (len(hiding) % 2 == 1)


@given(events=stories())
def test_readers_of_the_public_page_move_nothing_and_touch_no_clock(events: list[Event]) -> None:
    now = fold(FEEDBACK, events)
    at = events[-1].at + timedelta(minutes=1)
    for rule in possible(now, Role.PUBLIC, at):
        asked = Event(now.last + 1, rule.code, at, Role.PUBLIC, data={"why": "photo"})
        after_it = after(now, asked)
        assert replace(after_it, last=now.last, hiding_asked_at=None) == replace(
            now, hiding_asked_at=None
        )


@given(events=stories(), data=st.data())
def test_as_of_any_event_a_case_is_what_it_was_then(
    events: list[Event], data: st.DataObject
) -> None:
    n = data.draw(st.integers(1, len(events)))
    step: Standing = begin(FEEDBACK, events[0])
    for event in events[1:n]:
        step = after(step, event)
    assert fold(FEEDBACK, events[:n]) == step


# -- examples that people would give ------------------------------------------------------------------


def told(*acts: tuple[str, str, Role, dict[str, object]]) -> Standing:
    events = [Event(1, RECEIVE, BEGIN, Role.REQUESTER, data={"category": ""})]
    for n, (act, at, role, data) in enumerate(acts, start=2):
        moment = datetime.fromisoformat(at).replace(tzinfo=LOCAL)
        now = fold(FEEDBACK, events)
        assert refusal(now, act, role, moment) is None, act
        events.append(Event(n, act, moment, role, "", data))
    return fold(FEEDBACK, events)


ROUTED = ("route", "2025-06-02 10:00", Role.ROUTER, {"unit": "dept:a"})


def due_at(standing: Standing, name: str, unit: str = "") -> str:
    clock = next(c for c in reversed(standing.clocks) if (c.name, c.unit) == (name, unit))
    found = clock.due(calendar())
    assert found is not None
    return f"{found.at:%d/%m %H:%M}"


def routed(category: str) -> tuple[str, str, Role, dict[str, object]]:
    return "route", "2025-06-02 10:00", Role.ROUTER, {"unit": "dept:a", "category": category}


#: Given at three on the day of receipt, Monday 2 June 2025, which began at 9:00.
MORE = ("extend", "2025-06-02 15:00", Role.LEAD, {"reason": "phải đào lên"})


def passed_on(category: str) -> tuple[str, str, Role, dict[str, object]]:
    data = {"unit": "dept:d", "reason": "việc của họ", "category": category}
    return "hand_over", "2025-06-02 16:00", Role.LEAD, data


@pytest.mark.parametrize(
    ("acts", "whole", "agency"),
    [
        # 24 hours from 9:00; 22 from 10:00.
        ([routed("danger")], "03/06 09:00", "03/06 08:00"),
        # 3 to 9 June; 3 to 6.
        ([routed("danger"), passed_on("noise")], "09/06 17:00", "06/06 17:00"),
        # Three hours more; handed over, the new agency has its own 22.
        ([routed("danger"), MORE], "03/06 12:00", "03/06 11:00"),
        ([routed("danger"), MORE, passed_on("danger")], "03/06 12:00", "03/06 14:00"),
        # What was given in hours stays hours: three after 9 June 17:00.
        ([routed("danger"), MORE, passed_on("noise")], "09/06 20:00", "06/06 17:00"),
        # Three working days more; they stay three working days after 24 hours.
        ([routed("noise"), MORE], "12/06 17:00", "11/06 17:00"),
        ([routed("noise"), MORE, passed_on("danger")], "06/06 17:00", "03/06 14:00"),
    ],
)
def test_a_case_called_something_else_has_its_terms_from_its_beginning(
    acts: list[tuple[str, str, Role, dict[str, object]]], whole: str, agency: str
) -> None:
    found = told(*acts)
    assert (due_at(found, "whole"), due_at(found, "agency")) == (whole, agency)


def test_a_second_extension_is_refused_and_the_date_stays() -> None:
    found = told(routed("noise"), MORE)
    later = datetime(2025, 6, 5, 9, 0, tzinfo=LOCAL)
    refused = refusal(found, "extend", Role.LEAD, later)
    assert refused is not None
    assert refused.code == "case-extended"
    assert due_at(found, "whole") == "12/06 17:00"


def test_each_agency_that_is_asked_has_one_clock_which_its_opinion_ends() -> None:
    def asks(day: str, *units: str) -> tuple[str, str, Role, dict[str, object]]:
        return "consult", f"{day} 09:00", Role.LEAD, {"units": list(units), "text": "?"}

    twice = (ROUTED, asks("2025-06-03", "dept:b"), asks("2025-06-04", "dept:b", "dept:c", "dept:c"))
    found = told(*twice)
    assert [one.unit for one in found.clocks if one.name == "member"] == ["dept:b", "dept:c"]
    assert due_at(found, "member", "dept:b") == "05/06 17:00"
    assert due_at(found, "member", "dept:c") == "06/06 17:00"
    said = Event(
        5,
        "opinion",
        datetime(2025, 6, 4, 10, tzinfo=LOCAL),
        Role.MEMBER,
        "dept:b",
        {"text": "được"},
    )
    found = after(found, said)
    assert [one.end is None for one in found.clocks if one.name == "member"] == [False, True]
    agency = found.clock("agency")
    assert agency is not None
    assert agency.open_pause
    found = after(found, replace(said, n=6, unit="dept:c"))
    agency = found.clock("agency")
    assert agency is not None
    assert not agency.open_pause
    assert all(one.end for one in found.clocks if one.name == "member")


def due_day(standing: Standing, name: str, now: str) -> str:
    clock = standing.clock(name)
    assert clock is not None
    found = read(clock, datetime.fromisoformat(now).replace(tzinfo=LOCAL), calendar())
    return found.if_now.day.isoformat()


def test_five_working_days_for_the_whole_and_four_for_the_agency() -> None:
    found = told(ROUTED)
    assert due_day(found, "whole", "2025-06-03 09:00") == "2025-06-09"
    assert due_day(found, "agency", "2025-06-03 09:00") == "2025-06-06"


def test_waiting_for_the_sender_stops_both_clocks_and_for_an_agency_only_the_leads_own() -> None:
    asked = ("ask", "2025-06-03 09:00", Role.LEAD, {"text": "Ở đâu?"})
    answered = ("reply", "2025-06-04 16:00", Role.REQUESTER, {"text": "Trước chợ"})
    found = told(ROUTED, asked, answered)
    assert due_day(found, "whole", "2025-06-05 09:00") == "2025-06-11"
    assert due_day(found, "agency", "2025-06-05 09:00") == "2025-06-10"
    consulted = ("consult", "2025-06-03 09:00", Role.LEAD, {"units": ["dept:b"], "text": "?"})
    went_on = ("proceed", "2025-06-04 16:00", Role.LEAD, {"reason": "không trả lời"})
    found = told(ROUTED, consulted, went_on)
    assert due_day(found, "whole", "2025-06-05 09:00") == "2025-06-09"
    assert due_day(found, "agency", "2025-06-05 09:00") == "2025-06-10"


def test_an_extension_is_given_once() -> None:
    extended = ("extend", "2025-06-03 09:00", Role.LEAD, {"reason": "chờ vật tư"})
    found = told(ROUTED, extended)
    assert due_day(found, "whole", "2025-06-03 09:00") == "2025-06-12"
    problem = refusal(found, "extend", Role.LEAD, BEGIN)
    assert problem is not None
    assert problem.code == "case-extended"


def test_a_case_is_reopened_within_fifteen_days_with_a_clock_of_its_own() -> None:
    answer = ("answer", "2025-06-03 09:00", Role.LEAD, {"text": "Đã sửa"})
    reopen = ("reopen", "2025-06-18 08:00", Role.REQUESTER, {"reason": "Đèn lại hỏng"})
    found = told(ROUTED, answer, reopen)
    assert due_day(found, "whole", "2025-06-18 08:00") == "2025-06-25"
    assert found.answered_at == datetime(2025, 6, 3, 9, 0, tzinfo=LOCAL)
    closed = told(ROUTED, answer)
    late = datetime(2025, 6, 18, 9, 1, tzinfo=LOCAL)
    problem = refusal(closed, "reopen", Role.REQUESTER, late)
    assert problem is not None
    assert problem.code == "case-reopen-late"


def test_a_named_grade_of_earlier_days_is_read_and_nobody_gives_another() -> None:
    answer = ("answer", "2025-06-03 09:00", Role.LEAD, {"text": "Đã sửa"})
    answered = told(ROUTED, answer)
    later = datetime(2025, 6, 4, 9, tzinfo=LOCAL)
    for role in Role:
        refused = refusal(answered, "rate", role, later)
        assert refused is not None
        assert refused.code == "case-act-role"
    graded = Event(answered.last + 1, "rate", later, Role.REQUESTER, data={"rating": 2})
    assert after(answered, graded) == replace(answered, last=graded.n)


def test_danger_is_measured_in_hours_day_and_night() -> None:
    event = Event(1, RECEIVE, datetime(2026, 2, 16, 23, 0, tzinfo=LOCAL), Role.REQUESTER,
                  data={"category": "danger"})  # fmt: skip
    found = begin(FEEDBACK, event)
    assert due_day(found, "whole", "2026-02-16 23:30") == "2026-02-17"


def test_a_member_does_not_answer_for_the_lead() -> None:
    found = told(ROUTED)
    problem = refusal(found, "answer", Role.MEMBER, BEGIN)
    assert problem is not None
    assert problem.code == "case-act-role"
