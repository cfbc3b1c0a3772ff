"""Categories as Open311's services: code, name, group, keywords, attributes (dịch vụ của Open311)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tinhso.measure.text import Text
from tinhso.measure.yamltree import read_yaml

PACKS = Path(__file__).resolve().parents[2] / "packs"

#: The category of what fits none, and of cases that nobody has sorted yet.
OTHER = "other"

#: What an attribute's datatype asks of who fills it in.
DATATYPES: Mapping[str, Text] = {
    "string": Text("Một dòng chữ", "A line of text"),
    "number": Text("Một số; phần lẻ sau dấu chấm", "A number, with a point before decimals"),
    "datetime": Text("Ngày giờ theo ISO 8601", "A date and time by ISO 8601"),
    "text": Text("Một đoạn chữ", "A passage of text"),
    "singlevaluelist": Text("Một khóa trong danh sách", "One key of the list"),
    "multivaluelist": Text("Các khóa trong danh sách", "Keys of the list"),
}


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


@cache
def services() -> Mapping[str, Service]:
    """All services by code, in the order of the categories. Raises ValueError for a pack that names
    an unknown category, group or datatype."""
    told = read_yaml(PACKS / "open311" / "services.yaml").data
    categories = read_yaml(PACKS / "cases" / "categories" / "feedback.yaml").data["categories"]
    lost = sorted(set(told["services"]) - {one["code"] for one in categories})
    if lost:
        raise ValueError(f"open311/services.yaml: no category {', '.join(lost)}")
    return {one["code"]: _service(one, told) for one in categories}


def service_of(category: str) -> Service:
    """The service of a case's category; of one that is no longer there, or none, the last."""
    return services().get(category) or services()[OTHER]


def _service(category: Mapping[str, Any], told: Mapping[str, Any]) -> Service:
    more = told["services"].get(category["code"], {})
    group = more.get("group", "other")
    if group not in told["groups"]:
        raise ValueError(f"open311/services.yaml: no group {group}")
    return Service(
        category["code"],
        Text(**category["name"]),
        Text(**category["help"]) if "help" in category else None,
        Text(**told["groups"][group]),
        tuple(more.get("keywords", ())),
        tuple(_attribute(one) for one in more.get("attributes", ())),
    )


def _attribute(one: Mapping[str, Any]) -> Attribute:
    if one["datatype"] not in DATATYPES:
        raise ValueError(f"open311/services.yaml: no datatype {one['datatype']}")
    return Attribute(
        one["code"],
        one["datatype"],
        one.get("required", False),
        Text(**one["name"]),
        Text(**one["hint"]) if "hint" in one else None,
        {str(value["key"]): Text(**value["name"]) for value in one.get("values", ())},
    )
