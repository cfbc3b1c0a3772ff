"""An office's own Word template is tried before it is taken, and can only print."""

from __future__ import annotations

import io
from collections.abc import Callable

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from docx.document import Document as Docx

from tests.modules.documents.conftest import ISSUER, Office
from tests.people import sign_in
from tinhso.kernel.files.models import StoredFile
from tinhso.measure.text import InputError
from tinhso.modules.documents.kinds import kind_of, kinds
from tinhso.modules.documents.models import WordTemplate
from tinhso.modules.documents.sample import sample_content
from tinhso.modules.documents.word import check_template, docx_of


def template(
    change: Callable[[Docx], object] = lambda _: None, kind: str = "urging-letter"
) -> bytes:
    opened = docx.Document(str(kind_of(kind).word))
    change(opened)
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def sample(kind: str = "urging-letter"):  # type: ignore[no-untyped-def]
    return sample_content(kind_of(kind), timezone.localdate())


def test_templates_that_come_with_the_product_fill_without_rest() -> None:
    for code in kinds():
        check_template(template(kind=code), sample(code))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{ numberin }}", ["paragraph 1:", "numberin", "Is it “numbering”?"]),
        ("{%p for one in targets %}{{ one.nmae }}", ["syntax"]),
        ("{{ issuer.upper() }}", ["call"]),
        ("{{ ''.__class__.__mro__ }}", ["__class__"]),
        ("{{ 9 ** 9 ** 9 }}", ["pow"]),
        ("{% for a in sections %}{% set x = 1 %}{% endfor %}", ["assign"]),
        ("{{ issuer | upper }}", ["filter"]),
        ("{{ self }}", ["self"]),
        ("{% include 'x' %}", ["include"]),
        ("{{ targets[0] }}", ["getitem"]),
        ("{{ }", ["unexpected"]),
    ],
)
def test_what_a_template_may_not_hold_is_told(text: str, told: list[str]) -> None:
    def write(opened: Docx) -> None:
        opened.paragraphs[0].text = text

    with pytest.raises(InputError) as error:
        check_template(template(write, "report"), sample("report"))
    for one in told:
        assert one in str(error.value)


def test_a_wrong_name_is_found_in_tables_and_headers_too() -> None:
    def write(opened: Docx) -> None:
        opened.tables[0].rows[1].cells[1].paragraphs[0].text = "{{ dia_danh }}"
        opened.sections[0].header.paragraphs[0].text = "{{ tieu_de }}"

    with pytest.raises(InputError) as error:
        check_template(template(write), sample())
    told = [one.to("vi") for one in error.value.problems]
    assert any("bảng 1, hàng 2, ô 2: mẫu dùng “dia_danh”" in one for one in told)
    assert any("đầu trang, đoạn 1: mẫu dùng “tieu_de”" in one for one in told)


def test_what_people_typed_is_text_in_the_document_and_no_code() -> None:
    from dataclasses import replace  # noqa: PLC0415

    typed = replace(sample(), abstract="{{ issuer }} <w:p/> & “ngoặc”")
    opened = docx.Document(io.BytesIO(docx_of(typed, template())))
    assert "{{ issuer }} <w:p/> & “ngoặc”" in opened.tables[0].rows[1].cells[0].text


@pytest.mark.django_db
def test_an_office_replaces_a_template_and_goes_back(office: Office) -> None:
    client = Client()
    sign_in(client, office.leader, strong=True)

    def send(content: bytes, **more: str) -> tuple[int, str]:
        upload = SimpleUploadedFile("mau.docx", content)
        chosen = {"kind": "unit-sheet", "unit": ISSUER, "file": upload, **more}
        answer = client.post("/van-ban/mau/", chosen)
        return answer.status_code, answer.content.decode()

    status, page = send(template(lambda one: setattr(one.paragraphs[0], "text", "{{ sai_ten }}")))
    assert status == 400
    assert "sai_ten" in page
    assert not StoredFile.objects.exists()
    status, _ = send(b"PK\x03\x04 khong phai docx")
    assert status == 400

    mark = "MẪU RIÊNG CỦA CƠ QUAN"
    own = template(lambda one: setattr(one.paragraphs[0], "text", mark), "unit-sheet")
    assert send(own)[0] == 302
    made = office.made("unit-sheet", "d690")
    opened = docx.Document(io.BytesIO(bytes(made.renderings.get(form="docx").bytes)))
    assert mark in [one.text for one in opened.paragraphs]
    assert made.template == f"unit-sheet {ISSUER} #1"
    assert mark.encode() not in client.get("/van-ban/mau/urging-letter.docx").content
    assert send(b"", back="1")[0] == 302
    assert office.made("unit-sheet", "d690").template == "unit-sheet 2"
    assert WordTemplate.objects.count() == 2
