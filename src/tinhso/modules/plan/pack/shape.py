"""The shape of pack files: the published JSON Schemas, and their complaints in our own words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from referencing import Registry, Resource

from tinhso.kernel.rule_files import PACKS
from tinhso.measure.definition_files import did_you_mean
from tinhso.measure.text import Problem, Text, message, nearest
from tinhso.measure.yamltree import Route, Tree
from tinhso.modules.plan.pack._jsonschema import (
    Draft202012Validator,
    FormatChecker,
    ValidationError,
)

SCHEMAS = PACKS / "schema"

MISSING_KEY = message(
    "missing-key",
    vi="Thiếu khóa “{key}”{title}. Thêm khóa này.",
    en='The key "{key}"{title} is missing. Add it.',
)
MISSING_LANGUAGE = message(
    "missing-language",
    vi="Thiếu bản {language} (khóa “{key}”). Mọi văn bản phải có cả tiếng Việt và tiếng Anh.",
    en='The {language} text (key "{key}") is missing. Every text needs both Vietnamese and English.',
)
EMPTY_TEXT = message(
    "empty-text",
    vi="Văn bản này trống. Viết nội dung vào.",
    en="This text is empty. Write it.",
)
UNKNOWN_KEY = message(
    "unknown-key",
    vi="Không có khóa “{key}” ở chỗ này.{hint}",
    en='There is no key "{key}" here.{hint}',
)
WRONG_TYPE = message(
    "wrong-type",
    vi="Chỗ này phải là {wanted}, không phải {found}.{hint}",
    en="This must be {wanted}, not {found}.{hint}",
)
NOT_LISTED = message(
    "not-listed",
    vi="“{value}” không phải giá trị cho phép.{hint} Các giá trị: {known}.",
    en='"{value}" is not an allowed value.{hint} The values: {known}.',
)
TOO_SMALL = message(
    "too-small",
    vi="{value} nhỏ hơn mức thấp nhất cho phép là {limit}.",
    en="{value} is below the least that is allowed, {limit}.",
)
TOO_LARGE = message(
    "too-large",
    vi="{value} lớn hơn mức cao nhất cho phép là {limit}.",
    en="{value} is above the most that is allowed, {limit}.",
)
TOO_FEW = message(
    "too-few",
    vi="Danh sách này cần ít nhất {limit} mục, đang có {found}.",
    en="This list needs at least {limit} entries; it has {found}.",
)
REPEATED = message(
    "repeated-entry",
    vi="Danh sách này nêu “{value}” hơn một lần. Bỏ mục thừa.",
    en='This list names "{value}" more than once. Remove the repeat.',
)
WRONG_FORM = message(
    "wrong-form",
    vi="“{value}” viết chưa đúng dạng.{form}",
    en='"{value}" is not of the right form.{form}',
)
NOT_A_DATE = message(
    "not-a-date",
    vi="“{value}” không phải một ngày. Viết năm-tháng-ngày, ví dụ 2025-12-31.",
    en='"{value}" is not a date. Write year-month-day, such as 2025-12-31.',
)
EXACTLY_ONE = message(
    "exactly-one",
    vi="Phải có đúng một trong các khóa {keys}; {found}.",
    en="There must be exactly one of the keys {keys}; {found}.",
)
OTHER = message(
    "schema",
    vi="Giá trị không đúng lược đồ ở quy tắc “{rule}”.",
    en='The value breaks the rule "{rule}" of the schema.',
)

_LANGUAGES = {"vi": Text("tiếng Việt", "Vietnamese"), "en": Text("tiếng Anh", "English")}
_TYPES = {
    "object": Text("một bảng khóa – giá trị", "a mapping of keys to values"),
    "array": Text("một danh sách", "a list"),
    "string": Text("văn bản", "text"),
    "integer": Text("số nguyên", "a whole number"),
    "number": Text("số", "a number"),
    "boolean": Text("true hoặc false", "true or false"),
    "null": Text("giá trị trống", "an empty value"),
}
_NOTHING = Text("", "")
_QUOTE_IT = Text(
    " Đặt giá trị trong dấu nháy để giữ là văn bản.", " Put the value in quotes to keep it a text."
)
_PLAIN_NUMBER = Text(
    " Viết số không có nháy, phần thập phân sau dấu chấm, ví dụ 75.5.",
    " Write the number without quotes, decimals after a point, such as 75.5.",
)
_NONE_OF_THEM = Text("chưa có khóa nào", "there is none")
_QUOTE_COMMAS = Text(
    " Văn bản có dấu phẩy trong ngoặc nhọn thì đặt cả câu trong dấu nháy.",
    " A text with a comma, within braces, must stand in quotes as a whole.",
)


@lru_cache
def validator(schema: str) -> Draft202012Validator:
    """The validator of one published schema; references between schemas are resolved."""
    resources = [
        (path.name, Resource.from_contents(json.loads(path.read_text(encoding="utf-8"))))
        for path in sorted(SCHEMAS.glob("*.schema.json"))
    ]
    registry: Registry[Any] = Registry().with_resources(resources)
    contents = registry.contents(f"{schema}.schema.json")
    return Draft202012Validator(
        contents, registry=registry, format_checker=FormatChecker(formats=["date"])
    )


@lru_cache(maxsize=512)
def shape_problems(tree: Tree, schema: str) -> tuple[tuple[Route, Problem], ...]:
    """Every way in which the tree departs from the schema, with the route to it.

    Looked for once: packs that use the same library read the same trees.
    """
    found = []
    for error in validator(schema).iter_errors(tree.data):
        route: Route = tuple(error.absolute_path)
        found += [(route, problem) for problem in _translate(tree, route, error)]
    return tuple(_without_misspelt(found))


def _without_misspelt(found: list[tuple[Route, Problem]]) -> list[tuple[Route, Problem]]:
    """Leave out a missing key that stands there misspelt: that is one mistake, not two."""
    meant = {
        (route, str(problem.params["meant"]))
        for route, problem in found
        if problem.message is UNKNOWN_KEY
    }
    return [
        (route, problem)
        for route, problem in found
        if problem.message is not MISSING_KEY or (route, problem.params["key"]) not in meant
    ]


def _translate(tree: Tree, route: Route, error: ValidationError) -> Iterator[Problem]:
    place, value, limit = tree.place(route), error.instance, error.validator_value
    match error.validator:
        case "required":
            yield from _missing(tree, route, error)
        case "additionalProperties":
            yield from _unknown_keys(tree, route, error)
        case "type":
            yield _wrong_type(tree, route, error)
        case "enum":
            known = [str(one) for one in _list(limit)]
            hint = did_you_mean(str(value), known) if len(known) > 8 else _near(str(value), known)
            yield NOT_LISTED(place, value=_short(value), hint=hint, known=", ".join(known))
        case "minimum" | "exclusiveMinimum":
            yield TOO_SMALL(place, value=value, limit=limit)
        case "maximum":
            yield TOO_LARGE(place, value=value, limit=limit)
        case "minItems":
            yield TOO_FEW(place, limit=limit, found=len(_list(value)))
        case "uniqueItems":
            yield REPEATED(place, value=_short(_first_repeat(_list(value))))
        case "minLength":
            yield EMPTY_TEXT(place)
        case "pattern":
            yield from _wrong_form(tree, route, error)
        case "format":
            if _has_form_of_date(value):
                yield NOT_A_DATE(place, value=_short(value))
        case "oneOf" if isinstance(value, dict):
            yield _exactly_one(tree, route, error)
        case "oneOf":
            pass  # not a mapping at all, which its "type" says already
        case rule:
            yield OTHER(place, rule=rule)


def _missing(tree: Tree, route: Route, error: ValidationError) -> Iterator[Problem]:
    # jsonschema reports each missing key on its own, and names it only in its sentence.
    key = next(k for k in _list(error.validator_value) if error.message.startswith(f"{k!r} "))
    place = tree.key_place(route)
    if key in _LANGUAGES and set(_schema(error).get("properties", ())) == set(_LANGUAGES):
        yield MISSING_LANGUAGE(place, key=key, language=_LANGUAGES[key])
        return
    title = _schema(error).get("properties", {}).get(key, {}).get("title", "")
    yield MISSING_KEY(tree.place(route), key=key, title=_in_brackets(title))


def _unknown_keys(tree: Tree, route: Route, error: ValidationError) -> Iterator[Problem]:
    known = _schema(error).get("properties", {})
    given = error.instance if isinstance(error.instance, dict) else {}
    for key, value in given.items():
        if key not in known:
            others = [name for name in known if name not in given]
            cut_at_comma = set(known) == set(_LANGUAGES) and value is None
            hint = _QUOTE_COMMAS if cut_at_comma else did_you_mean(key, others)
            meant = nearest(key, others)
            yield UNKNOWN_KEY(tree.key_place((*route, key)), key=key, hint=hint, meant=meant)


def _wrong_type(tree: Tree, route: Route, error: ValidationError) -> Problem:
    wanted, value = str(error.validator_value), error.instance
    scalar = not isinstance(value, dict | list) and value is not None
    hint = _NOTHING
    if wanted == "string" and scalar:
        hint = _QUOTE_IT
    elif wanted in ("number", "integer") and isinstance(value, str):
        hint = _PLAIN_NUMBER
    return WRONG_TYPE(
        tree.place(route),
        wanted=_TYPES[wanted],
        found=_type_of(value),
        hint=hint,
    )


def _wrong_form(tree: Tree, route: Route, error: ValidationError) -> Iterator[Problem]:
    place, value = tree.place(route), error.instance
    if _schema(error).get("format") == "date":
        yield NOT_A_DATE(place, value=_short(value))
    elif not str(value).strip():
        yield EMPTY_TEXT(place)
    else:
        described = _halves(str(_schema(error).get("description", "")))
        form = Text(f" {described.vi}", f" {described.en}") if described.vi else _NOTHING
        yield WRONG_FORM(place, value=_short(value), form=form)


def _exactly_one(tree: Tree, route: Route, error: ValidationError) -> Problem:
    keys = [str(branch["required"][0]) for branch in _list(error.validator_value)]
    found = [key for key in keys if key in _list(error.instance)]
    given = ", ".join(found)
    there = Text(f"đang có {given}", f"there are {given}") if found else _NONE_OF_THEM
    return EXACTLY_ONE(tree.place(route), keys=", ".join(keys), found=there)


def _near(value: str, known: Sequence[str]) -> Text:
    """A hint only where a value is near: the whole list stands in the sentence already."""
    hint = did_you_mean(value, known)
    return hint if "?" in hint.vi else _NOTHING


def _has_form_of_date(value: object) -> bool:
    """Whether the pattern is met, so that only the calendar is wrong (2025-02-30)."""
    return re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", str(value)) is not None


def _type_of(value: object) -> Text:
    name = {bool: "boolean", int: "integer", str: "string", list: "array", dict: "object"}
    if value is None:
        return _TYPES["null"]
    return _TYPES[name.get(type(value), "number")]


def _first_repeat(items: list[Any]) -> object:
    return next(item for index, item in enumerate(items) if item in items[:index])


def _schema(error: ValidationError) -> dict[str, Any]:
    """The part of the schema that the value breaks; a mapping for every rule that we translate."""
    return error.schema if isinstance(error.schema, dict) else {}


def _list(value: Any) -> list[Any]:
    return list(value)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _halves(bilingual: str) -> Text:
    vi, _, en = bilingual.partition(" · ")
    return Text(vi, en or vi)


def _in_brackets(title: str) -> Text:
    text = _halves(title)
    return Text(f" ({text.vi})", f" ({text.en})") if title else _NOTHING
