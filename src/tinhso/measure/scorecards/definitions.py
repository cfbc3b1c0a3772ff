"""What a scorecard says: a tree of points, the rule of each leaf, who is compared with whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from tinhso.measure.boundaries import Level
from tinhso.measure.definitions import Source
from tinhso.measure.targets import Threshold
from tinhso.measure.text import NOWHERE, Place, Text


class Certainty(StrEnum):
    """How sure we are of what a card says (mức độ chắc chắn)."""

    CONFIRMED = "confirmed"  # read in a public text of the document
    SECONDARY = "secondary"  # read in somebody's summary or implementation
    MEMORY = "memory"  # not confirmed by any text at hand
    CHOICE = "choice"  # no document says it: the pack's author chose, openly


class Unknown(StrEnum):
    """How a leaf whose figure is unknown counts in a mark; it is shown as unknown either way."""

    LEFT_OUT = "left-out"  # its points leave both earned and reachable
    NOTHING = "nothing"  # its points stay reachable, and nothing of them is earned


class Counted(StrEnum):
    """What the numbers of the tree are called."""

    POINTS = "points"
    WEIGHT = "weight"


@dataclass(frozen=True)
class Proportional:
    """All points where the threshold is met, else in proportion to the way from `start` to it."""

    threshold: Threshold
    start: Fraction


@dataclass(frozen=True)
class Step:
    threshold: Threshold
    points: Fraction


@dataclass(frozen=True)
class Steps:
    """The points of the first step that is met, the best first; none where none is."""

    steps: tuple[Step, ...]


@dataclass(frozen=True)
class YesNo:
    """All points where the threshold is met, else none."""

    threshold: Threshold


@dataclass(frozen=True)
class ByRank:
    """All points for the first of its group, none for the last, even steps between them.

    Ties share the better place. One that is alone in its group has all points.
    """

    higher: bool  # whether the higher value is the better one


@dataclass(frozen=True)
class Penalty:
    """`each` points less for one of the numerator, up to `most`; the leaf itself has no points."""

    each: Fraction
    most: Fraction


Rule = Proportional | Steps | YesNo | ByRank | Penalty


@dataclass(frozen=True)
class Component:
    """A part of a card (tiêu chí): a branch with `parts`, or a leaf with a rule.

    A leaf reads an indicator of the packs, or a column of an imported table, or nothing yet, and
    then `no_source` says why. `larger_denominator`: the denominator is the larger of the
    indicator's own and of this other one's. `levels`: it applies to units of these levels only.
    A branch has a `column` where national tables give its points as one number.
    """

    code: str
    name: Text
    points: Fraction
    source: Source
    certainty: Certainty
    parts: tuple[Component, ...] = ()
    rule: Rule | None = None
    indicator: str = ""
    column: str = ""
    no_source: Text | None = None
    larger_denominator: str = ""
    levels: tuple[Level, ...] = ()
    assumed: Text | None = None  # what the source leaves open, and how it is scored all the same
    note: Text | None = None
    place: Place = NOWHERE

    @property
    def leaves(self) -> Iterator[Component]:
        """The leaves at and below it, in the order of the file."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves


@dataclass(frozen=True)
class Smallest:
    """A unit whose denominator of `component` is below `denominator` is not ranked."""

    component: str
    denominator: int


@dataclass(frozen=True)
class Group:
    """Units that are compared with each other (nhóm xếp hạng): of a level, and, where `has` or
    `lacks` names an indicator, those with or without anything in its denominator. Leaves in
    `without` do not apply to its units."""

    code: str
    name: Text
    level: Level
    has: str = ""
    lacks: str = ""
    without: tuple[str, ...] = ()
    smallest: tuple[Smallest, ...] = ()


@dataclass(frozen=True)
class Published:
    """A published result of one unit in a national table, with its source."""

    card: str
    period: str
    unit: str
    source: Source
    score: Fraction | None = None
    rank: int | None = None
    of: int | None = None
    parts: Mapping[str, Fraction] | None = None  # column -> value


@dataclass(frozen=True)
class Scorecard:
    """A scorecard (bộ chỉ số). `total` is the sum of its components' points.

    `known_at_least` (share, 0 to 1): a unit of whose reachable points less is known is not ranked.
    `example`: no document gives these points; the text says who chose them. `feeds`: what a verified
    ranking is for, as far as documents say.
    """

    code: str
    name: Text
    description: Text
    counted: Counted
    total: Fraction
    source: Source
    certainty: Certainty
    unknown: Unknown
    unknown_why: Text
    known_at_least: Fraction
    parts: tuple[Component, ...]
    groups: tuple[Group, ...] = ()
    gaps: tuple[Text, ...] = ()
    example: Text | None = None
    feeds: Text | None = None
    version: str = "1"
    place: Place = NOWHERE

    @property
    def leaves(self) -> tuple[Component, ...]:
        return tuple(leaf for part in self.parts for leaf in part.leaves)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of its national tables besides rank and score."""
        return tuple(leaf.column for leaf in self.tabled.leaves if leaf.column)

    @property
    def of_tables(self) -> bool:
        """Whether it scores provinces by an imported table, not units by the lake's figures."""
        return any(leaf.column for leaf in self.leaves)

    @property
    def tabled(self) -> Scorecard:
        """The card as its national tables hold it: a branch with a column is a leaf, whose value
        is its points as published."""
        return self if self.of_tables else replace(self, parts=tuple(map(_tabled, self.parts)))

    def component(self, code: str) -> Component | None:
        return next((one for one in self.components if one.code == code), None)

    @property
    def components(self) -> tuple[Component, ...]:
        """Every component, branches before their parts."""
        return tuple(_all(self.parts))

    def group(self, code: str) -> Group | None:
        return next((one for one in self.groups if one.code == code), None)


def _tabled(component: Component) -> Component:
    if component.column:
        rule = Proportional(Threshold(">=", component.points), Fraction(0))
        return replace(component, parts=(), rule=rule)
    return replace(component, parts=tuple(map(_tabled, component.parts)))


def _all(parts: tuple[Component, ...]) -> Iterator[Component]:
    for part in parts:
        yield part
        yield from _all(part.parts)
