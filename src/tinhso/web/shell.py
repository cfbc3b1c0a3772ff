"""What every page's frame shows: the plan in hand, navigation, the other language's address."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language


def shell(request: HttpRequest) -> dict[str, object]:
    """Context of `shell/base.html`."""
    english = get_language() == "en"
    path = request.get_full_path()
    other = path.removeprefix("/en") if english else f"/en{path}"
    return {
        "other_language": "vi" if english else "en",
        "other_address": other,
        "default_plan": settings.TINHSO_DEFAULT_PLAN,
    }
