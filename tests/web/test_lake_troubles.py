"""Where records cannot be read, pages that need them say so; figures measured already are shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import Client

PLAN = "binh-phuoc-2025"
OPEN = f"/ke-hoach/{PLAN}/chi-tieu/CQS-03/mo/"


@pytest.fixture
def no_records(site: None) -> Iterator[None]:
    """The record files of the site's lake are away."""
    records = Path(settings.TINHSO_LAKE.records)
    away = records.with_name("records-away")
    caches["pages"].clear()
    records.rename(away)
    try:
        yield
    finally:
        away.rename(records)
        caches["pages"].clear()


@pytest.mark.parametrize(
    ("prefix", "said"), [("", "Chưa đọc được bản ghi"), ("/en", "Records cannot be read now")]
)
def test_a_number_cannot_be_opened_and_the_page_says_why(
    no_records: None, client: Client, prefix: str, said: str
) -> None:
    answer = client.get(f"{prefix}{OPEN}")
    assert answer.status_code == 503
    assert said in answer.content.decode()
    assert ".parquet" in answer.content.decode()
    # And figures are there all the same.
    assert client.get(f"{prefix}/ke-hoach/{PLAN}/chi-tieu/CQS-03/").status_code == 200


def test_a_program_is_told_too(no_records: None, client: Client) -> None:
    answer = client.get(f"/api/v1/plans/{PLAN}/indicators/CQS-03/explanation")
    assert answer.status_code == 503, answer.content
    assert answer.json()["problems"][0]["code"] == "lake-file-missing"
