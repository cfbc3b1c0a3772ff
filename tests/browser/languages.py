"""Journeys that are walked in both languages: where a page stands, and what it says there."""

from __future__ import annotations

import pytest
from django.utils.translation import gettext, override

#: The beginning of addresses in Vietnamese, the pages' own language, and in English.
BOTH = pytest.mark.parametrize("root", ["", "/en"], ids=["vi", "en"])


def said(root: str, text: str) -> str:
    """A text of the pages, by its Vietnamese, as pages below `root` say it."""
    with override("en" if root else "vi"):
        return gettext(text)
