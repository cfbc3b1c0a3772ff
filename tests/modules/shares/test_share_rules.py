"""Rules, sums and inheritance hold for any units, not only for those of the sample."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tinhso.measure.boundaries import Boundaries, Level, Span, Succession
from tinhso.measure.targets import Threshold
from tinhso.measure.text import Place
from tinhso.modules.shares.inheritance import Given, carried
from tinhso.modules.shares.rules import (
    Receiver,
    by_gap,
    by_level,
    even_steps,
    same,
    summed,
    weighted,
)
from tinhso.modules.shares.typed import (
    milestones_problem,
    read_milestones,
    read_percent,
    write_milestones,
    write_percent,
)

SHARES = st.fractions(0, 1, max_denominator=10_000)
#: As they are typed: at most three decimals of a per cent.
TYPED = st.integers(0, 100_000).map(lambda n: Fraction(n, 100_000))
CLOSING = st.fractions(Fraction(1, 100), 1, max_denominator=1000)


@st.composite
def receivers(draw: st.DrawFn) -> list[Receiver]:
    units = draw(
        st.lists(
            st.tuples(
                st.sampled_from([Level.AGENCY, Level.DISTRICT, Level.COMMUNE]),
                st.none() | SHARES,
                st.none() | st.integers(0, 10**9),
            ),
            max_size=12,
        )
    )
    return [Receiver(f"u{n}", *facts) for n, facts in enumerate(units)]


@given(receivers(), SHARES, CLOSING)
def test_a_share_by_gap_lies_between_the_baseline_and_the_whole(
    units: list[Receiver], target: Fraction, closing: Fraction
) -> None:
    shares = by_gap(units, target, closing)
    for one in units:
        if one.baseline is None:
            assert one.uid not in shares  # nothing is made up for who has no baseline
            continue
        wanted = one.baseline + closing * max(Fraction(0), target - one.baseline)
        assert one.baseline <= shares[one.uid] <= 1
        assert wanted <= shares[one.uid] < wanted + Fraction(1, 1000)


@given(receivers(), SHARES)
def test_closing_the_whole_gap_never_falls_short_of_the_target(
    units: list[Receiver], target: Fraction
) -> None:
    found = summed(units, by_gap(units, target, Fraction(1)), target)
    assert found.difference is None or found.difference >= 0


@given(receivers(), SHARES, CLOSING, CLOSING)
def test_who_closes_more_of_the_gap_never_gets_less(
    units: list[Receiver], target: Fraction, one: Fraction, other: Fraction
) -> None:
    less, more = (by_gap(units, target, part) for part in sorted((one, other)))
    assert all(less[uid] <= more[uid] for uid in less)


@given(receivers(), SHARES)
def test_if_all_shares_equal_the_target_the_sum_equals_it(
    units: list[Receiver], target: Fraction
) -> None:
    found = summed(units, same(units, target), target)
    assert found.value == target if found.counted else found.value is None


@given(st.data(), receivers(), SHARES)
def test_the_sum_knows_no_order_and_names_every_unit_once(
    data: st.DataObject, units: list[Receiver], target: Fraction
) -> None:
    shares = {one.uid: data.draw(SHARES) for one in units if data.draw(st.booleans())}
    found = summed(units, shares, target)
    shuffled = summed(data.draw(st.permutations(units)), shares, target)
    assert (found.value, found.denominator) == (shuffled.value, shuffled.denominator)
    assert sorted([*found.counted, *found.without, *found.within]) == sorted(shares)


def test_a_sum_is_the_ratio_of_sums_and_says_by_how_much_it_is_short() -> None:
    units = [
        Receiver("to", Level.COMMUNE, None, 900),
        Receiver("nho", Level.COMMUNE, None, 100),
        Receiver("khong", Level.COMMUNE, None, 0),
        Receiver("trong", Level.COMMUNE, None, 500, inside="to"),
    ]
    shares = {
        uid: Fraction(n, 100) for uid, n in (("to", 70), ("nho", 100), ("khong", 1), ("trong", 2))
    }
    found = summed(units, shares, Fraction(3, 4), 2000)
    assert found.value == Fraction(73, 100)  # (630 + 100) / 1000, where the mean would be 85 %
    assert found.difference == Fraction(-2, 100)
    assert (found.without, found.within) == (("khong",), ("trong",))
    assert found.coverage == Fraction(1, 2)


def test_a_level_without_a_value_gets_no_share() -> None:
    units = [Receiver("s", Level.AGENCY), Receiver("x", Level.COMMUNE)]
    assert by_level(units, {Level.COMMUNE: Fraction(4, 5)}) == {"x": Fraction(4, 5)}


@given(TYPED, TYPED, st.integers(1, 5))
def test_even_steps_never_fall_back_and_end_at_the_share(
    one: Fraction, other: Fraction, first: int
) -> None:
    baseline, share = sorted((one, other))
    steps = even_steps(baseline, share, first)
    assert len(steps) == 4
    assert milestones_problem(Place(), steps, share, Threshold(">=", share)) is None
    assert first == 5 or steps[-1] == share


@given(TYPED)
def test_a_share_reads_as_it_was_written(share: Fraction) -> None:
    assert read_percent(write_percent(share)) == share
    assert read_percent(write_percent(share, ".") + " %") == share


@given(st.tuples(*[st.none() | TYPED] * 4))
def test_milestones_read_as_they_were_written(milestones: tuple[Fraction | None, ...]) -> None:
    assert read_milestones(write_milestones(milestones)) == milestones


def test_what_is_no_percentage_is_not_taken_for_one() -> None:
    assert [read_percent(text) for text in ("100,001", "-1", "1e2", "75,1234", "", "bảy")] == [
        None
    ] * 6
    assert read_milestones("40; 50; 60") is None
    assert read_milestones("40; x; 60; 75") is None


@given(st.lists(st.tuples(SHARES, st.integers(1, 10**9)), min_size=1, max_size=6))
def test_a_weighted_share_lies_among_its_parts(parts: list[tuple[Fraction, int]]) -> None:
    found = weighted([(value, weight) for value, weight in parts])
    assert found is not None
    assert min(value for value, _ in parts) <= found <= max(value for value, _ in parts)


def test_different_shares_are_not_weighed_without_denominators() -> None:
    assert weighted([(Fraction(1, 2), None), (Fraction(1, 2), 0)]) == Fraction(1, 2)
    assert weighted([(Fraction(1, 2), None), (Fraction(3, 4), 10)]) is None


# -- units change ------------------------------------------------------------------------------

THEN, NOW = date(2025, 6, 30), date(2025, 7, 1)
PROVINCE = Span("p", Level.PROVINCE, "p", None)


def commune(uid: str, since: date | None = None, until: date | None = None) -> Span:
    return Span(uid, Level.COMMUNE, uid, "p", since, until)


UNITS = Boundaries(
    [
        PROVINCE,
        *(commune(uid, until=NOW) for uid in ("a", "b", "c", "d", "chia")),
        *(commune(uid, since=NOW) for uid in ("ab", "cd", "n1", "n2")),
        commune("con"),
    ],
    [
        *(Succession(NOW, uid, "ab") for uid in ("a", "b")),
        *(Succession(NOW, uid, "cd") for uid in ("c", "d")),
        *(Succession(NOW, "chia", heir, whole=False) for heir in ("n1", "n2")),
    ],
)


def give(uid: str, amount: str, denominator: int | None = None) -> Given:
    return Given(uid, Fraction(amount), denominator=denominator)


def test_a_merger_brings_its_shares_together_and_weighs_them() -> None:
    held, lost = carried(
        [give("a", "1/2", 300), give("b", "9/10", 100), give("c", "4/5"), give("con", "1/4")],
        UNITS.map(NOW),
        unshared=["d"],
    )
    by_uid = {one.uid: one for one in held}
    assert lost == []
    assert by_uid["ab"].differs
    assert by_uid["ab"].amount == Fraction(3, 5)  # (150 + 90) / 400
    assert (by_uid["cd"].amount, by_uid["cd"].without) == (Fraction(4, 5), ("d",))
    assert not by_uid["con"].inherited


def test_different_shares_without_denominators_ask_for_a_new_version() -> None:
    (held,), _ = carried([give("a", "1/2"), give("b", "9/10", 100)], UNITS.map(NOW))
    assert (held.amount, len(held.parts)) == (None, 2)


def test_the_share_of_a_divided_unit_is_nobodys() -> None:
    held, (lost,) = carried([give("chia", "1/2", 10)], UNITS.map(NOW))
    assert (held, lost.given.uid, lost.above) == ([], "chia", "p")


@given(st.lists(st.sampled_from(["a", "b", "c", "d", "chia", "con"]), unique=True))
def test_no_share_is_lost_or_doubled_by_a_reorganisation(uids: list[str]) -> None:
    given_ = [give(uid, "3/4", 1) for uid in uids]
    for day in (THEN, NOW):
        held, lost = carried(given_, UNITS.map(day))
        found = [part.uid for one in held for part in one.parts] + [one.given.uid for one in lost]
        assert sorted(found) == sorted(uids)
        assert all(one.amount == Fraction(3, 4) for one in held)
