"""Rules 6 and 7: states of things, and units that merge, split and move; examples on paper."""

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
from tinhso.measure.figures import Figures, Reason, Value
from tinhso.measure.periods import Period
from tinhso.measure.places import View

REFORM = date(2024, 7, 1)
THEN, BEFORE, AFTER = View(), View(date(2024, 6, 30)), View(REFORM)
COUNTED = indicator(count(), count())


def told(*lots: tuple[str, str, int]) -> list[Record]:
    """Dossiers by unit, day and number."""
    return [
        {"office": unit, "received": at(f"{on}T08:00"), "citizen": f"{unit}{n}"}
        for unit, on, number in lots
        for n in range(number)
    ]


def measured(
    world: World,
    story: Story,
    records: list[Record],
    one: Indicator = COUNTED,
    stream: str = "dossiers",
    followed: tuple[str, ...] = (),
) -> Figures:
    boundaries = story.boundaries()
    world.fill(boundaries, {stream: records})
    return world.figures(boundaries, [one], followed)


def value(figures: Figures, unit: str, period: str, view: View = THEN) -> Value:
    return figures.value("I", unit, Period.parse(period), view)


def amounts(figures: Figures, units: str, period: str, view: View = THEN) -> list[int | None]:
    return [value(figures, unit, period, view).numerator.amount for unit in units.split()]


# -- 7. Flows and maps ---------------------------------------------------------------------------


def merger() -> Story:
    """A and B become N on 1 July 2024; C goes on."""
    story = province()
    story.merge(REFORM, ["A", "B"], into="N")
    return story


def test_a_merger_sums(world: World) -> None:
    """June: A 2, B 3. July: N 4. As of July, N has 2 + 3 + 4 = 9 of the year; then, only its 4."""
    figures = measured(
        world,
        merger(),
        told(("A", "2024-06-30", 2), ("B", "2024-06-01", 3), ("N", "2024-07-01", 4)),
    )
    assert amounts(figures, "A B N P", "2024", THEN) == [2, 3, 4, 9]
    assert amounts(figures, "N C P", "2024", AFTER) == [9, None, 9]
    assert value(figures, "N", "2024", THEN).partly
    assert value(figures, "N", "2024-06", THEN).reason is Reason.NOT_IN_EXISTENCE
    assert amounts(figures, "N", "2024-06", AFTER) == [5]


def test_on_an_older_map_a_merged_units_figures_stand_at_the_common_parent(world: World) -> None:
    """N's 4 of July belong to A or to B, nobody knows: as of June they are the province's own."""
    figures = measured(world, merger(), told(("A", "2024-06-30", 2), ("N", "2024-07-01", 4)))
    assert amounts(figures, "A B P", "2024", BEFORE) == [2, None, 6]
    assert value(figures, "P", "2024", BEFORE).numerator.unattributed == 4
    assert value(figures, "P", "2024", THEN).numerator.unattributed == 0


def test_a_units_own_rank_has_nothing_of_others_that_nobody_can_attribute(world: World) -> None:
    """N told a rank in July; as of June N is nobody's below P, and P's own rank is P's alone."""
    ranks: list[Record] = [
        {"item": "rank", "office": "N", "as_of": day("2024-07-02"), "amount": 3},
        {"item": "rank", "office": "P", "as_of": day("2024-07-03"), "amount": 17},
    ]
    rank = indicator(total("amount", "item = 'rank'", "reported"), kind=Kind.MEASURE)
    figures = measured(world, merger(), ranks, rank, "reported")
    for view in (BEFORE, THEN):
        found = value(figures, "P", "2024", view)
        assert (found.value, found.numerator.unattributed) == (17, 0)


