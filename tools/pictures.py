"""The pictures of the documents: taken with headless Chromium, few colours, small files.

tinhso run &   then   python tools/pictures.py [http://127.0.0.1:8000]    pictures of the README
python tools/pictures.py --journeys    plays the journeys of tests/browser and keeps what people saw
python -m tools.pictures --documents   a page of each sample document of the site in TINHSO_HOME
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
PLAN = "/ke-hoach/binh-phuoc-2025"
WANTED = {
    "overview": (f"{PLAN}/?ky=2025-Q2", 1280, 900),
    "open-number": (f"{PLAN}/chi-tieu/CQS-03/mo/?ky=2025-Q2&don-vi=d695", 1280, 900),
    "unit": (f"{PLAN}/don-vi/d695/?ky=2025-Q2", 1280, 900),
    "map": (f"{PLAN}/chi-tieu/CQS-03/?ky=2025-Q2#don-vi", 1280, 900),
    "phone": (f"{PLAN}/?ky=2025-Q2", 360, 740),
}
JOURNEYS = ("year", "report_journey", "desk_journey", "question_journey")
#: Kinds of documents, and which page is shown; -2 is the last but one.
DOCUMENTS = {"unit-sheet": -2, "urging-letter": 0, "assignment": 3}
#: Paper, ink, an accent and what lies between them: pages look the same with so many.
COLOURS = 48


def keep(png: bytes, path: Path) -> None:
    """A picture with few colours, as a small file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def journeys() -> None:
    played = [f"tests/browser/test_{one}.py" for one in JOURNEYS]
    test = ["-m", "pytest", *played, "-n0", "-q"]
    env = os.environ | {"PICTURES": str(PICTURES)}
    subprocess.run([sys.executable, *test], cwd=ROOT, env=env, check=True)


def documents() -> None:
    """The sample's result sheet, urging letter and assignment table as PDF, the sheet in LibreOffice too."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.web.settings")
    import django  # noqa: PLC0415

    django.setup()
    from tinhso.modules.documents.actions import preview  # noqa: PLC0415
    from tinhso.modules.documents.models import Document  # noqa: PLC0415

    for kind, page in DOCUMENTS.items():
        found = Document.objects.filter(kind=kind, simulated=True).latest("changed_at")
        drawn = preview(found, "http://127.0.0.1:8000")
        _page(drawn, page, f"{kind}-pdf")
        kept = found.renderings.filter(form="docx").first()
        if kind == "unit-sheet" and kept is not None:
            _page(_by_office(bytes(kept.bytes)), page, f"{kind}-word")


def _page(pdf: bytes, number: int, name: str) -> None:
    """One page, counted from the last where `number` is below 0."""
    drawn = pypdfium2.PdfDocument(pdf)
    out = io.BytesIO()
    drawn[number % len(drawn)].render(scale=1.25).to_pil().save(out, "PNG")
    drawn.close()
    keep(out.getvalue(), PICTURES / f"{name}.png")


def _by_office(word: bytes) -> bytes:
    """A Word file as LibreOffice shows it."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "document.docx").write_bytes(word)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder]
        subprocess.run([*command, f"{folder}/document.docx"], check=True, capture_output=True)
        return (Path(folder) / "document.pdf").read_bytes()


def main() -> None:
    if "--documents" in sys.argv[1:]:
        documents()
        return
    if "--journeys" in sys.argv[1:]:
        journeys()
        return
    site = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, (path, width, height) in WANTED.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(site + path)
            page.wait_for_timeout(300)
            keep(page.screenshot(), PICTURES / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
