"""Officers' acts: nobody does what policy and standing do not allow; nothing typed is lost."""

from __future__ import annotations

import io
import re
import uuid
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.people import appoint, sign_in
from tinhso.kernel.cases import actions, contacts, routing
from tinhso.kernel.cases.actions import Doer, Received
from tinhso.kernel.cases.contacts import Person
from tinhso.kernel.cases.kinds import Role, kind
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.standing import possible, refusal
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.files.storage import path_of
from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.people.accounts import seats_of
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.policy import ForbiddenError
from tinhso.kernel.people.who import Who
from tinhso.kernel.rule_files import product_file
from tinhso.kernel.units.register import register
from tinhso.measure.text import InputError
from tinhso.modules.feedback import officer_actions, officer_case
from tinhso.modules.feedback.officer_photos import WHOLE, Region, blur, regions
from tinhso.modules.feedback.words import answers_to_all

pytestmark = pytest.mark.django_db

FEEDBACK = kind("feedback")
NOW = datetime.now().astimezone()
PROVINCE, HERE, THERE, AWAY = "p75.2025", "c25210.2025", "c25195.2025", "p01"
RESIDENT, ROUTER = Doer(SYSTEM, Role.REQUESTER), Doer(SYSTEM, Role.ROUTER)


def who(account: Account) -> Who:
    return Who(NOW.date(), account.pk, account.name, seats_of(account.pk, NOW.date()))


def somebody(role: str, unit: str) -> Who:
    return who(appoint(role, unit, f"{role}-{uuid.uuid4().hex[:8]}"))


def received(title: str = "Đèn đường hỏng", **more: object) -> Case:
    told = Received("feedback", title, HERE, place=HERE, **more)  # type: ignore[arg-type]
    return actions.open_case(RESIDENT, told, at=NOW - timedelta(hours=2))


def assigned(to: str = HERE) -> Case:
    case = received()
    actions.act(ROUTER, case, "route", {"unit": to})
    return case


def codes(error: InputError) -> list[str]:
    return [one.code for one in error.problems]


# -- who may do what ----------------------------------------------------------------------------------

GIVES = {role["code"]: role["gives"] for role in product_file("roles/roles.yaml").data["roles"]}
DATA = {
    "unit": THERE, "units": [THERE], "text": "x", "reason": "y", "why": "photo", "outcome": "nothing",
}  # fmt: skip


def reaches(role: str, verb: str, seat: str, unit: str) -> bool:
    """Worked out apart from the product: from the roles file and the map."""
    path = register().boundaries.map(NOW.date()).path(unit)
    within = {
        "all": True,
        "own": seat == unit,
        "subtree": seat in path,
        "province": next(one for one in path if one.startswith("p"))
        == next(
            one for one in register().boundaries.map(NOW.date()).path(seat) if one.startswith("p")
        ),
    }
    scopes = [one["scope"] for one in GIVES[role] if f"cases.case:{verb}" in one["rights"]]
    return any(within[scope] for scope in scopes)


@pytest.fixture
def people() -> dict[tuple[str, str], Who]:
    return {
        (role, unit): somebody(role, unit)
        for role in GIVES
        for unit in (PROVINCE, HERE, THERE, AWAY)
    }


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_nobody_does_what_policy_and_standing_do_not_allow(
    people: dict[tuple[str, str], Who], data: st.DataObject
) -> None:
    with transaction.atomic():
        case, other = received(), received("Việc khác")
        filled = {**DATA, "case": str(other.pk)}
        for _ in range(data.draw(st.integers(0, 5), label="acts before")):
            now = actions.standing_of(case)
            ways = [(role, act.code) for role in Role for act in possible(now, role, NOW)]
            role, act = data.draw(st.sampled_from(ways))
            unit = now.members[0] if role is Role.MEMBER and now.members else now.lead
            told = {name: filled[name] for name in FEEDBACK.acts[act].needs}
            actions.act(Doer(SYSTEM, role, unit), case, act, told)
        now = actions.standing_of(case)
        asking_now = data.draw(st.lists(st.sampled_from(sorted(people)), min_size=4, max_size=8))
        for role_code, seat in asking_now:
            asking = people[role_code, seat]
            parts = {
                Role.ROUTER: any(
                    reaches(role_code, "route", seat, one) for one in (HERE, now.lead) if one
                ),
                Role.LEAD: bool(now.lead) and reaches(role_code, "handle", seat, now.lead),
                Role.MEMBER: any(reaches(role_code, "handle", seat, one) for one in now.members),
            }
            act = data.draw(st.sampled_from(sorted(FEEDBACK.acts)))
            may = any(held and refusal(now, act, role, NOW) is None for role, held in parts.items())
            if act == "merge":  # only into what they may read
                may &= any(reaches(role_code, verb, seat, HERE) for verb in ("view", "route"))
            told = {name: filled[name] for name in FEEDBACK.acts[act].needs}
            before = (case.history.count(), Entry.objects.count())
            try:
                with transaction.atomic():
                    officer_actions.do(asking, case, act, told)
                    done = True
                    transaction.set_rollback(True)  # the next one finds the same case
            except InputError:
                done = False
            assert done == may, (role_code, seat, act, now.state)
            assert (case.history.count(), Entry.objects.count()) == before
            case.refresh_from_db()
        transaction.set_rollback(True)


