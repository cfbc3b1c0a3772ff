"""Kinds of documents as data: `kinds.yaml` (loại văn bản)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from tinhso.measure.periods import PeriodKind
from tinhso.measure.text import InputError, Place, Text, message
from tinhso.measure.yamltree import read_yaml

ROOM = Path(__file__).resolve().parent

UNKNOWN_KIND = message(
    "document-kind-unknown",
    vi="Không có loại văn bản “{kind}”. Các loại: {known}.",
    en="There is no kind of document “{kind}”. The kinds: {known}.",
)


class About(StrEnum):
    """What a document is about: the plan's own unit, one unit, or one or all."""

    PLAN = "plan"
    UNIT = "unit"
    ANY = "any"


@dataclass(frozen=True)
class Kind:
    """A kind of document. `heading` is its name as printed, "" for a letter (công văn); `sign` the
    abbreviation of that name (NĐ 30/2020/NĐ-CP, annex III). `abstract` and `copies` are proposals."""

    code: str
    version: str
    name: Text
    what: Text
    about: About
    heading: str
    sign: str
    abstract: str
    annexes: bool
    periods: tuple[PeriodKind, ...]
    copies: tuple[str, ...]

    @property
    def is_letter(self) -> bool:
        return not self.heading

    @property
    def word(self) -> Path:
        """The Word template that comes with the product."""
        return ROOM / "word" / f"{self.code}.docx"


@cache
def kinds() -> Mapping[str, Kind]:
    """All kinds by code, in the file's order."""
    return {
        one["code"]: Kind(
            one["code"],
            one["version"],
            Text(**one["name"]),
            Text(**one["what"]),
            About(one["about"]),
            one["heading"],
            one["sign"],
            one["abstract"],
            one["annexes"],
            tuple(PeriodKind(name) for name in one["periods"]),
            tuple(one["copies"]),
        )
        for one in read_yaml(ROOM / "kinds.yaml").data["kinds"]
    }


def kind_of(code: str) -> Kind:
    """Raises InputError (`document-kind-unknown`)."""
    if code not in kinds():
        raise InputError([UNKNOWN_KIND(Place("kind"), kind=code, known=", ".join(kinds()))])
    return kinds()[code]
