"""What those who answer do (người trả lời): route, draft, approve, send, correct, in the kernel's acts.

Rights: `roles_in` tells in what parts somebody may act on a question; approving and correcting take
`questions.answer:review` for the unit that answers as well.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.actions import Doer, Done, Received
from tinhso.kernel.cases.kinds import ActRule, Role, kind
from tinhso.kernel.cases.models import Case, CaseEvent
from tinhso.kernel.cases.policies import CASE
from tinhso.kernel.cases.queries import SPLITTERS, roles_in
from tinhso.kernel.cases.standing import NOT_BY_ROLE, Standing
from tinhso.kernel.cases.suggesting import with_reason
from tinhso.kernel.ledger.actor import Actor
from tinhso.kernel.people.policy import ForbiddenError
from tinhso.kernel.people.who import Who
from tinhso.measure.text import NOWHERE, InputError, message
from tinhso.modules.questions import answers
from tinhso.modules.questions.actions import KIND
from tinhso.modules.questions.answers import Written
from tinhso.modules.questions.fields import checked
from tinhso.modules.questions.models import Answer
from tinhso.modules.questions.policies import ANSWER

#: Acts of the head of the unit that answers, or of whom the head lets review.
OF_THE_HEAD = frozenset({"review", "send_back", "correct", "take_back", "make_public"})

NO_DRAFT = message(
    "question-no-draft",
    vi="Chưa có dự thảo nào được duyệt để gửi.",
    en="No draft has been approved that could be sent.",
)


def possible_for(
    who: Who, case: Case, standing: Standing, at: Any
) -> list[tuple[ActRule, Role, str]]:
    """What `who` can do to a question now: the act, the part in which, and for which unit."""
    found: dict[str, tuple[ActRule, Role, str]] = {}
    for role, unit in roles_in(who, case).items():
        for rule in cases.possible(standing, role, at):
            if rule.code in OF_THE_HEAD and not ANSWER.ask(who, "review", unit):
                continue
            found.setdefault(rule.code, (rule, role, unit))
    order = list(standing.kind.acts)
    return sorted(found.values(), key=lambda one: order.index(one[0].code))


def doer_for(who: Who, case: Case, what: str) -> Doer:
    """In which part `who` does that. Raises ForbiddenError where there is none."""
    doer = _doer(who, case, cases.standing_of(case).kind.acts[what].by)
    if what in OF_THE_HEAD:
        seat = ANSWER.require(who, "review", doer.unit).seat
        return replace(doer, actor=who.actor(seat))
    return doer


def _doer(who: Who, case: Case, by: Collection[Role]) -> Doer:
    parts = roles_in(who, case)
    role = next((role for role in parts if role in by), None)
    if role is None:
        verb = "route" if set(by) == {Role.ROUTER} else "handle"
        raise ForbiddenError(CASE.ask(who, verb, case.lead_id or case.home_id))
    unit = parts[role]
    seat = CASE.ask(who, "route" if role is Role.ROUTER else "handle", unit).seat
    return Doer(who.actor(seat), role, unit, who.account)


def split(who: Who, case: Case, title: str, text: str, field: str) -> Case:
    """Another question out of one that asks two things (tách); whoever asked follows both.

    Raises InputError, ForbiddenError.
    """
    doer = _doer(who, case, SPLITTERS)
    told = Received(
        KIND, title, case.home_id, text, checked(field) if field else case.category, case.channel,
        place=case.place_id or "", private=case.private, simulated=case.simulated,
    )  # fmt: skip
    return cases.split(doer, case, told)


def do(
    who: Who, case: Case, what: str, data: Mapping[str, Any], *, seen: int | None = None
) -> CaseEvent:
    """Any act that takes no answer with it. Raises InputError, ForbiddenError."""
    data = with_reason(case, data) if what == "route" else data
    return cases.act(doer_for(who, case, what), case, what, data, seen=seen)


def do_many(
    who: Who,
    chosen: Iterable[tuple[Case, int]],
    what: str,
    data_of: Callable[[Case], Mapping[str, Any]],
) -> list[Done]:
    """The same act on many questions as they were seen; each stands or falls by itself."""
    name, found = kind(KIND).acts[what].name, []
    for case, seen in chosen:
        try:
            do(who, case, what, data_of(case), seen=seen)
        except ForbiddenError:
            found.append(Done(case, (NOT_BY_ROLE(NOWHERE, act=name),)))
        except InputError as error:
            found.append(Done(case, tuple(error.problems)))
        else:
            found.append(Done(case))
    return found


def draft(who: Who, case: Case, written: Written, *, public: bool, seen: int | None) -> CaseEvent:
    """Hand in a draft (trình dự thảo). Raises InputError, ForbiddenError."""
    data = {**written.checked(who.day).data, "public": public and not case.private}
    return do(who, case, "draft", data, seen=seen)


def review(who: Who, case: Case, written: Written, *, public: bool, seen: int | None) -> CaseEvent:
    """Approve a draft, perhaps changed (duyệt): what is approved is what is sent, word for word."""
    data = {**written.checked(who.day).data, "public": public and not case.private}
    return do(who, case, "review", data, seen=seen)


def send(who: Who, case: Case, *, seen: int | None) -> Answer | None:
    """Send the answer as approved; published where that was approved (gửi, công khai).

    Raises InputError, ForbiddenError.
    """
    doer = doer_for(who, case, "answer")
    with transaction.atomic():
        approved = last(case, "review")
        if approved is None:
            raise InputError([NO_DRAFT(NOWHERE)])
        cases.act(doer, case, "answer", approved.data, seen=seen)
        if not approved.data.get("public"):
            return None
        return _make_public(doer, doer.actor, who, case, Written.of(approved.data))


def make_public(who: Who, case: Case, *, seen: int | None) -> Answer:
    """Publish an answer that was given privately (công khai). Raises InputError, ForbiddenError."""
    doer = doer_for(who, case, "make_public")
    said = last(case, "answer", "correct")
    if said is None:
        raise InputError([NO_DRAFT(NOWHERE)])
    with transaction.atomic():
        return _make_public(doer, doer.actor, who, case, Written.of(said.data), seen)


def _make_public(
    doer: Doer, actor: Actor, who: Who, case: Case, written: Written, seen: int | None = None
) -> Answer:
    if case.private:
        raise InputError([cases.PRIVATE(NOWHERE)])
    cases.act(doer, case, "make_public", {}, seen=seen)
    unit = case.lead_id or case.home_id
    return answers.publish(actor, unit, case.category, written, who=who, case=case)


def correct(who: Who, case: Case, written: Written, reason: str, *, seen: int | None) -> None:
    """Correct an answer that was given: beside the old one, and whoever waited is told.

    Raises InputError, ForbiddenError.
    """
    doer = doer_for(who, case, "correct")
    tidy = written.checked(who.day)
    with transaction.atomic():
        cases.act(doer, case, "correct", {**tidy.data, "reason": reason.strip()}, seen=seen)
        public = Answer.objects.filter(case=case, withdrawn_at=None).first()
        if public is not None:
            answers.correct(who, public, tidy, reason, seen=public.versions_count)


def take_back(who: Who, case: Case, reason: str, *, seen: int | None) -> None:
    """Take an answer out of public sight (thôi công khai). Raises InputError, ForbiddenError."""
    doer = doer_for(who, case, "take_back")
    with transaction.atomic():
        cases.act(doer, case, "take_back", {"reason": reason}, seen=seen)
        for public in Answer.objects.filter(case=case, withdrawn_at=None):
            answers.withdraw(doer.actor, public, reason)


def last(case: Case, *acts: str) -> CaseEvent | None:
    """The last event of these acts."""
    wanted: Iterable[str] = acts
    return case.history.filter(act__in=wanted).order_by("-n").first()
