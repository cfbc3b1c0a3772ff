"""Pages of reported figures: what one owes, the form, a figure's history, overview, approving."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext, ngettext

from tinhso.kernel.people.access import asks
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled, whole
from tinhso.kernel.units.queries import card
from tinhso.kernel.units.register import register
from tinhso.measure.text import InputError, Text
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.reporting import actions, forms, queries
from tinhso.modules.reporting.actions import Chosen
from tinhso.modules.reporting.examining import Report, examine
from tinhso.modules.reporting.known import NoSuchReportError
from tinhso.modules.reporting.policies import FIGURE
from tinhso.modules.reporting.standing import STEPS, WORDS, in_words

#: Rows that one page of figures to rule on shows.
SHOWN = 200


def unit_in_address(_request: HttpRequest, *, unit: str, **_others: Any) -> str:
    """The unit that an address names. Raises Http404 for one that is not in the register."""
    if unit not in register():
        raise Http404
    return unit


def language() -> str:
    return "en" if get_language() == "en" else "vi"


def found(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """An address that names no report is told so, with the way back."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NoSuchReportError:
            return render(request, "reporting/none.html", {"plan_code": ""}, status=404)

    return page


def context_of(**more: Any) -> dict[str, Any]:
    shared = {
        "plan_code": "",
        "simulated": queries.simulated(),
        "words": WORDS,
        "step_words": STEPS,
    }
    return shared | {"units": workspace().units, **more}


@asks(FIGURE, "enter")
def desk(request: HttpRequest) -> HttpResponse:
    """What the one who asks has to report."""
    who = who_is(request)
    everything = request.GET.get("xem") == "tat-ca"
    own = queries.owed(who, all_of_them=everything)
    ruling = len(queries.waiting_for(who))
    context = context_of(owed=own, everything=everything, ruling=ruling)
    return render(request, "reporting/desk.html", context)


@asks(FIGURE, "enter", unit=unit_in_address)
@found
def form(request: HttpRequest, plan_code: str, duty: str, period: str, unit: str) -> HttpResponse:
    """One unit's figures of one period: a draft is kept, or all is sent."""
    who = who_is(request)
    page = queries.form(who, plan_code, duty, period, unit)
    filled = Filled(None, None, **forms.first_values(page))
    if request.method == "POST":
        posted = request.POST.copy()
        for name, value in forms.kept_fields(page, request.POST).items():
            posted.setdefault(name, value)  # a field that the form did not show yet
        try:
            upload = request.FILES.get("upload")
            file = forms.evidence_file(who, unit, upload, posted.get("file", ""))
            posted["file"] = "" if file is None else str(file.pk)
            if posted.get("viec") == "nhap":
                actions.save_draft(who, page.owed.request, forms.kept_fields(page, posted))
                messages.success(request, gettext("Đã lưu nháp."))
                return redirect("reporting:desk")
            report = Report(forms.typed_of(page, posted), posted.get("evidence", ""), file)
            sent, _ = actions.send(who, page.known, page.owed.request, report, language())
        except InputError as error:
            filled = Filled(posted, error)
        else:
            count = len(sent)
            text = ngettext(
                "Đã gửi %(n)s số liệu, chờ duyệt.", "Đã gửi %(n)s số liệu, chờ duyệt.", count
            )
            messages.success(request, text % {"n": count})
            return redirect("reporting:desk")
    return _form(request, page, filled, status=400 if filled.problems else 200)


def _form(
    request: HttpRequest, page: queries.FormPage, filled: Filled, status: int
) -> HttpResponse:
    unit = page.owed.request.unit
    context = context_of(
        page=page,
        owed=page.owed,
        request_=page.owed.request,
        filled=filled,
        rows=forms.fields_of(page, filled, language()),
        kinds=forms.kinds(),
        file=forms.evidence_file(who_is(request), unit, None, filled.get("file")),
        file_wrong=filled.wrong("file"),
        running=who_is(request).day <= page.owed.request.as_of,
    )
    return render(request, "reporting/form.html", context, status=status)


@asks(FIGURE, "enter", unit=unit_in_address)
@found
def draft(request: HttpRequest, plan_code: str, duty: str, period: str, unit: str) -> HttpResponse:
    """Keep what is typed so far, and answer with the shares: for the form's own script."""
    who = who_is(request)
    page = queries.form(who, plan_code, duty, period, unit)
    if request.method != "POST":
        return redirect("reporting:form", plan_code, duty, period, unit)
    actions.save_draft(who, page.owed.request, forms.kept_fields(page, request.POST))
    page = queries.form(who, plan_code, duty, period, unit)
    filled = Filled(request.POST, _first_problems(page, request.POST))
    context = context_of(
        owed=page.owed, filled=filled, rows=forms.fields_of(page, filled, language()), live=True
    )
    return render(request, "reporting/_kept.html", context)