def test_a_split_is_not_attributed_and_counts_at_the_nearest_common_parent(world: World) -> None:
    """A in district D1 splits into X and Y of D1; B of D2 into Z of D2 and W of D1."""
    story = province([])
    for district, commune in (("D1", "A"), ("D2", "B")):
        story.begin(district, Level.DISTRICT, "P")
        story.begin(commune, Level.COMMUNE, district)
    story.split(REFORM, "A", ["X", "Y"])
    story.found(REFORM, "W", "X")
    story.split(REFORM, "B", ["Z", "W"])
    figures = measured(world, story, told(("A", "2024-06-02", 5), ("B", "2024-06-02", 7)))
    assert amounts(figures, "X Y Z W", "2024", AFTER) == [None] * 4
    d1, d2, p = (value(figures, unit, "2024", AFTER).numerator for unit in ("D1", "D2", "P"))
    assert (d1.amount, d1.unattributed) == (5, 5)
    assert d2.amount is None
    assert (p.amount, p.unattributed) == (12, 7)


def test_of_a_unit_that_gave_a_part_away_once_nobody_knows_where_the_rest_went(
    world: World,
) -> None:
    """All that is known of A's end is that a part went to B: its 5 are nobody's below P."""
    story = province()
    story.split(REFORM, "A", ["B"])
    figures = measured(world, story, told(("A", "2024-06-02", 5), ("B", "2024-06-02", 7)))
    assert amounts(figures, "B P", "2024", AFTER) == [7, 12]
    assert value(figures, "P", "2024", AFTER).numerator.unattributed == 5


def test_a_unit_that_gives_a_part_and_goes_on_keeps_its_figures(world: World) -> None:
    story = province()
    story.pass_on(REFORM, "A", "B", whole=False)
    story.change(REFORM, "C", code="C2")  # something that changes the map
    figures = measured(world, story, told(("A", "2024-06-02", 5)))
    assert amounts(figures, "A B", "2024", AFTER) == [5, None]


def test_what_was_split_and_merged_again_is_attributed(world: World) -> None:
    """A splits into X and Y, which merge into N: A's 5 are N's."""
    story = province()
    story.split(REFORM, "A", ["X", "Y"])
    story.merge(date(2024, 9, 1), ["X", "Y"], into="N")
    figures = measured(world, story, told(("A", "2024-06-02", 5)))
    assert amounts(figures, "N", "2024", View(date(2024, 9, 1))) == [5]
    assert value(figures, "P", "2024", View(date(2024, 9, 1))).numerator.unattributed == 0


def test_a_renamed_unit_is_the_same_unit_and_a_reused_code_is_not(world: World) -> None:
    """A's code passes to the new N on 1 July; C takes a new code and stays C."""
    story = province()
    story.merge(REFORM, ["A", "B"], into="N", code="A")
    story.change(REFORM, "C", code="C-new")
    records = told(
        *(("A", "2024-06-30", 1), ("A", "2024-07-01", 2)),
        *(("C", "2024-06-30", 4), ("C-new", "2024-07-01", 8)),
    )
    figures = measured(world, story, records)
    assert amounts(figures, "A N C P", "2024", THEN) == [1, 2, 12, 15]
    assert value(figures, "C", "2024", THEN).partly is False


def test_a_map_that_changes_inside_a_half_month_cuts_it(world: World) -> None:
    """The merger comes on 10 May: 9 May is A's, 10 May is N's, both in one half-month."""
    story = province()
    story.merge(date(2024, 5, 10), ["A", "B"], into="N")
    figures = measured(world, story, told(("A", "2024-05-09", 1), ("N", "2024-05-10", 2)))
    assert amounts(figures, "A N P", "2024-05a", THEN) == [1, 2, 3]


def test_an_abolished_districts_own_figures_stay_with_its_province(world: World) -> None:
    story = province([])
    story.begin("D", Level.DISTRICT, "P")
    story.begin("A", Level.COMMUNE, "D")
    story.abolish(REFORM, "D")
    figures = measured(world, story, told(("D", "2024-06-02", 3), ("A", "2024-06-02", 1)))
    assert amounts(figures, "D A P", "2024-06", THEN) == [4, 1, 4]
    p = value(figures, "P", "2024", AFTER).numerator
    assert (p.amount, p.unattributed) == (4, 3)


