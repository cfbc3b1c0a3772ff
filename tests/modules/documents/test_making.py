"""Documents take published figures only, are kept as they were made, and every number has a code."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.modules.documents.conftest import BASE, DISTRICT, FIELDS, ISSUER, Office
from tests.people import appoint, sign_in
from tinhso.kernel.ledger.actor import OPERATOR
from tinhso.kernel.ledger.models import Entry
from tinhso.measure.text import InputError
from tinhso.modules.documents import actions
from tinhso.modules.documents.codes import CHECKS, code_of, figure_code, read
from tinhso.modules.documents.fields import Fields, read_fields, whom
from tinhso.modules.documents.models import Document, Rendering
from tinhso.modules.plan.frozen.reading import published_figure
from tinhso.modules.plan.models import PublishedFigure
from tinhso.modules.tasks.models import Task

pytestmark = pytest.mark.django_db


def test_a_made_document_is_kept_byte_for_byte_with_its_entry(office: Office) -> None:
    made = office.made("unit-sheet", DISTRICT)
    kept = {one.form: one for one in made.renderings.all()}
    assert set(kept) == {"docx", "pdf"}
    for one in kept.values():
        assert hashlib.sha256(bytes(one.bytes)).hexdigest() == one.digest
    entry = Entry.objects.get(act="documents.document.make")
    told = {name: after for name, _, after in entry.details["difference"]}
    assert (told["pdf"], told["docx"]) == (kept["pdf"].digest, kept["docx"].digest)
    assert (told["publication"], told["content"]) == (
        made.publication,
        office.published.card.content,
    )
    assert (entry.thing, entry.unit) == (str(made.pk), ISSUER)
    for act in (
        lambda: actions.change(OPERATOR, made, FIELDS),
        lambda: actions.discard(OPERATOR, made),
        lambda: actions.make(OPERATOR, made, by="x", base=BASE),
    ):
        with pytest.raises(InputError, match="is made"):
            act()


def test_figures_stay_as_published_when_records_say_otherwise_later(office: Office) -> None:
    draft = office.draft()
    before = actions._content(draft, BASE)
    other = PublishedFigure.objects.filter(indicator="CQS-03").exclude(
        publication__period="2025-Q2r"
    )
    other.update(numerator=0)  # of the period before: it moves, the document's own figure does not
    after = actions._content(draft, BASE)
    pick = [next(one for one in each.targets if one.code == "CQS-03") for each in (before, after)]
    assert pick[0].value == pick[1].value
    assert pick[0].before != pick[1].before == "0,0\xa0%"


def test_every_number_of_a_document_can_be_looked_up(office: Office) -> None:
    made = office.made()
    content = actions._content(made, BASE)
    printed = [one.lookup for one in content.targets]
    printed += [line.lookup for annex in content.annexes for line in annex.lines]
    assert len(set(printed)) == made.cited.count()
    client = Client()
    for code in (printed[0], printed[-1].lower().replace("-", "")):
        found = read(code).figure
        assert found is not None
        page = client.get(f"/so/{code}/")
        assert page.status_code == 200
        assert found.card.content in page.content.decode()
        answer = client.get(f"/api/v1/numbers/{code}").json()
        assert (answer["indicator"], answer["unit"]) == (found.indicator, found.unit)
        assert answer["numerator"] == found.figure.cell.numerator
    page = client.get(f"/so/{made.code}/").content.decode()
    assert all(one.digest in page for one in made.renderings.all())
    # Whoever scans the QR finds every number of the paper, page by page.
    pages = [client.get(f"/so/{made.code}/", {"trang": n}).content.decode() for n in range(1, 13)]
    listed = {one for one in printed if any(f"/so/{one}/" in each for each in pages)}
    assert listed == set(printed)
    # And in the PDF each code opens its number at a click.
    kept = bytes(made.renderings.get(form="pdf").bytes)
    assert f"{BASE}/so/{printed[0]}/".encode() in kept


def test_a_wrong_letter_in_a_code_is_told(office: Office) -> None:
    row = PublishedFigure.objects.order_by("-pk")[0]
    found = published_figure(row.pk)
    assert found is not None
    code = code_of(found)
    slips = {
        code[:place] + other + code[place + 1 :] for place in range(len(code)) for other in "2A9Z"
    }
    slips -= {code}
    named = [slip for slip in slips if (hit := read(slip).figure) and hit.figure.id == row.pk]
    assert named == []
    # Three check characters let one slip in 32768 through, which would name another figure.
    assert sum(read(slip).figure is not None for slip in slips) <= 1
    assert Client().get("/so/KHONG-CO/").status_code == 404


@given(st.text(max_size=60))
def test_whatever_is_typed_as_a_code_is_answered(typed: str) -> None:
    if len(plain := [one for one in typed if one.isalnum()]) <= CHECKS:
        assert read("".join(plain)).figure is None


@given(st.integers(0, 2**40), st.integers(0, 2**40))
def test_codes_of_two_figures_differ(one: int, other: int) -> None:
    made = [figure_code(number, "ab" * 32, "CQS-03", "p70") for number in (one, other)]
    assert (made[0] == made[1]) is (one == other)


def test_a_draft_is_seen_and_changed_in_its_unit_and_looked_up_by_nobody(office: Office) -> None:
    draft = office.draft()
    assert Client().get(f"/so/{draft.code}/").status_code == 404
    client, other = Client(), Client()
    sign_in(client, office.leader)
    sign_in(other, appoint("leader", "p01", "nguoi-khac"))
    assert client.get(f"/van-ban/{draft.pk}/").status_code == 200
    assert other.get(f"/van-ban/{draft.pk}/").status_code == 403
    assert draft.code not in other.get("/van-ban/").content.decode()
    preview = client.get(f"/van-ban/{draft.pk}/xem-thu.pdf")
    assert preview.content.startswith(b"%PDF")
    assert not Rendering.objects.exists()
    assert client.post(f"/van-ban/{draft.pk}/bo/").status_code == 302
    assert not Document.objects.exists()


def test_from_the_form_to_the_files(office: Office) -> None:
    client = Client()
    sign_in(client, office.leader)
    chosen = {
        "kind": "urging-letter",
        "publication": office.published.card.name,
        "unit": ISSUER,
        "about": DISTRICT,
    }
    page = client.get("/van-ban/soan/", chosen).content.decode()
    assert "ỦY BAN NHÂN DÂN THÀNH PHỐ ĐỒNG NAI" in page
    assert "V/v đôn đốc" in page
    wrong = client.post(
        "/van-ban/soan/",
        chosen
        | {
            "issuer": "ỦY BAN",
            "abstract": "V/v thử",
            "number": "12/BC",
            "date": "31/2/2025",
            "signer": "Người Gõ Dở",
        },
    )
    told = wrong.content.decode()
    assert wrong.status_code == 400
    assert "31/2/2025” không phải ngày" in told
    assert "chỉ ghi chữ số" in told
    assert "Người Gõ Dở" in told  # nothing typed is lost
    assert not Document.objects.exists()
    right = chosen | {
        "issuer": "ỦY BAN",
        "abstract": "V/v thử",
        "number": "12",
        "sign": "UBND-CNTT",
        "date": "5/2/2026",
    }
    answer = client.post("/van-ban/soan/", right)
    draft = Document.objects.get()
    assert answer.headers["Location"] == f"/van-ban/{draft.pk}/"
    fields = Fields.of(draft.fields)
    assert fields.numbering == "Số: 12/UBND-CNTT"
    assert fields.place_and_date == "…, ngày 05 tháng 02 năm 2026"
    client.post(f"/van-ban/{draft.pk}/hoan-thanh/")
    for form in ("docx", "pdf"):
        kept = Rendering.objects.get(form=form)
        sent = client.get(f"/van-ban/{draft.pk}/tep/{form}/")
        assert hashlib.sha256(sent.content).hexdigest() == kept.digest
        assert "attachment" in sent.headers["Content-Disposition"]
    listed = client.get("/api/v1/documents", {"state": "made"}).json()
    assert [one["numbering"] for one in listed["items"]] == ["Số: 12/UBND-CNTT"]
    assert Client().get("/api/v1/documents").status_code == 401


def test_a_choice_that_is_not_on_offer_is_told(office: Office) -> None:
    client = Client()
    sign_in(client, office.leader)
    right = {
        "kind": "unit-sheet",
        "publication": office.published.card.name,
        "unit": ISSUER,
        "about": DISTRICT,
    }
    for name, wrong, told in (
        ("kind", "thu-tay", "Không có loại văn bản"),
        ("publication", "binh-phuoc-2025/2099/then/1", "Chọn một lần công bố"),
        ("unit", "p01", "Chọn đơn vị ban hành"),
        ("about", "", "Chọn đơn vị mà văn bản nói đến"),
        ("about", "khong-co", "không có số liệu của đơn vị"),
    ):
        answer = client.get("/van-ban/soan/", right | {name: wrong})
        assert answer.status_code == 400
        assert told in answer.content.decode()


def test_nobody_is_urged_who_has_nothing_open(office: Office) -> None:
    targets = {one.indicator: one for one in office.published.plan.targets}
    PublishedFigure.objects.filter(unit=DISTRICT, publication__period="2025-Q2r").update(
        status="not-applicable", numerator=None, denominator=None
    )
    assert targets
    with pytest.raises(InputError, match="nothing to urge"):
        office.draft("urging-letter", DISTRICT)


def test_a_letter_goes_to_who_answers_today() -> None:
    """The district level ended on 2025-07-01; a commune merged whole has one successor."""
    from datetime import date  # noqa: PLC0415

    assert whom("p70", date(2025, 6, 30)) == "Ủy ban nhân dân tỉnh Bình Phước"
    assert whom("p70", date(2026, 1, 1)) == "Ủy ban nhân dân tỉnh Đồng Nai"
    assert "thị xã Bình Long" not in whom(DISTRICT, date(2026, 1, 1))


def test_what_a_word_file_cannot_hold_does_not_reach_it() -> None:
    fields = read_fields(
        {"issuer": "ỦY\x00 BAN\x0b", "abstract": "a\u202eb", "remarks": "dòng 1\r\ndòng 2"}
    )
    assert (fields.issuer, fields.abstract, fields.remarks) == ("ỦY BAN", "ab", "dòng 1\ndòng 2")


def test_the_database_refuses_half_made_documents(office: Office) -> None:
    draft = office.draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=draft.pk).update(made_by="x")
    made = office.made("unit-sheet", DISTRICT, replace(FIELDS, number="7"))
    with pytest.raises(IntegrityError), transaction.atomic():
        made.renderings.create(form="signed", digest="a" * 64, bytes=b"x", size=1, at=made.made_at)


def test_the_meeting_tells_what_changed_what_is_behind_and_who_answers(office: Office) -> None:
    page = Client().get("/hop/").content.decode()
    assert "kỳ báo cáo quý II năm 2025" in page
    assert "So với kỳ báo cáo quý I năm 2025" in page
    assert "Trả lời hôm nay:" in page
    assert "Chưa giao, chưa rõ ai trả lời." in page
    assert "Giao việc" not in page  # for whoever may give tasks only
    assert "Sở Thông tin và Truyền thông" in page
    wrong = Client().get("/hop/", {"cong-bo": "khong/co"})
    assert wrong.status_code == 400


def test_a_decision_of_a_meeting_is_a_task_with_its_entry(giving_office: Office) -> None:
    client = Client()
    agency = appoint("standing-agency", ISSUER, "thuong-truc")
    sign_in(client, agency, strong=True)
    page = client.get("/hop/").content.decode()
    assert "Đã giao 111 đơn vị (lần 1), 111 đơn vị có người trả lời" in page
    asked = {
        "cong-bo": giving_office.published.card.name,
        "target": "CQS-03",
        "title": "Lập tổ hỗ trợ nộp hồ sơ",
        "lead": "Không Có",
        "deadline": "2001-01-01",
    }
    wrong = client.post("/hop/giao-viec/", asked)
    told = wrong.content.decode()
    assert wrong.status_code == 400
    assert "Không có đơn vị nào tên “Không Có”" in told
    assert "Thời hạn 1/1/2001 đã qua" in told
    assert 'value="Lập tổ hỗ trợ nộp hồ sơ"' in told
    assert not Task.objects.filter(origin=Task.Origin.DECISION).exists()
    for number in ("01", "02"):
        done = client.post("/hop/giao-viec/", asked | {"lead": DISTRICT, "deadline": "2199-01-01"})
        assert done.status_code == 302
        assert done["Location"].endswith("#ket-luan")
        made = Task.objects.get(origin=Task.Origin.DECISION, code__endswith=f"-{number}")
        version = made.versions.get()
        assert (version.lead_id, version.targets) == (DISTRICT, ["CQS-03"])
        assert version.document.startswith("Kết luận họp ban chỉ đạo ngày")
        entry = Entry.objects.get(act="tasks.task.create", thing=str(made.pk))
        assert entry.actor == str(agency.pk)
    assert made.code in client.get("/hop/").content.decode()
    stranger = Client().post("/hop/giao-viec/", asked)
    assert stranger.status_code in (302, 403)
    assert Task.objects.filter(origin=Task.Origin.DECISION).count() == 2
