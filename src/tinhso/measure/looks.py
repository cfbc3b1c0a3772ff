"""Looks at a stream's records: how many, from when to when, of which units, out of which batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

from tinhso.measure.engines.runners import Runner
from tinhso.measure.plan import Change
from tinhso.measure.sql import table_of
from tinhso.measure.streams import Stream


@dataclass(frozen=True)
class Look:
    """How many records, and from when to when.

    `reach` is the first and last day that any of their dates tells of; what is to come is left out.
    """

    rows: int
    days: tuple[date, date] | None  # of the stream's default date
    reach: tuple[date, date] | None

    def with_more(self, added: Look) -> Look:
        """What is known once records were added."""
        return Look(
            self.rows + added.rows, _span(self.days, added.days), _span(self.reach, added.reach)
        )

    def without(self, removed: Look) -> Look | None:
        """What is known once records were removed; None where the first or last day may be gone."""
        if not removed.rows:
            return self
        if not (_inside(removed.days, self.days) and _inside(removed.reach, self.reach)):
            return None
        return Look(self.rows - removed.rows, self.days, self.reach)


def look(connection: duckdb.DuckDBPyConnection, stream: Stream, at: int | Change) -> Look:
    # Each field by itself: the least of one stands in the files' own statistics.
    names = [field.name for field in stream.dates if not field.future]
    least, most = (", ".join(f"{of}({name})" for name in names) for of in ("min", "max"))
    found = connection.execute(
        f"SELECT count(*), min({stream.default_date})::DATE, max({stream.default_date})::DATE, "
        f"least({least})::DATE, greatest({most})::DATE FROM {table_of(stream.code, at)}"
    ).fetchone()
    assert found is not None
    rows, first, last, begin, end = found
    return Look(
        rows,
        (first, last) if first and last else None,
        (begin, end) if begin and end else None,
    )


def unit_rows(run: Runner, stream: Stream, at: int | Change) -> dict[str, int]:
    """How many records each unit has."""
    sql = (
        f"SELECT _unit, count(*) AS n FROM {table_of(stream.code, at, run.dialect)} "
        f"WHERE _unit IS NOT NULL GROUP BY _unit"
    )
    return dict(run.connection.execute(f"SELECT _unit, n FROM {run.rows(sql)}").fetchall())


def _inside(one: tuple[date, date] | None, other: tuple[date, date] | None) -> bool:
    """Whether the span of `one` reaches neither end of the other."""
    return one is None or (other is not None and other[0] < one[0] and one[1] < other[1])


def _span(
    one: tuple[date, date] | None, other: tuple[date, date] | None
) -> tuple[date, date] | None:
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), max(one[1], other[1])


#: Of each stream's batches that stand: rows read, rows refused, what made the simulated ones.
Standing = Mapping[str, tuple[int, int, tuple[str, ...]]]


def standing(connection: duckdb.DuckDBPyConnection, snapshot: int) -> Standing:
    found = connection.execute(
        f"SELECT stream, coalesce(sum(rows_read), 0)::BIGINT, coalesce(sum(rows_bad), 0)::BIGINT, "
        f"coalesce(list_sort(list(DISTINCT simulated) FILTER (WHERE simulated <> '')), []) "
        f"FROM (SELECT * FROM lake._batches AT (VERSION => {snapshot}) QUALIFY "
        f'row_number() OVER (PARTITION BY batch ORDER BY "at" DESC, event DESC) = 1) '
        f"WHERE event = 'accepted' GROUP BY stream"
    )
    return {stream: (read, bad, tuple(makers)) for stream, read, bad, makers in found.fetchall()}
