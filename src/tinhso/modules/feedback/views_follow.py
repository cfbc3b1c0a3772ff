"""Following a report: by its two codes, or while signed in; and what its sender can do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tinhso.kernel.cases import contacts
from tinhso.kernel.cases.actions import standing_of
from tinhso.kernel.cases.contacts import Person
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Attachment, Case, CaseEvent, Watcher
from tinhso.kernel.cases.standing import possible
from tinhso.kernel.cases.waiting import SETTLING, text_for, title_for, waiting
from tinhso.kernel.people.access import public, signed_in
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled
from tinhso.kernel.people.limits import SIGN_IN, limited
from tinhso.measure.text import InputError, Language, Text, message
from tinhso.modules.feedback import actions, forms, push
from tinhso.modules.feedback.actions import Follower
from tinhso.modules.feedback.categories import category_name
from tinhso.modules.feedback.pictures import picture_of
from tinhso.modules.feedback.tidy import line, tidy, too_long
from tinhso.modules.feedback.views_send import SEND, no_trace
from tinhso.modules.feedback.words import (
    Step,
    due_words,
    may_open,
    steps,
    t,
    unit_name,
    where_of,
)
from tinhso.modules.surveys import actions as surveys
from tinhso.modules.surveys import views as survey_views

NOT_FOUND = message(
    "feedback-follow-unknown",
    vi="Không có phản ánh nào khớp cả hai mã. Xem lại từng ký tự; mã bí mật thường chỉ có chữ số và các chữ từ a đến f.",
    en="No report has both codes. Look at each character again; the secret code mostly has digits and the letters a to f only.",
)
#: Where something is that is not for everybody to know.
NOT_PUBLIC = Text("Chưa công khai", "Not public")
#: What a sender may do, by the act's code; the rest goes by the kind of case.
OWN = ("reply", "add", "withdraw", "reopen")


@public
@limited(SIGN_IN)
@never_cache
def enter(request: HttpRequest) -> HttpResponse:
    """Two fields, for whoever has the codes on paper."""
    filled, status = Filled(None), 200
    if request.method == "POST":
        code = line(request.POST.get("code", "")).upper()
        secret = contacts.as_kept(request.POST.get("secret", ""))
        if actions.follower_by_secret(code, secret):
            return redirect("feedback:follow", code, secret)
        filled, status = Filled(request.POST, InputError([NOT_FOUND()])), 404
    context = {"filled": filled, "plan_code": "", "section": "feedback"}
    return render(request, "feedback/follow_enter.html", context, status=status)


@public
@limited(SEND)
def follow(request: HttpRequest, code: str, secret: str) -> HttpResponse:
    """The page of somebody who holds the secret."""
    here = reverse("feedback:follow", args=[code, secret])
    return no_trace(_page(request, actions.follower_by_secret(code, secret), here))


@signed_in
@limited(SEND)
def my_report(request: HttpRequest, code: str) -> HttpResponse:
    """The same for whoever sent it while signed in."""
    here = reverse("feedback:my-report", args=[code])
    return no_trace(_page(request, actions.follower_by_account(code, who_is(request)), here))


@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """All reports that somebody sent or follows while signed in."""
    account = who_is(request).account
    rows = Watcher.objects.filter(contact__account=account, case__kind=actions.KIND)
    watched = rows.select_related("case").order_by("-case__received_at")[:200]
    titled = [(one, t(title_for(one.case, sender=one.sender))) for one in watched]
    context = {"watched": titled, "plan_code": "", "section": "feedback"}
    return render(request, "feedback/mine.html", context)


def _page(request: HttpRequest, follower: Follower | None, here: str) -> HttpResponse:
    if follower is None:
        raise Http404
    filled, status = Filled(None), 200
    if request.method == "POST":
        try:
            if request.POST.get("act") == "ticket" and follower.sender:
                who = who_is(request)
                ticket = surveys.give(who.actor(), follower.case, follower.contact, who.day)
                return survey_views.given(request, ticket)
            _act(request, follower)
        except InputError as error:
            filled, status = Filled(request.POST, error), 400
        else:
            return redirect(here)
    return _shown(request, follower, here, filled, status)


def _act(request: HttpRequest, follower: Follower) -> None:
    who, posted = who_is(request), request.POST
    what, text = posted.get("act", ""), tidy(posted.get("text", ""))
    seen = int(posted["seen"]) if posted.get("seen", "").isdecimal() else None
    photos: list[forms.Photo] = []
    if what in ("reply", "add", "reopen"):
        photos, problems = forms.photos_of(request, who)
        problems += too_long(text, "text")
        if problems:
            raise InputError(problems)
    files = [one.file for one in photos]
    if what == "reply":
        actions.reply(who, follower, text, files, seen)
    elif what == "withdraw":
        actions.withdraw(who, follower, posted.get("reason", ""), seen)
    elif what == "add":
        actions.add(who, follower, text, files)
    elif what == "reopen":
        actions.reopen(who, follower, posted.get("why", ""), text, files, seen)
    elif what in ("push", "unpush"):
        told = push.read(posted.get("subscription", ""))
        (push.add if what == "push" else push.drop)(follower.contact, told)
    else:
        raise Http404


def _shown(
    request: HttpRequest, follower: Follower, here: str, filled: Filled, status: int
) -> HttpResponse:
    case, now = follower.case, timezone.now()
    standing = standing_of(case)
    events = list(case.history.prefetch_related("attachments__file").order_by("n"))
    own = (
        {one.code for one in possible(standing, Role.REQUESTER, now)} if follower.sender else set()
    )
    asked = next((one.data["text"] for one in reversed(events) if one.act == "ask"), "")
    context: dict[str, Any] = {
        "case": case,
        "sender": follower.sender,
        "title": t(title_for(case, sender=follower.sender)),
        "text": text_for(case, sender=follower.sender),
        "photos": _photos(case, follower),
        "state": standing.state_rule.name,
        "due": due_words(standing, now),
        "steps": list(reversed(_steps(events, follower))),
        "able": [one for one in OWN if one in own],
        "asked": asked,
        "why_not": actions.why_again(case).items(),
        "where": where_of(case) if follower.sender or case.published_at else NOT_PUBLIC,
        "category": category_name(case.category),
        "agency": unit_name(case.lead_id) if case.lead_id else None,
        "merged": case.merged_into if case.merged_into_id else None,
        "merged_path": _merged_path(follower, here),
        "asks_whether_done": case.state == "answered" and "reopen" in own,
        "settled": follower.sender and case.state in ("answered", "rejected"),
        "ticket_given": follower.sender and surveys.was_given(case, follower.contact),
        "reopen_days": standing.rule.reopen_days,
        "push_key": push.public_key() if push.is_on() and case.open else "",
        "filled": filled,
        "here": here,
        "plan_code": "",
        "section": "feedback",
    }
    return render(request, "feedback/follow.html", context, status=status)


def _steps(events: list[CaseEvent], follower: Follower) -> list[Step]:
    """What happened, oldest first. Whoever was merged in reads also the words that settled the case."""
    found = steps(events, sender=follower.sender)
    if follower.sender:
        return found
    here = waiting(follower.case, follower.contact)
    said = {(one.at, one.act): here.reads(one) for one in events if one.act in SETTLING}
    return [replace(one, said=one.said or said.get((one.at, one.act), "")) for one in found]


def _merged_path(follower: Follower, here: str) -> str:
    """The same person's page of the case that goes on."""
    into = follower.case.merged_into
    return here.replace(f"/{follower.case.code}/", f"/{into.code}/") if into else ""


