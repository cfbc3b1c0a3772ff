"""Measuring at the size of a country: dossiers of all communes of 2024's map, over 24 months.

    python -m benchmarks engine --rows 10000000 [--home DIR] [--indicators 12 36] [--streams 10]

Each way stands against the bare reading of the same columns, in the same run; all ways that count
the same must agree to the last number, or the benchmark fails. `--home` keeps the lake.
"""

from __future__ import annotations

import argparse
import itertools
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import numpy as np

from benchmarks.machine import machine, table
from tinhso.kernel.units.register import register_from_files
from tinhso.measure.boundaries import Boundaries, Level
from tinhso.measure.compaction import compact
from tinhso.measure.cube import Cube, Workplace, compute
from tinhso.measure.definitions import Aggregate, Better, Indicator, Kind, Part, Source
from tinhso.measure.engines import Here, kernel, statements
from tinhso.measure.explain import explain, recount
from tinhso.measure.explain import rows as records
from tinhso.measure.expressions import parse, to_sql
from tinhso.measure.figures import Figures, Value
from tinhso.measure.lake import Lake, LakeSettings
from tinhso.measure.periods import Grid, Period
from tinhso.measure.places import View
from tinhso.measure.plan import plan_of
from tinhso.measure.quantities import compile_indicator
from tinhso.measure.streams import Stream
from tinhso.measure.tables import make_table
from tinhso.measure.text import Text
from tinhso.measure.update import update
from tinhso.modules.plan.pack import PACKS
from tinhso.modules.plan.workspace import Workspace

MONTHS = 24
FIRST = date(2023, 7, 1)
RUNS = 3

#: Simulated, every value by hashing its number: what a run loads, another run loads too.
DOSSIERS = """
INSERT INTO lake.{stream} BY NAME
WITH dice AS (SELECT i, hash(i) AS a, hash(i + 0.5) AS b FROM range({begin}, {end}) r(i)),
told AS (
  SELECT i, a, b, CAST(a % {units} AS INTEGER) AS n,
    TIMESTAMP '{first}' + to_seconds(CAST(b % 2419200 AS BIGINT)) AS received_at
  FROM dice
)
SELECT 'D' || i AS dossier_code, 'X' AS unit_code, '1.' || (a // 13 % 300) AS procedure_code,
  CASE a // 97 % 4 WHEN 0 THEN 'information' WHEN 1 THEN 'partial' ELSE 'full' END AS service_level,
  received_at, received_at + to_days(CAST(3 + b // 89 % 20 AS INTEGER)) AS due_at,
  CASE WHEN a // 31 % 20 > 0 THEN received_at + to_seconds(CAST(b // 3 % 1728000 AS BIGINT)) END
    AS closed_at,
  a // 7 % 8 < 5 AS submitted_online, CASE WHEN b // 11 % 3 > 0 THEN b // 17 % 5 < 3 END AS paid_online,
  a // 19 % 10 < 7 AS result_electronic, b // 23 % 10 < 6 AS dossier_digitised,
  b // 29 % 2 = 0 AS result_digitised,
  'p' || lpad(to_hex(hash(b // 37 % {persons})), 16, '0') || '00000000' AS applicant,
  b // 41 % 50 > 0 AS applicant_adult,
  CASE a // 43 % 8 WHEN 0 THEN 'officer' WHEN 1 THEN 'post' WHEN 2 THEN 'business' ELSE 'citizen' END
    AS submitted_by,
  u.uid AS _unit, 'commune' AS _level, {batch} AS _batch, i AS _row
FROM told JOIN communes u USING (n)
"""

#: (numerator, denominator, date): the first twelve are measured alone, then all of them.
RATIOS = [
    (num, den, day)
    for day, den in (
        ("closed_at", "true"),
        ("received_at", "true"),
        ("closed_at", "submitted_online"),
    )
    for num in (
        *(
            "submitted_online",
            "closed_at <= due_at",
            "submitted_online and paid_online is not false",
        ),
        *("dossier_digitised and result_digitised", "result_electronic", "service_level = 'full'"),
        *(
            "submitted_by = 'officer'",
            "days_between(received_at, closed_at) <= 3",
            "applicant_adult",
        ),
        *("closed_at > due_at and submitted_online", "service_level in ('full', 'partial')"),
        "seconds_between(received_at, closed_at) <= 3600",
    )
]