def test_a_target_follows_its_unit_into_the_successor(world: World) -> None:
    """Q joins P on 1 July. Followed, Q has its own until June and all of P's from July on."""
    story = province(["A"])
    story.begin("Q", Level.PROVINCE, "VN")
    story.begin("q", Level.COMMUNE, "Q")
    story.change(REFORM, "q", parent="P")
    story.merge(REFORM, ["Q"], into="P")
    records = told(("q", "2024-06-02", 1), ("q", "2024-08-02", 2), ("A", "2024-08-02", 4))
    figures = measured(world, story, records, followed=("Q",))
    assert amounts(figures, "Q P", "2024-08", THEN) == [6, 6]
    assert value(figures, "Q", "2024-08", THEN).followed_by == "P"
    assert amounts(figures, "Q P", "2024", THEN) == [7, 6]
    assert amounts(figures, "Q P", "2024", BEFORE) == [3, 4]
    assert amounts(figures, "Q P", "2024", AFTER) == [7, 7]


@pytest.mark.parametrize("on", [date(2022, 7, 1), date(2026, 3, 1)])
def test_persons_are_counted_on_the_map_that_is_asked_for(world: World, on: date) -> None:
    """Two units merge long before, or after, the time that records cover; both count one person."""
    story = province()
    story.merge(on, ["A", "B"], into="N")
    units = ("N", "N") if on.year < 2024 else ("A", "B")
    records: list[Record] = [
        {"office": unit, "received": at("2024-05-02T08:00"), "citizen": "an"} for unit in units
    ]
    figures = measured(world, story, records, indicator(different("citizen", Window.EVER)))
    after, before = View(on), View(date(on.year - 1, 1, 1))
    assert amounts(figures, "N P VN", "2024", after) == [1, 1, 1]
    below = [None, None] if on.year < 2024 else [1, 1]
    assert amounts(figures, "A B P", "2024", before) == [*below, 1]


# -- 6. States -----------------------------------------------------------------------------------


def homes(*states: tuple[str, str, int | None]) -> list[Record]:
    return [
        {"item": "homes", "office": unit, "as_of": day(on), "amount": amount}
        for unit, on, amount in states
    ]


HOMES = indicator(total("amount", "item = 'homes'", "reported"), kind=Kind.MEASURE)
SUM_OF_HOMES = indicator(
    total("amount", "item = 'homes'", "reported"), count("true", "reported"), kind=Kind.REPORTED
)


def test_a_register_has_its_last_state_at_the_periods_end_and_says_how_old_it_is(
    world: World,
) -> None:
    """10 homes from 5 March, 14 from 20 May: March to mid-May 10, then 14; nothing before."""
    states = homes(("A", "2024-03-05", 10), ("A", "2024-05-20", 14))
    figures = measured(world, province(), states, HOMES, "reported")
    months = ["2024-02", "2024-03", "2024-04", "2024-05a", "2024-05", "2024-12"]
    found = [value(figures, "A", month) for month in months]
    assert [one.value for one in found] == [None, 10, 10, 10, 14, 14]
    assert found[3].numerator.state_day == day("2024-03-05")
    assert found[5].numerator.state_day == day("2024-05-20")
    assert found[0].reason is Reason.NO_RECORDS


def test_states_are_summed_over_units_and_their_age_is_the_mean(world: World) -> None:
    """A 10 from 1 March, B 5 from 11 March: 15, dating from 6 March on the average."""
    states = homes(("A", "2024-03-01", 10), ("B", "2024-03-11", 5))
    figures = measured(world, province(), states, SUM_OF_HOMES, "reported")
    found = value(figures, "P", "2024-03")
    assert found.value == Fraction(15, 2)
    assert found.numerator.state_day == day("2024-03-06")


def test_a_thing_that_moves_counts_once_where_it_is(world: World) -> None:
    states = [
        {"site": "s", "office": office, "as_of": day(on), "works": works}
        for office, on, works in (
            *(("A", "2024-01-05", True), ("B", "2024-03-05", True), ("B", "2024-05-05", False)),
        )
    ]
    working = indicator(count("works", "sites"), count("true", "sites"))
    figures = measured(world, province(), states, working, "sites")
    assert amounts(figures, "A B P", "2024-02") == [1, None, 1]
    assert amounts(figures, "A B P", "2024-04") == [None, 1, 1]
    assert amounts(figures, "A B P", "2024-06") == [None, 0, 0]


