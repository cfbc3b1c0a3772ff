"""Is the ledger whole? Every entry and every head, against each other and against the witness.

Reads in pages, in the order of the log, and keeps in memory no more than a page and the frontier of the
tree. Nothing is locked while it runs: what a head covers never changes, so the state at the
beginning is what is verified; entries and heads that come later are left for the next time.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.db import connection

from tinhso.kernel.ledger import findings, heads, waiting, walls
from tinhso.kernel.ledger.actions import erasure_recorded
from tinhso.kernel.ledger.canonical import leaf_hash, salted
from tinhso.kernel.ledger.entries import fixed_fields, seal_of
from tinhso.kernel.ledger.heads import Head, PublicKey
from tinhso.kernel.ledger.models import Entry, Node, TreeHead
from tinhso.kernel.ledger.queries import PAGE, read_page
from tinhso.kernel.ledger.tree import Frontier
from tinhso.measure.text import Problem, Text

#: Stands where an entry is missing, so that the others keep their places.
NO_LEAF = bytes(32)

#: A head with the place it was found in; sorted by size.
Sourced = tuple[int, str, Head]

#: Told how many entries have been read.
OnEntries = Callable[[int], None]


@dataclass
class Run:
    """Heads in a row that the witness lacks."""

    first: int
    last: int
    count: int = 1


@dataclass
class Verification:
    """One run. `findings` yields what is wrong as it is found; then the counts are complete."""

    against: Iterable[Head] = ()
    on_entries: OnEntries = lambda _: None

    size: int = 0
    waiting: int = 0
    heads: int = 0
    erased: int = 0

    _keys: Mapping[str, PublicKey] = field(default_factory=dict)
    _pending: list[Problem] = field(default_factory=list)
    #: The tree of the entries as they stand, and one that goes on, after each kept subtree, with
    #: the kept hash: so damage in one place does not hide the state of what comes after it.
    _plain: Frontier = field(default_factory=Frontier)
    _resumed: Frontier = field(default_factory=Frontier)
    #: Where each source's heads agreed last, and whether its last head disagreed.
    _agreed: dict[str, int] = field(default_factory=dict)
    _quarrel: dict[str, bool] = field(default_factory=dict)
    _last_id: int = 0
    _swapped: list[Problem] = field(default_factory=list)
    _larger: dict[str, tuple[int, Head]] = field(default_factory=dict)
    _unwitnessed: Run | None = None

    def findings(self) -> Iterator[Problem]:
        yield from (findings.WALL(name=name) for name in walls.missing(connection))
        yield from self._read_keys()
        with heads.witness_lock(wait=True):
            newest = TreeHead.objects.order_by("-size").first()
            self.size = newest.size if newest else 0
            witnessed = heads.witness_file().stat().st_size if heads.witness_file().exists() else 0
            outside = list(Entry.objects.filter(index__gte=self.size).order_by("index")[:10])
        yield from (findings.UNCOVERED(index=e.index, uid=e.uid) for e in outside)
        last = Entry.objects.filter(index__lt=self.size).order_by("-index").first()
        bound = last.index + 1 if last is not None and last.index is not None else 0
        if bound < self.size:
            yield _missing(bound, self.size)
        entries = self._entries(bound)
        for size, same in groupby(self._all_heads(witnessed), key=lambda one: one[0]):
            found = [(source, head) for _, source, head in same]
            while self._plain.size < min(size, bound):
                yield from next(entries)
            yield from self._heads_of(size, found, bound)
            yield from self._flush()
        for rest in entries:
            yield from rest
        yield from self._flush()
        yield from self._summed()
        yield from self._waiting()
        yield from (findings.DELETED_WAITING(uid=uid) for uid in waiting.deleted())

    # -- keys and heads ----------------------------------------------------------------------------

    def _read_keys(self) -> Iterator[Problem]:
        try:
            self._keys = heads.known_keys()
        except (ValueError, TypeError, KeyError):
            yield findings.KEYS()
            return
        known: dict[str, PublicKey] = {}
        for key in self._keys.values():
            if known and not heads.endorsed(key, known):
                yield findings.KEY(key=key.key)
            known[key.key] = key

    def _all_heads(self, witnessed: int) -> Iterator[Sourced]:
        """The heads of all sources, by size; of the database, those up to the size verified."""
        rows = TreeHead.objects.filter(size__lte=self.size).order_by("size").iterator(PAGE)
        return heapq.merge(
            ((row.size, "database", Head.of(row)) for row in rows),
            self._witnessed(witnessed),
            ((one.size, "against", one) for one in sorted(self.against, key=lambda one: one.size)),
            key=lambda one: one[:2],
        )

    def _witnessed(self, length: int) -> Iterator[Sourced]:
        if not length:
            return
        before, read = 0, 0
        with heads.witness_file().open("rb") as file:
            for number, line in enumerate(file, start=1):
                read += len(line)
                if read > length:
                    return
                try:
                    head = Head.read(line.decode())
                except ValueError:
                    self._pending.append(findings.WITNESS_LINE(line=number))
                    continue
                if head.size <= before:
                    self._pending.append(findings.WITNESS_LINE(line=number))
                    continue
                before = head.size
                yield head.size, "witness", head

    def _heads_of(
        self, size: int, found: Sequence[tuple[str, Head]], bound: int
    ) -> Iterator[Problem]:
        """The heads of one size, from wherever they were found."""
        for source, head in found:
            self.heads += source == "database"
            right = heads.signed(head, self._keys)
            if not right:
                yield findings.SIGNATURE(size=size, source=findings.SOURCES[source], key=head.key)
            if size > self.size:
                count, _ = self._larger.get(source, (0, head))
                self._larger[source] = (count + 1, head)
            elif size <= bound and (right or source == "against"):
                yield from self._compare(source, head)
        if size <= self.size:
            sources = {source for source, _ in found}
            if "database" not in sources and "witness" in sources:
                yield findings.HEAD_DELETED(size=size, source=findings.SOURCES["witness"])
            if "database" in sources:
                yield from self._witness_has(size, "witness" in sources)
            self._swapped, self._last_id = [], 0

    def _witness_has(self, size: int, there: bool) -> Iterator[Problem]:
        if there:
            yield from self._cut()
        elif self._unwitnessed is None:
            self._unwitnessed = Run(size, size)
        else:
            self._unwitnessed.last = size
            self._unwitnessed.count += 1

    def _compare(self, source: str, head: Head) -> Iterator[Problem]:
        plain = self._plain.root().hex() == head.root
        if plain:
            self._resumed = Frontier(self._plain.size, list(self._plain.peaks))
        if plain or self._resumed.root().hex() == head.root:
            self._agreed[source], self._quarrel[source] = head.size, False
            return
        if not self._quarrel.get(source):
            self._quarrel[source] = True
            yield findings.ROOT(
                size=head.size,
                source=findings.SOURCES[source],
                at=head.at,
                first=self._agreed.get(source, 0),
                last=head.size - 1,
            )
            yield from self._swapped
            self._swapped = []

    def _cut(self) -> Iterator[Problem]:
        run, self._unwitnessed = self._unwitnessed, None
        if run is not None:
            yield findings.WITNESS_CUT(count=run.count, first=run.first, last=run.last)

    def _summed(self) -> Iterator[Problem]:
        yield from self._cut()
        for source, (count, head) in self._larger.items():
            yield findings.OLD_COPY(
                size=self.size,
                source=findings.SOURCES[source],
                count=count,
                newest=head.size,
                at=head.at,
            )

    def _flush(self) -> Iterator[Problem]:
        pending, self._pending = self._pending, []
        yield from pending

    # -- entries -----------------------------------------------------------------------------------

    def _entries(self, bound: int) -> Iterator[list[Problem]]:
        """Adds the entries below `bound` to the trees, one each step, with what is wrong with it."""
        expected = 0
        for first in range(0, bound, PAGE):
            for index, entry in read_page(first, min(first + PAGE, bound)):
                if index > expected:
                    self._pending.append(_missing(expected, index))
                for _ in range(expected, index):
                    self._add(NO_LEAF)
                    yield []
                self._add(self._checked(index, entry))
                expected = index + 1
                yield list(self._flush())
            self.on_entries(min(first + PAGE, bound))
        if expected < bound:  # deleted while this ran
            self._pending.append(_missing(expected, bound))
        for _ in range(expected, bound):
            self._add(NO_LEAF)
            yield list(self._flush())

    def _add(self, leaf: bytes) -> None:
        self._plain.add(leaf, self._completed)
        self._resumed.add(leaf, _kept)

    def _completed(self, level: int, index: int, hashed: bytes) -> bytes:
        kept = Node.objects.filter(level=level, index=index).first()
        if kept is None or kept.hash != hashed.hex():
            first = index << level
            self._pending.append(findings.NODE(first=first, last=first + (1 << level) - 1))
        return hashed

    def _checked(self, index: int, entry: Entry | None) -> bytes:
        """The leaf that stands for the entry in the tree: the one that its seal vouches for."""
        if entry is None:
            self._pending.append(findings.UNREADABLE(index=index))
            return NO_LEAF
        if entry.pk < self._last_id and len(self._swapped) < 3:
            self._swapped.append(findings.SWAPPED(index=index, uid=entry.uid))
        self._last_id = entry.pk
        sealed = _leaf_of(entry)
        self._pending += self._wrong(entry, sealed, index)
        chosen = sealed if seal_of(sealed) == entry.seal else entry.leaf
        return bytes.fromhex(chosen) if len(chosen) == 64 else NO_LEAF

    def _wrong(self, entry: Entry, leaf: str, index: int | Text) -> Iterator[Problem]:
        """What is wrong with one entry by itself; `leaf` is the hash of what it says now."""
        if leaf != entry.leaf:
            yield findings.ALTERED(index=index, uid=entry.uid)
        elif seal_of(entry.leaf) != entry.seal:
            yield findings.SEAL(index=index, uid=entry.uid)
        if entry.details is None:
            self.erased += 1
            if not erasure_recorded(entry):
                yield findings.ERASED(index=index, uid=entry.uid)
        elif not _details_match(entry):
            yield findings.DETAILS(index=index, uid=entry.uid)

    def _waiting(self) -> Iterator[Problem]:
        after = 0
        while True:
            found = list(Entry.objects.filter(index=None, id__gt=after).order_by("id")[:PAGE])
            if not found:
                return
            for entry in found:
                yield from self._wrong(entry, _leaf_of(entry), findings.WAITING)
            self.waiting += len(found)
            after = found[-1].pk


def _missing(first: int, end: int) -> Problem:
    return findings.MISSING(count=end - first, first=first, last=end - 1)


def _kept(level: int, index: int, hashed: bytes) -> bytes:
    kept = Node.objects.filter(level=level, index=index).first()
    return bytes.fromhex(kept.hash) if kept and len(kept.hash) == 64 else hashed


def _leaf_of(entry: Entry) -> str:
    try:
        return leaf_hash(fixed_fields(entry))
    except (AttributeError, TypeError, ValueError):
        return ""  # a column holds what no entry was ever written with


def _details_match(entry: Entry) -> bool:
    try:
        return salted(entry.salt, entry.details) == entry.details_digest
    except (TypeError, ValueError):
        return False
