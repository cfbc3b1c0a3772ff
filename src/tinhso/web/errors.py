"""Answers for addresses that lead nowhere and forms that cannot be trusted."""

import re
from urllib.parse import unquote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

#: Codes of things, as addresses hold them.
_NAME = re.compile(r"[\w.:-]{1,60}")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for a wrong address; a view's Http404 may carry the name nearest to the wrong one."""
    said = str(exception) if isinstance(exception, Http404) else ""
    # A name that was not asked for; other words are the framework's own, for developers.
    asked = re.split(r"[/?&=]", unquote(request.get_full_path()))
    hint = said if _NAME.fullmatch(said) and said not in asked else ""
    return render(request, "404.html", {"hint": hint}, status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from our own page, or from one opened too long ago."""
    return render(request, "csrf.html", {"reason": reason, "plan_code": ""}, status=403)
