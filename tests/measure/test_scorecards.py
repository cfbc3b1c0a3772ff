"""Scorecards: rules as worked examples reckoned by hand, and laws that hold for any card."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.measure.boundaries import Level
from tinhso.measure.definitions import Source
from tinhso.measure.figures import Status
from tinhso.measure.scorecards.definitions import (
    ByRank,
    Certainty,
    Component,
    Counted,
    Group,
    Penalty,
    Proportional,
    Rule,
    Scorecard,
    Smallest,
    Step,
    Steps,
    Unknown,
    YesNo,
)
from tinhso.measure.scorecards.ranking import NotRanked, contributions, rank, rank_change
from tinhso.measure.scorecards.reaching import distance, gains, more_of, places_bought
from tinhso.measure.scorecards.scoring import Reading, Score, mark, score, score_group
from tinhso.measure.targets import Threshold
from tinhso.measure.text import Text

F = Fraction
NONE = F(0)
NAME = Text("x", "x")
HERE = Source("D")
GROUP = Group("g", NAME, Level.COMMUNE)
AT_80 = Proportional(Threshold(">=", F(4, 5)), F(0))


def leaf(code: str, points: F | int, rule: Rule = AT_80) -> Component:
    return Component(code, NAME, F(points), HERE, Certainty.CHOICE, rule=rule, indicator=code)


def branch(code: str, *parts: Component) -> Component:
    points = sum((one.points for one in parts), F(0))
    return Component(code, NAME, points, HERE, Certainty.CHOICE, parts)


def card_of(*parts: Component, unknown: Unknown = Unknown.NOTHING, known: F = NONE) -> Scorecard:
    total = sum((one.points for one in parts), F(0))
    return Scorecard(
        *("C", NAME, NAME, Counted.POINTS, total, HERE, Certainty.CHOICE),
        *(unknown, NAME, known, parts),
        groups=(GROUP,),
    )


def has(numerator: int, denominator: int) -> Reading:
    return Reading(Status.MEASURED, F(numerator, denominator), numerator, denominator)


NOT_KNOWN = Reading(Status.UNKNOWN)
NOT_FOR_US = Reading(Status.NOT_APPLICABLE)
#: 60 + 40 points; the first leaf is full from 80 %, the second all or nothing above 50 %.
TWO = card_of(branch("P", leaf("A", 60), leaf("B", 40, YesNo(Threshold(">", F(1, 2))))))


# -- by hand -----------------------------------------------------------------------------------


def test_a_card_scored_by_hand() -> None:
    """A: 40 of 100 is half of 80 %, so 30 of 60 points. B: 51 of 100 is above 50 %: all 40."""
    whole = score(TWO, {"A": has(40, 100), "B": has(51, 100)})
    assert (whole.earned, whole.reachable, whole.open, whole.missing) == (70, 100, 0, 30)
    assert mark(TWO, whole) == F(7, 10)
    [gain] = gains(whole)
    assert (gain.component.code, gain.points, gain.more) == ("A", 30, 40)


def test_exactly_at_the_level_is_not_above_it() -> None:
    whole = score(TWO, {"A": has(80, 100), "B": has(50, 100)})
    met = {one.component.code: one.met for one in whole.leaves if one.component}
    assert met == {"A": True, "B": False}
    assert whole.earned == 60
    assert [(g.component.code, g.more) for g in gains(whole)] == [("B", 1)]


def test_unknown_not_applicable_and_zero_are_three_things() -> None:
    zero = score(TWO, {"A": has(0, 9), "B": has(9, 9)})
    unknown = score(TWO, {"A": NOT_KNOWN, "B": has(9, 9)})
    outside = score(TWO, {"A": NOT_FOR_US, "B": has(9, 9)})
    assert [(w.earned, w.open, w.out) for w in (zero, unknown, outside)] == [
        (40, 0, 0),
        (40, 60, 0),
        (40, 0, 60),
    ]
    assert [mark(TWO, w) for w in (zero, unknown, outside)] == [F(2, 5), F(2, 5), 1]
    lenient = replace(TWO, unknown=Unknown.LEFT_OUT)
    assert [mark(lenient, w) for w in (zero, unknown, outside)] == [F(2, 5), 1, 1]


def test_nothing_known_has_no_mark_rather_than_zero() -> None:
    for readings in ({}, {"A": NOT_FOR_US, "B": NOT_FOR_US}):
        assert mark(TWO, score(TWO, readings)) is None


def test_steps_a_figure_that_should_fall_and_a_penalty() -> None:
    steps = Steps((Step(Threshold(">=", F(9, 10)), F(10)), Step(Threshold(">", F(1, 2)), F(4))))
    fall = Proportional(Threshold("<=", F(1, 10)), F(1, 2))
    card = card_of(leaf("S", 10, steps), leaf("L", 20, fall), leaf("T", 0, Penalty(F(1, 2), F(3))))
    # S: 60 % is on the second step. L: 30 % is half way from 50 % to 10 %. T: 4 times a half.
    whole = score(card, {"S": has(6, 10), "L": has(3, 10), "T": has(4, 9)})
    assert [one.earned for one in whole.leaves] == [4, 10, -2]
    assert {g.component.code: (g.points, g.more) for g in gains(whole)} == {
        "S": (6, 3),
        "L": (10, -2),
        "T": (2, None),
    }
    assert score(card, {"S": has(6, 10), "L": has(3, 10), "T": has(40, 90)}).earned == 4 + 10 - 3
    assert score(card, {"S": has(9, 10), "L": has(1, 10)}).lowest == 30 - 3


def test_points_by_rank_are_shared_by_ties() -> None:
    card = card_of(leaf("R", 10, ByRank(higher=True)))
    found = score_group(
        card, {"a": {"R": has(9, 10)}, "b": {"R": has(5, 10)}, "c": {"R": has(5, 10)}}
    )
    assert {unit: one.earned for unit, one in found.items()} == {"a": 10, "b": 5, "c": 5}
    assert mark(card, score(card, {"R": has(9, 10)})) is None  # alone, nobody is compared


def test_two_at_fifteen_then_seventeen() -> None:
    """As in the published table of 2022: ties share a rank and the next is skipped."""
    group = {f"p{n:02}": {"A": has(100 - n, 100), "B": NOT_FOR_US} for n in range(30, 44)}
    group |= {"tie-1": {"A": has(50, 100), "B": NOT_FOR_US}}
    group |= {"tie-2": {"A": has(5, 10), "B": NOT_FOR_US}, "last": {"A": has(1, 100)}}
    ranking = rank(TWO, GROUP, score_group(TWO, group))
    assert {row.unit: (row.rank, row.tied) for row in ranking.rows[-3:]} == {
        "tie-1": (15, 2),
        "tie-2": (15, 2),
        "last": (17, 1),
    }


def test_who_is_not_ranked_and_why() -> None:
    card = replace(TWO, known_at_least=F(1, 2))
    group = replace(GROUP, smallest=(Smallest("B", 30),))
    found = {
        "big": {"A": has(1, 40), "B": has(30, 30)},
        "small": {"A": has(40, 40), "B": has(29, 29)},
        "silent": {},
        "elsewhere": {"A": NOT_FOR_US, "B": NOT_FOR_US},
        "half-told": {"A": NOT_KNOWN, "B": has(30, 30)},
    }
    ranking = rank(card, group, score_group(card, found))
    assert {row.unit: row.why for row in ranking.unranked} == {
        "small": NotRanked.TOO_SMALL,
        "silent": NotRanked.NOTHING_KNOWN,
        "elsewhere": NotRanked.NOTHING_APPLIES,
        "half-told": NotRanked.TOO_LITTLE_KNOWN,
    }
    assert [row.unit for row in ranking.ranked] == ["big"]


def test_why_a_rank_changed_by_hand() -> None:
    """a rises from 0.3 to 0.525, which is second among the old marks; c's rise to 0.57 undoes it."""

    def table(**shares: int) -> dict[str, Score]:
        return score_group(TWO, {u: {"A": has(s, 100), "B": has(0, 1)} for u, s in shares.items()})

    before = rank(TWO, GROUP, table(a=40, b=76, c=60, d=10))
    now = rank(TWO, GROUP, table(a=70, b=78, c=76, d=10))
    found = rank_change(TWO, before, now, "a")
    assert found is not None
    assert (found.before, found.now, found.own, found.others) == (3, 3, 1, -1)
    assert {one.code: one.change for one in found.parts} == {"A": F(9, 40), "B": 0}


