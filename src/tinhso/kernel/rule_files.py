"""Where rules lie that a province may change (tệp quy tắc): the product's files, or its own in their place.

A file of the province's folder stands, whole, for the product's of the same name. The folder is read when
the process starts, so that what is being edited never holds for one page and not yet for the next. Knows
no Django: some who read rules may not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, wraps
from pathlib import Path
from typing import Protocol, TypeVar

from tinhso.measure.yamltree import Tree, read_yaml

#: What comes with the product.
PACKS = Path(__file__).resolve().parents[1] / "packs"

_own: dict[str, Tree] = {}

T_co = TypeVar("T_co", covariant=True)


class Reader(Protocol[T_co]):
    def __call__(self, source: Tree | None = None) -> T_co: ...


def use(trees: Mapping[str, Tree]) -> None:
    """From now on these stand for the product's files of the same names, such as `routing/routing.yaml`."""
    _own.clear()
    _own.update(trees)


def own() -> Mapping[str, Tree]:
    """The province's own files in use, by their names."""
    return dict(_own)


def rule_file(name: str) -> Tree:
    """The file in force of that name."""
    return _own.get(name) or product_file(name)


@cache
def product_file(name: str) -> Tree:
    """The product's own, whatever stands for it."""
    return read_yaml(PACKS / name)


def reads(name: str) -> Callable[[Callable[[Tree], T_co]], Reader[T_co]]:
    """Makes what reads a tree into what reads the file of that name in force, each tree once."""

    def of(read: Callable[[Tree], T_co]) -> Reader[T_co]:
        kept = cache(read)

        @wraps(read)
        def reader(source: Tree | None = None) -> T_co:
            return kept(source or rule_file(name))

        return reader

    return of