def test_only_who_may_moderate_publishes_and_only_who_has_a_seat_enters() -> None:
    case = assigned()
    with pytest.raises(ForbiddenError):
        officer_actions.publish(somebody("officer", HERE), case, "Đèn hỏng", "")
    officer_actions.publish(somebody("call-taker", PROVINCE), case, "Đèn hỏng", "")
    assert case.published_at is not None
    told = Received("feedback", "Ổ gà", HERE)
    with pytest.raises(ForbiddenError):
        officer_actions.enter(somebody("inspector", PROVINCE), told, Person())


# -- two at once ------------------------------------------------------------------------------------------


def test_a_stale_answer_is_refused_with_what_happened_and_the_words_are_kept(
    client: Client,
) -> None:
    case = assigned()
    account = appoint("officer", HERE, f"can-bo-{uuid.uuid4().hex[:6]}")
    sign_in(client, account)
    seen = case.events
    actions.act(Doer(SYSTEM, Role.LEAD, HERE), case, "note", {"text": "Đã cử thợ"})
    posted = {"text": "Đã thay bóng đèn lúc 9 giờ", "seen": seen}
    page = client.post(f"/1022/{case.code}/viec/answer/", posted)
    assert page.status_code == 400
    text = page.content.decode()
    assert "Trong lúc bạn xem, vụ việc có thay đổi: ghi chú nội bộ." in text
    assert "Đã thay bóng đèn lúc 9 giờ</textarea>" in text
    assert 'class="fresh"' in text
    assert case.history.filter(act="answer").count() == 0
    # Sent again from the page that tells of it, it is done.
    assert f'name="seen" value="{seen + 1}"' in text
    client.post(f"/1022/{case.code}/viec/answer/", {**posted, "seen": seen + 1})
    case.refresh_from_db()
    assert case.state == "answered"


def test_where_the_act_is_not_possible_any_more_what_was_typed_is_still_there(
    client: Client,
) -> None:
    case = assigned()
    sign_in(client, appoint("officer", HERE, f"can-bo-{uuid.uuid4().hex[:6]}"))
    seen = case.events
    actions.act(Doer(SYSTEM, Role.LEAD, HERE), case, "answer", {"text": "Xong"})
    page = client.post(
        f"/1022/{case.code}/viec/answer/", {"text": "Câu trả lời dài của tôi", "seen": seen}
    )
    assert page.status_code == 400
    assert "Câu trả lời dài của tôi" in page.content.decode()


# -- what devices said -------------------------------------------------------------------------------------


def told_of(client: Client, data: dict[str, object], prefix: str = "") -> str:
    """The line of a case's page on what devices said, "" where there is none."""
    case = received(data=data)
    sign_in(client, appoint("officer", HERE, f"can-bo-{uuid.uuid4().hex[:6]}"))
    page = client.get(f"{prefix}/1022/{case.code}/").content.decode()
    found = re.search(r'<p class="note small">(.*?)</p>', page, re.DOTALL)
    return found[1] if found else ""


def exif(before: timedelta) -> str:
    return (NOW.astimezone(LOCAL) - timedelta(hours=2) - before).strftime("%Y:%m:%d %H:%M:%S")


def iso(before: timedelta) -> str:
    return (NOW - timedelta(hours=2) - before).astimezone(UTC).isoformat()


