"""What pages and the API ask of rounds: only what the one who asks may see."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import QuerySet
from django.utils import timezone

from tinhso.kernel.people.who import Who
from tinhso.measure.figures import Status
from tinhso.measure.scorecards.definitions import ByRank, Component, Scorecard
from tinhso.modules.scorecards.models import Appeal, Line, Round, RoundState
from tinhso.modules.scorecards.policies import ROUND
from tinhso.modules.scorecards.queries import CardQueries
from tinhso.modules.scorecards.round_results import measured_in

#: The steps that take points, each with the verb of the policy that it needs.
ASSESS, VERIFY = "tu-cham", "tham-dinh"
STEPS = {ASSESS: "assess", VERIFY: "verify"}


@dataclass(frozen=True)
class MeasuredPoints:
    """What the records give a unit for a leaf; `earned` counts only where it is measured."""

    status: Status
    earned: Fraction


@dataclass(frozen=True)
class UnitLine:
    """A leaf of a unit in a round: measured, claimed and verified points beside each other.

    `measured` is what the records give now, and after the closing what they gave then; None where
    nobody can tell.
    """

    leaf: Component
    line: Line
    measured: MeasuredPoints | None
    appeal: Appeal | None

    @property
    def differs(self) -> bool:
        return self.line.verified is not None and self.line.verified != self.line.claimed


@dataclass(frozen=True)
class UnitInRound:
    """A unit's totals. `claimed` and `verified` are None where nobody has said anything."""

    unit: str
    leaves: int
    claimed_leaves: int
    verified_leaves: int
    claimed: Decimal | None
    verified: Decimal | None
    appeals: int
    undecided: int


def rounds(who: Who, plan: str, card: str = "") -> QuerySet[Round]:
    """The rounds of a plan (of one card), newest first, that a unit within reach takes part in."""
    found = Round.objects.filter(plan=plan)
    if card:
        found = found.filter(card=card)
    reach = ROUND.units(who, "view")
    if reach is not None:
        found = found.filter(lines__unit__in=sorted(reach)).distinct()
    return found.order_by("-opened_at")


def a_round(who: Who, round_id: uuid.UUID) -> Round | None:
    """The round, or None where it is not there or out of reach."""
    found = Round.objects.filter(pk=round_id).first()
    if found is None or not ROUND.rows(who, "view", found.lines.all()).exists():
        return None
    return found


def units_of(made: Round) -> list[str]:
    """All units of a round; for reckoning, not for showing."""
    return sorted(set(made.lines.values_list("unit_id", flat=True)))


def units_in(who: Who, made: Round) -> list[UnitInRound]:
    """The units of a round that the one who asks may see, by uid."""
    lines: dict[str, list[Line]] = {}
    for line in ROUND.rows(who, "view", made.lines.select_related("appeal")):
        lines.setdefault(line.unit_id, []).append(line)
    return [_unit(unit, own) for unit, own in sorted(lines.items())]


def _unit(unit: str, lines: list[Line]) -> UnitInRound:
    claimed = [one.claimed for one in lines if one.claimed is not None]
    verified = [one.verified for one in lines if one.verified is not None]
    appeals = [one.appeal for one in lines if hasattr(one, "appeal")]
    return UnitInRound(
        unit,
        len(lines),
        len(claimed),
        len(verified),
        sum(claimed, Decimal(0)) if claimed else None,
        sum(verified, Decimal(0)) if verified else None,
        len(appeals),
        sum(not one.is_decided for one in appeals),
    )


def unit_lines(cards: CardQueries, made: Round, card: Scorecard, unit: str) -> list[UnitLine]:
    """A unit's lines in the order of the card. The caller has asked the policy for the unit."""
    own = {line.component: line for line in made.lines.filter(unit=unit).select_related("appeal")}
    if made.snapshot is None:
        compared = any(isinstance(leaf.rule, ByRank) for leaf in card.leaves)
        among = units_of(made) if compared else [unit]
        now = measured_in(cards, made, card, among).units.get(unit, {})
        measured = {code: MeasuredPoints(one.status, one.earned) for code, one in now.items()}
    else:
        measured = {code: _kept(line) for code, line in own.items()}
    return [
        UnitLine(
            leaf, own[leaf.code], measured.get(leaf.code), getattr(own[leaf.code], "appeal", None)
        )
        for leaf in card.leaves
        if leaf.code in own
    ]


def _kept(line: Line) -> MeasuredPoints:
    return MeasuredPoints(Status(line.status), Fraction(line.measured or 0))


def reach(who: Who, made: Round, step: str) -> list[str]:
    """The units of a round that somebody can fill in at a step."""
    lines = ROUND.rows(who, STEPS[step], made.lines.all())
    return sorted(set(lines.values_list("unit_id", flat=True)))


def is_open(made: Round, step: str) -> bool:
    """Whether a step takes points today."""
    if step == ASSESS:
        return made.may_assess_on(timezone.localdate())
    return made.state == RoundState.VERIFYING


def offered(who: Who, made: Round) -> list[tuple[str, int]]:
    """The steps that somebody can take in Excel now, each with the number of units within reach."""
    open_ones = [step for step in STEPS if is_open(made, step)]
    found = [(step, len(reach(who, made, step))) for step in open_ones]
    return [(step, count) for step, count in found if count]
