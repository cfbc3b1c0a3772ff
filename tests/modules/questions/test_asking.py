"""A question from being asked to being answered, corrected, asked again: who may what, and what is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.people import appoint, letters, sign_in
from tinhso.kernel.cases.contacts import Person
from tinhso.kernel.cases.kinds import kind
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.records import code_on
from tinhso.kernel.ledger.models import Delivery, Entry
from tinhso.kernel.ledger.outbox import RECORDS
from tinhso.kernel.notices.needs import needs_on
from tinhso.kernel.people.accounts import seats_of
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.policy import ForbiddenError
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.queries import descendants
from tinhso.measure.boundaries import Level
from tinhso.measure.text import InputError
from tinhso.modules.questions import actions, answers, officers, queries
from tinhso.modules.questions.actions import Asked, home_unit
from tinhso.modules.questions.answers import Written
from tinhso.modules.questions.models import Answer, Remark

pytestmark = pytest.mark.django_db

SAID = Written(
    "Xây chuồng gà có cần giấy phép không?",
    "Không cần, nếu cách nhà ở đủ xa.",
    basis="Quy định của tỉnh",
)


def who_of(account: Account) -> Who:
    day = timezone.localdate()
    return Who(day, account.pk, account.name, seats_of(account.pk, day), strong=True)


@pytest.fixture
def commune() -> str:
    return descendants(home_unit(), level=Level.COMMUNE)[0].uid


@pytest.fixture
def people(commune: str) -> dict[str, Who]:
    return {
        "router": who_of(appoint("call-taker", home_unit())),
        "officer": who_of(appoint("officer", commune)),
        "head": who_of(appoint("leader", commune)),
        "stranger": who_of(appoint("leader", "p01")),
    }


def nobody() -> Who:
    return Who(timezone.localdate())


def asked(private: bool = False, email: str = "hoi@example.com") -> tuple[Case, str]:
    told = Asked(
        "Xây chuồng gà có cần giấy phép không?", "Sau nhà tôi.", "xay-dung", private=private
    )
    return actions.ask(nobody(), told, Person("Bà Tư", email=email), "vi")


def answered(
    people: dict[str, Who], commune: str, *, public: bool = True, private: bool = False
) -> tuple[Case, Answer | None]:
    case, _ = asked(private)
    officers.do(people["router"], case, "route", {"unit": commune})
    officers.draft(people["officer"], case, SAID, public=public, seen=case.events)
    officers.review(people["head"], case, SAID, public=public, seen=case.events)
    return case, officers.send(people["officer"], case, seen=case.events)


def test_what_is_sent_is_what_the_head_approved_and_it_is_found_at_once(
    people: dict[str, Who], commune: str
) -> None:
    case, _ = asked()
    officers.do(people["router"], case, "route", {"unit": commune})
    officers.draft(people["officer"], case, SAID, public=True, seen=None)
    better = replace(SAID, text="Không cần. Xem khoảng cách ở quy định của tỉnh.")
    officers.review(people["head"], case, better, public=True, seen=None)
    answer = officers.send(people["officer"], case, seen=None)
    assert answer is not None
    assert (case.state, queries.newest_version(answer).text) == ("published", better.text)
    assert [one.code for one in queries.search("xay chuong ga")] == [answer.code]


def test_whoever_is_merged_in_reads_no_question_but_their_own(
    client: Client, people: dict[str, Who], commune: str
) -> None:
    first, _ = asked()
    second, secret = asked(email="hai@example.com")
    private, _ = asked(private=True)
    reminded = [
        need.title.vi for need in needs_on(timezone.localdate()) if private.code in need.title.vi
    ]
    assert reminded == [f"{private.code} (câu hỏi riêng)"]
    with pytest.raises(InputError):
        officers.do(people["router"], second, "merge", {"case": str(private.pk)})
    Case.objects.filter(pk=first.pk).update(title="Bà Tư hỏi", text="Nhà bà Tư")
    officers.do(people["router"], second, "merge", {"case": str(first.pk)})
    officers.do(people["router"], first, "route", {"unit": commune})
    officers.do(people["officer"], first, "ask", {"text": "Bà Tư ở đâu?"})
    page = client.get(f"/hoi-dap/theo-doi/{first.code}/{secret}/").content.decode()
    assert "Câu hỏi chưa công khai" in page
    assert "Bà Tư hỏi" not in page
    assert "bà Tư" not in page
    assert "Bà Tư ở đâu" not in page
    told = [f"{one.subject} {one.body}" for one in letters() if one.to == ["hai@example.com"]]
    assert any("nhập vào câu hỏi khác" in one for one in told)
    assert not any("Bà Tư ở đâu" in one for one in told)
    assert not any("Bà Tư hỏi" in one for one in told)


def test_an_officer_does_not_approve_and_another_unit_does_nothing(
    people: dict[str, Who], commune: str
) -> None:
    case, _ = asked()
    with pytest.raises(ForbiddenError):
        officers.do(people["officer"], case, "route", {"unit": commune})
    officers.do(people["router"], case, "route", {"unit": commune})
    with pytest.raises(ForbiddenError):
        officers.draft(people["stranger"], case, SAID, public=True, seen=None)
    officers.draft(people["officer"], case, SAID, public=True, seen=None)
    with pytest.raises(ForbiddenError):
        officers.review(people["officer"], case, SAID, public=True, seen=None)
    assert [one.pk for one in queries.waiting(people["head"])] == [case.pk]
    assert queries.waiting(people["officer"]) == []


def test_a_returned_draft_is_written_again(people: dict[str, Who], commune: str) -> None:
    case, _ = asked()
    officers.do(people["router"], case, "route", {"unit": commune})
    officers.draft(people["officer"], case, SAID, public=True, seen=None)
    officers.do(people["head"], case, "send_back", {"reason": "Thiếu khoảng cách"})
    assert (case.state, case.waits) == ("assigned", "lead")
    with pytest.raises(InputError):
        officers.send(people["officer"], case, seen=None)


def test_nothing_private_is_published(people: dict[str, Who], commune: str) -> None:
    case, answer = answered(people, commune, private=True)
    assert (answer, case.state) == (None, "answered")
    with pytest.raises(InputError) as refused:
        officers.make_public(people["head"], case, seen=None)
    assert [one.code for one in refused.value.problems] == ["case-private"]
    case.refresh_from_db()
    assert case.state == "answered"
    assert "Không cần" not in letters()[-1].body  # a private answer is not in a mail


def test_a_correction_stands_beside_the_old_version_and_whoever_waited_is_told(
    people: dict[str, Who], commune: str
) -> None:
    case, answer = answered(people, commune)
    assert answer is not None
    before = queries.newest_version(answer).text
    new = replace(SAID, text="Cần báo xã trước khi xây.", title="Xây trại gà có phải báo xã không?")
    with pytest.raises(InputError):
        officers.correct(people["head"], case, new, " ", seen=None)
    officers.correct(people["head"], case, new, "Quy định mới của tỉnh", seen=None)
    versions = list(Answer.objects.get(pk=answer.pk).versions.order_by("n"))
    assert [one.text for one in versions] == [before, "Cần báo xã trước khi xây."]
    assert versions[1].reason == "Quy định mới của tỉnh"
    assert "Quy định mới của tỉnh" in letters()[-1].body
    # The new words are found; those that only the old version had are not.
    assert [one.code for one in queries.search("trại gà")] == [answer.code]
    assert queries.search("giấy phép") == []
    page = Client().get(reverse("questions:answer", args=[answer.code])).content.decode()
    assert before in page
    assert "Cần báo xã trước khi xây." in page


def test_of_two_heads_who_correct_one_answer_the_later_is_told_and_keeps_what_was_typed(
    people: dict[str, Who], commune: str
) -> None:
    """Both have the same page open: of an answer to a question, and of one that nobody asked for."""
    _, answer = answered(people, commune)
    assert answer is not None
    composed = answers.compose(people["head"], commune, "thue", SAID)
    client = Client()
    sign_in(client, Account.objects.get(pk=people["head"].account), strong=True)
    for one, code in ((answer, "case-meanwhile"), (composed, "answer-meanwhile")):
        address = reverse("questions:manage", args=[one.code])
        page = client.get(address)
        case = page.context["answer"].case
        form = {"title": SAID.title, "reason": "Sửa", "seen": page.context["answer"].versions_count}
        form |= {"events": case.events} if case else {}
        assert client.post(address, {**form, "text": "Lời của người thứ nhất"}).status_code == 302
        late = client.post(address, {**form, "text": "Lời của người thứ hai"})
        assert late.status_code == 400
        assert [one.code for one in late.context["filled"].problems] == [code]
        shown = late.content.decode()
        assert "Lời của người thứ nhất" in shown
        assert "Lời của người thứ hai" in shown
        gone = client.post(address, {**form, "viec": "thoi"})
        assert [one.code for one in gone.context["filled"].problems] == [code]
        one.refresh_from_db()
        assert (one.versions_count, one.withdrawn_at) == (2, None)


def test_chosen_questions_are_routed_or_refused_together_each_as_it_was_seen(
    people: dict[str, Who], commune: str
) -> None:
    cases = [asked()[0] for _ in range(4)]
    client, address = Client(), reverse("questions:desk")
    sign_in(client, Account.objects.get(pk=people["router"].account), strong=True)
    assert client.post(address, {"viec": "route"}).status_code == 400
    chosen = [f"{one.pk}@{one.events}" for one in cases]
    officers.do(people["router"], cases[2], "note", {"text": "chờ"})
    page = client.post(address, {"viec": "route", "case": chosen[:3]})
    assert [len(one.problems) for one in page.context["done"]] == [0, 0, 1]
    for one in cases:
        one.refresh_from_db()
    # Without an agency each goes where the rules propose: without a place, to the province.
    assert [one.lead_id for one in cases] == [home_unit(), home_unit(), None, None]
    assert client.post(address, {"viec": "reject", "case": chosen[3:]}).status_code == 400
    client.post(address, {"viec": "reject", "case": chosen[3:], "reason": "Trùng"})
    cases[3].refresh_from_db()
    assert cases[3].state == "rejected"
    # Somebody of another unit does not even see what they chose.
    other = Client()
    sign_in(other, Account.objects.get(pk=people["stranger"].account), strong=True)
    page = other.post(address, {"viec": "route", "case": chosen})
    assert page.status_code == 400
    assert cases[2].title not in page.content.decode()


def test_the_list_of_a_day_gone_by_is_as_it_was_then(people: dict[str, Who]) -> None:
    case, _ = asked()
    officers.do(people["router"], case, "route", {"unit": home_unit()})
    client, address = Client(), reverse("questions:desk")
    sign_in(client, Account.objects.get(pk=people["router"].account), strong=True)

    def as_of(days: int) -> tuple[list[str], int]:
        page = client.get(address, {"ngay": str(people["router"].day + timedelta(days=days))})
        return [row.state.vi for row in page.context["rest"]], page.context["late"]

    routed = kind("question").states[case.state].name.vi
    assert (as_of(-1), as_of(0)) == (([], 0), ([routed], 0))
    assert as_of(60) == ([routed], 1)  # if nobody does anything until then
    officers.do(people["router"], case, "reject", {"reason": "Trùng"})
    assert as_of(0) == ([], 0)
    for wrong in ("32/1/2025", "9999-12-31"):
        assert client.get(address, {"ngay": wrong}).status_code == 400


def test_whoever_routes_reads_why_the_rules_propose_that_agency(people: dict[str, Who]) -> None:
    case, _ = asked()
    client = Client()
    sign_in(client, Account.objects.get(pk=people["router"].account), strong=True)
    page = client.get(reverse("questions:case", args=[case.pk])).content.decode()
    assert "Vì sao về đây" in page
    assert "không áp dụng: không dành cho loại vụ việc này" in page
    assert "khớp, quyết định ở đây" in page


def test_withdrawn_from_the_public_it_is_not_found_and_its_address_says_why(
    people: dict[str, Who], commune: str
) -> None:
    case, answer = answered(people, commune)
    assert answer is not None
    officers.take_back(people["head"], case, "Quy định đã bãi bỏ", seen=None)
    assert queries.search("chuồng gà") == []
    page = Client().get(reverse("questions:answer", args=[answer.code]))
    assert page.status_code == 410
    assert "Quy định đã bãi bỏ" in page.content.decode()
    officers.make_public(people["head"], case, seen=None)
    assert [one.code for one in queries.search("chuồng gà")] == [answer.code]


def test_an_answer_past_its_day_is_on_the_list_of_its_unit_until_it_is_reviewed(
    people: dict[str, Who], commune: str
) -> None:
    head = people["head"]
    until = replace(SAID, holds_until=head.day + timedelta(days=3))
    answer = answers.compose(head, commune, "xay-dung", until)
    wants = [one for one in needs_on(head.day) if one.kind == "questions.review"]
    assert [(one.unit, one.due) for one in wants] == [(commune, until.holds_until)]
    assert queries.to_review(people["stranger"]) == []
    assert queries.to_review(head) == [answer]
    later = replace(SAID, holds_until=head.day + timedelta(days=300))
    answers.correct(head, answer, later, "Đã rà soát, còn đúng", seen=1)
    assert queries.to_review(head) == []
    with pytest.raises(InputError):  # somebody who still looks at version 1
        answers.correct(head, answer, later, "Đã rà soát", seen=1)
    with pytest.raises(InputError):  # no day that is past
        answers.compose(
            head, commune, "thue", replace(SAID, holds_until=head.day - timedelta(days=1))
        )


def test_whoever_asked_follows_with_code_and_secret_and_nobody_without(
    people: dict[str, Who], commune: str
) -> None:
    case, secret = asked()
    client = Client()
    assert actions.by_secret(case.code, "x") is None
    other, _ = asked()
    assert actions.by_secret(other.code, secret) is None
    address = reverse("questions:follow", args=[case.code, secret])
    assert case.title in client.get(address).content.decode()
    assert client.get(reverse("questions:follow", args=[case.code, "sai"])).status_code == 404
    officers.do(people["router"], case, "route", {"unit": commune})
    officers.do(people["officer"], case, "ask", {"text": "Chuồng rộng bao nhiêu?"})
    officers.do(people["officer"], case, "note", {"text": "bà này hay hỏi"})
    page = client.get(address).content.decode()
    assert "Chuồng rộng bao nhiêu?" in page
    assert "bà này hay hỏi" not in page
    client.post(address, {"viec": "reply", "text": "20 mét vuông", "seen": case.events})
    case.refresh_from_db()
    assert case.state == "assigned"
    assert [one.subject for one in letters()][-1] == f"Cần bạn bổ sung: {case.code}"


def test_of_two_who_ask_the_same_both_hear_the_answer(people: dict[str, Who], commune: str) -> None:
    first, _ = asked(email="mot@example.com")
    second, _ = asked(email="hai@example.com")
    assert [one.pk for one in queries.similar(second)] == [first.pk]
    officers.do(people["router"], second, "merge", {"case": str(first.pk)})
    officers.do(people["router"], first, "route", {"unit": commune})
    officers.draft(people["officer"], first, SAID, public=True, seen=None)
    officers.review(people["head"], first, SAID, public=True, seen=None)
    officers.send(people["officer"], first, seen=None)
    told = [one.to[0] for one in letters() if one.subject.startswith("Đã có trả lời")]
    assert sorted(told) == ["hai@example.com", "mot@example.com"]


def test_a_question_that_asks_two_things_is_split_and_who_asked_follows_both(
    people: dict[str, Who], commune: str
) -> None:
    case, secret = asked()
    client, address = Client(), reverse("questions:case", args=[case.pk])
    sign_in(client, Account.objects.get(pk=people["router"].account), strong=True)
    bad = client.post(address, {"viec": "split", "title": " ", "text": "Bao nhiêu con?"})
    assert (bad.status_code, "Bao nhiêu con?" in bad.content.decode()) == (400, True)
    assert Case.objects.count() == 1
    done = client.post(
        address, {"viec": "split", "title": "Nuôi mấy con?", "field": "y-te"}, follow=True
    )
    made = Case.objects.exclude(pk=case.pk).get()
    assert (made.split_from, made.category, made.state) == (case, "y-te", "received")
    assert case.code in done.content.decode()
    follow = Client().get(reverse("questions:follow", args=[made.code, secret]))
    assert "Nuôi mấy con?" in follow.content.decode()
    assert Entry.objects.filter(act="cases.case.split", thing=str(case.pk)).count() == 1
    # Each has its own answer; what has ended is not split, and nobody else splits.
    officers.do(people["router"], made, "reject", {"reason": "Ngoài thẩm quyền"})
    with pytest.raises(InputError):
        officers.split(people["router"], made, "Nữa?", "", "")
    with pytest.raises(ForbiddenError):
        officers.split(people["stranger"], case, "Nữa?", "", "")
    case.refresh_from_db()
    assert case.state == "received"
    assert len([one for one in letters() if "hoi@example.com" in one.to]) == 2


def test_each_event_corrects_the_record_and_none_holds_what_was_written(
    people: dict[str, Who], commune: str
) -> None:
    case, _ = answered(people, commune)
    owed = Delivery.objects.filter(topic=RECORDS, key=f"questions/{case.code}").order_by("id")
    rows = [one.payload["rows"][0] for one in owed]
    assert [one["state"] for one in rows] == [
        "received", "assigned", "drafted", "reviewed", "answered", "published",
    ]  # fmt: skip
    assert {one["question_code"] for one in rows} == {case.code}
    assert rows[-1]["unit_code"] == code_on(commune, people["head"].day)
    assert rows[-1]["answered_at"] <= rows[-1]["due_at"]
    assert "chuồng" not in str(rows)
    (numbers,) = queries.numbers(people["head"].day)
    assert (numbers.unit, numbers.answered, numbers.in_time, numbers.waiting) == (commune, 1, 1, 0)


def test_a_reader_judges_once_and_the_unit_reads_why(people: dict[str, Who], commune: str) -> None:
    answer = answers.compose(people["head"], commune, "xay-dung", SAID)
    client, address = Client(), reverse("questions:answer", args=[answer.code])
    for _ in range(2):
        client.post(address, {"viec": "chua", "word": "Chưa nói khoảng cách"})
    answer.refresh_from_db()
    assert (answer.helpful, answer.unhelpful) == (0, 1)
    assert [one.word for one in Remark.objects.all()] == ["Chưa nói khoảng cách"]


def test_what_is_answered_already_is_offered_before_sending(
    people: dict[str, Who], commune: str
) -> None:
    answer = answers.compose(people["head"], commune, "xay-dung", SAID)
    client, form = Client(), {"title": "xay chuong ga can giay phep khong", "field": "xay-dung"}
    page = client.post(reverse("questions:ask"), form)
    assert answer.title in page.content.decode()
    assert not Case.objects.exists()
    sent = client.post(reverse("questions:ask"), {**form, "viec": "van-gui"})
    assert sent.status_code == 302
    assert Case.objects.get().code in sent.headers["Location"]
    other = client.post(reverse("questions:ask"), {**form, "title": "Lịch tiêm chủng tháng này?"})
    assert other.status_code == 302


def test_a_question_that_arrives_twice_is_one_question_followed_by_one_secret() -> None:
    client = Client()
    key = client.get(reverse("questions:ask")).context["key"]
    form = {"title": "Lịch tiêm chủng tháng này?", "field": "y-te", "key": key, "email": "a@b.vn"}
    sent = [client.post(reverse("questions:ask"), form).headers["Location"] for _ in range(2)]
    assert sent[0] == sent[1]
    assert client.get(sent[0]).status_code == 200
    assert Case.objects.count() == len(letters()) == 1
    other = client.get(reverse("questions:ask")).context["key"]
    client.post(reverse("questions:ask"), {**form, "key": other})
    # What is no key of ours is none: two who send the same word are two.
    for _ in range(2):
        client.post(reverse("questions:ask"), {**form, "key": "x"})
    assert Case.objects.count() == 4


def test_marks_that_nobody_sees_are_not_kept_and_not_counted() -> None:
    hidden = "\u202e\u200b"
    told = Asked(f"Lịch {hidden}tiêm?", f"{hidden * 3000}Cho con", "y-te")
    case, _ = actions.ask(nobody(), told, Person(), "vi")
    assert (case.title, case.text) == ("Lịch tiêm?", "Cho con")
    with pytest.raises(InputError) as refused:
        actions.ask(nobody(), replace(told, title=hidden), Person(), "vi")
    assert [one.code for one in refused.value.problems] == ["question-title"]


def test_too_long_a_text_is_refused_and_kept_and_a_place_is_one_of_the_province(
    commune: str,
) -> None:
    whole = "đủ dài " * 1000
    form = {"title": "Hỏi", "field": "y-te", "text": whole, "place": "c00004"}
    page = Client().post(reverse("questions:ask"), form)
    assert page.status_code == 400
    codes = [one.code for one in page.context["filled"].problems]
    assert codes == ["question-place", "question-text-long"]
    assert whole in page.content.decode()
    assert "6999" in page.content.decode()
    with pytest.raises(InputError) as refused:
        actions.ask(nobody(), Asked("Hỏi", field="y-te", place=home_unit()), Person(), "vi")
    assert [one.code for one in refused.value.problems] == ["question-place"]
    case, _ = actions.ask(nobody(), Asked("Hỏi", field="y-te", place=commune), Person(), "vi")
    assert case.place_id == commune


def test_a_bad_form_is_told_all_that_is_wrong_and_keeps_what_was_typed() -> None:
    form = {"title": "", "field": "la", "email": "khong", "phone": "12", "text": "đã gõ"}
    page = Client().post(reverse("questions:ask"), form)
    assert page.status_code == 400
    assert "không phải địa chỉ thư" in page.content.decode()
    assert "đã gõ" in page.content.decode()
    assert not Case.objects.exists()


def test_the_ledger_has_every_act_and_nothing_that_was_written(
    people: dict[str, Who], commune: str
) -> None:
    answered(people, commune)
    acts = list(Entry.objects.order_by("id").values_list("act", flat=True))
    assert acts[-2:] == ["cases.case.make_public", "questions.answer.publish"]
    assert "đủ xa" not in str(list(Entry.objects.values_list("details", flat=True)))
