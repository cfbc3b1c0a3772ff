"""The rules of measure, each with an example that can be checked on paper.

Units: province P with communes A, B, C (before 2024), unless a test tells another story.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from world import (
    Record,
    Story,
    World,
    at,
    count,
    day,
    different,
    indicator,
    province,
    total,
)

from tinhso.measure.boundaries import Level
from tinhso.measure.definitions import Indicator, Kind, Window
from tinhso.measure.figures import Figures, Reason, Status, Value
from tinhso.measure.periods import Period
from tinhso.measure.places import View

ONLINE = indicator(count("online"), count())
THEN = View()


def dossiers(office: str, online: int, offline: int, on: str = "2024-05-03T09:00") -> list[Record]:
    return [
        {"office": office, "received": at(on), "online": n < online}
        for n in range(online + offline)
    ]


def measured(
    world: World,
    records: list[Record],
    one: Indicator = ONLINE,
    story: Story | None = None,
    stream: str = "dossiers",
    followed: tuple[str, ...] = (),
) -> Figures:
    boundaries = (story or province()).boundaries()
    world.fill(boundaries, {stream: records})
    return world.figures(boundaries, [one], followed)


def value(figures: Figures, unit: str, period: str, view: View = THEN) -> Value:
    return figures.value("I", unit, Period.parse(period), view)


# -- 1. Ratios -----------------------------------------------------------------------------------


def test_a_province_has_the_ratio_of_sums_not_the_mean_of_its_communes_ratios(world: World) -> None:
    """A: 1 of 10 online, B: 9 of 90 and 1 more: (1 + 90) / 110, not (10 % + 90 %) / 2 = 50 %."""
    figures = measured(world, [*dossiers("A", 1, 9), *dossiers("B", 90, 10)])
    assert value(figures, "A", "2024-05").value == Fraction(1, 10)
    assert value(figures, "B", "2024-05").value == Fraction(9, 10)
    assert value(figures, "P", "2024-05").value == Fraction(91, 110)


def test_a_quarter_has_the_ratio_of_sums_not_the_mean_of_its_months(world: World) -> None:
    """April 1 of 1, June 0 of 3: the quarter is 1/4, not (100 % + 0 %) / 2."""
    records = [*dossiers("A", 1, 0, "2024-04-02T09:00"), *dossiers("A", 0, 3, "2024-06-30T23:59")]
    figures = measured(world, records)
    assert value(figures, "A", "2024-Q2").value == Fraction(1, 4)


# -- 2. Distinct persons -------------------------------------------------------------------------


def visits(*told: tuple[str, str, str]) -> list[Record]:
    return [
        {"citizen": who, "office": unit, "received": at(f"{on}T10:00")} for who, unit, on in told
    ]


def people(figures: Figures, unit: str, period: str, view: View = THEN) -> int | None:
    return value(figures, unit, period, view).numerator.amount


def test_a_person_seen_in_two_communes_counts_once_for_the_province(world: World) -> None:
    records = visits(
        ("an", "A", "2024-05-03"), ("an", "B", "2024-05-20"), ("bo", "B", "2024-05-20")
    )
    figures = measured(world, records, indicator(different("citizen")))
    assert people(figures, "A", "2024-05") == 1
    assert people(figures, "B", "2024-05") == 2
    assert people(figures, "P", "2024-05") == 2, "an is one person, 1 + 2 are three visits"


def test_a_person_seen_in_three_months_counts_once_in_their_quarter(world: World) -> None:
    records = visits(*[("an", "A", f"2024-0{month}-03") for month in (4, 5, 6)])
    figures = measured(world, records, indicator(different("citizen")))
    assert [people(figures, "A", f"2024-0{month}") for month in (4, 5, 6)] == [1, 1, 1]
    assert people(figures, "A", "2024-Q2") == 1


@pytest.mark.parametrize(
    ("window", "april", "first_quarter_2025"),
    [(Window.PERIOD, 2, 1), (Window.YEAR, 3, 1), (Window.EVER, 4, 4)],
)
def test_a_window_says_since_when_persons_are_counted(
    world: World, window: Window, april: int, first_quarter_2025: int
) -> None:
    """2023: an, mai. January 2024: bo. April 2024: an, chi. 2025: an again.

    April 2024 alone: an, chi. Year to date: and bo. Ever: and mai. 2025: an alone, but ever four.
    """
    records = visits(
        ("an", "A", "2023-06-01"),
        ("mai", "A", "2023-06-01"),
        ("bo", "B", "2024-01-10"),
        ("an", "A", "2024-04-01"),
        ("chi", "A", "2024-04-30"),
        ("an", "B", "2025-02-01"),
    )
    figures = measured(world, records, indicator(different("citizen", window)))
    assert people(figures, "P", "2024-04") == april
    assert people(figures, "P", "2025-Q1") == first_quarter_2025


def test_a_month_without_records_still_has_the_persons_of_the_year_so_far(world: World) -> None:
    """an came in January; the count since the year began is 1 in February too, not unknown."""
    records = visits(("an", "A", "2024-01-10"))
    figures = measured(world, records, indicator(different("citizen", Window.YEAR)))
    assert people(figures, "A", "2024-02") == 1
    assert people(figures, "A", "2024-02r") == 1


def test_the_reporting_year_begins_on_15_december_for_counts_to_date(world: World) -> None:
    """an came on 20 December 2023: in 2024's reporting year to date, not in the civil one."""
    records = visits(("an", "A", "2023-12-20"), ("bo", "A", "2024-01-05"))
    figures = measured(world, records, indicator(different("citizen", Window.YEAR)))
    assert people(figures, "A", "2024-03r") == 2
    assert people(figures, "A", "2024-03") == 1


