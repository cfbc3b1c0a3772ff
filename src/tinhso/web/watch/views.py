"""/healthz, /readyz, /metrics for machines; the status page for operators."""

from __future__ import annotations

import hmac
from functools import wraps
from ipaddress import ip_address
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tinhso.kernel.people.access import asks, public
from tinhso.kernel.people.policies import STATUS
from tinhso.web import configuration
from tinhso.web.watch import metrics
from tinhso.web.watch.readiness import not_ready
from tinhso.web.watch.status import findings


def _uncached(view: Any) -> Any:
    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponse:
        response: HttpResponse = view(request)
        response.headers["Cache-Control"] = "no-store"
        return response

    return answered


@public
@_uncached
def healthz(_request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
@_uncached
def readyz(_request: HttpRequest) -> HttpResponse:
    """200 when pages can be served, else 503 with the names of what is not there."""
    wrong = not_ready()
    body = "".join(f"{name}\n" for name in wrong) or "ok\n"
    return HttpResponse(body, content_type="text/plain", status=503 if wrong else 200)


@public
@_uncached
def metrics_text(request: HttpRequest) -> HttpResponse:
    """For this machine itself, or with the token; everybody else is told that nothing is here."""
    if not (_from_this_machine(request) or _has_token(request)):
        return HttpResponse("not here\n", content_type="text/plain", status=404)
    return HttpResponse(metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _from_this_machine(request: HttpRequest) -> bool:
    """A proxy on this machine is not: it passes on what others ask, and says so in a header."""
    passed_on = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded"))
    address = request.META.get("REMOTE_ADDR", "")
    return bool(address) and not passed_on and ip_address(address).is_loopback


def _has_token(request: HttpRequest) -> bool:
    wanted = configuration.METRICS_TOKEN.get()
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(wanted) and hmac.compare_digest(sent.encode(), wanted.encode())


@asks(STATUS, "view")
def status(request: HttpRequest) -> HttpResponse:
    found = sorted(findings(), key=lambda one: one.fine)  # what needs doing stands first
    context = {"findings": found, "wrong": sum(not one.fine for one in found), "plan_code": ""}
    return render(request, "watch/status.html", context)
