"""The link from a page that shows one thing to all that was done to it."""

from __future__ import annotations

from urllib.parse import urlencode

from django import template
from django.urls import reverse

register = template.Library()


@register.inclusion_tag("ledger/_history.html")
def history_of(kind: str, thing: object) -> dict[str, str]:
    """Leads to the history of a thing, named as the ledger names it."""
    asked = urlencode({"loai": kind, "vat": str(thing)})
    return {"address": f"{reverse('ledger:history')}?{asked}"}
