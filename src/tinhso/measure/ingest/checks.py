"""What must hold of each row of a stream, as SQL conditions with their messages (quy tắc kiểm tra).

Every rule is a condition that is true of a bad row, never NULL. All rows are judged by the rules
joined with OR; which rules a row broke is asked only of the bad ones, with the same conditions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from tinhso.measure.ingest import messages
from tinhso.measure.ingest.header import Layout, is_required
from tinhso.measure.ingest.parsing import literal, typed, usual_format
from tinhso.measure.ingest.sources import Cells
from tinhso.measure.streams import Field, FieldType, Sensitivity, Stream
from tinhso.measure.text import Message

CODE_LIMIT = 200
TEXT_LIMIT = 10_000
PROCEDURE_LIMIT = 60
#: Unusual codes of procedures are kept; what is no code at all is not. Without a count: `{1,60}`
#: makes the regular expression a hundred times slower.
_PROCEDURE = r"[\p{L}\p{N}.\-]+"
_PLAIN_PROCEDURE = r"[0-9A-Za-z.\-]+"

_NOT_READ: dict[FieldType, Message] = {
    FieldType.ENUM: messages.NOT_LISTED,
    FieldType.INTEGER: messages.NOT_INTEGER,
    FieldType.MONEY: messages.NOT_INTEGER,
    FieldType.BOOLEAN: messages.NOT_BOOLEAN,
    FieldType.DATE: messages.NOT_DATE,
    FieldType.DATETIME: messages.NOT_DATETIME,
}


@dataclass(frozen=True)
class Rule:
    """`condition` is SQL over `r0` ... (text) and `"v_<field>"` (typed), true of a bad row."""

    message: Message
    condition: str
    about: Field | None = None
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """How the columns of one file become fields: typed expressions and rules."""

    stream: Stream
    layout: Layout
    values: dict[str, str]  # field -> SQL over r0 ...
    rules: tuple[Rule, ...]
    day_first: frozenset[str] = frozenset()  # date fields that the file writes as d/m/yyyy

    def typed_sql(self, part: str) -> str:
        """`part` with a column `"v_<field>"` for every field of the stream."""
        columns = ", ".join(f'{sql} AS "v_{name}"' for name, sql in self.values.items())
        return f"(SELECT *, {columns} FROM {part})"

    @property
    def bad_sql(self) -> str:
        return " OR ".join(f"({rule.condition})" for rule in self.rules) or "false"

    @property
    def broken_sql(self) -> str:
        """The list of the indexes of the rules that a row broke."""
        cases = ", ".join(
            f"CASE WHEN {rule.condition} THEN {index} END" for index, rule in enumerate(self.rules)
        )
        return f"list_filter([{cases}]::INTEGER[], lambda x: x IS NOT NULL)"

    @property
    def blank_sql(self) -> str:
        """True of a row without any cell: it is passed over, as spreadsheets end in many."""
        cells = ", ".join(f"r{index}" for index in range(self.layout.width))
        return f"coalesce({cells}, _fault) IS NULL"


def reading(
    stream: Stream, layout: Layout, sample: list[Cells], today: date, *, may_hold_nul: bool
) -> Reading:
    """The reading of a file with this layout; `sample` are some of its rows."""
    values: dict[str, str] = {}
    rules: list[Rule] = []
    day_first: set[str] = set()
    for one in stream.fields:
        index = layout.columns.get(one.name)
        if index is None:
            values[one.name] = f"NULL::{one.sql_type}"
            continue
        cells = [row[index] if index < len(row) else None for row in sample]
        values[one.name] = typed(one, f"r{index}", cells)
        if one in stream.dates and usual_format(cells):
            day_first.add(one.name)
        rules += _rules(one, f"r{index}", today, required=is_required(stream, one))
        if may_hold_nul and one.type in (FieldType.TEXT, FieldType.CODE, FieldType.PERSON):
            rules.append(
                Rule(messages.CONTROL, f"coalesce(contains(r{index}, chr(0)), false)", one)
            )
    rules += [
        Rule(messages.NAMELESS_CELL, f"r{index} IS NOT NULL", params={"column": index + 1})
        for index in layout.nameless
    ]
    return Reading(stream, layout, values, tuple(rules), frozenset(day_first))


def _rules(one: Field, raw: str, today: date, *, required: bool) -> Iterator[Rule]:
    value = f'"v_{one.name}"'
    if required:
        yield Rule(
            messages.MISSING,
            f"CASE WHEN {value} IS NULL THEN trimmed({raw}) IS NULL ELSE false END",
            one,
        )
    if one.type in _NOT_READ:
        params: dict[str, object] = {}
        if one.type is FieldType.ENUM:
            params["values"] = ", ".join(one.values)
        unread = f"CASE WHEN {value} IS NULL THEN trimmed({raw}) IS NOT NULL ELSE false END"
        yield Rule(_NOT_READ[one.type], unread, one, params)
    if one.type in (FieldType.DATE, FieldType.DATETIME):
        yield from _date_rules(one, value, today)
    elif one.type in (FieldType.INTEGER, FieldType.MONEY):
        if one.minimum is not None:
            limit: dict[str, object] = {"limit": one.minimum}
            yield Rule(messages.TOO_SMALL, f"coalesce({value} < {one.minimum}, false)", one, limit)
        if one.maximum is not None:
            limit = {"limit": one.maximum}
            yield Rule(messages.TOO_LARGE, f"coalesce({value} > {one.maximum}, false)", one, limit)
    elif one.type is FieldType.PERSON:
        yield from _person_rules(one, raw)
    elif one.type in (FieldType.CODE, FieldType.UNIT, FieldType.TEXT):
        yield from _text_rules(one, value)


def _date_rules(one: Field, value: str, today: date) -> Iterator[Rule]:
    outside = f"{value} < DATE '1900-01-01' OR {value} >= DATE '2101-01-01'"
    yield Rule(messages.YEAR_RANGE, f"coalesce({outside}, false)", one)
    if not one.future:
        tomorrow = today + timedelta(days=1)
        future = f"{value} >= DATE '{tomorrow}' AND {value} < DATE '2101-01-01'"
        yield Rule(
            messages.IN_FUTURE,
            f"coalesce({future}, false)",
            one,
            {"today": f"{today:%d/%m/%Y}"},
        )


def _person_rules(one: Field, raw: str) -> Iterator[Rule]:
    number = f"identity({raw})"
    # Shorter than 11 and longer than 16 characters none of these can be but by its length.
    long = f"coalesce(strlen({raw}) > 60, false)"
    yield Rule(messages.TOO_LONG, long, one, {"limit": 60})
    digits = rf"regexp_full_match({number}, '\d{{11}}')"
    yield Rule(
        messages.LOST_ZERO,
        f"CASE WHEN strlen({raw}) >= 11 AND NOT (strlen({raw}) = 12 AND {raw} >= '!'"
        f" AND {raw} NOT LIKE '% %' AND {raw}[12] <> ' ') THEN {digits} ELSE false END",
        one,
    )
    yield _scientific(one, raw)


def _text_rules(one: Field, value: str) -> Iterator[Rule]:
    limit = TEXT_LIMIT if one.type is FieldType.TEXT else CODE_LIMIT
    too_long = f"CASE WHEN strlen({value}) > {limit} THEN length({value}) > {limit} ELSE false END"
    yield Rule(messages.TOO_LONG, too_long, one, {"limit": limit})
    if one.type is not FieldType.TEXT:
        yield _scientific(one, value)
    if one.pattern:
        matches = f"regexp_full_match({value}, {literal(one.pattern)})"
        shown: dict[str, object] = {"pattern": one.pattern}
        yield Rule(messages.WRONG_SHAPE, f"coalesce(NOT {matches}, false)", one, shown)
    if one.name == "procedure_code":
        strange = (
            f"CASE WHEN strlen({value}) <= {PROCEDURE_LIMIT}"
            f" AND regexp_full_match({value}, '{_PLAIN_PROCEDURE}') THEN false"
            f" WHEN {value} IS NULL THEN false ELSE length({value}) > {PROCEDURE_LIMIT}"
            f" OR NOT regexp_full_match({value}, '{_PROCEDURE}') END"
        )
        yield Rule(messages.NO_PROCEDURE, strange, one, {"limit": PROCEDURE_LIMIT})


def _scientific(one: Field, value: str) -> Rule:
    """Excel turns long codes into 1,23E+11, and the digits are gone."""
    looks = rf"regexp_full_match(trimmed({value}), '\d([.,]\d+)?E\+\d+')"
    return Rule(
        messages.SCIENTIFIC,
        f"CASE WHEN contains({value}, 'E+') THEN {looks} ELSE false END",
        one,
    )


def is_personal(one: Field) -> bool:
    return one.type is FieldType.PERSON or one.sensitivity is Sensitivity.PERSONAL
