"""One case: its page, and everything that officers do to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tinhso.kernel.cases.actions import Done
from tinhso.kernel.cases.faces import clocks
from tinhso.kernel.cases.kinds import ActRule, Role, kind
from tinhso.kernel.cases.models import Attachment, Case
from tinhso.kernel.cases.policies import CASE
from tinhso.kernel.cases.queries import may_split, may_view, seen_by
from tinhso.kernel.cases.suggesting import suggestion
from tinhso.kernel.people.access import asks
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled, whole
from tinhso.kernel.people.policy import Need
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.asked import unit_asked, written
from tinhso.measure.text import InputError, Place, Text
from tinhso.modules.feedback import officer_actions, officer_case, officer_forms, officer_queue
from tinhso.modules.feedback.officer_actions import (
    LOOK_AGAIN,
    MOST_AT_ONCE,
    NOBODY_TO_CALL,
)
from tinhso.modules.feedback.officer_case import Possible
from tinhso.modules.feedback.officer_views import BULK
from tinhso.modules.feedback.officer_words import (
    CHANNELS,
    CLOCKS,
    KEYS,
    KIND,
    category_name,
)
from tinhso.modules.feedback.pictures import picture_of
from tinhso.modules.feedback.sample_answers import SampleAnswer, answers
from tinhso.modules.feedback.words import FOR_ALL, MODERATION

#: What is first done with a case, by who has to act: its form is open when the page comes.
_FIRST = {Role.ROUTER: "route", Role.LEAD: "answer", Role.MEMBER: "opinion"}


def the_case(request: HttpRequest, case_code: str) -> Case:
    """The case of an address, for who may read all of it. Raises Http404, ForbiddenError."""
    case = get_object_or_404(Case, code=case_code.upper(), kind=KIND)
    if not may_view(who_is(request), case):
        CASE.require(who_is(request), "view", case.lead_id or case.home_id)
    return case


@dataclass(frozen=True)
class ActLink:
    """An act as the page offers it."""

    code: str
    name: Text
    key: str
    chosen: bool


@asks(CASE, "view")
def case_page(request: HttpRequest, case_code: str) -> HttpResponse:
    return _page(request, the_case(request, case_code), request.GET.get("viec", ""), Filled())


def _page(
    request: HttpRequest,
    case: Case,
    wanted: str,
    filled: Filled,
    *,
    seen: int | None = None,
    status: int = 200,
) -> HttpResponse:
    who, at = who_is(request), timezone.now()
    now = officer_case.now_of(case)
    can = {one.act.code: one for one in officer_case.possible(who, case, now, at)}
    splits = may_split(who, case)
    open_to_them = {*can, "split"} if splits else {*can}
    chosen = wanted or _FIRST.get(now.state_rule.waits, "")
    row = officer_queue.shown([case], at)[0]
    context: dict[str, object] = {
        "case": case,
        "row": row,
        "now": now,
        "channel": CHANNELS[case.channel],
        "category": category_name(case.category),
        "clocks": clocks(now, at, CLOCKS),
        "rule": now.rule,
        "events": officer_case.timeline(case, now, seen),
        "devices": officer_case.said_by_devices(case.history.get(n=1)),
        "photos": [one for one in files_of(case) if one.file.is_picture],
        "papers": [one for one in files_of(case) if not one.file.is_picture],
        "acts": _links(can, chosen, may_split=splits),
        "filled": filled,
        "seen": now.last,
        "next": officer_queue.following(who, case),
        "may_moderate": any(
            CASE.ask(who, "moderate", unit) for unit in (case.lead_id, case.home_id) if unit
        ),
        "may_contact": _may_contact(who, case),
        "has_contact": case.watchers.exists(),
        "unsaid": bool(case.published_at)
        and any(not one.for_all for one in officer_case.said(case)[:1]),
        "simulated": case.simulated,
        "lost": _lost(filled) if filled.problems and chosen not in open_to_them else [],
        "split_into": case.split_into.order_by("received_at"),
        "merged": case.merged.order_by("received_at"),
        "waits_for": officer_case.waits_for(case, now),
        "hiding": officer_case.hiding_asked(case),
    }
    if chosen in can:
        context |= _form(request, case, can[chosen], filled)
    elif chosen == "split" and splits:
        context |= {"form": "split", "categories": officer_forms.category_options()}
        context |= {"labels": officer_forms.LABELS}
    return render(request, "feedback/officers/case.html", context, status=status)


def files_of(case: Case) -> list[Attachment]:
    return list(case.attachments.select_related("file").order_by("id"))


def _links(can: Mapping[str, Possible], chosen: str, *, may_split: bool) -> list[ActLink]:
    found = [
        ActLink(code, one.act.name, KEYS.get(code, ""), code == chosen) for code, one in can.items()
    ]
    if may_split:
        name = Text("tách thành vụ việc khác", "split off another case")
        found.append(ActLink("split", name, KEYS["split"], chosen == "split"))
    return found


def _lost(filled: Filled) -> list[tuple[Text, str]]:
    """What was typed for an act that is not possible any more, so that nothing is lost."""
    typed = ((officer_forms.LABELS[name], filled.get(name)) for name in officer_forms.LABELS)
    return [(label, text) for label, text in typed if text]


def _form(request: HttpRequest, case: Case, one: Possible, filled: Filled) -> dict[str, object]:
    act, today = one.act, timezone.localdate()
    context: dict[str, object] = {
        "form": act.code,
        "act": act,
        "part": one.role,
        "labels": officer_forms.LABELS,
        "samples": _samples(act),
        "with_files": act.code in officer_forms.WITH_FILES,
        "look_again": any(problem.code == LOOK_AGAIN.code for problem in filled.problems),
        "for_all": "" if case.private else FOR_ALL.get(act.code, ""),
        "asked": officer_case.asked(case, act.code),
    }
    if {"unit", "units"} & act.needs:
        context["agencies"] = officer_forms.agencies()
    if act.code == "route":
        found = suggestion(case, today)
        context |= {"route": found, "categories": officer_forms.category_options()}
        if found.unit and not filled.problems and request.method == "GET":
            context["filled"] = Filled(None, unit=written(found.unit), category=case.category)
            context["suggested"] = written(found.unit)
    if act.code == "merge":
        readable = seen_by(who_is(request), KIND)
        near = officer_case.alike(
            title=case.title,
            category=case.category,
            place=case.place_id or "",
            point=(case.lat, case.lon) if case.lat is not None and case.lon is not None else None,
            besides=case,
        )
        may = set(readable.filter(pk__in=[one.pk for one in near]).values_list("pk", flat=True))
        shown = [one for one in near if one.pk in may]
        context["alike"] = officer_queue.shown(shown, timezone.now())
    return context


def _samples(act: ActRule) -> list[SampleAnswer]:
    return [one for one in answers() if act.code in one.acts]


def _may_contact(who: Who, case: Case) -> bool:
    needs = {CASE.ask(who, "contact", unit).need for unit in (case.lead_id, case.home_id) if unit}
    return Need.PURPOSE in needs or Need.NOTHING in needs


def back_to(case: Case) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("desk:case", args=[case.code]))


def _done(request: HttpRequest, case: Case, done: ActRule) -> HttpResponseRedirect:
    """To the case; to the queue where the act took it out of reach, as giving an opinion does."""
    told = {"act": done.name.to(get_language() or "vi"), "code": case.code}
    if may_view(who_is(request), case):
        messages.success(request, _("Đã ghi: %(act)s.") % told)
        return back_to(case)
    messages.success(
        request, _("Đã ghi: %(act)s. Vụ việc %(code)s không còn ở cơ quan của bạn.") % told
    )
    return HttpResponseRedirect(reverse("desk:queue"))


def _gone(request: HttpRequest, case_code: str) -> HttpResponse | None:
    """What somebody typed for a case that was handed on meanwhile and is out of reach: it is theirs."""
    who, lost = who_is(request), _lost(Filled(request.POST))
    case = get_object_or_404(Case, code=case_code.upper(), kind=KIND)
    if not lost or not who.signed_in or may_view(who, case):
        return None
    context = {"case": case.code, "lost": lost}
    return render(request, "feedback/officers/gone.html", context, status=403)


@asks(CASE, "view")
def act(request: HttpRequest, case_code: str, act: str) -> HttpResponse:
    """Do something to a case; what cannot be done comes back with what was typed."""
    if (gone := _gone(request, case_code)) is not None:
        return gone
    case, acts = the_case(request, case_code), kind(KIND).acts
    if act not in acts or act in MODERATION:
        raise Http404(act)
    if request.method != "POST":
        address = reverse("desk:case", args=[case.code])
        return HttpResponseRedirect(f"{address}?viec={act}#viec")
    seen = whole(request.POST.get("seen", ""))
    if request.POST.get("mau"):
        language = get_language() or "vi"
        filled = officer_forms.with_sample(request, case, language)
        return _page(request, case, act, filled, seen=seen)
    if request.POST.get("chep") and act in FOR_ALL:
        return _page(request, case, act, officer_forms.copied(request, act), seen=seen)
    try:
        data = officer_forms.data_of(request, acts[act], case)
        officer_actions.do(
            who_is(request), case, act, data, seen=seen, uploads=request.FILES.getlist("files")
        )
    except InputError as error:
        case.refresh_from_db()
        return _page(request, case, act, Filled(request.POST, error), seen=seen, status=400)
    return _done(request, case, acts[act])


@asks(CASE, "view")
def split_case(request: HttpRequest, case_code: str) -> HttpResponse:
    if (gone := _gone(request, case_code)) is not None:
        return gone
    case = the_case(request, case_code)
    if request.method != "POST":
        return HttpResponseRedirect(f"{reverse('desk:case', args=[case.code])}?viec=split#viec")
    try:
        told = officer_forms.split_told(request, case)
        made = officer_actions.split(who_is(request), case, told)
    except InputError as error:
        return _page(request, case, "split", Filled(request.POST, error), status=400)
    messages.success(
        request,
        _("Đã tách ra vụ việc %(code)s; người gửi theo dõi cả hai.") % {"code": made.code},
    )
    return back_to(made)


# -- many at once -------------------------------------------------------------------------------------


@asks(CASE, "view")
def bulk(request: HttpRequest) -> HttpResponse:
    """The same act on chosen cases: first the form for all, then what became of each."""
    if request.method != "POST":
        return redirect("desk:queue")
    who, code = who_is(request), request.POST.get("viec", "")
    if code not in BULK:
        messages.error(request, _("Chọn một việc để làm với các vụ việc đã chọn."))
        return redirect("desk:queue")
    rule = kind(KIND).acts[code]
    chosen = _chosen(who, request.POST.getlist("chon"))
    if not chosen:
        messages.error(request, _("Chưa chọn vụ việc nào. Đánh dấu ở đầu dòng rồi chọn lại."))
        return redirect("desk:queue")
    done: list[Done] = []
    filled = Filled(request.POST)
    if request.POST.get("buoc") == "lam":
        try:
            data_of = _data_for_each(request, rule)
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            done = officer_actions.do_many(who, chosen, code, data_of)
    context = {
        "act": rule,
        "chosen": [(f"{case.code}:{seen}", case) for case, seen in chosen],
        "filled": filled,
        "labels": officer_forms.LABELS,
        "agencies": officer_forms.agencies() if "unit" in rule.needs else (),
        "for_all": rule.code in FOR_ALL,
        "look_again": any(one.code == LOOK_AGAIN.code for one in filled.problems),
        "done": done,
        "well": sum(not one.problems for one in done),
        "badly": sum(bool(one.problems) for one in done),
    }
    status = 400 if filled.problems else 200
    return render(request, "feedback/officers/bulk.html", context, status=status)


def _chosen(who: Who, values: list[str]) -> list[tuple[Case, int]]:
    """Cases within reach, each with the last event that was seen, in the order that they were chosen."""
    seen = {code: whole(n) for code, _, n in (one.partition(":") for one in values)}
    codes = list(seen)[:MOST_AT_ONCE]
    found = {one.code: one for one in seen_by(who, KIND).filter(code__in=codes)}
    return [(found[code], seen[code]) for code in codes if code in found]


def _data_for_each(request: HttpRequest, rule: ActRule) -> Any:
    """A function of the case. Routing without an agency gives each its own by the routing table."""
    typed = {name: request.POST.get(name, "").strip() for name in rule.needs}
    problems = [
        officer_forms.NEEDED(Place(name), field=officer_forms.LABELS[name])
        for name, text in typed.items()
        if not text and not (rule.code == "route" and name == "unit")
    ]
    for_all = officer_forms.words_for_all(request.POST) if rule.code in FOR_ALL else ""
    if not request.POST.get("da-xem"):
        problems += officer_actions.look_again(for_all, "public_text")
    if problems:
        raise InputError(problems)
    if unit := typed.get("unit"):
        typed["unit"] = unit_asked(unit, "unit")
    today = timezone.localdate()

    def data_of(case: Case) -> Mapping[str, Any]:
        if "unit" in typed and not typed["unit"]:
            return {**typed, "unit": suggestion(case, today).unit}
        if for_all and not case.private:
            return {**typed, "public_text": for_all}
        return typed

    return data_of


# -- contact ---------------------------------------------------------------------------------------------


@asks(CASE, "contact")
def contact(request: HttpRequest, case_code: str) -> HttpResponse:
    """Who waits for an answer: opened for a purpose, on record, and kept in no address or cache."""
    case, who = the_case(request, case_code), who_is(request)
    if not _may_contact(who, case):
        CASE.require(who, "contact", case.lead_id or case.home_id, purpose="-")
    filled, people = Filled(), list[tuple[Any, bool]]()
    if request.method == "POST":
        try:
            officer_forms.needed(request, "purpose")
            people = officer_actions.open_contacts(who, case, request.POST["purpose"])
        except InputError as error:
            filled = Filled(request.POST, error)
    nobody = any(one.code == NOBODY_TO_CALL.code for one in filled.problems)
    context = {"case": case, "filled": filled, "people": people, "nobody": nobody}
    status = 400 if filled.problems else 200
    return render(request, "feedback/officers/contact.html", context, status=status)


@asks(CASE, "view")
def file(request: HttpRequest, case_code: str, attachment: int) -> HttpResponse:
    """A file of a case, for who may read the case."""
    case = the_case(request, case_code)
    one = get_object_or_404(case.attachments.select_related("file"), pk=attachment)
    return picture_of(request, one)
