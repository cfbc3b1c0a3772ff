"""Cubes on disk: written whole beside the others, then named in `current`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from uuid import uuid4

import duckdb
import numpy as np
import numpy.typing as npt

from tinhso.measure.cube import Cube, Manifest, StreamFacts
from tinhso.measure.distinct import SightingKey, Sightings
from tinhso.measure.plan import Array
from tinhso.measure.tables import NameTable

#: How many cubes besides the current one are kept, for readers that are still at an older one.
KEPT = 2

_VERSION = 1


class CubeStore:
    """A folder of cubes. `current()` reads the manifest only; `load()` the whole cube."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> Manifest | None:
        """The manifest of the current cube, or None when nothing has been measured yet."""
        name = self.current_name()
        return _read_manifest(self.folder / name) if name else None

    def newest_snapshot(self) -> int | None:
        """The newest snapshot that a kept cube was made of; None before anything was measured."""
        kept = (one / "manifest.json" for one in self.folder.glob("*-*"))
        return max(
            (_read_manifest(one.parent).snapshot for one in kept if one.exists()), default=None
        )

    def current_name(self) -> str:
        """The folder name of the current cube: it changes exactly when the figures do."""
        pointer = self.folder / "current"
        return pointer.read_text(encoding="utf-8").strip() if pointer.exists() else ""

    def save(self, cube: Cube) -> str:
        """Write a cube and make it the current one."""
        name = f"{cube.manifest.snapshot:06}-{uuid4().hex[:8]}"
        folder = self.folder / name
        folder.mkdir(parents=True)
        connection = duckdb.connect()
        try:
            _write_parts(connection, cube, folder / "parts.parquet")
            _write_sightings(connection, cube, folder / "distinct.parquet")
        finally:
            connection.close()
        facts = {"version": _VERSION, "units": cube.units, **asdict(cube.manifest)}
        (folder / "manifest.json").write_text(
            json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8"
        )
        fresh = self.folder / f"current.{name}"
        fresh.write_text(name, encoding="utf-8")
        fresh.replace(self.folder / "current")
        self._forget_old(name)
        return name

    def load(self, name: str = "") -> Cube:
        """The named cube, or the current one. Raises FileNotFoundError when there is none."""
        folder = self.folder / (name or self.current_name() or "none")
        manifest = _read_manifest(folder)
        units = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["units"]
        connection = duckdb.connect()
        try:
            cube = Cube(manifest, units, {}, {})
            totals = _read_parts(connection, cube, folder / "parts.parquet")
            sightings = _by_node(
                connection.execute(
                    "SELECT key, map, node, slot, previous, n FROM read_parquet(?) "
                    "ORDER BY key, map, node",
                    [str(folder / "distinct.parquet")],
                ).fetchnumpy()
            )
            return Cube(manifest, units, totals, sightings)
        finally:
            connection.close()

    def _forget_old(self, current: str) -> None:
        others = [f for f in self.folder.iterdir() if f.is_dir() and f.name != current]
        others.sort(key=lambda folder: folder.stat().st_mtime, reverse=True)
        for folder in others[KEPT:]:
            shutil.rmtree(folder)


def _read_manifest(folder: Path) -> Manifest:
    facts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    names = Manifest.__dataclass_fields__
    values = {name: facts[name] for name in names}
    for name in ("cuts", "maps", "quantities"):
        values[name] = tuple(values[name])
    values["streams"] = {
        code: StreamFacts(**{**one, "simulated": tuple(one["simulated"])})
        for code, one in facts["streams"].items()
    }
    return Manifest(**values)


def _copy(
    connection: duckdb.DuckDBPyConnection,
    columns: Mapping[str, Array],
    path: Path,
    select: str = "SELECT * FROM columns_to_write",
) -> None:
    connection.register("columns_to_write", dict(columns))
    connection.execute(
        f"COPY ({select}) TO '{str(path).replace(chr(39), chr(39) * 2)}' "
        "(FORMAT parquet, COMPRESSION zstd)"
    )
    connection.unregister("columns_to_write")


def _write_parts(connection: duckdb.DuckDBPyConnection, cube: Cube, path: Path) -> None:
    """What entered or left each cell, zeros left out: (quantity, unit, slot, n)."""
    keys, units, slots, amounts = [], [], [], []
    for position, key in enumerate(cube.manifest.quantities):
        if key not in cube.totals:
            continue
        change = np.diff(cube.totals[key], axis=1)
        unit, slot = np.nonzero(change)
        keys.append(np.full(len(unit), position, dtype=np.int64))
        units.append(unit.astype(np.int64))
        slots.append(slot.astype(np.int64))
        amounts.append(change[unit, slot])
    empty = [np.zeros(0, dtype=np.int64)]
    _copy(
        connection,
        {
            "quantity": np.concatenate(keys or empty),
            "unit": np.concatenate(units or empty),
            "slot": np.concatenate(slots or empty),
            "n": np.concatenate(amounts or empty),
        },
        path,
    )


def _read_parts(connection: duckdb.DuckDBPyConnection, cube: Cube, path: Path) -> dict[str, Array]:
    found = connection.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchnumpy()
    keys = cube.manifest.quantities
    change = np.zeros((len(keys), len(cube.units), cube.grid.count + 1), dtype=np.int64)
    change[found["quantity"], found["unit"], found["slot"] + 1] = found["n"]
    totals = change.cumsum(axis=2)
    return {key: totals[position] for position, key in enumerate(keys)}


def _write_sightings(connection: duckdb.DuckDBPyConnection, cube: Cube, path: Path) -> None:
    names = NameTable()
    columns: dict[str, list[Array]] = {
        name: [np.zeros(0, dtype=np.int64)]
        for name in ("key", "map", "node", "slot", "previous", "n")
    }
    for place, found in cube.sightings.items():
        for column, name in zip(("key", "map", "node"), place, strict=True):
            columns[column].append(np.full(len(found.slot), names.number(name), dtype=np.int64))
        columns["slot"].append(found.slot)
        columns["previous"].append(found.previous)
        columns["n"].append(found.n)
    names.write(connection)
    _copy(
        connection,
        {name: np.concatenate(arrays) for name, arrays in columns.items()},
        path,
        "SELECT k.name AS key, m.name AS map, p.name AS node, slot, previous, n "
        "FROM columns_to_write c JOIN names k ON k.number = c.key "
        "JOIN names m ON m.number = c.map JOIN names p ON p.number = c.node",
    )


def _by_node(
    columns: Mapping[str, npt.NDArray[np.object_]],
) -> dict[SightingKey, Sightings]:
    """Sightings from columns sorted by key, map and node."""
    names = [np.asarray(columns[name], dtype=object) for name in ("key", "map", "node")]
    if not len(names[0]):
        return {}
    changed = np.zeros(len(names[0]) - 1, dtype=bool)
    for column in names:
        changed |= column[1:] != column[:-1]
    cuts = np.flatnonzero(changed) + 1
    numbers = [
        np.split(np.asarray(columns[name], dtype=np.int64), cuts)
        for name in ("slot", "previous", "n")
    ]
    firsts = [0, *cuts]
    return {
        (str(names[0][at]), str(names[1][at]), str(names[2][at])): Sightings(slot, previous, n)
        for at, slot, previous, n in zip(firsts, *numbers, strict=True)
    }
