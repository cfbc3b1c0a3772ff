"""The PDF of a document, drawn by Typst in the layout of NĐ 30/2020/NĐ-CP, annex I."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import segno

from tinhso.modules.documents.content import Content
from tinhso.modules.documents.kinds import ROOM

LAYOUT = ROOM / "layout"

#: The most that a drawing may take; a report of 30 pages takes one second.
SECONDS = 120

#: Holds TeX Gyre Termes: the widths of Times, all Vietnamese letters. Never imported: its code is
#: for another program.
FONTS = "rinoh_typeface_texgyretermes"


def pdf_of(content: Content, made_on: date) -> bytes:
    """PDF/A-2b. `made_on` stands in its metadata and nowhere else."""
    return _drawn(
        "document.typ",
        content,
        {
            "year": str(made_on.year),
            "month": str(made_on.month),
            "day": str(made_on.day),
            "qr": qr_svg(content.address),
        },
        pdf_standards=["a-2b"],
    )


def chart_png(content: Content) -> bytes:
    """The rulers of all targets as a picture, 16.5 cm wide, for Word files."""
    return _drawn("chart_alone.typ", content, {}, format="png", ppi=150.0)


def _drawn(layout: str, content: Content, inputs: dict[str, str], **how: object) -> bytes:
    """What `drawing` draws, in a process of its own. Raises RuntimeError with what Typst says."""
    asked = {
        "input": str(LAYOUT / layout),
        "root": str(LAYOUT),
        "font_paths": [str(fonts())],
        "sys_inputs": {"content": json.dumps(content.printed(), ensure_ascii=False), **inputs},
        **how,
    }
    program = [sys.executable, "-P", str(ROOM / "drawing.py")]
    done = subprocess.run(  # noqa: S603 (our own program; what people typed goes in as data)
        program, input=json.dumps(asked).encode(), capture_output=True, timeout=SECONDS, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-2000:])
    return done.stdout


def qr_svg(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", border=2, xmldecl=False)
    return out.getvalue().decode()


def qr_png(address: str) -> bytes:
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="png", border=2, scale=6)
    return out.getvalue()


@cache
def fonts() -> Path:
    """The folder of the fonts. Raises RuntimeError where their package is not installed: another
    font would be a document that the decree does not know."""
    spec = find_spec(FONTS)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the fonts of documents are missing: install requirements/run.lock")
    return Path(next(iter(spec.submodule_search_locations)))
