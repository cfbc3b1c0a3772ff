"""The pictures of the documents: taken with headless Chromium, few colours, small files.

tinhso run &   then   python tools/pictures.py [http://127.0.0.1:8000]    pictures of the README
python tools/pictures.py --journeys    plays the journeys of tests/browser and keeps what people saw
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

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


def main() -> None:
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
