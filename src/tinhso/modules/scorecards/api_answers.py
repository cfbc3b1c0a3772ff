"""From values of the domain to the shapes of the API."""

from __future__ import annotations

from typing import Any

from tinhso.kernel.units.api import TextShape
from tinhso.measure.figures import Status
from tinhso.measure.scorecards.definitions import (
    Component,
    Group,
    Penalty,
    Proportional,
    Scorecard,
    Steps,
    YesNo,
)
from tinhso.measure.scorecards.ranking import RankChange, Ranked
from tinhso.measure.scorecards.reaching import Bought, Gain
from tinhso.measure.scorecards.scoring import Reading, Score, mark
from tinhso.measure.targets import Threshold
from tinhso.modules.plan.api_figures import Amount, amount
from tinhso.modules.scorecards import words
from tinhso.modules.scorecards.api_schemas import (
    RoundShape,
    RuleShape,
    RuleThresholdShape,
    StepShape,
    UnitInRoundShape,
)
from tinhso.modules.scorecards.models import Line, NationalTable, Round
from tinhso.modules.scorecards.round_queries import UnitInRound, UnitLine
from tinhso.modules.scorecards.round_results import Placed
from tinhso.modules.scorecards.tables import PeerRow

exact = Amount.of


def threshold_shape(one: Threshold) -> RuleThresholdShape:
    return RuleThresholdShape(operator=one.operator, amount=exact(one.amount))


def rule_shape(component: Component) -> RuleShape | None:
    said = TextShape.model_validate(words.rule(component))
    match component.rule:
        case None:
            return None
        case Proportional(threshold, start):
            return RuleShape(
                kind="proportional",
                said=said,
                threshold=threshold_shape(threshold),
                start=exact(start),
            )
        case YesNo(threshold):
            return RuleShape(kind="yes-no", said=said, threshold=threshold_shape(threshold))
        case Steps(steps):
            shapes = [
                StepShape(threshold=threshold_shape(one.threshold), points=exact(one.points))
                for one in steps
            ]
            return RuleShape(kind="steps", said=said, steps=shapes)
        case Penalty(each, most):
            return RuleShape(kind="penalty", said=said, each=exact(each), most=exact(most))
    return RuleShape(kind="rank", said=said)


def component_shape(one: Component) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in ("code", "name", "source", "certainty")},
        **{name: getattr(one, name) for name in ("no_source", "levels", "assumed", "note")},
        **{
            name: getattr(one, name) or None
            for name in ("indicator", "column", "larger_denominator")
        },
        "points": exact(one.points),
        "rule": rule_shape(one),
        "parts": [component_shape(part) for part in one.parts],
    }


def card_line(card: Scorecard) -> dict[str, Any]:
    names = (*("code", "name", "description", "counted", "source", "certainty"), "version")
    return {
        **{name: getattr(card, name) for name in names},
        **{name: getattr(card, name) for name in ("of_tables", "example", "unknown")},
        "unknown_why": card.unknown_why,
        "total": exact(card.total),
        "known_at_least": exact(card.known_at_least),
    }


def group_shape(group: Group) -> dict[str, Any]:
    return {
        **{name: getattr(group, name) for name in ("code", "name", "level")},
        "has": group.has or None,
        "lacks": group.lacks or None,
        "without": list(group.without),
        "smallest": list(group.smallest),
    }


def card_shape(card: Scorecard) -> dict[str, Any]:
    return {
        **card_line(card),
        "gaps": card.gaps,
        "parts": [component_shape(part) for part in card.parts],
        "groups": [group_shape(group) for group in card.groups],
    }


def _reading(one: Reading) -> dict[str, Any]:
    return {
        "status": one.status,
        "value": amount(one.value),
        "numerator": one.numerator,
        "denominator": one.denominator,
        "why": one.why,
    }