# -- 3. Three kinds of nothing -------------------------------------------------------------------

FEES = indicator(total("fee", "online"), total("fee"))


@pytest.mark.parametrize(
    ("records", "one", "status", "reason"),
    [
        ([], ONLINE, Status.UNKNOWN, Reason.NO_RECORDS),
        (dossiers("A", 0, 4), ONLINE, Status.MEASURED, None),
        (
            dossiers("A", 0, 4),
            indicator(count(), count("online")),
            Status.NOT_APPLICABLE,
            Reason.ZERO_DENOMINATOR,
        ),
        (
            dossiers("A", 0, 4),
            indicator(count(), total("fee")),  # no dossier says its fee
            Status.NOT_APPLICABLE,
            Reason.NO_DENOMINATOR,
        ),
        (
            dossiers("A", 0, 4),
            indicator(total("fee"), count()),
            Status.UNKNOWN,
            Reason.NO_NUMERATOR,
        ),
    ],
)
def test_unknown_not_applicable_and_zero_are_three_different_things(
    world: World, records: list[Record], one: Indicator, status: Status, reason: Reason | None
) -> None:
    # A record elsewhere in 2024 keeps the period inside the time that the lake covers.
    elsewhere = dossiers("C", 1, 0, "2024-01-01T00:00")
    found = value(measured(world, [*records, *elsewhere], one), "A", "2024-05")
    assert (found.status, found.reason) == (status, reason)
    assert found.value == (0 if status is Status.MEASURED else None)


def test_a_unit_that_did_not_exist_yet_has_no_value_then(world: World) -> None:
    story = province()
    story.split(day("2024-07-01"), "C", ["D", "E"])
    figures = measured(world, dossiers("A", 1, 1), story=story)
    found = value(figures, "D", "2024-05")
    assert (found.status, found.reason) == (Status.NOT_APPLICABLE, Reason.NOT_IN_EXISTENCE)


def test_a_period_outside_the_records_time_is_unknown(world: World) -> None:
    found = value(measured(world, dossiers("A", 1, 1)), "A", "2019")
    assert (found.status, found.reason) == (Status.UNKNOWN, Reason.OUT_OF_RANGE)


