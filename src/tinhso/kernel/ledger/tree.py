"""The Merkle tree of RFC 9162, section 2.1: its hash, its proofs, and their verification.

A tree of `size` leaves is never held whole. `Tree` reads, from wherever they are kept, leaves and
the hashes of complete subtrees of 2^8, 2^16, ... leaves (`STEP` levels apart): a proof reads
some hundred hashes at most for each 2^8 leaves' worth of depth, however big the log is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

#: Kept subtrees lie this many levels apart: level 0 is the leaves, then 8, 16, 24 ...
STEP = 8

#: The hash of a tree without leaves.
EMPTY = hashlib.sha256().digest()

#: `(level, first, count)` -> hashes of `count` complete subtrees of 2^level leaves, from the
#: `first`th on. Asked for multiples of STEP only.
Stored = Callable[[int, int, int], Sequence[bytes]]


class MissingHashError(LookupError):
    """What is kept does not hold the leaves or subtrees that the tree needs."""


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def largest_power_below(size: int) -> int:
    """k of the RFC: the largest power of two smaller than `size`, which is 2 or more."""
    return 1 << ((size - 1).bit_length() - 1)


@dataclass(frozen=True)
class Tree:
    """The first `size` leaves of what is kept."""

    size: int
    stored: Stored

    def root(self) -> bytes:
        """MTH(D_n). Raises MissingHashError, as the proofs do."""
        return self._hash(0, self.size) if self.size else EMPTY

    def inclusion(self, index: int) -> list[bytes]:
        """PATH(m, D_n): the proof that the leaf at `index` is in the tree. Raises IndexError."""
        if not 0 <= index < self.size:
            raise IndexError(index)
        return self._path(index, 0, self.size)

    def consistency(self, first: int) -> list[bytes]:
        """PROOF(m, D_n): the proof that the first `first` leaves are as they were.

        Empty for 0 and for the tree's own size. Raises IndexError beyond it.
        """
        if not 0 <= first <= self.size:
            raise IndexError(first)
        return [] if first in (0, self.size) else self._subproof(first, 0, self.size, whole=True)

    def _path(self, index: int, low: int, high: int) -> list[bytes]:
        if high - low == 1:
            return []
        middle = low + largest_power_below(high - low)
        if index < middle:
            return [*self._path(index, low, middle), self._hash(middle, high)]
        return [*self._path(index, middle, high), self._hash(low, middle)]

    def _subproof(self, first: int, low: int, high: int, *, whole: bool) -> list[bytes]:
        if first == high:
            return [] if whole else [self._hash(low, high)]
        middle = low + largest_power_below(high - low)
        if first <= middle:
            return [*self._subproof(first, low, middle, whole=whole), self._hash(middle, high)]
        return [*self._subproof(first, middle, high, whole=False), self._hash(low, middle)]

    def _hash(self, low: int, high: int) -> bytes:
        """The hash over leaves low <= i < high, a range that the tree's own splitting makes."""
        size = high - low
        if size & (size - 1):
            middle = low + largest_power_below(size)
            return node(self._hash(low, middle), self._hash(middle, high))
        level = size.bit_length() - 1
        base = level - level % STEP
        count = size >> base
        found = list(self.stored(base, low >> base, count))
        if len(found) != count:
            raise MissingHashError(f"level {base}, {count} from {low >> base}")
        while len(found) > 1:
            found = [node(*found[at : at + 2]) for at in range(0, len(found), 2)]
        return found[0]


@dataclass
class Frontier:
    """A tree that grows leaf by leaf and remembers only the roots of its complete subtrees."""

    size: int = 0
    #: (level, hash) of the complete subtrees that the tree is made of, biggest first.
    peaks: list[tuple[int, bytes]] = field(default_factory=list)

    @classmethod
    def of(cls, size: int, stored: Stored) -> Frontier:
        """The frontier of a kept tree. Raises MissingHashError."""
        tree, peaks, low = Tree(size, stored), [], 0
        for level in reversed(range(size.bit_length())):
            if size >> level & 1:
                peaks.append((level, tree._hash(low, low + (1 << level))))
                low += 1 << level
        return cls(size, peaks)

    def add(self, hashed: bytes, completed: Callable[[int, int, bytes], bytes]) -> None:
        """Add a leaf. `completed` is told each complete subtree at a multiple of STEP (level, its
        place among those of its level, hash) and says which hash to go on with."""
        level = 0
        while self.peaks and self.peaks[-1][0] == level:
            hashed = node(self.peaks.pop()[1], hashed)
            level += 1
            if level % STEP == 0:
                hashed = completed(level, self.size >> level, hashed)
        self.peaks.append((level, hashed))
        self.size += 1

    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY
        _, found = self.peaks[-1]
        for _, left in reversed(self.peaks[:-1]):
            found = node(left, found)
        return found


def included(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows that the leaf is at `index` of the tree (section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf_hash
    for one in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node(one, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, one)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def consistent(
    first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the proof shows that the tree of `second` leaves begins with that of `first`
    (section 2.1.4.2). A tree without leaves begins every tree."""
    if not 0 <= first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    if first == 0:
        return not proof and first_root == EMPTY
    path = list(proof) if first & (first - 1) else [first_root, *proof]
    if not path:
        return False
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for one in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node(one, old), node(one, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node(new, one)
        at, last = at >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root
