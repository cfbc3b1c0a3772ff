"""Giving tickets, taking answers, closing sheets (phát phiếu, nhận trả lời, chốt tờ)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction

from tinhso.kernel.cases.models import Case, Contact
from tinhso.kernel.ledger.actor import Actor
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.ledger.outbox import owe_records, remakes
from tinhso.kernel.units.queries import standing
from tinhso.measure.text import NOWHERE, InputError, Place, message
from tinhso.modules.surveys import counting, tickets
from tinhso.modules.surveys.asked import Survey, survey
from tinhso.modules.surveys.counting import answers_on, code_of, record_of, satisfied_on
from tinhso.modules.surveys.models import Given, Sheet
from tinhso.modules.surveys.tickets import Ticket

#: Where the totals of closed sheets go, by whose they are.
STREAMS: Mapping[str, str] = {
    Sheet.By.AGENCY: "satisfaction",
    Sheet.By.PLACE: "satisfaction_places",
}

GIVEN = message(
    "survey-given",
    vi="Phiếu của việc này đã được phát. Mỗi việc chỉ có một phiếu, và chúng tôi không giữ bản nào.",
    en="The ticket of this case was given out. There is one for each case, and we keep no copy.",
)
NOT_OVER = message(
    "survey-not-over",
    vi="Việc chưa xong nên chưa có phiếu khảo sát.",
    en="The case has not ended, so there is no survey yet.",
)
NOT_SENDER = message(
    "survey-not-sender",
    vi="Phiếu khảo sát dành cho người gửi việc này; bạn chỉ đang theo dõi.",
    en="The survey is for whoever sent this case; you only follow it.",
)
USED = message(
    "survey-used",
    vi="Phiếu này đã dùng rồi. Cảm ơn bạn.",
    en="This ticket has been used. Thank you.",
)
NO_RATING = message("survey-rating", vi="Chọn một mức.", en="Choose one.")
NO_ANSWER = message(
    "survey-answer",
    vi="Không có lựa chọn “{value}”. Chọn một trong các mức đã cho.",
    en='There is no choice "{value}". Choose one of those given.',
)
REMARK_LONG = message(
    "survey-remark", vi="Viết gọn trong {most} ký tự.", en="Keep to {most} characters."
)


def may_have_one(case: Case, contact: Contact) -> bool:
    """Whether somebody is the sender of a case and can still be given its ticket."""
    return not case.open and _is_sender(case, contact) and not was_given(case, contact)


def was_given(case: Case, contact: Contact) -> bool:
    """Whether somebody was given the ticket of a case. Whether they answered with it nobody knows."""
    return Given.objects.filter(mark=_mark(case, contact)).exists()


def give(actor: Actor, case: Case, contact: Contact, today: date) -> str:
    """Give the sender of a case that has ended a ticket (phát phiếu); told once, kept nowhere. Whoever
    else waits for the case, as after a merger, has that of their own case.

    Raises InputError.
    """
    if not _is_sender(case, contact):
        raise InputError([NOT_SENDER(NOWHERE)])
    if case.open:
        raise InputError([NOT_OVER(NOWHERE)])
    unit = case.lead_id or case.home_id
    with transaction.atomic():
        _, made = Given.objects.get_or_create(mark=_mark(case, contact))
        if not made:
            raise InputError([GIVEN(NOWHERE)])
        record(actor, "surveys.ticket.give", Thing("cases.case", str(case.pk), unit))
    place = _place_on(case.place_id, today)
    fresh = tickets.fresh(unit, case.kind, today, place=place, simulated=case.simulated)
    return tickets.written(fresh)


def _place_on(place: str | None, day: date) -> str:
    """The unit that a place is today; "" for none, and where nobody knows in which of several it is now."""
    now = standing(place, day) if place else None
    return now.card.uid if now and now.attributed else ""


def _is_sender(case: Case, contact: Contact) -> bool:
    return case.watchers.filter(contact=contact, sender=True).exists()


def answer(
    text: str, chosen: Mapping[str, str], remark: str, today: date, by: Survey | None = None
) -> None:
    """Count an answer (nhận trả lời). Who gives it is not asked, and the ledger has no entry of it: its
    time would name the one to whom a ticket was just given. Raises InputError."""
    by = by or survey()
    ticket = tickets.opened(text, today, by.days_to_answer)
    chosen, remark = _checked(chosen, remark, by)
    with transaction.atomic():
        sheet = _locked(ticket, Sheet.By.AGENCY, ticket.unit)
        if ticket.digest in sheet.spent:
            raise InputError([USED(NOWHERE)])
        counting.count(sheet, chosen)
        sheet.spent = sorted([*sheet.spent, ticket.digest])
        if remark:
            sheet.remarks = sorted([*sheet.remarks, remark])
        sheet.save()
        if ticket.place:
            there = _locked(ticket, Sheet.By.PLACE, ticket.place)
            counting.count_at_place(there, ticket.unit, chosen)
            there.save()


def _locked(ticket: Ticket, by: Sheet.By, unit: str) -> Sheet:
    """A sheet that a ticket's answer counts on. Raises InputError where it is closed, or was just now."""
    one: dict[str, Any] = {
        "by": by,
        "unit_id": unit,
        "matter": ticket.matter,
        "half_month": ticket.half_month,
        "simulated": ticket.simulated,
    }
    Sheet.objects.get_or_create(**one)
    sheet = Sheet.objects.select_for_update().filter(**one).first()
    if sheet is None or sheet.closed:
        raise InputError([tickets.OVER(NOWHERE)])
    return sheet


