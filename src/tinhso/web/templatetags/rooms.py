"""Where one room's page leads to another's: rooms do not know each other, the shell knows them all."""

from __future__ import annotations

from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.urls import reverse

register = template.Library()


@register.inclusion_tag("shell/_of_target.html")
def of_target(plan_code: str, code: str) -> dict[str, str]:
    """From a target to its shares and to the tasks that serve it."""
    asked = {"chi-tieu": code}
    if plan_code != settings.TINHSO_DEFAULT_PLAN:
        asked["ke-hoach"] = plan_code
    return {
        "shares": reverse("shares:allocation", args=[plan_code, code]),
        "tasks": f"{reverse('tasks:list')}?{urlencode(asked)}",
    }
