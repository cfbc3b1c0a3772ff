"""The office's pages of what is owed: what waits, what is stuck and why."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_POST

from tinhso.kernel.ledger import deliveries, delivery_actions
from tinhso.kernel.ledger.deliveries import WORDS, Standing
from tinhso.kernel.people.access import asks, may
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.policies import DELIVERY
from tinhso.measure.text import InputError

PAGE = 50


def _whole(*_args: object, **_kwargs: object) -> str:
    """What is owed belongs to no unit: the right over the whole installation is asked for."""
    return ""


@asks(DELIVERY, "view", unit=_whole)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """What waits, by topic and standing. A filter that does not exist is none."""
    topic = request.GET.get("loai", "")[:40]
    asked = request.GET.get("tinh-trang", "")
    standing = Standing(asked) if asked in set(Standing) else None
    page = Paginator(deliveries.rows(topic, standing), PAGE).get_page(request.GET.get("trang"))
    counts = deliveries.counts(timezone.now() - timedelta(days=1))
    context = {
        "rows": [deliveries.row(one) for one in page],
        "page": page,
        "counts": counts,
        "duties": deliveries.duties(),
        "standings": [(one.value, WORDS[one]) for one in Standing],
        "topic": topic,
        "standing": standing,
        "asleep": deliveries.overdue(60),
        "stuck": sum(one.stuck for one in counts),
    }
    return render(request, "ledger/deliveries.html", context)


@asks(DELIVERY, "view", unit=_whole)
@require_GET
def shown(request: HttpRequest, delivery: uuid.UUID) -> HttpResponse:
    return _shown(request, delivery, "")


def _shown(request: HttpRequest, uid: uuid.UUID, problem: str) -> HttpResponse:
    row = deliveries.find(uid)
    if row is None:
        raise Http404
    payload = row.payload
    context = {
        "row": row,
        "one": row.delivery,
        "payload": None
        if payload is None
        else json.dumps(payload, ensure_ascii=False, indent=2, sort_keys=True),
        "ahead": deliveries.ahead_of(row.delivery) if row.standing is Standing.BEHIND else None,
        "may_manage": may(request, DELIVERY, "manage"),
        "open": row.delivery.state == "waiting",
        "problem": problem,
        "reason": request.POST.get("ly-do", ""),
    }
    return render(request, "ledger/delivery.html", context, status=400 if problem else 200)


@asks(DELIVERY, "manage", unit=_whole)
@require_POST
def retry(request: HttpRequest, delivery: uuid.UUID) -> HttpResponse:
    who = who_is(request)
    seat = DELIVERY.ask(who, "manage").seat
    try:
        delivery_actions.retry(delivery, who.actor(seat))
    except InputError as error:
        return _refused(request, delivery, error)
    messages.success(request, gettext("Việc này sẽ được gửi lại ngay."))
    return redirect("delivery", delivery)


@asks(DELIVERY, "manage", unit=_whole)
@require_POST
def give_up(request: HttpRequest, delivery: uuid.UUID) -> HttpResponse:
    who = who_is(request)
    seat = DELIVERY.ask(who, "manage").seat
    try:
        delivery_actions.give_up(
            delivery, who.actor(seat), reason=request.POST.get("ly-do", "")[:500]
        )
    except InputError as error:
        return _refused(request, delivery, error)
    messages.success(request, gettext("Đã bỏ việc này; việc đợi sau nó sẽ đi tiếp."))
    return redirect("delivery", delivery)


def _refused(request: HttpRequest, uid: uuid.UUID, error: InputError) -> HttpResponse:
    return _shown(request, uid, " ".join(one.to(get_language() or "vi") for one in error.problems))