def test_distance_to_the_tenth_place_and_what_buys_most() -> None:
    card = card_of(
        leaf("A", F(1, 5), Proportional(Threshold(">=", F(1)), F(0))),
        leaf("B", F(4, 5), Proportional(Threshold(">=", F(1)), F(0))),
    )

    def row(a: str, b: str) -> dict[str, Reading]:
        return {"A": Reading(Status.MEASURED, F(a)), "B": Reading(Status.MEASURED, F(b))}

    table = {"us": row("0.2", "0.5"), "x": row("0.9", "0.6"), "y": row("1", "0.4")}
    marks = [found for one in table.values() if (found := mark(card, score(card, one))) is not None]
    # us 0.44, x 0.66, y 0.52
    assert distance(F("0.44"), marks, 2) == F("0.08")
    assert distance(F("0.44"), marks, 3) == 0
    assert distance(F("0.44"), marks, 10) is None
    bought = places_bought(card, table, "us")
    assert [(one.component.code, one.places, one.rank) for one in bought] == [
        ("A", 1, 2),
        ("B", 1, 2),
    ]
    assert [one.points for one in bought] == [F("0.16"), F("0.08")]


@pytest.mark.parametrize(
    ("operator", "numerator", "more"),
    [(">=", 79, 1), (">", 79, 2), (">", 80, 1), ("<=", 85, -5), ("<", 80, -1)],
)
def test_how_many_more_of_the_numerator(operator: str, numerator: int, more: int) -> None:
    threshold = Threshold(operator, F(4, 5))
    assert more_of(has(numerator, 100), threshold) == more
    assert threshold.is_met_by(F(numerator + more, 100))
    nearer = numerator + more - (1 if more > 0 else -1)
    assert not threshold.is_met_by(F(nearer, 100))


