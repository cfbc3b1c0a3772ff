"""SQL for DuckDB, written from quantities: one reading of a stream's records for all of them.

Every statement is meant to be read by people too: it is what "open this number" shows, and what
the snapshot files of the tests keep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tinhso.measure.definitions import Aggregate
from tinhso.measure.expressions import parse, to_sql
from tinhso.measure.periods import Grid
from tinhso.measure.quantities import DAY_NUMBER, Quantity
from tinhso.measure.streams import Stream

LEVEL_SQL = "CASE _level WHEN 'agency' THEN 'province' ELSE _level END"


@dataclass(frozen=True)
class Contribution:
    """How records of one slot column add to (+1) or take from (-1) a quantity."""

    quantity: int  # position in the plan
    slot_column: str
    sign: int
    column: str  # in the result


@dataclass(frozen=True)
class StreamPlan:
    """One statement that computes all additive quantities of a stream, and how to read it."""

    sql: str
    slot_columns: tuple[str, ...]
    contributions: tuple[Contribution, ...]


def aggregate(quantity: Quantity, condition: str) -> str:
    """`count(*) FILTER (WHERE …)` or `sum(field) FILTER (WHERE …)`."""
    filtered = "" if condition == "true" else f" FILTER (WHERE {condition})"
    if quantity.aggregate is Aggregate.COUNT:
        return f"count(*){filtered}"
    return f"CAST(sum({quantity.field}){filtered} AS BIGINT)"


def _and(*conditions: str) -> str:
    kept = [c if " OR " not in c else f"({c})" for c in conditions if c != "true"]
    return " AND ".join(kept) or "true"


def _slot_events(quantity: Quantity) -> list[tuple[str, int, str]]:
    """(day expression, sign, condition) for each way that a record touches the quantity."""
    where, day, until = to_sql(quantity.where), quantity.date, quantity.until
    if quantity.register:
        return [(day, 1, where), ("_until", -1, _and(where, "_until IS NOT NULL"))]
    if until:
        begins = f"(CAST({day} AS DATE) + 1)"
        lasts = f"{until} IS NULL OR CAST({until} AS DATE) > {begins}"
        held = _and(where, f"{day} IS NOT NULL")
        return [
            (begins, 1, _and(held, lasts)),
            (until, -1, _and(held, f"CAST({until} AS DATE) > {begins}")),
        ]
    return [(day, 1, where)]


def stream_plan(
    stream: Stream, quantities: Sequence[Quantity], grid: Grid, snapshot: int
) -> StreamPlan:
    """Compile the additive quantities of one stream into one statement."""
    days: list[str] = []
    contributions, columns = [], []
    for position, quantity in enumerate(quantities):
        for day, sign, condition in _slot_events(quantity):
            if day not in days:
                days.append(day)
            slot = f"slot_{days.index(day)}"
            name = f"q{position}{'' if sign > 0 else '_out'}"
            columns.append(f"  {aggregate(quantity, condition)} AS {name}")
            contributions.append(Contribution(position, slot, sign, name))
    slots = [f"slot_{n}" for n in range(len(days))]
    slot_sql = [f"    {grid.sql(day)} AS {slot}" for day, slot in zip(days, slots, strict=True)]
    fields = sorted({name for q in quantities for name in q.fields if name != DAY_NUMBER})
    head = [f"    {name}" for name in ("_unit", *fields)]
    if any(q.register for q in quantities):
        head.append("    _until")
    if any("unit_level" in q.key for q in quantities):
        head.append(f"    {LEVEL_SQL} AS unit_level")
    if any(q.field == DAY_NUMBER for q in quantities):
        head.append(
            f"    date_diff('day', DATE '1970-01-01', {stream.default_date}) AS {DAY_NUMBER}"
        )
    sets = ", ".join(f"(_unit, {slot})" for slot in slots)
    body = ",\n".join([*head, *slot_sql])
    sql = (
        f"WITH {source(stream, snapshot)},\nplaced AS (\n  SELECT\n{body}\n  FROM records\n)\n"
        f"SELECT\n  _unit, {', '.join(slots)}, GROUPING({', '.join(slots)}) AS grouped,\n"
        + ",\n".join(columns)
        + f"\nFROM placed\nGROUP BY GROUPING SETS ({sets})"
    )
    return StreamPlan(sql, tuple(slots), tuple(contributions))


def source(stream: Stream, snapshot: int) -> str:
    """The CTE `records`: the stream's records at a snapshot; for a register with `_until`.

    A state holds until the thing's next record. Where the unit is part of the thing and has
    ceased, it holds until every unit that took over has told its own (table `heirs`), or, where
    such a unit has ceased too, those that took over from it.
    """
    table = f"lake.{stream.code} AT (VERSION => {snapshot})"
    if stream.state_when:
        table += f" WHERE {to_sql(parse(stream.state_when, stream))}"
    if stream.thing == stream.key:
        return f"records AS (\n  SELECT * FROM {table}\n)"
    as_of = stream.default_date
    rest = [name for name in stream.thing if name != stream.unit]
    if len(rest) == len(stream.thing):
        thing = ", ".join(rest)
        return (
            f"records AS (\n  SELECT *, lead({as_of}) OVER (PARTITION BY {thing} ORDER BY {as_of}) AS _until\n"
            f"  FROM {table}\n)"
        )
    others = "".join(f", {name}" for name in rest)
    of_s = "".join(f", s.{name}" for name in rest)
    same = "".join(f" AND f.{name} = s.{name}" for name in rest)
    same_t = same.replace("f.", "t.")
    return (
        f"states AS (\n"
        f"  SELECT *, lead({as_of}) OVER (PARTITION BY _unit{others} ORDER BY {as_of}) AS _next\n"
        f"  FROM {table}\n),\n"
        f"heard AS (\n  SELECT s._unit{of_s}, h.path, min(f.{as_of}) AS first\n"
        f"  FROM states s JOIN heirs h ON h.source = s._unit\n"
        f"  LEFT JOIN states f ON f._unit = h.target{same} AND f.{as_of} >= h.day\n"
        f"  WHERE s._next IS NULL\n  GROUP BY ALL\n),\n"
        f"taken_over AS (\n  SELECT _unit{others}, max(first) AS day\n"
        f"  FROM heard\n  GROUP BY _unit{others} HAVING count(first) = count(*)\n),\n"
        f"records AS (\n"
        f"  SELECT s.*, coalesce(s._next, CASE WHEN t.day > s.{as_of} THEN t.day END) AS _until\n"
        f"  FROM states s LEFT JOIN taken_over t ON t._unit = s._unit{same_t}\n)"
    )


def seen_plan(stream: Stream, quantity: Quantity, grid: Grid, snapshot: int) -> str:
    """Who was seen at which unit in which slot: the sightings that `distinct` counts from."""
    condition = _and(
        to_sql(quantity.where),
        f"{quantity.field} IS NOT NULL",
        f"{quantity.date} IS NOT NULL",
    )
    level = f", {LEVEL_SQL} AS unit_level" if "unit_level" in quantity.key else ""
    return (
        f"WITH {source(stream, snapshot)}\n"
        f"SELECT DISTINCT _unit, {grid.sql(quantity.date)} AS slot, {quantity.field} AS who\n"
        f"FROM (SELECT *{level} FROM records)\nWHERE {condition}"
    )


def crowd_plan(stream: Stream, quantity: Quantity, grid: Grid, snapshot: int) -> str:
    """Records by unit and slot of those that share one `by` in numbers (see Quantity)."""
    return (
        f"WITH {source(stream, snapshot)},\n"
        f"crowds AS (\n  SELECT _unit, {grid.sql(quantity.date)} AS slot, count(*) AS n\n"
        f"  FROM (SELECT *, {LEVEL_SQL} AS unit_level FROM records)\n"
        f"  WHERE {_and(to_sql(quantity.where), f'{quantity.by} IS NOT NULL')}\n"
        f"    AND {quantity.date} IS NOT NULL\n"
        f"  GROUP BY _unit, slot, {quantity.by} HAVING count(*) >= {quantity.at_least}\n)\n"
        f"SELECT _unit, slot, CAST(sum(n) AS BIGINT) AS n FROM crowds GROUP BY ALL"
    )
