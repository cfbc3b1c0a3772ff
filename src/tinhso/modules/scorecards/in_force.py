"""What a scorecard says, as the ledger keeps it when it comes into force (bộ chỉ số đang áp dụng)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from tinhso.kernel.ledger.entries import Thing
from tinhso.kernel.ledger.in_force import take_effect
from tinhso.measure.scorecards.definitions import (
    ByRank,
    Penalty,
    Proportional,
    Rule,
    Scorecard,
    Step,
    Steps,
    YesNo,
)
from tinhso.measure.targets import Threshold
from tinhso.modules.plan.workspace import Workspace
from tinhso.modules.scorecards.policies import CARD

#: A leaf's rule stands beside its points, under its code with this behind.
RULE = ":rule"


def enter_cards(place: Workspace) -> int:
    """Write into the ledger which scorecards units are scored by from now on; how many are new."""
    return sum(
        take_effect(Thing(CARD.kind, f"{plan}/{card.code}"), declared(card))
        for plan, pack in place.plans.items()
        for card in pack.pack.scorecards.values()
    )


def declared(card: Scorecard) -> Mapping[str, str]:
    """All that decides a rank: exact fractions, codes and no words."""
    general = {
        "version": card.version,
        "unknown": card.unknown.value,
        "known_at_least": str(card.known_at_least),
        "groups": ", ".join(group.code for group in card.groups),
    }
    points = {leaf.code: str(leaf.points) for leaf in card.leaves}
    rules = {f"{leaf.code}{RULE}": written(leaf.rule) for leaf in card.leaves if leaf.rule}
    return general | points | rules


def written(rule: Rule) -> str:
    """`steps >=4/5:10 >=1/2:5`; `read_written` reads it back."""
    match rule:
        case Proportional(level, start):
            return f"proportional {_level(level)} {start}"
        case YesNo(level):
            return f"yes-no {_level(level)}"
        case Steps(steps):
            return " ".join(["steps", *(f"{_level(one.threshold)}:{one.points}" for one in steps)])
        case ByRank(higher):
            return f"by-rank {'higher' if higher else 'lower'}"
        case Penalty(each, most):
            return f"penalty {each} {most}"


def read_written(text: str) -> Rule:
    name, *rest = text.split()
    match name:
        case "proportional":
            return Proportional(_threshold(rest[0]), Fraction(rest[1]))
        case "yes-no":
            return YesNo(_threshold(rest[0]))
        case "steps":
            pairs = (one.split(":") for one in rest)
            return Steps(tuple(Step(_threshold(at), Fraction(points)) for at, points in pairs))
        case "by-rank":
            return ByRank(rest[0] == "higher")
    return Penalty(Fraction(rest[0]), Fraction(rest[1]))


def _level(one: Threshold) -> str:
    return f"{one.operator}{one.amount}"


def _threshold(text: str) -> Threshold:
    amount = text.lstrip("<>=")
    return Threshold(text.removesuffix(amount), Fraction(amount))