def test_a_sum_of_fees_that_nobody_wrote_down_is_missing_not_zero(world: World) -> None:
    free = [{"office": "A", "received": at("2024-05-03T09:00"), "fee": 0}]
    blank = [{"office": "B", "received": at("2024-05-03T09:00"), "fee": None}]
    figures = measured(world, [*free, *blank], indicator(total("fee"), count()))
    assert value(figures, "A", "2024-05").value == 0
    assert value(figures, "B", "2024-05").value is None


def test_an_empty_answer_is_neither_yes_nor_no(world: World) -> None:
    """`online` keeps the yes alone; `online is not false` keeps the blank one too."""
    records = [
        {"office": "A", "received": at("2024-05-03T09:00"), "online": answer}
        for answer in (True, False, None)
    ]
    assert value(measured(world, records), "A", "2024-05").value == Fraction(1, 3)
    lenient = indicator(count("online is not false"), count())
    assert value(measured(world, records, lenient), "A", "2024-05").value == Fraction(2, 3)


# -- 5. Dates ------------------------------------------------------------------------------------


def test_the_definition_says_which_date_puts_a_dossier_into_a_period(world: World) -> None:
    records = [
        {"office": "A", "received": at("2024-05-30T16:00"), "closed": at("2024-06-02T08:00")}
    ]
    by_received = measured(world, records, indicator(count(), count()))
    assert value(by_received, "A", "2024-05").numerator.amount == 1
    assert value(by_received, "A", "2024-06").numerator.amount is None
    closed = count("true", date="closed")
    by_closed = measured(world, records, indicator(closed, closed))
    assert value(by_closed, "A", "2024-05").numerator.amount is None
    assert value(by_closed, "A", "2024-06").numerator.amount == 1


def test_a_dossier_closed_in_january_counts_though_none_was_received_since(world: World) -> None:
    """The time that records cover reaches to their last event, whichever date tells it."""
    records = [
        {"office": "A", "received": at("2023-12-30T16:00"), "closed": at("2024-01-02T08:00")}
    ]
    closed = count("true", date="closed")
    figures = measured(world, records, indicator(closed, closed))
    assert value(figures, "A", "2024-01").numerator.amount == 1


OVERDUE = indicator(
    count("true", date="due", until="closed"), count("true", date="received", until="closed")
)


@pytest.mark.parametrize(
    ("closed", "on_the_14th"),
    [
        (None, 1),  # still open
        ("2024-05-16T08:00", 1),  # closed after the day asked about
        ("2024-05-15T00:00", 1),  # overdue on every day up to the 14th
        ("2024-05-14T23:59", 0),  # closed on the very day: no longer open at its end
        ("2024-05-11T08:00", 0),  # overdue on no whole day: closed the day after it was due
        ("2024-05-10T17:00", 0),  # in time
    ],
)
def test_an_open_dossier_is_overdue_from_the_day_after_it_was_due(
    world: World, closed: str | None, on_the_14th: int
) -> None:
    """Due 10 May; asked on 14 May, the end of the month's first half."""
    one: Record = {
        "office": "A",
        "received": at("2024-05-02T09:00"),
        "due": day("2024-05-10"),
        "closed": at(closed) if closed else None,
    }
    never_due: Record = {"office": "A", "received": at("2024-05-02T09:00")}
    figures = measured(world, [one, never_due], OVERDUE)
    found = value(figures, "A", "2024-05a")
    assert found.numerator.amount == on_the_14th
    open_then = 1 + (closed is None or closed >= "2024-05-15")
    assert found.value == Fraction(on_the_14th, open_then)


def test_a_dossier_due_on_the_14th_is_not_overdue_that_day(world: World) -> None:
    one: Record = {"office": "A", "received": at("2024-05-02T09:00"), "due": day("2024-05-14")}
    figures = measured(world, [one], OVERDUE)
    assert value(figures, "A", "2024-05a").numerator.amount == 0
    assert value(figures, "A", "2024-05").numerator.amount == 1
    assert value(figures, "A", "2024-12").numerator.amount == 1, "on any day one asks"


