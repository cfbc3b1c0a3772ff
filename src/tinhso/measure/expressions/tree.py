"""The typed tree of an expression, the functions it may call, and its writing as SQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tinhso.measure.expressions.dialects import DUCKDB, Dialect
from tinhso.measure.streams import Field, FieldType, Sensitivity
from tinhso.measure.text import Text


class Type(StrEnum):
    BOOLEAN = "boolean"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    DATETIME = "datetime"


TYPE_NAMES = {
    Type.BOOLEAN: Text("đúng/sai", "true/false"),
    Type.NUMBER: Text("số", "a number"),
    Type.TEXT: Text("chữ", "text"),
    Type.DATE: Text("ngày", "a date"),
    Type.DATETIME: Text("ngày giờ", "a date with time"),
}

FIELD_TYPES = {
    FieldType.TEXT: Type.TEXT,
    FieldType.CODE: Type.TEXT,
    FieldType.ENUM: Type.TEXT,
    FieldType.INTEGER: Type.NUMBER,
    FieldType.MONEY: Type.NUMBER,
    FieldType.BOOLEAN: Type.BOOLEAN,
    FieldType.DATE: Type.DATE,
    FieldType.DATETIME: Type.DATETIME,
    FieldType.PERSON: Type.TEXT,
    FieldType.UNIT: Type.TEXT,
}

#: The level of the unit that the record names, in every stream. Agencies stand at their level.
UNIT_LEVEL = Field(
    "unit_level",
    FieldType.ENUM,
    Text("Cấp của đơn vị", "Level of the unit"),
    required=True,
    sensitivity=Sensitivity.PUBLIC,
    values=("province", "district", "commune"),
)


@dataclass(frozen=True)
class Ref:
    """A field of the stream."""

    name: str
    type: Type
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Constant:
    value: bool | int | str | date
    type: Type


@dataclass(frozen=True)
class Apply:
    """An operator or function over arguments; `op` is a key of `_TEMPLATES` or `FUNCTIONS`."""

    op: str
    args: tuple[Expression, ...]
    type: Type


Expression = Ref | Constant | Apply

ALWAYS = Constant(True, Type.BOOLEAN)


@dataclass(frozen=True)
class Function:
    """A function that expressions may call; `sql` is its DuckDB form over {0}, {1}."""

    name: str
    takes: tuple[frozenset[Type], ...]
    gives: Type
    sql: str

    @property
    def signature(self) -> str:
        return f"{self.name}({', '.join('abc'[: len(self.takes)])})"


DAY = frozenset({Type.DATE, Type.DATETIME})
NUMBER = frozenset({Type.NUMBER})
_TEXT = frozenset({Type.TEXT})

FUNCTIONS: dict[str, Function] = {
    f.name: f
    for f in (
        Function("days_between", (DAY, DAY), Type.NUMBER, "date_diff('day', {0}, {1})"),
        Function(
            "seconds_between",
            (frozenset({Type.DATETIME}), frozenset({Type.DATETIME})),
            Type.NUMBER,
            "date_diff('second', {0}, {1})",
        ),
        Function("date_of", (DAY,), Type.DATE, "CAST({0} AS DATE)"),
        Function("day_of", (DAY,), Type.NUMBER, "day({0})"),
        Function("month_of", (DAY,), Type.NUMBER, "month({0})"),
        Function("weekday_of", (DAY,), Type.NUMBER, "isodow({0})"),  # Monday is 1
        Function("hour_of", (frozenset({Type.DATETIME}),), Type.NUMBER, "hour({0})"),
        Function("last_day_of_month", (DAY,), Type.DATE, "last_day({0})"),
        Function("starts_with", (_TEXT, _TEXT), Type.BOOLEAN, "starts_with({0}, {1})"),
        Function("length", (_TEXT,), Type.NUMBER, "length({0})"),
        Function("abs", (NUMBER,), Type.NUMBER, "abs({0})"),
    )
}

#: Operators: (DuckDB form, binding strength). A weaker argument is put in parentheses.
_TEMPLATES: dict[str, tuple[str, int]] = {
    "or": ("{0} OR {1}", 1),
    "and": ("{0} AND {1}", 2),
    "not": ("NOT {0}", 3),
    "=": ("{0} = {1}", 4),
    "<>": ("{0} <> {1}", 4),
    "<": ("{0} < {1}", 4),
    "<=": ("{0} <= {1}", 4),
    ">": ("{0} > {1}", 4),
    ">=": ("{0} >= {1}", 4),
    "is null": ("{0} IS NULL", 4),
    "is true": ("{0} IS TRUE", 4),
    "is false": ("{0} IS FALSE", 4),
    "between": ("{0} BETWEEN {1} AND {2}", 4),
    "in": ("{0} IN ({1:})", 4),
    "+": ("{0} + {1}", 5),
    "-": ("{0} - {1}", 5),
    "*": ("{0} * {1}", 6),
    "%": ("{0} % {1}", 6),
    "neg": ("-{0}", 7),
}


def to_sql(tree: Expression, dialect: Dialect = DUCKDB) -> str:
    """The tree as SQL, with no more parentheses than it needs.

    Raises InputError for a constant that the dialect's engine cannot hold.

    >>> to_sql(Apply("and", (Ref("paid", Type.BOOLEAN), ALWAYS), Type.BOOLEAN))
    'paid AND true'
    """
    return _sql(tree, dialect)[0]


def _sql(tree: Expression, dialect: Dialect) -> tuple[str, int]:
    if isinstance(tree, Ref):
        return tree.name, 9
    if isinstance(tree, Constant):
        return dialect.literal(tree.value), 9
    if tree.op in FUNCTIONS:
        form = dialect.functions.get(tree.op, FUNCTIONS[tree.op].sql)
        return form.format(*(to_sql(arg, dialect) for arg in tree.args)), 9
    template, strength = dialect.operators.get(tree.op, _TEMPLATES[tree.op])
    args = []
    for position, arg in enumerate(tree.args):
        text, inner = _sql(arg, dialect)
        # Comparisons do not chain, -- begins a comment, and a * (b % c) is not (a * b) % c.
        weak = inner < strength or (
            inner == strength
            and (strength in (4, 7) or (position > 0 and tree.op in ("-", "*", "%")))
        )
        args.append(f"({text})" if weak else text)
    if strength in (5, 6) and _is_small(tree.args[0]) and not any(fields_of(tree)):
        args[0] = f"CAST({args[0]} AS BIGINT)"  # engines would reckon constants in 32 bits
    if tree.op == "in":
        return dialect.among(args[0], args[1:]), strength
    return template.format(*args), strength


def _is_small(tree: Expression) -> bool:
    """Whether an engine takes a term without fields for a number of 32 bits."""
    return isinstance(tree, Constant) or (isinstance(tree, Apply) and tree.op in ("neg", "abs"))


def fields_of(tree: Expression) -> Iterator[str]:
    """The names of the fields that the tree reads, with repeats."""
    if isinstance(tree, Ref):
        yield tree.name
    elif isinstance(tree, Apply):
        for arg in tree.args:
            yield from fields_of(arg)


def conjuncts(tree: Expression) -> Iterator[Expression]:
    """The conditions that all hold where the tree does: the sides of its outermost "and"s."""
    if isinstance(tree, Apply) and tree.op == "and":
        for side in tree.args:
            yield from conjuncts(side)
    else:
        yield tree
