"""Due dates: what was worked out by hand, and what must hold whatever the dates are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import holidays
import pytest
from cases import CASES, EXTENDED, Pauses
from hypothesis import given
from hypothesis import strategies as st

from tinhso.kernel.clock.calendar import LOCAL, Special, WorkCalendar
from tinhso.kernel.clock.calendar_files import FOLDER
from tinhso.kernel.clock.calendar_files import read as read_calendar
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.clock.clock import Clock, State, read
from tinhso.kernel.clock.terms import Pause, Span, Term, counted, due, merged
from tinhso.kernel.clock.walk import walk
from tinhso.measure.text import InputError, Text

SPANS = {"wd": Span.WORKING_DAYS, "d": Span.DAYS, "wh": Span.WORKING_HOURS, "h": Span.HOURS}
VN = calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def term_of(text: str) -> Term:
    amount, span = text.split()
    return Term(int(amount), SPANS[span.rstrip("+")], span.endswith("+"))


def pauses_of(pairs: Pauses) -> list[Pause]:
    return [Pause(at(since), at(until)) for since, until in pairs]


@pytest.mark.parametrize(("shows", "term", "begin", "pauses", "expected"), CASES, ids=lambda v: "")
def test_worked_by_hand(shows: str, term: str, begin: str, pauses: Pauses, expected: str) -> None:
    found = due(term_of(term), at(begin), pauses_of(pauses), VN)
    assert found is not None
    assert found.at == at(expected), shows


@pytest.mark.parametrize(
    ("shows", "term", "begin", "pauses", "given", "expected"), EXTENDED, ids=lambda v: ""
)
def test_more_time_worked_by_hand(
    shows: str, term: str, begin: str, pauses: Pauses, given: list[str], expected: str
) -> None:
    clock = Clock("whole", term_of(term), at(begin), tuple(pauses_of(pauses)))
    for more in map(term_of, given):
        clock = clock.extended(more.amount, more.span)
    found = clock.due(VN)
    assert found is not None
    assert found.at == at(expected), shows
    # What was given before the term became another one is the same as given after.
    other = Clock("whole", Term(1, Span.DAYS), at(begin), clock.pauses)
    for more in map(term_of, given):
        other = other.extended(more.amount, more.span)
    assert other.retermed(term_of(term)).due(VN) == found


def test_there_are_at_least_sixty() -> None:
    assert len(CASES) >= 60


def test_what_is_not_announced_is_provisional() -> None:
    found = [
        due(Term(1, Span.WORKING_DAYS), at(day), [], VN) for day in ("2026-12-30", "2026-12-31")
    ]
    assert [one.certain for one in found if one] == [True, False]


# -- what must hold --------------------------------------------------------------------------------

moments = st.builds(
    lambda day, minute: datetime.combine(day, time(minute // 60, minute % 60), LOCAL),
    st.dates(date(2024, 1, 2), date(2027, 12, 1)),
    st.integers(0, 24 * 60 - 1),
)
terms = st.builds(Term, st.integers(1, 60), st.sampled_from(Span), st.booleans())
stands = st.lists(
    st.builds(
        lambda since, length: Pause(since, since + timedelta(minutes=length)),
        moments,
        st.integers(0, 30_000),
    ),
    max_size=4,
)


def near(begin: datetime) -> st.SearchStrategy[list[Pause]]:
    """Pauses around a beginning, where they matter."""
    return st.lists(
        st.builds(
            lambda after, length: Pause(
                begin + timedelta(minutes=after), begin + timedelta(minutes=after + length)
            ),
            st.integers(-3_000, 60_000),
            st.integers(0, 15_000),
        ),
        max_size=4,
    )


@given(data=st.data(), term=terms, begin=moments)
def test_one_more_pause_or_day_off_or_a_longer_term_never_makes_it_earlier(
    data: st.DataObject, term: Term, begin: datetime
) -> None:
    pauses = data.draw(near(begin))
    first = due(term, begin, pauses, VN)
    assert first is not None
    more = due(term, begin, [*pauses, *data.draw(near(begin))], VN)
    assert more is not None
    assert more.at >= first.at
    longer = due(term.plus(1), begin, pauses, VN)
    assert longer is not None
    assert longer.at >= first.at
    day = data.draw(st.dates(begin.date(), begin.date() + timedelta(days=90)))
    fewer = replace(
        VN,
        off={**VN.off, day: Special(Text("tỉnh cho nghỉ", "given off"))},
        worked={d: s for d, s in VN.worked.items() if d != day},
    )
    later = due(term, begin, pauses, fewer)
    assert later is not None
    assert later.at >= first.at


@given(data=st.data(), term=terms, begin=moments)
def test_pauses_in_any_order_or_pieces_are_the_same(
    data: st.DataObject, term: Term, begin: datetime
) -> None:
    pauses = data.draw(near(begin))
    pieces = [Pause(since, until) for since, until in merged(pauses)]
    mixed = data.draw(st.permutations([*pauses, *pieces]))
    assert due(term, begin, mixed, VN) == due(term, begin, pauses, VN)


@given(data=st.data(), n=st.integers(1, 40), begin=moments)
def test_working_days_counted_one_by_one(data: st.DataObject, n: int, begin: datetime) -> None:
    """The plainest way to count: day after day, each looked at."""
    pauses = data.draw(near(begin))

    def stood(day: date) -> bool:
        return any(
            max(a, since) < min(b, until)
            for a, b in VN.sessions(day)
            for since, until in merged(pauses)
        )

    day, left = begin.date(), n
    while left:
        day += timedelta(days=1)
        if VN.works(day) and not stood(day):
            left -= 1
    found = due(Term(n, Span.WORKING_DAYS), begin, pauses, VN)
    assert found is not None
    assert found.day == day
    assert counted(Term(1, Span.DAYS), begin, pauses, found.at, VN) == n


@given(data=st.data(), n=st.integers(1, 80), begin=moments)
def test_so_many_office_hours_have_run_when_it_is_due(
    data: st.DataObject, n: int, begin: datetime
) -> None:
    pauses = data.draw(near(begin))
    found = due(Term(n, Span.WORKING_HOURS), begin, pauses, VN)
    assert found is not None

    def run(until: datetime) -> int:
        stood = sum(
            VN.seconds(max(begin, since), min(until, end))
            for since, end in merged(pauses)
            if max(begin, since) < min(until, end)
        )
        return VN.seconds(begin, until) - stood

    assert run(found.at) == n * 3600
    assert run(found.at - timedelta(seconds=1)) < n * 3600


@given(begin=moments, later=moments)
def test_office_time_adds_up(begin: datetime, later: datetime) -> None:
    a, b = sorted((begin, later))
    middle = a + (b - a) / 2
    assert VN.seconds(a, b) == pytest.approx(VN.seconds(a, middle) + VN.seconds(middle, b), abs=1)


# -- how a clock stands ------------------------------------------------------------------------------

CLOCK = Clock("whole", Term(5, Span.WORKING_DAYS), at("2025-06-02 09:00"))


def test_late_is_a_matter_of_when_one_asks() -> None:
    assert not read(CLOCK, at("2025-06-09 17:00"), VN).late
    assert read(CLOCK, at("2025-06-09 17:01"), VN).late
    assert read(CLOCK, at("2025-06-05 10:00"), VN).working_days == 2
    assert read(CLOCK, at("2025-06-11 10:00"), VN).working_days == -2


def test_while_it_stands_nobody_knows_when_it_is_due_but_what_if_now_is_known() -> None:
    standing = CLOCK.paused(at("2025-06-04 10:00"), "applicant")
    found = read(standing, at("2025-06-20 08:00"), VN)
    assert (found.state, found.due, found.late) == (State.STANDING, None, False)
    # Three days are left (Tuesday counted); the day on which it goes on does not count.
    assert found.if_now.day == date(2025, 6, 26)
    going = standing.resumed(at("2025-06-20 08:00"))
    assert read(going, at("2025-06-20 08:00"), VN).due == found.if_now
    # Asked as of a day in the past, it stands where it stood then.
    assert read(going, at("2025-06-10 08:00"), VN).state is State.STANDING
    assert read(going, at("2025-06-03 08:00"), VN).state is State.RUNNING


def test_what_was_overdue_before_it_stood_is_overdue_while_it_stands() -> None:
    standing = CLOCK.paused(at("2025-06-10 08:00"), "applicant")
    for now in ("2025-06-10 08:00", "2025-06-20 08:00"):
        found = read(standing, at(now), VN)
        assert (found.state, found.late) == (State.STANDING, True)
        assert found.due == found.if_now == read(CLOCK, at(now), VN).due
    # In the due day's own office hours there was time left.
    assert not read(CLOCK.paused(at("2025-06-09 16:59"), "x"), at("2025-06-20 08:00"), VN).late
    assert read(CLOCK.paused(at("2025-06-09 17:00"), "x"), at("2025-06-20 08:00"), VN).late


@given(
    data=st.data(),
    term=terms,
    begin=moments,
    after=st.timedeltas(timedelta(seconds=1), timedelta(days=20)),
    long=st.timedeltas(timedelta(0), timedelta(days=60)),
)
def test_standing_still_never_makes_in_time_what_was_late(
    data: st.DataObject, term: Term, begin: datetime, after: timedelta, long: timedelta
) -> None:
    pauses = data.draw(near(begin))
    clock = Clock("whole", term, begin, tuple(pauses))
    when = clock.due(VN)
    assert when is not None
    asked = max([when.at, *(one.until for one in pauses if one.until)]) + after
    standing = clock.paused(asked, "applicant")
    for now in (asked, asked + long):
        assert read(standing, now, VN).late
        assert read(standing.resumed(now), now, VN).due == when


def test_what_ended_in_time_stays_in_time() -> None:
    done = CLOCK.ended(at("2025-06-09 16:00"))
    found = read(done, at("2026-01-01 09:00"), VN)
    assert (found.state, found.late) == (State.ENDED, False)
    assert read(CLOCK.ended(at("2025-06-10 08:00")), at("2026-01-01 09:00"), VN).late
    assert read(done, at("2025-06-05 09:00"), VN).state is State.RUNNING


def test_an_extension_is_so_many_days_more() -> None:
    assert read(CLOCK.extended(5), at("2025-06-03 09:00"), VN).if_now.day == date(2025, 6, 16)


@given(data=st.data(), begin=moments)
def test_as_of_a_moment_only_what_had_happened_counts(data: st.DataObject, begin: datetime) -> None:
    clock, now = replace(CLOCK, begin=begin), begin
    seen = []
    for act in data.draw(st.lists(st.sampled_from(["pause", "resume", "end"]), max_size=6)):
        now += timedelta(minutes=data.draw(st.integers(1, 5_000)))
        clock = {
            "pause": clock.paused(now, "x"), "resume": clock.resumed(now), "end": clock.ended(now)
        }[act]  # fmt: skip
        seen.append((now, read(clock, now, VN)))
    for when, then in seen:
        assert read(clock, when, VN) == then


@given(data=st.data(), n=st.integers(1, 30), begin=moments, span=st.sampled_from(["wd", "d"]))
def test_told_day_by_day_as_many_days_count_as_the_term_has(
    data: st.DataObject, n: int, begin: datetime, span: str
) -> None:
    term, pauses = Term(n, SPANS[span]), data.draw(near(begin))
    found = due(term, begin, pauses, VN)
    assert found is not None
    days = list(walk(term, begin.date(), pauses, VN, found.day))
    assert [one.number for one in days if one.number] == list(range(1, n + 1))
    assert all((one.number is None) == (one.why is not None) for one in days)
    assert (days[0].day, days[-1].day) == (begin.date(), found.day)


# -- calendars -------------------------------------------------------------------------------------

#: Where the list of the package `holidays` was found to lack an official notice.
NOT_IN_PACKAGE = {date(2026, 1, 2): "12729/VPCP-KGVX"}


def test_the_states_days_off_are_those_of_another_list() -> None:
    for year in (2024, 2025, 2026, 2027):
        theirs = {day for day in holidays.country_holidays("VN", years=year) if day.weekday() < 5}
        ours = {day for day in VN.off if day.year == year}
        assert ours - theirs == {day for day in NOT_IN_PACKAGE if day.year == year}
        assert not theirs - ours


def test_a_day_exchanged_is_worked_on_another() -> None:
    exchanged = [one for one in VN.off.values() if "hoán đổi" in one.name.vi]
    assert len(exchanged) == len(VN.worked)
    assert all(VN.why_off(day) is None for day in VN.worked)
    assert VN.why_off(date(2025, 6, 7)) == Text("cuối tuần", "weekend")


def test_a_province_adds_days_of_its_own(tmp_path: Path) -> None:
    own = _written(
        tmp_path, "extends: vn\noff:\n  - {on: 2025-06-04, name: {vi: Lễ hội tỉnh, en: Fair}}\n"
    )
    assert not own.works(date(2025, 6, 4))
    assert not own.works(date(2025, 9, 2))
    found = due(Term(3, Span.WORKING_DAYS), at("2025-06-02 09:00"), [], own)
    assert found is not None
    assert found.day == date(2025, 6, 6)


def test_a_province_may_work_where_others_are_off(tmp_path: Path) -> None:
    own = _written(
        tmp_path, "extends: vn\nworked:\n  - {on: 2025-09-01, name: {vi: Trực, en: On duty}}\n"
    )
    assert own.works(date(2025, 9, 1))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("off:\n  - {on: 2025-13-04, name: {vi: a, en: a}}\n", "calendar-day"),
        ("off:\n  - {on: 2025-06-07, name: {vi: a, en: a}}\n", "calendar-off-already"),
        ("worked:\n  - {on: 2025-06-06, name: {vi: a, en: a}}\n", "calendar-worked-already"),
        ("hours: ['17:00-07:30']\n", "calendar-hours"),
        ("hours: [morning]\n", "calendar-hours"),
        (
            "off:\n  - {on: 2025-06-04, name: {vi: a, en: a}}\n  - {on: 2025-06-04, name: {vi: a, en: a}}\n",
            "calendar-twice",
        ),
    ],
)
def test_what_is_wrong_in_a_calendar_is_said_with_its_place(
    tmp_path: Path, text: str, code: str
) -> None:
    with pytest.raises(InputError) as refused:
        _written(tmp_path, "extends: vn\n" + text)
    (problem,) = refused.value.problems
    assert problem.code == code
    assert problem.place.file.endswith("own.yaml")


def test_an_unknown_calendar_says_which_there_are() -> None:
    with pytest.raises(InputError, match="vn"):
        calendar("moon")


def test_every_calendar_of_the_packs_is_readable() -> None:
    for path in FOLDER.glob("*.yaml"):
        assert calendar(path.stem).code == path.stem


def _written(folder: Path, text: str) -> WorkCalendar:
    path = folder / "own.yaml"
    path.write_text("code: own\nname: {vi: Tỉnh, en: Province}\n" + text, encoding="utf-8")
    return read_calendar(path)