def test_nothing_overdue_is_zero_and_nothing_open_is_not_applicable(world: World) -> None:
    records: list[Record] = [
        {"office": "A", "received": at("2024-05-02T09:00"), "due": day("2024-08-01")},
        {
            "office": "B",
            "received": at("2024-05-02T09:00"),
            "due": day("2024-05-09"),
            "closed": at("2024-05-06T10:00"),
        },
    ]
    figures = measured(world, records, OVERDUE)
    assert value(figures, "A", "2024-05").value == 0
    nothing_open = value(figures, "B", "2024-05")
    assert nothing_open.reason is Reason.ZERO_DENOMINATOR
    assert value(figures, "C", "2024-05").reason is Reason.NO_RECORDS
    assert value(figures, "A", "2024-04").reason is Reason.NO_RECORDS, "none was received yet"


# -- half-months ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "half", "reporting_month"),
    [
        ("2024-04-30T23:59:59", "2024-04b", "2024-05r"),
        ("2024-05-01T00:00:00", "2024-05a", "2024-05r"),
        ("2024-05-14T23:59:59", "2024-05a", "2024-05r"),
        ("2024-05-15T00:00:00", "2024-05b", "2024-06r"),
        ("2024-05-31T23:59:59", "2024-05b", "2024-06r"),
        ("2024-12-14T23:59:59", "2024-12a", "2024-12r"),
        ("2024-12-31T23:59:59", "2024-12b", "2025-01r"),
        ("2024-02-29T12:00:00", "2024-02b", "2024-03r"),
    ],
)
def test_midnight_decides_the_half_month(
    world: World, moment: str, half: str, reporting_month: str
) -> None:
    later = dossiers("A", 0, 1, "2025-02-02T00:00")
    figures = measured(world, [*dossiers("A", 1, 0, moment), *later])
    halves = [f"2024-{month:02}{part}" for month in range(1, 13) for part in "ab"]
    assert [one for one in halves if value(figures, "A", one).numerator.amount] == [half]
    months = [f"2024-{month:02}r" for month in range(1, 13)] + ["2025-01r"]
    found = [one for one in months if value(figures, "A", one).numerator.amount]
    assert found == [reporting_month]


def test_reporting_year_2024_ends_where_2025_begins(world: World) -> None:
    records = [*dossiers("A", 1, 0, "2024-12-14T23:59"), *dossiers("A", 0, 2, "2024-12-15T00:00")]
    figures = measured(world, records)
    assert value(figures, "A", "2024r").denominator.amount == 1
    assert value(figures, "A", "2024-12").denominator.amount == 3
    assert value(figures, "A", "2025r").reason is Reason.OUT_OF_RANGE, "2025 has not begun here"
    assert date(2024, 12, 14) == Period.parse("2024r").last_day


# -- kinds ---------------------------------------------------------------------------------------


def test_a_rank_of_a_province_is_no_sum_over_its_communes(world: World) -> None:
    story = province()
    ranks = [
        {"item": "rank", "office": "P", "as_of": day("2024-03-01"), "amount": 17},
        {"item": "rank", "office": "A", "as_of": day("2024-04-01"), "amount": 2},
    ]
    rank = indicator(total("amount", "item = 'rank'", "reported"), kind=Kind.MEASURE)
    figures = measured(world, ranks, rank, story, "reported")
    found = value(figures, "P", "2024-05")
    assert (found.value, found.numerator.state_day) == (17, day("2024-03-01"))
    assert value(figures, "A", "2024-05").value == 2
    assert value(figures, "B", "2024-05").reason is Reason.NO_RECORDS


def test_completeness_counts_the_units_that_should_have_records(world: World) -> None:
    one = indicator(count("online"), count(), reported_by=(Level.COMMUNE,))
    found = value(
        measured(world, [*dossiers("A", 0, 1), *dossiers("C", 1, 1)], one), "P", "2024-05"
    )
    assert (found.expected_units, found.reported_units) == (3, 2)
