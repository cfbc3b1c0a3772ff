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
    "rating": 5,
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
        unit = now.members[0] if role is Role.MEMBER and now.members else now.lead
        events.append(Event(now.last + 1, act.code, at, role, unit, data))
        now = after(now, events[-1])
    return events


@given(events=stories())
def test_the_search_for_traps_knows_every_case_that_there_can_be(events: list[Event]) -> None:
    now = fold(FEEDBACK, events)
    assert Node(now.state, now.extended, len(now.members)) in reachable(FEEDBACK)


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
    # Whoever has to act is named by the state, and can.
    if now.open:
        assert possible(now, now.state_rule.waits, events[-1].at)
        assert any(possible(now, role, late) for role in OFFICE)
        standing = read(whole, late, calendar()).state is State.STANDING
        assert standing == (now.state == "asking")
    if now.state == "consulting":
        assert now.members


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
