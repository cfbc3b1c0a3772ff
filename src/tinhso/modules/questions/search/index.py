"""An inverted index over answers, in memory (chỉ mục tìm câu trả lời): BM25 on syllables and pairs.

Segments are never changed but for which of their documents are gone; what is published later makes a
small segment of its own, and small ones are melted together. Nothing here knows a database.
"""

from __future__ import annotations

import itertools
import math
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tinhso.modules.questions.search.words import MOST, Spelling, Syllable, Words, syllables

Floats = NDArray[np.float32]

#: BM25: how soon more of the same word counts no more, and how much length is held against a text.
K1, B = 1.2, 0.4
#: What a found term is worth, by how it was found (of 1).
PAIR, SPELT, SYNONYM, NEAR, UNTELEXED, LIGHT = 1.3, 0.5, 0.8, 0.6, 0.8, 0.15
#: A small segment more, and all are melted into one.
MOST_SEGMENTS = 12


@dataclass(frozen=True)
class Entry:
    """A document as the index takes it: each term is `term << 8 | weight`; none: it is gone."""

    key: uuid.UUID
    field: str
    unit: str
    terms: NDArray[np.uint32]


@dataclass(frozen=True)
class Segment:
    keys: Sequence[uuid.UUID]
    fields: NDArray[np.str_]
    units: NDArray[np.str_]
    gone: NDArray[np.bool_]
    raw: NDArray[np.uint32]  # all documents' terms, one after the other
    lengths: NDArray[np.int64]  # how many terms each document has
    starts: Mapping[int, tuple[int, int]]  # a term's stretch of the two below
    documents: NDArray[np.int32]
    weights: Floats

    def found(self, term: int) -> tuple[NDArray[np.int32], Floats]:
        begin, end = self.starts.get(term, (0, 0))
        return self.documents[begin:end], self.weights[begin:end]


def segment(entries: Sequence[Entry]) -> Segment:
    """A segment of entries whose terms are not empty."""
    raw = np.concatenate([one.terms for one in entries]) if entries else np.empty(0, np.uint32)
    lengths = np.array([len(one.terms) for one in entries], np.int64)
    return _segment(
        [one.key for one in entries],
        np.array([one.field for one in entries], np.str_),
        np.array([one.unit for one in entries], np.str_),
        raw,
        lengths,
    )


def _segment(
    keys: Sequence[uuid.UUID],
    fields: NDArray[np.str_],
    units: NDArray[np.str_],
    raw: NDArray[np.uint32],
    lengths: NDArray[np.int64],
) -> Segment:
    terms, counts = raw >> 8, (raw & 255).astype(np.float32)
    documents = np.repeat(np.arange(len(keys), dtype=np.int32), lengths)
    mean = float(lengths.mean()) if len(lengths) else 1.0
    held = (K1 * (1 - B + B * lengths / mean)).astype(np.float32)
    weights = counts * (K1 + 1) / (counts + held[documents])
    order = np.argsort(terms, kind="stable")
    ordered = terms[order]
    firsts = np.flatnonzero(np.diff(ordered, prepend=np.uint32(0xFFFFFFFF)))
    ends = np.append(firsts[1:], len(ordered))
    starts = {
        int(term): (int(begin), int(end))
        for term, begin, end in zip(ordered[firsts], firsts, ends, strict=True)
    }
    gone = np.zeros(len(keys), np.bool_)
    return Segment(
        *(keys, fields, units, gone, raw, lengths, starts, documents[order]),
        weights[order].astype(np.float32),
    )


def melted(segments: Sequence[Segment]) -> Segment:
    """One segment of all documents that are not gone."""
    keys, raws = [], []
    for one in segments:
        keys += [key for key, gone in zip(one.keys, one.gone, strict=True) if not gone]
        raws.append(one.raw[np.repeat(~one.gone, one.lengths)])
    return _segment(
        keys,
        np.concatenate([one.fields[~one.gone] for one in segments]),
        np.concatenate([one.units[~one.gone] for one in segments]),
        np.concatenate(raws),
        np.concatenate([one.lengths[~one.gone] for one in segments]),
    )


@dataclass(frozen=True)
class Hit:
    """`covers`: how much of what was asked the answer speaks of, by weight of its words (0..1)."""

    key: uuid.UUID
    score: float
    covers: float


