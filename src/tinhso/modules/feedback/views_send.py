"""Sending a report: the form, the answer to it, what the page asks while it is filled in."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tinhso.kernel.cases.waiting import published_title
from tinhso.kernel.people.access import public
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled
from tinhso.kernel.people.limits import Bucket, Limit, limited
from tinhso.kernel.units import queries as units
from tinhso.kernel.units.register import register
from tinhso.measure.boundaries import Level
from tinhso.measure.text import InputError, Problem, Text
from tinhso.modules.feedback import actions, forms
from tinhso.modules.feedback.categories import categories, suggest
from tinhso.modules.feedback.places import box, communes, point_of, province
from tinhso.modules.feedback.public import similar
from tinhso.modules.feedback.tidy import tidy
from tinhso.modules.feedback.words import t

#: A whole neighbourhood behind one address may report a storm; a machine may not. The product's choice.
SEND = Limit(
    "feedback-send",
    address=Bucket(0.05, 40),
    person=Bucket(0.02, 20),
    methods=frozenset({"POST"}),
)
ASK = Limit("feedback-ask", address=Bucket(5, 300), person=Bucket(2, 120))


@public
@limited(SEND)
@never_cache
def send(request: HttpRequest) -> HttpResponse:
    """The form; what is sent is answered as a page, or as JSON to the page's own script."""
    if request.method != "POST":
        return form(request, Filled(None, category=_asked_category(request)))
    who = who_is(request)
    photos, problems = forms.photos_of(request, who)
    try:
        report = forms.report_of(request, photos, problems)
    except InputError as error:
        if _wants_json(request):
            return JsonResponse({"problems": [_told(one) for one in error.problems]}, status=400)
        return form(request, Filled(request.POST, error), forms.keeping(photos), status=400)
    if request.POST.get("seen_similar") != "1":
        near = similar(report.category, report.text, report.point, report.place)
        if near:
            return _offer(request, near, forms.keeping(photos))
    sent = actions.send(who, report)
    address = reverse("feedback:follow", args=[sent.case.code, sent.secret])
    if _wants_json(request):
        told = {"code": sent.case.code, "secret": sent.secret, "address": address}
        return JsonResponse(told)
    context = {
        "case": sent.case,
        "secret": sent.secret,
        "address": request.build_absolute_uri(address),
        "path": address,
        "mailed": bool(report.person.email and settings.EMAIL_HOST),
        "plan_code": "",
        "section": "feedback",
    }
    return no_trace(render(request, "feedback/sent.html", context))


def form(
    request: HttpRequest, filled: Filled, kept: str = "", *, status: int = 200
) -> HttpResponse:
    own = communes()
    key = filled.get("key") or str(uuid.uuid4())
    context = {
        "filled": filled,
        "kept": kept,
        "kept_count": len(forms.kept(kept)),
        "key": key,
        "lat": filled.get("lat"),
        "lon": filled.get("lon"),
        "made_at": filled.get("made_at"),
        "is_private": filled.get("private") == "1",
        "communes": [("", _ANY), *((one.uid, one.name) for one in own)],
        "categories": [("", _UNSURE), *((one.code, one.name) for one in categories().values())],
        "helped": [one for one in categories().values() if one.help],
        "map": map_data(),
        "most_photos": forms.MOST_PHOTOS,
        "plan_code": "",
        "section": "feedback",
    }
    return with_map(render(request, "feedback/send.html", context, status=status))


_ANY = Text("Chưa rõ, hoặc theo điểm trên bản đồ", "Not known, or by the point on the map")
_UNSURE = Text("Để cơ quan chọn giúp", "Let the office choose")


def _asked_category(request: HttpRequest) -> str:
    asked = request.GET.get("linh-vuc", "")
    return asked if asked in categories() else ""


def _offer(request: HttpRequest, near: list[Any], kept: str) -> HttpResponse:
    """Somebody else has reported it: follow that, or send all the same. What was typed comes along."""
    hidden = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in ("csrfmiddlewaretoken", "seen_similar", "kept")
    ]
    if _wants_json(request):
        return JsonResponse({"similar": [_as_json(one) for one in near]}, status=409)
    context = {"near": near, "hidden": hidden, "kept": kept, "plan_code": "", "section": "feedback"}
    return render(request, "feedback/similar.html", context)


@public
@limited(ASK)
@require_GET
def near(request: HttpRequest) -> HttpResponse:
    """Published reports that may be of the same thing, nearby or in the commune."""
    get = request.GET
    point, commune = point_of(get.get("lat", ""), get.get("lon", "")), get.get("xa", "")
    found = similar(
        get.get("linh-vuc", "")[:60],
        tidy(get.get("chu", "")[:1000]),
        point,
        commune if commune in register() else "",
    )
    return JsonResponse({"similar": [_as_json(one) for one in found]})


@public
@limited(ASK)
@require_GET
def suggestion(request: HttpRequest) -> HttpResponse:
    """The category that the words speak of; a person decides."""
    code = suggest(tidy(request.GET.get("chu", "")[:1000]))
    found = categories().get(code)
    return JsonResponse({"code": code, "name": t(found.name) if found else ""})


@public
@limited(ASK)
@never_cache
@require_GET
def token(request: HttpRequest) -> HttpResponse:
    """What a report that was kept without signal needs to be taken in: the form's own may be old."""
    return JsonResponse({"token": get_token(request)})


@public
@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the form at hand without signal; it rules over /phan-anh/ only."""
    names = (
        *("web/site.css", "web/site.js", "feedback/feedback.css", "feedback/queue.js"),
        *("feedback/exif.js", "feedback/map.js", "feedback/send.js"),
        *("leaflet/leaflet.css", "leaflet/leaflet.js", "fonts/be-vietnam-pro-400.woff2"),
    )
    assets, language = [static(one) for one in names], get_language() or "vi"
    made = hashlib.sha256(" ".join(assets).encode()).hexdigest()[:12]
    context = {
        "assets": assets,
        "queue": static("feedback/queue.js"),
        "version": f"{made} {language}",
        "language": language,
    }
    response = render(request, "feedback/sw.js", context, content_type="text/javascript")
    response.headers["Content-Security-Policy"] = "default-src 'none'; connect-src 'self'; script-src 'self'"  # fmt: skip
    response.headers["Cache-Control"] = "no-cache"
    return response


def map_data() -> dict[str, Any]:
    """What a map shows before anything is asked: the communes' points, and tiles where there are any."""
    points = units.markers(province(), level=Level.COMMUNE)
    return {
        "communes": [[one.uid, t(one.name), one.lat, one.lon] for one in points],
        "box": box((one.lat, one.lon) for one in points) if points else None,
        "tiles": settings.TINHSO_MAP_TILES,
    }


def with_map(response: HttpResponse) -> HttpResponse:
    """Lets the page ask the phone where it is, and load tiles from the operator's server."""
    response.wants = ("geolocation",)  # type: ignore[attr-defined]
    if settings.TINHSO_MAP_TILES:
        response.images_from = "/".join(settings.TINHSO_MAP_TILES.split("/")[:3])  # type: ignore[attr-defined]
    return response


def no_trace(response: HttpResponse) -> HttpResponse:
    """A page that shows a secret: kept nowhere, found by no search engine. Its address is named to no
    other site already (Referrer-Policy: same-origin); to our own it must be, or no form would pass."""
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _as_json(one: Any) -> dict[str, Any]:
    address = reverse("feedback:report", args=[one.case.code])
    return {"title": published_title(one.case), "metres": one.metres, "address": address}


def _told(problem: Problem) -> dict[str, str]:
    return {"field": problem.place.file, "text": t(problem)}


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
