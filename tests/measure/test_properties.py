"""What must hold in every world: levels add up, periods add up, order does not matter."""

from __future__ import annotations

from collections.abc import Iterable

from atlas import Atlas
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import PERIODS, VIEWS, dossiers, indicators, records, stories
from test_differential import RELAXED, last, referee_of
from world import DOSSIERS, STREAMS, World, at, count, different, indicator, province, total

from tinhso.measure.cube import Cube
from tinhso.measure.definitions import Kind, Window
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.quantities import compile_indicator

SMALL = settings(RELAXED, max_examples=25)
PAGES = indicator(total("pages"), count("online", date="closed"), code="pages")
PERSONS = indicator(different("citizen"), count(), code="persons")
PERSONS_EVER = indicator(different("citizen", Window.EVER), count(), code="persons-ever")


@SMALL
@given(data=st.data())
def test_a_table_adds_up_and_its_rest_is_what_stands_at_the_unit_itself(
    data: st.DataObject, world: World
) -> None:
    """For every unit and both views: children + rest = parent, and nothing is counted twice.

    The rest is exactly what the unit's own records and those without a claimant amount to.
    """
    story = data.draw(stories())
    boundaries = story.boundaries()
    told = data.draw(records(boundaries))
    one, wheres = data.draw(indicators(0))
    world.fill(boundaries, told)
    figures = world.figures(boundaries, [one])
    referee = referee_of(story, told, wheres, ())
    for _ in range(4):
        period, view = data.draw(PERIODS), data.draw(VIEWS)
        for unit in sorted({span.uid for span in story.spans}):
            table = figures.table(one.code, unit, period, view)
            if table.rest_numerator is None or one.kind is Kind.MEASURE or table.parent.former:
                continue
            rows = [row.numerator.amount or 0 for row in table.rows]
            assert sum(rows) + table.rest_numerator == table.parent.numerator.amount
            first, end = period.start, last(period.end)
            stand = referee.stand(unit, first, end, view.day)
            assert stand is not None
            own = referee.counted(one.numerator, unit, (first, first, end), stand)
            here = sum(
                lot.amount
                for lot, _ in own
                if place_of(referee.atlas, lot.unit, lot.day, stand.map_day) == unit
            )
            assert table.rest_numerator == here, (unit, period.code, view.code)


def place_of(atlas: Atlas, unit: str, day: object, map_day: object) -> str:
    return atlas.stands(unit, map_day or day)[0]


@SMALL
@given(data=st.data())
def test_the_country_has_the_same_total_then_and_as_of_any_day(
    data: st.DataObject, world: World
) -> None:
    """The country neither gains nor loses records, however its inside is drawn."""
    story = data.draw(stories())
    boundaries = story.boundaries()
    world.fill(boundaries, data.draw(records(boundaries)))
    figures = world.figures(boundaries, [PAGES, PERSONS])
    period, view = data.draw(PERIODS), data.draw(VIEWS)
    for code in ("pages", "persons"):
        then, as_of = (figures.value(code, "VN", period, one) for one in (View(), view))
        assert (then.numerator.amount, then.denominator.amount) == (
            as_of.numerator.amount,
            as_of.denominator.amount,
        )


ADDING_UP = [
    ("2024-05", ["2024-05a", "2024-05b"]),
    ("2024-05r", ["2024-04b", "2024-05a"]),
    ("2024-Q2", ["2024-04", "2024-05", "2024-06"]),
    ("2024-Q2r", ["2024-04r", "2024-05r", "2024-06r"]),
    ("2024-H1", ["2024-Q1", "2024-Q2"]),
    ("2024r", ["2024-H1r", "2024-H2r"]),
    ("2024", ["2024-H1", "2024-H2"]),
    ("2024-09-ytd", ["2024-H1", "2024-Q3"]),
    ("2024-09-ytdr", ["2024-Q1r", "2024-Q2r", "2024-Q3r"]),
]


@SMALL
@given(data=st.data())
def test_flows_of_periods_add_up_to_the_longer_period(data: st.DataObject, world: World) -> None:
    story = data.draw(stories())
    boundaries = story.boundaries()
    world.fill(boundaries, data.draw(records(boundaries)))
    figures = world.figures(boundaries, [PAGES])
    view = data.draw(VIEWS)
    for whole, parts in ADDING_UP:
        for unit in sorted({span.uid for span in story.spans}):
            amount = [
                figures.value("pages", unit, Period.parse(code), view).numerator.amount
                for code in (whole, *parts)
            ]
            if figures.value("pages", unit, Period.parse(whole), view).reason != "out-of-range":
                assert amount[0] == added(amount[1:]), (unit, whole, view.code)


