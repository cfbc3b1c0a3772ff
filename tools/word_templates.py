"""Make the Word templates that come with the product (`src/tinhso/modules/documents/word/*.docx`).

`python -m tools.word_templates`. Layout: NĐ 30/2020/NĐ-CP, annex I. An office starts its own template
from one of these.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime

from docx import Document
from docx.document import Document as Docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

from tinhso.modules.documents.kinds import Kind, kinds

FONT = "Times New Roman"
QUARTERS = ("I", "II", "III", "IV")
MADE = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    for kind in kinds().values():
        kind.word.parent.mkdir(exist_ok=True)
        template(kind).save(str(kind.word))


def template(kind: Kind) -> Docx:
    document = Document()
    _page(document)
    _styles(document)
    _head(document, kind)
    _body(document)
    if kind.code == "unit-sheet":
        _targets(document, kind)
        _points(document)
    if kind.code == "assignment":
        _when(document, "whole", lambda: _targets(document, kind))
        _when(document, "not whole", lambda: _shares(document))
    _end(document)
    if kind.code == "report":
        _annex_title(document, "Phụ lục I", "CÁC CHỈ TIÊU CỦA KẾ HOẠCH")
        _targets(document, kind)
        _annex_title(document, "Phụ lục II", "KẾT QUẢ SO VỚI MỨC CHỈ TIÊU")
        _text(document.add_paragraph(), "{{ chart }}", align=ALIGN.CENTER, indent=False)
        _when(document, "annexes", lambda: _figures(document))
    if kind.code == "assignment":
        _when(document, "whole and shares", lambda: _given(document))
    document.core_properties.author = "Tỉnh Số"
    document.core_properties.title = kind.name.vi
    document.core_properties.created = document.core_properties.modified = MADE
    return document


def _when(document: Docx, condition: str, write: Callable[[], None]) -> None:
    """What `write` adds, printed only where the condition holds."""
    _text(document.add_paragraph(), f"{{%p if {condition} %}}", indent=False)
    write()
    _text(document.add_paragraph(), "{%p endif %}", indent=False)


def _figures(document: Docx) -> None:
    _annex_title(document, "Phụ lục III", "TỪNG CHỈ TIÊU THEO ĐƠN VỊ")
    _annexes(document)


def _given(document: Docx) -> None:
    _annex_title(document, "Phụ lục", "CHỈ TIÊU GIAO TỪNG ĐƠN VỊ")
    _shares(document)


def _page(document: Docx) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = section.right_margin = Mm(20)
    section.left_margin = Mm(30)
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = ALIGN.CENTER
    _field(number, "PAGE")
    for footer in (section.footer, section.first_page_footer):
        footer.is_linked_to_previous = False
        _text(
            footer.paragraphs[0],
            "{{ simulated }}",
            size=9,
            bold=True,
            align=ALIGN.CENTER,
            indent=False,
        )


def _field(paragraph: Paragraph, code: str) -> None:
    run = paragraph.add_run()
    run.font.size = Pt(13)
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)


def _styles(document: Docx) -> None:
    normal = document.styles["Normal"]
    normal.font.name = FONT
    normal.font.size = Pt(14)
    normal.font.color.rgb = RGBColor(0, 0, 0)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    normal.element.get_or_add_rPr().append(language)
    normal.paragraph_format.space_before = Pt(0)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.0


def _text(
    paragraph: Paragraph,
    text: str,
    *,
    size: float = 14,
    bold: bool = False,
    italic: bool = False,
    align: ALIGN = ALIGN.JUSTIFY,
    indent: bool = True,
    after: float = 6,
) -> Paragraph:
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(after)
    if indent:
        paragraph.paragraph_format.first_line_indent = Mm(10)
    return paragraph


def _centered(
    paragraph: Paragraph, text: str, *, size: float = 14, bold: bool = False, italic: bool = False
) -> None:
    _flat(paragraph, text, size=size, bold=bold, italic=italic, align=ALIGN.CENTER)


def _flat(
    paragraph: Paragraph,
    text: str,
    *,
    size: float = 14,
    bold: bool = False,
    italic: bool = False,
    align: ALIGN = ALIGN.LEFT,
) -> None:
    """Without an indent or a gap below."""
    _text(paragraph, text, size=size, bold=bold, italic=italic, align=align, indent=False, after=0)


def _line(paragraph: Paragraph, part: float, width: float) -> None:
    """A line under a text, `part` of the `width` (mm) it stands in: a paragraph's upper border."""
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(3), Pt(4)
    paragraph.paragraph_format.line_spacing = Pt(3)
    side = Mm(width * (1 - part) / 2)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = side
    borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    paragraph._p.get_or_add_pPr().append(borders)


