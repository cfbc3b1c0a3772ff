"""Forecasts of targets: what is done is done, nothing later is looked at, few months say little."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.measure.world import (
    QuickLake,
    Record,
    World,
    count,
    different,
    indicator,
    province,
    total,
)
from tinhso.measure.boundaries import Boundaries
from tinhso.measure.definitions import Kind, Window
from tinhso.measure.forecast import Forecast, Forecaster, NoForecast
from tinhso.measure.forecast.dates import Ahead, Outlook, edge, outlook
from tinhso.measure.forecast.model import alone, path, pool
from tinhso.measure.forecast.series import Series, Shape, _binomial
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.targets import Threshold

COMMUNES = ("A", "B", "C", "D", "E", "F")
DATE = date(2025, 12, 31)
ONLINE = indicator(count("online"), count())
HALF = Threshold(">=", Fraction(1, 2))

shares = st.floats(0.02, 0.98)
levels = st.fractions(0, 1, max_denominator=200)


def flow(counts: Sequence[tuple[int, int] | None], done: tuple[int, int], volume: float) -> Series:
    return Series(*_binomial(counts), counts, True, *done, volume)


def at_date(one: Series, threshold: Threshold, months: int = 6) -> Outlook:
    found = alone(one)
    ahead = Ahead(months, (True,) * months)
    return outlook(Shape.FLOW, one, (found.course,), ahead, threshold, found.freedom)


@st.composite
def flows(draw: st.DrawFn) -> Series:
    """Up to twenty months of counts, three with cases, of which the last are the year's so far."""
    volumes = draw(st.lists(st.integers(0, 300), max_size=17))
    volumes += draw(st.lists(st.integers(1, 300), min_size=3, max_size=3))
    counts = [(draw(st.integers(0, volume)), volume) for volume in volumes]
    year = counts[-draw(st.integers(1, 6)) :]
    done = (sum(n for n, _ in year), sum(d for _, d in year))
    return flow(counts, done, draw(st.floats(1, 300)))


