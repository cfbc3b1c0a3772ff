"""The cube: quantities by unit and slot of time, made from one snapshot of the lake.

Kept as two small Parquet files and a manifest in a folder of its own; a folder is written beside
the others and then named in `current`, so readers see a whole cube or the one before.
"""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import duckdb
import numpy as np

from tinhso.measure.boundaries import Boundaries, day_before
from tinhso.measure.definitions import Aggregate
from tinhso.measure.distinct import THEN, SightingKey, Sightings, levels_of, sightings
from tinhso.measure.engines import Engine, Runner, changes, in_loops, runner
from tinhso.measure.lake import Lake
from tinhso.measure.looks import Look, Standing, look, standing, unit_rows
from tinhso.measure.periods import Grid
from tinhso.measure.plan import Array, Plan, plan_of
from tinhso.measure.quantities import CompiledCheck, CompiledIndicator, Quantity
from tinhso.measure.sql import crowd_plan
from tinhso.measure.streams import Stream
from tinhso.measure.tables import make_table

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
    begin: str = ""  # the first and last day that any of the records' dates tells of
    end: str = ""


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
    with ExitStack() as open_for:
        connection = open_for.enter_context(closing(lake.reader()))
        connection.execute("SET preserve_insertion_order = false")  # nothing here asks for an order
        at = lake.snapshot(connection) if snapshot is None else snapshot
        streams = workplace.streams
        run = open_for.enter_context(runner(engine, connection, tuple(streams.values()), at))
        looks = {code: look(connection, s, at) for code, s in streams.items()}
        rows = {code: unit_rows(run, s, at) for code, s in streams.items()}
        grid = grid_of(looks.values(), workplace.boundaries)
        units = sorted({unit for own in rows.values() for unit in own})
        make_heirs(connection, workplace.boundaries, units)
        run.share("heirs")
        maps = map_days(workplace.boundaries, units, grid)
        totals = records_of_units(rows, units, grid)
        found: dict[SightingKey, Sightings] = {}
        additive: dict[str, list[Quantity]] = defaultdict(list)
        for quantity in workplace.quantities:
            stream = workplace.streams[quantity.stream]
            if quantity.by:
                totals[quantity.key] = running(crowds(run, stream, quantity, grid, at, units))
            elif quantity.aggregate is not Aggregate.DISTINCT:
                additive[quantity.stream].append(quantity)
        for code, quantities in additive.items():
            plan = plan_of(workplace.streams[code], quantities, grid, at)
            totals |= additive_totals(run, plan, units, engine, looks[code].rows)
        distinct = [q for q in workplace.quantities if q.aggregate is Aggregate.DISTINCT]
        if distinct:
            levels = [
                levels_of(workplace.boundaries, units, grid, name, workplace.followed)
                for name in (THEN, *maps)
            ]
            for quantity in distinct:
                stream = workplace.streams[quantity.stream]
                many = in_loops(run, engine, looks[stream.code].rows)
                found |= sightings(run, stream, quantity, grid, at, units, levels, many=many)
        facts = facts_of(looks, standing(connection, at))
        manifest = manifest_of(workplace, at, grid, maps, facts, began)
        return Cube(manifest, units, totals, found)


def manifest_of(
    workplace: Workplace,
    snapshot: int,
    grid: Grid,
    maps: tuple[str, ...],
    facts: dict[str, StreamFacts],
    began: float,
) -> Manifest:
    keys = [quantity.key for quantity in workplace.quantities]
    return Manifest(
        snapshot=snapshot,
        definitions=workplace.definitions_digest,
        boundaries=workplace.boundaries.digest,
        computed_at=datetime.now(LOCAL).isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - began, 3),
        grid_start=grid.start.isoformat(),
        grid_end=grid.end.isoformat(),
        cuts=tuple(day.isoformat() for day in grid.cuts),
        maps=maps,
        quantities=(*keys, *map(records_key, workplace.streams)),
        streams=facts,
    )


def facts_of(looks: Mapping[str, Look], batches: Standing) -> dict[str, StreamFacts]:
    found = {}
    for code, one in looks.items():
        first, last = (day.isoformat() for day in one.days) if one.days else ("", "")
        begin, end = (day.isoformat() for day in one.reach) if one.reach else ("", "")
        read, bad, makers = batches.get(code, (0, 0, ()))
        found[code] = StreamFacts(one.rows, first, last, bad, read, makers, begin, end)
    return found


def records_key(stream: str) -> str:
    """Under what a cube keeps how many records of a stream each unit has, on whatever day."""
    return f"{stream}: records"


def records_of_units(
    rows: Mapping[str, Mapping[str, int]], units: Sequence[str], grid: Grid
) -> dict[str, Array]:
    found = {}
    for code, own in rows.items():
        totals = np.zeros((len(units), grid.count + 1), dtype=np.int64)
        totals[:, 1:] = np.array([own.get(unit, 0) for unit in units], dtype=np.int64)[:, None]
        found[records_key(code)] = totals
    return found


def grid_of(looks: Iterable[Look], boundaries: Boundaries) -> Grid:
    """From the reporting year of the earliest event told to the end of the year of the newest."""
    reach = [one.reach for one in looks if one.reach]
    last_year = max((last.year for _, last in reach), default=datetime.now(LOCAL).year)
    first_year = min((first.year for first, _ in reach), default=last_year)
    first_year = max(first_year, last_year - YEARS_BACK)
    return Grid(date(first_year - 1, 12, 15), date(last_year + 1, 1, 1), boundaries.change_days)


def map_days(boundaries: Boundaries, units: Sequence[str], grid: Grid) -> tuple[str, ...]:
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


def crowds(
    run: Runner,
    stream: Stream,
    quantity: Quantity,
    grid: Grid,
    snapshot: int,
    units: Sequence[str],
    days: tuple[date, date] | None = None,
) -> Array:
    """What each slot holds of them at each unit: [unit][slot]; only slots within `days`, if given."""
    found = np.zeros((len(units), grid.count), dtype=np.int64)
    index = {unit: n for n, unit in enumerate(units)}
    sql = crowd_plan(stream, quantity, grid, snapshot, days, run.dialect)
    rows = run.connection.execute(f"SELECT _unit, slot, n FROM {run.rows(sql)}")
    for unit, slot, amount in rows.fetchall():
        found[index[unit], slot] = amount
    return found


def additive_totals(
    run: Runner,
    plan: Plan,
    units: Sequence[str],
    engine: Engine,
    rows: int,
) -> dict[str, Array]:
    """The plan's quantities as a cube holds them; `rows` says about how many records there are."""
    found = changes(run, plan, units, engine, rows)
    return {q.key: running(of) for q, of in zip(plan.quantities, found, strict=True)}


def running(changed: Array) -> Array:
    """Running sums over the slots, from nothing before the first."""
    totals = np.zeros((changed.shape[0], changed.shape[1] + 1), dtype=np.int64)
    np.cumsum(changed, axis=1, out=totals[:, 1:])
    return totals
