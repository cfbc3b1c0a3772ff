"""Words of questions (chữ của câu hỏi): syllables, marks, synonyms, and what a mistyped one may have meant."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tinhso.kernel.rule_files import reads
from tinhso.measure.text import Problem, fold, message
from tinhso.measure.yamltree import Tree

NO_LETTERS = message(
    "synonym-no-letters",
    vi="“{found}” không có chữ nào để tìm. Bỏ đi hoặc viết lại.",
    en='"{found}" has no letters to be searched for. Remove it, or write it anew.',
)

#: More syllables of a question than these are not searched for.
MOST = 60
#: What a title's word counts more than a word of the text.
TITLE_WEIGHT = 3

_SYLLABLE = re.compile(r"[^\W_]+")
#: Spelt both ways: "lý" and "lí", "ký" and "kí".
_I_OR_Y = re.compile("[hklmst]y")
_TELEX_VOWELS = (("aa", "a"), ("ee", "e"), ("oo", "o"), ("dd", "d"), ("w", ""))


@dataclass(frozen=True, slots=True)
class Syllable:
    """`plain`: without diacritics. `marks`: its diacritics in one order, so that "hoà" is "hòa"."""

    plain: str
    marks: str

    @property
    def marked(self) -> str:
        """As a term of the index that holds of this spelling only."""
        return f"~{self.plain}{self.marks}"

    def means(self, other: Syllable) -> bool:
        """Whether this one, as typed, may stand for `other`: without marks it may for any."""
        return self.plain == other.plain and (not self.marks or self.marks == other.marks)


@lru_cache(maxsize=65536)
def _syllable(token: str) -> Syllable:
    decomposed = unicodedata.normalize("NFD", token)
    marks = "".join(sorted(one for one in decomposed if unicodedata.combining(one)))
    plain = fold(token)
    if _I_OR_Y.fullmatch(plain):
        plain = f"{plain[0]}i"
    return Syllable(plain, marks + "đ" * token.count("đ"))


def syllables(text: str) -> list[Syllable]:
    """The syllables of a text, in order.

    >>> [one.plain for one in syllables("Đăng ký khai-sinh?")]
    ['dang', 'ki', 'khai', 'sinh']
    """
    lowered = unicodedata.normalize("NFC", text).lower()
    return [_syllable(one) for one in _SYLLABLE.findall(lowered)]


def document_terms(title: str, question: str, answer: str) -> dict[str, int]:
    """The terms of an answer with their weights (1..255): syllables everywhere, pairs of
    neighbours in title and question, spellings in the title."""
    found: dict[str, int] = defaultdict(int)
    heads = syllables(title)
    for weight, part in ((TITLE_WEIGHT, heads), (1, syllables(question))):
        for one in part:
            found[one.plain] += weight
        for pair in pairs(part):
            found[pair] += weight
    for one in syllables(answer):
        found[one.plain] += 1
    for one in heads:
        if one.marks:
            found[one.marked] += 1
    return {term: min(weight, 255) for term, weight in found.items()}


def pairs(part: Sequence[Syllable]) -> list[str]:
    return [f"{one.plain} {two.plain}" for one, two in itertools.pairwise(part)]


# -- what people call a thing ------------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """Groups of synonyms, each phrase as its syllables, and syllables that say little."""

    groups: tuple[tuple[tuple[Syllable, ...], ...], ...]
    starts: Mapping[
        str, tuple[tuple[int, tuple[Syllable, ...]], ...]
    ]  # by a phrase's first syllable
    light: frozenset[str]

    def spans(self, typed: Sequence[Syllable]) -> Iterator[tuple[int, int, list[int]]]:
        """Stretches of what was typed that are phrases of groups: first, end, the groups. The longest
        first from the left; stretches do not overlap."""
        at = 0
        while at < len(typed):
            best, groups = 0, list[int]()
            for number, phrase in self.starts.get(typed[at].plain, ()):
                stretch = typed[at : at + len(phrase)]
                if len(stretch) == len(phrase) and all(map(Syllable.means, stretch, phrase)):
                    if len(phrase) > best:
                        best, groups = len(phrase), [number]
                    elif len(phrase) == best:
                        groups.append(number)
            if best:
                yield at, at + best, groups
            at += best or 1


@reads("questions/synonyms.yaml")
def words(source: Tree) -> Words:
    data = source.data
    groups = tuple(
        tuple(tuple(syllables(str(phrase))) for phrase in group) for group in data["groups"]
    )
    starts: dict[str, list[tuple[int, tuple[Syllable, ...]]]] = defaultdict(list)
    for number, group in enumerate(groups):
        for phrase in group:
            starts[phrase[0].plain].append((number, phrase))
    light = frozenset(one.plain for word in data["light"] for one in syllables(str(word)))
    return Words(groups, {one: tuple(found) for one, found in starts.items()}, light)


def wrong(source: Tree) -> Iterator[Problem]:
    """Phrases that nothing could match."""
    for n, group in enumerate(source.data["groups"]):
        for m, phrase in enumerate(group):
            if not syllables(str(phrase)):
                yield NO_LETTERS(source.place(("groups", n, m)), found=phrase)


# -- what a mistyped syllable may have meant -----------------------------------------------------------


class Spelling:
    """The syllables that there are, found again by what is one letter away.

    Grows with the vocabulary; a syllable is filed under itself and under what is left when any one
    letter is taken away, so that a look-up compares a handful instead of all.
    """

    def __init__(self) -> None:
        self.known: set[str] = set()
        self._by_rest: dict[str, list[str]] = defaultdict(list)

    def learn(self, found: Iterable[str]) -> None:
        for one in found:
            if one not in self.known and 1 < len(one) <= 12:
                self.known.add(one)
                for rest in {one, *_without_one(one)}:
                    self._by_rest[rest].append(one)

    def near(self, typed: str) -> list[str]:
        """Known syllables one letter, or two letters that changed places, away from `typed`."""
        if not 1 < len(typed) <= 13:
            return []
        found = {
            one
            for rest in (typed, *_without_one(typed))
            for one in self._by_rest.get(rest, ())
            if one != typed and _one_away(typed, one)
        }
        return sorted(found)

    def untelexed(self, typed: str) -> str:
        """ "dduowcj" as "duoc": typed in Telex while the keyboard was off; "" for what is none."""
        found = typed
        for keys, letter in _TELEX_VOWELS:
            found = found.replace(keys, letter)
        if found not in self.known and found[-1:] in "sfrxj":
            found = found[:-1]
        if found not in self.known:  # the tone may stand in the middle: "sosng"
            found = re.sub(r"(?<=[aeiouy])[sfrxj](?=[a-z])", "", found)
        return found if found != typed and found in self.known else ""

    def split(self, typed: str) -> tuple[str, str] | None:
        """ "khaisinh" as two known syllables: the first way that leaves none shorter than two letters."""
        for at in range(2, len(typed) - 1):
            if typed[:at] in self.known and typed[at:] in self.known:
                return typed[:at], typed[at:]
        return None


def _without_one(word: str) -> list[str]:
    return [word[:at] + word[at + 1 :] for at in range(len(word))]


def _one_away(one: str, two: str) -> bool:
    """Whether one letter was added, left out or changed, or two neighbours changed places."""
    if len(one) > len(two):
        one, two = two, one
    at = next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), len(one))
    if len(one) < len(two):
        return len(two) - len(one) == 1 and one[at:] == two[at + 1 :]
    rest = one[at + 1 :] == two[at + 1 :]
    swapped = one[at : at + 2] == two[at : at + 2][::-1] and one[at + 2 :] == two[at + 2 :]
    return rest or swapped
