"""What the plan's pages share: finding the plan, the lens, answers for wrong addresses, caching."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.core.cache import caches
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import get_language

from tinhso import __version__
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.units.register import UnknownUnitError
from tinhso.measure.text import InputError
from tinhso.measure.troubles import LakeTroubleError
from tinhso.modules.plan.lens import lens_query, read_lens
from tinhso.modules.plan.models import Publication
from tinhso.modules.plan.queries import Lens, PlanQueries
from tinhso.modules.plan.workspace import NotMeasuredError, UnknownPlanError, workspace

View = Callable[..., HttpResponse]


def plan_page(view: View) -> Callable[..., HttpResponse]:
    """A page of a plan under a lens: `view(request, queries, lens, ...)`.

    Pages are pure functions of the cube, the address, the language and what the reader may see,
    so they carry an ETag and are kept once rendered.
    """

    @wraps(view)
    def page(request: HttpRequest, plan_code: str, **kwargs: Any) -> HttpResponse:
        try:
            queries = PlanQueries(workspace(), plan_code)
        except UnknownPlanError:
            return _unknown_plan(request, plan_code)
        except NotMeasuredError:
            return render(request, "plan/not_measured.html", {"plan_code": ""}, status=503)
        etag = _etag(request)
        if etag in parse_etags(request.headers.get("If-None-Match", "")):
            return _fresh(HttpResponse(status=304), etag)
        # One renders, the others of this process wait for it instead of rendering the same.
        with _rendering(etag):
            kept = caches["pages"].get(etag)
            if kept is not None:
                content, content_type = kept
                return _fresh(HttpResponse(content, content_type=content_type), etag)
            try:
                lens = read_lens(request, queries)
                response = view(request, queries, lens, **kwargs)
            except LakeTroubleError:
                raise  # not the reader's fault
            except InputError as error:
                return _wrong_address(request, queries, error)
            except UnknownUnitError as error:
                context = frame(queries, queries.default_lens(), "units") | {"unknown": str(error)}
                return render(request, "plan/unknown_unit.html", context, status=404)
            # A page for somebody signed in holds that person's own token.
            if request.user.is_authenticated:
                return _fresh(response, etag)
            if response.status_code == 200 and not response.streaming:
                caches["pages"].set(etag, (response.content, response.headers["Content-Type"]))
                return _fresh(response, etag)
            return response

    return page


_rendering_lock = threading.Lock()
_in_hand: dict[str, tuple[threading.Lock, int]] = {}


@contextmanager
def _rendering(etag: str) -> Iterator[None]:
    """Hold what belongs to one page, so that it is rendered by one request at a time."""
    with _rendering_lock:
        lock, waiting = _in_hand.get(etag, (threading.Lock(), 0))
        _in_hand[etag] = (lock, waiting + 1)
    try:
        with lock:
            yield
    finally:
        with _rendering_lock:
            lock, waiting = _in_hand[etag]
            if waiting == 1:
                del _in_hand[etag]
            else:
                _in_hand[etag] = (lock, waiting - 1)


def figures_key(request: HttpRequest) -> list[str]:
    """Changes exactly when answers may: with figures, forecasts, packs, what is published, and the
    reader."""
    place = workspace()
    newest = Publication.objects.aggregate(newest=Max("id"))["newest"]
    who = who_is(request)
    scopes = "" if who.scopes is None else sorted(who.scopes)
    reader = f"{who.account} {who.seats} {who.day} {scopes}" if who.signed_in else "public"
    return [__version__, place.cube_name, place.forecasts.name(), place.digest, str(newest), reader]


def _etag(request: HttpRequest) -> str:
    """Of a page: a part of a page, asked for by a script, is another thing at the same address."""
    part = request.headers.get("HX-Target", "")
    parts = (*figures_key(request), request.get_full_path(), str(get_language()), part)
    return quote_etag(hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24])


def _fresh(response: HttpResponse, etag: str) -> HttpResponse:
    response.headers["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["HX-Target", "Cookie"])
    return response


def frame(queries: PlanQueries, lens: Lens, section: str) -> dict[str, Any]:
    """The context that every page of a plan has."""
    manifest = queries.manifest
    return {
        "plan_code": queries.pack.code,
        "pack": queries.pack.pack,
        "plan": queries.plan,
        "document": queries.pack.pack.documents.get(queries.plan.document),
        "section": section,
        "lens": lens,
        "lens_query": lens_query(lens),
        "periods": queries.periods(),
        "views": queries.views(),
        "manifest": manifest,
        "simulated": manifest.simulated,
        "root": queries.root,
        "units": queries.units,
        "other_plans": [
            one for code, one in queries.workspace.plans.items() if code != queries.pack.code
        ],
    }


def _unknown_plan(request: HttpRequest, code: str) -> HttpResponse:
    context = {"unknown": code, "plans": list(workspace().plans.values()), "plan_code": ""}
    return render(request, "plan/unknown_plan.html", context, status=404)


def _wrong_address(request: HttpRequest, queries: PlanQueries, error: InputError) -> HttpResponse:
    context = frame(queries, queries.default_lens(), "") | {"problems": error.problems}
    return render(request, "plan/wrong_address.html", context, status=400)
