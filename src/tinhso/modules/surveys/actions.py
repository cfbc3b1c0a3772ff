"""Giving tickets, taking answers, closing sheets (phát phiếu, nhận trả lời, chốt tờ)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction

from tinhso.kernel.cases.models import Case, Contact
from tinhso.kernel.cases.records import code_on
from tinhso.kernel.ledger.actor import Actor
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.ledger.outbox import owe_records, remakes
from tinhso.kernel.units.queries import standing
from tinhso.measure.text import NOWHERE, InputError, Place, message
from tinhso.modules.surveys import tickets
from tinhso.modules.surveys.asked import RATING, Survey, survey
from tinhso.modules.surveys.models import Given, Sheet

STREAM = "satisfaction"

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
    return tickets.written(tickets.fresh(unit, case.kind, today, simulated=case.simulated))


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
        sheet, _ = Sheet.objects.get_or_create(
            unit_id=ticket.unit,
            matter=ticket.matter,
            half_month=ticket.half_month,
            simulated=ticket.simulated,
        )
        sheet = Sheet.objects.select_for_update().get(pk=sheet.pk)
        if ticket.digest in sheet.spent:
            raise InputError([USED(NOWHERE)])
        if sheet.closed:
            raise InputError([tickets.OVER(NOWHERE)])
        for question, said in chosen.items():
            counts = sheet.totals.setdefault(question, {})
            counts[said] = counts.get(said, 0) + 1
        # The order of keys would tell the order of first answers.
        sheet.totals = {q: dict(sorted(c.items())) for q, c in sorted(sheet.totals.items())}
        sheet.spent = sorted([*sheet.spent, ticket.digest])
        if remark:
            sheet.remarks = sorted([*sheet.remarks, remark])
        sheet.save()


def close_sheets(actor: Actor, today: date) -> int:
    """Close the sheets whose time is over; large enough ones become records. How many were closed."""
    by, count = survey(), 0
    for sheet in Sheet.objects.filter(closed=False).order_by("unit", "matter", "half_month"):
        if today <= tickets.last_day(sheet.half_month) + timedelta(days=by.days_to_answer):
            continue
        with transaction.atomic():
            now = Sheet.objects.select_for_update().get(pk=sheet.pk)
            now.closed, now.spent = True, []
            large = answers_on(now) >= by.smallest_group
            if not large:
                now.remarks = []  # nobody may ever read them
            now.save()
            thing = Thing("surveys.sheet", f"{now.matter}/{now.half_month}", now.unit_id)
            after = {"answers": answers_on(now), "satisfied": satisfied_on(now)} if large else {}
            record(actor, "surveys.sheet.close", thing, after=after)
            if large and not now.simulated:
                _owe(now)
        count += 1
    return count


def answers_on(sheet: Sheet) -> int:
    return sum(sheet.totals.get(RATING, {}).values())


def satisfied_on(sheet: Sheet) -> int:
    least = survey().satisfied_from
    return sum(n for said, n in sheet.totals.get(RATING, {}).items() if int(said) >= least)


def _owe(sheet: Sheet) -> None:
    owe_records(STREAM, _code(sheet), [record_of(sheet)])


def _code(sheet: Sheet) -> str:
    return f"{sheet.unit_id}.{sheet.matter}.{sheet.half_month}"


def record_of(sheet: Sheet) -> dict[str, str | int | None]:
    """The stream's record of a sheet. A unit that was taken over within the half-month is written as
    who took over: that is who bears a code on the half-month's last day."""
    day = tickets.last_day(sheet.half_month)
    return {
        "sheet_code": _code(sheet),
        "unit_code": code_on(standing(sheet.unit_id, day).card.uid, day),
        "period_end": day.isoformat(),
        "matter": sheet.matter,
        "answers": answers_on(sheet),
        "satisfied": satisfied_on(sheet),
    }


@remakes(STREAM)
def remade(code: str) -> list[dict[str, str | int | None]]:
    """The record of a closed sheet, for what was owed in another form."""
    unit, matter, half = code.rsplit(".", 2)
    return [
        record_of(Sheet.objects.get(unit=unit, matter=matter, half_month=half, simulated=False))
    ]


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