@given(flows(), levels, st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_what_is_done_stays_and_no_more_than_what_comes_is_added(
    one: Series, level: Fraction, months: int
) -> None:
    found = at_date(one, Threshold(">=", level), months)
    comes = one.volume * months
    least, most = one.done / (one.of + comes), (one.done + comes) / (one.of + comes)
    assert least - 1e-9 <= found.low <= found.expected <= found.high <= most + 1e-9
    assert 0 <= found.chance <= 1


@given(flows(), levels, levels)
@settings(max_examples=60, deadline=None)
def test_a_higher_level_is_never_likelier_and_missing_it_is_the_rest(
    one: Series, first: Fraction, second: Fraction
) -> None:
    low, high = sorted((first, second))
    assert at_date(one, Threshold(">=", low)).chance >= at_date(one, Threshold(">=", high)).chance
    above, below = at_date(one, Threshold(">=", low)), at_date(one, Threshold("<", low))
    assert above.chance + below.chance == pytest.approx(1)


def test_a_target_that_the_year_so_far_has_decided_is_certain_or_out_of_reach() -> None:
    months = [(90, 100)] * 11
    assert at_date(flow(months, (990, 1100), 10), HALF, 1).chance == 1
    assert at_date(flow(months, (300, 1100), 10), HALF, 1).chance == 0


@pytest.mark.parametrize(
    ("operator", "level", "met_from"),
    [(">=", Fraction(3, 4), 8), (">", Fraction(4, 5), 9), (">=", Fraction(1), 10)],
)
def test_the_edge_lies_between_the_last_count_that_misses_and_the_first_that_meets(
    operator: str, level: Fraction, met_from: int
) -> None:
    threshold = Threshold(operator, level)
    cut, more = edge(threshold, 10)
    assert more
    assert met_from - 1 < cut < met_from
    assert [threshold.is_met_by(Fraction(n, 10)) for n in range(11)] == [n > cut for n in range(11)]


@given(st.sampled_from((">", ">=", "<", "<=")), levels, st.integers(1, 400))
def test_more_or_fewer_than_the_edge_is_what_meets(
    operator: str, level: Fraction, whole: int
) -> None:
    threshold = Threshold(operator, level)
    cut, more = edge(threshold, whole)
    for part in {0, whole, math.floor(cut), math.ceil(cut)} & set(range(whole + 1)):
        assert threshold.is_met_by(Fraction(part, whole)) == ((part > cut) == more)


@given(flows())
@settings(max_examples=40, deadline=None)
def test_the_further_away_the_less_is_known(one: Series) -> None:
    spread = np.diag(path(alone(one).course, 12)[1])
    assert (np.diff(spread) > 0).all()
    assert (np.linalg.eigvalsh(path(alone(one).course, 12)[1]) > -1e-9).all()


def test_all_in_every_month_leaves_all_possible_and_none_unlikely() -> None:
    months = [(50, 50)] * 18
    all_of_it, half = Threshold(">=", Fraction(1)), HALF
    found = at_date(flow(months, (300, 300), 50), all_of_it)
    assert found.chance > 0.5
    assert at_date(flow(months, (300, 300), 50), half).chance > 0.99


def test_a_unit_with_few_cases_keeps_close_to_its_peers() -> None:
    rising = [(20 + 3 * month, 100) for month in range(18)]
    few: list[tuple[int, int] | None] = [None] * 14 + [(0, 1), (1, 2), (0, 1), (1, 1)]
    series = {name: flow(rising, (0, 0), 100) for name in "ABCDE"} | {"few": flow(few, (0, 0), 2)}
    found = pool(series)
    together = path(found.course, 6)[0] + path(found.own["few"], 6)[0]
    by_itself = path(alone(series["few"]).course, 6)
    peers = path(found.course, 6)[0] + path(found.own["A"], 6)[0]
    assert abs(together - peers).max() < abs(by_itself[0] - peers).max()
    assert path(found.course, 6)[1][-1, -1] < by_itself[1][-1, -1]


def test_intervals_hold_about_four_in_five_when_the_world_is_as_the_model_says() -> None:
    """Courses with a common drift that drifts, own ways, and counts drawn from them."""
    inside = []
    for seed in range(12):
        chance = np.random.default_rng(seed)
        drift = np.cumsum(chance.normal(0, 0.02, 24))
        course = -0.5 + np.cumsum(drift + chance.normal(0, 0.03, 24))
        own = chance.normal(0, 0.6, (8, 1)) + np.cumsum(chance.normal(0, 0.03, (8, 24)), axis=1)
        n = chance.binomial(80, 1 / (1 + np.exp(-(course + own))))
        counts = [[(int(one), 80) for one in unit] for unit in n]
        series = {
            str(unit): flow(own_counts[:18], (int(n[unit, 12:18].sum()), 480), 80.0)
            for unit, own_counts in enumerate(counts)
        }
        found = pool(series)
        for unit in range(8):
            states = (found.course, found.own[str(unit)])
            ahead = Ahead(6, (True,) * 6)
            at = outlook(Shape.FLOW, series[str(unit)], states, ahead, HALF, found.freedom)
            inside.append(at.low <= n[unit, 12:].sum() / 960 <= at.high)
    assert 0.65 <= np.mean(inside) <= 0.95


# -- from records ----------------------------------------------------------------------------------


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(QuickLake(tmp_path))


def day(month: int) -> date:
    """The tenth of a month counted from January 2024."""
    return date(2024 + month // 12, month % 12 + 1, 10)


def dossiers(months: int, online: Callable[[str, int, int], bool], each: int = 12) -> list[Record]:
    return [
        {"office": unit, "received": day(month), "online": online(unit, month, number)}
        for unit in COMMUNES
        for month in range(months)
        for number in range(each)
    ]


def rising(_unit: str, month: int, number: int) -> bool:
    return number < 3 + month // 3


def forecast(
    world: World,
    records: dict[str, Sequence[Record]],
    as_of: str,
    unit: str = "A",
    threshold: Threshold = HALF,
    boundaries: Boundaries | None = None,
    of: object = ONLINE,
) -> Forecast:
    boundaries = boundaries or province(COMMUNES).boundaries()
    world.fill(boundaries, records)
    figures = world.figures(boundaries, [of])  # type: ignore[list-item]
    return Forecaster(figures, View()).forecast("I", unit, threshold, DATE, Period.parse(as_of))


def test_nothing_that_came_later_is_looked_at(world: World) -> None:
    early = forecast(world, {"dossiers": dossiers(18, rising)}, "2025-06")
    turned = dossiers(24, lambda unit, month, number: month < 18 and rising(unit, month, number))
    assert forecast(world, {"dossiers": turned}, "2025-06") == early
    assert early.chance is not None


def test_the_same_records_give_the_same_forecast_in_whatever_order_units_are_asked(
    world: World,
) -> None:
    boundaries = province(COMMUNES).boundaries()
    world.fill(boundaries, {"dossiers": dossiers(18, rising)})
    figures = world.figures(boundaries, [ONLINE])
    month = Period.parse("2025-06")

    def ask(order: Sequence[str]) -> dict[str, Forecast]:
        maker = Forecaster(figures, View())
        return {unit: maker.forecast("I", unit, HALF, DATE, month) for unit in order}

    assert ask(("P", *COMMUNES)) == ask((*reversed(COMMUNES), "P"))


def test_a_forecast_names_what_it_rests_on(world: World) -> None:
    found = forecast(world, {"dossiers": dossiers(18, rising)}, "2025-06")
    assert (found.months, found.peers, found.snapshot) == (18, 5, 1)
    assert (found.as_of, found.deadline) == (date(2025, 6, 30), DATE)
    alone_ = forecast(world, {"dossiers": dossiers(18, rising)}, "2025-06", "P")
    assert (alone_.months, alone_.peers) == (18, 0)


def test_no_forecast_is_made_where_there_is_nothing_to_make_it_from(world: World) -> None:
    records = {"dossiers": dossiers(20, rising)}

    def why(as_of: str, **more: object) -> NoForecast | None:
        found = forecast(world, records, as_of, **more)  # type: ignore[arg-type]
        assert (found.chance is None) == (found.reason is not None)
        return found.reason

    assert why("2025-12") is NoForecast.DATE_REACHED
    assert why("2024-02") is NoForecast.FEW_MONTHS
    assert why("2024-03") is None
    persons = indicator(different("citizen"), count())
    assert why("2025-06", of=persons) is NoForecast.KIND
    ranked = indicator(count("online"), None, kind=Kind.MEASURE)
    assert why("2025-06", of=ranked) is NoForecast.KIND
    story = province((*COMMUNES, "G"))
    assert why("2025-06", unit="G", boundaries=story.boundaries()) is NoForecast.NO_VALUE
    story = province(COMMUNES)
    story.merge(date(2025, 9, 1), ["A", "B"], "H")
    assert why("2025-06", boundaries=story.boundaries()) is NoForecast.NO_LONGER


def reports(months: Sequence[int], amount: Callable[[int], int]) -> list[Record]:
    """What each commune reported of 100 households in those months."""
    return [
        {"item": item, "office": unit, "as_of": day(month), "amount": value}
        for unit in COMMUNES
        for month in months
        for item, value in (("with", amount(month)), ("all", 100))
    ]


REPORTED = indicator(
    total("amount", "item = 'with'", "reported"),
    total("amount", "item = 'all'", "reported"),
    kind=Kind.REPORTED,
)


def test_a_report_that_goes_on_to_hold_is_no_new_observation(world: World) -> None:
    quarterly = {"reported": reports((2, 5, 8, 11, 14), lambda month: 30 + 2 * month)}
    found = forecast(world, quarterly, "2025-05", of=REPORTED)
    assert found.months == 5
    assert found.chance is not None
    assert found.expected is not None
    assert found.expected > 0.58
    assert forecast(world, quarterly, "2024-07", of=REPORTED).reason is NoForecast.FEW_MONTHS


def test_persons_so_far_can_only_grow_and_begin_anew_with_the_year(world: World) -> None:
    """Of 100 adults in each commune, ever more have filed online since January."""
    people = indicator(
        different("citizen", Window.YEAR, "online"),
        total("amount", "item = 'all'", "reported"),
        kind=Kind.PEOPLE,
    )
    filed: list[Record] = [
        {"office": unit, "received": day(month), "online": True, "citizen": f"{unit}{number}"}
        for unit in COMMUNES
        for month in range(18)
        for number in range(8 * (month % 12), 8 * (month % 12) + 8)
    ]
    records: dict[str, Sequence[Record]] = {
        "dossiers": filed,
        "reported": reports((0, 12), lambda _: 0),
    }
    found = forecast(
        world, records, "2025-06", threshold=Threshold(">=", Fraction(3, 5)), of=people
    )
    assert found.months == 6
    assert found.low is not None
    assert found.expected is not None
    assert 0.48 < found.low < found.expected < 1
    less = forecast(world, records, "2025-06", threshold=Threshold(">=", Fraction(2, 5)), of=people)
    assert less.chance == 1  # 48 of 100 have come already
