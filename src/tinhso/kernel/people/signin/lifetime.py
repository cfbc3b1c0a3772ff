"""How long a session lasts: 12 hours without use, 24 hours at most.

ASVS 5.0, 7.3.1 and 7.3.2 ask for both limits; NIST SP 800-63B-4, 2.2.3 wants a new sign-in at least
every 24 hours at its second level. The cookie itself goes when the browser closes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from tinhso.kernel.people.signin import devices

LONGEST = timedelta(hours=24)

#: Use is written down this often, so that not every page writes; idle time is exact to it.
STEP = timedelta(minutes=10)

BEGAN, SEEN = "session_began", "session_seen"


def begin(request: HttpRequest) -> None:
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


def why_ended(request: HttpRequest) -> str:
    """The reason, where it was not its owner who ended the session."""
    reason: str = getattr(request, "_session_ended_by", "")
    return reason


class SignInMiddleware:
    """Ends sessions that are too old, writes down that the others are used, remembers devices."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            ended = self._use(request)
            if ended is not None:
                return ended
        response = self.get_response(request)
        devices.write(request, response)
        return response

    def _use(self, request: HttpRequest) -> HttpResponse | None:
        now = int(time.time())
        began = request.session.setdefault(BEGAN, now)
        if now - began >= LONGEST.total_seconds():
            request._session_ended_by = "longest time"  # type: ignore[attr-defined]
            logout(request)
            messages.info(
                request, gettext("Phiên đã kéo dài 24 giờ và kết thúc. Mời bạn đăng nhập lại.")
            )
            return redirect_to_login(request.get_full_path())
        if now - request.session.get(SEEN, 0) >= STEP.total_seconds():
            request.session[SEEN] = now
            key = request.session.session_key
            UserSession.objects.filter(session_key=key).update(last_seen_at=timezone.now())
        return None
