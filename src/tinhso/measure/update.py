"""A cube brought up to date: what records that came and went since have changed, and no more.

Flows are whole numbers that add up, so what was added is counted by the same plan and added, what
was removed is counted and taken away. Of persons, those are looked at anew who were touched. A
register is small, and what one record says may end what another said: it is computed as a whole.
The result is, to the last number, what computing everything would give.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import duckdb
import numpy as np

from tinhso.measure.cube import (
    Cube,
    Workplace,
    additive_totals,
    compute,
    crowds,
    facts_of,
    grid_of,
    make_heirs,
    manifest_of,
    map_days,
    records_key,
    records_of_units,
    running,
)
from tinhso.measure.definitions import Aggregate
from tinhso.measure.distinct import (
    THEN,
    SightingKey,
    Sightings,
    changed,
    levels_of,
    sightings,
    sightings_in,
)
from tinhso.measure.engines import Engine, Here, in_loops
from tinhso.measure.expressions import fields_of, parse
from tinhso.measure.lake import Lake
from tinhso.measure.looks import Look, look, standing, unit_rows
from tinhso.measure.plan import Array, Change, plan_of
from tinhso.measure.quantities import Quantity
from tinhso.measure.sql import seen_often, table_of
from tinhso.measure.streams import Nature, Stream


def up_to_date(
    lake: Lake, workplace: Workplace, earlier: Cube | None, engine: Engine = Engine.AUTO
) -> Cube:
    """The cube of the newest snapshot, from an earlier one where that is possible."""
    found = update(lake, workplace, earlier, engine) if earlier is not None else None
    return compute(lake, workplace, engine=engine) if found is None else found


def update(
    lake: Lake, workplace: Workplace, earlier: Cube, engine: Engine = Engine.AUTO
) -> Cube | None:
    """The cube of the newest snapshot, made from an earlier one of the same definitions and map.

    None where everything has to be computed: other definitions, another map, a new year, or units
    that stand differently on some day than all before them.
    """
    began = time.perf_counter()
    manifest = earlier.manifest
    if (manifest.definitions, manifest.boundaries) != (
        workplace.definitions_digest,
        workplace.boundaries.digest,
    ) or any(records_key(code) not in earlier.totals for code in workplace.streams):
        return None
    connection = lake.reader()
    connection.execute("SET preserve_insertion_order = false")
    try:
        at = lake.snapshot(connection)
        touched = _touched(connection, manifest.snapshot, at)
        if touched is None or at < manifest.snapshot:
            return None
        work = _Update(connection, workplace, earlier, at, engine, touched)
        return work.cube(began) if work.fits else None
    finally:
        connection.close()


#: What a snapshot may have done to a table and is known here. Anything else (a table made or grown)
#: is met by computing everything.
_READABLE = {"tables_inserted_into", "tables_deleted_from", "inlined_insert", "inlined_delete"}

#: Persons of a change are looked up one by one as long as it is at most one in so many of the records.
_FEW = 50

#: What compaction does: the same records in other files, in another order. A table that is altered
#: in any other way serves other definitions, and those are compared by their digest.
_SAME = {"flushed_inlined", "merge_adjacent", "rewrite_delete", "tables_altered"}


def _touched(connection: duckdb.DuckDBPyConnection, after: int, at: int) -> set[str] | None:
    """The streams whose records changed; None where it cannot be told."""
    names = dict(
        connection.execute(
            "SELECT table_id, table_name FROM ducklake_table_info('lake')"
        ).fetchall()
    )
    found = set()
    for (what,) in connection.execute(
        "SELECT changes FROM lake.snapshots() WHERE snapshot_id > ? AND snapshot_id <= ?",
        [after, at],
    ).fetchall():
        for way, tables in (what or {}).items():
            if way in _SAME:
                continue
            if way not in _READABLE:
                return None
            found |= {names[int(table)] for table in tables}
    return found


class _Update:
    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        workplace: Workplace,
        earlier: Cube,
        at: int,
        engine: Engine,
        touched: set[str],
    ) -> None:
        self.connection = connection
        self.run = Here(connection)
        self.workplace = workplace
        self.earlier = earlier
        self.at = at
        self.engine = engine
        streams = {code: s for code, s in workplace.streams.items() if code in touched}
        self.flows = {c: s for c, s in streams.items() if s.nature is Nature.FLOW}
        self.registers = {c: s for c, s in streams.items() if s.nature is Nature.REGISTER}
        self.change_of_units: dict[tuple[str, Change], dict[str, int]] = {}
        self.lists = {code: self._copied(stream) for code, stream in self.flows.items()}
        self.looks = self._looks()
        self.grid = grid_of(self.looks.values(), workplace.boundaries)
        self.rows = self._rows()
        self.units = sorted({unit for own in self.rows.values() for unit in own})

    @property
    def fits(self) -> bool:
        """Whether the earlier cube's axes of time and maps are still the right ones."""
        then = self.earlier.grid
        if not all(self._adds_up(code) for code in self.flows):
            return False
        if (then.start, then.end, then.cuts) != (self.grid.start, self.grid.end, self.grid.cuts):
            return False
        if tuple(self.units) == self.earlier.units:
            return True
        maps = map_days(self.workplace.boundaries, self.units, self.grid)
        return maps == self.earlier.manifest.maps

    def cube(self, began: float) -> Cube:
        if self.registers:
            make_heirs(self.connection, self.workplace.boundaries, self.units)
        totals = self._as_they_were() | records_of_units(self.rows, self.units, self.grid)
        additive: dict[str, list[Quantity]] = defaultdict(list)
        for quantity in self._quantities():
            if quantity.aggregate is not Aggregate.DISTINCT:
                if quantity.by:
                    totals[quantity.key] = self._crowds(quantity, totals[quantity.key])
                else:
                    additive[quantity.stream].append(quantity)
        for code, quantities in additive.items():
            totals |= self._additive(code, quantities, totals)
        found = self._sightings()
        facts = facts_of(self.looks, standing(self.connection, self.at))
        maps = self.earlier.manifest.maps
        manifest = manifest_of(self.workplace, self.at, self.grid, maps, facts, began)
        return Cube(manifest, self.units, totals, found)

    def _copied(self, stream: Stream) -> tuple[Change, ...]:
        """What came and what went, read once from the lake: both are looked at several times."""
        asked = {field.name for field in stream.dates}
        for quantity in self.workplace.quantities:
            if quantity.stream == stream.code:
                asked |= quantity.fields
        if stream.state_when:
            asked |= set(fields_of(parse(stream.state_when, stream)))
        columns = ", ".join(
            ["_unit", "_level", *(f.name for f in stream.fields if f.name in asked)]
        )
        found = []
        for added in (True, False):
            change = Change(self.earlier.manifest.snapshot, self.at, added)
            name = f"{'came' if added else 'went'}_{stream.code}"
            self.connection.execute(
                f"CREATE TEMP TABLE {name} AS SELECT {columns} FROM {table_of(stream.code, change)}"
            )
            found.append(replace(change, copied=name))
        return tuple(found)

    # -- what there is -----------------------------------------------------------------------------

    def _looks(self) -> dict[str, Look]:
        found = {}
        for code, stream in self.workplace.streams.items():
            then = self._look_then(code)
            if code in self.registers or then is None:
                found[code] = look(self.connection, stream, self.at)
                continue
            found[code] = then
            if code in self.flows:
                added, removed = (look(self.connection, stream, way) for way in self.lists[code])
                now = then.with_more(added).without(removed)
                found[code] = look(self.connection, stream, self.at) if now is None else now
        return found

    def _look_then(self, code: str) -> Look | None:
        facts = self.earlier.manifest.streams.get(code)
        if facts is None:
            return None
        return Look(
            facts.rows, _days(facts.first_day, facts.last_day), _days(facts.begin, facts.end)
        )

    def _rows(self) -> dict[str, dict[str, int]]:
        """How many records each unit has, of each stream."""
        found = {}
        for code, stream in self.workplace.streams.items():
            if code in self.registers:
                found[code] = unit_rows(self.run, stream, self.at)
                continue
            then = self.earlier.totals[records_key(code)][:, -1].tolist()
            own = dict(zip(self.earlier.units, then, strict=True))
            if code in self.flows:
                for way in self.lists[code]:
                    by_unit = unit_rows(self.run, stream, way)
                    self.change_of_units[code, way] = by_unit
                    for unit, n in by_unit.items():
                        own[unit] = own.get(unit, 0) + (n if way.added else -n)
            found[code] = {unit: n for unit, n in own.items() if n}
        return found

    def _adds_up(self, code: str) -> bool:
        """Whether what came and went explains how many records there are; that costs next to nothing."""
        counted = self.connection.execute(
            f"SELECT count(*) FROM {table_of(code, self.at)}"
        ).fetchone()
        return counted is not None and counted[0] == self.looks[code].rows == sum(
            self.rows[code].values()
        )

    def _quantities(self) -> Iterable[Quantity]:
        touched = {*self.flows, *self.registers}
        return (one for one in self.workplace.quantities if one.stream in touched)

    # -- what adds up ------------------------------------------------------------------------------

    def _as_they_were(self) -> dict[str, Array]:
        """The earlier totals, in a row for each unit of now."""
        if tuple(self.units) == self.earlier.units:
            return dict(self.earlier.totals)
        index = {unit: n for n, unit in enumerate(self.earlier.units)}
        rows = np.array([index.get(unit, len(index)) for unit in self.units], dtype=np.int64)
        nothing = np.zeros((1, self.grid.count + 1), dtype=np.int64)
        return {
            key: np.concatenate([totals, nothing])[rows]
            for key, totals in self.earlier.totals.items()
        }

    def _additive(
        self, code: str, quantities: Sequence[Quantity], totals: Mapping[str, Array]
    ) -> dict[str, Array]:
        stream = self.workplace.streams[code]
        if code in self.registers:
            plan = plan_of(stream, quantities, self.grid, self.at)
            return additive_totals(self.run, plan, self.units, self.engine, self.looks[code].rows)
        found = {quantity.key: totals[quantity.key].copy() for quantity in quantities}
        for way in self.lists[code]:
            by_unit = self.change_of_units[code, way]
            units = sorted(by_unit)
            if not units:
                continue
            plan = plan_of(stream, quantities, self.grid, way)
            index = {unit: n for n, unit in enumerate(self.units)}
            kept = [n for n, unit in enumerate(units) if unit in index]
            places = np.array([index[units[n]] for n in kept], dtype=np.int64)
            records = sum(by_unit.values())
            delta = additive_totals(self.run, plan, units, self.engine, records)
            for key, of in delta.items():
                found[key][places] += (1 if way.added else -1) * of[kept]
        return found

    def _crowds(self, quantity: Quantity, totals: Array) -> Array:
        """Crowds are counted anew in the slots in which a record came or went."""
        stream = self.workplace.streams[quantity.stream]
        slots = self._slots_touched(stream, quantity.date)
        if slots is None:
            return totals
        first, last = slots
        days = (
            date.min if first == 0 else self.grid.first_day(first),
            date.max
            if last == self.grid.count - 1
            else self.grid.last_day(last) + timedelta(days=1),
        )
        fresh = crowds(self.run, stream, quantity, self.grid, self.at, self.units, days)
        by_slot = np.diff(totals, axis=1)
        by_slot[:, first : last + 1] = fresh[:, first : last + 1]
        return running(by_slot)

    def _slots_touched(self, stream: Stream, day: str) -> tuple[int, int] | None:
        """The first and last slot in which a record came or went, by its field `day`."""
        ends = []
        for way in self.lists[stream.code]:
            ends += self.connection.execute(
                f"SELECT unnest([min({day}), max({day})])::DATE FROM {table_of(stream.code, way)}"
            ).fetchall()
        slots = [self.grid.slot_of(one) for (one,) in ends if one is not None]
        return (min(slots), max(slots)) if slots else None

    # -- persons and things ------------------------------------------------------------------------

    def _sightings(self) -> dict[SightingKey, Sightings]:
        found = dict(self.earlier.sightings)
        distinct = [q for q in self._quantities() if q.aggregate is Aggregate.DISTINCT]
        if not distinct:
            return found
        units = sorted({*self.units, *self.earlier.units})
        boundaries, followed = self.workplace.boundaries, self.workplace.followed
        levels = [
            levels_of(boundaries, units, self.grid, name, followed)
            for name in (THEN, *self.earlier.manifest.maps)
        ]
        for quantity in distinct:
            stream = self.workplace.streams[quantity.stream]
            whole = {key: one for key, one in found.items() if key[0] == quantity.key}
            many = self._many(stream)
            if quantity.stream in self.registers or many:
                now = sightings(
                    self.run, stream, quantity, self.grid, self.at, units, levels, many=many
                )
            else:
                gone, come = (
                    sightings_in(self.connection, rows, quantity.key, self.grid, units, levels)
                    for rows in self._touched_before_and_after(stream, quantity)
                )
                now = changed(whole, gone, come)
            for key in whole:
                del found[key]
            found |= now
        return found

    def _many(self, stream: Stream) -> bool:
        """Whether so much changed that counting all of a very large stream in parts is less work."""
        rows = self.looks[stream.code].rows
        changed = sum(
            sum(self.change_of_units[stream.code, way].values())
            for way in self.lists.get(stream.code, ())
        )
        return changed * _FEW > rows and in_loops(self.run, self.engine, rows)

    def _touched_before_and_after(self, stream: Stream, quantity: Quantity) -> tuple[str, str]:
        """Where those who are in a record that came or went were seen, before and after.

        The stream is read once, as it is now: without what came and with what went, it is as it was.
        """
        came, went = self.lists[stream.code]
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE touched AS "
            + " UNION ".join(
                f"SELECT {quantity.field} AS who FROM {table_of(stream.code, way)}"
                f" WHERE {quantity.field} IS NOT NULL"
                for way in (came, went)
            )
        )
        now, more, less = (
            seen_often(stream, quantity, self.grid, *rest)
            for rest in ((self.at, "touched"), (came,), (went,))
        )
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE stand AS {now}")
        before = (
            f"FROM stand UNION ALL (SELECT * REPLACE (-n AS n) FROM ({more}))"
            f" UNION ALL (FROM ({less}))"
        )
        return (
            f"(SELECT _unit, slot, who FROM ({before}) GROUP BY ALL HAVING sum(n) > 0)",
            "(SELECT _unit, slot, who FROM stand)",
        )


def _days(first: str, last: str) -> tuple[date, date] | None:
    return (date.fromisoformat(first), date.fromisoformat(last)) if first and last else None