def test_officers_read_how_far_a_devices_time_and_a_photos_place_are_from_what_is_on_record(
    client: Client,
) -> None:
    data = {
        "device_at": iso(timedelta(days=3)),
        "photo_at": exif(timedelta(days=31, hours=1)),
        "photo_far": True,
    }
    said = told_of(client, data)
    assert "3 ngày trước giờ nhận (viết khi không có mạng thì gửi được muộn hơn)." in said
    assert "31 ngày trước giờ nhận." in said
    assert "có ảnh chụp cách xã, phường ghi trong phản ánh hơn 30 km." in said
    english = told_of(client, data, "/en")
    assert "3 days before it was received (one written without signal is sent later)." in english
    assert "31 days before the report was received." in english
    assert "more than 30 km from the commune" in english
    ahead = told_of(client, {"device_at": iso(-timedelta(days=1, hours=1))})
    assert "1 ngày sau giờ nhận." in ahead


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"device_at": iso(timedelta(hours=23))},
        {"device_at": iso(-timedelta(hours=23))},
        {"photo_at": exif(timedelta(days=29, hours=23)), "photo_far": False},
        {"device_at": "", "photo_at": "0000:00:00 00:00:00"},
        {"device_at": "9999-12-31T23:59:59-14:00", "photo_at": "hôm qua"},
    ],
    ids=["nothing", "late", "ahead", "photo", "empty", "impossible"],
)
def test_officers_read_nothing_of_devices_where_it_does_not_matter(
    client: Client, data: dict[str, object]
) -> None:
    assert told_of(client, data) == ""


def test_the_oldest_time_that_a_device_can_say_does_not_keep_officers_from_the_case(
    client: Client,
) -> None:
    said = told_of(client, {"device_at": "0001-01-01T00:00:00", "photo_at": "0001:01:01 00:00:00"})
    assert said.count("ngày trước giờ nhận") == 2


# -- pictures by address ----------------------------------------------------------------------------------

GOOD = "https://photo.zalo.example/1.jpg?a=1&b=2"
BAD = (
    "javascript:alert(document.domain)//https://photo.example/",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "JAVASCRIPT://photo.example/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "//photo.example/1.jpg",
    "https://zalo.vn@photo.example/1.jpg",
    "https://zalo.vn\\@photo.example/1.jpg",
    "https://[photo.example/1.jpg",
    'https://photo.example/" onmouseover="alert(1)',
    "ftp://photo.example/1.jpg",
    "",
)


def test_officers_open_a_picture_that_was_only_named_by_its_address(client: Client) -> None:
    case = received(data={"media_url": [GOOD]})
    actions.act(RESIDENT, case, "add", {"text": "Thêm ảnh", "media_url": ["http://kho.example/2"]})
    sign_in(client, appoint("officer", HERE, f"can-bo-{uuid.uuid4().hex[:6]}"))
    page = client.get(f"/1022/{case.code}/").content.decode()
    links = re.findall(r'<a href="([^"]*)" target="_blank" rel="([^"]*)">([^<]*)</a>', page)
    rel = "noopener noreferrer nofollow"
    assert [(unescape(one), how, said) for one, how, said in links] == [
        ("http://kho.example/2", rel, "kho.example"),
        (GOOD, rel, "photo.zalo.example"),
    ]
    # It is told to officers only, not to everybody.
    actions.publish(ROUTER, case, "Đèn đường hỏng", "Trước chợ")
    assert "zalo.example" not in client.get(f"/phan-anh/{case.code}/").content.decode()


@pytest.mark.parametrize("address", BAD)
def test_what_is_no_address_of_the_web_never_becomes_a_link(client: Client, address: str) -> None:
    case = received(data={"media_url": [address]})
    sign_in(client, appoint("officer", HERE, f"can-bo-{uuid.uuid4().hex[:6]}"))
    page = client.get(f"/1022/{case.code}/").content.decode()
    assert 'target="_blank"' not in page
    assert "alert(" not in page
    assert "photo.example" not in page


# -- contact -----------------------------------------------------------------------------------------------


def test_contact_details_are_opened_for_a_purpose_and_that_is_on_record(client: Client) -> None:
    sender, _ = contacts.keep(Person("Bà Tư", phone="0912345678"))
    told = Received("feedback", "Đèn hỏng", HERE, place=HERE)
    case = actions.open_case(RESIDENT, told, sender)
    taker = appoint("call-taker", PROVINCE, f"tong-dai-{uuid.uuid4().hex[:6]}")
    sign_in(client, taker)
    where = f"/1022/{case.code}/lien-he/"
    assert "0912345678" not in client.get(where).content.decode()
    assert client.post(where, {"purpose": " "}).status_code == 400
    assert not Entry.objects.filter(act="cases.contact.open").exists()
    shown = client.post(where, {"purpose": "gọi hỏi cột đèn số mấy"})
    assert "0912345678" in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    entry = Entry.objects.get(act="cases.contact.open")
    assert (entry.actor, entry.details["reason"]) == (str(taker.pk), "gọi hỏi cột đèn số mấy")
    assert "0912345678" not in str(entry.details)
    # Nowhere else does the number stand: not on the case's page, not in the list.
    assert "0912345678" not in client.get(f"/1022/{case.code}/").content.decode()
    with pytest.raises(ForbiddenError):
        officer_actions.open_contacts(somebody("leader", THERE), case, "xem thử")


