"""Django's settings for a site that lives a day later than the machine: what waits for tomorrow is done."""

from datetime import datetime, timedelta

from django.utils import timezone

from tinhso.web.settings import *  # noqa: F403

_now = timezone.now


def _tomorrow() -> datetime:
    return _now() + timedelta(days=1)


timezone.now = _tomorrow
