"""When a unit stands out in an honesty check: tails that are exact, and tables of honest units."""

from __future__ import annotations

import random
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.measure.alarms import PEERS, Asked, Comparison, compare, tail
from tinhso.measure.definitions import Aggregate, Alarm, CheckKind, HonestyCheck, Part
from tinhso.measure.text import Text

WORDS = Text("phép kiểm", "check")
RULE = Alarm(Fraction(1, 100), 5)


def check(alarm: Alarm | None = RULE, *, crowd: int = 0) -> HonestyCheck:
    part = Part("dossiers", Aggregate.COUNT, "true", WORDS)
    kind = CheckKind.CONCENTRATION if crowd else CheckKind.SHARE
    return HonestyCheck(
        "K", WORDS, WORDS, kind, part, part, WORDS, ("I",), "device" if crowd else "", crowd, alarm
    )


def table(*pairs: tuple[int, int]) -> list[Asked]:
    return [Asked(f"u{n}", records, over) for n, (records, over) in enumerate(pairs)]


def marked(found: Comparison | None) -> set[str]:
    assert found is not None
    return {one.asked.unit for one in found.standing_out}


@given(
    over=st.integers(1, 40), share=st.fractions(Fraction(1, 50), Fraction(49, 50)), data=st.data()
)
def test_the_tail_is_the_binomial_one(over: int, share: Fraction, data: st.DataObject) -> None:
    records = data.draw(st.integers(0, over))
    exact = sum(
        comb(over, k) * share**k * (1 - share) ** (over - k) for k in range(records, over + 1)
    )
    assert tail(records, over, float(share), 0.0) == pytest.approx(float(exact), rel=1e-9)


@given(st.integers(1, 40), st.floats(0.01, 0.99), st.floats(0.001, 0.9))
def test_the_beta_binomial_has_its_mean_and_its_spread(
    over: int, usual: float, spread: float
) -> None:
    tails = np.array([tail(k, over, usual, spread) for k in range(over + 1)] + [0.0])
    chance, k = -np.diff(tails), np.arange(over + 1)
    mean = float((chance * k).sum())
    assert mean == pytest.approx(over * usual, rel=1e-6)
    variance = over * usual * (1 - usual) * (1 + (over - 1) * spread)
    assert float((chance * (k - mean) ** 2).sum()) == pytest.approx(variance, rel=1e-5)


def test_a_coin_that_falls_ten_times_alike() -> None:
    """1 in 1024, by hand; the same more often where coins differ from each other."""
    assert tail(10, 10, 0.5, 0.0) == pytest.approx(1 / 1024)
    assert tail(10, 10, 0.5, 0.2) > 1 / 1024


def test_one_unit_far_above_its_peers_stands_out() -> None:
    peers = [(2, 200), (1, 150), (3, 260), (0, 90), (2, 180), (4, 300), (1, 120), (2, 210)] * 3
    assert marked(compare(check(), table((90, 220), *peers))) == {"u0"}


def test_bent_units_do_not_hide_each_other() -> None:
    """Up to a quarter of the table: what is usual is learnt from the rest."""
    honest = [(n % 4, 200) for n in range(18)]
    assert marked(compare(check(), table((80, 200), (90, 200), (70, 200), *honest))) == {
        *("u0", "u1", "u2")
    }


def test_units_that_differ_honestly_are_no_alarm() -> None:
    """Shares from 10 to 30 per cent of thousands: any two differ beyond chance, and none stands out."""
    shares = range(10, 31)
    assert marked(compare(check(), table(*((40 * share, 4000) for share in shares)))) == set()


def test_few_records_mark_nobody() -> None:
    peers = [(0, 500)] * 20
    assert marked(compare(check(), table((4, 500), *peers))) == set()
    assert marked(compare(check(), table((5, 500), *peers))) == {"u0"}


def test_too_few_units_cannot_be_compared() -> None:
    peers = [(0, 100)] * (PEERS - 2)
    assert compare(check(), table((90, 100), *peers)) is None
    assert (
        compare(check(), table((90, 100), *peers, (0, 0))) is None
    )  # one without records is no peer
    assert compare(check(), table((90, 100), *peers, (0, 100))) is not None


def test_a_known_share_needs_no_peers() -> None:
    """Eight last digits of eight are 0 or 5: one in 390,625 where one in five is."""
    rule = Alarm(Fraction(1, 100), 5, Fraction(1, 5))
    found = compare(check(rule), table((8, 8), (2, 8)))
    assert marked(found) == {"u0"}
    assert found is not None
    [verdict] = found.standing_out
    assert verdict.chance == pytest.approx(1 / 390_625)
    assert found.limit == pytest.approx(1 / 200)


def test_all_units_bent_alike_are_seen_only_where_the_share_is_known() -> None:
    everyone = table(*([(8, 8)] * 25))
    assert marked(compare(check(), everyone)) == set()
    assert len(marked(compare(check(Alarm(Fraction(1, 100), 5, Fraction(1, 5))), everyone))) == 25


def test_one_crowd_is_one_thing_that_happened() -> None:
    """A computer for the public that files twenty dossiers once is no habit; ten times is one."""
    peers = [(0, 2000)] * 40
    assert (
        marked(compare(check(Alarm(RULE.false_alarms, 20), crowd=20), table((20, 2000), *peers)))
        == set()
    )
    assert marked(
        compare(check(Alarm(RULE.false_alarms, 20), crowd=20), table((200, 2000), *peers))
    ) == {"u0"}


def test_a_check_without_a_rule_only_counts() -> None:
    assert compare(check(None), table(*([(50, 100)] * 30))) is None


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 400)), min_size=PEERS, max_size=40),
    st.randoms(use_true_random=False),
)
def test_the_order_of_units_says_nothing(pairs: list[tuple[int, int]], rng: random.Random) -> None:
    units = table(*((min(records, over), over) for records, over in pairs))
    first = compare(check(), units)
    rng.shuffle(units)
    second = compare(check(), units)
    assert (first is None) == (second is None)
    if first is not None and second is not None:
        assert marked(first) == marked(second)
        for one in first.verdicts:
            other = second.of(one.asked.unit)
            assert other is not None
            assert 0 <= one.chance <= 1
            assert other.chance == pytest.approx(one.chance, rel=1e-6)


@pytest.mark.parametrize(
    ("usual", "spread"), [(0.002, 0.0), (0.02, 0.0), (0.02, 0.01), (0.05, 0.003), (0.2, 0.03)]
)
def test_honest_tables_are_marked_about_as_seldom_as_the_rule_says(
    usual: float, spread: float
) -> None:
    """300 tables of 111 honest units, drawn with a fixed seed. The rule says one in a hundred; what
    is usual has to be estimated, for which three in a hundred are allowed here."""
    rng, alarms = np.random.default_rng(382), 0
    for _ in range(300):
        over = np.maximum(rng.lognormal(6, 0.6, 111).astype(int), 1)
        own = np.full(111, usual)
        if spread:
            own = rng.beta(usual * (1 - spread) / spread, (1 - usual) * (1 - spread) / spread, 111)
        units = table(
            *((int(x), int(n)) for x, n in zip(rng.binomial(over, own), over, strict=True))
        )
        alarms += bool(marked(compare(check(), units)))
    assert alarms <= 9
