"""Answers of Open311 in XML and JSON, and which of the two was asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request

XML, JSON = "xml", "json"
CONTENT_TYPES = {XML: "text/xml; charset=utf-8", JSON: "application/json; charset=utf-8"}

#: What a list's members are called in XML.
MEMBERS = {
    "attributes": "attribute",
    "endpoints": "endpoint",
    "formats": "format",
    "values": "value",
}
#: Characters that no XML 1.0 document may hold, in whatever way they are written.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Answered:
    """What is answered: in JSON `data`, in XML the element `root` with it, whose members, where it
    is a list, are called `member`."""

    root: str
    data: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    member: str = ""
    status: int = 200


def form_of(request: HttpRequest, extension: str) -> str:
    """The extension decides, then the Accept header, then XML, which the specification demands."""
    if extension:
        return extension
    best, found = 0.0, XML
    for part in request.headers.get("Accept", "").split(","):
        kind, _, rest = part.strip().partition(";")
        quality = re.search(r"(?:^|;)\s*q=([01](?:\.\d{1,3})?)\s*(?:;|$)", rest)
        weight = float(quality[1]) if quality else 1.0
        form = JSON if kind.strip().lower().endswith("json") else XML
        known = form == JSON or kind.strip().lower() in ("text/xml", "application/xml", "*/*")
        if known and weight > best:
            best, found = weight, form
    return found


def language_of(request: HttpRequest) -> str:
    """`lang` of the address, else Accept-Language, else Vietnamese."""
    asked = request.GET.get("lang", "")
    found = asked if asked in ("vi", "en") else get_language_from_request(request)
    return "en" if found.startswith("en") else "vi"


def written(request: HttpRequest, answered: Answered, form: str) -> HttpResponse:
    """The answer in the form, readable from pages of any origin: no cookie opens more of it."""
    if form == JSON:
        text = json.dumps(answered.data, ensure_ascii=False, allow_nan=False)
    else:
        text = to_xml(answered)
    response = HttpResponse(text, status=answered.status, content_type=CONTENT_TYPES[form])
    response.headers["Content-Language"] = language_of(request)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    patch_vary_headers(response, ["Accept", "Accept-Language"])
    return response


def to_xml(answered: Answered) -> str:
    """One document.

    >>> to_xml(Answered("services", [{"name": "a < b", "on": True, "note": None}], "service"))[39:]
    '<services><service><name>a &lt; b</name><on>true</on><note/></service></services>'
    """
    return f'<?xml version="1.0" encoding="utf-8"?>\n{_element(answered.root, answered.data, answered.member)}'


def _element(name: str, value: Any, member: str = "") -> str:
    if isinstance(value, Mapping):
        inner = "".join(_element(key, one) for key, one in value.items())
    elif isinstance(value, list | tuple):
        called = member or MEMBERS[name]
        inner = "".join(_element(called, one) for one in value)
    elif value is None:
        inner = ""
    elif isinstance(value, bool):
        inner = "true" if value else "false"
    else:
        inner = escape(_NO_XML.sub("\ufffd", str(value)))
    return f"<{name}>{inner}</{name}>" if inner else f"<{name}/>"