def score_shape(one: Score) -> dict[str, Any]:
    return {
        "code": one.component.code if one.component is not None else None,
        "status": one.status,
        "points": exact(one.points),
        "earned": exact(one.earned) if one.status is Status.MEASURED else None,
        "unknown": exact(one.open),
        "not_applicable": exact(one.out),
        "reachable": exact(one.reachable),
        "met": one.met,
        "reading": None if one.reading is None else _reading(one.reading),
        "parts": [score_shape(part) for part in one.parts],
    }


def gain_shape(one: Gain, unit: Any) -> dict[str, Any]:
    return {
        "component": one.component.code,
        "points": exact(one.points),
        "reaches": threshold_shape(one.reaches) if one.reaches is not None else None,
        "more": one.more,
        "unknown": one.unknown,
        "said": words.gain(one, unit),
    }


def change_shape(one: RankChange) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in ("before", "now", "own", "others")},
        "parts": [
            {
                "component": part.code,
                "before": exact(part.before),
                "now": exact(part.now),
                "change": exact(part.change),
            }
            for part in one.parts
        ],
    }


def ranked_shape(
    card: Scorecard, row: Ranked, name: Any, change: RankChange | None
) -> dict[str, Any]:
    return {
        "unit": row.unit,
        "name": name,
        "rank": row.rank,
        "tied": row.tied,
        "mark": amount(mark(card, row.score)),
        "earned": exact(row.score.earned) if row.score.status is Status.MEASURED else None,
        "reachable": exact(row.score.reachable),
        "unknown": exact(row.score.open),
        "why": row.why,
        "why_said": words.not_ranked(row) if row.why is not None else None,
        "change": None if change is None else change_shape(change),
    }


def peer_shape(row: PeerRow) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in ("unit", "of", "source")},
        "rank": row.rank or row.by_score,
        "score": amount(row.score),
        "reckoned": amount(row.reckoned),
        "parts": {name: exact(value) for name, value in row.parts.items()},
    }


def bought_shape(one: Bought) -> dict[str, Any]:
    return {
        "component": one.component.code,
        **{name: exact(getattr(one, name)) for name in ("value", "best", "points")},
        "rank": one.rank,
        "places": one.places,
    }


def import_shape(one: NationalTable) -> dict[str, Any]:
    names = ("number", "source", "reason", "imported_at", "imported_by")
    return {name: getattr(one, name) for name in names}


def round_shape(one: Round) -> dict[str, Any]:
    names = set(RoundShape.model_fields) - {"unit"}
    return {**{name: getattr(one, name) for name in names}, "unit": one.unit_id}


def unit_in_round_shape(one: UnitInRound, place: Placed | None) -> dict[str, Any]:
    ranking = {"rank", "tied", "mark", "not_ranked"}
    plain = set(UnitInRoundShape.model_fields) - {"claimed", "verified", *ranking}
    return {
        "rank": place.rank if place else None,
        "tied": place.tied if place else 0,
        "mark": exact(place.mark) if place and place.mark is not None else None,
        "not_ranked": place.why if place and place.rank is None else None,
        **{name: getattr(one, name) for name in plain},
        "claimed": _decimal(one.claimed),
        "verified": _decimal(one.verified),
    }


def line_shape(one: UnitLine) -> dict[str, Any]:
    line: Line = one.line
    measured = one.measured
    is_measured = measured is not None and measured.status is Status.MEASURED
    return {
        "component": one.leaf.code,
        "measured": exact(measured.earned) if measured is not None and is_measured else None,
        "measured_status": measured.status if measured is not None else Status.UNKNOWN,
        "claimed": _decimal(line.claimed),
        "evidence": line.evidence,
        "verified": _decimal(line.verified),
        "finding": line.finding,
        "appeal": None
        if one.appeal is None
        else {
            **{
                name: getattr(one.appeal, name)
                for name in ("text", "made_at", "decided_at", "decision")
            },
            **{name: _decimal(getattr(one.appeal, name)) for name in ("asked", "before", "points")},
        },
    }


def _decimal(value: Any) -> str | None:
    return None if value is None else f"{value:f}"
