"""The tree is that of RFC 9162: against the field's known vectors, and its recursive definition."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.kernel.ledger.tree import (
    EMPTY,
    STEP,
    Frontier,
    MissingHashError,
    Tree,
    consistent,
    included,
    leaf,
)

#: The leaves that the reference implementation of RFC 6962 is tested with, and the roots of their
#: first 0, 1, ... 8 (certificate-transparency, merkletree/merkle_tree_test.cc).
DATA = [
    bytes.fromhex(one)
    for one in (
        *("", "00", "10", "2021", "3031", "40414243"),
        *("5051525354555657", "606162636465666768696a6b6c6d6e6f"),
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = {  # (index, size) -> proof
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCIES = {  # (first, second) -> proof
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


class Kept:
    """Leaves and every STEPth level, as a log keeps them; counts what is read."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.levels: dict[int, list[bytes]] = {0: list(leaves)}
        self.read = 0
        self.frontier = Frontier()
        for one in leaves:
            self.frontier.add(one, self._completed)

    def _completed(self, level: int, index: int, hashed: bytes) -> bytes:
        kept = self.levels.setdefault(level, [])
        assert index == len(kept)
        kept.append(hashed)
        return hashed

    def __call__(self, level: int, first: int, count: int) -> list[bytes]:
        assert level % STEP == 0
        self.read += count
        return self.levels.get(level, [])[first : first + count]


def mth(leaves: Sequence[bytes]) -> bytes:
    """MTH as section 2.1.1 defines it, of hashed leaves."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def hexed(proof: Sequence[bytes]) -> list[str]:
    return [one.hex() for one in proof]


def test_the_known_trees_have_their_known_roots() -> None:
    leaves = [leaf(one) for one in DATA]
    for size, root in enumerate(ROOTS):
        kept = Kept(leaves[:size])
        assert Tree(size, kept).root().hex() == root == kept.frontier.root().hex()


def test_the_known_proofs() -> None:
    kept = Kept([leaf(one) for one in DATA])
    for (index, size), proof in PATHS.items():
        assert hexed(Tree(size, kept).inclusion(index)) == proof
    for (first, second), proof in CONSISTENCIES.items():
        assert hexed(Tree(second, kept).consistency(first)) == proof


@settings(deadline=None)
@given(st.integers(1, 1200), st.data())
def test_roots_and_proofs_of_any_tree(size: int, data: st.DataObject) -> None:
    leaves = [leaf(n.to_bytes(4, "big")) for n in range(size)]
    kept = Kept(leaves)
    tree, root = Tree(size, kept), mth(leaves)
    assert tree.root() == root == kept.frontier.root()
    assert Frontier.of(size, kept).peaks == kept.frontier.peaks
    index = data.draw(st.integers(0, size - 1))
    path = tree.inclusion(index)
    assert included(leaves[index], index, size, path, root)
    first = data.draw(st.integers(0, size))
    proof, before = tree.consistency(first), mth(leaves[:first])
    assert consistent(first, before, size, root, proof)


@settings(deadline=None)
@given(st.integers(2, 600), st.data())
def test_no_proof_shows_what_is_not_so(size: int, data: st.DataObject) -> None:
    leaves = [leaf(n.to_bytes(4, "big")) for n in range(size)]
    tree, root = Tree(size, Kept(leaves)), mth(leaves)
    index, other = data.draw(
        st.lists(st.integers(0, size - 1), min_size=2, max_size=2, unique=True)
    )
    path = tree.inclusion(index)
    assert not included(leaves[other], index, size, path, root)
    assert not included(leaves[index], other, size, path, root)
    assert not included(leaves[index], index, size, path[:-1], root)
    assert not included(leaves[index], index, size, [*path, EMPTY], root)
    assert not included(leaves[index], size, size, path, root)
    first = data.draw(st.integers(1, size - 1))
    proof, before = tree.consistency(first), mth(leaves[:first])
    assert not consistent(first, mth([EMPTY, *leaves[1:first]]), size, root, proof)
    assert not consistent(first, before, size, mth([*leaves[:-1], EMPTY]), proof)
    assert not consistent(first, before, size, root, proof[:-1])
    assert not consistent(first, before, size, root, [*proof, EMPTY])
    assert not consistent(size, root, first, before, proof)


def test_a_proof_reads_few_hashes_of_a_big_log() -> None:
    size = 70_001
    kept = Kept([leaf(n.to_bytes(4, "big")) for n in range(size)])
    tree = Tree(size, kept)
    for ask in (lambda: tree.inclusion(12_345), lambda: tree.consistency(54_321), tree.root):
        kept.read = 0
        ask()
        assert 0 < kept.read <= 3 * 2**STEP


def test_a_tree_says_when_what_is_kept_has_a_hole() -> None:
    kept = Kept([leaf(b"x")] * 300)
    kept.levels[0] = kept.levels[0][:299]
    with pytest.raises(MissingHashError):
        Tree(300, kept).root()
    for index in (-1, 300):
        with pytest.raises(IndexError):
            Tree(300, kept).inclusion(index)
    with pytest.raises(IndexError):
        Tree(300, kept).consistency(301)
