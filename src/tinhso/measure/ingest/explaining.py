"""Bad rows read a second time, to say what is wrong with each (giải thích dòng lỗi).

Only here are messages made, so good rows cost nothing. What goes into quarantine is masked: personal
fields, anything that looks like an identity number, and rows whose cells may have shifted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from tinhso.measure.boundaries import Boundaries, Span
from tinhso.measure.ingest import messages
from tinhso.measure.ingest.checks import Reading, Rule, is_personal
from tinhso.measure.ingest.receipt import Tally
from tinhso.measure.ingest.returned import Returned
from tinhso.measure.ingest.sources import Part, Source, quoted
from tinhso.measure.streams import Field, FieldType
from tinhso.measure.text import Message, Problem, Text

MASK = "•••"
_FETCHED = 5_000
_SHOWN = 60
_IDENTITY = re.compile(r"\s*(\d{9}|\d{11,12})\s*")
_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?!\d)")
_BY_CODE = {m.code: m for m in vars(messages).values() if isinstance(m, Message)}


@dataclass
class Explained:
    """What the bad rows had: problems by kind, and columns that put the month first."""

    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)
    month_first: dict[str, Problem] = field(default_factory=dict)

    def add(self, problem: Problem, name: str, row: int) -> None:
        key = (problem.code, name)
        old = self.tallies.get(key)
        self.tallies[key] = (
            Tally(old.problem, old.count + 1, old.row) if old else Tally(problem, 1, row)
        )
        if problem.message is messages.MONTH_FIRST:
            self.month_first.setdefault(name, problem)

    def most_frequent(self, number: int = 10) -> tuple[Tally, ...]:
        ordered = sorted(self.tallies.values(), key=lambda tally: (-tally.count, tally.row))
        return tuple(ordered[:number])


def explain(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    reading: Reading,
    boundaries: Boundaries,
    folder: Path,
    returned: Returned | None,
    language: str,
) -> Explained:
    """Say what is wrong with every row of `bad_rows`.

    Writes `returned`, and what quarantine is to hold as `quarantine-*.parquet` in `folder`.
    """
    explained = Explained()
    explainer = _Explainer(reading, boundaries)
    quarantine = _Quarantine(connection, folder)
    # The rows of the file must stay on the probing side, or they would lose their order.
    connection.execute("SET disabled_optimizers = 'in_clause,join_order,build_side_probe_side'")
    for part in source.parts(connection):
        for row in _bad_rows(connection, part, reading):
            found = explainer.problems(row)
            for name, problem in found:
                explained.add(problem, name, row["_row"])
            if returned is not None:
                said = "; ".join(problem.to(language) for _, problem in found)
                returned.row(row["_row"], row["cells"], row["_raw"], said)
            quarantine.add(row["_row"], explainer.unit(row), explainer.masked(row), found)
    quarantine.flush()
    connection.execute("SET disabled_optimizers = ''")
    return explained


def _bad_rows(
    connection: duckdb.DuckDBPyConnection, part: Part, reading: Reading
) -> Iterator[dict[str, Any]]:
    stream = reading.stream
    number = "_i" if part.numbered else f"row_number() OVER () - 1 + {part.first}"
    cells = ", ".join(f"r{index}" for index in range(reading.layout.width))
    numbered = f"(SELECT *, {number} AS _row FROM {part.sql})"
    # One inner join with single matches keeps the order of the file. Sorting would too, but might
    # leave identity numbers in a spill file.
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE faults AS SELECT b._row, f.fields, c.others FROM bad_rows b"
        " LEFT JOIN (SELECT _row, list(field) AS fields FROM unit_faults GROUP BY _row) f"
        " ON f._row = b._row LEFT JOIN clashes c ON c._row = b._row"
    )
    query = (
        f"SELECT s._row, s._fault, s._raw, {reading.broken_sql} AS broken,"
        f' s."v_{stream.unit}" AS unit, CAST(s."v_{stream.default_date}" AS DATE) AS day,'
        f" f.fields AS unit_faults, f.others AS clash, [{cells}]::VARCHAR[] AS cells"
        f" FROM {reading.typed_sql(numbered)} s JOIN faults f ON f._row = s._row"
    )
    found = connection.execute(query)
    names = [column[0] for column in found.description or ()]
    while rows := found.fetchmany(_FETCHED):
        for row in rows:
            yield dict(zip(names, row, strict=True))


class _Explainer:
    """Turns what SQL found out about a row into sentences."""

    def __init__(self, reading: Reading, boundaries: Boundaries) -> None:
        self._reading = reading
        self._stream = reading.stream
        self._boundaries = boundaries
        self._codes = boundaries.codes()

    def problems(self, row: dict[str, Any]) -> list[tuple[str, Problem]]:
        """The row's problems, each with the name of its field ("" for the whole row)."""
        if row["_fault"] is not None:
            code, params = json.loads(row["_fault"])
            return [("", Problem(_BY_CODE[code], params))]
        found = [self._broken(self._reading.rules[index], row) for index in row["broken"]]
        for name in sorted(row["unit_faults"] or ()):
            one = self._stream.field(name)
            assert one is not None
            found.append((name, self._unit_problem(one, row)))
        if row["clash"]:
            labels = [f.label for f in self._stream.fields if f.name in self._stream.key]
            fields = Text(", ".join(t.vi for t in labels), ", ".join(t.en for t in labels))
            found.append(("", messages.KEY_CLASH(fields=fields, rows=row["clash"])))
        return found

    def unit(self, row: dict[str, Any]) -> str | None:
        """The unit that the row is about, as far as it can be told; for counts of bad rows."""
        code, day = row["unit"], row["day"]
        if code is None:
            return None
        if day is not None and (uid := self._boundaries.by_code(code, day)) is not None:
            return uid
        uids = {span.uid for span in self._codes.get(code, ())}
        return uids.pop() if len(uids) == 1 else None

    def masked(self, row: dict[str, Any]) -> dict[str, str | None]:
        """The row for quarantine, by field name."""
        if row["_fault"] is not None:
            return {f.name: MASK for f in self._stream.fields}
        return {
            one.name: _masked(one, self._cell(one, row))
            for one in self._stream.fields
            if one.name in self._reading.layout.columns
        }

    def _cell(self, one: Field, row: dict[str, Any]) -> str | None:
        index = self._reading.layout.columns.get(one.name)
        return None if index is None else row["cells"][index]

    def _broken(self, rule: Rule, row: dict[str, Any]) -> tuple[str, Problem]:
        one = rule.about
        if one is None:
            return "", rule.message(**rule.params)
        value = _shown(one, self._cell(one, row))
        if rule.message in (messages.NOT_DATE, messages.NOT_DATETIME, messages.YEAR_RANGE):
            return one.name, _date_problem(rule.message, one, value)
        return one.name, rule.message(label=one.label, value=value, **rule.params)

    def _unit_problem(self, one: Field, row: dict[str, Any]) -> Problem:
        code = self._cell(one, row) or ""
        value = _shown(one, code)
        code = row["unit"] if one.name == self._stream.unit else code.strip()
        spans: list[Span] = self._codes.get(code, [])
        day: date | None = row["day"]
        if not spans or day is None:
            return messages.UNIT_UNKNOWN(label=one.label, value=value)
        ended = [span for span in spans if span.until is not None and span.until <= day]
        if ended:
            span = max(ended, key=lambda span: span.until or date.max)
            assert span.until is not None
            return messages.UNIT_ENDED(
                label=one.label,
                value=value,
                last=_day(span.until - timedelta(days=1)),
                day=_day(day),
                now=self._now(span.uid, day),
            )
        since = min(span.since or date.min for span in spans)
        return messages.UNIT_NOT_YET(label=one.label, value=value, since=_day(since), day=_day(day))

    def _now(self, uid: str, day: date) -> Text:
        """What the code has become, where exactly one unit took all over."""
        try:
            carried = self._boundaries.carry(uid, day)
        except ValueError:  # nothing on that day's map stands in its place
            return Text("", "")
        span = self._boundaries.span(carried.uid, day)
        if not carried.attributed or span is None:
            return Text("", "")
        return Text(f"; mã hiện nay là “{span.code}”", f"; its code now is “{span.code}”")


