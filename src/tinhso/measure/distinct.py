"""Distinct persons (or things), exact for every window of time, from one table of sightings.

A sighting is a person seen at a unit in a slot; it remembers the slot in which that person was last
seen there before. A window [a, b) holds as many different persons as there are sightings in it
whose previous one lies before `a`. One small table so answers every month, quarter, year and year
to date, at every level, and new slots only add to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt

from tinhso.measure.boundaries import Boundaries, Map, heir
from tinhso.measure.engines.runners import Runner
from tinhso.measure.periods import Grid
from tinhso.measure.plan import Array
from tinhso.measure.quantities import Quantity
from tinhso.measure.sql import seen_plan, seen_records
from tinhso.measure.streams import Stream
from tinhso.measure.tables import make_table

#: The name of the boundary view "as the units were then"; other views are named by a day.
THEN = "then"

#: (quantity's key, name of the map, unit)
SightingKey = tuple[str, str, str]

#: Above this many cells, counting goes by sorting instead of by an array with a place a cell.
_DENSE = 20_000_000


@dataclass(frozen=True)
class Sightings:
    """Distinct persons at one unit: `n` persons seen in `slot`, last seen before in `previous`."""

    slot: Array
    previous: Array
    n: Array

    def distinct(self, begin: int, end: int) -> int:
        """How many different ones were seen in slots [begin, end)."""
        inside = (self.slot >= begin) & (self.slot < end) & (self.previous < begin)
        return int(self.n[inside].sum())


@dataclass(frozen=True)
class Levels:
    """For one map (or "then"): the units above each leaf in each slot, a layer a step upward.

    `layers[k][leaf, slot]` is a position in `nodes`, -1 where there is none. A unit stands in one
    layer only, whatever the slot, so that whoever was seen at it is found in one place.
    """

    name: str
    nodes: tuple[str, ...]
    layers: tuple[npt.NDArray[np.int32], ...]


def levels_of(
    boundaries: Boundaries, leaves: Sequence[str], grid: Grid, name: str, followed: Iterable[str]
) -> Levels:
    """The layers of the map `name`; in view "then" those of each slot's own map.

    A `followed` unit that is no more stands, in view "then", beside the unit that took over.
    """
    followed = tuple(followed)
    paths: dict[date, list[tuple[str, ...]]] = {}
    columns: list[list[tuple[str, ...]]] = []
    for slot in range(grid.count):
        the_map = boundaries.map(grid.first_day(slot) if name == THEN else date.fromisoformat(name))
        if the_map.day not in paths:
            beside = _beside(followed, the_map) if name == THEN else {}
            paths[the_map.day] = [_path(the_map, leaf, beside) for leaf in leaves]
        columns.append(paths[the_map.day])
    layer_of = _layers(boundaries, [path for column in paths.values() for path in column])
    numbers = {node: number for number, node in enumerate(layer_of)}
    layers = {
        layer: np.full((len(leaves), grid.count), -1, dtype=np.int32) for layer in layer_of.values()
    }
    for slot, column in enumerate(columns):
        if slot and column is columns[slot - 1]:
            for layer in layers.values():
                layer[:, slot] = layer[:, slot - 1]
            continue
        for leaf, path in enumerate(column):
            for node in path:
                layers[layer_of[node]][leaf, slot] = numbers[node]
    return Levels(name, tuple(numbers), tuple(layers.values()))


def _layers(boundaries: Boundaries, paths: Iterable[tuple[str, ...]]) -> dict[str, str]:
    """A layer for each unit: its level's, or one of its own where another of its level is below
    or beside it on some path."""
    crowded: set[str] = set()
    nodes: dict[str, str] = {}
    for path in paths:
        taken = set()
        for node in path:
            level = nodes.setdefault(node, str(boundaries.spans[node][0].level))
            if level in taken:
                crowded.add(node)
            taken.add(level)
    return {node: node if node in crowded else level for node, level in nodes.items()}


def _path(the_map: Map, leaf: str, beside: Mapping[str, str]) -> tuple[str, ...]:
    path = the_map.path(the_map.carry(leaf).uid)
    return path + tuple(beside[node] for node in path if node in beside)


def _beside(followed: Iterable[str], the_map: Map) -> dict[str, str]:
    heirs = ((heir(unit, the_map), unit) for unit in followed if unit not in the_map)
    return {taker: unit for taker, unit in heirs if taker is not None}


def sightings(
    run: Runner,
    stream: Stream,
    quantity: Quantity,
    grid: Grid,
    snapshot: int,
    leaves: Sequence[str],
    maps: Sequence[Levels],
    *,
    many: bool = False,
) -> dict[SightingKey, Sightings]:
    """All sightings of one quantity, on every map, from one reading of its records.

    `many`: there are more records than should be sorted in memory.
    """
    if many:
        counted = _counted_apart(run.connection, stream, quantity, grid, snapshot, leaves, maps)
        if counted is not None:
            return counted
    seen = run.rows(seen_plan(stream, quantity, grid, snapshot, run.dialect))
    return sightings_in(run.connection, seen, quantity.key, grid, leaves, maps)


def sightings_in(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    quantity: str,
    grid: Grid,
    leaves: Sequence[str],
    maps: Sequence[Levels],
) -> dict[SightingKey, Sightings]:
    """All sightings, on every map, of those that `rows` (what stands after FROM: different `who`,
    `_unit`, `slot`) tells of."""
    seen = _seen(connection, rows, leaves)
    found: dict[SightingKey, Sightings] = {}
    for levels in maps:
        for layer in levels.layers:
            for node, one in _at(seen, layer, len(levels.nodes), grid.count):
                found[quantity, levels.name, levels.nodes[node]] = one
    return found


def _counted_apart(
    connection: duckdb.DuckDBPyConnection,
    stream: Stream,
    quantity: Quantity,
    grid: Grid,
    snapshot: int,
    leaves: Sequence[str],
    maps: Sequence[Levels],
) -> dict[SightingKey, Sightings] | None:
    from tinhso.measure.engines import kernel  # noqa: PLC0415 (the compiler takes long to load)

    spill = connection.execute("SELECT current_setting('temp_directory')").fetchone()
    assert spill is not None
    layers = [(levels, layer) for levels in maps for layer in levels.layers]
    statements = [
        seen_records(stream, quantity, snapshot, share)
        for share in kernel.shares(connection, stream, snapshot)
    ]
    found = kernel.counted(
        connection, statements, grid, leaves, [layer for _, layer in layers], Path(spill[0])
    )
    if found is None:
        return None
    return {
        (quantity.key, levels.name, levels.nodes[node]): Sightings(*one)
        for (levels, _), nodes in zip(layers, found, strict=True)
        for node, one in nodes.items()
    }


@dataclass(frozen=True)
class _Seen:
    """Who was seen where and when, sorted by person, then slot. Persons are numbered from 0."""

    person: Array
    leaf: Array
    slot: Array


def _seen(connection: duckdb.DuckDBPyConnection, rows: str, leaves: Sequence[str]) -> _Seen:
    make_table(connection, "leaves", {"leaf": "INTEGER", "_unit": "VARCHAR"}, enumerate(leaves))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE seen AS FROM {rows}")
    # Hashes sort faster than texts; where two persons share one, their texts are sorted instead.
    counted = connection.execute("SELECT count(DISTINCT who), count(DISTINCT hash(who)) FROM seen")
    persons, hashes = counted.fetchone() or (0, 0)
    who = "hash(who)" if persons == hashes else "dense_rank() OVER (ORDER BY who)"
    columns = connection.execute(
        f"SELECT {who} AS who, leaf, slot FROM seen JOIN leaves USING (_unit) ORDER BY who, slot"
    ).fetchnumpy()
    names = np.asarray(columns["who"])
    new = np.ones(len(names), dtype=bool)
    new[1:] = names[1:] != names[:-1]
    return _Seen(
        np.cumsum(new, dtype=np.int64) - 1,
        np.asarray(columns["leaf"], dtype=np.int64),
        np.asarray(columns["slot"], dtype=np.int64),
    )


def _at(
    seen: _Seen, layer: npt.NDArray[np.int32], nodes: int, slots: int
) -> Iterable[tuple[int, Sightings]]:
    """The sightings at each node of one layer."""
    node = layer[seen.leaf, seen.slot].astype(np.int64)
    key, slot = seen.person * nodes + node, seen.slot
    there = node >= 0
    if not there.all():
        key, slot = key[there], slot[there]
    if not len(key):
        return
    if np.any(key[1:] < key[:-1]):
        # Nearly sorted already (persons are), which a stable sort makes use of.
        order = np.argsort(key, kind="stable")
        key, slot = key[order], slot[order]
    same = key[1:] == key[:-1]
    once = np.ones(len(key), dtype=bool)
    once[1:] = ~(same & (slot[1:] == slot[:-1]))
    key, slot = key[once], slot[once]
    previous = np.full(len(key), -1, dtype=np.int64)
    previous[1:] = np.where(key[1:] == key[:-1], slot[:-1], -1)
    cell = ((key % nodes) * slots + slot) * (slots + 1) + previous + 1
    cells, counts = _counted(cell, nodes * slots * (slots + 1))
    at = cells // (slots * (slots + 1))
    cuts = np.flatnonzero(at[1:] != at[:-1]) + 1
    columns = [
        np.split(column, cuts)
        for column in (cells // (slots + 1) % slots, cells % (slots + 1) - 1, counts)
    ]
    for first, when, before, n in zip([0, *cuts], *columns, strict=True):
        yield int(at[first]), Sightings(when, before, n)


def _counted(cell: Array, size: int) -> tuple[Array, Array]:
    """The different cells in order, and how often each occurs."""
    if size > _DENSE:
        cells, counts = np.unique(cell, return_counts=True)
        return cells, counts.astype(np.int64)
    counts = np.bincount(cell, minlength=0)
    cells = np.flatnonzero(counts)
    return cells, counts[cells].astype(np.int64)


def changed(
    whole: Mapping[SightingKey, Sightings],
    gone: Mapping[SightingKey, Sightings],
    come: Mapping[SightingKey, Sightings],
) -> dict[SightingKey, Sightings]:
    """`whole` without what is `gone`, and with what has `come`."""
    found = dict(whole)
    for key in {*gone, *come}:
        parts = [(sign, of[key]) for sign, of in ((1, whole), (-1, gone), (1, come)) if key in of]
        slot = np.concatenate([one.slot for _, one in parts])
        previous = np.concatenate([one.previous for _, one in parts])
        n = np.concatenate([sign * one.n for sign, one in parts])
        wide = int(max(slot.max(), previous.max())) + 2
        cells, places = np.unique(slot * wide + previous + 1, return_inverse=True)
        counts = np.zeros(len(cells), dtype=np.int64)
        np.add.at(counts, places, n)
        kept = counts != 0
        cells, counts = cells[kept], counts[kept]
        if len(cells):
            found[key] = Sightings(cells // wide, cells % wide - 1, counts)
        else:
            del found[key]
    return found
