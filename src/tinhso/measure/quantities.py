"""Quantities: parts, typed and in one canonical form, so that equal parts are computed once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from tinhso.measure.definitions import (
    Aggregate,
    CheckKind,
    HonestyCheck,
    Indicator,
    Kind,
    Part,
    Window,
)
from tinhso.measure.expressions import (
    ALWAYS,
    Apply,
    Expression,
    Ref,
    Type,
    conjuncts,
    fields_of,
    parse,
    to_sql,
)
from tinhso.measure.streams import Nature, Stream


@dataclass(frozen=True)
class Quantity:
    """One column of the cube: an aggregate of one stream under a filter, by one date.

    A stock (`is_stock`) is kept as what enters and leaves in each slot; its level at a day is the
    running sum up to it. A flow is kept as what happens in each slot. `so_far` makes a stock of
    what happened up to the day, which nothing ever leaves.

    With `by`, only records count of which at least `at_least` share the field's value in one unit
    and slot (a concentration).
    """

    stream: str
    aggregate: Aggregate
    field: str
    where: Expression
    date: str
    until: str = ""
    register: bool = False
    by: str = ""
    at_least: int = 0
    so_far: bool = False

    @property
    def is_stock(self) -> bool:
        return self.register or bool(self.until) or self.so_far

    @cached_property
    def key(self) -> str:
        """A readable name that is equal exactly for equal quantities; stands in the cube's files."""
        what = f"{self.aggregate}({self.field})"
        when = f"{self.date}..{self.until}" if self.until else self.date
        if self.so_far:
            when = f"{self.date} so far"
        crowd = f" in crowds of {self.at_least} {self.by}" if self.by else ""
        return f"{self.stream}: {what} where {to_sql(self.where)} by {when}{crowd}"

    @property
    def fields(self) -> frozenset[str]:
        named = {self.field, self.date, self.until, self.by, *fields_of(self.where)}
        return frozenset(named - {"", "unit_level"})


@dataclass(frozen=True)
class Measured:
    """A part as the cube serves it.

    `presence` tells whether there is anything to add up at all (nobody told us is not zero). A
    stock of intervals may be empty and known to be so: there it asks for any record so far.
    `states` and `age`, for a register, count its states and sum the days they date from.
    """

    part: Part
    quantity: Quantity
    presence: Quantity
    states: Quantity | None
    age: Quantity | None
    window: Window

    @property
    def quantities(self) -> Iterator[Quantity]:
        for quantity in (self.quantity, self.presence, self.states, self.age):
            if quantity is not None:
                yield quantity


@dataclass(frozen=True)
class CompiledIndicator:
    indicator: Indicator
    numerator: Measured
    denominator: Measured | None
    known: Measured | None

    @property
    def quantities(self) -> Iterator[Quantity]:
        for measured in (self.numerator, self.denominator, self.known):
            if measured is not None:
                yield from measured.quantities


@dataclass(frozen=True)
class CompiledCheck:
    check: HonestyCheck
    records: Quantity
    over: Quantity


#: What stands for a register's `as_of` in an aggregate that tells how old states are.
DAY_NUMBER = "_day_number"


def compile_part(part: Part, streams: Mapping[str, Stream]) -> Measured:
    """Type a part against its stream. Raises InputError for an expression that is not right."""
    stream = streams[part.stream]
    where = parse(part.where, stream, part.place)
    register = stream.nature is Nature.REGISTER
    date = stream.default_date if register else (part.date or stream.default_date)
    quantity = Quantity(stream.code, part.aggregate, part.field, where, date, part.until, register)
    if part.aggregate is Aggregate.SUM:
        known = Apply(
            "not", (Apply("is null", (Ref(part.field, Type.NUMBER),), Type.BOOLEAN),), Type.BOOLEAN
        )
        presence_where: Expression = (
            where if known in conjuncts(where) else Apply("and", (where, known), Type.BOOLEAN)
        )
    else:
        presence_where = parse(part.told, stream, part.place) if part.told else ALWAYS
    presence = Quantity(
        stream.code,
        Aggregate.COUNT,
        "",
        presence_where,
        stream.default_date if part.until else date,
        register=register,
        so_far=bool(part.until),
    )
    states = age = None
    if register:
        states = Quantity(stream.code, Aggregate.COUNT, "", where, date, "", True)
        age = Quantity(stream.code, Aggregate.SUM, DAY_NUMBER, where, date, "", True)
    return Measured(part, quantity, presence, states, age, part.window)


def compile_indicator(indicator: Indicator, streams: Mapping[str, Stream]) -> CompiledIndicator:
    def compiled(part: Part | None) -> Measured | None:
        return None if part is None else compile_part(part, streams)

    numerator = compile_part(indicator.numerator, streams)
    if indicator.kind is Kind.UNITS and indicator.known is None:
        raise ValueError(f"{indicator.code}: kind units needs `known`")
    return CompiledIndicator(
        indicator, numerator, compiled(indicator.denominator), compiled(indicator.known)
    )


def compile_check(check: HonestyCheck, streams: Mapping[str, Stream]) -> CompiledCheck:
    records = compile_part(check.records, streams).quantity
    if check.kind is CheckKind.CONCENTRATION:
        records = replace(records, by=check.by, at_least=check.at_least)
    return CompiledCheck(check, records, compile_part(check.over, streams).quantity)
