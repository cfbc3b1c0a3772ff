"""The cube: quantities by unit and slot of time, made from one snapshot of the lake.

Kept as two small Parquet files and a manifest in a folder of its own; a folder is written beside
the others and then named in `current`, so readers see a whole cube or the one before.
"""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import numpy.typing as npt

from tinhso.measure.boundaries import Boundaries, day_before
from tinhso.measure.definitions import Aggregate
from tinhso.measure.distinct import THEN, SightingKey, Sightings, levels_of, sightings
from tinhso.measure.engines import Engine, changes
from tinhso.measure.lake import Lake
from tinhso.measure.periods import Grid
from tinhso.measure.plan import plan_of
from tinhso.measure.quantities import CompiledCheck, CompiledIndicator, Quantity
from tinhso.measure.sql import crowd_plan
from tinhso.measure.streams import Stream
from tinhso.measure.tables import make_table

Array = npt.NDArray[np.int64]
LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")

#: Years further back than this in the records are counted as "before" (slot 0).
YEARS_BACK = 6


@dataclass(frozen=True)
class StreamFacts:
    """What is known of a stream's records at the snapshot."""

    rows: int
    first_day: str
    last_day: str
    quarantined: int  # rows refused in batches that stand
    read: int  # rows read in batches that stand
    simulated: tuple[str, ...]  # what made the simulated ones; empty when all are real


@dataclass(frozen=True)
class Manifest:
    """What a cube was made from. Digests tell whether it is still the right one."""

    snapshot: int
    definitions: str  # digest
    boundaries: str  # digest
    computed_at: str
    seconds: float
    grid_start: str
    grid_end: str
    cuts: tuple[str, ...]
    maps: tuple[str, ...]  # days whose maps distinct persons are kept for, besides "then"
    quantities: tuple[str, ...]
    streams: dict[str, StreamFacts]

    @property
    def simulated(self) -> tuple[str, ...]:
        """What made the simulated records that the cube rests on."""
        return tuple(
            sorted({maker for facts in self.streams.values() for maker in facts.simulated})
        )


class Cube:
    """A cube in memory. `totals[key]` has a row a unit, a column a slot, as running sums."""

    def __init__(
        self,
        manifest: Manifest,
        units: Sequence[str],
        totals: Mapping[str, Array],
        sightings: Mapping[SightingKey, Sightings],
    ) -> None:
        self.manifest = manifest
        self.units = tuple(units)
        self.totals = totals
        self.sightings = sightings
        self.grid = Grid(
            date.fromisoformat(manifest.grid_start),
            date.fromisoformat(manifest.grid_end),
            [date.fromisoformat(day) for day in manifest.cuts],
        )

    def flow(self, quantity: Quantity, begin: int, end: int) -> Array:
        """What happened in slots [begin, end), by unit."""
        totals = self.totals[quantity.key]
        return totals[:, end] - totals[:, begin]

    def stock(self, quantity: Quantity, end: int) -> Array:
        """What stood at the end of slot `end - 1`, by unit."""
        return self.totals[quantity.key][:, end]


class Workplace:
    """What computing a cube needs beside the lake: definitions and the map."""

    def __init__(
        self,
        streams: Mapping[str, Stream],
        indicators: Iterable[CompiledIndicator],
        checks: Iterable[CompiledCheck],
        boundaries: Boundaries,
        followed: Iterable[str] = (),
    ) -> None:
        """`followed`: units whose targets pass to whoever takes over from them (see Places)."""
        self.streams = streams
        self.indicators = tuple(indicators)
        self.checks = tuple(checks)
        self.boundaries = boundaries
        self.followed = tuple(sorted(set(followed)))
        found: dict[str, Quantity] = {}
        for indicator in self.indicators:
            found |= {quantity.key: quantity for quantity in indicator.quantities}
        for check in self.checks:
            found |= {q.key: q for q in (check.records, check.over)}
        self.quantities = tuple(found[key] for key in sorted(found))

    @property
    def definitions_digest(self) -> str:
        text = "\n".join(q.key for q in self.quantities)
        checks = "\n".join(f"{c.check.by} {c.check.at_least}" for c in self.checks)
        states = "\n".join(f"{s.code} {s.state_when}" for s in self.streams.values())
        whole = "\n".join((text, checks, states, *self.followed))
        return hashlib.sha256(whole.encode()).hexdigest()[:16]


