"""A plan as a loop over columns: the source of a function that numba compiles.

For each record the loop finds its unit and slots and adds to one dense array for each day of the
plan, `[slot][unit][step]`. What only texts can answer, and arithmetic (whose overflow the database
reports), is asked of the database as a column of its own; the rest is done in the loop, in the
database's three-valued logic: of a condition it knows whether it is true, and whether it is false.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tinhso.measure.definitions import Aggregate
from tinhso.measure.expressions import Apply, Constant, Expression, Ref, Type, to_sql
from tinhso.measure.plan import UNTIL, Plan

DAY = 86_400_000_000  # microseconds
EPOCH = date(1970, 1, 1).toordinal()

_COMPARE = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_DAYS = frozenset({Type.DATE, Type.DATETIME})
_CALENDAR = frozenset({"day_of", "month_of", "last_day_of_month"})


class Kind(StrEnum):
    """How a column comes: bits, whole numbers, days since 1970, or microseconds since then."""

    BITS = "bits"
    NUMBER = "number"
    DAYS = "days"
    MICROSECONDS = "microseconds"


KINDS = {
    Type.BOOLEAN: Kind.BITS,
    Type.NUMBER: Kind.NUMBER,
    Type.DATE: Kind.DAYS,
    Type.DATETIME: Kind.MICROSECONDS,
}


@dataclass(frozen=True)
class Column:
    """What the database is asked for beside the unit."""

    sql: str
    kind: Kind


@dataclass(frozen=True)
class Loop:
    """The source of the function `run`, the columns that it takes, and where its sums lie.

    `run(n, hashes, keys, places, units, slots, low, <data and bits of each column>, <an array a
    day>, peaks)` gives -1, or the number of a record whose unit is not among the keys.
    """

    source: str
    columns: tuple[Column, ...]
    widths: tuple[int, ...]  # of each day: how many steps it has
    sums: tuple[int, ...]  # steps that add up a column; `peaks` keeps the largest amount of each


def loop_of(plan: Plan) -> Loop:
    return _Writer(plan).write()


@dataclass(frozen=True)
class _Value:
    """Names of variables: whether there is one, and which."""

    there: str
    value: str


@dataclass(frozen=True)
class _Truth:
    true: str
    false: str


class _Writer:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.columns: dict[Column, int] = {}
        self.lines: list[str] = []
        self.names = 0
        self.values: dict[Expression, _Value] = {}
        self.truths: dict[Expression, _Truth] = {}
        self.days: dict[str, str] = {}
        self.calendars: dict[tuple[str, str], str] = {}

    def write(self) -> Loop:
        steps = self.plan.steps
        conditions = [self.truth(step.when).true for step in steps]
        sums = tuple(n for n, step in enumerate(steps) if self._is_sum(step.quantity))
        widths = []
        for number, day in enumerate(self.plan.days):
            at = self.day_of(self._column(day.field, self._type(day.field)), self._type(day.field))
            own = [n for n, step in enumerate(steps) if step.day == day]
            widths.append(len(own))
            self.lines += [
                f"if {at.there}:",
                f"    d = {at.value} + {day.after} - low",
                "    d = 0 if d < 0 else (last if d > last else d)",
                f"    b = (slots[d] * units + u) * {len(own)}",
            ]
            for place, n in enumerate(own):
                add = "+" if steps[n].sign > 0 else "-"
                if n not in sums:
                    self.lines.append(f"    a{number}[b + {place}] {add}= {conditions[n]}")
                    continue
                amount = self._amount(steps[n].quantity)
                self.lines += [
                    f"    if {conditions[n]} & {amount.there}:",
                    f"        a{number}[b + {place}] {add}= {amount.value}",
                    f"        peaks[{sums.index(n)}] = max(peaks[{sums.index(n)}], abs({amount.value}))",
                ]
        return Loop(self._function(len(widths)), tuple(self.columns), tuple(widths), sums)

    def _function(self, days: int) -> str:
        columns = "".join(f", c{n}, v{n}" for n in range(len(self.columns)))
        arrays = "".join(f", a{n}" for n in range(days))
        body = "\n".join(f"        {line}" for line in [*self._loads(), *self.lines])
        return (
            f"def run(n, hashes, keys, places, units, slots, low{columns}{arrays}, peaks):\n"
            "    mask, last = len(keys) - 1, len(slots) - 1\n"
            "    for i in range(n):\n"
            "        h = hashes[i]\n"
            "        p = np.int64(h & np.uint64(mask))\n"
            "        while keys[p] != h and places[p] >= 0:\n"
            "            p = (p + 1) & mask\n"
            "        u = places[p]\n"
            "        if u < 0:\n"
            "            return i\n"
            f"{body}\n"
            "    return -1\n"
        )

    def _loads(self) -> Iterator[str]:
        for column, n in self.columns.items():
            yield f"k{n} = len(v{n}) == 0 or ((v{n}[i >> 3] >> (i & 7)) & 1) != 0"
            bits = column.kind is Kind.BITS
            yield (
                f"x{n} = ((c{n}[i >> 3] >> (i & 7)) & 1) != 0"
                if bits
                else f"x{n} = np.int64(c{n}[i])"
            )

    # -- columns and values ------------------------------------------------------------------------

    def _type(self, name: str) -> Type:
        field = self.plan.stream.field(self.plan.stream.default_date if name == UNTIL else name)
        assert field is not None
        return {"date": Type.DATE, "datetime": Type.DATETIME}[field.type.value]

    def _is_sum(self, quantity: int) -> bool:
        return self.plan.quantities[quantity].aggregate is Aggregate.SUM

    def _amount(self, quantity: int) -> _Value:
        return self._column(self.plan.quantities[quantity].field, Type.NUMBER)

    def _column(self, sql: str, kind: Type) -> _Value:
        n = self.columns.setdefault(Column(sql, KINDS[kind]), len(self.columns))
        return _Value(f"k{n}", f"x{n}")

    def _name(self, source: str) -> str:
        self.names += 1
        self.lines.append(f"t{self.names} = {source}")
        return f"t{self.names}"

    def value(self, tree: Expression) -> _Value:
        """A number, day or moment; what the loop cannot do is asked of the database."""
        if tree not in self.values:
            self.values[tree] = self._value(tree)
        return self.values[tree]

    def _value(self, tree: Expression) -> _Value:
        if isinstance(tree, Constant):
            value = tree.value
            number = value.toordinal() - EPOCH if isinstance(value, date) else int(value)
            return _Value("True", f"np.int64({number})")
        if isinstance(tree, Apply) and tree.op in ("days_between", "seconds_between"):
            first, second = (self._moment(arg, tree.op) for arg in tree.args)
            there = self._name(f"{first.there} & {second.there}")
            return _Value(there, self._name(f"{second.value} - {first.value}"))
        if isinstance(tree, Apply) and tree.op == "date_of":
            return self.day_of(self.value(tree.args[0]), tree.args[0].type)
        if isinstance(tree, Apply) and tree.op == "hour_of":
            value = self.value(tree.args[0])
            return _Value(value.there, self._name(f"{value.value} % {DAY} // 3600000000"))
        if isinstance(tree, Apply) and tree.op in _CALENDAR:
            day = self.day_of(self.value(tree.args[0]), tree.args[0].type)
            return _Value(day.there, self._calendar(day.value, tree.op))
        return self._column(to_sql(tree), tree.type)

    def _calendar(self, day: str, op: str) -> str:
        """The day of the month, the month, or the last day of the month, of a day since 1970.

        By the way of counting from 1 March, 400 years a turn (H. Hinnant, "chrono-Compatible Low-Level
        Date Algorithms").
        """
        if (day, "") not in self.calendars:
            at = self._name(f"({day} + 719468) % 146097")
            year = self._name(f"({at} - {at} // 1460 + {at} // 36524 - {at} // 146096) // 365")
            of_year = self._name(f"{at} - (365 * {year} + {year} // 4 - {year} // 100)")
            month = self._name(f"(5 * {of_year} + 2) // 153")  # March is 0
            self.calendars[day, ""] = month
            self.calendars[day, "day_of"] = self._name(f"{of_year} - (153 * {month} + 2) // 5 + 1")
            self.calendars[day, "month_of"] = self._name(
                f"{month} + 3 if {month} < 10 else {month} - 9"
            )
            # February ends with the year that begins in March.
            leap = f"({year} + 1) % 4 == 0 and (({year} + 1) % 100 != 0 or {year} == 399)"
            february = f"(29 if {leap} else 28)"
            long = f"(153 * ({month} + 1) + 2) // 5 - (153 * {month} + 2) // 5"
            length = self._name(f"{february} if {month} == 11 else {long}")
            self.calendars[day, "last_day_of_month"] = self._name(
                f"{day} - {self.calendars[day, 'day_of']} + {length}"
            )
        return self.calendars[day, op]

    def _moment(self, tree: Expression, op: str) -> _Value:
        value = self.value(tree)
        if op == "days_between":
            return self.day_of(value, tree.type)
        return _Value(value.there, self._name(f"{value.value} // 1000000"))

    def day_of(self, value: _Value, kind: Type) -> _Value:
        if kind is Type.DATE:
            return value
        if value.value not in self.days:
            self.days[value.value] = self._name(f"{value.value} // {DAY}")
        return _Value(value.there, self.days[value.value])

    # -- conditions --------------------------------------------------------------------------------

    def truth(self, tree: Expression) -> _Truth:
        if tree not in self.truths:
            self.truths[tree] = self._truth(tree)
        return self.truths[tree]

    def _truth(self, tree: Expression) -> _Truth:
        if isinstance(tree, Constant):
            return _Truth(str(bool(tree.value)), str(not tree.value))
        if isinstance(tree, Ref):
            return self._bits(tree.name)
        match tree.op, tree.args:
            case "not", (inner,):
                of = self.truth(inner)
                return _Truth(of.false, of.true)
            case "and" | "or", (left, right):
                a, b = self.truth(left), self.truth(right)
                both, one = ("true", "false") if tree.op == "and" else ("false", "true")
                all_of = self._name(f"{getattr(a, both)} & {getattr(b, both)}")
                one_of = self._name(f"{getattr(a, one)} | {getattr(b, one)}")
                return _Truth(all_of, one_of) if tree.op == "and" else _Truth(one_of, all_of)
            case "is true" | "is false", (inner,):
                of = self.truth(inner)
                is_so = of.true if tree.op == "is true" else of.false
                return _Truth(is_so, self._name(f"not {is_so}"))
            case "is null", (inner,):
                return self._is_null(inner)
        if not _comparable(tree.args):
            return self._bits(to_sql(tree))
        match tree.op, tree.args:
            case "between", (what, low, high):
                return self._between(what, low, high)
            case "in", (what, *among):
                return self._in(what, among)
            case op, (left, right) if op in _COMPARE:
                return self._compare(op, left, right)
        return self._bits(to_sql(tree))

    def _bits(self, sql: str) -> _Truth:
        bit = self._column(sql, Type.BOOLEAN)
        return _Truth(
            self._name(f"{bit.there} & {bit.value}"), self._name(f"{bit.there} & (not {bit.value})")
        )

    def _is_null(self, inner: Expression) -> _Truth:
        if inner.type is Type.TEXT:
            return self._bits(to_sql(Apply("is null", (inner,), Type.BOOLEAN)))
        if inner.type is Type.BOOLEAN:
            of = self.truth(inner)
            there = self._name(f"{of.true} | {of.false}")
        else:
            there = self.value(inner).there
        return _Truth(self._name(f"not {there}"), there)

    def _compare(self, op: str, left: Expression, right: Expression) -> _Truth:
        a, b = self._alike(left, right)
        there = self._name(f"{a.there} & {b.there}")
        holds = self._name(f"{a.value} {_COMPARE[op]} {b.value}")
        return _Truth(self._name(f"{there} & {holds}"), self._name(f"{there} & (not {holds})"))

    def _between(self, what: Expression, low: Expression, high: Expression) -> _Truth:
        above, below = self._compare(">=", what, low), self._compare("<=", what, high)
        return _Truth(
            self._name(f"{above.true} & {below.true}"), self._name(f"{above.false} | {below.false}")
        )

    def _in(self, what: Expression, among: list[Expression]) -> _Truth:
        equal = [self._compare("=", what, one) for one in among]
        return _Truth(
            self._name(" | ".join(one.true for one in equal)),
            self._name(" & ".join(one.false for one in equal)),
        )

    def _alike(self, left: Expression, right: Expression) -> tuple[_Value, _Value]:
        """Both as they are, or, where a day meets a moment, the day as its first moment."""
        if left.type == right.type:
            return self.value(left), self.value(right)
        return self._as_moment(left), self._as_moment(right)

    def _as_moment(self, tree: Expression) -> _Value:
        value = self.value(tree)
        if tree.type is Type.DATETIME:
            return value
        return _Value(value.there, self._name(f"{value.value} * {DAY}"))


def _comparable(args: tuple[Expression, ...]) -> bool:
    kinds = {arg.type for arg in args}
    return kinds <= {Type.NUMBER} or kinds <= _DAYS