# -- what goes public ---------------------------------------------------------------------------------------


def test_what_goes_public_is_looked_at_again_where_it_holds_a_number() -> None:
    case, by = assigned(), somebody("call-taker", PROVINCE)
    with pytest.raises(InputError) as refused:
        officer_actions.publish(by, case, "Đèn hỏng", "Gọi 0912 345 678")
    assert codes(refused.value) == ["feedback-look-again"]
    assert case.published_at is None
    officer_actions.publish(by, case, "Đèn hỏng", "Gọi 0912 345 678", looked=True)
    officer_actions.unpublish(by, case, "có số điện thoại")
    assert case.published_at is None


def test_everybody_reads_the_words_that_an_agency_gives_for_all_and_never_those_for_the_sender(
    client: Client,
) -> None:
    case = assigned()
    officer_actions.publish(somebody("call-taker", PROVINCE), case, "Đèn đường hỏng", "")
    sign_in(client, appoint("officer", HERE, f"can-bo-{uuid.uuid4().hex[:6]}"))
    form, own = f"/1022/{case.code}/viec/answer/", "Chào bà Tư, thợ gọi bà qua 0912 345 678"
    # Taken over from the words for the sender, they are looked at before they go.
    taken = client.post(form, {"text": own, "chep": "1"})
    assert taken.content.decode().count("0912 345 678</textarea>") == 2
    assert client.post(form, {"text": own, "public_text": own}).status_code == 400
    for_all = "Đã thay bóng đèn cột 12."
    client.post(form, {"text": own, "public_text": for_all, "seen": case.events})
    everybody = Client()
    for path in ("", f"{case.code}/", "tin.atom", "du-lieu.csv"):
        page = everybody.get(f"/phan-anh/{path}").getvalue().decode()
        assert for_all in page, path
        assert "bà Tư" not in page, path


def test_moderation_gives_an_answer_its_words_for_everybody_changes_them_and_takes_them_back(
    client: Client,
) -> None:
    case, lead = assigned(), Doer(SYSTEM, Role.LEAD, HERE)
    actions.act(lead, case, "answer", {"text": "Đã vá, gọi 0912 345 678"})
    sign_in(client, appoint("call-taker", PROVINCE, f"tong-dai-{uuid.uuid4().hex[:6]}"))
    page, form = f"/1022/{case.code}/cong-khai/", {"title": "Ổ gà", "text": ""}
    public = f"/phan-anh/{case.code}/"
    client.post(page, form)
    assert "Đã vá" not in Client().get(public).content.decode()
    (n,) = case.history.filter(act="answer").values_list("n", flat=True)
    copied = client.post(page, {**form, "chep": str(n)}).content.decode()
    assert "Đã vá, gọi 0912 345 678</textarea>" in copied
    assert client.post(page, {**form, f"said-{n}": "Gọi 0912 345 678"}).status_code == 400
    client.post(page, {**form, f"said-{n}": "Đã vá."})
    assert "<blockquote>Đã vá.</blockquote>" in Client().get(public).content.decode()
    client.post(page, {**form, f"said-{n}": "Đã vá.\r\nHẹn kiểm tra lại."})
    client.post(page, form)  # a page from before there was an answer takes nothing back
    assert answers_to_all([case]) == {case.pk: "Đã vá.\nHẹn kiểm tra lại."}
    client.post(page, {**form, f"said-{n}": ""})
    assert answers_to_all([case]) == {}
    assert case.history.get(n=n).data == {"text": "Đã vá, gọi 0912 345 678"}
    # Who may route but not moderate does not get at it by the act's own address.
    assert client.post(f"/1022/{case.code}/viec/release/", {}).status_code == 404


def test_a_blurred_photo_is_another_file_and_the_original_stays_as_it_was() -> None:
    stripes = Image.new("RGB", (200, 100), "white")
    for x in range(0, 200, 4):
        stripes.paste((0, 0, 0), (x, 0, x + 2, 100))
    out = io.BytesIO()
    stripes.save(out, "PNG")
    case, by = assigned(), somebody("call-taker", PROVINCE)
    officer_actions.do(
        somebody("officer", HERE), case, "note", {"text": "ảnh"},
        uploads=[SimpleUploadedFile("hien-truong.png", out.getvalue())],
    )  # fmt: skip
    original = case.attachments.get()
    before = path_of(original.file.digest).read_bytes()
    made = blur(by, case, original, [Region(50, 0, 50, 100)])
    assert made.file_id != original.file_id
    assert path_of(original.file.digest).read_bytes() == before
    with Image.open(path_of(made.file.digest)) as picture:
        grey = picture.convert("L")
        left, right = grey.crop((0, 0, 90, 100)), grey.crop((110, 0, 200, 100))
    assert left.getextrema()[1] - left.getextrema()[0] > 150
    assert right.getextrema()[1] - right.getextrema()[0] < 60  # no stripe can be told from another
    assert Entry.objects.filter(act="cases.case.blur").count() == 1
    with pytest.raises(ForbiddenError):
        blur(somebody("officer", THERE), case, original, [WHOLE])


