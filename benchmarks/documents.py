"""A report of a quarter with annexes: from published figures to Word and PDF.

    python -m benchmarks documents

Publishes the sample's quarters with the units of every level, and makes the report of each: of the second
the province's own units, of the third, after the merger, those of the province that it went into.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.machine import machine

#: Runs of each part; the middle one is told.
RUNS = 5
#: A report of thirty pages is to be made in this; a longer one in as much more.
LIMIT_SECONDS, LIMIT_PAGES = 3.0, 30


def main(_options: list[str]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        return _measured(Path(folder))


def _measured(home: Path) -> str:
    import os  # noqa: PLC0415

    os.environ |= {"TINHSO_HOME": str(home), "DJANGO_SETTINGS_MODULE": "tinhso.web.settings"}
    import django  # noqa: PLC0415

    django.setup()
    from tinhso.kernel.ledger.actor import SYSTEM  # noqa: PLC0415
    from tinhso.measure.periods import Period  # noqa: PLC0415
    from tinhso.measure.places import View  # noqa: PLC0415
    from tinhso.modules.plan.actions import publish  # noqa: PLC0415
    from tinhso.modules.plan.queries import PlanQueries  # noqa: PLC0415
    from tinhso.modules.plan.workspace import workspace  # noqa: PLC0415
    from tinhso.web.prepare import prepare_figures, prepare_site  # noqa: PLC0415

    prepare_site(lambda _: None)
    prepare_figures(lambda _: None, scale=0.02)
    period = Period.parse("2025-Q3r")
    queries = PlanQueries(workspace(), "binh-phuoc-2025")
    last = publish(SYSTEM, queries, period, View(), by="thử", reason="", all_levels=True)
    return "\n\n".join(map(_report, ("binh-phuoc-2025/2025-Q2r", last.publication.name)))


def _report(name: str) -> str:
    import pypdfium2  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from tinhso.modules.documents import pdf, word  # noqa: PLC0415
    from tinhso.modules.documents.content import content_of  # noqa: PLC0415
    from tinhso.modules.documents.fields import Fields  # noqa: PLC0415
    from tinhso.modules.documents.kinds import kind_of  # noqa: PLC0415
    from tinhso.modules.plan.frozen.reading import FrozenPublication  # noqa: PLC0415

    kind, today = kind_of("report"), timezone.localdate()
    fields = Fields(issuer="ỦY BAN NHÂN DÂN", abstract="Kết quả thử")

    def content() -> Any:
        published = FrozenPublication(name)
        return content_of(
            kind, fields, published, "", code="VB-00000000", base="http://tinh.example"
        )

    made, template = content(), kind.word.read_bytes()
    rows = [
        ("figures and sentences", _seconds(content)),
        ("PDF", _seconds(lambda: pdf.pdf_of(made, today))),
        ("Word", _seconds(lambda: word.docx_of(made, template))),
    ]
    drawn = pypdfium2.PdfDocument(pdf.pdf_of(made, today))
    total = sum(seconds for _, seconds in rows)
    said = [f"{name}: a report of {len(drawn)} pages, {len(made.cited)} figures. {machine()}", ""]
    said += ["| part | seconds |", "| --- | --- |"]
    said += [f"| {name} | {seconds:.2f} |" for name, seconds in rows]
    limit = LIMIT_SECONDS * max(1, len(drawn) / LIMIT_PAGES)
    verdict = "met" if total < limit else "NOT met"
    drawn.close()
    return "\n".join([*said, f"| all | {total:.2f} |", "", f"Limit {limit:.1f} s: {verdict}."])


def _seconds(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)