# -- laws --------------------------------------------------------------------------------------

shares = st.integers(1, 40).flatmap(
    lambda d: st.integers(0, d).map(lambda numerator: has(numerator, d))
)
readings = st.one_of(shares, shares, st.just(NOT_KNOWN), st.just(NOT_FOR_US))
levels = st.fractions(F(1, 20), F(1), max_denominator=20)
rules: st.SearchStrategy[Rule] = st.one_of(
    levels.map(lambda t: Proportional(Threshold(">=", t), F(0))),
    levels.map(lambda t: YesNo(Threshold(">", t))),
    st.just(ByRank(higher=True)),
)


@st.composite
def cards(draw: st.DrawFn) -> Scorecard:
    count = draw(st.integers(1, 5))
    leaves = [
        leaf(f"L{n}", draw(st.fractions(F(1, 10), F(30), max_denominator=10)), draw(rules))
        for n in range(count)
    ]
    parts = (branch("first", *leaves[:2]), *leaves[2:]) if count > 1 else tuple(leaves)
    unknown = draw(st.sampled_from(Unknown))
    known = draw(st.sampled_from([F(0), F(1, 2)]))
    return card_of(*parts, unknown=unknown, known=known)


@st.composite
def groups(draw: st.DrawFn) -> tuple[Scorecard, dict[str, dict[str, Reading]]]:
    card = draw(cards())
    units = draw(st.lists(st.integers(0, 99), min_size=1, max_size=7, unique=True))
    table = {f"u{unit}": {one.code: draw(readings) for one in card.leaves} for unit in units}
    return card, table