def main(arguments: list[str]) -> str:
    parser = argparse.ArgumentParser(prog="benchmarks engine", description=__doc__)
    parser.add_argument("--rows", type=lambda text: int(float(text)), default=1_000_000)
    parser.add_argument("--indicators", type=int, nargs="+", default=[12, 36])
    parser.add_argument("--streams", type=int, default=1, help="so many streams share the rows")
    parser.add_argument("--home", type=Path, help="keep or reuse the lake here")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        home = chosen.home or Path(temporary)
        bench = Bench(home, chosen.rows, chosen.streams)
        rows: list[list[object]] = []
        for number in chosen.indicators:
            rows += bench.ratios(number) if chosen.streams == 1 else bench.all_streams(number)
        if chosen.streams == 1:
            rows += bench.persons()
            rows += bench.pages()
            rows += bench.opened()
        title = f"Measuring {chosen.rows:,} dossiers, {len(bench.units):,} units, {MONTHS} months"
        if chosen.streams > 1:
            title += f", in {chosen.streams} streams"
        heads = ["what", "seconds (median)", "spread", "times the bare reading", "peak memory, MB"]
        return machine() + "\n\n" + table(title, heads, rows)


class Bench:
    def __init__(self, home: Path, rows: int, streams: int = 1) -> None:
        place = Workspace(
            [PACKS], LakeSettings(home / "none"), home / "cubes", register_from_files()
        )
        self.stream: Stream = place.streams["dossiers"]
        self.boundaries: Boundaries = place.units.boundaries
        self.streams = [
            replace(self.stream, code=f"{self.stream.code}{n or ''}") for n in range(streams)
        ]
        self.lake = Lake(LakeSettings(home / "lake"), self.streams)
        self.rows = rows
        self.map = self.boundaries.map(FIRST)
        self.units = [
            u for u in self.map.parent if self.boundaries.spans[u][0].level is Level.COMMUNE
        ]
        if not self.lake.exists:
            self._fill()
        self.bare = 0.0

    def _fill(self) -> None:
        with self.lake.writer() as connection:
            columns = {"n": "INTEGER", "uid": "VARCHAR"}
            make_table(connection, "communes", columns, enumerate(self.units))
            for stream in self.streams:
                for month in range(MONTHS):
                    connection.execute(self._month(stream, month))

    def _month(self, stream: Stream, month: int) -> str:
        index = FIRST.year * 12 + FIRST.month - 1 + month
        first = date(index // 12, index % 12 + 1, 1)
        size = self.rows // MONTHS // len(self.streams)
        return DOSSIERS.format(
            stream=stream.code,
            begin=month * size,
            end=(month + 1) * size,
            units=len(self.units),
            persons=max(1, self.rows // 4),
            first=first,
            batch=month + 1,
        )

    def workplace(self, ratios: int, *, persons: bool = False) -> Workplace:
        asked: list[Indicator] = [_ratio(self.stream, n, *RATIOS[n]) for n in range(ratios)]
        if persons:
            asked.append(_people(self.stream))
        compiled = [compile_indicator(one, {"dossiers": self.stream}) for one in asked]
        return Workplace({"dossiers": self.stream}, compiled, (), self.boundaries)

    def all_streams(self, number: int) -> list[list[object]]:
        """`number` ratios over each of the streams."""
        asked = [
            _ratio(stream, n, *RATIOS[n], code=f"{stream.code}-{n}")
            for stream in self.streams
            for n in range(number)
        ]
        streams = {stream.code: stream for stream in self.streams}
        compiled = [compile_indicator(one, streams) for one in asked]
        workplace = Workplace(streams, compiled, (), self.boundaries)
        connection = self.lake.reader()
        fields = sorted({f for q in workplace.quantities for f in q.fields})
        self.bare, bare_row = timed(
            f"bare reading of the {len(fields) + 1} columns of each stream",
            lambda: [connection.execute(_bare(one, fields)).fetchall() for one in self.streams],
        )
        connection.close()
        _, row = timed(
            f"all figures from nothing, {number} indicators a stream",
            lambda: compute(self.lake, workplace),
            runs=2,
        )
        return [self._row(*bare_row), self._row(*row)]

    # -- ratios ------------------------------------------------------------------------------------

    def ratios(self, number: int) -> list[list[object]]:
        workplace = self.workplace(number)
        connection = self.lake.reader()
        connection.execute("SET preserve_insertion_order = false")
        grid = Grid(date(2022, 12, 15), date(2026, 1, 1), self.boundaries.change_days)
        quantities = [q for q in workplace.quantities if q.aggregate is not Aggregate.DISTINCT]
        at = self.lake.snapshot(connection)
        plan = plan_of(self.stream, quantities, grid, at)
        units = sorted(self.units)
        self.bare, bare_row = timed(
            f"bare reading of the {len(plan.fields) + 1} columns of {number} indicators",
            lambda: connection.execute(_bare(self.stream, plan.fields)).fetchall(),
        )
        began = time.perf_counter()
        kernel.changes(connection, plan, units)
        first = time.perf_counter() - began
        _, kernel_row = timed(
            "loops, all units and half-months",
            lambda: self._keep(kernel.changes(connection, plan, units)),
        )
        _, statement_row = timed(
            "one statement of DuckDB, the same",
            lambda: self._check(statements.changes(Here(connection), plan, units)),
            runs=1,
        )
        _, queries_row = timed(
            f"one query an indicator and level ({number} x 3)",
            lambda: self._queries(connection, number),
            runs=1,
        )
        rows = [bare_row, kernel_row, statement_row, queries_row]
        found = [self._row(*row) for row in rows]
        compiled: list[object] = [
            "  the first time, compiling included",
            f"{first:.2f}",
            "",
            f"{first / self.bare:.1f}",
            "",
        ]
        found.insert(2, compiled)
        return found + self._changed_month(workplace)

    def _keep(self, found: object) -> None:
        self.kept = found

    def _check(self, found: object) -> None:
        assert np.array_equal(np.asarray(self.kept), np.asarray(found)), "the engines disagree"

    def _queries(self, connection: duckdb.DuckDBPyConnection, number: int) -> None:
        """What tools do that know no plan: each figure asked for by itself, at each level."""
        columns = dict.fromkeys(("commune", "district", "province"), "VARCHAR")
        paths = (self.map.path(unit)[:3] for unit in self.units)
        make_table(connection, "above", columns, paths)
        for num, den, day in RATIOS[:number]:
            over, under = (to_sql(parse(text, self.stream)) for text in (num, den))
            for level in ("commune", "district", "province"):
                connection.execute(
                    f"SELECT a.{level}, date_trunc('month', {day}) AS month,"
                    f" count(*) FILTER (WHERE {over}), count(*) FILTER (WHERE {under})"
                    f" FROM lake.dossiers d JOIN above a ON a.commune = d._unit GROUP BY ALL"
                ).fetchnumpy()

    def _changed_month(self, workplace: Workplace) -> list[list[object]]:
        """A month is loaded anew, each record corrected; then brought into all figures."""
        cube = compute(self.lake, workplace)
        self._correct(f"_batch = {MONTHS // 2}")
        found: list[Cube | None] = []
        _, row = timed(
            "a changed month brought into all figures",
            lambda: found.append(update(self.lake, workplace, cube)),
        )
        _, whole_row = timed(
            "all figures from nothing (looks, units, loops)",
            lambda: found.append(compute(self.lake, workplace)),
            runs=1,
        )
        mine, whole = found[0], found[-1]
        assert mine is not None
        assert whole is not None
        assert all(np.array_equal(mine.totals[k], whole.totals[k]) for k in whole.totals)
        return [self._row(*row), self._row(*whole_row)]

    def _correct(self, which: str) -> None:
        """Records are corrected in one commit: what was sent online was not, and the other way."""
        with self.lake.writer() as connection:
            connection.execute("BEGIN")
            connection.execute(
                f"CREATE OR REPLACE TEMP TABLE old AS SELECT * FROM lake.dossiers WHERE {which}"
            )
            connection.execute(f"DELETE FROM lake.dossiers WHERE {which}")
            connection.execute(
                "INSERT INTO lake.dossiers SELECT * REPLACE (NOT submitted_online AS submitted_online) FROM old"
            )
            connection.execute("COMMIT")

    # -- persons and pages -------------------------------------------------------------------------

    def persons(self) -> list[list[object]]:
        """Distinct applicants, at all levels, for any window of time."""
        workplace = self.workplace(0, persons=True)
        cubes: list[Cube | None] = []
        _, row = timed(
            "distinct persons from nothing, all levels and windows",
            lambda: cubes.append(compute(self.lake, workplace)),
            runs=1,
        )
        rows = [self._row(*row)]
        few = f"_batch = {MONTHS // 3} AND _row % {max(1, self.rows // MONTHS // 5000)} = 0"
        for what, which in (
            ("5,000 corrected records", few),
            ("a changed month", f"_batch = {MONTHS // 3}"),
        ):
            self._correct(which)
            before = cubes[-1]
            assert before is not None

            def bring_in(before: Cube = before) -> None:
                cubes.append(update(self.lake, workplace, before))

            _, row = timed(f"{what} brought into distinct persons", bring_in, runs=1)
            rows.append(self._row(*row))
        mine, whole = cubes[-1], compute(self.lake, workplace)
        assert mine is not None
        for key, one in whole.sightings.items():
            assert one.distinct(0, 99) == mine.sightings[key].distinct(0, 99), key
        return rows

    def pages(self) -> list[list[object]]:
        workplace = self.workplace(12)
        cube = compute(self.lake, workplace)
        figures = Figures(cube, self.boundaries, workplace.indicators)
        period, view, code = Period.parse("2024-Q2"), View(), "R0"
        parents = itertools.cycle(sorted({self.map.parent[unit] or "VN" for unit in self.units}))
        figures.table(code, next(parents), period, view)
        _, value = timed(
            "a value from the cube", lambda: figures.value(code, self.units[7], period, view)
        )
        _, full = timed(
            "a unit's full table from the cube",
            lambda: figures.table(code, next(parents), period, view),
        )
        return [self._row(*value), self._row(*full)]

    def opened(self) -> list[list[object]]:
        """A commune's month opened: both parts counted again, 50 records of each; joined files."""
        _, joined = timed("files joined, in the order of units", lambda: compact(self.lake), runs=1)
        workplace = self.workplace(12)
        cube = compute(self.lake, workplace)
        figures = Figures(cube, self.boundaries, workplace.indicators)
        connection = self.lake.reader()
        rows = []
        for what, unit in (
            ("commune", self.units[7]),
            ("district", self.map.parent[self.units[7]]),
        ):
            assert unit is not None
            value = figures.value("R0", unit, Period.parse("2024-06"), View())

            def open_it(value: Value = value) -> None:
                opened = explain(figures, {"dossiers": self.stream}, value)
                for part in (opened.numerator, opened.denominator):
                    assert part is not None
                    assert recount(connection, part) == part.cell.amount
                    records(connection, part, limit=50)

            _, row = timed(f"a {what}'s month opened to its records", open_it)
            rows.append(self._row(*row))
        return [self._row(*joined), *rows]

    def _row(self, what: str, took: Sequence[float], peak: float) -> list[object]:
        median = statistics.median(took)
        spread = f"{min(took):.3g}–{max(took):.3g}" if len(took) > 1 else "once"
        return [what, f"{median:.3g}", spread, f"{median / self.bare:.2g}", f"{peak:.0f}"]


def timed(
    what: str, work: Callable[[], object], runs: int = RUNS
) -> tuple[float, tuple[str, list[float], float]]:
    took = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return statistics.median(took), (what, took, peak)


def _bare(stream: Stream, fields: Sequence[str]) -> str:
    """Every value of the columns is taken from the files and looked at, and nothing else is done.

    The greatest day or number stands in the files' own statistics, so those are added up.
    """
    looked = []
    for name in ("_unit", *fields):
        field = stream.field(name)
        kind = field.sql_type if field else "VARCHAR"
        looked.append(
            {"TIMESTAMP": f"sum(epoch_us({name}))", "BIGINT": f"sum({name})"}.get(
                kind, f"max({name})"
            )
        )
    return f"SELECT {', '.join(looked)} FROM lake.{stream.code}"


def _ratio(stream: Stream, n: int, num: str, den: str, day: str, *, code: str = "") -> Indicator:
    words = Text(num, num)
    parts = [Part(stream.code, Aggregate.COUNT, where, words, date=day) for where in (num, den)]
    return _indicator(code or f"R{n}", Kind.RATIO, *parts)


def _people(stream: Stream) -> Indicator:
    words = Text("người nộp", "applicants")
    seen = Part(
        stream.code,
        Aggregate.DISTINCT,
        "submitted_online",
        words,
        field="applicant",
        date="received_at",
    )
    return _indicator("P", Kind.PEOPLE, seen, Part(stream.code, Aggregate.COUNT, "true", words))


def _indicator(code: str, kind: Kind, numerator: Part, denominator: Part) -> Indicator:
    words = Text(code, code)
    return Indicator(
        code,
        words,
        words,
        kind,
        numerator,
        denominator,
        None,
        Better.HIGHER,
        words,
        Source("benchmark"),
    )