@dataclass(frozen=True)
class _Way:
    """One way to find a slot's word: terms with their worth."""

    terms: tuple[tuple[int, float], ...]
    worth: float = 1.0


@dataclass(frozen=True)
class _Slot:
    """A stretch of the question; the best of its ways counts. `counts`: for how much is covered."""

    ways: tuple[_Way, ...]
    weight: float = 1.0
    counts: bool = True


@dataclass
class Index:
    """What can be searched now. `refresh` makes another one; whoever searches this one is not disturbed."""

    words: Words
    terms: dict[str, int] = field(default_factory=dict)
    spelling: Spelling = field(default_factory=Spelling)
    segments: tuple[Segment, ...] = ()

    @property
    def size(self) -> int:
        return sum(int((~one.gone).sum()) for one in self.segments)

    def learn(self, terms: Iterable[tuple[str, int]]) -> None:
        """New terms of the vocabulary, with their numbers."""
        fresh = dict(terms)
        self.terms.update(fresh)
        self.spelling.learn(one for one in fresh if " " not in one and not one.startswith("~"))

    def refreshed(self, entries: Sequence[Entry]) -> Index:
        """An index in which these documents are as given."""
        if not entries:
            return self
        old = {one.key for one in entries}
        kept = [_without(one, old) for one in self.segments] if self.segments else []
        living = [one for one in entries if len(one.terms)]
        if living:
            kept.append(segment(living))
        if len(kept) > MOST_SEGMENTS:
            kept = [melted(kept)]
        return Index(self.words, self.terms, self.spelling, tuple(kept))

    def find(
        self, text: str, *, limit: int = 20, field: str = "", unit: str = "", least: float = 0.0
    ) -> list[Hit]:
        """The answers that fit `text` best, the best first; `least`: of how much it must speak."""
        slots = self._slots(syllables(text)[:MOST])
        hits = [
            hit
            for one in self.segments
            for hit in self._in(one, slots, limit, field, unit)
            if hit.covers >= least
        ]
        return sorted(hits, key=lambda hit: (-hit.score, str(hit.key)))[:limit]

    def _in(
        self, one: Segment, slots: Sequence[_Slot], limit: int, field: str, unit: str
    ) -> list[Hit]:
        size = len(one.keys)
        total, covered = np.zeros(size, np.float32), np.zeros(size, np.float32)
        whole = 0.0
        for slot in slots:
            best: Floats | None = None
            most = 0.0  # what the first way, what was typed itself, can be worth; others are held to it
            for number, way in enumerate(slot.ways):
                own = np.zeros(size, np.float32)
                rarities = [(term, self._rarity(term) * worth) for term, worth in way.terms]
                whole_way = sum(rarity for _, rarity in rarities)
                for term, rarity in rarities:
                    documents, weights = one.found(term)
                    own[documents] += weights * rarity
                most = most or whole_way
                own *= way.worth * most / max(whole_way, 1e-6)
                if number and len(way.terms) > 1:
                    # Of a phrase that nobody typed, some of its words alone mean little.
                    own *= np.minimum(own / max(most * way.worth, 1e-6), 1)
                best = own if best is None else np.maximum(best, own)
            if best is None:  # a word that no answer has: it was asked for all the same
                whole += self._rarity(-1) * slot.weight
                continue
            total += best * slot.weight
            if slot.counts:
                importance = most * slot.weight
                whole += importance
                covered += importance * np.minimum(best / max(most, 1e-6), 1)
        covers = covered / whole if whole else covered
        total *= 0.3 + 0.7 * covers
        wanted = ~one.gone & (total > 0)
        if field:
            wanted &= one.fields == field
        if unit:
            wanted &= one.units == unit
        total[~wanted] = 0
        count = min(limit, int(wanted.sum()))
        if not count:
            return []
        best_at = np.argpartition(-total, count - 1)[:count]
        return [Hit(one.keys[at], float(total[at]), float(covers[at])) for at in best_at]

    def _rarity(self, term: int) -> float:
        """The rarer a term, the more it tells (idf of BM25)."""
        have = sum(
            end - begin for one in self.segments for begin, end in [one.starts.get(term, (0, 0))]
        )
        size = sum(len(one.keys) for one in self.segments)
        return math.log(1 + (size - have + 0.5) / (have + 0.5))

    # -- what a question may mean ------------------------------------------------------------------

    def _slots(self, typed: Sequence[Syllable]) -> list[_Slot]:
        typed = self._mended(typed)
        slots: list[_Slot] = []
        span = [-1 - at for at in range(len(typed))]  # which stretch a syllable is in
        taken = [False] * len(typed)
        for first, end, groups in self.words.spans(typed):
            stretch = typed[first:end]
            ways = [self._phrase([one.plain for one in stretch])]
            ways += [
                self._phrase([one.plain for one in phrase], SYNONYM)
                for group in groups
                for phrase in self.words.groups[group]
            ]
            if found := tuple(way for way in ways if way.terms):
                light = all(one.plain in self.words.light for one in stretch)
                slots.append(_Slot(found, LIGHT if light else 1.0))
                taken[first:end] = [True] * (end - first)
                span[first:end] = [first] * (end - first)
        for at, one in enumerate(typed):
            if not taken[at]:
                weight = LIGHT if one.plain in self.words.light else 1.0
                slots.append(_Slot(self._of_one(one.plain), weight))
            if one.marks and (spelt := self.terms.get(one.marked)) is not None:
                weight = LIGHT if one.plain in self.words.light else 1.0
                slots.append(_Slot((_Way(((spelt, SPELT),)),), weight, counts=False))
        for at, (one, two) in enumerate(itertools.pairwise(typed)):
            if span[at] == span[at + 1]:
                continue  # a phrase's own pairs are in its slot
            lights = (one.plain in self.words.light) + (two.plain in self.words.light)
            if ways_ := self._of_pair(one.plain, two.plain):
                weight = (1.0, 0.5, LIGHT)[lights]
                slots.append(_Slot(ways_, weight, counts=False))
        return slots

    def _mended(self, typed: Sequence[Syllable]) -> list[Syllable]:
        """Syllables that are nowhere, where they are two written as one or Telex without a keyboard."""
        found: list[Syllable] = []
        for one in typed:
            if one.plain not in self.terms:
                if meant := self.spelling.untelexed(one.plain):
                    found.append(Syllable(meant, ""))
                    continue
                if halves := self.spelling.split(one.plain):
                    found += [Syllable(half, "") for half in halves]
                    continue
            found.append(one)
        return found

    def _phrase(self, plain: Sequence[str], worth: float = 1.0) -> _Way:
        terms = [(one, 1.0) for one in plain]
        terms += [(f"{a} {b}", PAIR) for a, b in itertools.pairwise(plain)]
        known = tuple((self.terms[one], value) for one, value in terms if one in self.terms)
        # A phrase of which a syllable is nowhere is not in any answer.
        return _Way(known if all(one in self.terms for one in plain) else (), worth)

    def _of_one(self, plain: str) -> tuple[_Way, ...]:
        if plain in self.terms:
            return (_Way(((self.terms[plain], 1.0),)),)
        near = self.spelling.near(plain)
        return tuple(_Way(((self.terms[one], 1.0),), NEAR) for one in near)

    def _of_pair(self, one: str, two: str) -> tuple[_Way, ...]:
        """The pair, or pairs in which one of the two was mistyped, with the syllable meant."""
        if (exact := self.terms.get(f"{one} {two}")) is not None:
            return (_Way(((exact, PAIR),)),)
        ways = []
        for left, right, meant in (
            *((near, two, near) for near in self.spelling.near(one)),
            *((one, near, near) for near in self.spelling.near(two)),
        ):
            pair = self.terms.get(f"{left} {right}")
            if pair is not None:
                ways.append(_Way(((pair, PAIR), (self.terms[meant], 1.0)), NEAR))
        return tuple(ways)


def _without(one: Segment, keys: set[uuid.UUID]) -> Segment:
    hit = np.fromiter((key in keys for key in one.keys), np.bool_, len(one.keys))
    if not hit.any():
        return one
    return Segment(
        *(one.keys, one.fields, one.units, one.gone | hit, one.raw, one.lengths, one.starts),
        one.documents,
        one.weights,
    )
