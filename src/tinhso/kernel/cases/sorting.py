"""By what cases of each kind are sorted (lĩnh vực): told by the rooms, for whoever speaks of all kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tinhso.measure.text import Text

Names = Callable[[], Mapping[str, Text]]

_NAMES: dict[str, Names] = {}


def sorts(kind: str, names: Names) -> None:
    """Declare what cases of a kind are sorted by: codes and what they are called."""
    _NAMES[kind] = names


def sorted_by() -> dict[str, Mapping[str, Text]]:
    """Of each kind, in the order of the kinds' codes."""
    return {kind: _NAMES[kind]() for kind in sorted(_NAMES)}
