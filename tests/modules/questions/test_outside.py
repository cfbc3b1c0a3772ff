"""What other sites take: a frame for those named only, JSON that any page may read, Atom, CSV."""

from __future__ import annotations

import csv
import io
from xml.etree import ElementTree as ET

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from tinhso.modules.questions.actions import home_unit
from tinhso.modules.questions.models import Answer
from tinhso.modules.questions.sample import make_sample, samples

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published")]


@override_settings(TINHSO_EMBEDDERS=["https://so-a.example.vn"])
def test_only_sites_that_are_named_may_frame_the_page_made_for_it() -> None:
    unit = home_unit()
    page = Client().get(reverse("questions:embed", args=[unit]), {"tim": "khai sinh"})
    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://so-a.example.vn" in policy
    assert "X-Frame-Options" not in page.headers
    shown = page.content.decode()
    assert "khai sinh" in shown
    assert "<script" not in shown
    other = Client().get(reverse("questions:index"))
    assert other.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in other.headers["Content-Security-Policy"]


def test_any_page_may_read_the_search_and_learns_what_is_a_sample() -> None:
    answer = Client().get(reverse("questions:search-json"), {"tim": "mat can cuoc"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    first = answer.json()["answers"][0]
    assert first["question"].startswith("Mất căn cước")
    assert first["simulated"] is True


def test_the_file_holds_every_answer_and_the_feed_the_newest() -> None:
    body = b"".join(Client().get(reverse("questions:download")).streaming_content)  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert len(rows) == len(samples()) + 1  # and the sample question that was published
    assert {row["simulated"] for row in rows} == {"1"}
    feed = ET.fromstring(Client().get(reverse("questions:atom")).content)  # noqa: S314
    entries = feed.findall("{http://www.w3.org/2005/Atom}entry")
    assert len(entries) == 50
    assert "mô phỏng" in (entries[0].findtext("{http://www.w3.org/2005/Atom}title") or "")
    told = entries[0].findtext("{http://www.w3.org/2005/Atom}summary") or ""
    assert told.startswith("<p>")  # readers take it for HTML


def test_the_sample_is_made_once() -> None:
    before = Answer.objects.count()
    assert make_sample() == 0
    assert Answer.objects.count() == before
