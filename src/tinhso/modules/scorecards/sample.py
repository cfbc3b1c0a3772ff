"""Rounds for the trial site: one in appeals, one open. Simulated, and marked so."""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.utils import timezone

from tinhso.kernel.ledger.actor import OPERATOR, SYSTEM
from tinhso.measure.figures import Status
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.scorecards.definitions import Scorecard
from tinhso.modules.plan.queries import Lens, PlanQueries
from tinhso.modules.scorecards import round_actions
from tinhso.modules.scorecards.models import Round
from tinhso.modules.scorecards.points import bounds
from tinhso.modules.scorecards.queries import CardQueries

BY = "Tỉnh Số (mô phỏng)"
EVIDENCE = "Báo cáo mô phỏng của đơn vị, kỳ {period}"
FINDING = "Mô phỏng: theo bản ghi chỉ được {points} điểm."


def simulate_rounds(queries: PlanQueries) -> None:
    """Rounds of the first card with groups that the plan's own pack declares, if it has one.

    One round in which every unit has claimed, all is verified and one unit appeals; one that has
    just been opened. Nothing is done where the card or its figures are not there.
    """
    cards = CardQueries(queries)
    own = [card for card in cards.cards if card.groups and not card.of_tables and card.example]
    if not own:
        return
    card, year = own[0], queries.plan.year
    done = _open(cards, card, card.groups[0].code, f"{year}-Q2")
    if done is not None:
        measured = _measured(cards, card, done)
        _claim(card, done, measured)
        round_actions.begin_verification(OPERATOR, done)
        _verify(card, done, measured)
        round_actions.begin_appeals(OPERATOR, done, timezone.localdate() + timedelta(7))
        _appeal(card, done)
    _open(cards, card, card.groups[-1].code, f"{year}-Q4")


def _open(cards: CardQueries, card: Scorecard, group_code: str, period: str) -> Round | None:
    group = card.group(group_code)
    assert group is not None
    members = cards.members(group, Lens(Period.parse(period), View()))
    if not members:
        return None
    return round_actions.open_round(
        *(SYSTEM, card, group, members),
        plan=cards.queries.pack.code,
        period=period,
        unit=cards.queries.root,
        assess_by=timezone.localdate() + timedelta(14),
        by=BY,
        simulated=True,
    )


def _measured(cards: CardQueries, card: Scorecard, made: Round) -> dict[str, dict[str, Decimal]]:
    """The points that the records give each unit, by leaf, to a tenth; those that are known."""
    group = card.group(made.group)
    assert group is not None
    ranking = cards.ranking(card, group, Lens(Period.parse(made.period), View()))
    return {
        row.unit: {
            leaf.component.code: _tenth(leaf.earned)
            for leaf in row.score.leaves
            if leaf.component is not None and leaf.status is Status.MEASURED
        }
        for row in ranking.rows
    }


def _units(made: Round) -> list[str]:
    return sorted(set(made.lines.values_list("unit_id", flat=True)))


def _claim(card: Scorecard, made: Round, measured: dict[str, dict[str, Decimal]]) -> None:
    """Every third unit rounds its weakest figure up generously: something for the verifier."""
    evidence = EVIDENCE.format(period=made.period)
    for number, unit in enumerate(_units(made)):
        points = dict(measured[unit])
        for leaf in card.leaves:
            if number % 3 == 0 and points.get(leaf.code) and leaf.points >= 15:
                most = bounds(leaf)[1]
                points[leaf.code] = min(most, points[leaf.code] + 2)
        claims = {code: round_actions.Claim(str(one), evidence) for code, one in points.items()}
        # A unit that nothing is known of claims one leaf, so that all have spoken.
        first = made.lines.filter(unit=unit).values_list("component", flat=True)[0]
        claims = claims or {first: round_actions.Claim("0", evidence)}
        round_actions.self_assess(SYSTEM, made, card, unit, claims)


def _verify(card: Scorecard, made: Round, measured: dict[str, dict[str, Decimal]]) -> None:
    for unit in _units(made):
        findings = {}
        for line in made.lines.filter(unit=unit, claimed__isnull=False):
            points = measured[unit].get(line.component, Decimal(0))
            text = (
                ""
                if points == line.claimed
                else FINDING.format(points=str(points).replace(".", ","))
            )
            findings[line.component] = round_actions.Finding(str(points), text)
        round_actions.verify(OPERATOR, made, card, unit, findings)


def _appeal(card: Scorecard, made: Round) -> None:
    for line in made.lines.exclude(verified=None).order_by("pk"):
        if line.claimed is not None and line.verified != line.claimed:
            text = "Mô phỏng: đơn vị cho rằng một số hồ sơ chưa được đồng bộ."
            asked = str(line.claimed)
            round_actions.appeal(SYSTEM, made, card, line, points=asked, text=text)
            return


def _tenth(value: Fraction) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