def close_sheets(actor: Actor, today: date) -> int:
    """Close the sheets whose time is over; what may be told of them becomes records. The others are gone,
    and the ledger does not name them: where few sent anything that would name who answered. How many
    were closed."""
    waiting, count = Sheet.objects.filter(closed=False), 0
    together = ("half_month", "matter", "simulated")
    for half, matter, simulated in waiting.order_by(*together).values_list(*together).distinct():
        if today <= tickets.last_day(half) + timedelta(days=survey().days_to_answer):
            continue
        group = waiting.filter(half_month=half, matter=matter, simulated=simulated)
        with transaction.atomic():
            sheets = list(group.select_for_update().order_by("by", "unit"))
            told = counting.closed(sheets)
            for one in told:
                one.save()
                _tell(actor, one)
            group.filter(pk__in=[one.pk for one in sheets]).delete()
        count += len(sheets)
    return count


def _tell(actor: Actor, sheet: Sheet) -> None:
    """The ledger's entry of a sheet that was closed and may be told, and its record."""
    name = f"{sheet.matter}/{sheet.half_month}"
    name += "" if sheet.by == Sheet.By.AGENCY else f"/{sheet.by}"
    after = {"answers": answers_on(sheet), "satisfied": satisfied_on(sheet)}
    record(actor, "surveys.sheet.close", Thing("surveys.sheet", name, sheet.unit_id), after=after)
    if not sheet.simulated:
        owe_records(STREAMS[sheet.by], code_of(sheet), [record_of(sheet)])


def _remade(by: str, code: str) -> list[dict[str, str | int | None]]:
    """The record of a closed sheet, for what was owed in another form."""
    unit, matter, half = code.rsplit(".", 2)
    sheets = Sheet.objects.filter(by=by, simulated=False)
    return [record_of(sheets.get(unit=unit, matter=matter, half_month=half))]


for _by, _stream in STREAMS.items():
    remakes(_stream)(partial(_remade, _by))


def _checked(chosen: Mapping[str, str], remark: str, by: Survey) -> tuple[dict[str, str], str]:
    problems, found = [], {}
    for number, question in enumerate(by.questions):
        said = chosen.get(question.code, "")
        if not said and number == 0:
            problems.append(NO_RATING(Place(question.code)))
        elif said and said not in question.answers:
            problems.append(NO_ANSWER(Place(question.code), value=said[:40]))
        elif said:
            found[question.code] = said
    tidy = " ".join(remark.split())
    if len(tidy) > by.remark_length:
        problems.append(REMARK_LONG(Place("remark"), most=by.remark_length))
    if problems:
        raise InputError(problems)
    return found, tidy


def _mark(case: Case, contact: Contact) -> str:
    """A keyed hash, so that the table alone does not tell who was given a ticket."""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"survey {case.pk} {contact.pk}".encode(), "sha256").hexdigest()
