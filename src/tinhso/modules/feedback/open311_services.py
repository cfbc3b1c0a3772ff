"""Categories as Open311's services: code, name, group, keywords, attributes (dịch vụ của Open311)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tinhso.kernel.rule_files import rule_file
from tinhso.kernel.rule_problems import UNKNOWN, codes, known, once
from tinhso.measure.definition_files import did_you_mean
from tinhso.measure.text import Problem, Text, message
from tinhso.measure.yamltree import Tree
from tinhso.modules.feedback.categories import FILE as CATEGORIES
from tinhso.modules.feedback.categories import OTHER, Category, categories

FILE = "open311/services.yaml"

#: What an attribute's datatype asks of who fills it in.
DATATYPES: Mapping[str, Text] = {
    "string": Text("Một dòng chữ", "A line of text"),
    "number": Text("Một số; phần lẻ sau dấu chấm", "A number, with a point before decimals"),
    "datetime": Text("Ngày giờ theo ISO 8601", "A date and time by ISO 8601"),
    "text": Text("Một đoạn chữ", "A passage of text"),
    "singlevaluelist": Text("Một khóa trong danh sách", "One key of the list"),
    "multivaluelist": Text("Các khóa trong danh sách", "Keys of the list"),
}

NO_VALUES = message(
    "service-no-values",
    vi="Điều hỏi thêm này chọn trong danh sách nhưng chưa có values. Thêm các lựa chọn.",
    en="This is chosen from a list, which is not there. Add values.",
)
NO_GROUP = message(
    "service-no-group",
    vi="Thiếu nhóm “{code}”, của những lĩnh vực không nêu nhóm. Thêm vào groups.",
    en='The group "{code}" is missing, that of categories which name none. Add it to groups.',
)
GROUP, CATEGORY = Text("nhóm", "group"), Text("lĩnh vực", "category")


@dataclass(frozen=True)
class Attribute:
    """Something that is asked besides. `values`: keys of a list with their names."""

    code: str
    datatype: str
    required: bool
    name: Text
    hint: Text | None
    values: Mapping[str, Text]


@dataclass(frozen=True)
class Service:
    """A category as Open311 offers it."""

    code: str
    name: Text
    help: Text | None
    group: Text
    keywords: tuple[str, ...]
    attributes: tuple[Attribute, ...]


def services() -> Mapping[str, Service]:
    """All services by code, in the order of the categories."""
    return _services(rule_file(FILE), rule_file(CATEGORIES))


@cache
def _services(source: Tree, sorted_by: Tree) -> Mapping[str, Service]:
    return {one.code: _service(one, source.data) for one in categories(sorted_by).values()}


def service_of(category: str) -> Service:
    """The service of a case's category; of one that is no longer there, or none, what fits none."""
    return services().get(category) or services()[OTHER]


def _service(category: Category, told: Mapping[str, Any]) -> Service:
    more = told["services"].get(category.code, {})
    return Service(
        category.code,
        category.name,
        category.help,
        Text(**told["groups"][more.get("group", OTHER)]),
        tuple(more.get("keywords", ())),
        tuple(_attribute(one) for one in more.get("attributes", ())),
    )


def _attribute(one: Mapping[str, Any]) -> Attribute:
    return Attribute(
        one["code"],
        one["datatype"],
        one.get("required", False),
        Text(**one["name"]),
        Text(**one["hint"]) if "hint" in one else None,
        {str(value["key"]): Text(**value["name"]) for value in one.get("values", ())},
    )


def wrong(source: Tree, categories: Collection[str]) -> Iterator[Problem]:
    """What a file of the right shape says that cannot be meant; `categories`: all there are."""
    told = source.data
    if OTHER not in told["groups"]:
        yield NO_GROUP(source.key_place(("groups",)), code=OTHER)
    for code, one in told["services"].items():
        route = ("services", code)
        if code not in categories:
            hint = did_you_mean(code, categories)
            place = source.key_place(route)
            yield UNKNOWN(place, what=CATEGORY, value=code, where=CATEGORIES, hint=hint)
        if "group" in one:
            yield from known(source, [(*route, "group")], told["groups"], GROUP, "groups")
        if "attributes" in one:
            yield from once(source, codes(source, *route, "attributes"))
        for n, asked in enumerate(one.get("attributes", ())):
            if asked["datatype"].endswith("list") and "values" not in asked:
                yield NO_VALUES(source.place((*route, "attributes", n)))