def test_merged_units_last_states_hold_until_their_heir_has_told(world: World) -> None:
    """A 10 and B 5 merge into N on 1 July; N tells 16 on 1 September: never 15 + 16."""
    states = homes(("A", "2024-03-05", 10), ("B", "2024-03-05", 5), ("N", "2024-09-01", 16))
    figures = measured(world, merger(), states, SUM_OF_HOMES, "reported")
    assert amounts(figures, "P", "2024-06") == [15]
    assert amounts(figures, "N P", "2024-08") == [15, 15]
    assert amounts(figures, "N P", "2024-08", AFTER) == [15, 15]
    assert amounts(figures, "N P", "2024-09") == [16, 16]
    assert amounts(figures, "N P", "2024-12", BEFORE)[1] == 16


def test_a_split_units_last_state_holds_until_every_heir_has_told(world: World) -> None:
    """A 10 splits into X and Y. X tells 4 in August, Y 7 in October: 10, 10 + 4, 4 + 7."""
    story = province()
    story.split(REFORM, "A", ["X", "Y"])
    states = homes(("A", "2024-03-05", 10), ("X", "2024-08-20", 4), ("Y", "2024-10-01", 7))
    figures = measured(world, story, states, SUM_OF_HOMES, "reported")
    months = ["2024-07", "2024-09", "2024-10"]
    assert [amounts(figures, "P", month)[0] for month in months] == [10, 14, 11]
    assert value(figures, "P", "2024-09").numerator.unattributed == 10


def test_an_heir_of_an_heir_may_be_the_one_that_tells(world: World) -> None:
    """A 10 goes into B, which never tells and goes into C, which tells 12 in October: 12, not 22."""
    story = province()
    story.merge(REFORM, ["A"], into="B")
    story.merge(date(2024, 9, 1), ["B"], into="C")
    states = homes(("A", "2024-03-05", 10), ("C", "2024-10-01", 12))
    figures = measured(world, story, states, SUM_OF_HOMES, "reported")
    assert amounts(figures, "P", "2024-09") == [10]
    assert amounts(figures, "C P", "2024-10") == [12, 12]


def test_a_unit_that_gives_a_part_and_goes_on_keeps_its_state(world: World) -> None:
    """A 10 gives a part to B and stays; B tells 6 afterwards: 10 + 6."""
    story = province()
    story.pass_on(REFORM, "A", "B", whole=False)
    states = homes(("A", "2024-03-05", 10), ("B", "2024-08-01", 6))
    figures = measured(world, story, states, SUM_OF_HOMES, "reported")
    assert amounts(figures, "A B P", "2024-12") == [10, 6, 16]


def test_a_heir_that_told_before_the_merger_has_not_told_since(world: World) -> None:
    """A 10 goes into B on 1 July, of which 5 is known from June: 15 until B tells 14."""
    story = province()
    story.merge(REFORM, ["A"], into="B")
    states = homes(("A", "2024-03-05", 10), ("B", "2024-06-30", 5), ("B", "2024-07-01", 14))
    figures = measured(world, story, states[:2], SUM_OF_HOMES, "reported")
    assert amounts(figures, "B", "2024-12") == [15]
    figures = measured(world, story, states, SUM_OF_HOMES, "reported")
    assert amounts(figures, "B", "2024-12") == [14]


# -- tables: every level adds up -----------------------------------------------------------------


def rows_of(figures: Figures, unit: str, period: str, view: View = THEN) -> dict[str, int | None]:
    """A table's rows by unit, with what is left over as "rest"."""
    table = figures.table("I", unit, Period.parse(period), view)
    rows = {row.unit: row.numerator.amount for row in table.rows}
    return rows | {"rest": table.rest_numerator}