def _first_problems(page: queries.FormPage, posted: QueryDict) -> InputError | None:
    """What the checks say of what is typed so far; what is merely not there yet is no problem."""
    report = Report(forms.typed_of(page, posted), "-")
    examined = examine(page.known, page.owed.request, report, language())
    told = [one for one in examined.problems if not one.code.endswith("-needed")]
    return InputError(told) if told else None


@asks(FIGURE, "view", unit=unit_in_address)
@found
def history(
    request: HttpRequest, plan_code: str, duty: str, period: str, unit: str, indicator: str
) -> HttpResponse:
    """Who entered a figure, who approved or returned it, from what to what."""
    who = who_is(request)
    cell, events = queries.history(who, plan_code, duty, period, unit, indicator)
    context = context_of(
        cell=cell,
        events=events,
        unit=card(unit, cell.request.as_of),
        may_enter=bool(FIGURE.ask(who, "enter", unit)),
        ledger_name=f"{plan_code}/{duty}/{period}/{unit}/{indicator}",
        elsewhere=in_words(cell.elsewhere) if cell.elsewhere else None,
        opened=None if cell.request.duty.control else cell.indicator.code,
    )
    return render(request, "reporting/history.html", context)


def chosen_period(request: HttpRequest) -> tuple[list[tuple[str, Text, Text]], str]:
    """The duties' periods that there are, newest first, and the code of the one that an address names.

    Raises NoSuchReportError.
    """
    offered = [
        (f"{pack.code}/{duty.code}/{period.code}", duty.name, period.label)
        for pack, duty, period in queries.duties(workspace(), who_is(request).day)
    ]
    codes = [code for code, _, _ in offered]
    chosen = request.GET.get("ky", "") or next(iter(codes), "")
    if chosen and chosen not in codes:
        raise NoSuchReportError(chosen)
    return offered, chosen


@asks(FIGURE, "view")
@found
def overview(request: HttpRequest) -> HttpResponse:
    """Units × indicators of one period: missing, late, waiting for whom, contradictory."""
    who = who_is(request)
    offered, chosen = chosen_period(request)
    if not offered:
        return render(request, "reporting/overview.html", context_of(shown=None))
    plan, duty, period = chosen.split("/")
    context = context_of(
        shown=queries.overview(who, plan, duty, period),
        offered=offered,
        chosen=chosen,
        ruling=len(queries.waiting_for(who)),
        books=[
            card(unit)
            for unit in dict.fromkeys(seat.unit for seat in who.seats if seat.unit)
            if FIGURE.ask(who, "enter", unit)
        ],
    )
    return render(request, "reporting/overview.html", context)


@asks(FIGURE, "view")
def ruling(request: HttpRequest) -> HttpResponse:
    """Everything that waits for the one who asks: approve what is ticked, or return it."""
    who = who_is(request)
    filled = Filled(None)
    if request.method == "POST":
        try:
            done = _rule(request)
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            messages.success(request, done)
            return redirect("reporting:ruling")
    waiting = queries.waiting_for(who)
    kept = set(filled.all("chosen"))
    context = context_of(
        filled=filled,
        kept=kept,
        total=len(waiting),
        waiting=[(one.cell, one.last) for one in waiting[:SHOWN]],
        strong=who.strong,
        # Where nobody has chosen yet, what nothing is asked about stands ticked.
        fresh=not kept,
    )
    status = 400 if filled.problems else 200
    return render(request, "reporting/ruling.html", context, status=status)


def _rule(request: HttpRequest) -> str:
    """Approve or return what is ticked; says what was done. Raises InputError, ForbiddenError."""
    who, comment = who_is(request), request.POST.get("comment", "")
    chosen = []
    for one in request.POST.getlist("chosen"):
        figure, _, number = one.partition(":")
        try:
            chosen.append(Chosen(uuid.UUID(figure), whole(number)))
        except ValueError:
            raise Http404 from None  # only a page of ours sends it
    if request.POST.get("viec") == "tra-lai":
        count = len(actions.give_back(who, chosen, comment))
        return ngettext("Đã trả lại %(n)s số liệu.", "Đã trả lại %(n)s số liệu.", count) % {
            "n": count
        }
    count = len(actions.approve(who, chosen, comment))
    return ngettext("Đã duyệt %(n)s số liệu.", "Đã duyệt %(n)s số liệu.", count) % {"n": count}
