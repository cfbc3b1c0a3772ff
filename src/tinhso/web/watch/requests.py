"""Each request's id, its line in the log, its part in the metrics."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

from tinhso.kernel.units.register import one_register
from tinhso.web.watch import metrics
from tinhso.web.watch.logs import request_id

logger = logging.getLogger("tinhso.request")

#: Routes whose lines do not say who it was, even of whoever is signed in: an anonymous answer's time
#: and account would name who gave it.
UNNAMED = frozenset({"surveys:answer"})

_SENT_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


def watched(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, outermost: an id for each request, its line in the log, its part in the metrics."""

    def middleware(request: HttpRequest) -> HttpResponse:
        sent = request.headers.get("X-Request-ID", "")
        identity = sent if _SENT_ID.fullmatch(sent) else uuid4().hex
        token = request_id.set(identity)
        began = time.perf_counter()
        try:
            with one_register():
                response = get_response(request)
            seconds = time.perf_counter() - began
            response.headers["X-Request-ID"] = identity
            match = request.resolver_match
            route = match.view_name if match else ""
            method = request.method if request.method in metrics.METHODS else "other"
            metrics.seen(route, method, response.status_code, seconds)
            account = getattr(getattr(request, "_who", None), "account", None)
            facts = {
                "route": route,
                "method": method,
                "status": response.status_code,
                "ms": round(seconds * 1000, 1),
                "account": str(account or "") if route not in UNNAMED else "",
            }
            logger.info("request", extra={"facts": facts})
            return response
        finally:
            request_id.reset(token)

    return middleware