def compute(
    lake: Lake,
    workplace: Workplace,
    *,
    snapshot: int | None = None,
    engine: Engine = Engine.AUTO,
) -> Cube:
    """Compute the cube of a snapshot (default: the newest) from the records."""
    began = time.perf_counter()
    connection = lake.reader()
    connection.execute("SET preserve_insertion_order = false")  # nothing here asks for an order
    try:
        at = lake.snapshot(connection) if snapshot is None else snapshot
        standing = _standing(connection, at)
        looks = {code: _look(connection, s, at) for code, s in workplace.streams.items()}
        facts = {code: look.facts(standing.get(code)) for code, look in looks.items()}
        reach = [look.reach for look in looks.values()]
        grid = _grid([days for days in reach if days], workplace.boundaries)
        units = sorted({unit for look in looks.values() for unit in look.units})
        make_heirs(connection, workplace.boundaries, units)
        maps = _map_days(workplace.boundaries, units, grid)
        totals: dict[str, Array] = {}
        found: dict[SightingKey, Sightings] = {}
        additive: dict[str, list[Quantity]] = defaultdict(list)
        for quantity in workplace.quantities:
            stream = workplace.streams[quantity.stream]
            if quantity.by:
                totals |= _crowds(connection, stream, quantity, grid, at, units)
            elif quantity.aggregate is not Aggregate.DISTINCT:
                additive[quantity.stream].append(quantity)
        for code, quantities in additive.items():
            plan = plan_of(workplace.streams[code], quantities, grid, at)
            changed = changes(connection, plan, units, engine, looks[code].rows)
            totals |= zip((q.key for q in quantities), map(_running, changed), strict=True)
        distinct = [q for q in workplace.quantities if q.aggregate is Aggregate.DISTINCT]
        if distinct:
            levels = [
                levels_of(workplace.boundaries, units, grid, name, workplace.followed)
                for name in (THEN, *maps)
            ]
            for quantity in distinct:
                stream = workplace.streams[quantity.stream]
                found |= sightings(connection, stream, quantity, grid, at, units, levels)
        manifest = Manifest(
            snapshot=at,
            definitions=workplace.definitions_digest,
            boundaries=workplace.boundaries.digest,
            computed_at=datetime.now(LOCAL).isoformat(timespec="seconds"),
            seconds=round(time.perf_counter() - began, 3),
            grid_start=grid.start.isoformat(),
            grid_end=grid.end.isoformat(),
            cuts=tuple(day.isoformat() for day in grid.cuts),
            maps=maps,
            quantities=tuple(quantity.key for quantity in workplace.quantities),
            streams=facts,
        )
        return Cube(manifest, units, totals, found)
    finally:
        connection.close()


@dataclass(frozen=True)
class _Look:
    """One look at a stream's records: how many, from when to when, of which units.

    `reach` is the first and last day that any of its dates tells of; what is to come is left out.
    """

    rows: int
    first_day: str
    last_day: str
    reach: tuple[date, date] | None
    units: tuple[str, ...]

    def facts(self, standing: tuple[int, int, tuple[str, ...]] | None) -> StreamFacts:
        read, bad, makers = standing or (0, 0, ())
        return StreamFacts(self.rows, self.first_day, self.last_day, bad, read, makers)


def _look(connection: duckdb.DuckDBPyConnection, stream: Stream, snapshot: int) -> _Look:
    names = ", ".join(field.name for field in stream.dates if not field.future)
    found = connection.execute(
        f"SELECT count(*), min({stream.default_date})::DATE, max({stream.default_date})::DATE, "
        f"min(least({names}))::DATE, max(greatest({names}))::DATE, list(DISTINCT _unit) "
        f"FROM lake.{stream.code} AT (VERSION => {snapshot})"
    ).fetchone()
    assert found is not None
    rows, first, last, begin, end, units = found
    return _Look(
        rows,
        first.isoformat() if first else "",
        last.isoformat() if last else "",
        (begin, end) if begin and end else None,
        tuple(unit for unit in units or () if unit),
    )