def _head(document: Docx, kind: Kind) -> None:
    """Issuing body left, national name and motto right; number left, place and date right."""
    widths = (62.0, 98.0)
    table = _plain_table(document, 2, widths)
    left, right = table.rows[0].cells
    _text(
        left.paragraphs[0], "{%p if superior %}", size=13, align=ALIGN.CENTER, indent=False, after=0
    )
    for text, bold in (("{{ superior }}", False), ("{%p endif %}", False), ("{{ issuer }}", True)):
        _text(
            left.add_paragraph(),
            text,
            size=13,
            bold=bold,
            align=ALIGN.CENTER,
            indent=False,
            after=0,
        )
    _line(left.add_paragraph(), 1 / 3, widths[0] - 4)
    _centered(
        right.paragraphs[0],
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        size=12.5,
        bold=True,
    )
    _centered(
        right.add_paragraph(),
        "Độc lập - Tự do - Hạnh phúc",
        bold=True,
    )
    _line(right.add_paragraph(), 0.62, widths[1] - 4)
    left, right = table.rows[1].cells
    _centered(
        left.paragraphs[0],
        "{{ numbering }}",
        size=13,
    )
    _centered(
        right.paragraphs[0],
        "{{ place_and_date }}",
        italic=True,
    )
    if kind.is_letter:
        _centered(
            left.add_paragraph(),
            "{{ abstract }}",
            size=12,
        )
        _text(document.add_paragraph(), "", indent=False)
        _addressees(document)
        return
    _text(document.add_paragraph(), "", indent=False, after=0)
    _centered(
        document.add_paragraph(),
        "{{ heading }}",
        bold=True,
    )
    _centered(
        document.add_paragraph(),
        "{{ abstract }}",
        bold=True,
    )
    _line(document.add_paragraph(), 0.28, 160)


def _addressees(document: Docx) -> None:
    """One on the line itself; several on lines of their own (NĐ 30/2020/NĐ-CP, annex I)."""
    _text(document.add_paragraph(), "{%p for one in addressee %}", indent=False)
    _text(document.add_paragraph(), "{%p if loop.length == 1 %}", indent=False)
    _text(document.add_paragraph(), "Kính gửi: {{ one }}", align=ALIGN.CENTER, indent=False)
    _text(document.add_paragraph(), "{%p else %}", indent=False)
    _text(document.add_paragraph(), "{%p if loop.first %}", indent=False)
    for text, indent in (("Kính gửi:", 35), ("{%p endif %}", 0), ("- {{ one }}", 52)):
        line = _text(document.add_paragraph(), text, align=ALIGN.LEFT, indent=False)
        line.paragraph_format.left_indent = Mm(indent)
    _text(document.add_paragraph(), "{%p endif %}", indent=False)
    _text(document.add_paragraph(), "{%p endfor %}", indent=False)


def _plain_table(document: Docx, rows: int, widths: tuple[float, ...]) -> Table:
    table: Table = document.add_table(rows, len(widths))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _widths(table, widths)
    return table


def _widths(table: Table, widths: Sequence[float]) -> None:
    """In mm, on cells as Word reads them and on the grid as others do."""
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)


def _loop(document: Docx, over: str, text: str, *, align: ALIGN = ALIGN.JUSTIFY) -> None:
    _text(document.add_paragraph(), f"{{%p for {over} %}}", indent=False)
    _text(document.add_paragraph(), text, align=align, indent=align is ALIGN.JUSTIFY)
    _text(document.add_paragraph(), "{%p endfor %}", indent=False)


def _body(document: Docx) -> None:
    _text(document.add_paragraph(), "{%p for part in sections %}", indent=False)
    _text(document.add_paragraph(), "{%p if part.title %}", indent=False)
    heading = _text(document.add_paragraph(), "{{ part.title }}", bold=True, indent=False)
    heading.paragraph_format.keep_with_next = True
    _text(document.add_paragraph(), "{%p endif %}", indent=False)
    _loop(document, "one in part.paragraphs", "{{ one }}")
    _loop(document, "one in part.items", "{{ one }}")
    _text(document.add_paragraph(), "{%p endfor %}", indent=False)


