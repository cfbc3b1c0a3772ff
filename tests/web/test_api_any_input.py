"""Whatever is asked, the API answers: with what was asked for, or with what is wrong."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_api import OF_SOMEBODY, PLAN, measured, operations

__all__ = ["measured"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("measured")]

#: Right values among wrong ones, so that parameters are tried together and not only refused.
VALUES: dict[str, list[str]] = {
    "period": [
        *("2025", "2025-Q2", "2025-Q3r", "2025-07a", "2025-06-ytd", "1900-01r", "2099-12-ytdr"),
        *("2025-Q5", "2025-13", "2025-06ar", "２０２５", "2024-H1"),
    ],
    "view": [
        "then",
        "2025-06-30",
        "2025-07-01",
        "20250701",
        "2025-W20-1",
        "0001-01-01",
        "9999-12-31",
    ],
    "unit": ["p70", "d688", "p75.2025", "VN", "p01", "nobody", "d688 "],
    "limit": ["1", "10", "100", "0", "-1", "1e3", "٣", "99999999999999999999"],
    "offset": ["0", "3", "10", "10000000", "-5", "1.0"],
    "sort": ["name", "value", "-value", "-denominator", "--value"],
    "below": ["children", "communes", "all"],
    "by": ["month", "period", "day"],
    "count": ["1", "12", "120", "121"],
    "standing": ["met", "behind", "unknown", "bad"],
    "pillar": ["CQS", "x", "chinh-quyen-so"],
    "level": ["commune", "province", "village"],
    "within": ["p70", "p75.2025", "nobody"],
    "day": ["2025-06-30", "1900-01-01", "2199-12-31", "0001-01-01", "2025-02-30", "1735689600"],
    "q": ["dong phu", ".", ",", "h. đồng phú, bình phước", "(", "\\", "%", "x" * 201],
    "stream": ["dossiers", "payments", "nothing"],
    "lang": ["vi", "en", "fr"],
    "ky": ["2025-Q1", "2025-Q9"],
    "dia-gioi": ["then", "hom-qua"],
    "don-vi": ["p70", "khong-co"],
}
NAMES = {
    "plan": ["binh-phuoc-2025", "vi-du-3-chi-tieu", "nothing"],
    "code": ["CQS-03", "HTS-01", "XHS-01", "CQS-99", "dossiers"],
    "part": ["numerator", "denominator", "known", "both"],
    "uid": ["p70", "VN", "p75.2025", "nobody"],
    "task": ["00000000-0000-4000-8000-000000000000", "MP-01"],
    "name": ["indicators", "common", "nothing"],
}
PATHS = sorted({path for path, _ in operations()} - OF_SOMEBODY)
anything = st.text(max_size=30)


@st.composite
def addresses(draw: st.DrawFn) -> str:
    path = draw(st.sampled_from(PATHS))
    for name, values in NAMES.items():
        if f"{{{name}}}" in path:
            wild = st.one_of(st.sampled_from(values[:1]), st.sampled_from(values), anything)
            path = path.replace(f"{{{name}}}", quote(draw(wild), safe=""))
    names = draw(st.lists(st.one_of(st.sampled_from(sorted(VALUES)), anything), max_size=4))
    query = [
        (name, draw(st.one_of(st.sampled_from(VALUES.get(name, ["x"])), anything)))
        for name in names
    ]
    return f"{path}?{urlencode(query)}"


def check(answer: Any) -> None:
    # 401: what only those may have whose token opens it, whatever else is wrong.
    assert answer.status_code in (200, 400, 401, 404), answer.content.decode()
    body = json.loads(answer.content)
    if answer.status_code != 200:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert body["problems"]
        assert all(one["code"] and one["detail"] and one["where"] for one in body["problems"])


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(address=addresses())
def test_no_address_makes_the_server_fail(client: Client, address: str) -> None:
    check(client.get(address))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    period=st.sampled_from(VALUES["period"]),
    view=st.one_of(st.sampled_from(VALUES["view"]), st.dates().map(str)),
    unit=st.sampled_from(VALUES["unit"]),
    tail=st.sampled_from(["overview", *(f"indicators/CQS-03/{t}" for t in ("table", "series"))]),
)
def test_any_lens_gives_figures_or_problems(
    client: Client, period: str, view: str, unit: str, tail: str
) -> None:
    query = urlencode({"period": period, "view": view, "unit": unit})
    check(client.get(f"{PLAN}/{tail}?{query}"))


@pytest.mark.parametrize(
    "headers",
    [
        {"accept-language": "\udcff"},
        {"accept-language": "en;q=x," * 50},
        {"if-none-match": '*, W/"x", ,"'},
        {"accept": "text/html"},
    ],
)
def test_odd_headers_do_no_harm(client: Client, headers: dict[str, str]) -> None:
    for address in (f"{PLAN}/overview", f"{PLAN}/overview?limit=0"):
        assert client.get(address, headers=headers).status_code in (200, 400)