def _date_problem(message: Message, one: Field, value: str) -> Problem:
    parts = _DATE.search(value)
    if parts is not None and len(parts[3]) == 2:
        return messages.TWO_DIGIT_YEAR(label=one.label, value=value)
    if parts is not None and int(parts[1]) <= 12 < int(parts[2]) <= 31:
        right = f"{int(parts[2]):02}/{int(parts[1]):02}/{parts[3]}"
        return messages.MONTH_FIRST(label=one.label, value=value, right=right)
    return message(label=one.label, value=value)


def _shown(one: Field, value: str | None) -> str:
    text = _masked(one, value) or ""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _masked(one: Field, value: str | None) -> str | None:
    if value is None:
        return None
    named = one.type in (FieldType.CODE, FieldType.UNIT, FieldType.MONEY, FieldType.INTEGER)
    if is_personal(one) or (not named and _IDENTITY.fullmatch(value)):
        return MASK
    return value


def _day(day: date | datetime) -> str:
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


class _Quarantine:
    """Collects masked rows in Parquet, through a cursor of its own: the other one is being read."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._cursor = connection.cursor()
        self._folder = folder
        self._rows: list[list[str | None]] = []
        self._files = 0

    def add(
        self,
        row: int,
        unit: str | None,
        masked: dict[str, str | None],
        found: list[tuple[str, Problem]],
    ) -> None:
        said = [
            {"code": p.code, "field": name, "vi": p.to("vi"), "en": p.to("en")} for name, p in found
        ]
        self._rows.append(
            [
                str(row),
                unit,
                json.dumps(masked, ensure_ascii=False),
                json.dumps(said, ensure_ascii=False),
            ]
        )
        if len(self._rows) >= 4 * _FETCHED:
            self.flush()

    def flush(self) -> None:
        if not self._rows:
            return
        self._cursor.execute("SET VARIABLE masked = ?", [json.dumps(self._rows)])
        target = self._folder / f"quarantine-{self._files:06}.parquet"
        self._cursor.execute(
            'COPY (SELECT r[1]::BIGINT AS "row", r[2] AS unit, r[3] AS raw, r[4] AS problems FROM'
            " (SELECT unnest(from_json(getvariable('masked')::VARCHAR, '[[\"VARCHAR\"]]')) AS r))"
            f" TO {quoted(target)} (FORMAT parquet)"
        )
        self._rows, self._files = [], self._files + 1
