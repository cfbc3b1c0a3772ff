"""Answers for addresses that lead nowhere and forms that cannot be trusted."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for a wrong address; a view's Http404 may carry the name nearest to the wrong one."""
    hint = str(exception) if isinstance(exception, Http404) and len(str(exception)) < 60 else ""
    return render(request, "404.html", {"hint": hint if "tried" not in hint else ""}, status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from our own page, or from one opened too long ago."""
    return render(request, "csrf.html", {"reason": reason, "plan_code": ""}, status=403)
