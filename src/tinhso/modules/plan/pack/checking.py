"""`pack check`: everything that is wrong with a pack, at once (kiểm tra gói)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tinhso.measure.check_files import read_check
from tinhso.measure.definition_files import (
    UNKNOWN_STREAM,
    did_you_mean,
    read_indicator,
    read_stream,
)
from tinhso.measure.definitions import HonestyCheck, Indicator
from tinhso.measure.scorecards.definitions import Scorecard
from tinhso.measure.scorecards.messages import UNKNOWN_COLUMN
from tinhso.measure.scorecards.reading import read_scorecard
from tinhso.measure.streams import Stream
from tinhso.measure.text import InputError, Problem
from tinhso.measure.yamltree import Route, Tree
from tinhso.modules.plan.pack.layout import KINDS, Folder, read_with_used
from tinhso.modules.plan.pack.references import declared_codes, reference_problems
from tinhso.modules.plan.pack.rules import rule_problems
from tinhso.modules.plan.pack.shape import WRONG_TYPE, shape_problems
from tinhso.modules.plan.pack.stream_rules import stream_problems


@dataclass
class Findings:
    """A pack with the packs it uses, as far as they could be read, and every problem found."""

    folders: list[Folder]
    streams: dict[str, Stream] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    checks: dict[str, HonestyCheck] = field(default_factory=dict)
    scorecards: dict[str, Scorecard] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def own(self) -> Folder:
        return self.folders[-1]


def examine(path: Path) -> Findings:
    """Read the pack at `path` and all it uses, and look for every mistake in them."""
    found = Findings(read_with_used(path))
    broken = _look_at_shapes(found)
    codes = declared_codes(found.folders)
    found.problems += codes.problems
    found.problems += reference_problems(found.folders, codes)
    found.problems += rule_problems(found.folders)
    _read_streams(found, broken)
    unread = set(codes.known("stream")) - set(found.streams)
    if not any("streams" in folder.unread for folder in found.folders):
        _read_definitions(found, broken, unread)
    _read_scorecards(found, broken)
    found.problems = sorted(_without_repeats(found.problems), key=_order)
    return found


#: Files and items (as (file, index)) whose shape is wrong; index None is the file as a whole.
Broken = set[tuple[str, int | None]]


def _look_at_shapes(found: Findings) -> Broken:
    broken: Broken = set()
    for folder in found.folders:
        found.problems += folder.problems
        for name, trees in folder.trees.items():
            for tree in trees:
                for route, problem in shape_problems(tree, KINDS[name].schema):
                    found.problems.append(problem)
                    broken.add((tree.file, _item(route)))
                    if problem.message is WRONG_TYPE and not route:
                        folder.unread.add(name)
    return broken


def _item(route: Route) -> int | None:
    return route[0] if route and isinstance(route[0], int) else None


def _read_streams(found: Findings, broken: Broken) -> None:
    for folder in found.folders:
        for tree in folder.of("streams"):
            if (tree.file, None) not in broken:
                stream = read_stream(tree)
                problems = stream_problems(tree, stream)
                found.problems += problems
                if not problems:
                    found.streams.setdefault(stream.code, stream)


def _read_definitions(found: Findings, broken: Broken, unread: set[str]) -> None:
    """Read indicators and checks; one over a stream that is itself broken is left out silently."""
    for folder in found.folders:
        for tree, route in _items(folder.of("indicators"), broken):
            try:
                indicator = read_indicator(tree, route, found.streams)
                found.indicators.setdefault(indicator.code, indicator)
            except InputError as error:
                found.problems += _not_about(error.problems, unread)
        for tree, route in _items(folder.of("checks"), broken):
            try:
                check = read_check(tree, route, found.streams)
                found.checks.setdefault(check.code, check)
            except InputError as error:
                found.problems += _not_about(error.problems, unread)


def _read_scorecards(found: Findings, broken: Broken) -> None:
    for folder in found.folders:
        for tree in folder.of("scorecards"):
            if (tree.file, None) not in broken:
                try:
                    card = read_scorecard(tree, found.indicators)
                    found.scorecards.setdefault(card.code, card)
                except InputError as error:
                    found.problems += error.problems
    for folder in found.folders:
        for tree, (index, *_) in _items(folder.of("results"), broken):
            item = tree.data[index]
            of = found.scorecards.get(item["card"])
            for number, part in enumerate(item.get("parts", ())):
                column = part["column"]
                if of is not None and column not in of.columns:
                    place = tree.place((index, "parts", number, "column"))
                    hint = did_you_mean(column, of.columns)
                    found.problems.append(UNKNOWN_COLUMN(place, code=column, hint=hint))


def _items(trees: list[Tree], broken: Broken) -> Iterator[tuple[Tree, Route]]:
    for tree in trees:
        if (tree.file, None) not in broken:
            for index in range(len(tree.data)):
                if (tree.file, index) not in broken:
                    yield tree, (index,)


def _not_about(problems: tuple[Problem, ...], unread: set[str]) -> Iterator[Problem]:
    for problem in problems:
        if problem.message is not UNKNOWN_STREAM or problem.params["code"] not in unread:
            yield problem


def _without_repeats(problems: list[Problem]) -> Iterator[Problem]:
    seen = set()
    for problem in problems:
        mark = problem.line("vi")
        if mark not in seen:
            seen.add(mark)
            yield problem


def _order(problem: Problem) -> tuple[str, int, int, str]:
    place = problem.place
    return place.file, place.line or 0, place.column or 0, problem.code
