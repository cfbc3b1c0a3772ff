"""Anybody may ask for personal data on a published report to be hidden; it waits until a moderator settles it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.modules.feedback.test_desk_acts import HERE, PROVINCE, ROUTER, assigned, somebody
from tests.people import appoint, sign_in
from tinhso.kernel.cases import actions
from tinhso.kernel.cases.actions import Doer
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case
from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.ledger.models import Delivery, Entry
from tinhso.kernel.people.limits import Bucket
from tinhso.modules.feedback import officer_queue
from tinhso.modules.feedback.officer_needs import needs_of_cases
from tinhso.modules.feedback.views_hiding import ask_hiding

pytestmark = pytest.mark.django_db

NOTE = "ảnh 2, góc trái: con tôi, gọi 0912345678"


def published(*, ended: bool = False) -> Case:
    case = assigned()
    actions.publish(ROUTER, case, "Đèn hỏng", "Nhà bà Tư ở đầu hẻm")
    if ended:
        actions.act(Doer(SYSTEM, Role.LEAD, HERE), case, "answer", {"text": "Đã thay"})
    return case


def ask(case: Case, prefix: str = "", **posted: str) -> tuple[int, str]:
    """What a reader who never signed in is told."""
    where = f"{prefix}/phan-anh/{case.code}/xin-che/"
    answer = Client().post(where, {"why": "photo", "text": NOTE} | posted)
    case.refresh_from_db()
    return answer.status_code, answer.content.decode()


def moderating(client: Client) -> str:
    name = f"kiem-duyet-{uuid.uuid4().hex[:8]}"
    sign_in(client, appoint("call-taker", PROVINCE, name))
    return name


def to_hide(case: Case) -> list[str]:
    found = [one for one in needs_of_cases(timezone.localdate()) if one.kind == "feedback.hide"]
    return [one.thing for one in found if str(case.pk) in one.thing]


def test_a_reader_asks_once_and_whoever_asks_meanwhile_is_told_that_it_counts_as_the_same() -> None:
    case = published()
    state, clocks, due = case.state, actions.standing_of(case).clocks, case.pressing_at
    owed = Delivery.objects.exclude(topic="records").count()
    page = Client().get(f"/phan-anh/{case.code}/").content.decode()
    assert f'href="/phan-anh/{case.code}/xin-che/"' in page
    status, told = ask(case)
    assert (status, "Đã nhận yêu cầu của bạn" in told) == (200, True)
    for prefix, words in (("", "được tính chung với yêu cầu ấy"), ("/en", "counts as the same")):
        status, told = ask(case, prefix, text="biển số xe")
        assert (status, words in told) == (200, True)
    (event,) = case.history.filter(act="ask_hiding")
    assert (event.role, event.account, event.data["text"]) == ("public", None, NOTE)
    # It moves nothing, nobody is written to, and the note is in no ledger and on no public page.
    after = actions.standing_of(case)
    assert (case.state, after.clocks, case.pressing_at) == (state, clocks, due)
    assert Delivery.objects.exclude(topic="records").count() == owed
    assert NOTE not in str([one.details for one in Entry.objects.all()])
    public = Client().get(f"/phan-anh/{case.code}/").content.decode()
    assert "0912345678" not in public
    assert "che thông tin cá nhân" not in public


@pytest.mark.parametrize(
    ("posted", "told"),
    [
        ({"why": ""}, "Chọn điều gì lộ thông tin của bạn"),
        ({"why": "everything"}, "Chọn điều gì lộ thông tin của bạn"),
        ({"text": "x" * 501}, "nhiều nhất 500"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stays(
    posted: dict[str, str], told: str
) -> None:
    case = published()
    status, page = ask(case, **posted)
    assert (status, told in page) == (400, True)
    assert f"{({'text': NOTE} | posted)['text']}</textarea>" in page
    assert case.hiding_asked_at is None


def test_of_what_is_not_public_nothing_is_asked_and_floods_are_stopped_as_elsewhere() -> None:
    case = assigned()
    assert ask(case)[0] == 404
    limit = ask_hiding.limit  # type: ignore[attr-defined]
    assert (limit.address, limit.methods) == (Bucket(0.05, 40), {"POST"})


def test_moderators_find_it_in_the_queue_also_of_a_report_that_has_ended(client: Client) -> None:
    case = published(ended=True)
    ask(case)
    moderating(client)
    queue = client.get("/1022/").content.decode()
    assert "1 phản ánh công khai có người xin che thông tin cá nhân" in queue
    assert f'href="/1022/{case.code}/cong-khai/"' in queue
    for path in ("", "cong-khai/"):
        assert NOTE in client.get(f"/1022/{case.code}/{path}").content.decode()
    english = client.get(f"/en/1022/{case.code}/").content.decode()
    assert "A photo shows my face, number plate or home" in english
    assert len(to_hide(case)) == 1
    # Many are counted, and some of them named.
    for _ in range(officer_queue.NAMED):
        ask(published())
    named, count = officer_queue.asked_to_hide(somebody("call-taker", PROVINCE))
    assert (named[0].code, len(named), count) == (case.code, 5, 6)


def test_an_officer_who_does_not_moderate_sees_that_it_is_asked_and_settles_nothing(
    client: Client,
) -> None:
    case = published()
    ask(case)
    sign_in(client, appoint("officer", HERE, f"can-bo-{uuid.uuid4().hex[:6]}"))
    page = client.get(f"/1022/{case.code}/").content.decode()
    assert NOTE in page
    assert "cong-khai/" not in page
    assert "xin che thông tin cá nhân</strong>" not in client.get("/1022/").content.decode()
    for act in ("settle_hiding", "ask_hiding"):
        posted = {"outcome": "nothing", "why": "photo"}
        answer = client.post(f"/1022/{case.code}/viec/{act}/", posted)
        assert answer.status_code in (400, 404)
    moderation = f"/1022/{case.code}/cong-khai/"
    assert client.post(moderation, {"viec": "khong-che", "reason": "x"}).status_code == 403
    case.refresh_from_db()
    assert case.hiding_asked_at is not None
    assert case.history.last().act == "ask_hiding"


@pytest.mark.parametrize(
    ("posted", "outcome"),
    [
        ({"title": "Đèn hỏng", "text": "Ở đầu hẻm", "da-che": "1"}, "changed"),
        ({"viec": "thoi", "reason": "xem lại"}, "unpublished"),
        ({"viec": "khong-che", "reason": "ảnh không có người"}, "nothing"),
        ({"title": "Đèn hỏng", "text": "Ở đầu hẻm"}, None),
        ({"viec": "khong-che", "reason": " "}, None),
        ({"title": "Đèn hỏng", "text": "Gọi 0912345678", "da-che": "1"}, None),
    ],
    ids=["saved", "taken down", "not needed", "saved for another reason", "no reason", "wrong"],
)
def test_it_waits_until_a_moderator_says_what_became_of_it(
    client: Client, posted: dict[str, str], outcome: str | None
) -> None:
    case = published()
    ask(case)
    moderating(client)
    answer = client.post(f"/1022/{case.code}/cong-khai/", posted)
    case.refresh_from_db()
    settled = case.history.filter(act="settle_hiding").first()
    assert (settled.data["outcome"] if settled else None) == outcome
    assert (case.hiding_asked_at is None) == bool(outcome)
    assert len(to_hide(case)) == (0 if outcome else 1)
    page = client.get(f"/1022/{case.code}/").content.decode()
    assert ("xin che thông tin cá nhân</strong> <span" in page) == (not outcome)
    if answer.status_code == 400:  # what was not sent stands in the form as it was
        text = posted.get("text", "Nhà bà Tư ở đầu hẻm")
        assert f"{text}</textarea>" in answer.content.decode()


def test_after_it_was_settled_it_can_be_asked_again_and_is_another_thing_to_do(
    client: Client,
) -> None:
    case = published()
    ask(case)
    first = to_hide(case)
    name = moderating(client)
    page = f"/1022/{case.code}/cong-khai/"
    client.post(page, {"viec": "khong-che", "reason": "ảnh không có người"})
    # Somebody else had the page open: they are told, and nothing happens twice.
    late = client.post(page, {"viec": "khong-che", "reason": "ảnh không có người"})
    assert "có thể người khác vừa xử lý xong" in late.content.decode()
    told = client.get(f"/1022/{case.code}/").content.decode()
    assert "Xử lý yêu cầu che thông tin" in told
    assert "không cần che gì" in told
    assert name in told
    later = case.history.get(act="ask_hiding").at + timedelta(seconds=2)
    actions.act(
        Doer(SYSTEM, Role.PUBLIC), case, "ask_hiding", {"why": "text", "text": ""}, at=later
    )
    assert len(to_hide(case)) == 1
    assert to_hide(case) != first
