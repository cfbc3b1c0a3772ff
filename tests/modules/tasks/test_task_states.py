"""A task's state follows from its facts and the day, and from nothing else."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.modules.tasks.facts import (
    DATED,
    MONTHS,
    Ask,
    Decision,
    Extension,
    Facts,
    Report,
    Rhythm,
    Version,
    dues,
)
from tinhso.modules.tasks.states import (
    ENDED,
    Because,
    Rules,
    State,
    circle,
    rules,
    status_of,
    statuses,
)
from tinhso.modules.tasks.urging import Wanted, needs

RULES = rules()
CONFIRMING = (Wanted.CONFIRM, Wanted.CONFIRM_PART)
GIVEN, DUE = date(2025, 1, 15), date(2025, 6, 30)
ONCE = Version(1, GIVEN, Rhythm.ONCE, None, DUE)


def at(facts: Facts, day: date, finished: bool = True) -> State:
    found = status_of(facts, day, RULES, lambda _: finished)
    assert found is not None
    return found.state


def done(on: date, told: date, decided: date | None = None, **more: object) -> Report:
    decision = Decision.WAITING if decided is None else Decision.ACCEPTED
    return Report(1, told, done_on=on, decision=decision, decided_on=decided, **more)  # type: ignore[arg-type]


def test_the_deadline_s_own_day_is_in_time_and_the_next_day_is_overdue() -> None:
    facts = Facts((ONCE,), (Report(1, date(2025, 6, 20), percent=90),))
    assert at(facts, DUE) is State.IN_PROGRESS
    assert at(facts, DUE + timedelta(days=1)) is State.OVERDUE


def test_done_counts_from_the_day_of_doing_once_somebody_has_confirmed_it() -> None:
    report = done(DUE, date(2025, 7, 2), date(2025, 7, 10))
    facts = Facts((ONCE,), (report,))
    assert at(facts, date(2025, 7, 1)) is State.OVERDUE
    told = status_of(facts, date(2025, 7, 5), RULES)
    assert told is not None
    assert (told.state, told.because) == (State.IN_PROGRESS, Because.SAID_DONE)
    assert at(facts, date(2025, 7, 10)) is State.DONE_IN_TIME
    late = Facts((ONCE,), (replace(report, done_on=date(2025, 7, 1)),))
    assert at(late, date(2025, 7, 5)) is State.OVERDUE
    assert at(late, date(2025, 7, 10)) is State.DONE_LATE


def test_a_completion_that_was_returned_is_none() -> None:
    report = replace(done(DUE, DUE, date(2025, 7, 3)), decision=Decision.REFUSED)
    assert at(Facts((ONCE,), (report,)), date(2025, 7, 3)) is State.OVERDUE


def test_more_time_counts_from_the_day_it_was_granted() -> None:
    longer = Version(2, date(2025, 7, 8), Rhythm.ONCE, None, date(2025, 9, 30), reason="gia hạn")
    facts = Facts((ONCE, longer), (Report(1, date(2025, 7, 1), percent=60),))
    assert at(facts, date(2025, 7, 7)) is State.OVERDUE
    assert at(facts, date(2025, 7, 8)) is State.IN_PROGRESS


def test_no_known_deadline_is_never_overdue_and_its_end_is_not_called_in_time() -> None:
    for rhythm in (Rhythm.UNKNOWN, Rhythm.CONTINUOUS):
        facts = Facts((Version(1, GIVEN, rhythm),))
        assert at(facts, date(2035, 1, 1)) is State.NOT_STARTED
        ended = replace(facts, reports=(done(DUE, DUE, DUE),))
        assert at(ended, date(2035, 1, 1)) is State.DONE_UNDATED


def test_waiting_is_for_an_unfinished_task_or_an_unanswered_request() -> None:
    facts = Facts((replace(ONCE, needs=frozenset({"x"})),))
    assert at(facts, date(2025, 3, 1), finished=False) is State.WAITING
    assert at(facts, date(2025, 3, 1), finished=True) is State.NOT_STARTED
    asked = Facts((ONCE,), asks=(Ask(1, "p70", date(2025, 3, 1), date(2025, 3, 20)),))
    assert at(asked, date(2025, 3, 19)) is State.WAITING
    assert at(asked, date(2025, 3, 20)) is State.NOT_STARTED


@pytest.mark.parametrize(
    ("day", "percent", "told", "state"),
    [
        (date(2025, 6, 15), 95, date(2025, 5, 16), State.AT_RISK),  # silent for 30 days
        (date(2025, 6, 15), 95, date(2025, 5, 17), State.IN_PROGRESS),  # for 29
        (date(2025, 6, 14), 95, date(2025, 5, 1), State.IN_PROGRESS),  # 16 days left
        (date(2025, 4, 30), 30, date(2025, 4, 29), State.AT_RISK),  # 63 % of the time gone
        (date(2025, 4, 30), 34, date(2025, 4, 29), State.IN_PROGRESS),
    ],
)
def test_at_risk_is_what_the_rules_say(day: date, percent: int, told: date, state: State) -> None:
    assert at(Facts((ONCE,), (Report(1, told, percent=percent),)), day) is state


def test_what_recurs_is_due_at_each_period_s_end_and_one_missed_is_overdue() -> None:
    version = Version(1, GIVEN, Rhythm.QUARTERLY, date(2025, 1, 1), date(2025, 12, 31))
    first = done(date(2025, 3, 28), date(2025, 3, 28), date(2025, 4, 1), period=date(2025, 3, 31))
    facts = Facts((version,), (first,))
    assert at(facts, date(2025, 4, 2)) is State.IN_PROGRESS
    assert at(facts, date(2025, 7, 1)) is State.OVERDUE
    rest = tuple(
        replace(first, number=n, day=due, done_on=due, period=due, decided_on=due)
        for n, due in enumerate(version_dues(version), start=2)
    )
    assert at(Facts((version,), (first, *rest)), date(2026, 1, 1)) is State.DONE_IN_TIME


def version_dues(version: Version) -> tuple[date, ...]:
    return dues(version.rhythm, version.start or version.day, version.deadline)


def test_what_needs_whom() -> None:
    reports = (
        Report(1, date(2025, 5, 1), 50, decision=Decision.REFUSED, decided_on=date(2025, 5, 6)),
    )
    more = {
        "asks": (Ask(1, "c1", date(2025, 5, 2)),),
        "extensions": (Extension(1, date(2025, 6, 1), date(2025, 9, 1)),),
    }
    facts = Facts((ONCE,), reports, **more)  # type: ignore[arg-type]

    def wanted(day: date, lead: str = "p70", led: bool = True) -> list[tuple[Wanted, str]]:
        status = status_of(facts, day, RULES)
        return [(n.wanted, n.unit) for n in needs(facts, status, lead, day, RULES, led=led)]

    assert wanted(date(2025, 5, 10)) == [(Wanted.RETURNED, "p70"), (Wanted.ANSWER, "c1")]
    assert wanted(date(2025, 6, 23)) == [
        (Wanted.RETURNED, "p70"),
        (Wanted.DUE_SOON, "p70"),
        (Wanted.ANSWER, "c1"),
        (Wanted.DECIDE, ""),
    ]
    assert wanted(date(2025, 7, 1))[0] == (Wanted.OVERDUE, "p70")
    assert wanted(date(2025, 7, 1), led=False)[-1] == (Wanted.ASSIGN, "")
    ended = replace(facts, versions=(ONCE, replace(ONCE, number=2, cancelled=True)))
    status = status_of(ended, date(2025, 7, 1), RULES)
    assert needs(ended, status, "p70", date(2025, 7, 1), RULES) == []


# -- laws that hold for any facts ------------------------------------------------------------------

DAYS = st.dates(date(2025, 1, 1), date(2026, 6, 30))


@st.composite
def some_version(draw: st.DrawFn, number: int) -> Version:
    rhythm = draw(st.sampled_from(Rhythm))
    deadline = draw(DAYS) if rhythm in DATED else None
    start = draw(st.none() | DAYS)
    if start is not None and deadline is not None and start > deadline:
        start = deadline
    return Version(
        number,
        draw(DAYS),
        rhythm,
        start,
        deadline,
        cancelled=number > 1 and draw(st.booleans()),
        needs=frozenset(draw(st.sets(st.sampled_from("bc"), max_size=2))),
    )


@st.composite
def some_report(draw: st.DrawFn, number: int) -> Report:
    day = draw(DAYS)
    decision = draw(st.sampled_from(Decision))
    return Report(
        number,
        day,
        draw(st.none() | st.integers(0, 100)),
        draw(st.none() | DAYS),
        draw(st.none() | st.sampled_from([date(2025, 3, 31), date(2025, 6, 30)])),
        decision,
        None if decision is Decision.WAITING else max(day, draw(DAYS)),
        draw(st.sampled_from(["", "", "c1", "c2"])),
    )


@st.composite
def some_facts(draw: st.DrawFn) -> Facts:
    return Facts(
        tuple(draw(some_version(n)) for n in range(1, draw(st.integers(2, 4)))),
        tuple(draw(some_report(n)) for n in range(1, draw(st.integers(1, 5)))),
        tuple(Extension(n, draw(DAYS), draw(DAYS)) for n in range(1, draw(st.integers(1, 3)))),
        tuple(
            Ask(n, "p70", draw(DAYS), draw(st.none() | DAYS))
            for n in range(1, draw(st.integers(1, 3)))
        ),
    )


@given(some_facts(), DAYS, st.randoms(use_true_random=False))
def test_facts_in_any_order_give_the_same_state(
    facts: Facts, day: date, chance: random.Random
) -> None:
    def mixed(rows: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(chance.sample(rows, len(rows)))

    again = Facts(
        *(mixed(getattr(facts, name)) for name in ("versions", "reports", "extensions", "asks"))
    )  # type: ignore[arg-type]
    assert status_of(facts, day, RULES) == status_of(again, day, RULES)


@given(some_facts(), DAYS)
def test_what_happens_later_does_not_change_what_was_so(facts: Facts, day: date) -> None:
    known = Facts(
        tuple(one for one in facts.versions if one.day <= day),
        tuple(one for one in facts.reports if one.day <= day),
        tuple(one for one in facts.extensions if one.asked_on <= day),
        tuple(one for one in facts.asks if one.asked_on <= day),
    )
    assert status_of(known, day, RULES) == status_of(facts, day, RULES)


@given(some_facts(), DAYS, st.integers(0, 400))
def test_what_has_ended_stays_ended_while_nothing_happens(
    facts: Facts, day: date, later: int
) -> None:
    last = max(
        day,
        *(one.day for one in facts.versions),
        *(one.decided_on or one.day for one in facts.reports),
    )
    first = status_of(facts, last, RULES)
    assert first is not None
    if first.ended:
        assert status_of(facts, last + timedelta(days=later), RULES) == first


@given(some_facts(), DAYS)
def test_parts_never_finish_a_task_nor_keep_it_from_being_finished(facts: Facts, day: date) -> None:
    whole = replace(facts, reports=tuple(one for one in facts.reports if not one.part))
    first, second = status_of(facts, day, RULES), status_of(whole, day, RULES)
    if first is None or second is None:
        assert first is second
        return
    assert first.ended == second.ended
    assert (first.due, first.done_on) == (second.due, second.done_on)
    if first.state is not second.state:  # they tell only that something is being done
        assert first.state is State.IN_PROGRESS
        assert second.state in (State.NOT_STARTED, State.AT_RISK)


@given(some_facts(), DAYS)
def test_every_report_that_waits_is_wanted_of_the_one_who_decides(facts: Facts, day: date) -> None:
    status, seen = status_of(facts, day, RULES), facts.on(day)
    if status is None or seen is None or status.ended:
        return
    waiting = [one for one in seen.reports if one.decision is Decision.WAITING]
    for led in (True, False):
        found = needs(facts, status, "p70", day, RULES, led=led)
        asked = {(one.number, one.unit) for one in found if one.wanted in CONFIRMING}
        assert asked == {(one.number, "p70" if one.part and led else "") for one in waiting}


@given(some_facts(), DAYS)
def test_every_task_can_be_brought_to_an_end(facts: Facts, day: date) -> None:
    """From anywhere: completions for all that is due, confirmed, or a cancellation."""
    seen = facts.on(day)
    if seen is None or seen.now.cancelled:
        return
    recurs = seen.now.rhythm in MONTHS
    finishing = tuple(
        Report(
            100 + n,
            day,
            done_on=day,
            period=due if recurs else None,
            decision=Decision.ACCEPTED,
            decided_on=day,
        )
        for n, due in enumerate(seen.dues or (None,))
    )
    ended = status_of(replace(facts, reports=facts.reports + finishing), day, RULES)
    assert ended is not None
    assert ended.state in ENDED
    stop = replace(seen.now, number=100, day=day, cancelled=True)
    stopped = status_of(replace(facts, versions=(*facts.versions, stop)), day, RULES)
    assert stopped is not None
    assert stopped.state is State.CANCELLED
    assert needs(replace(facts, versions=(*facts.versions, stop)), stopped, "p70", day, RULES) == []


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.frozensets(st.sampled_from("abcdef"), max_size=3))
)
def test_a_circle_is_found_exactly_where_there_is_one(graph: dict[str, frozenset[str]]) -> None:
    reach = {one: set(to) for one, to in graph.items()}
    for _ in range(6):  # the closure, the long way round
        reach = {one: to | {c for b in to for c in reach.get(b, ())} for one, to in reach.items()}
    for start in graph:
        found = circle(graph, start)
        assert bool(found) == (start in reach[start])
        for one, following in pairwise(found):
            assert following in graph[one]


@given(st.lists(some_facts(), min_size=3, max_size=3), DAYS)
def test_states_of_many_are_those_of_each(many: list[Facts], day: date) -> None:
    known = dict(zip("abc", many, strict=True))
    found = statuses(known, day, RULES)

    def finished(key: str) -> bool:
        one = found[key]
        return one is not None and one.ended

    assert found == {key: status_of(one, day, RULES, finished) for key, one in known.items()}


@given(st.sampled_from(sorted(MONTHS)), DAYS, DAYS)
def test_due_days_rise_and_end_with_the_deadline(rhythm: Rhythm, start: date, end: date) -> None:
    start, end = min(start, end), max(start, end)
    found = dues(rhythm, start, end)
    assert found[-1] == end
    assert list(found) == sorted(set(found))
    assert all(start <= one <= end for one in found)


def test_a_rule_of_no_known_kind_is_no_rule() -> None:
    assert isinstance(RULES, Rules)
    assert {one.kind for one in RULES.rules} == {"silent", "behind", "extension"}