def _grid(
    document: Docx,
    columns: Sequence[tuple[str, float, str]],
    over: str,
    size: float,
    *,
    sum_first: bool = False,
    texts: Collection[int] = (),
) -> None:
    """A table with a repeated head and a line for each of `over`: (title, width in mm, placeholder).
    `sum_first`: the first line is that of the unit above, in bold. `texts` are columns of words."""
    named = [placeholder for _, _, placeholder in columns]
    lines: list[tuple[bool, Sequence[str]]] = [(True, [title for title, _, _ in columns])]
    lines.append((False, [f"{{%tr for {over} %}}"]))
    if sum_first:
        lines += [(False, ["{%tr if loop.first %}"]), (True, named), (False, ["{%tr else %}"])]
    lines.append((False, named))
    lines += [(False, ["{%tr endif %}"])] if sum_first else []
    lines.append((False, ["{%tr endfor %}"]))
    table = document.add_table(len(lines), len(columns), style="Table Grid")
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _narrow_margins(table)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    _widths(table, [width for _, width, _ in columns])
    for place, (row, (bold, written)) in enumerate(zip(table.rows, lines, strict=True)):
        row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))  # whole on its page
        for column, (cell, text) in enumerate(zip(row.cells, written, strict=False)):
            words = column == 1 or column in texts
            aside = ALIGN.LEFT if words else ALIGN.RIGHT if column else ALIGN.CENTER
            code, space, name = text.rpartition("}} ")  # a target's code stands out before its name
            line = cell.paragraphs[0]
            _text(
                line,
                f"{code}{space}" or text,
                size=size,
                bold=bold or bool(code),
                align=aside if place else ALIGN.CENTER,
                indent=False,
                after=0,
            )
            if code:
                line.add_run(name).font.size = Pt(size)


def _narrow_margins(table: Table) -> None:
    """3 pt beside a cell's text, as in the PDF: columns of numbers need the width."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("top", "left", "bottom", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "60" if side in ("left", "right") else "30")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    # After tblLayout, before tblLook: the order of the schema (ISO/IEC 29500-1, 17.4.60).
    table._tbl.tblPr.find(qn("w:tblLook")).addprevious(margins)


def _targets(document: Docx, kind: Kind) -> None:
    name = ("Chỉ tiêu", 51, "{{ one.code }} {{ one.name }}")
    last = ("Mã tra cứu", 21, "{{ one.lookup }}")
    if kind.code == "assignment":
        middle = [
            ("Mức của tỉnh", 18, "level"),
            ("Thời hạn", 20, "deadline"),
            ("Cấp", 19, "tier"),
            ("Đã giao", 19, "given"),
            ("Kết quả làm mốc", 16, "value"),
        ]
        name = ("Chỉ tiêu", 39, name[2])
    else:
        middle = [
            ("Mức", 17, "level"),
            ("Kết quả", 15, "value"),
            ("Tử số/ mẫu số", 27, "parts"),
            ("Kỳ trước", 15, "before"),
            ("Trạng thái", 17, "standing"),
        ]
        name = ("Chỉ tiêu", 40, name[2])
    columns = [
        ("TT", 8, "{{ one.number }}"),
        name,
        *((title, width, f"{{{{ one.{field} }}}}") for title, width, field in middle),
        last,
    ]
    _grid(document, columns, "one in targets", 10)
    _text(document.add_paragraph(), "", size=6, indent=False, after=0)


def _shares(document: Docx) -> None:
    """Each unit's share of a target, or a unit's own shares: its heading is empty then."""
    _text(document.add_paragraph(), "{%p for table in shares %}", indent=False)
    _text(document.add_paragraph(), "{%p if table.title %}", indent=False)
    _heading(document, "{{ table.title }}", "{{ table.about }}")
    _text(document.add_paragraph(), "{%p endif %}", indent=False)
    quarters = ((f"Quý {name} (%)", 12, f"quarter_{n}") for n, name in enumerate(QUARTERS, 1))
    columns = [
        ("TT", 8, "number"),
        ("{{ table.of }}", 36, "name"),
        ("Mức giao", 15, "level"),
        *quarters,
        ("Người trả lời", 31, "answers"),
    ]
    filled = [(title, width, f"{{{{ one.{field} }}}}") for title, width, field in columns]
    code = "{% if one.lookup %}\n{{ one.lookup }}{% endif %}"
    filled.append(("Kết quả làm mốc", 22, f"{{{{ one.value }}}}{code}"))
    _grid(document, filled, "one in table.lines", 10, texts=[7])
    _text(document.add_paragraph(), "", size=6, indent=False, after=0)
    _text(document.add_paragraph(), "{%p endfor %}", indent=False)


def _points(document: Docx) -> None:
    _text(document.add_paragraph(), "{%p if points %}", indent=False)
    _heading(document, "Điểm từng tiêu chí", "{{ points_about }}")
    columns = [
        ("TT", 8, "number"),
        ("Tiêu chí", 40, "name"),
        ("Điểm", 13, "earned"),
        ("Tối đa", 12, "of"),
        ("Kết quả", 30, "reading"),
        ("So kỳ trước", 17, "change"),
        ("Điểm còn lấy được", 40, "gain"),
    ]
    filled = [(title, width, f"{{{{ one.{field} }}}}") for title, width, field in columns]
    _grid(document, filled, "one in points", 10, texts=[6])
    _text(document.add_paragraph(), "", size=6, indent=False, after=0)
    _text(document.add_paragraph(), "{%p endif %}", indent=False)


def _heading(document: Docx, title: str, about: str) -> None:
    """A table's name and a line about it, on the page of its table."""
    for text, size, bold in ((title, 14, True), (about, 12, False)):
        line = _text(
            document.add_paragraph(),
            text,
            size=size,
            bold=bold,
            italic=not bold,
            align=ALIGN.LEFT,
            indent=False,
        )
        line.paragraph_format.keep_with_next = True


