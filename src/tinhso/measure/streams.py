"""Streams: the kinds of record that figures are computed from, declared once in a pack."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tinhso.measure.text import Text


class FieldType(StrEnum):
    """What a field holds, and with it how files are read and how expressions are typed."""

    TEXT = "text"
    CODE = "code"  # kept as written; never a number, however many digits
    ENUM = "enum"  # one of `values`
    INTEGER = "integer"  # counts; exact, 64 bits
    MONEY = "money"  # whole đồng; exact, 64 bits
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"  # wall time in Asia/Ho_Chi_Minh, to the second
    PERSON = "person"  # an identity number on its way in, a keyed pseudonym in the lake
    UNIT = "unit"  # the code of a unit or agency


SQL_TYPES: dict[FieldType, str] = {
    FieldType.TEXT: "VARCHAR",
    FieldType.CODE: "VARCHAR",
    FieldType.ENUM: "VARCHAR",
    FieldType.INTEGER: "BIGINT",
    FieldType.MONEY: "BIGINT",
    FieldType.BOOLEAN: "BOOLEAN",
    FieldType.DATE: "DATE",
    FieldType.DATETIME: "TIMESTAMP",
    FieldType.PERSON: "VARCHAR",
    FieldType.UNIT: "VARCHAR",
}


class Sensitivity(StrEnum):
    """Who may see a field: everybody, the offices concerned, or only with a stated purpose."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"


class Nature(StrEnum):
    """Flow: things that happen, summed. Register: states of things, of which the last known counts."""

    FLOW = "flow"
    REGISTER = "register"


@dataclass(frozen=True)
class Field:
    """One column of a stream. `minimum` and `maximum` are inclusive."""

    name: str
    type: FieldType
    label: Text
    required: bool = False
    sensitivity: Sensitivity = Sensitivity.INTERNAL
    values: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    future: bool = False  # may a date lie in the future (a due date may, a closing date may not)
    value_names: tuple[tuple[str, Text], ...] = ()  # how people call the `values`
    pattern: str = ""  # a regular expression that the whole text must match (CODE and TEXT)

    def name_of(self, value: str) -> Text | None:
        """How people call one of `values`; None where the pack gives no name."""
        return dict(self.value_names).get(value)

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.type]


@dataclass(frozen=True)
class Stream:
    """One kind of record (luồng bản ghi).

    `key` names the fields that tell one record from another; a later record of the same key is
    a correction. `unit` names the field with the unit that a record belongs to on its date.
    `default_date` is the date that places a record on the map and that units' codes are checked on.

    A register's key ends with its `default_date`: the key without it names the thing (`thing`)
    whose state the record tells, from that day until the thing's next record.
    """

    code: str
    name: Text
    nature: Nature
    key: tuple[str, ...]
    unit: str
    default_date: str
    fields: tuple[Field, ...]
    description: Text
    successor_unit: str = ""  # optional field with the unit of a later map, finer than `unit`
    state_when: str = ""  # an expression: which records of a register are states ("" for all)

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)

    @property
    def thing(self) -> tuple[str, ...]:
        return tuple(name for name in self.key if name != self.default_date)

    @property
    def dates(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields if f.type in (FieldType.DATE, FieldType.DATETIME))

    @property
    def person(self) -> Field | None:
        return next((field for field in self.fields if field.type is FieldType.PERSON), None)
