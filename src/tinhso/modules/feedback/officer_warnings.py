"""What should not be in a text that everybody reads (cảnh báo trước khi công khai): pure functions.

They warn and never change: a number may be the authority's own, a word may be a quotation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tinhso.measure.text import Text
from tinhso.modules.feedback.officer_words import insults


class Concern(StrEnum):
    IDENTITY = "identity"
    PHONE = "phone"
    EMAIL = "email"
    PLATE = "plate"
    INSULT = "insult"


CONCERNS: Mapping[Concern, Text] = {
    Concern.IDENTITY: Text("số có 12 chữ số, như số định danh", "twelve digits, as identity numbers have"),
    Concern.PHONE: Text("số điện thoại", "a telephone number"),
    Concern.EMAIL: Text("địa chỉ thư điện tử", "an e-mail address"),
    Concern.PLATE: Text("biển số xe", "a number plate"),
    Concern.INSULT: Text("lời xúc phạm", "an insult"),
}  # fmt: skip

#: In this order: of what overlaps the first is meant. Identity numbers before telephones.
_SHAPES: tuple[tuple[Concern, re.Pattern[str]], ...] = (
    (Concern.EMAIL, re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    (Concern.IDENTITY, re.compile(r"(?<!\d)\d(?:[ .-]?\d){11}(?![ .-]?\d)")),
    (Concern.PHONE, re.compile(r"(?<!\d)(?:\+?84|0)(?:[ .-]?\d){8,10}(?!\d)")),
    (Concern.PLATE, re.compile(r"(?<!\w)\d{2}[ -]?[A-ZĐ]{1,2}\d?[ .-]{0,3}\d{3}\.?\d{1,2}(?!\d)", re.IGNORECASE)),
)  # fmt: skip


@dataclass(frozen=True)
class Warned:
    """A place in a text, and what it seems to be."""

    concern: Concern
    found: str
    begin: int
    end: int

    @property
    def text(self) -> Text:
        return CONCERNS[self.concern]


def warnings(text: str) -> list[Warned]:
    """What to look at again before everybody reads `text`, in the order in which it stands there."""
    found: list[Warned] = []
    for concern, shape in _SHAPES:
        found += _fresh(found, concern, shape.finditer(text))
    # Composed letters: what was typed decomposed is another length, and its places would be wrong.
    if unicodedata.is_normalized("NFC", text):
        found += _fresh(found, Concern.INSULT, _insult_shape().finditer(text))
    else:
        composed = unicodedata.normalize("NFC", text)
        found += [
            Warned(Concern.INSULT, one[0], 0, 0) for one in _insult_shape().finditer(composed)
        ]
    return sorted(found, key=lambda one: one.begin)


def _fresh(known: list[Warned], concern: Concern, matches: Iterable[re.Match[str]]) -> list[Warned]:
    return [
        Warned(concern, one[0], one.start(), one.end())
        for one in matches
        if not any(one.start() < old.end and old.begin < one.end() for old in known)
    ]


def _insult_shape() -> re.Pattern[str]:
    words = "|".join(re.escape(one).replace(r"\ ", r"\s+") for one in insults())
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """A stretch of a text; `warned` where it is one to look at."""

    text: str
    warned: Warned | None = None


def pieces(text: str) -> list[Piece]:
    """A text cut at its warnings, to be shown with marks."""
    found, at = [], 0
    for one in warnings(text):
        if one.end:
            found += [Piece(text[at : one.begin]), Piece(text[one.begin : one.end], one)]
            at = one.end
    return [one for one in (*found, Piece(text[at:])) if one.text]
