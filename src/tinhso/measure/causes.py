"""Why a figure differs from what it was: the batches whose records made the difference (nguyên nhân).

Two snapshots are compared, record by record. Of a key, the lake shows at either at most one version,
and the version names its batch. A key whose version differs was changed by the batch of the later
version (accepted since), by the withdrawal of the batch of the earlier one, or by both; what one
batch did and a later one undid leaves no difference, and is no cause. Only those differences count
that change what a record adds to the part in question.

DuckLake's own feed of changes is not used: it can name the wrong snapshot for rows that were deleted
(duckdb/ducklake issue 1199).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

import duckdb

from tinhso.measure.definitions import Aggregate
from tinhso.measure.ingest import Event, batches
from tinhso.measure.quantities import Quantity
from tinhso.measure.sql import LEVEL_SQL, source
from tinhso.measure.streams import Stream
from tinhso.measure.tables import make_table
from tinhso.measure.tabulating import CELL_COLUMNS, CellRow, cells_cte, condition

#: An event of a batch: its number, and "accepted" or "withdrawn".
Cause = tuple[int, str]


@dataclass(frozen=True)
class Span:
    """From the state of one snapshot to that of a later one."""

    before: int
    after: int


class Tracing:
    """What changed in a lake between two snapshots; each stream is compared once, when asked for.

    `connection` is the caller's own: temporary tables are made on it. For registers the table `heirs`
    has to be there (`cube.make_heirs`).
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, span: Span) -> None:
        self.connection = connection
        self.span = span
        self.events = {(one.batch, one.event): one for one in batches(connection)}
        logged = (
            f"SELECT batch, event FROM lake._batches AT (VERSION => {version})"
            for version in (span.after, span.before)
        )
        connection.execute(f"CREATE OR REPLACE TEMP TABLE events AS {' EXCEPT '.join(logged)}")
        self._compared: dict[str, bool] = {}

    def units(self, streams: Iterable[Stream]) -> set[str]:
        """The units that records name at the earlier snapshot; perhaps none does any more."""
        found: set[str] = set()
        for stream in streams:
            table = f"lake.{stream.code} AT (VERSION => {self.span.before})"
            with suppress(duckdb.CatalogException):  # a stream that was declared later
                rows = self.connection.execute(f"SELECT DISTINCT _unit FROM {table}").fetchall()
                found.update(row[0] for row in rows)
        return found

    def causes(
        self, stream: Stream, quantity: Quantity, cells: Iterable[CellRow]
    ) -> dict[str, list[Event]]:
        """For each unit of `cells` whose part differs in a record: the batches' events, oldest first.

        Nothing for a part that could not be asked of the earlier snapshot, as its stream or a field of
        it was declared later: then the definition is the cause.
        """
        try:
            return self._causes(stream, quantity, cells) if self._has_changed(stream) else {}
        except (duckdb.CatalogException, duckdb.BinderException):
            return {}

    def _causes(
        self, stream: Stream, quantity: Quantity, cells: Iterable[CellRow]
    ) -> dict[str, list[Event]]:
        make_table(self.connection, "cells_asked", CELL_COLUMNS, (row.texts for row in cells))
        self._members(stream, quantity)
        found: dict[str, set[Cause]] = defaultdict(set)
        for unit, batch, event in self.connection.execute(_causes(stream)).fetchall():
            found[unit].add((batch, event))
        return {
            unit: sorted((self.events[one] for one in of), key=lambda one: (one.at, one.batch))
            for unit, of in found.items()
        }

    def _has_changed(self, stream: Stream) -> bool:
        """Whether any version differs; fills `rows_<stream>_before` and `rows_<stream>_after`."""
        if stream.code not in self._compared:
            versions = {"before": self.span.before, "after": self.span.after}
            key = ", ".join([*stream.key, "_batch"])
            counts = []
            for side, other in (("before", "after"), ("after", "before")):
                table = f"{_rows(stream, side)}"
                self.connection.execute(
                    f"CREATE OR REPLACE TEMP TABLE {table} AS\n"
                    f"SELECT * FROM lake.{stream.code} AT (VERSION => {versions[side]})\n"
                    f"ANTI JOIN (SELECT {key} FROM lake.{stream.code}"
                    f" AT (VERSION => {versions[other]})) USING ({key})"
                )
                counts.append(self.connection.execute(f"SELECT count(*) FROM {table}").fetchone())
            self._compared[stream.code] = counts != [(0,), (0,)]
        return self._compared[stream.code]

    def _members(self, stream: Stream, quantity: Quantity) -> None:
        """`members_before`, `members_after`: by cell, the records that counted, and what each added.

        Of a flow, among the versions that differ; of a register among all, for a state stops to count
        because of another.
        """
        level = f", {LEVEL_SQL} AS unit_level" if "unit_level" in quantity.key else ""
        adds = "1" if quantity.aggregate is Aggregate.COUNT else quantity.field
        flow = stream.thing == stream.key
        for side, version in (("before", self.span.before), ("after", self.span.after)):
            records = (
                f"records AS (SELECT * FROM {_rows(stream, side)})"
                if flow
                else source(stream, version)
            )
            self.connection.execute(
                f"CREATE OR REPLACE TEMP TABLE members_{side} AS\n"
                f"WITH {records},\n{cells_cte('cells_asked')}\n"
                f"SELECT _cell, _unit, {_packed(stream.key)} AS _key, {_thing(stream)} AS _thing,"
                f" {adds} AS _adds\n"
                f"FROM (SELECT *{level} FROM records) JOIN cells ON _unit = _leaf\n"
                f"WHERE {condition(quantity)}"
            )


def _causes(stream: Stream) -> str:
    """(unit, batch, event) from the tables of `Tracing`."""
    if stream.thing == stream.key:
        differing, same = "_cell, _key, _adds", "v._key = d._key"
    else:
        differing, same = (
            "_cell, _unit, _key, _thing, _adds",
            "v._thing IS NOT DISTINCT FROM d._thing",
        )
        if stream.unit in stream.thing:
            same += (
                " AND (v._unit = d._unit OR EXISTS "
                "(FROM heirs h WHERE h.source = d._unit AND h.target = v._unit))"
            )
    versions = " UNION ALL ".join(
        f"SELECT {_packed(stream.key)} AS _key, {_thing(stream)} AS _thing, _unit, _batch,"
        f" '{event}' AS _event FROM {_rows(stream, side)}"
        for side, event in (("before", "withdrawn"), ("after", "accepted"))
    )
    sides = [f"SELECT {differing} FROM members_{side}" for side in ("before", "after")]
    return (
        f"WITH differing AS (\n  ({sides[0]} EXCEPT {sides[1]})\n  UNION ALL\n"
        f"  ({sides[1]} EXCEPT {sides[0]})\n),\n"
        f"versions AS (\n  {versions}\n)\n"
        f"SELECT DISTINCT d._cell, e.batch, e.event FROM differing d\n"
        f"JOIN versions v ON {same}\n"
        "JOIN events e ON e.batch = v._batch AND e.event = v._event"
    )


def _rows(stream: Stream, side: str) -> str:
    return f'"rows_{stream.code}_{side}"'


def _thing(stream: Stream) -> str:
    """A register's thing without its unit: what an heir tells of too."""
    rest = [name for name in stream.thing if name != stream.unit]
    return _packed(rest) if rest else "NULL"


def _packed(names: Iterable[str]) -> str:
    """Several columns as one value that compares as they do."""
    return "{" + ", ".join(f"'{name}': {name}" for name in names) + "}"