def _end(document: Docx) -> None:
    table = _plain_table(document, 1, (78.0, 82.0))
    left, right = table.rows[0].cells
    _flat(
        left.paragraphs[0],
        "Nơi nhận:",
        size=12,
        bold=True,
        italic=True,
        align=ALIGN.LEFT,
    )
    for text in ("{%p for one in recipients %}", "- {{ one }}", "{%p endfor %}"):
        _flat(
            left.add_paragraph(),
            text,
            size=11,
            align=ALIGN.LEFT,
        )
    _flat(
        left.add_paragraph(),
        "{{ qr }}",
        size=11,
        align=ALIGN.LEFT,
    )
    _flat(
        left.add_paragraph(),
        "Mã văn bản: {{ document_code }}",
        size=9,
        align=ALIGN.LEFT,
    )
    _flat(
        left.add_paragraph(),
        "{{ address }}",
        size=9,
        align=ALIGN.LEFT,
    )
    _flat(
        right.paragraphs[0],
        "{{ authority }}",
        bold=True,
        align=ALIGN.CENTER,
    )
    _flat(
        right.add_paragraph(),
        "{{ title }}",
        bold=True,
        align=ALIGN.CENTER,
    )
    for _ in range(4):
        _flat(
            right.add_paragraph(),
            "",
            align=ALIGN.CENTER,
        )
    _flat(
        right.add_paragraph(),
        "{{ signer }}",
        bold=True,
        align=ALIGN.CENTER,
    )
    _text(document.add_paragraph(), "{{ source }}", size=9, italic=True, indent=False)


def _annex_title(document: Docx, name: str, title: str) -> None:
    first = _text(
        document.add_paragraph(), name, bold=True, align=ALIGN.CENTER, indent=False, after=0
    )
    first.paragraph_format.page_break_before = True
    _text(document.add_paragraph(), title, bold=True, align=ALIGN.CENTER, indent=False, after=0)
    _text(
        document.add_paragraph(),
        "{{ attached }}",
        size=13,
        italic=True,
        align=ALIGN.CENTER,
        indent=False,
    )


def _annexes(document: Docx) -> None:
    _text(document.add_paragraph(), "{%p for annex in annexes %}", indent=False)
    _heading(document, "{{ annex.title }}", "{{ annex.about }}")
    columns = [
        ("TT", 9, "number"),
        ("Đơn vị", 48, "name"),
        ("Tử số", 19, "numerator"),
        ("Mẫu số", 19, "denominator"),
        ("Kết quả", 17, "value"),
        ("Trạng thái", 27, "standing"),
        ("Mã tra cứu", 21, "lookup"),
    ]
    filled = [(title, width, f"{{{{ one.{field} }}}}") for title, width, field in columns]
    _grid(document, filled, "one in annex.lines", 11, sum_first=True)
    _text(document.add_paragraph(), "", size=6, indent=False, after=0)
    _text(document.add_paragraph(), "{%p endfor %}", indent=False)


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.web.settings")
    django.setup()
    main()
