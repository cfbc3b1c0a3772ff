"""The words that annexes use, as data (`packs/tasks/words.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tinhso.kernel.rule_files import reads
from tinhso.measure.text import fold
from tinhso.measure.yamltree import Tree


@dataclass(frozen=True)
class Words:
    """Everything folded. `columns`: a heading -> the field that it heads. `agencies`: how a name of
    an agency begins, whole words; `tails`: how the rest of one may begin all the same."""

    abbreviations: tuple[tuple[str, str], ...]
    groups: tuple[str, ...]
    columns: Mapping[str, str]
    agencies: tuple[str, ...]
    tails: tuple[str, ...]


@reads("tasks/words.yaml")
def words(source: Tree) -> Words:
    data = source.data
    short = {plain(str(key)): plain(str(full)) for key, full in data["abbreviations"].items()}
    return Words(
        # The longest first: "tt&tt" before anything that is a part of it.
        tuple(sorted(short.items(), key=lambda one: -len(one[0]))),
        tuple(sorted(map(plain, data["groups"]), key=len, reverse=True)),
        {plain(one): field for field, many in data["columns"].items() for one in many},
        tuple(f"{plain(one)} " for one in data["agencies"]),
        tuple(f"{plain(one)} " for one in data["tails"]),
    )


def plain(text: str) -> str:
    """Folded, "&" kept, everything else that is no letter or digit a space.

    >>> plain("Cơ quan/đơn vị chủ trì:"), plain("Sở TT & TT")
    ('co quan don vi chu tri', 'so tt&tt')
    """
    kept = re.sub(r"[^\w&]+", " ", fold(text)).replace("_", " ")
    return " ".join(re.sub(r"\s*&\s*", "&", kept).split())
