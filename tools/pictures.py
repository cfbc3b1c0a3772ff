"""The pictures of the README: pages of a running site, taken with headless Chromium.

tinhso run &   then   python tools/pictures.py [http://127.0.0.1:8000]
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
PLAN = "/ke-hoach/binh-phuoc-2025"
WANTED = {
    "overview": (f"{PLAN}/?ky=2025-Q2", 1280, 900),
    "open-number": (f"{PLAN}/chi-tieu/CQS-03/mo/?ky=2025-Q2&don-vi=d695", 1280, 900),
    "unit": (f"{PLAN}/don-vi/d695/?ky=2025-Q2", 1280, 900),
    "map": (f"{PLAN}/chi-tieu/CQS-03/?ky=2025-Q2#don-vi", 1280, 900),
    "phone": (f"{PLAN}/?ky=2025-Q2", 360, 740),
}


def main() -> None:
    site = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, (path, width, height) in WANTED.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(site + path)
            page.wait_for_timeout(300)
            page.screenshot(path=PICTURES / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
