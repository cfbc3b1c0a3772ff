"""The Word file of a document: docxtpl over a template that an office can replace by its own (mẫu Word).

A template may hold texts, `{{ name }}`, `{%p for … %}`, `{%tr for … %}` and `{% if … %}` over the names in
`PLACEHOLDERS`, nothing else: no calls, filters or sums. What it names beyond that is told by its place
when the template is sent, so that no document fails on it later.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import docx
from docx.document import Document as Docx
from docx.shared import Mm
from docx.table import Table
from docx.text.paragraph import Paragraph
from docxtpl import DocxTemplate, InlineImage
from jinja2 import TemplateError, nodes
from jinja2.runtime import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from tinhso.measure.text import InputError, Place, Problem, Text, message, nearest
from tinhso.modules.documents import pdf
from tinhso.modules.documents.assignment import ShareLine, ShareTable
from tinhso.modules.documents.content import Annex, Content, Section, TargetLine, UnitLine
from tinhso.modules.documents.points import PointLine

UNKNOWN_NAME = message(
    "template-name-unknown",
    vi="{where}: mẫu dùng “{name}”, không có tên này.{near} Các tên dùng được ở bảng bên dưới.",
    en="{where}: the template uses “{name}”, which is no name.{near} The table below has all names.",
)
NOT_ALLOWED = message(
    "template-code",
    vi="{where}: “{code}” không dùng được trong mẫu. Mẫu chỉ nhận tên, for, if và phép so sánh.",
    en="{where}: “{code}” cannot stand in a template. Templates take names, for, if and comparisons only.",
)
BROKEN = message(
    "template-broken",
    vi="Mẫu viết sai cú pháp: {reason}. Xem lại các dấu ngoặc và mỗi for, if có endfor, endif của nó (cùng dạng p hoặc tr).",
    en="The template's syntax is wrong: {reason}. See to the braces, and that each for and if has its endfor and endif (of the same form, p or tr).",
)
UNREADABLE = message(
    "template-unreadable",
    vi="Không mở được tệp như một văn bản Word. Lưu lại ở dạng .docx rồi gửi lại.",
    en="The file does not open as a Word document. Save it again as .docx and send it.",
)

#: What a template may print, and what each is.
PLACEHOLDERS: dict[str, Text] = {
    "superior": Text("cơ quan chủ quản", "the superior body"),
    "issuer": Text("cơ quan ban hành", "the issuing body"),
    "numbering": Text("Số: …/ký hiệu", "number and sign"),
    "place_and_date": Text("địa danh và thời gian", "place and date"),
    "heading": Text("tên loại văn bản", "the document's name"),
    "abstract": Text("trích yếu", "the abstract"),
    "addressee": Text("danh sách nơi kính gửi", "list of addressees"),
    "sections": Text(
        "các phần nội dung: title, paragraphs, items (đã có chữ a, b, c)",
        "parts of the body: title, paragraphs, items (with their letters)",
    ),
    "targets": Text("các dòng chỉ tiêu", "lines of targets"),
    "annexes": Text("các phụ lục: title, about, lines", "annexes: title, about, lines"),
    "shares": Text(
        "bảng giao chỉ tiêu: title, about, of, lines (mức, mốc bốn quý, người trả lời)",
        "tables of shares: title, about, of, lines (level, four milestones, who answers)",
    ),
    "whole": Text("văn bản nói về mọi đơn vị", "the document is about all units"),
    "points": Text("các dòng điểm của đơn vị", "lines of a unit's points"),
    "points_about": Text(
        "dòng dưới tên bảng điểm", "the line below the name of the table of points"
    ),
    "recipients": Text("danh sách nơi nhận", "list of recipients"),
    "authority": Text("quyền hạn của người ký", "the authority of who signs"),
    "title": Text("chức vụ người ký", "the title of who signs"),
    "signer": Text("họ tên người ký", "the name of who signs"),
    "simulated": Text("dòng báo số liệu mô phỏng", "the notice of simulated data"),
    "source": Text("nguồn số liệu", "where figures are from"),
    "attached": Text("dòng “Kèm theo văn bản…” dưới tên phụ lục", "the line below an annex's name"),
    "document_code": Text("mã văn bản", "the document's code"),
    "address": Text("địa chỉ tra cứu", "the address to look up"),
    "unit": Text("đơn vị được nói đến", "the unit it is about"),
    "period": Text("kỳ số liệu", "the period"),
    "lookups": Text("địa chỉ để thêm mã vào sau", "the address that a code is added to"),
    "qr": Text("mã QR", "the QR code"),
    "chart": Text("biểu đồ các chỉ tiêu", "the chart of targets"),
}

#: What the items of a list hold; "" is a plain text.
_ITEMS: dict[str, frozenset[str]] = {
    "sections": frozenset(one.name for one in fields(Section)),
    "targets": frozenset(one.name for one in fields(TargetLine)),
    "annexes": frozenset(one.name for one in fields(Annex)),
    "shares": frozenset(one.name for one in fields(ShareTable)),
    "points": frozenset(one.name for one in fields(PointLine)),
    "lines": frozenset(one.name for line in (UnitLine, ShareLine) for one in fields(line)),
}
_ALL_PARTS = frozenset().union(*_ITEMS.values())

#: The nodes of Jinja that a template may be made of.
_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const),
    *(nodes.For, nodes.If, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
)
_TAG = re.compile(r"\{[{%].*?[%}]\}")


def docx_of(content: Content, template: bytes) -> bytes:
    """The document over a template. Raises InputError where the template cannot be filled."""
    try:
        document = DocxTemplate(io.BytesIO(template))
        context: dict[str, Any] = {one.name: getattr(content, one.name) for one in fields(content)}
        context["qr"] = InlineImage(document, io.BytesIO(pdf.qr_png(content.address)), width=Mm(20))
        context["chart"] = ""
        if "chart" in document.get_undeclared_template_variables(_environment()):
            picture = io.BytesIO(pdf.chart_png(content))
            context["chart"] = InlineImage(document, picture, width=Mm(160))
        document.render(context, jinja_env=_environment(), autoescape=True)
    except TemplateError as error:
        raise InputError([BROKEN(Place("file"), reason=str(error))]) from error
    document.core_properties.title = content.abstract
    document.core_properties.author = content.issuer.replace("\n", " ")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def check_template(template: bytes, sample: Content) -> None:
    """Raises InputError with everything that is wrong with a template; then fills it with `sample`,
    so that one that passes here can be filled."""
    try:
        opened = docx.Document(io.BytesIO(template))
        source = DocxTemplate(io.BytesIO(template))
        source.init_docx()
        xml = [source.patch_xml(source.get_xml())]
        for uri in (source.HEADER_URI, source.FOOTER_URI):
            parts = [part for _, part in source.get_headers_footers(uri)]
            xml += [source.patch_xml(source.get_part_xml(part)) for part in parts]
    except (KeyError, ValueError, OSError) as error:
        raise InputError([UNREADABLE(Place("file"))]) from error
    problems: dict[str, Problem] = {}
    for one in xml:
        try:
            tree = _environment().parse(one)
        except TemplateError as error:
            raise InputError([BROKEN(Place("file"), reason=str(error))]) from error
        _look(tree, opened, problems)
    if problems:
        raise InputError(problems.values())
    docx_of(sample, template)


class _Environment(SandboxedEnvironment):
    """Jinja with nothing in it that acts."""

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=True)
        self.globals.clear()
        self.filters = {"e": self.filters["e"]}  # docxtpl's own escaping
        self.tests.clear()


def _environment() -> SandboxedEnvironment:
    return _Environment()


def _look(tree: nodes.Template, opened: Docx, problems: dict[str, Problem]) -> None:
    for node in _walk(tree):
        if not isinstance(node, _ALLOWED):
            code = type(node).__name__.lower()
            problems.setdefault(
                code, NOT_ALLOWED(Place("file"), where=_first_tag(opened), code=code)
            )
    loops = {
        name.name
        for loop in tree.find_all(nodes.For)
        for name in [loop.target, *loop.target.find_all(nodes.Name)]
        if isinstance(name, nodes.Name)
    }
    for found in tree.find_all(nodes.Name):
        if found.ctx == "load" and found.name not in {*PLACEHOLDERS, *loops, "loop"}:
            _unknown(found.name, PLACEHOLDERS, opened, problems)
    for part in tree.find_all(nodes.Getattr):
        of_loop = isinstance(part.node, nodes.Name) and part.node.name == "loop"
        if not of_loop and part.attr not in _ALL_PARTS:
            _unknown(part.attr, _ALL_PARTS, opened, problems)


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)


def _unknown(name: str, known: Any, opened: Docx, problems: dict[str, Problem]) -> None:
    close = nearest(name, known)
    near = Text(f" Có phải “{close}”?", f" Is it “{close}”?") if close else Text("", "")
    where = _place_of(name, opened)
    problems.setdefault(name, UNKNOWN_NAME(Place("file"), where=where, name=name, near=near))


def _first_tag(opened: Docx) -> Text:
    """Where to look for a node that is not taken: a tag with a sign of calling or reckoning."""
    odd = re.compile(r"[|()+*/\[\]~]|\bset\b|\bimport\b|\binclude\b|\bmacro\b")
    for where, text in _texts(opened):
        if any(odd.search(tag) for tag in _TAG.findall(text)):
            return where
    return Text("Trong mẫu", "In the template")


def _place_of(name: str, opened: Docx) -> Text:
    word = re.compile(rf"(?<![\w]){re.escape(name)}(?![\w])")
    for where, text in _texts(opened):
        if any(word.search(tag) for tag in _TAG.findall(text)):
            return where
    return Text("Trong mẫu", "In the template")


def _texts(opened: Docx) -> Iterator[tuple[Text, str]]:
    """Every paragraph with its place, as a person counts in Word."""
    yield from _of_body(opened.paragraphs, opened.tables, Text("", ""))
    for part, vi, en in (
        *((one.header, "đầu trang, ", "header, ") for one in opened.sections),
        *((one.first_page_header, "đầu trang 1, ", "first header, ") for one in opened.sections),
        *((one.footer, "chân trang, ", "footer, ") for one in opened.sections),
    ):
        yield from _of_body(part.paragraphs, part.tables, Text(vi, en))


def _of_body(
    paragraphs: list[Paragraph], tables: list[Table], within: Text
) -> Iterator[tuple[Text, str]]:
    for place, one in enumerate(paragraphs, 1):
        yield Text(f"{within.vi}đoạn {place}", f"{within.en}paragraph {place}"), one.text
    for place, table in enumerate(tables, 1):
        for row, line in enumerate(table.rows, 1):
            for column, cell in enumerate(line.cells, 1):
                vi = f"{within.vi}bảng {place}, hàng {row}, ô {column}"
                en = f"{within.en}table {place}, row {row}, cell {column}"
                yield Text(vi, en), cell.text