def test_a_commune_that_came_to_the_province_in_july_counts_once_in_the_year(world: World) -> None:
    """A had 3 under district D and 4 since D is no more. The year: D 3, A 4, and not A 7."""
    story = province([])
    story.begin("D", Level.DISTRICT, "P")
    story.begin("A", Level.COMMUNE, "D")
    story.abolish(REFORM, "D")
    figures = measured(world, story, told(("A", "2024-06-02", 3), ("A", "2024-08-02", 4)))
    assert rows_of(figures, "P", "2024") == {"D": 3, "A": 4, "rest": 0}
    assert rows_of(figures, "D", "2024") == {"A": 3, "rest": 0}
    assert rows_of(figures, "P", "2024", AFTER) == {"A": 7, "rest": 0}
    assert rows_of(figures, "P", "2024", BEFORE) == {"D": 7, "rest": 0}
    assert amounts(figures, "A D P", "2024") == [7, 3, 7], "each on its own page"
    table = figures.table("I", "P", Period.parse("2024"), THEN)
    assert [row.partly for row in table.rows] == [True, True]


def test_a_table_of_states_lists_those_who_stand_at_the_periods_end(world: World) -> None:
    story = province([])
    story.begin("D", Level.DISTRICT, "P")
    story.begin("A", Level.COMMUNE, "D")
    story.abolish(REFORM, "D")
    states = homes(("A", "2024-03-05", 10))
    figures = measured(world, story, states, SUM_OF_HOMES, "reported")
    assert rows_of(figures, "P", "2024-06") == {"D": 10, "rest": 0}
    assert rows_of(figures, "P", "2024") == {"A": 10, "rest": 0}


def test_the_rest_of_a_table_is_what_no_unit_below_can_claim(world: World) -> None:
    """P's own office has 1, A's 5 were split: as of July the rest is 6, of which 5 unattributed."""
    story = province()
    story.split(REFORM, "A", ["X", "Y"])
    figures = measured(
        world, story, told(("P", "2024-06-02", 1), ("A", "2024-06-02", 5), ("X", "2024-08-02", 2))
    )
    assert rows_of(figures, "P", "2024", AFTER) == {
        "B": None,
        "C": None,
        "X": 2,
        "Y": None,
        "rest": 6,
    }
    assert value(figures, "P", "2024", AFTER).numerator.unattributed == 5


def test_a_former_units_table_lists_what_now_lies_in_it(world: World) -> None:
    """District D (A, B) is no more; as of July its territory holds N, made of A and B."""
    story = province([])
    story.begin("D", Level.DISTRICT, "P")
    for commune in ("A", "B"):
        story.begin(commune, Level.COMMUNE, "D")
    story.merge(REFORM, ["A", "B"], into="N")
    story.abolish(REFORM, "D")
    figures = measured(world, story, told(("A", "2024-06-02", 3), ("N", "2024-08-02", 4)))
    assert rows_of(figures, "D", "2024", AFTER) == {"N": 7, "rest": 0}
    assert value(figures, "D", "2024", AFTER).former


def test_completeness_of_a_unit_that_ended_is_kept_in_a_years_table(world: World) -> None:
    story = province([])
    story.begin("D", Level.DISTRICT, "P")
    for commune in ("A", "B"):
        story.begin(commune, Level.COMMUNE, "D")
    story.abolish(REFORM, "D")
    one = indicator(count(), count(), reported_by=(Level.COMMUNE,))
    figures = measured(world, story, told(("A", "2024-06-02", 3)), one)
    district = figures.table("I", "P", Period.parse("2024"), THEN).rows[0]
    assert (district.unit, district.expected_units, district.reported_units) == ("D", 2, 1)


def test_completeness_of_a_former_unit_is_that_of_the_units_now_in_its_territory(
    world: World,
) -> None:
    """Q had a, b, c. N is made of a and b and tells; c does not: 1 of 2, not 0 of 3."""
    story = province([])
    story.begin("Q", Level.PROVINCE, "VN")
    for commune in ("a", "b", "c"):
        story.begin(commune, Level.COMMUNE, "Q")
    story.merge(REFORM, ["a", "b"], into="N")
    for commune in ("N", "c"):
        story.change(REFORM, commune, parent="P")
    story.merge(REFORM, ["Q"], into="P")
    one = indicator(count(), count(), reported_by=(Level.COMMUNE,))
    figures = measured(world, story, told(("N", "2024-08-02", 3)), one)
    found = value(figures, "Q", "2024-08", AFTER)
    assert (found.former, found.expected_units, found.reported_units) == (True, 2, 1)
