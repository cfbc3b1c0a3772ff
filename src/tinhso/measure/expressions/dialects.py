"""What engines write differently in SQL. A statement is composed once, from these words.

DuckDB's words are the reference: where another engine's own would mean something else (a sum that
runs over silently, a remainder of nothing, a date that reaches back to 1970 only), its words here
say what DuckDB's say, or the engine refuses. Each difference is tested on the engine itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from tinhso.measure.text import InputError, message

DAY_OUT_OF_REACH = message(
    "engine-day-out-of-reach",
    vi="ClickHouse chỉ tính được ngày từ 1900 đến 2299; biểu thức có ngày {day}. Sửa ngày đó, hoặc tính bằng DuckDB hay Spark (TINHSO_ENGINE).",
    en="ClickHouse reckons with days of 1900 to 2299 only; an expression holds {day}. Change that day, or measure with DuckDB or Spark (TINHSO_ENGINE).",
)


@dataclass(frozen=True)
class Dialect:
    """One engine's words. `{0}`, `{1}` stand for arguments.

    `operators` and `functions` override DuckDB's (see `tree`); an operator comes with how strongly
    it binds. `next_days` is the day so many days after a day or moment; `total` an exact sum as a
    whole number of 64 bits, of a field and its filter; `grouping` GROUPING's mask of the slots.
    """

    name: str
    operators: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=dict)
    day: str = "DATE '{0}'"
    next_days: str = "(CAST({0} AS DATE) + {1})"
    total: str = "CAST(sum({0}){1} AS BIGINT)"
    grouping: str = "GROUPING({0})"
    backslash_escapes: bool = False
    three_valued_in: bool = True
    first_year: int = 1
    last_year: int = 9999

    def literal(self, value: bool | int | str | date) -> str:
        """A constant as SQL. Raises InputError (`engine-day-out-of-reach`)."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return str(value)
        if isinstance(value, date):
            if not self.first_year <= value.year <= self.last_year:
                raise InputError([DAY_OUT_OF_REACH(day=value.isoformat())])
            return self.day.format(value.isoformat())
        if self.backslash_escapes:
            value = value.replace("\\", "\\\\").replace("'", "\\'")
            return f"'{value}'"
        return "'" + value.replace("'", "''") + "'"

    def among(self, one: str, members: Sequence[str]) -> str:
        """Whether `one` is a member; unknown where only an empty member might be it."""
        if self.three_valued_in:
            return f"{one} IN ({', '.join(members)})"
        return "(" + " OR ".join(f"{one} = {member}" for member in members) + ")"


DUCKDB = Dialect("duckdb")

#: In ANSI mode, where arithmetic and sums that leave 64 bits are errors. What Spark gives in 32 bits
#: is widened, as DuckDB has it; days and moments are of no time zone (TIMESTAMP_NTZ).
SPARK = Dialect(
    "spark",
    operators={"%": ("{0} % nullif({1}, 0)", 6)},
    functions={
        "days_between": "CAST(datediff({1}, {0}) AS BIGINT)",
        "seconds_between": "(unix_seconds(CAST({1} AS TIMESTAMP)) - unix_seconds(CAST({0} AS TIMESTAMP)))",
        "day_of": "CAST(day({0}) AS BIGINT)",
        "month_of": "CAST(month({0}) AS BIGINT)",
        "weekday_of": "CAST(weekday({0}) + 1 AS BIGINT)",
        "hour_of": "CAST(hour({0}) AS BIGINT)",
        "starts_with": "startswith({0}, {1})",
        "length": "CAST(length({0}) AS BIGINT)",
    },
    next_days="date_add(CAST({0} AS DATE), {1})",
    total="sum({0}){1}",
    grouping="grouping_id()",
    backslash_escapes=True,
)

_EXACT = "accurateCast({}, 'Nullable(Int64)')"

#: Whole numbers of 64 bits run over silently in ClickHouse: it reckons in 128, and a result that
#: does not fit is an error. Its DATE begins in 1970, Date32 in 1900. `IN` takes an empty member for
#: one that does not match, so it is written as comparisons.
CLICKHOUSE = Dialect(
    "clickhouse",
    operators={
        "+": (_EXACT.format("toInt128({0}) + {1}"), 9),
        "-": (_EXACT.format("toInt128({0}) - {1}"), 9),
        "*": (_EXACT.format("toInt128({0}) * {1}"), 9),
        "%": (_EXACT.format("toInt128({0}) % nullif({1}, 0)"), 9),
        "neg": (_EXACT.format("-toInt128({0})"), 9),
    },
    functions={
        "days_between": "dateDiff('day', {0}, {1})",
        "seconds_between": "dateDiff('second', {0}, {1})",
        "date_of": "toDate32({0})",
        "day_of": "toDayOfMonth({0})",
        "month_of": "toMonth({0})",
        "weekday_of": "toDayOfWeek({0})",
        "hour_of": "toHour({0})",
        "last_day_of_month": "toLastDayOfMonth({0})",
        "starts_with": "startsWith({0}, {1})",
        "length": "lengthUTF8({0})",
        "abs": _EXACT.format("abs(toInt128({0}))"),
    },
    day="toDate32('{0}')",
    next_days="(toDate32({0}) + {1})",
    total=_EXACT.format("sum(toInt128({0})){1}"),
    backslash_escapes=True,
    three_valued_in=False,
    first_year=1900,
    last_year=2299,
)
