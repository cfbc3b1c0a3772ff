"""What must be true of a stream beyond its shape (quy tắc của luồng bản ghi)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tinhso.measure.definition_files import DATES, NUMBERS, TEXTS, field_problems
from tinhso.measure.expressions import UNIT_LEVEL
from tinhso.measure.streams import Field, FieldType, Nature, Sensitivity, Stream
from tinhso.measure.text import Problem, message
from tinhso.measure.yamltree import Route, Tree

DUPLICATE_FIELD = message(
    "duplicate-field",
    vi="Trường “{name}” đã khai ở dòng {first}. Đổi tên hoặc bỏ một trong hai.",
    en='Field "{name}" is already declared on line {first}. Rename or remove one of the two.',
)
RESERVED_FIELD = message(
    "reserved-field",
    vi="“{name}” là tên có sẵn trong mọi luồng. Đặt tên khác.",
    en='"{name}" exists in every stream already. Choose another name.',
)
KEY_NOT_REQUIRED = message(
    "key-not-required",
    vi="Trường “{name}” thuộc khóa, ngày mặc định hoặc đơn vị của luồng nên phải có “required: true”.",
    en='Field "{name}" is part of the key, the default date or the unit, so it must say "required: true".',
)
REGISTER_KEY = message(
    "register-key",
    vi="Khóa của sổ tình trạng phải kết thúc bằng ngày mặc định “{date}” và có ít nhất một trường khác đứng trước.",
    en='The key of a register must end with its default date "{date}", after at least one other field.',
)
PERSON_NOT_PERSONAL = message(
    "person-not-personal",
    vi="Trường “{name}” giữ số định danh nên phải có “sensitivity: personal”.",
    en='Field "{name}" holds identity numbers, so it must say "sensitivity: personal".',
)
SECOND_PERSON = message(
    "second-person-field",
    vi="Mỗi luồng có nhiều nhất một trường kiểu “person”; “{first}” đã là trường đó.",
    en='A stream has at most one field of type "person"; "{first}" is it already.',
)
BAD_PATTERN = message(
    "bad-pattern",
    vi="Mẫu “{pattern}” không phải biểu thức chính quy hợp lệ.",
    en='The pattern "{pattern}" is not a valid regular expression.',
)
NOT_FOR_TYPE = message(
    "not-for-type",
    vi="Trường kiểu “{type}” không dùng khóa “{key}”. Bỏ khóa này.",
    en='A field of type "{type}" does not use the key "{key}". Remove it.',
)
ENUM_WITHOUT_VALUES = message(
    "enum-without-values",
    vi="Trường kiểu “enum” phải liệt kê giá trị. Thêm khóa “values”.",
    en='A field of type "enum" must list its values. Add the key "values".',
)
MINIMUM_ABOVE_MAXIMUM = message(
    "minimum-above-maximum",
    vi="Giá trị nhỏ nhất {minimum} lớn hơn giá trị lớn nhất {maximum}. Sửa một trong hai.",
    en="The minimum {minimum} is above the maximum {maximum}. Correct one of the two.",
)

#: Which types of field each optional key of a field goes with.
_KEY_TYPES: dict[str, tuple[FieldType, ...]] = {
    "values": (FieldType.ENUM,),
    "minimum": NUMBERS,
    "maximum": NUMBERS,
    "future": DATES,
    "pattern": TEXTS,
}


def stream_problems(tree: Tree, stream: Stream) -> list[Problem]:
    """Every problem of the stream that `tree` declares, each at its place."""
    problems = [
        problem
        for index in range(len(stream.fields))
        for problem in _look_at_field(tree, ("fields", index), stream.fields, index)
    ]
    return problems + list(_look_at_stream(tree, stream))


def _look_at_field(
    tree: Tree, route: Route, fields: tuple[Field, ...], index: int
) -> Iterable[Problem]:
    field, data = fields[index], tree.data["fields"][index]
    name_place = tree.place((*route, "name"))
    first = next(n for n, other in enumerate(fields) if other.name == field.name)
    if first != index:
        line = tree.place(("fields", first, "name")).line
        yield DUPLICATE_FIELD(name_place, name=field.name, first=line)
    if field.name == UNIT_LEVEL.name:
        yield RESERVED_FIELD(name_place, name=field.name)
    for key, types in _KEY_TYPES.items():
        if key in data and field.type not in types:
            yield NOT_FOR_TYPE(tree.key_place((*route, key)), type=field.type, key=key)
    if field.type is FieldType.ENUM and not field.values:
        yield ENUM_WITHOUT_VALUES(name_place)
    if field.type is FieldType.PERSON:
        if field.sensitivity is not Sensitivity.PERSONAL:
            yield PERSON_NOT_PERSONAL(tree.place((*route, "sensitivity")), name=field.name)
        earlier = next(f for f in fields if f.type is FieldType.PERSON)
        if earlier is not field:
            yield SECOND_PERSON(name_place, first=earlier.name)
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        yield MINIMUM_ABOVE_MAXIMUM(
            tree.place((*route, "minimum")), minimum=field.minimum, maximum=field.maximum
        )
    try:
        re.compile(field.pattern)
    except re.error:
        yield BAD_PATTERN(tree.place((*route, "pattern")), pattern=field.pattern)


def _look_at_stream(tree: Tree, stream: Stream) -> Iterable[Problem]:
    yield from field_problems(stream, stream.unit, tree.place(("unit",)), (FieldType.UNIT,))
    yield from field_problems(stream, stream.default_date, tree.place(("default_date",)), DATES)
    if stream.successor_unit:
        place = tree.place(("successor_unit",))
        yield from field_problems(stream, stream.successor_unit, place, (FieldType.UNIT,))
    for index, name in enumerate(stream.key):
        yield from field_problems(stream, name, tree.place(("key", index)), tuple(FieldType))
    needed = {*stream.key, stream.unit, stream.default_date}
    for index, field in enumerate(stream.fields):
        if field.name in needed and not field.required:
            yield KEY_NOT_REQUIRED(tree.place(("fields", index, "name")), name=field.name)
    ends_right = stream.key[-1] == stream.default_date and len(stream.key) > 1
    if stream.nature is Nature.REGISTER and not ends_right:
        yield REGISTER_KEY(tree.place(("key", len(stream.key) - 1)), date=stream.default_date)
