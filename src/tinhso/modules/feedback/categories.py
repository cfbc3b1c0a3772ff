"""Categories of reports (lĩnh vực), and which one the words speak of: a suggestion, never a decision.

Logistic regression over words and pairs of words without diacritics, learned from `packs/cases/categories/feedback.yaml`
alone, when it is first asked: a province that changes the file changes the suggestion with it (docs/decisions/0015).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy

from tinhso.kernel.cases.sorting import sorts
from tinhso.kernel.rule_files import reads
from tinhso.kernel.rule_problems import codes, once
from tinhso.measure.text import Problem, Text, fold, message
from tinhso.measure.yamltree import Tree

FILE = "cases/categories/feedback.yaml"

#: The category of what fits none, and of cases that nobody has sorted yet.
OTHER = "other"
#: How much surer than of the second one must be of the first, as a share of both, to suggest it.
SURE = 0.6
#: How freely weights follow the examples, against being small (scikit-learn's C).
FREE = 10.0

NO_OTHER = message(
    "category-no-other",
    vi="Thiếu lĩnh vực “{code}”, của những gì không thuộc lĩnh vực nào. Thêm lại; tên thì đổi được.",
    en='The category "{code}" is missing, of what fits none. Put it back; its name may differ.',
)
TOO_FEW = message(
    "category-too-few",
    vi="Cần ít nhất hai lĩnh vực, ngoài “{code}”, có words hoặc examples: gợi ý lĩnh vực học từ đó.",
    en='At least two categories besides "{code}" need words or examples: suggestions are learned from them.',
)


@dataclass(frozen=True)
class Category:
    code: str
    name: Text
    help: Text | None
    words: tuple[str, ...]
    examples: tuple[str, ...]


@reads(FILE)
def categories(source: Tree) -> dict[str, Category]:
    """All categories by code, in the order of the file."""
    return {
        one["code"]: Category(
            one["code"],
            Text(**one["name"]),
            Text(**one["help"]) if "help" in one else None,
            tuple(one["words"]),
            tuple(one["examples"]),
        )
        for one in source.data["categories"]
    }


@reads(FILE)
def names(source: Tree) -> Mapping[str, Text]:
    """What categories are called, by their codes."""
    return {one.code: one.name for one in categories(source).values()}


sorts("feedback", names)


def wrong(source: Tree) -> Iterator[Problem]:
    """What a file of the right shape says that cannot be meant."""
    yield from once(source, codes(source, "categories"))
    there = categories(source)
    if OTHER not in there:
        yield NO_OTHER(source.place(("categories",)), code=OTHER)
    if sum(bool(one.words or one.examples) for one in there.values() if one.code != OTHER) < 2:
        yield TOO_FEW(source.place(("categories",)), code=OTHER)


def category_name(code: str) -> Text:
    """What a category is called; of a code that is no longer there, the code itself."""
    found = categories().get(code)
    if found is not None:
        return found.name
    return Text(code, code) if code else Text("Chưa phân loại", "Not sorted yet")


def suggest(text: str) -> str:
    """The category that the words speak of, or "" where they do not say."""
    return learned().suggest(text)


@reads(FILE)
def learned(source: Tree) -> Learned:
    """What the file of categories teaches: names of things twice, for they say more than sentences do."""
    return learn(
        [
            (text, one.code)
            for one in categories(source).values()
            if one.code != OTHER
            for text in (*one.words, *one.words, *one.examples)
        ]
    )


@dataclass(frozen=True)
class Learned:
    """How much each token speaks for each of `codes`: `weights[places[token]]`; the last row holds what
    speaks for a category before anything is said."""

    codes: tuple[str, ...]
    places: Mapping[str, int]
    weights: Any  # numpy, tokens + 1 by codes

    def suggest(self, text: str) -> str:
        known = [self.places[one] for one in _tokens(text) if one in self.places]
        if not known:
            return ""
        scores = self.weights[known].sum(axis=0) + self.weights[-1]
        second, best = numpy.argsort(scores)[-2:]
        share = 1 / (1 + math.exp(scores[second] - scores[best]))
        return self.codes[best] if share >= SURE else ""


def learn(told: Sequence[tuple[str, str]]) -> Learned:
    """Multinomial logistic regression with an L2 penalty, fitted by SciPy's L-BFGS; `told`: texts and
    their codes."""
    from scipy.optimize import minimize  # noqa: PLC0415 (only whoever asks for a suggestion waits for it)
    from scipy.sparse import csr_array  # noqa: PLC0415

    texts = [list(_tokens(text)) for text, _ in told]
    codes = tuple(sorted({code for _, code in told}))
    places = {one: n for n, one in enumerate(sorted({one for text in texts for one in text}))}
    # Sparse: a sentence has a dozen of all tokens, and no threads are woken for so little.
    rows = [n for n, text in enumerate(texts) for _ in (*text, "")]
    columns = [at for text in texts for at in (*(places[one] for one in text), len(places))]
    ones = numpy.ones(len(rows))
    said = csr_array((ones, (rows, columns)), shape=(len(told), len(places) + 1))
    back = said.T.tocsr()
    right = numpy.array([[code == one for one in codes] for _, code in told], dtype=float)
    shape = (len(places) + 1, len(codes))

    def loss(flat: Any) -> tuple[float, Any]:
        weights = flat.reshape(shape)
        scores = said @ weights
        scores -= scores.max(axis=1, keepdims=True)
        logs = scores - numpy.log(numpy.exp(scores).sum(axis=1, keepdims=True))
        held = weights.copy()
        held[-1] = 0  # what speaks for a category beforehand is not held back
        slope = FREE * (back @ (numpy.exp(logs) - right)) + held
        return float(-FREE * (right * logs).sum() + (held**2).sum() / 2), slope.ravel()

    found = minimize(loss, numpy.zeros(shape).ravel(), jac=True, method="L-BFGS-B")
    return Learned(codes, places, found.x.reshape(shape))


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
