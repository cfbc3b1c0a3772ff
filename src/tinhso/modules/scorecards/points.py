"""Points as people type them: exact decimals within what a leaf can have."""

from __future__ import annotations

from decimal import Decimal

from tinhso.measure.scorecards.definitions import Component, Penalty
from tinhso.measure.text import Place, Problem, message

POINTS_WRONG = message(
    "round-points",
    vi="Điểm của {component} phải là số từ {least} đến {most}, nhiều nhất ba chữ số thập phân; đang ghi “{value}”.",
    en="Points of {component} are a number from {least} to {most} with at most three decimals, not “{value}”.",
)


def points_of(
    leaf: Component, typed: str, place: str, problems: list[Problem], *, needed: bool = False
) -> Decimal | None:
    """The points in a field; None for an empty one. What is wrong goes to `problems`."""
    written = typed.strip().replace(",", ".")
    if not written and not needed:
        return None
    least, most = bounds(leaf)
    plain = written.removeprefix("-").removeprefix("−")
    whole, _, rest = plain.partition(".")
    fits = whole.isascii() and whole.isdecimal() and len(whole) <= 6
    fits = fits and (not rest or (rest.isascii() and rest.isdecimal() and len(rest) <= 3))
    value = Decimal(plain) * (-1 if written[:1] in ("-", "−") else 1) if fits else None
    if value is None or not least <= value <= most:
        problems.append(
            POINTS_WRONG(
                Place(place),
                component=leaf.name,
                least=f"{least:g}",
                most=f"{most:g}",
                value=typed[:40],
            )
        )
        return None
    return value


def bounds(leaf: Component) -> tuple[Decimal, Decimal]:
    """The least and most points that a leaf can have."""
    if isinstance(leaf.rule, Penalty):
        return -_decimal(leaf.rule.most.numerator, leaf.rule.most.denominator), Decimal(0)
    return Decimal(0), _decimal(leaf.points.numerator, leaf.points.denominator)


def _decimal(numerator: int, denominator: int) -> Decimal:
    return Decimal(numerator) / Decimal(denominator)
