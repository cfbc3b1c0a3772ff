"""What rule files of all kinds can get wrong: a code that is not there, or there twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from tinhso.measure.definition_files import did_you_mean
from tinhso.measure.text import Problem, Text, message
from tinhso.measure.yamltree import Route, Tree

UNKNOWN = message(
    "rule-unknown",
    vi="Không có {what} “{value}” trong {where}.{hint} Sửa lại.",
    en='There is no {what} "{value}" in {where}.{hint} Correct it.',
)
TWICE = message(
    "rule-twice",
    vi="Mã “{value}” có hai lần. Giữ một, hoặc đặt mã khác.",
    en='The code "{value}" is there twice. Keep one, or choose another code.',
)


def known(
    source: Tree, routes: Iterable[Route], there: Collection[str], what: Text, where: Text | str
) -> Iterator[Problem]:
    """Every value at `routes` that is not among what is `there`."""
    for route in routes:
        if (value := at(source, route)) not in there:
            hint = did_you_mean(str(value), there)
            yield UNKNOWN(source.place(route), what=what, value=value, where=where, hint=hint)


def once(source: Tree, routes: Iterable[Route]) -> Iterator[Problem]:
    """Every value at `routes` that stood at an earlier one."""
    seen = set()
    for route in routes:
        value = at(source, route)
        if value in seen:
            yield TWICE(source.place(route), value=value)
        seen.add(value)


def codes(source: Tree, *route: str | int) -> list[Route]:
    """The routes to the codes of a list's items."""
    return [(*route, n, "code") for n in range(len(at(source, route)))]


def each(source: Tree, *route: str | int) -> list[Route]:
    """The routes to a list's items; none where the list is left out."""
    return [(*route, n) for n in range(len(at(source, route) or ()))]


def at(source: Tree, route: Route) -> Any:
    """The value at a route; None where an optional key is left out."""
    found = source.data
    for step in route:
        found = found.get(step) if isinstance(found, dict) else found[step]
    return found
