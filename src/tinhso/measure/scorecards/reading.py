"""From a scorecard's file to the card (đọc tệp bộ chỉ số).

The shape is the business of the published JSON Schema, and codes that name documents and
indicators that of the pack's references; here a file whose shape is right is read for its meaning:
do the points add up, does a rule fit its leaf, do steps fall.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from tinhso.measure.boundaries import Level
from tinhso.measure.definition_files import did_you_mean, text_of
from tinhso.measure.definitions import Better, Indicator, Kind, Source
from tinhso.measure.scorecards import messages
from tinhso.measure.scorecards.definitions import (
    ByRank,
    Certainty,
    Component,
    Counted,
    Group,
    Penalty,
    Proportional,
    Published,
    Rule,
    Scorecard,
    Smallest,
    Step,
    Steps,
    Unknown,
    YesNo,
)
from tinhso.measure.targets import Threshold
from tinhso.measure.text import InputError, Problem, Text
from tinhso.measure.yamltree import Route, Tree

_UP, _DOWN = (">", ">="), ("<", "<=")
_RULE_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # kind -> (needed, allowed besides)
    "proportional": (("operator", "threshold"), ("start",)),
    "steps": (("steps",), ()),
    "yes-no": (("operator", "threshold"), ()),
    "rank": ((), ()),
    "penalty": (("each", "most"), ()),
}
_LEAF_KEYS = ("indicator", "column", "no_source", "larger_denominator", "levels", "assumed")


def read_scorecard(tree: Tree, indicators: Mapping[str, Indicator]) -> Scorecard:
    """The card that the file declares. Raises InputError with everything that is wrong.

    An indicator that is not among `indicators` is left to the references: it is read as a share.
    """
    reader = _Reader(tree, indicators)
    card = reader.card()
    if reader.problems:
        raise InputError(reader.problems)
    return card


class _Reader:
    def __init__(self, tree: Tree, indicators: Mapping[str, Indicator]) -> None:
        self.tree = tree
        self.indicators = indicators
        self.counted = Counted(tree.data["counted"])
        self.problems: list[Problem] = []
        self.lines: dict[str, int | None] = {}

    def card(self) -> Scorecard:
        data = self.tree.data
        total = _exact(data["total"])
        parts = self._components(("parts",), data["parts"])
        self._add_up(("total",), data["code"], total, parts)
        card = Scorecard(
            code=data["code"],
            name=text_of(data["name"]),
            description=text_of(data["description"]),
            counted=self.counted,
            total=total,
            source=_source(data["source"]),
            certainty=Certainty(data["certainty"]),
            unknown=Unknown(data["unknown"]["counts"]),
            unknown_why=text_of(data["unknown"]["why"]),
            known_at_least=_exact(data.get("known_at_least", 0)) / 100,
            parts=parts,
            groups=tuple(_group(one) for one in data.get("groups", ())),
            gaps=tuple(text_of(one) for one in data.get("gaps", ())),
            example=text_of(data["example"]) if "example" in data else None,
            feeds=_text(data, "feeds"),
            version=data.get("version", "1"),
            place=self.tree.place(("code",)),
        )
        self._look_at_names(card)
        return card

    # -- components ------------------------------------------------------------------------------

    def _components(self, route: Route, items: list[Any]) -> tuple[Component, ...]:
        return tuple(self._component((*route, i), item) for i, item in enumerate(items))

    def _component(self, route: Route, data: Mapping[str, Any]) -> Component:
        code, place = data["code"], self.tree.place((*route, "code"))
        if code in self.lines:
            self.problems.append(messages.TWICE(place, code=code, first=self.lines[code]))
        self.lines.setdefault(code, place.line)
        points = self._points(route, data)
        parts: tuple[Component, ...] = ()
        rule: Rule | None = None
        if ("parts" in data) == ("rule" in data):
            self.problems.append(messages.PARTS_OR_RULE(place, code=code))
        elif "parts" in data:
            parts = self._components((*route, "parts"), data["parts"])
            self._add_up((*route, self.counted.value), code, points, parts)
            published = self.counted is Counted.POINTS and not any(
                leaf.column for part in parts for leaf in part.leaves
            )
            for key in _LEAF_KEYS:
                if key in data and not (key == "column" and published):
                    at = self.tree.key_place((*route, key))
                    self.problems.append(messages.NOT_FOR_BRANCH(at, code=code, key=key))
        else:
            if sum(key in data for key in ("indicator", "column", "no_source")) != 1:
                self.problems.append(messages.READS_ONE(place, code=code))
            rule = self._rule((*route, "rule"), data, points)
            is_penalty = data["rule"]["kind"] == "penalty"
            if is_penalty != (points == 0):
                wrong = messages.PENALTY_HAS_POINTS if is_penalty else messages.NO_POINTS
                self.problems.append(wrong(self.tree.place((*route, self.counted.value))))
            self._look_at_larger(route, data)
        return Component(
            code=code,
            name=text_of(data["name"]),
            points=points,
            source=_source(data["source"]),
            certainty=Certainty(data["certainty"]),
            parts=parts,
            rule=rule,
            indicator=data.get("indicator", ""),
            column=data.get("column", ""),
            no_source=_text(data, "no_source"),
            larger_denominator=data.get("larger_denominator", ""),
            levels=tuple(Level(one) for one in data.get("levels", ())),
            assumed=_text(data, "assumed"),
            note=_text(data, "note"),
            place=place,
        )

    def _points(self, route: Route, data: Mapping[str, Any]) -> Fraction:
        found = "points" if "points" in data else "weight"
        if found != self.counted.value:
            at = self.tree.key_place((*route, found))
            self.problems.append(messages.TWO_WORDS(at, counted=self.counted.value, found=found))
        return _exact(data[found])

    def _add_up(
        self, route: Route, code: str, points: Fraction, parts: tuple[Component, ...]
    ) -> None:
        found = sum((one.points for one in parts), Fraction(0))
        if found != points:
            self.problems.append(
                messages.SUM_DIFFERS(
                    self.tree.place(route), code=code, sum=_said(found), points=_said(points)
                )
            )

    def _look_at_larger(self, route: Route, data: Mapping[str, Any]) -> None:
        if "larger_denominator" not in data:
            return
        for key in ("larger_denominator", "indicator"):
            indicator = self.indicators.get(data.get(key, ""))
            if key not in data or (indicator is not None and indicator.denominator is None):
                at = self.tree.place((*route, key if key in data else "larger_denominator"))
                self.problems.append(messages.NOT_WITHOUT_DENOMINATOR(at, code=data.get(key, "")))

    # -- rules -----------------------------------------------------------------------------------

    def _rule(self, route: Route, leaf: Mapping[str, Any], points: Fraction) -> Rule | None:
        data = leaf["rule"]
        kind = data["kind"]
        needed, besides = _RULE_KEYS[kind]
        before = len(self.problems)
        for key in needed:
            if key not in data:
                self.problems.append(
                    messages.RULE_NEEDS(self.tree.place(route), kind=kind, key=key)
                )
        for key in data:
            if key not in ("kind", *needed, *besides):
                at = self.tree.key_place((*route, key))
                self.problems.append(messages.NOT_FOR_RULE(at, kind=kind, key=key))
        if len(self.problems) > before:
            return None
        match kind:
            case "proportional":
                threshold = self._threshold(route, leaf, data)
                start = self._start(route, leaf, data, threshold)
                return Proportional(threshold, start)
            case "steps":
                return self._steps(route, leaf, data["steps"], points)
            case "yes-no":
                return YesNo(self._threshold(route, leaf, data))
            case "rank":
                indicator = self.indicators.get(leaf.get("indicator", ""))
                return ByRank(indicator is None or indicator.better is Better.HIGHER)
        return Penalty(_exact(data["each"]), _exact(data["most"]))

    def _scale(self, leaf: Mapping[str, Any]) -> int:
        """What a threshold is divided by: shares are written as per cent."""
        indicator = self.indicators.get(leaf.get("indicator", ""))
        plain = "column" in leaf or (indicator is not None and indicator.kind is Kind.MEASURE)
        return 1 if plain else 100

    def _threshold(
        self, route: Route, leaf: Mapping[str, Any], data: Mapping[str, Any]
    ) -> Threshold:
        operator, written = data["operator"], data["threshold"]
        indicator = self.indicators.get(leaf.get("indicator", ""))
        if indicator is not None:
            right = _UP if indicator.better is Better.HIGHER else _DOWN
            if operator not in right:
                at = self.tree.place((*route, "operator"))
                self.problems.append(
                    messages.AGAINST_INDICATOR(
                        at,
                        operator=operator,
                        indicator=indicator.code,
                        better=indicator.better.value,
                    )
                )
        scale = self._scale(leaf)
        beyond = (operator == ">" and written >= 100) or (operator == "<" and written <= 0)
        if scale == 100 and (beyond or written > 100):
            at = self.tree.place((*route, "threshold"))
            self.problems.append(messages.PERCENT_BEYOND(at, value=written, operator=operator))
        return Threshold(operator, _exact(written) / scale)

    def _start(
        self,
        route: Route,
        leaf: Mapping[str, Any],
        data: Mapping[str, Any],
        threshold: Threshold,
    ) -> Fraction:
        scale = self._scale(leaf)
        up = threshold.operator in _UP
        if not up and "start" not in data:
            at = self.tree.place(route)
            self.problems.append(messages.RULE_NEEDS(at, kind=data["kind"], key="start"))
            return threshold.amount
        start = _exact(data.get("start", 0)) / scale
        before = start < threshold.amount if up else start > threshold.amount
        if not before:
            at = self.tree.place((*route, "start" if "start" in data else "threshold"))
            self.problems.append(
                messages.START_AT_THRESHOLD(
                    at, start=_said(start * scale), threshold=_said(threshold.amount * scale)
                )
            )
        return start

    def _steps(
        self, route: Route, leaf: Mapping[str, Any], items: list[Any], points: Fraction
    ) -> Steps:
        found: list[Step] = []
        for index, item in enumerate(items):
            at = (*route, "steps", index)
            step = Step(self._threshold(at, leaf, item), _exact(item["points"]))
            place = self.tree.place((*at, "points"))
            if step.points > points:
                self.problems.append(
                    messages.STEP_TOO_HIGH(place, points=_said(step.points), most=_said(points))
                )
            elif not found and step.points < points:
                self.problems.append(
                    messages.FIRST_STEP(place, points=_said(step.points), most=_said(points))
                )
            if found and not _falls(found[-1], step):
                self.problems.append(messages.STEPS_FALL(self.tree.place(at)))
            found.append(step)
        return Steps(tuple(found))

    # -- names within the card -------------------------------------------------------------------

    def _look_at_names(self, card: Scorecard) -> None:
        leaves = [leaf.code for leaf in card.leaves]
        for g, group in enumerate(card.groups):
            for w, code in enumerate(group.without):
                if code not in leaves:
                    at = self.tree.place(("groups", g, "without", w))
                    hint = did_you_mean(code, leaves)
                    self.problems.append(messages.UNKNOWN_COMPONENT(at, code=code, hint=hint))
            for s, smallest in enumerate(group.smallest):
                if smallest.component not in leaves:
                    at = self.tree.place(("groups", g, "smallest", s, "component"))
                    hint = did_you_mean(smallest.component, leaves)
                    self.problems.append(
                        messages.UNKNOWN_COMPONENT(at, code=smallest.component, hint=hint)
                    )


def _falls(above: Step, below: Step) -> bool:
    same_way = (above.threshold.operator in _UP) == (below.threshold.operator in _UP)
    up = above.threshold.operator in _UP
    worse = (
        below.threshold.amount < above.threshold.amount
        if up
        else below.threshold.amount > above.threshold.amount
    )
    return same_way and worse and below.points < above.points


def _group(data: Mapping[str, Any]) -> Group:
    return Group(
        data["code"],
        text_of(data["name"]),
        Level(data["level"]),
        data.get("has", ""),
        data.get("lacks", ""),
        tuple(data.get("without", ())),
        tuple(Smallest(one["component"], one["denominator"]) for one in data.get("smallest", ())),
    )


def read_result(data: Mapping[str, Any]) -> Published:
    """A published result, of an item whose shape is right."""
    parts = data.get("parts")
    return Published(
        data["card"],
        data["period"],
        data["unit"],
        _source(data["source"]),
        _exact(data["score"]) if "score" in data else None,
        data.get("rank"),
        data.get("of"),
        None if parts is None else {one["column"]: _exact(one["value"]) for one in parts},
    )


def _source(data: Mapping[str, Any]) -> Source:
    return Source(data["document"], text_of(data["item"]) if "item" in data else None)


def _text(data: Mapping[str, Any], key: str) -> Text | None:
    return text_of(data[key]) if key in data else None


def _exact(value: Any) -> Fraction:
    return Fraction(value)


def _said(value: Fraction) -> str:
    """An exact number as a pack writes it; a fraction where decimals do not end."""
    for places in range(7):
        scaled = value * 10**places
        if scaled.denominator == 1:
            text = f"{abs(scaled.numerator):0{places + 1}d}"
            sign = "-" if scaled < 0 else ""
            return sign + (f"{text[:-places]}.{text[-places:]}" if places else text)
    return str(value)
