"""Pictures of what people saw in a journey: kept where PICTURES names a folder (tools/pictures.py)."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page

from tools.pictures import keep


def picture(page: Page, name: str, at: str = "") -> None:
    """What the page shows now, from the element `at` on where one is named."""
    folder = os.environ.get("PICTURES")
    if not folder:
        return
    if at:
        page.locator(at).first.evaluate("one => one.scrollIntoView()")
    page.wait_for_timeout(300)
    keep(page.screenshot(), Path(folder) / f"{name}.png")
