"""Distinct persons of very many records: hashed into partitions on disk, sorted there, then counted in
one pass a layer of units.

What `distinct` does with one sort in memory, for records that would not fit. Memory does not grow
with the records: a partition is looked at as a whole, everything else in a row.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import duckdb
import numba
import numpy as np
import numpy.typing as npt

from tinhso.measure.engines.kernel.batches import array_at, batches, takers
from tinhso.measure.engines.kernel.run import hashes_of, open_table, slot_table
from tinhso.measure.periods import Grid
from tinhso.measure.plan import Array

#: Persons go by the highest bits of their hash into so many files.
PARTITION_BITS = 6
PARTITIONS = 1 << PARTITION_BITS

#: Up to so many sightings of a person are sorted one by one.
FEW = 16

#: Layers that are counted at once, and partitions that are sorted at once.
THREADS = 2

#: A layer whose dense table would have more cells is counted in parts.
MOST_CELLS = 100_000_000

U64 = npt.NDArray[np.uint64]
U32 = npt.NDArray[np.uint32]
Layer = npt.NDArray[np.int32]
#: Of one node: slots, the slots before, and how many.
Counted = tuple[Array, Array, Array]


@dataclass(frozen=True)
class Sorted:
    """Who was seen where and when: of each partition a file of 32-bit words, sorted by person, then
    slot. A word holds the slot above `bits` bits of the leaf; its highest bit says "another person"."""

    files: tuple[Path, ...]
    bits: int


def counted(
    connection: duckdb.DuckDBPyConnection,
    statements: Sequence[str],
    grid: Grid,
    leaves: Sequence[str],
    layers: Sequence[Layer],
    spill: Path,
) -> list[dict[int, Counted]] | None:
    """For each layer ([leaf, slot] -> node, -1 for none), what was counted at each of its nodes.

    `statements`, which run at once, yield hash of the unit, two hashes of the person, and the day. None
    where it cannot be told here: two persons or two units share a hash, or there are too many units.
    """
    bits = max(1, len(leaves).bit_length())
    keys = hashes_of(connection, leaves)
    if keys is None or bits + grid.count.bit_length() > 31:
        return None
    spill.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="persons-", dir=spill) as folder:
        files = _partitioned(connection, statements, grid, keys, bits, Path(folder))
        with ThreadPoolExecutor(THREADS) as pool:
            if not all(pool.map(_sort, files)):
                return None
            return _layers(Sorted(tuple(files), bits), layers, grid.count, pool)


# -- into partitions -------------------------------------------------------------------------------


def _partitioned(
    connection: duckdb.DuckDBPyConnection,
    statements: Sequence[str],
    grid: Grid,
    keys: U64,
    bits: int,
    folder: Path,
) -> list[Path]:
    table, places = open_table(keys)
    slots, low = slot_table(grid)
    paths = [folder / f"{number:03}" for number in range(PARTITIONS)]
    files = [path.open("wb", buffering=0) for path in paths]
    writing = Lock()

    def take(taker: duckdb.DuckDBPyConnection, statement: str) -> None:
        for batch in batches(taker, statement):
            size = batch.length
            kinds = (np.uint64, np.uint64, np.uint64, np.int32)
            columns = [
                array_at(child.buffers[1], size, kind)
                for child, kind in zip(batch.children, kinds, strict=True)
            ]
            rows = np.empty((size, 2), dtype=np.uint64)
            ends = np.zeros(PARTITIONS + 1, dtype=np.int64)
            unknown = _scatter(  # type: ignore[call-arg]
                *columns, table, places, slots, low, bits, rows, ends
            )
            if unknown >= 0:
                raise LookupError(
                    f"record {unknown} of a batch names a unit that was not looked up"
                )
            with writing:
                for number, file in enumerate(files):
                    file.write(rows[ends[number] : ends[number + 1]].data)

    try:
        with ThreadPoolExecutor(len(statements)) as pool:
            list(pool.map(take, takers(connection, statements), statements))
    finally:
        for file in files:
            file.close()
    return paths


@numba.njit(nogil=True)
def _scatter(  # type: ignore[no-untyped-def]
    units, persons, checks, days, table, places, slots, low, bits, rows, ends
):
    """Place each record behind those of its partition; answers the first of an unknown unit, or -1."""
    size = len(units)
    count = np.zeros(len(ends), dtype=np.int64)
    for i in range(size):
        count[(persons[i] >> np.uint64(64 - PARTITION_BITS)) + 1] += 1
    for n in range(1, len(ends)):
        count[n] += count[n - 1]
        ends[n] = count[n]
    mask = np.uint64(len(table) - 1)
    for i in range(size):
        place = units[i] & mask
        while table[place] != units[i]:
            if places[place] < 0:
                return i
            place = (place + np.uint64(1)) & mask
        slot = slots[min(max(days[i] - low, 0), len(slots) - 1)]
        word = (np.uint64(slot) << np.uint64(bits)) | np.uint64(places[place])
        part = persons[i] >> np.uint64(64 - PARTITION_BITS)
        at = count[part]
        count[part] += 1
        rows[at, 0] = persons[i]
        rows[at, 1] = (checks[i] & np.uint64(0xFFFFFFFF00000000)) | word
    return -1


# -- sorting ---------------------------------------------------------------------------------------


def _sort(file: Path) -> bool:
    """Sort a partition by person, then slot; False where two persons share a hash."""
    rows = np.fromfile(file, dtype=np.uint64).reshape(-1, 2)
    persons = np.ascontiguousarray(rows[:, 0])
    order = np.argsort(persons)
    words = np.empty(len(rows), dtype=np.uint32)
    if not _grouped(persons, rows, order, words):
        return False
    words.tofile(file)
    return True


@numba.njit(nogil=True)
def _grouped(persons, rows, order, words):  # type: ignore[no-untyped-def]
    new = np.uint32(1 << 31)
    size = len(order)
    begin = 0
    while begin < size:
        first = order[begin]
        check = rows[first, 1] >> np.uint64(32)
        end = begin
        while end < size and persons[order[end]] == persons[first]:
            row = rows[order[end], 1]
            if row >> np.uint64(32) != check:
                return False
            word = np.uint32(row & np.uint64(0xFFFFFFFF))
            # Most are seen a few times: each goes in at its place; of the others, all are sorted.
            place = end
            while place > begin and end - begin < FEW and words[place - 1] > word:
                words[place] = words[place - 1]
                place -= 1
            words[place] = word
            end += 1
        if end - begin > FEW:
            words[begin:end].sort()
        words[begin] |= new
        begin = end
    return True


# -- counting --------------------------------------------------------------------------------------


def _layers(
    seen: Sorted, layers: Sequence[Layer], slots: int, pool: ThreadPoolExecutor
) -> list[dict[int, Counted]]:
    """A node that holds the same leaves in the same slots as another was counted with that one."""
    known: dict[bytes, Counted | None] = {}
    places: list[dict[int, bytes]] = []
    works: list[tuple[Layer, dict[int, bytes]]] = []
    for layer in layers:
        cells = _cells_of(layer)
        places.append(cells)
        fresh = {node: digest for node, digest in cells.items() if digest not in known}
        known |= dict.fromkeys(fresh.values())
        for some in _parts(sorted(fresh), MOST_CELLS // (slots * (slots + 1))):
            renumbered = np.full(max(cells, default=0) + 2, -1, dtype=np.int32)
            renumbered[some] = np.arange(len(some), dtype=np.int32)
            works.append((renumbered[layer], {n: fresh[node] for n, node in enumerate(some)}))
    for found in pool.map(lambda work: _count(seen, work[0], work[1], slots), works):
        known |= found
    return [
        {node: one for node, digest in cells.items() if (one := known[digest]) is not None}
        for cells in places
    ]


def _parts(nodes: list[int], most: int) -> Iterator[list[int]]:
    for begin in range(0, len(nodes), max(1, most)):
        yield nodes[begin : begin + max(1, most)]


def _cells_of(layer: Layer) -> dict[int, bytes]:
    """For each node of a layer, a digest of the cells that lead to it."""
    flat = layer.ravel()
    order = np.argsort(flat, kind="stable")
    nodes = flat[order]
    cuts = np.flatnonzero(nodes[1:] != nodes[:-1]) + 1
    return {
        int(flat[cells[0]]): hashlib.blake2b(cells.tobytes(), digest_size=16).digest()
        for cells in np.split(order, cuts)
        if len(cells) and flat[cells[0]] >= 0
    }


def _count(
    seen: Sorted, layer: Layer, nodes: dict[int, bytes], slots: int
) -> dict[bytes, Counted | None]:
    table = np.zeros((slots + 1, len(nodes), slots), dtype=np.uint32)
    stamps = np.zeros(len(nodes), dtype=np.int64)
    last = np.zeros(len(nodes), dtype=np.int64)
    person = 0
    for file in seen.files:
        person = _count_file(
            np.fromfile(file, dtype=np.uint32), layer, seen.bits, stamps, last, table, person
        )
    previous, node, slot = np.nonzero(table)
    n = table[previous, node, slot].astype(np.int64)
    order = np.argsort(node, kind="stable")
    ends = np.searchsorted(node[order], np.arange(len(nodes) + 1))
    columns = [
        column[order] for column in (slot.astype(np.int64), previous.astype(np.int64) - 1, n)
    ]
    found: dict[bytes, Counted | None] = {}
    for number, digest in nodes.items():
        begin, end = ends[number], ends[number + 1]
        when, before, many = (column[begin:end] for column in columns)
        found[digest] = (when, before, many) if end > begin else None
    return found


@numba.njit(nogil=True)
def _count_file(words, layer, bits, stamps, last, table, person):  # type: ignore[no-untyped-def]
    leaf_mask = np.uint32((1 << bits) - 1)
    slot_mask = np.uint32((1 << (31 - bits)) - 1)
    for i in range(len(words)):
        word = words[i]
        if word >> np.uint32(31):
            person += 1
        slot = np.int64((word >> np.uint32(bits)) & slot_mask)
        node = layer[np.int64(word & leaf_mask), slot]
        if node < 0:
            continue
        if stamps[node] == person:
            if last[node] != slot:
                table[last[node] + 1, node, slot] += np.uint32(1)
        else:
            stamps[node] = person
            table[0, node, slot] += np.uint32(1)
        last[node] = slot
    return person
