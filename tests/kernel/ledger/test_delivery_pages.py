"""The office's pages of what is owed: seen by who may, dealt with by who may, personal parts hidden."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.people import appoint, sign_in
from tinhso.kernel.ledger import delivering
from tinhso.kernel.ledger.models import Delivery, DeliveryState, Entry
from tinhso.kernel.ledger.outbox import owe
from tinhso.kernel.notices.mail import owe_mail
from tinhso.measure.text import Text

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> Client:
    sign_in(client, appoint("administrator", "p75.2025"), strong=True)
    return client


@pytest.fixture
def stuck(settings: object) -> Delivery:
    settings.EMAIL_HOST = ""  # type: ignore[attr-defined]
    with transaction.atomic():
        one = owe_mail("ba.nam@example.vn", Text("Kín", "Kín"), Text("Lời riêng", ""), "vi")
        owe_mail("ba.nam@example.vn", Text("Sau", "Sau"), Text("Lời sau", ""), "vi")
    delivering.deliver(delivering.take())
    return one


def test_what_is_stuck_is_listed_with_why_and_its_words_are_hidden(
    administrator: Client, stuck: Delivery
) -> None:
    page = administrator.get(reverse("deliveries"), {"tinh-trang": "stuck"}).content.decode()
    assert "TINHSO_MAIL_URL" in page
    assert "kẹt, cần người xử lý" in page
    one = administrator.get(reverse("delivery", args=[stuck.uid])).content.decode()
    for secret in ("ba.nam", "Kín", "Lời riêng"):
        assert secret not in page + one


def test_what_waits_behind_leads_to_what_is_in_the_way(
    administrator: Client, stuck: Delivery
) -> None:
    behind = Delivery.objects.exclude(pk=stuck.pk).get()
    page = administrator.get(reverse("delivery", args=[behind.uid])).content.decode()
    assert reverse("delivery", args=[stuck.uid]) in page


def test_giving_up_without_a_reason_is_refused_with_a_word(
    administrator: Client, stuck: Delivery
) -> None:
    address = reverse("delivery_give_up", args=[stuck.uid])
    answer = administrator.post(address, {"ly-do": " "})
    assert answer.status_code == 400
    assert "nêu lý do" in answer.content.decode()
    assert administrator.post(address, {"ly-do": "Địa chỉ sai"}).status_code == 302
    stuck.refresh_from_db()
    assert (stuck.state, stuck.reason) == (DeliveryState.GIVEN_UP, "Địa chỉ sai")
    entry = Entry.objects.get(act="ledger.delivery.give-up")
    assert entry.position != ""


def test_retrying_makes_it_due(administrator: Client, stuck: Delivery) -> None:
    administrator.post(reverse("delivery_retry", args=[stuck.uid]))
    assert [one.uid for one in delivering.take()] == [stuck.uid]


def test_who_has_no_right_to_deliveries_sees_and_does_nothing(
    client: Client, stuck: Delivery
) -> None:
    sign_in(client, appoint("inspector", "p75.2025"), strong=True)
    assert client.get(reverse("deliveries")).status_code == 403
    assert client.post(reverse("delivery_retry", args=[stuck.uid])).status_code == 403


def test_a_payload_without_personal_parts_is_shown(administrator: Client) -> None:
    delivering.delivers("open-topic")(lambda parcel: None)
    try:
        with transaction.atomic():
            one = owe("open-topic", "k", {"ho_so": "H01"})
        page = administrator.get(reverse("delivery", args=[one.uid])).content.decode()
    finally:
        del delivering.HANDLERS["open-topic"]
    assert "H01" in page


def test_a_filter_that_does_not_exist_is_none(administrator: Client, stuck: Delivery) -> None:
    page = administrator.get(reverse("deliveries"), {"tinh-trang": "'", "trang": "x", "loai": "?"})
    assert page.status_code == 200
