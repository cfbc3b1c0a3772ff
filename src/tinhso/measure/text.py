"""Text in the product's two languages, and problems that say what is wrong, where, and what to do."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import Literal

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")


@dataclass(frozen=True)
class Text:
    """A text that a person reads, in Vietnamese (the default) and English."""

    vi: str
    en: str

    def to(self, language: str) -> str:
        """The text in `language`; Vietnamese for any language that the product does not speak."""
        return self.en if language == "en" else self.vi


@dataclass(frozen=True)
class Place:
    """Where in an input something is: line and column count from 1, as editors show them."""

    file: str = ""
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [self.file] + [str(n) for n in (self.line, self.column) if n is not None]
        return ":".join(part for part in parts if part)


NOWHERE = Place()


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input: a message, its parameters, and the place."""

    message: Message
    params: dict[str, object] = field(default_factory=dict)
    place: Place = NOWHERE

    @property
    def code(self) -> str:
        return self.message.code

    def to(self, language: str) -> str:
        """The sentence alone, in `language`."""
        values = {
            name: value.to(language) if isinstance(value, Text) else value
            for name, value in self.params.items()
        }
        return self.message.text.to(language).format(**values)

    def line(self, language: str) -> str:
        """`file:line:column: sentence`, the form that editors and terminals make clickable."""
        place = str(self.place)
        return f"{place}: {self.to(language)}" if place else self.to(language)


@dataclass(frozen=True)
class Message:
    """A kind of problem. Declared beside the code that finds it; call it to make a Problem."""

    code: str
    text: Text

    def __call__(self, place: Place = NOWHERE, /, **params: object) -> Problem:
        return Problem(self, params, place)


def message(code: str, *, vi: str, en: str) -> Message:
    """Declare a kind of problem; `{name}` in the texts stands for a parameter."""
    return Message(code, Text(vi, en))


class InputError(Exception):
    """An input that cannot be taken. Carries every problem found, never only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.line("en") for problem in self.problems))


_D_BAR = str.maketrans("đĐ", "dD")


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Fold Vietnamese text for comparing and searching: no diacritics, no case, single spaces.

    >>> fold("Xã  Đồng Phú")
    'xa dong phu'
    """
    decomposed = unicodedata.normalize("NFD", text.translate(_D_BAR))
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).lower().split())


def nearest(wrong: str, right: Iterable[str]) -> str:
    """The candidate most like `wrong`, or "" when none is near; used by "did you mean"."""
    by_fold = {fold(candidate): candidate for candidate in right}
    found = get_close_matches(fold(wrong), by_fold, n=1, cutoff=0.6)
    return by_fold[found[0]] if found else ""
