"""The schemas of GeoReport v2 as published, and the same for its XML.

They are read from the folder that OPEN311_SCHEMAS names, or from the data that lies beside the
project; nothing there says under what licence, so they are not copied here.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import jsonschema
import pytest
from defusedxml.ElementTree import fromstring

from tinhso.web.configuration import PROJECT

BESIDE = PROJECT.parent / "shared" / "reference" / "open311"


@cache
def schema(name: str) -> dict[str, Any]:
    folder = Path(os.environ.get("OPEN311_SCHEMAS") or BESIDE)
    if not (folder / f"{name}.json").exists():
        pytest.skip("NO OPEN311 SCHEMAS HERE: answers are NOT checked. Set OPEN311_SCHEMAS.")
    told: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    if told.get("type") == "array":
        told["items"] = schema(told["items"]["$ref"].removesuffix(".json"))
    return told


def check_json(name: str, data: Any) -> None:
    checker = jsonschema.FormatChecker()
    jsonschema.Draft7Validator(schema(name), format_checker=checker).validate(data)


def check_xml(name: str, content: bytes) -> None:
    """XML has no types of its own: each element is read as what the schema says that it is."""
    check_json(name, rows_of(name, content, "xml"))


def rows_of(name: str, content: bytes, form: str) -> Any:
    if form == "json":
        return json.loads(content)
    assert content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    return _read(fromstring(content), schema(name))


def _read(element: Element, told: dict[str, Any]) -> Any:
    kinds = {one.get("type") for one in told.get("anyOf", [told])}
    if "array" in kinds:
        assert not (element.text or "").strip()
        assert len({one.tag for one in element}) <= 1
        return [_read(one, told["items"]) for one in element]
    if "properties" in told:
        tags = [one.tag for one in element]
        assert len(tags) == len(set(tags))
        return {one.tag: _read(one, told["properties"].get(one.tag, {})) for one in element}
    assert len(element) == 0
    if "null" in kinds and not element.text:
        return None
    text = element.text or ""
    if "boolean" in kinds:
        return {"true": True, "false": False}.get(text, text)
    if kinds & {"number", "integer"}:
        return float(text) if "." in text else int(text)
    return text