LAW = settings(max_examples=120, deadline=None)


@LAW
@given(groups())
def test_points_add_up_at_every_node(
    found: tuple[Scorecard, dict[str, dict[str, Reading]]],
) -> None:
    card, table = found
    for whole in score_group(card, table).values():
        for node in (whole, *whole.nodes):
            if node.parts:
                for name in ("points", "earned", "open", "out"):
                    assert getattr(node, name) == sum(getattr(p, name) for p in node.parts)
            assert node.points == node.out + node.open + node.known
            assert 0 <= node.earned <= node.known <= node.reachable <= node.points
        own = mark(card, whole)
        assert own is None or 0 <= own <= 1
        if own is not None:
            assert sum(contributions(card, whole).values()) == own


@LAW
@given(groups(), st.randoms(use_true_random=False))
def test_a_ranking_does_not_depend_on_the_order_of_its_input(
    found: tuple[Scorecard, dict[str, dict[str, Reading]]], random: object
) -> None:
    card, table = found
    shuffled = list(table.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one = rank(card, GROUP, score_group(card, table))
    other = rank(card, GROUP, score_group(card, dict(shuffled)))
    assert one == other


@LAW
@given(groups())
def test_a_ranking_agrees_with_its_points(
    found: tuple[Scorecard, dict[str, dict[str, Reading]]],
) -> None:
    card, table = found
    ranking = rank(card, GROUP, score_group(card, table))
    assert {row.unit for row in ranking.rows} == set(table)
    for row in ranking.ranked:
        assert row.mark is not None
        above = [other for other in ranking.ranked if (other.mark or 0) > row.mark]
        same = [other for other in ranking.ranked if other.mark == row.mark]
        assert row.rank == len(above) + 1
        assert {other.rank for other in same} == {row.rank}
        assert row.tied == len(same)
    for row in ranking.unranked:
        assert row.why is not None


@LAW
@given(groups())
def test_what_does_not_apply_neither_helps_nor_hurts(
    found: tuple[Scorecard, dict[str, dict[str, Reading]]],
) -> None:
    """A leaf that applies to nobody: the marks are those of the card without it."""
    card, table = found
    [gone, *_] = card.leaves
    outside = {unit: {**one, gone.code: NOT_FOR_US} for unit, one in table.items()}
    parts = tuple(one for one in card.leaves if one is not gone)
    if not parts:
        return
    without = replace(card, parts=parts, total=card.total - gone.points)
    for unit, whole in score_group(card, outside).items():
        assert mark(card, whole) == mark(without, score_group(without, table)[unit])


@LAW
@given(groups())
def test_a_gain_brings_exactly_what_it_says(
    found: tuple[Scorecard, dict[str, dict[str, Reading]]],
) -> None:
    card, table = found
    own = next(iter(table.values()))
    whole = score(card, own)
    for gain in gains(whole):
        if gain.unknown or gain.more is None:
            continue
        code = gain.component.code
        before = own[code]
        assert before.numerator is not None
        assert before.denominator is not None
        raised = {**own, code: has(before.numerator + gain.more, before.denominator)}
        assert score(card, raised).earned - whole.earned == gain.points


@LAW
@given(groups(), st.data())
def test_own_change_and_others_change_make_the_whole_change(
    found: tuple[Scorecard, dict[str, dict[str, Reading]]], data: st.DataObject
) -> None:
    card, table = found
    later = {unit: {code: data.draw(readings) for code in one} for unit, one in table.items()}
    before = rank(card, GROUP, score_group(card, table))
    now = rank(card, GROUP, score_group(card, later))
    for unit in table:
        change = rank_change(card, before, now, unit)
        if change is not None:
            assert change.own + change.others == change.before - change.now
            assert sum(p.change for p in change.parts) == change.mark_now - change.mark_before