def added(amounts: Iterable[int | None]) -> int | None:
    """The sum of what is known; nothing where nothing is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


@SMALL
@given(data=st.data())
def test_more_records_never_lower_a_count_of_persons(data: st.DataObject, world: World) -> None:
    story = data.draw(stories())
    boundaries = story.boundaries()
    told = data.draw(records(boundaries))
    more = told | {DOSSIERS.code: [*told[DOSSIERS.code], data.draw(dossiers(boundaries))]}
    questions = [(data.draw(PERIODS), data.draw(VIEWS)) for _ in range(5)]
    counts = []
    for one in (told, more):
        world.fill(boundaries, one)
        figures = world.figures(boundaries, [PERSONS, PERSONS_EVER])
        counts.append(
            [
                figures.value(code, unit, period, view).numerator.amount or 0
                for code in ("persons", "persons-ever")
                for unit in sorted({span.uid for span in story.spans})
                for period, view in questions
                if figures.cube.grid.slots(period)
            ]
        )
    if len(counts[0]) == len(counts[1]):  # the new record may open another year
        assert all(before <= after for before, after in zip(*counts, strict=True))


def content(cube: Cube) -> tuple[object, ...]:
    return (
        cube.units,
        {key: totals.tolist() for key, totals in cube.totals.items()},
        {
            place: sorted(zip(*(a.tolist() for a in (s.slot, s.previous, s.n)), strict=True))
            for place, s in cube.sightings.items()
        },
    )


@SMALL
@given(data=st.data())
def test_the_order_in_which_records_came_makes_no_difference(
    data: st.DataObject, world: World
) -> None:
    story = data.draw(stories())
    boundaries = story.boundaries()
    told = data.draw(records(boundaries))
    numbered = {
        code: [{"ref": f"R{n}", **one} for n, one in enumerate(rows)] for code, rows in told.items()
    }
    shuffled = {code: data.draw(st.permutations(rows)) for code, rows in numbered.items()}
    compiled = [compile_indicator(data.draw(indicators(n))[0], STREAMS) for n in range(3)]
    cubes = []
    for order in (numbered, shuffled):
        world.fill(boundaries, order)
        cubes.append(content(world.cube(boundaries, compiled)))
    assert cubes[0] == cubes[1]


@SMALL
@given(data=st.data())
def test_carrying_twice_is_carrying_once(data: st.DataObject) -> None:
    """What stands on a day's map stays there; and it stands where an atlas of our own puts it."""
    story = data.draw(stories())
    boundaries, atlas = story.boundaries(), Atlas(story.spans, story.successions)
    view = data.draw(VIEWS)
    day = view.day or PERIOD_START
    for unit in sorted({span.uid for span in story.spans}):
        once = boundaries.carry(unit, day)
        assert boundaries.exists(once.uid, day)
        again = boundaries.carry(once.uid, day)
        assert (again.uid, again.attributed) == (once.uid, True)
        assert atlas.stands(unit, day) == (once.uid, once.attributed)
        assert boundaries.map(day).path(once.uid)[-1] == "VN"


PERIOD_START = Period.parse("2024").start


def test_sums_at_the_limit_of_64_bits_are_exact_to_the_last_digit(world: World) -> None:
    """A float would lose the 1 of 2^62 - 1; 64 bits would lose the sign of 3 x 2^62 - 1."""
    boundaries = province().boundaries()
    fees = [
        (2**62 - 1, "A", "2024-05-03T08:00"),
        (2**62, "B", "2024-06-03T08:00"),
        (2**62, "C", "2024-06-03T08:00"),
    ]
    rows = [{"office": unit, "received": at(on), "fee": fee} for fee, unit, on in fees]
    world.fill(boundaries, {"dossiers": rows})
    figures = world.figures(boundaries, [indicator(total("fee"), count())])
    year, may = Period.parse("2024"), Period.parse("2024-05")
    assert figures.value("I", "P", year, View()).numerator.amount == 3 * 2**62 - 1
    assert figures.value("I", "A", may, View()).value == 2**62 - 1
