"""The working calendar's page: for everybody, in both languages."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_day_exchanged_is_shown_with_its_notice() -> None:
    page = Client().get("/lich-lam-viec/?nam=2026").content.decode()
    assert "12729/VPCP-KGVX" in page
    assert "chưa có thông báo" not in page
    assert (
        "tính theo luật, chưa có thông báo"
        in Client().get("/lich-lam-viec/?nam=2027").content.decode()
    )


def test_a_term_over_tet_is_told_day_by_day() -> None:
    page = (
        Client()
        .get("/en/lich-lam-viec/?tu=2026-02-13T16:00&so=1&tinh-theo=working-days")
        .content.decode()
    )
    assert "23 February 2026" in page
    assert page.count("Lunar New Year") >= 5


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("tu=hôm+qua&so=5", "hôm qua"),
        ("tu=1026-02-13T16:00&so=5", "1026-02-13"),
        ("tu=2026-02-13T16:00&so=năm", "từ 0 tới 400"),
        ("tu=2026-02-13T16:00&so=401", "từ 0 tới 400"),
        ("tu=2026-02-13T16:00&so=0&tinh-theo=days", "từ 1 tới 400"),
    ],
)
def test_what_cannot_be_reckoned_says_why(query: str, says: str) -> None:
    answer = Client().get(f"/lich-lam-viec/?{query}")
    assert answer.status_code == 400
    assert says in answer.content.decode()