@pytest.mark.parametrize(
    "typed",
    ["", "10 20 30", "10 20 0 5", "-1 0 5 5", "0 0 200 5", "x", "10 20 5 5\n" * 61],
)
def test_what_is_no_region_is_said(typed: str) -> None:
    with pytest.raises(InputError):
        regions(typed)


# -- many at once, entering ----------------------------------------------------------------------------------


def test_many_are_routed_each_where_the_table_says_and_each_tells_what_became_of_it(
    client: Client,
) -> None:
    sign_in(client, appoint("call-taker", PROVINCE, f"tong-dai-{uuid.uuid4().hex[:6]}"))
    first, second, gone = received(), received("Ổ gà"), received("Rác")
    values = [f"{one.code}:{one.events}" for one in (first, second, gone)]
    actions.act(ROUTER, gone, "reject", {"reason": "trùng"})
    asked = client.post("/1022/hang-loat/", {"viec": "route", "chon": values})
    assert asked.content.decode().count('name="chon"') == 3
    page = client.post("/1022/hang-loat/", {"viec": "route", "chon": values, "buoc": "lam"})
    assert "Xong 2, không được 1." in page.content.decode()
    for case in (first, second, gone):
        case.refresh_from_db()
    assert [one.lead_id for one in (first, second, gone)] == [HERE, HERE, None]


def test_a_case_tells_afterwards_why_it_was_routed_there_or_that_a_person_chose_otherwise() -> None:
    by = somebody("call-taker", PROVINCE)
    found = {}
    for unit in (HERE, THERE):
        case = received()
        officer_actions.do(by, case, "route", {"unit": unit})
        found[unit] = officer_case.timeline(case, actions.standing_of(case))[0].why_there
    kept = case.history.get(n=2).data
    assert (kept["suggested"], kept["unit"]) == (HERE, THERE)
    rule = next(one for one in routing.rules() if one.code == kept["rule"]).why
    assert found[HERE] is not None
    assert found[HERE].vi == f"theo quy tắc: {rule.vi}"
    assert found[THERE] is not None
    assert rule.en in found[THERE].en
    assert register().full_name(HERE).en in found[THERE].en
    assert "chose another" in found[THERE].en
    # What was routed before this was kept says nothing that it does not know.
    old = assigned()
    assert officer_case.timeline(old, actions.standing_of(old))[0].why_there is None


def test_a_call_is_entered_once_however_often_it_is_sent_and_the_caller_is_known_next_time(
    client: Client,
) -> None:
    sign_in(client, appoint("call-taker", PROVINCE, f"tong-dai-{uuid.uuid4().hex[:6]}"))
    call = {
        "key": "cuoc-1", "phone": "0987 654 321", "name": "Ông Năm", "place": "Đồng Xoài",
        "title": "Cống tắc trước nhà", "category": "water", "channel": "phone",
    }  # fmt: skip
    wrong = client.post("/1022/nhap/", {**call, "phone": "12", "title": ""})
    assert wrong.status_code == 400
    assert 'value="Ông Năm"' in wrong.content.decode()
    away = client.post("/1022/nhap/", {**call, "place": "Phường Ba Đình"})
    assert (away.status_code, Case.objects.filter(title=call["title"]).count()) == (400, 0)
    assert "Không có xã, phường này trong tỉnh." in away.content.decode()
    page = client.post("/1022/nhap/", call).content.decode()
    client.post("/1022/nhap/", call)
    case = Case.objects.get(title="Cống tắc trước nhà")
    assert case.code in page
    assert (case.place_id, case.home_id, case.channel) == (HERE, HERE, "phone")
    assert case.watchers.count() == 1
    again = client.post("/1022/nhap/nguoi-goi/", {"phone": "+84 987 654 321"}).content.decode()
    assert case.code in again
    near = client.post("/1022/nhap/gan-day/", {"place": "dong xoai", "title": "cong tac"})
    assert case.code in near.content.decode()
