"""Pages to act on: give and change a task, report, ask for more time or help, and decide."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages as said
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from tinhso.kernel.people.access import asks
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled, whole
from tinhso.kernel.units.asked import unit_asked
from tinhso.kernel.units.register import register
from tinhso.measure.text import InputError, Text
from tinhso.modules.tasks import actions, forms, pages, progress
from tinhso.modules.tasks.drafts import By, Draft
from tinhso.modules.tasks.models import Ask, Extension, Report, Task, TaskVersion
from tinhso.modules.tasks.policies import TASK
from tinhso.modules.tasks.words import RHYTHMS

_REPORTS = Report.objects.select_related("task", "by")


def _by(request: HttpRequest, verb: str, unit: str) -> By:
    """Who acts, in the position that gives the right. Raises ForbiddenError."""
    who = who_is(request)
    return By.person(who, TASK.require(who, verb, unit).seat)


def _page(
    request: HttpRequest,
    template: str,
    act: Callable[[], HttpResponse | None],
    first: Filled,
    context: dict[str, object],
) -> HttpResponse:
    """A form: shown, or acted on, or shown again as it was filled in with what is wrong."""
    filled = first
    if request.method == "POST":
        try:
            done = act()
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            if done is not None:
                return done
    return render(
        request, template, context | {"filled": filled}, status=400 if filled.problems else 200
    )


def _about(task: Task, now: TaskVersion | None = None) -> dict[str, object]:
    """What every form says of its task."""
    return {
        "task": task,
        "now": now or pages.newest(task),
        "plan_code": task.plan,
        "simulated": task.simulated,
    }


def _default_plan_unit(_request: HttpRequest) -> str:
    return pages.plan_of(settings.TINHSO_DEFAULT_PLAN).unit


def _choices(plan_code: str) -> dict[str, object]:
    plan = pages.plan_of(plan_code)
    none = ("", Text("không thuộc nhóm nào", "in no group"))
    return {
        "plan": plan,
        "plan_code": plan_code,
        "choices": pages.unit_choices(plan),
        "groups": [none, *((one.code, one.name) for one in plan.groups)],
        "rhythms": [(one.value, word) for one, word in RHYTHMS.items()],
    }


@asks(TASK, "manage", unit=_default_plan_unit)
def give(request: HttpRequest) -> HttpResponse:
    plan = settings.TINHSO_DEFAULT_PLAN

    def act() -> HttpResponse:
        draft = forms.draft_of(request, plan)
        by = _by(request, "manage", pages.plan_of(plan).unit)
        made = actions.create(by, plan, request.POST.get("code", ""), draft)
        said.success(request, gettext("Đã giao nhiệm vụ %(code)s.") % {"code": made.code})
        return redirect("tasks:task", made.pk)

    first = Filled(None, rhythm="once")
    return _page(request, "tasks/give.html", act, first, _choices(plan))


@asks(TASK, "manage", unit=pages.plan_unit_of)
def change(request: HttpRequest, task: uuid.UUID) -> HttpResponse:
    """Change a task, cancel it or let it go on: told apart by the field `viec`."""
    one = pages.the_task(task)
    now = pages.newest(one)

    def act() -> HttpResponse:
        by = _by(request, "manage", pages.plan_of(one.plan).unit)
        posted = request.POST
        match posted.get("viec"):
            case "huy":
                actions.cancel(by, one, posted.get("reason", ""))
                said.success(request, gettext("Đã hủy nhiệm vụ."))
            case "chay-lai":
                actions.cancel(by, one, posted.get("reason", ""), cancelled=False)
                said.success(request, gettext("Nhiệm vụ chạy lại."))
            case _:
                draft = forms.draft_of(request, one.plan, Draft.of(now))
                seen = whole(posted.get("seen", ""))
                actions.change(by, one, draft, posted.get("reason", ""), seen=seen)
                said.success(request, gettext("Đã lưu phiên bản mới."))
        return redirect("tasks:task", one.pk)

    doing = request.POST.get("viec", "")
    # Another act's form keeps what was typed into it; the task's own shows the task as it is.
    context = (
        _about(one, now) | _choices(one.plan) | {"doing": doing, "own": forms.filled_from(now)}
    )
    return _page(request, "tasks/change.html", act, forms.filled_from(now), context)


@asks(TASK, "report", unit=pages.reporting_unit)
def report(request: HttpRequest, task: uuid.UUID) -> HttpResponse:
    """Report on the whole task for the lead, or on its own part for a coordinating agency."""
    one = pages.the_task(task)
    now = pages.newest(one)
    unit = pages.reporting_unit(request, task)
    part = unit not in ("", now.lead_id)

    def act() -> HttpResponse:
        by = _by(request, "report", unit)
        told = forms.told_of(request)
        progress.report(by, one, told, request.FILES.getlist("files"), unit)
        if part:
            said.success(request, gettext("Đã gửi báo cáo; cơ quan chủ trì sẽ xác nhận."))
        else:
            said.success(request, gettext("Đã gửi báo cáo; cơ quan thường trực sẽ xác nhận."))
        return redirect("tasks:task", one.pk)

    periods = [("", Text("chọn kỳ", "choose the period"))] + [
        (day.isoformat(), progress.both(day)) for day in progress.periods_of(one, now)
    ]
    context = _about(one, now) | {
        "periods": periods[1:] and periods,
        "part_of": register().full_name(unit, timezone.localdate()) if part else None,
    }
    return _page(request, "tasks/report.html", act, Filled(None), context)


@asks(TASK, "extend", unit=pages.lead_of)
def extend(request: HttpRequest, task: uuid.UUID) -> HttpResponse:
    one = pages.the_task(task)
    now = pages.newest(one)

    def act() -> HttpResponse:
        by = _by(request, "extend", now.lead_id or "")
        wanted = forms.needed_day(request, "wanted")
        progress.ask_extension(by, one, wanted, request.POST.get("reason", ""))
        said.success(request, gettext("Đã gửi đề nghị gia hạn."))
        return redirect("tasks:task", one.pk)

    return _page(request, "tasks/extend.html", act, Filled(None), _about(one, now))


@asks(TASK, "report", unit=pages.lead_of)
def ask(request: HttpRequest, task: uuid.UUID) -> HttpResponse:
    one = pages.the_task(task)
    now = pages.newest(one)

    def act() -> HttpResponse:
        by = _by(request, "report", now.lead_id or "")
        to = unit_asked(request.POST.get("to", ""), "to")
        progress.ask(by, one, to, request.POST.get("words", ""))
        said.success(request, gettext("Đã gửi đề nghị phối hợp."))
        return redirect("tasks:task", one.pk)

    context = _about(one, now) | {"choices": pages.unit_choices(pages.plan_of(one.plan))}
    return _page(request, "tasks/ask.html", act, Filled(None), context)


@asks(TASK, "answer", unit=pages.asked_unit)
def answer(request: HttpRequest, ask: uuid.UUID) -> HttpResponse:
    asked = get_object_or_404(Ask.objects.select_related("task"), pk=ask)

    def act() -> HttpResponse:
        by = _by(request, "answer", asked.to_id)
        progress.answer(by, asked, request.POST.get("answer", ""))
        said.success(request, gettext("Đã gửi trả lời."))
        return redirect("tasks:task", asked.task_id)

    return _page(
        request, "tasks/answer.html", act, Filled(None), _about(asked.task) | {"asked": asked}
    )


@asks(TASK, "confirm", unit=pages.plan_unit_of_report)
def decide_report(request: HttpRequest, report: uuid.UUID) -> HttpResponse:
    """The standing agency decides on what the lead reported."""
    one = get_object_or_404(_REPORTS, pk=report, part=False)
    return _decide(request, one, "confirm", pages.plan_unit_of_report(request, report))


@asks(TASK, "confirm-part", unit=pages.lead_of_report)
def decide_part(request: HttpRequest, report: uuid.UUID) -> HttpResponse:
    """The lead decides on what a coordinating agency reported."""
    one = get_object_or_404(_REPORTS, pk=report, part=True)
    return _decide(request, one, "confirm-part", pages.lead_of_report(request, report))


def _decide(request: HttpRequest, one: Report, verb: str, unit: str) -> HttpResponse:
    def act() -> HttpResponse:
        by = _by(request, verb, unit)
        confirmed = _one_of(request, "xac-nhan", "tra-lai")
        progress.decide_report(
            by, one, confirmed=confirmed, comment=request.POST.get("comment", "")
        )
        told = gettext("Đã xác nhận báo cáo.") if confirmed else gettext("Đã trả lại báo cáo.")
        said.success(request, told)
        return redirect("tasks:task", one.task_id)

    files = [evidence.file for evidence in one.evidence.select_related("file")]
    reporter = register().full_name(one.unit_id, one.day)
    context = _about(one.task) | {"report": one, "files": files, "reporter": reporter}
    return _page(request, "tasks/decide_report.html", act, Filled(None), context)


@asks(TASK, "decide", unit=pages.plan_unit_of_extension)
def decide_extension(request: HttpRequest, extension: uuid.UUID) -> HttpResponse:
    one = get_object_or_404(Extension.objects.select_related("task", "by"), pk=extension)

    def act() -> HttpResponse:
        by = _by(request, "decide", pages.plan_of(one.task.plan).unit)
        granted = _one_of(request, "cho", "khong-cho")
        until = forms.needed_day(request, "granted") if granted else None
        comment = request.POST.get("comment", "")
        progress.decide_extension(by, one, granted=until, comment=comment)
        told = gettext("Đã cho gia hạn.") if granted else gettext("Đã từ chối gia hạn.")
        said.success(request, told)
        return redirect("tasks:task", one.task_id)

    first = Filled(None, granted=one.wanted)
    context = _about(one.task) | {"extension": one}
    return _page(request, "tasks/decide_extension.html", act, first, context)


def _one_of(request: HttpRequest, yes: str, no: str) -> bool:
    """Which of a form's two buttons was pressed. Raises Http404: only a page of ours sends it."""
    pressed = request.POST.get("viec", "")
    if pressed not in (yes, no):
        raise Http404
    return pressed == yes
