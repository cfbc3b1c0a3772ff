"""What this room's pages share: the plan, who asks, the lens, and answers for wrong addresses."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.units.register import UnknownUnitError
from tinhso.measure.text import InputError, nearest
from tinhso.measure.troubles import LakeTroubleError
from tinhso.modules.plan.lens import read_lens
from tinhso.modules.plan.pack import Target
from tinhso.modules.plan.pages import frame
from tinhso.modules.plan.queries import Lens, PlanQueries
from tinhso.modules.plan.workspace import NotMeasuredError, UnknownPlanError, workspace
from tinhso.modules.shares.queries import ShareQueries


def plan_unit(_request: HttpRequest, plan_code: str, **_: object) -> str:
    """The unit whose plan it is, for routes that ask a policy. Raises Http404."""
    try:
        return workspace().plan(plan_code).plan.unit
    except UnknownPlanError:
        raise Http404(nearest(plan_code, workspace().plans)) from None


def room_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of a plan's allocations: `view(request, queries, lens, ...)`. Never kept: what was
    given may change at any moment."""

    @wraps(view)
    def page(request: HttpRequest, plan_code: str, **kwargs: Any) -> HttpResponse:
        plan_unit(request, plan_code)
        try:
            plan = PlanQueries(workspace(), plan_code)
        except NotMeasuredError:
            return render(request, "plan/not_measured.html", {"plan_code": ""}, status=503)
        queries = ShareQueries(who_is(request), plan)
        try:
            response = view(request, queries, read_lens(request, plan), **kwargs)
        except LakeTroubleError:
            raise  # not the reader's fault
        except InputError as error:
            context = room_frame(queries, plan.default_lens()) | {"problems": error.problems}
            return render(request, "plan/wrong_address.html", context, status=400)
        except UnknownUnitError as error:
            context = room_frame(queries, plan.default_lens()) | {"unknown": str(error)}
            return render(request, "plan/unknown_unit.html", context, status=404)
        patch_cache_control(response, private=True, no_cache=True)
        return response

    return page


def room_frame(queries: ShareQueries, lens: Lens) -> dict[str, Any]:
    """The context that every page of this room has."""
    return frame(queries.plan, lens, "shares")


def target_of(queries: ShareQueries, code: str) -> Target:
    """Raises Http404 with the nearest."""
    target = queries.plan.plan.target(code)
    if target is None:
        raise Http404(nearest(code, [one.code for one in queries.plan.plan.targets]))
    return target
