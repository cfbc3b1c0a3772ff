"""What browsers may do with our answers, on every kind of answer: pages, errors, files, the API.

Django's SecurityMiddleware adds nosniff, Referrer-Policy, Cross-Origin-Opener-Policy and, under
HTTPS, Strict-Transport-Security.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse

#: No inline script or style anywhere: an injected one would not run.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)

#: For what is no page: opened by itself it may load nothing, run nothing and send nothing.
NO_PAGE_POLICY = (
    "default-src 'none'; base-uri 'none'; object-src 'none'; form-action 'none';"
    " frame-ancestors 'none'; sandbox"
)

UNUSED = ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")


def permissions(response: HttpResponse) -> str:
    """What of the browser's powers a page may use: none, or those that its view asks for (`wants`)."""
    wanted = getattr(response, "wants", ())
    return ", ".join(f"{name}=({'self' if name in wanted else ''})" for name in UNUSED)


def headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, the outermost: nothing that is answered passes it by.

    A view may ask for more on its own page: `response.wants` for powers of the browser (geolocation),
    `response.images_from` for pictures of another origin (tiles of a map). That a page has not changed (304)
    is said without any: a browser lays these headers over those of the page that it kept (RFC 9111, 3.2).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            return response
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        policy = POLICY if is_page else NO_PAGE_POLICY
        if origin := getattr(response, "images_from", ""):
            policy = policy.replace("img-src 'self'", f"img-src 'self' {origin}")
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", permissions(response))
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # What is made to be framed says in its own policy by whom: this older header cannot.
        if not getattr(response, "may_be_framed", False):
            response.headers.setdefault("X-Frame-Options", "DENY")
        return response

    return middleware


def keep_nothing_of_those_signed_in(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: no browser or proxy keeps what somebody saw who had signed in, so that the next
    at the same machine cannot call it back. Signing out also clears what the browser holds."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # Whoever brings no session and opens none is nobody: not looked for, so that answers to
        # programs and public pages do not depend on cookies.
        known = settings.SESSION_COOKIE_NAME in request.COOKIES
        before = known and request.user.is_authenticated
        response = get_response(request)
        if before or (request.session.accessed and request.user.is_authenticated):
            response.headers["Cache-Control"] = "no-store, private"
        if before and not request.user.is_authenticated:
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return middleware
