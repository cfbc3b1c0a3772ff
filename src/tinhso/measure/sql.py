"""SQL written from quantities: one reading of a stream's records for all of them.

Written once, for DuckDB; other engines' dialects say a few words otherwise. Every statement is meant to be read by people too: it is what "open this number" shows, and what
the snapshot files of the tests keep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tinhso.measure.definitions import Aggregate
from tinhso.measure.expressions import DUCKDB, FUNCTIONS, Dialect, parse, to_sql
from tinhso.measure.periods import Grid
from tinhso.measure.plan import UNTIL, Change, Day, Plan
from tinhso.measure.quantities import DAY_NUMBER, Quantity
from tinhso.measure.streams import Stream

LEVEL_SQL = "CASE _level WHEN 'agency' THEN 'province' ELSE _level END"
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Statement:
    """A plan as one statement: `slots[i]` names the column of `days[i]`, `columns[j]` that of step j.

    `grouped` is GROUPING's bit mask over the slots: the first is the highest bit, 0 means grouped by.
    """

    sql: str
    slots: tuple[str, ...]
    columns: tuple[str, ...]


def aggregate(quantity: Quantity, condition: str, dialect: Dialect = DUCKDB) -> str:
    """`count(*) FILTER (WHERE …)` or `sum(field) FILTER (WHERE …)`."""
    filtered = "" if condition == "true" else f" FILTER (WHERE {condition})"
    if quantity.aggregate is Aggregate.COUNT:
        return f"count(*){filtered}"
    return dialect.total.format(quantity.field, filtered)


def _and(*conditions: str) -> str:
    kept = [c if " OR " not in c else f"({c})" for c in conditions if c != "true"]
    return " AND ".join(kept) or "true"


def statement(plan: Plan, dialect: Dialect = DUCKDB) -> Statement:
    """Compile a plan into one statement. Raises InputError for what the engine cannot hold."""
    slots = tuple(f"slot_{n}" for n in range(len(plan.days)))
    names = tuple(f"q{step.quantity}{'' if step.sign > 0 else '_out'}" for step in plan.steps)
    columns = [
        f"  {aggregate(plan.quantities[step.quantity], to_sql(step.when, dialect), dialect)} AS {name}"
        for step, name in zip(plan.steps, names, strict=True)
    ]
    body = ",\n".join(f"    {one}" for one in ("_unit", *placed(plan, dialect)))
    sets = ", ".join(f"(_unit, {slot})" for slot in slots)
    sql = (
        f"WITH {source(plan.stream, plan.at, dialect)},\nplaced AS (\n  SELECT\n{body}\n  FROM records\n)\n"
        f"SELECT\n  _unit, {', '.join(slots)}, {dialect.grouping.format(', '.join(slots))} AS grouped,\n"
        + ",\n".join(columns)
        + f"\nFROM placed\nGROUP BY GROUPING SETS ({sets})"
    )
    return Statement(sql, slots, names)


def placed(plan: Plan, dialect: Dialect = DUCKDB) -> list[str]:
    """What a record is asked for: its fields, what is made of them, and its slots."""
    slots = [
        f"{plan.grid.sql(_day(day, dialect), dialect)} AS slot_{n}"
        for n, day in enumerate(plan.days)
    ]
    return _asked(plan, dialect) + slots


def _asked(plan: Plan, dialect: Dialect = DUCKDB) -> list[str]:
    found = list(plan.fields)
    if any(day.field == UNTIL for day in plan.days):
        found.append(UNTIL)
    if plan.levels:
        found.append(f"{LEVEL_SQL} AS unit_level")
    if plan.ages:
        days = dialect.functions.get("days_between", FUNCTIONS["days_between"].sql)
        since = days.format(dialect.literal(EPOCH), plan.stream.default_date)
        found.append(f"{since} AS {DAY_NUMBER}")
    return found


def records_of(plan: Plan, columns: Sequence[str], share: str = "") -> str:
    """The hash of each record's unit, and what is asked of the record, for an engine that counts.

    `share`: a condition that picks some of the records; of a stream whose records stand alone.
    """
    asked = "".join(f",\n  {column}" for column in columns)
    body = ",\n".join(f"    {one}" for one in ("_unit", *_asked(plan)))
    return (
        f"WITH {source(plan.stream, plan.at, share=share)},\nasked AS (\n  SELECT\n{body}\n  FROM records\n)\n"
        f"SELECT\n  hash(_unit){asked}\nFROM asked"
    )


def _day(day: Day, dialect: Dialect) -> str:
    return dialect.next_days.format(day.field, day.after) if day.after else day.field


def table_of(stream: str, at: int | Change, dialect: Dialect = DUCKDB) -> str:
    """What to read a stream's records from.

    DuckDB reads the lake itself. Other engines are given a view of a snapshot, and no changes.
    """
    if dialect is not DUCKDB:
        assert isinstance(at, int)
        return f"{stream}_at_{at}"
    if isinstance(at, int):
        return f"lake.{stream} AT (VERSION => {at})"
    if at.copied:
        return at.copied
    way = "insertions" if at.added else "deletions"
    return f"lake.table_{way}('{stream}', {at.after + 1}, {at.snapshot})"


def source(stream: Stream, at: int | Change, dialect: Dialect = DUCKDB, *, share: str = "") -> str:
    """The CTE `records`: the stream's records at a snapshot (for a register with `_until`), or a
    change of them; of a stream whose records stand alone, only a `share` of them where one is named.

    A state holds until the thing's next record. Where the unit is part of the thing and has
    ceased, it holds until every unit that took over has told its own (table `heirs`), or, where
    such a unit has ceased too, those that took over from it.
    """
    table = table_of(stream.code, at, dialect)
    state = to_sql(parse(stream.state_when, stream), dialect) if stream.state_when else "true"
    if (condition := _and(state, share or "true")) != "true":
        table += f" WHERE {condition}"
    assert not share or stream.thing == stream.key
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
    named = "".join(f", s.{name} AS {name}" for name in rest)
    of_s = "".join(f", s.{name}" for name in rest)
    same = "".join(f" AND f.{name} = s.{name}" for name in rest)
    same_t = same.replace("f.", "t.")
    return (
        f"states AS (\n"
        f"  SELECT *, lead({as_of}) OVER (PARTITION BY _unit{others} ORDER BY {as_of}) AS _next\n"
        f"  FROM {table}\n),\n"
        f"heard AS (\n  SELECT s._unit AS _unit{named}, h.path, min(f.{as_of}) AS first\n"
        f"  FROM states s JOIN heirs h ON h.source = s._unit\n"
        f"  LEFT JOIN states f ON f._unit = h.target{same} AND f.{as_of} >= h.day\n"
        f"  WHERE s._next IS NULL\n  GROUP BY s._unit{of_s}, h.path\n),\n"
        f"taken_over AS (\n  SELECT _unit{others}, max(first) AS day\n"
        f"  FROM heard\n  GROUP BY _unit{others} HAVING count(first) = count(*)\n),\n"
        f"records AS (\n"
        f"  SELECT s.*, coalesce(s._next, CASE WHEN t.day > s.{as_of} THEN t.day END) AS _until\n"
        f"  FROM states s LEFT JOIN taken_over t ON t._unit = s._unit{same_t}\n)"
    )


def seen_plan(
    stream: Stream, quantity: Quantity, grid: Grid, snapshot: int, dialect: Dialect = DUCKDB
) -> str:
    """Who was seen at which unit in which slot: the sightings that `distinct` counts from."""
    slot = grid.sql(quantity.date, dialect)
    return (
        f"WITH {source(stream, snapshot, dialect)}\n"
        f"SELECT DISTINCT _unit, {slot} AS slot, {quantity.field} AS who\n"
        f"{_of_somebody(quantity, dialect=dialect)}"
    )


def seen_often(
    stream: Stream, quantity: Quantity, grid: Grid, at: int | Change, among: str = ""
) -> str:
    """As `seen_plan`, with how many records (`n`) say so.

    `among` names a table whose column `who` holds the only ones that are looked for.
    """
    return (
        f"WITH {source(stream, at)}\n"
        f"SELECT _unit, {grid.sql(quantity.date)} AS slot, {quantity.field} AS who, count(*) AS n\n"
        f"{_of_somebody(quantity, among)}\nGROUP BY ALL"
    )


def _of_somebody(quantity: Quantity, among: str = "", dialect: Dialect = DUCKDB) -> str:
    """The records that name somebody on a day."""
    condition = _and(
        to_sql(quantity.where, dialect),
        f"{quantity.field} IS NOT NULL",
        f"{quantity.date} IS NOT NULL",
        f"{quantity.field} IN (SELECT who FROM {among})" if among else "true",
    )
    level = f", {LEVEL_SQL} AS unit_level" if "unit_level" in quantity.key else ""
    return f"FROM (SELECT *{level} FROM records)\nWHERE {condition}"


def seen_records(stream: Stream, quantity: Quantity, snapshot: int, share: str = "") -> str:
    """Of each record that `seen_plan` would look at: hash of the unit, two hashes of who, and the day.

    `share`: a condition that picks some of the records.
    """
    return (
        f"WITH {source(stream, snapshot, share=share)}\n"
        f"SELECT hash(_unit), hash({quantity.field}), hash({quantity.field} || '!'),"
        f" CAST({quantity.date} AS DATE)\n"
        f"{_of_somebody(quantity)}"
    )


def crowd_plan(
    stream: Stream,
    quantity: Quantity,
    grid: Grid,
    snapshot: int,
    days: tuple[date, date] | None = None,
    dialect: Dialect = DUCKDB,
) -> str:
    """Records by unit and slot of those that share one `by` in numbers (see Quantity).

    `days`: only slots that begin on the first of them or later, and end before the second.
    """
    condition = _and(to_sql(quantity.where, dialect), f"{quantity.by} IS NOT NULL")
    within = ""
    if days is not None:
        first, end = (dialect.literal(day) for day in days)
        within = f"\n    AND {quantity.date} >= {first} AND {quantity.date} < {end}"
    return (
        f"WITH {source(stream, snapshot, dialect)},\n"
        f"crowds AS (\n  SELECT _unit, {grid.sql(quantity.date, dialect)} AS slot, count(*) AS n\n"
        f"  FROM (SELECT *, {LEVEL_SQL} AS unit_level FROM records)\n"
        f"  WHERE {condition}\n"
        f"    AND {quantity.date} IS NOT NULL{within}\n"
        f"  GROUP BY _unit, slot, {quantity.by} HAVING count(*) >= {quantity.at_least}\n)\n"
        f"SELECT _unit, slot, {dialect.total.format('n', '')} AS n FROM crowds GROUP BY _unit, slot"
    )
