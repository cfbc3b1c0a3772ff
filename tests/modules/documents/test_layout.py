"""The layout of NĐ 30/2020/NĐ-CP, annex I, read back from the Word file and the PDF."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import docx
import pypdfium2
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml.ns import qn
from docx.shared import Pt
from fontTools.ttLib import TTFont

from tests.modules.documents.conftest import DISTRICT, Office
from tinhso.modules.documents import pdf
from tinhso.modules.documents.models import Document

pytestmark = pytest.mark.django_db
OFFICE_PROGRAM = shutil.which("soffice") or shutil.which("libreoffice")
KINDS = [
    ("report", ""),
    ("unit-sheet", DISTRICT),
    ("urging-letter", DISTRICT),
    ("assignment", ""),
    ("assignment", DISTRICT),
]


def texts(document: pypdfium2.PdfDocument) -> list[str]:
    return [page.get_textpage().get_text_bounded() for page in document]


def test_documents_of_every_kind_are_laid_out_as_the_decree_wants(office: Office) -> None:
    for kind, about in KINDS:
        made = office.made(kind, about)
        kept = {one.form: bytes(one.bytes) for one in made.renderings.all()}
        word_is_as_the_decree_wants(kept["docx"])
        pdf_is_a4_and_numbered_from_its_second_page(made, kept["pdf"], kept["docx"])
        if kind == "report":
            a_line_for_each_target_and_unit(office, made, kept["pdf"])
        with zipfile.ZipFile(io.BytesIO(kept["docx"])) as packed:
            rels = [packed.read(name) for name in packed.namelist() if name.endswith(".rels")]
        assert all(b'TargetMode="External"' not in one for one in rels)


def word_is_as_the_decree_wants(content: bytes) -> None:
    opened = docx.Document(io.BytesIO(content))
    section = opened.sections[0]
    # Annex I, part I, 1-3: A4 upright; margins of 20-25, 30-35 and 15-20 mm.
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert 20 <= round(section.top_margin.mm) <= 25
    assert 20 <= round(section.bottom_margin.mm) <= 25
    assert 30 <= round(section.left_margin.mm) <= 35
    assert 15 <= round(section.right_margin.mm) <= 20
    # Part I, 4: Times New Roman, black.
    normal = opened.styles["Normal"]
    assert normal.font.name == "Times New Roman"
    assert str(normal.font.color.rgb) == "000000"
    fonts = {
        value
        for run in opened.element.iter(qn("w:rFonts"))
        for name, value in run.attrib.items()
        if name.endswith(("ascii", "hAnsi"))
    }
    assert fonts <= {"Times New Roman"}
    # Part I, 7: the page's number at top centre, 13-14, not on the first page.
    assert section.different_first_page_header_footer
    number = section.header.paragraphs[0]
    assert number.alignment == ALIGN.CENTER
    assert "PAGE" in "".join(one.text or "" for one in number._p.iter(qn("w:instrText")))
    assert {run.font.size for run in number.runs} <= {Pt(13), Pt(14)}
    assert "PAGE" not in section.first_page_header._element.xml
    # Part II, 1-4: issuing body left of the national name; number left of place and date.
    head = opened.tables[0]
    left, right = (cell.text for cell in head.rows[0].cells)
    assert "ỦY BAN NHÂN DÂN\nTỈNH THỬ" in left
    assert right.startswith("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc")
    assert head.rows[1].cells[0].text.startswith("Số: …/BC-UBND")
    assert head.rows[1].cells[1].text == "Nơi Thử, ngày … tháng … năm …"
    # Part II, 6: paragraphs at least 6 pt apart, lines single to 1.5, body of 13-14.
    body = next(one for one in opened.paragraphs if "Kế hoạch số 382/KH-UBND" in one.text)
    assert (body.paragraph_format.space_after or normal.paragraph_format.space_after) >= Pt(6)
    assert 1 <= normal.paragraph_format.line_spacing <= 1.5
    assert {run.font.size for run in body.runs} <= {Pt(13), Pt(14)}
    # The order of blocks: head, abstract, body, recipients beside the signature.
    everything = "\n".join(one.text for one in opened.element.iter(qn("w:t")) if one.text)
    places = [
        everything.index(one)
        for one in ("CỘNG HÒA", "Kết quả thử", "Kế hoạch số 382", "Nơi nhận:", "Nguyễn Văn Thử")
    ]
    assert places == sorted(places)
    assert "SỐ LIỆU MÔ PHỎNG" in section.footer.paragraphs[0].text
    assert "{{" not in everything
    assert "{%" not in everything


def pdf_is_a4_and_numbered_from_its_second_page(
    made: Document, content: bytes, word_file: bytes
) -> None:
    drawn = pypdfium2.PdfDocument(content)
    pages = texts(drawn)
    assert {tuple(round(side) for side in page.get_size()) for page in drawn} == {(595, 842)}
    assert not pages[0].lstrip().startswith("1")
    for place, text in enumerate(pages[1:], 2):
        assert text.lstrip().startswith(f"{place}\r\n")
    assert all("SỐ LIỆU MÔ PHỎNG" in text for text in pages)
    together = " ".join(" ".join(pages).split())
    for wanted in ("Độc lập - Tự do - Hạnh phúc", "Số: …/BC-UBND", "Nguyễn Văn Thử", made.code):
        assert wanted in together
    word = docx.Document(io.BytesIO(word_file))
    for line in (row.cells for table in word.tables[1:] for row in table.rows[1:3]):
        if line[-1].text and line[0].text.isdigit():
            assert line[-1].text in together  # the codes of the same figures
    # Ink of a letter stays within the margins: nothing is drawn beyond 15 mm of any edge but the footer.
    picture = drawn[0].render(scale=1, grayscale=True).to_pil()
    edge = round(15 / 25.4 * 72)
    assert (
        picture.crop((picture.width - edge, 0, picture.width, picture.height)).getextrema()[0] > 200
    )
    drawn.close()


def a_line_for_each_target_and_unit(office: Office, made: Document, content: bytes) -> None:
    drawn = pypdfium2.PdfDocument(content)
    assert len(drawn) >= 20
    drawn.close()
    assert made.cited.count() == len(office.published.figures)


def test_the_font_has_the_widths_of_times_and_every_vietnamese_letter() -> None:
    tones = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    import unicodedata  # noqa: PLC0415

    letters = {
        unicodedata.normalize("NFC", base + tone) for base in "aăâeêioôơuưy" for tone in tones
    }
    letters |= {"đ", "₫", "≥", "≤", "–", "…", "“", "”"}
    letters |= {one.upper() for one in letters}
    for path in pdf.fonts().glob("*.otf"):
        drawn = TTFont(path).getBestCmap()
        assert {one for one in letters if ord(one) not in drawn} == set()
    regular = TTFont(pdf.fonts() / "texgyretermes-regular.otf")
    # Widths of Times in thousandths: a 444, W 944, 0 500.
    assert [regular["hmtx"][one][0] for one in ("a", "W", "zero")] == [444, 944, 500]


def words(pages: list[str]) -> set[str]:
    """What stands on the pages but whole numbers; the chart is a picture in Word and drawn in the PDF."""
    written = "\n".join(pages).replace("-\r\n", "-").replace("\x02", "-")
    written = re.sub(r"Phụ lục II\s.*?(?=Phụ lục III\s)", "", written, flags=re.DOTALL)
    return {one for one in written.split() if not one.isdigit()}


@pytest.mark.skipif(
    not OFFICE_PROGRAM,
    reason="NO LIBREOFFICE ON THIS MACHINE: Word files are NOT opened in an office program",
)
def test_an_office_program_shows_what_the_pdf_shows(giving_office: Office, tmp_path: Path) -> None:
    """Each Word file, opened in LibreOffice and turned into pictures, beside the PDF of the same document."""
    ours: dict[str, bytes] = {}
    for kind, about in KINDS:
        made = giving_office.made(kind, about)
        kept = {one.form: bytes(one.bytes) for one in made.renderings.all()}
        ours[f"{kind}{about}"] = kept["pdf"]
        (tmp_path / f"{kind}{about}.docx").write_bytes(kept["docx"])
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [str(OFFICE_PROGRAM), profile, "--headless", "--convert-to", "pdf", "--outdir"]
    files = [str(tmp_path / f"{kind}.docx") for kind in ours]
    subprocess.run([*command, str(tmp_path), *files], check=True, capture_output=True, timeout=600)
    for kind, pdf_file in ours.items():
        with_office = pypdfium2.PdfDocument((tmp_path / f"{kind}.pdf").read_bytes())
        with_typst = pypdfium2.PdfDocument(pdf_file)
        alike(texts(with_office), texts(with_typst))
        for page in with_office:
            drawn_within_its_margins(page)
        with_office.close()
        with_typst.close()


def alike(opened: list[str], ours: list[str]) -> None:
    assert words(opened) ^ words(ours) == set()
    # The same parts in the same order: the points, the annexes, the figures' codes.
    for parts in (
        r"^(\w{1,2}\)) ",
        r"^(Phụ lục \w*)",
        r"^([A-Z]{3}-\d\d\w?\.)",
        r"\b([0-9A-Z]{2,3}-[0-9A-Z]{3})\b",
    ):
        found, wanted = (
            [*re.findall(parts, "\n".join(one), re.MULTILINE)] for one in (opened, ours)
        )
        assert found == wanted, parts
    # Office's own pages are numbered from the second, and not many more than ours.
    assert [page.split()[0] for page in opened[1:]] == [str(n) for n in range(2, len(opened) + 1)]
    assert abs(len(opened) - len(ours)) <= 1 + len(ours) // 5


def drawn_within_its_margins(page: pypdfium2.PdfPage) -> None:
    """Something stands on the page, and nothing nearer than 15 mm to its sides."""
    picture = page.render(scale=1, grayscale=True).to_pil()
    edge = round(15 / 25.4 * 72)
    inner = picture.crop((edge, 0, picture.width - edge, picture.height))
    assert inner.getextrema()[0] < 100
    for side in ((0, edge), (picture.width - edge, picture.width)):
        assert picture.crop((side[0], 0, side[1], picture.height)).getextrema()[0] > 200
