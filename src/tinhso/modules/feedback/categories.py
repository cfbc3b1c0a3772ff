"""Categories of reports (lĩnh vực), and which one the words speak of: a suggestion, never a decision.

Naive Bayes over words and pairs of words without diacritics, learned from `packs/cases/categories/feedback.yaml`
alone: small enough to be read, and the same everywhere.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from tinhso.measure.text import Text, fold
from tinhso.measure.yamltree import read_yaml

FILE = Path(__file__).resolve().parents[2] / "packs" / "cases" / "categories" / "feedback.yaml"

#: The category of what fits none.
OTHER = "other"
#: How much surer than of the second one must be of the first, as a share of both, to suggest it.
SURE = 0.6


@dataclass(frozen=True)
class Category:
    code: str
    name: Text
    help: Text | None
    words: tuple[str, ...]
    examples: tuple[str, ...]


@cache
def categories(path: Path = FILE) -> dict[str, Category]:
    """All categories by code, in the order of the file."""
    return {
        one["code"]: Category(
            one["code"],
            Text(**one["name"]),
            Text(**one["help"]) if "help" in one else None,
            tuple(one["words"]),
            tuple(one["examples"]),
        )
        for one in read_yaml(path).data["categories"]
    }


def category_name(code: str) -> Text:
    """What a category is called; of a code that is no longer there, the code itself."""
    found = categories().get(code)
    if found is not None:
        return found.name
    return Text(code, code) if code else Text("Chưa phân loại", "Not sorted yet")


def suggest(text: str) -> str:
    """The category that the words speak of, or "" where they do not say."""
    tokens = list(_tokens(text))
    learned = _learned()
    if not any(token in learned.known for token in tokens):
        return ""
    scores = sorted(((learned.score(code, tokens), code) for code in learned.counts), reverse=True)
    (best, code), (second, _) = scores[0], scores[1]
    return code if 1 / (1 + math.exp(second - best)) >= SURE else ""


@dataclass(frozen=True)
class _Learned:
    counts: dict[str, Counter[str]]
    totals: dict[str, int]
    known: frozenset[str]

    def score(self, code: str, tokens: list[str]) -> float:
        """The logarithm of how likely the words are in this category, all being as frequent."""
        counts, room = self.counts[code], self.totals[code] + len(self.known)
        return sum(math.log((counts[one] + 1) / room) for one in tokens if one in self.known)


@cache
def _learned() -> _Learned:
    counts: dict[str, Counter[str]] = {}
    for one in categories().values():
        if one.code != OTHER:
            counts[one.code] = Counter(
                token for text in (*one.words, *one.words, *one.examples) for token in _tokens(text)
            )
    return _Learned(
        counts,
        {code: own.total() for code, own in counts.items()},
        frozenset(token for own in counts.values() for token in own),
    )


#: Words that say nothing of the matter, without diacritics.
_EMPTY = frozenset(
    [
        "va",
        "la",
        "bi",
        "co",
        "khong",
        "cua",
        "cho",
        "cac",
        "mot",
        "nhieu",
        "nay",
        "do",
        "o",
        "tai",
        "da",
        "dang",
        "roi",
        "rat",
        "qua",
        "ma",
        "thi",
        "toi",
        "chung",
        "nha",
        "de",
        "nghi",
        "xin",
        "truoc",
        "sau",
        "duoi",
        "tren",
        "trong",
        "ra",
        "vao",
        "ngay",
        "hai",
        "ba",
        "di",
    ]
)


def pairs(text: str) -> frozenset[str]:
    """Two words in a row that say something, without diacritics: by which texts are likened.

    >>> sorted(pairs("Ổ gà trên đường Lê Duẩn"))
    ['duong le', 'le duan', 'o ga']
    """
    words = re.findall(r"\w+", fold.__wrapped__(text))
    # "ổ", of "ổ gà" (a pothole), folds as "ở" (at) does.
    said = [word == "o" or (word not in _EMPTY and not word.isdigit()) for word in words]
    both = zip(pairwise(words), pairwise(said), strict=True)
    return frozenset(f"{one} {two}" for (one, two), say in both if all(say))


def _tokens(text: str) -> Iterator[str]:
    words = re.findall(r"\w+", fold(text))
    yield from (word for word in words if word not in _EMPTY and not word.isdigit())
    yield from (f"{one} {two}" for one, two in pairwise(words))
