"""The parts of a workbook as XML (phần của sổ): never with a DOCTYPE, hence never with entities."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from lxml import etree

from tinhso.measure.ingest import messages
from tinhso.measure.text import Problem

#: Bytes of what is read as XML, and of one row.
MOST_XML = 8 << 20
_WIDTH = "70"  # of the column of problems, in characters

# What stands in a part, in the order that Excel insists on.
IN_SHEET = (
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr"),
    *("sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState"),
    *("dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting"),
    *("dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter"),
    *("rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags"),
    *("drawing", "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls"),
    *("webPublishItems", "tableParts", "extLst"),
)
IN_BOOK = (
    *("sheets", "functionGroups", "externalReferences", "definedNames", "calcPr", "oleSize"),
    *("customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing"),
    *("fileRecoveryPr", "webPublishObjects", "extLst"),
)
IN_STYLES = ("cellXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst")


class NotKeptError(Exception):
    """The workbook cannot go back as it is; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def odd() -> NotKeptError:
    return NotKeptError(messages.RETURNED_ODD())


def read_part(archive: zipfile.ZipFile, part: str) -> Any:
    if part not in archive.namelist() or archive.getinfo(part).file_size > MOST_XML:
        raise odd()
    return tree_of(archive.read(part))


def tree_of(content: bytes) -> Any:
    declared = re.match(rb"""[^>]*?encoding=["']([\w.-]+)""", content)
    if b"<!DOCTYPE" in content or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii")):
        raise odd()
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise odd() from error
    if etree.QName(root).namespace is None:
        raise odd()
    return root


def text_of(root: Any) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def relations(archive: zipfile.ZipFile) -> dict[str, str]:
    """The book's parts by the ids of its relations; the styles' also as "styles"."""
    found = {}
    for one in read_part(archive, "xl/_rels/workbook.xml.rels"):
        part = posixpath.normpath(posixpath.join("/xl", one.get("Target", ""))).lstrip("/")
        found[one.get("Id", "")] = part
        if one.get("Type", "").endswith("/styles"):
            found["styles"] = part
    return found


def _name(root: Any, name: str) -> str:
    return f"{{{etree.QName(root).namespace}}}{name}"


def added(parent: Any, tag: str, /, **attributes: str) -> Any:
    return etree.SubElement(parent, _name(parent, tag), attributes)


def placed(root: Any, name: str, order: Sequence[str]) -> Any:
    """A new child, where it belongs."""
    later = order[order.index(name) + 1 :]
    names = [etree.QName(one).localname if isinstance(one.tag, str) else "" for one in root]
    made = root.makeelement(_name(root, name))
    root.insert(next((at for at, one in enumerate(names) if one in later), len(root)), made)
    return made


def child(root: Any, name: str, order: Sequence[str]) -> Any:
    """The child of that name, made where it belongs if there is none."""
    found = root.find(f"{{*}}{name}")
    return placed(root, name, order) if found is None else found


def add_highlight(styles: Any) -> int:
    """The number of a new format for cells that are wrong: Excel's own light red."""
    formats = child(styles, "dxfs", IN_STYLES)
    fill = added(added(added(formats, "dxf"), "fill"), "patternFill", patternType="solid")
    for name in ("fgColor", "bgColor"):
        added(fill, name, rgb="FFFFC7CE")
    formats.set("count", str(len(formats)))
    return len(formats) - 1


def widen(root: Any, column: int) -> None:
    """Make `column` (from 0) wide; ranges of columns with one width may not overlap."""
    columns = child(root, "cols", IN_SHEET)
    number = column + 1
    own = columns.makeelement(_name(columns, "col"))
    at = len(columns)
    for index, one in enumerate(list(columns)):
        least, most = int(one.get("min", "")), int(one.get("max", ""))
        if least > number:
            at = min(at, index)
        elif most >= number:
            own, right = deepcopy(one), deepcopy(one)
            one.set("max", str(number - 1))
            right.set("min", str(number + 1))
            if most > number:
                columns.insert(index + 1, right)
            at = index + 1
            if least == number:
                columns.remove(one)
                at = index
    own.attrib.pop("hidden", None)
    own.attrib.update({"min": str(number), "max": str(number), "width": _WIDTH, "customWidth": "1"})
    columns.insert(at, own)