#: Of each stream's batches that stand: rows read, rows refused, what made the simulated ones.
Standing = Mapping[str, tuple[int, int, tuple[str, ...]]]


def _standing(connection: duckdb.DuckDBPyConnection, snapshot: int) -> Standing:
    found = connection.execute(
        f"SELECT stream, coalesce(sum(rows_read), 0)::BIGINT, coalesce(sum(rows_bad), 0)::BIGINT, "
        f"coalesce(list_sort(list(DISTINCT simulated) FILTER (WHERE simulated <> '')), []) "
        f"FROM (SELECT * FROM lake._batches AT (VERSION => {snapshot}) QUALIFY "
        f'row_number() OVER (PARTITION BY batch ORDER BY "at" DESC, event DESC) = 1) '
        f"WHERE event = 'accepted' GROUP BY stream"
    )
    return {stream: (read, bad, tuple(makers)) for stream, read, bad, makers in found.fetchall()}


def _grid(reach: Sequence[tuple[date, date]], boundaries: Boundaries) -> Grid:
    """From the reporting year of the earliest event told to the end of the year of the newest."""
    last_year = max((last.year for _, last in reach), default=datetime.now(LOCAL).year)
    first_year = min((first.year for first, _ in reach), default=last_year)
    first_year = max(first_year, last_year - YEARS_BACK)
    return Grid(date(first_year - 1, 12, 15), date(last_year + 1, 1, 1), boundaries.change_days)


def _map_days(boundaries: Boundaries, units: Sequence[str], grid: Grid) -> tuple[str, ...]:
    """A day for each map on which the records' units stand differently: the first that it holds.

    Maps from before and after the records' time are among them: any day may be asked for.
    """
    changes = boundaries.change_days
    found: list[date] = []
    last: Paths | None = None
    for day in (day_before(changes, grid.start), *changes):
        paths = _paths(boundaries, units, day)
        if paths != last:
            found.append(day)
        last = paths
    return tuple(day.isoformat() for day in found)


Paths = Mapping[str, tuple[str, ...]]


def _paths(boundaries: Boundaries, units: Iterable[str], day: date) -> Paths:
    """For each unit, where it stands on the map of `day` and what is above that."""
    the_map = boundaries.map(day)
    return {unit: the_map.path(the_map.carry(unit).uid) for unit in units}


def make_heirs(
    connection: duckdb.DuckDBPyConnection, boundaries: Boundaries, units: Sequence[str]
) -> None:
    """The table `heirs`: who took over from a unit that is no more, and on which day.

    An heir may be no more in its turn. A `path` leads from heir to heir to one that goes on; what a
    unit told last is out of date when on each of its paths somebody has told anew.
    """
    make_table(
        connection,
        "heirs",
        {"source": "VARCHAR", "path": "INTEGER", "target": "VARCHAR", "day": "DATE"},
        (
            (unit, number, heir.target, heir.on.isoformat())
            for unit in units
            for number, path in enumerate(boundaries.paths(unit.partition(">")[0]))
            for heir in path
        ),
    )


def _crowds(
    connection: duckdb.DuckDBPyConnection,
    stream: Stream,
    quantity: Quantity,
    grid: Grid,
    snapshot: int,
    units: Sequence[str],
) -> dict[str, Array]:
    changed = np.zeros((len(units), grid.count), dtype=np.int64)
    index = {unit: n for n, unit in enumerate(units)}
    sql = crowd_plan(stream, quantity, grid, snapshot)
    for unit, slot, amount in connection.execute(sql).fetchall():
        changed[index[unit], slot] = amount
    return {quantity.key: _running(changed)}


def _running(changed: Array) -> Array:
    """Running sums over the slots, from nothing before the first."""
    totals = np.zeros((changed.shape[0], changed.shape[1] + 1), dtype=np.int64)
    np.cumsum(changed, axis=1, out=totals[:, 1:])
    return totals
