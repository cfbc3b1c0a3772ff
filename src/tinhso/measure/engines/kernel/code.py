"""A plan as loops over columns: the source of a function that numba compiles.

Records go through in blocks. For a block, each term of a condition is one short loop over bytes or
whole numbers, which the processor does many at a time; then every record adds to one dense array,
`[slot][unit][step]`, once for each of its days. What only texts can answer, and arithmetic (whose
overflow the database reports), is asked of the database as a column of its own.

Logic is the database's, three-valued: a term is written for being true, or for being false, as it
is needed; where it is neither, it is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tinhso.measure.definitions import Aggregate
from tinhso.measure.expressions import Apply, Constant, Expression, Ref, Type, to_sql
from tinhso.measure.plan import UNTIL, Day, Plan

DAY = 86_400_000_000  # microseconds
EPOCH = date(1970, 1, 1).toordinal()

#: Records in a block: what is kept of them stays in the processor's nearest cache.
BLOCK = 1024

_COMPARE = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_DAYS = frozenset({Type.DATE, Type.DATETIME})
_CALENDAR = frozenset({"day_of", "month_of", "last_day_of_month"})


class Kind(StrEnum):
    """How a column comes: 0 or 1, whole numbers, days since 1970, or microseconds since then."""

    FLAG = "flag"
    NUMBER = "number"
    DAYS = "days"
    MICROSECONDS = "microseconds"


KINDS = {
    Type.BOOLEAN: Kind.FLAG,
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
    """The source of the function `run`, the columns that it takes, and where its results lie.

    `run(n, hashes, keys, places, units, slots, low, flags, numbers, counts, sums, peaks, <data and
    bits of each column>)` gives -1, or the number of a record whose unit is not among the keys.
    `flags` and `numbers` are room for a block's terms, as many rows of BLOCK as said here.
    """

    source: str
    columns: tuple[Column, ...]
    flags: int
    numbers: int
    counts: tuple[int, ...]  # the steps that count records, in the order of `counts[slot][unit]`
    sums: tuple[int, ...]  # those that add up a column, in that of `sums` and `peaks`


def loop_of(plan: Plan) -> Loop:
    return _Writer(plan).write()


#: In the place of a name of bytes: so for every record, or for none.
EVERY, NONE = "every", "none"


@dataclass(frozen=True)
class _Number:
    """Bytes that tell where there is a number (or EVERY), and the number of record j as source."""

    there: str
    value: str


class _Writer:
    """Writes terms in the order in which they are needed, each one once."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.columns: dict[Column, int] = {}
        self.flags = 0
        self.numbers = 0
        self.lines: list[str] = []
        self.known: dict[str, str] = {}

    def write(self) -> Loop:
        steps = self.plan.steps
        adds_up = [self.plan.quantities[s.quantity].aggregate is Aggregate.SUM for s in steps]
        counts = tuple(n for n, is_sum in enumerate(adds_up) if not is_sum)
        sums = tuple(n for n, is_sum in enumerate(adds_up) if is_sum)
        for day in self.plan.days:
            own = [n for n, step in enumerate(steps) if step.day == day]
            adds = [line for n in own for line in self._add(n, counts, sums)]
            at = self._day(self._column(day.field, self._type(day.field)), self._type(day.field))
            self.lines += self._adding(day, at, adds)
        source = self._function(len(counts), len(sums))
        return Loop(source, tuple(self.columns), self.flags, self.numbers, counts, sums)

    def _function(self, width: int, breadth: int) -> str:
        columns = "".join(f", c{n}, v{n}" for n in range(len(self.columns)))
        rooms = [f"f{n} = flags[{n}]" for n in range(self.flags)]
        rooms += [f"n{n} = numbers[{n}]" for n in range(self.numbers)]
        return "\n".join(
            (
                "def run(n, hashes, keys, places, units, slots, low,",
                f"        flags, numbers, counts, sums, peaks{columns}):",
                f"    width, breadth, mask, last = {width}, {breadth}, len(keys) - 1, len(slots) - 1",
                f"    unit, cell = np.empty({BLOCK}, np.int64), np.empty({BLOCK}, np.int64)",
                *(f"    {line}" for line in rooms),
                f"    for begin in range(0, n, {BLOCK}):",
                f"        m = min({BLOCK}, n - begin)",
                "        for j in range(m):",
                "            h = hashes[begin + j]",
                "            p = np.int64(h & np.uint64(mask))",
                "            while keys[p] != h and places[p] >= 0:",
                "                p = (p + 1) & mask",
                "            if places[p] < 0:",
                "                return begin + j",
                "            unit[j] = places[p]",
                *(f"        {line}" for line in self.lines),
                "    return -1",
                "",
            )
        )

    # -- adding up ---------------------------------------------------------------------------------

    def _add(self, n: int, counts: tuple[int, ...], sums: tuple[int, ...]) -> Iterator[str]:
        step = self.plan.steps[n]
        when = self.true(step.when)
        sign = "+" if step.sign > 0 else "-"
        if n in counts:
            amount = {EVERY: "1", NONE: "0"}.get(when, f"{when}[j]")
            yield f"counts[b + {counts.index(n)}] {sign}= {amount}"
        elif when != NONE:
            of = self._column(self.plan.quantities[step.quantity].field, Type.NUMBER)
            place = sums.index(n)
            yield f"if {' and '.join(f'{c}[j]' for c in (when, of.there) if c != EVERY)}:"
            yield f"    sums[e + {place}] {sign}= {of.value}"
            yield f"    peaks[{place}] = max(peaks[{place}], abs({of.value}))"

    @staticmethod
    def _adding(day: Day, at: _Number, adds: list[str]) -> Iterator[str]:
        """Where the record's slot of one day lies, and what is added there."""
        yield f"# {day.field}{f' + {day.after}' if day.after else ''}"
        yield "for j in range(m):"
        yield f"    d = {at.value} + ({day.after} - low)"
        yield "    cell[j] = slots[min(max(d, 0), last)] * units + unit[j]"
        yield "for j in range(m):"
        yield f"    if {at.there}[j]:"
        yield "        b, e = cell[j] * width, cell[j] * breadth"
        for line in adds:
            yield f"        {line}"

    # -- columns and numbers -----------------------------------------------------------------------

    def _type(self, name: str) -> Type:
        field = self.plan.stream.field(self.plan.stream.default_date if name == UNTIL else name)
        assert field is not None
        return {"date": Type.DATE, "datetime": Type.DATETIME}[field.type.value]

    def _column(self, sql: str, kind: Type) -> _Number:
        column = Column(sql, KINDS[kind])
        if column not in self.columns:
            n = self.columns[column] = len(self.columns)
            there = self.known[f"there {n}"] = self._room("f")
            self.lines += [
                f"x{n} = c{n}[begin:begin + m]",
                f"if len(v{n}) == 0:",
                f"    {there}[:m] = 1",
                "else:",
                "    for j in range(m):",
                f"        {there}[j] = (v{n}[(begin + j) >> 3] >> ((begin + j) & 7)) & 1",
            ]
        n = self.columns[column]
        value = f"np.int64(x{n}[j])" if column.kind is Kind.DAYS else f"x{n}[j]"
        return _Number(self.known[f"there {n}"], value)

    def _room(self, kind: str) -> str:
        if kind == "f":
            self.flags += 1
            return f"f{self.flags - 1}"
        self.numbers += 1
        return f"n{self.numbers - 1}"

    def _kept(self, source: str, kind: str) -> str:
        """The name of what `source` gives for each record j."""
        if source not in self.known:
            self.known[source] = self._room(kind)
            self.lines += ["for j in range(m):", f"    {self.known[source]}[j] = {source}"]
        return self.known[source]

    def _whole(self, source: str) -> str:
        return f"{self._kept(source, 'n')}[j]"

    def _number(self, tree: Expression) -> _Number:
        """A number, day or moment; what the loops cannot do is asked of the database."""
        if isinstance(tree, Constant):
            constant = tree.value
            assert not isinstance(constant, str)
            number = constant.toordinal() - EPOCH if isinstance(constant, date) else constant
            return _Number(EVERY, f"np.int64({int(number)})")
        if isinstance(tree, Apply) and tree.op in ("days_between", "seconds_between"):
            first, second = (self._moment(arg, tree.op) for arg in tree.args)
            there = self._all_of(first.there, second.there)
            return _Number(there, self._whole(f"{second.value} - {first.value}"))
        if isinstance(tree, Apply) and tree.op == "date_of":
            return self._day(self._number(tree.args[0]), tree.args[0].type)
        if isinstance(tree, Apply) and tree.op == "hour_of":
            moment = self._number(tree.args[0])
            hours = self._whole(_floor(moment.value, 3_600_000_000))
            days = self._whole(_floor(moment.value, DAY))
            return _Number(moment.there, self._whole(f"{hours} - 24 * {days}"))
        if isinstance(tree, Apply) and tree.op == "weekday_of":
            day = self._day(self._number(tree.args[0]), tree.args[0].type)
            since_monday = f"{day.value} + 3"  # 1 January 1970 was a Thursday
            weeks = self._whole(_floor(f"({since_monday})", 7))
            return _Number(day.there, self._whole(f"{since_monday} - 7 * {weeks} + 1"))
        if isinstance(tree, Apply) and tree.op in _CALENDAR:
            day = self._day(self._number(tree.args[0]), tree.args[0].type)
            return _Number(day.there, self._calendar(day.value, tree.op))
        if isinstance(tree, Ref):
            return self._column(tree.name, tree.type)
        return self._column(f"CAST({to_sql(tree)} AS BIGINT)", Type.NUMBER)

    def _moment(self, tree: Expression, op: str) -> _Number:
        number = self._number(tree)
        if op == "days_between":
            return self._day(number, tree.type)
        return _Number(number.there, self._whole(_floor(number.value, 1_000_000)))

    def _day(self, number: _Number, kind: Type) -> _Number:
        if kind is Type.DATE:
            return number
        return _Number(number.there, self._whole(_floor(number.value, DAY)))

    def _calendar(self, day: str, op: str) -> str:
        """The day of the month, the month, or the last day of the month, of a day since 1970.

        By counting from 1 March, 400 years a turn (H. Hinnant, "chrono-Compatible Low-Level Date
        Algorithms").
        """
        turn = self._whole(_floor(f"({day} + 719468)", 146_097))
        at = self._whole(f"{day} + 719468 - 146097 * {turn}")
        year = self._whole(
            _down(f"({at} - {_down(at, 1460)} + {_down(at, 36524)} - {_down(at, 146_096)})", 365)
        )
        of_year = self._whole(f"{at} - (365 * {year} + {_down(year, 4)} - {_down(year, 100)})")
        month = self._whole(_down(f"(5 * {of_year} + 2)", 153))  # March is 0
        if op == "month_of":
            return self._whole(f"{month} + 3 if {month} < 10 else {month} - 9")
        begin = _down(f"(153 * {month} + 2)", 5)
        day_of = self._whole(f"{of_year} - {begin} + 1")
        if op == "day_of":
            return day_of
        # February ends the year that began in March: it is long if the next civil year is a leap year.
        leap = f"({year} + 1) % 4 == 0 and (({year} + 1) % 100 != 0 or {year} == 399)"
        other = f"{_down(f'(153 * {month} + 155)', 5)} - {begin}"
        length = self._whole(f"(29 if {leap} else 28) if {month} == 11 else {other}")
        return self._whole(f"{day} - {day_of} + {length}")

    # -- conditions --------------------------------------------------------------------------------

    def _all_of(self, *names: str) -> str:
        if NONE in names:
            return NONE
        kept = sorted({name for name in names if name != EVERY})
        if len(kept) < 2:
            return kept[0] if kept else EVERY
        return self._kept(" & ".join(f"{name}[j]" for name in kept), "f")

    def _one_of(self, *names: str) -> str:
        if EVERY in names:
            return EVERY
        kept = sorted({name for name in names if name != NONE})
        if len(kept) < 2:
            return kept[0] if kept else NONE
        return self._kept(" | ".join(f"{name}[j]" for name in kept), "f")

    def _other_than(self, name: str) -> str:
        if name in (EVERY, NONE):
            return NONE if name == EVERY else EVERY
        return self._kept(f"{name}[j] ^ 1", "f")

    def true(self, tree: Expression) -> str:
        """Bytes that are 1 where the condition is true; 0 where it is false or unknown."""
        return self._says(tree, wanted=True)

    def _says(self, tree: Expression, *, wanted: bool) -> str:
        """Bytes that are 1 where the condition is true (`wanted`), or where it is false."""
        if isinstance(tree, Constant):
            return EVERY if bool(tree.value) is wanted else NONE
        if isinstance(tree, Ref):
            return self._asked(tree, wanted=wanted)
        match tree.op, tree.args:
            case "not", (inner,):
                return self._says(inner, wanted=not wanted)
            case "and" | "or", (left, right):
                both = (tree.op == "and") is wanted
                sides = self._says(left, wanted=wanted), self._says(right, wanted=wanted)
                return self._all_of(*sides) if both else self._one_of(*sides)
            case "is true" | "is false", (inner,):
                is_so = self._says(inner, wanted=tree.op == "is true")
                return is_so if wanted else self._other_than(is_so)
            case "is null", (inner,):
                there = self._is_there(inner)
                return self._other_than(there) if wanted else there
        if not _comparable(tree.args):
            return self._asked(tree, wanted=wanted)
        match tree.op, tree.args:
            case "between", (what, low, high):
                sides = (
                    self._compared(">=", what, low, wanted=wanted),
                    self._compared("<=", what, high, wanted=wanted),
                )
                return self._all_of(*sides) if wanted else self._one_of(*sides)
            case "in", (what, *among):
                equal = [self._compared("=", what, one, wanted=wanted) for one in among]
                return self._one_of(*equal) if wanted else self._all_of(*equal)
            case op, (left, right) if op in _COMPARE:
                return self._compared(op, left, right, wanted=wanted)
        return self._asked(tree, wanted=wanted)

    def _asked(self, tree: Expression, *, wanted: bool) -> str:
        """What the database says. As bytes: packed into bits, a column takes it three times as long."""
        flag = self._column(f"CAST({to_sql(tree)} AS UTINYINT)", Type.BOOLEAN)
        value = flag.value if wanted else f"({flag.value} ^ 1)"
        return self._kept(f"{flag.there}[j] & {value}", "f")

    def _is_there(self, tree: Expression) -> str:
        if tree.type is Type.TEXT:
            nothing = Apply("is null", (tree,), Type.BOOLEAN)
            return self._asked(nothing, wanted=False)
        if tree.type is Type.BOOLEAN:
            return self._one_of(self._says(tree, wanted=True), self._says(tree, wanted=False))
        return self._number(tree).there

    def _compared(self, op: str, left: Expression, right: Expression, *, wanted: bool) -> str:
        a, b = self._number(left), self._number(right)
        if left.type != right.type:  # where a day meets a moment, it is taken as its first one
            a, b = self._as_moment(a, left.type), self._as_moment(b, right.type)
        holds = self._kept(f"{a.value} {_COMPARE[op if wanted else _OPPOSITE[op]]} {b.value}", "f")
        return self._all_of(a.there, b.there, holds)

    def _as_moment(self, number: _Number, kind: Type) -> _Number:
        if kind is Type.DATETIME:
            return number
        return _Number(number.there, self._whole(f"{number.value} * {DAY}"))


def _down(source: str, divisor: int) -> str:
    """A number that is not negative, divided: without a sign the processor does several at once."""
    return f"np.int64(np.uint64({source}) // np.uint64({divisor}))"


def _floor(source: str, divisor: int) -> str:
    """Any number divided, rounded down: moved up by a multiple of the divisor, and back."""
    turns = 2**63 // divisor
    return f"{_down(f'({source} + np.int64({turns * divisor}))', divisor)} - {turns}"


def _comparable(args: tuple[Expression, ...]) -> bool:
    kinds = {arg.type for arg in args}
    return kinds <= {Type.NUMBER} or kinds <= _DAYS