def _photos(case: Case, follower: Follower) -> list[Attachment]:
    rows = case.attachments.filter(event__act="receive").select_related("file").order_by("id")
    return [one for one in rows if follower.sender or one.public]


@public
def photo(request: HttpRequest, code: str, secret: str, attachment: int) -> HttpResponse:
    """A picture of a report, to whoever holds its secret."""
    follower = actions.follower_by_secret(code, secret)
    return no_trace(_picture(request, follower, attachment))


@signed_in
def my_photo(request: HttpRequest, code: str, attachment: int) -> HttpResponse:
    follower = actions.follower_by_account(code, who_is(request))
    return no_trace(_picture(request, follower, attachment))


def _picture(request: HttpRequest, follower: Follower | None, attachment: int) -> HttpResponse:
    if follower is None:
        raise Http404
    found = get_object_or_404(Attachment.objects.select_related("file", "event"), case=follower.case, pk=attachment)  # fmt: skip
    if not may_open(found, found.event, sender=follower.sender):
        raise Http404
    return picture_of(request, found)


@public
@limited(SEND)
@require_POST
def follow_public(request: HttpRequest, code: str) -> HttpResponse:
    """Follow somebody else's published report; the address is told once."""
    case = get_object_or_404(Case, code=code, kind=actions.KIND, published_at__isnull=False)
    person = Person(email=request.POST.get("email", ""))
    language: Language = "en" if get_language() == "en" else "vi"
    try:
        secret = actions.follow(who_is(request), case, person, language)
    except InputError as error:
        context = {"case": case, "filled": Filled(request.POST, error), "plan_code": ""}
        return render(request, "feedback/follow_again.html", context, status=400)
    path = reverse("feedback:follow", args=[case.code, secret])
    context = {
        "case": case,
        "secret": secret,
        "address": request.build_absolute_uri(path),
        "path": path,
        "following": True,
        "heading": _("Bạn đang theo dõi phản ánh này"),
        "plan_code": "",
        "section": "feedback",
    }
    return no_trace(render(request, "feedback/sent.html", context))
