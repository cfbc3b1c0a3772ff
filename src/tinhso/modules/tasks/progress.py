"""Every write of what becomes of tasks: reports, more time, help asked of others, and decisions.

The caller has asked the policy; each act is one transaction with its ledger entry inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.core.files.base import File
from django.db import transaction
from django.db.models import Max

from tinhso.kernel.files.actions import accept
from tinhso.kernel.files.kinds import DOCUMENTS
from tinhso.kernel.ledger.entries import record
from tinhso.kernel.units.register import register
from tinhso.measure import writing
from tinhso.measure.text import NOWHERE, InputError, Place, Problem, Text
from tinhso.modules.tasks import messages
from tinhso.modules.tasks.actions import keep_deadline, locked, thing_of
from tinhso.modules.tasks.drafts import By, Draft, too_long
from tinhso.modules.tasks.facts import MONTHS, Decision, Rhythm, dues
from tinhso.modules.tasks.models import Ask, Evidence, Extension, Report, Task, TaskVersion
from tinhso.modules.tasks.reading import facts_of
from tinhso.modules.tasks.states import rules, status_of
from tinhso.modules.tasks.words import RHYTHMS, STATES

#: Files that go with one report.
MOST_FILES = 10


@dataclass(frozen=True)
class Told:
    """What a report says. `done_on`: that all is done, since that day; `period` its last day."""

    words: str = ""
    percent: int | None = None
    figures: str = ""
    links: tuple[str, ...] = ()
    done_on: date | None = None
    period: date | None = None


def report(
    by: By, task: Task, told: Told, files: Sequence[File[bytes]] = (), unit: str = ""
) -> Report:
    """The lead (`unit` "") reports progress with evidence (báo cáo tiến độ), or a coordinating
    agency its own part. Evidence of either is kept for the lead. Raises InputError."""
    problems = _wrong(by, told)
    if len(files) > MOST_FILES:
        problems.append(messages.MANY_FILES(Place("files"), most=MOST_FILES))
    with transaction.atomic():
        now = _going_on(by, task)
        if now.lead_id is None:
            problems.append(messages.NO_LEAD(NOWHERE))
        elif unit not in ("", now.lead_id) and not _coordinates(now, unit):
            name = register().full_name(unit, by.day)
            problems.append(messages.NOT_CONCERNED(NOWHERE, unit=name))
        if Rhythm(now.rhythm) in MONTHS:
            if told.period not in periods_of(task, now):
                problems.append(messages.PERIOD_WRONG(Place("period")))
        elif told.period is not None:
            problems.append(messages.PERIOD_WRONG(Place("period")))
        if problems:
            raise InputError(problems)
        assert now.lead_id is not None
        made = Report.objects.create(
            task=task,
            number=_following(Report, task),
            day=by.day,
            unit_id=unit or now.lead_id,
            part=unit not in ("", now.lead_id),
            by_id=by.account,
            words=told.words.strip(),
            percent=told.percent,
            figures=told.figures.strip(),
            links=list(told.links),
            done_on=told.done_on,
            period=told.period,
        )
        for file in files:
            assert by.who is not None
            kept = accept(
                by.who, file, DOCUMENTS, unit=now.lead_id, seat=by.seat, place=Place("files")
            )
            Evidence.objects.create(report=made, file=kept)
        after = {
            "number": made.number,
            "part": unit if made.part else "",
            "percent": told.percent,
            "words": made.words,
            "figures": made.figures,
            "links": ", ".join(made.links),
            "done_on": _iso(told.done_on),
            "period": _iso(told.period),
            "files": len(files),
        }
        record(by.actor, "tasks.report.send", thing_of(task, now), after=after)
    return made


def _coordinates(now: TaskVersion, unit: str) -> bool:
    return now.coordinating.filter(unit_id=unit).exists()


def _wrong(by: By, told: Told) -> list[Problem]:
    problems = []
    if not told.words.strip() and told.percent is None and told.done_on is None:
        problems.append(messages.SAY_SOMETHING(Place("words")))
    if told.percent is not None and not 0 <= told.percent <= 100:
        problems.append(messages.PERCENT_WRONG(Place("percent"), value=told.percent))
    if told.done_on is not None and told.done_on > by.day:
        problems.append(messages.DONE_LATER(Place("done_on"), done=both(told.done_on)))
    problems += [
        messages.LINK_WRONG(Place("links"), link=link[:80])
        for link in told.links
        if not link.startswith(("https://", "http://"))
    ]
    for name in ("words", "figures"):
        problems += too_long(name, getattr(told, name))
    return problems


def periods_of(task: Task, now: TaskVersion) -> tuple[date, ...]:
    """The last days of the periods that a report may be about; none for what does not recur."""
    if Rhythm(now.rhythm) not in MONTHS:
        return ()
    first = task.versions.order_by("number").first()
    assert first is not None
    return dues(Rhythm(now.rhythm), now.start or first.day, now.deadline)


def decide_report(by: By, report: Report, *, confirmed: bool, comment: str) -> None:
    """Confirm a report or return it (xác nhận, trả lại): returning takes a comment.

    Raises InputError; nobody decides on what they sent themselves.
    """
    with transaction.atomic():
        now = locked(report.task)
        row = Report.objects.get(pk=report.pk)
        _decidable(by, row, accepted=confirmed, comment=comment)
        row.decision = (Decision.ACCEPTED if confirmed else Decision.REFUSED).value
        row.decided_on = by.day
        row.decided_by_id = by.account
        row.comment = comment.strip()
        row.save()
        record(
            by.actor,
            "tasks.report.confirm" if confirmed else "tasks.report.return",
            thing_of(row.task, now),
            before={"number": row.number, "decision": Decision.WAITING.value},
            after={"number": row.number, "decision": row.decision},
            reason=row.comment,
        )


def ask_extension(by: By, task: Task, wanted: date, reason: str) -> Extension:
    """The lead's head asks for more time (đề nghị gia hạn). Raises InputError."""
    with transaction.atomic():
        now = _going_on(by, task)
        problems = too_long("reason", reason)
        if not reason.strip():
            problems.append(messages.WORDS_NEEDED(Place("reason")))
        if now.rhythm != Rhythm.ONCE.value or now.deadline is None:
            rhythm = RHYTHMS[Rhythm(now.rhythm)]
            raise InputError([messages.NOT_EXTENDED(NOWHERE, rhythm=rhythm)])
        if wanted <= now.deadline:
            told = {"wanted": both(wanted), "deadline": both(now.deadline)}
            problems.append(messages.EXTENSION_NOT_LATER(Place("wanted"), **told))
        if Extension.objects.filter(task=task, decision=Decision.WAITING.value).exists():
            problems.append(messages.EXTENSION_WAITS(NOWHERE))
        if problems:
            raise InputError(problems)
        made = Extension.objects.create(
            task=task,
            number=_following(Extension, task),
            day=by.day,
            before=now.deadline,
            wanted=wanted,
            reason=reason.strip(),
            by_id=by.account,
        )
        record(
            by.actor,
            "tasks.extension.ask",
            thing_of(task, now),
            before={"deadline": _iso(now.deadline)},
            after={"number": made.number, "wanted": _iso(wanted)},
            reason=made.reason,
        )
    return made


def decide_extension(by: By, extension: Extension, *, granted: date | None, comment: str) -> None:
    """Grant more time, until `granted`, or refuse it (None). A grant is a new version of the task.

    Raises InputError: refusing takes a comment; nobody decides on their own request.
    """
    with transaction.atomic():
        now = locked(extension.task)
        row = Extension.objects.get(pk=extension.pk)
        _decidable(by, row, accepted=granted is not None, comment=comment)
        if granted is not None and (now.deadline is None or granted <= now.deadline):
            told = {"wanted": both(granted), "deadline": both(now.deadline or row.before)}
            raise InputError([messages.EXTENSION_NOT_LATER(Place("granted"), **told)])
        row.decision = (Decision.REFUSED if granted is None else Decision.ACCEPTED).value
        row.decided_on = by.day
        row.decided_by_id = by.account
        row.granted = granted
        row.comment = comment.strip()
        row.save()
        thing = thing_of(row.task, now)
        if granted is not None:
            reason = f"Gia hạn theo đề nghị số {row.number}."
            keep_deadline(by, row.task, now, replace(Draft.of(now), deadline=granted), reason)
        record(
            by.actor,
            "tasks.extension.refuse" if granted is None else "tasks.extension.grant",
            thing,
            before={"number": row.number, "deadline": _iso(now.deadline)},
            after={"number": row.number, "deadline": _iso(granted or now.deadline)},
            reason=row.comment,
        )


def ask(by: By, task: Task, to: str, words: str) -> Ask:
    """The lead asks another agency for something (đề nghị phối hợp). Raises InputError."""
    with transaction.atomic():
        now = _going_on(by, task)
        problems = too_long("words", words)
        if not words.strip():
            problems.append(messages.WORDS_NEEDED(Place("words")))
        if to == now.lead_id:
            problems.append(messages.ASK_SELF(Place("to")))
        if problems:
            raise InputError(problems)
        made = Ask.objects.create(
            task=task,
            number=_following(Ask, task),
            day=by.day,
            to_id=to,
            words=words.strip(),
            by_id=by.account,
        )
        after = {"number": made.number, "to": to, "words": made.words}
        record(by.actor, "tasks.ask.send", thing_of(task, now), after=after)
    return made


def answer(by: By, asked: Ask, words: str) -> None:
    """The agency that was asked answers. Raises InputError."""
    problems = too_long("answer", words)
    if not words.strip():
        problems.append(messages.WORDS_NEEDED(Place("answer")))
    if problems:
        raise InputError(problems)
    with transaction.atomic():
        now = locked(asked.task)
        row = Ask.objects.get(pk=asked.pk)
        if row.answered_on is not None:
            raise InputError([messages.DECIDED(NOWHERE)])
        row.answer = words.strip()
        row.answered_on = by.day
        row.answered_by_id = by.account
        row.save()
        after = {"number": row.number, "answer": row.answer}
        record(by.actor, "tasks.ask.answer", thing_of(row.task, now), after=after)


def _going_on(by: By, task: Task) -> TaskVersion:
    """The task's version, locked; raises InputError where the task has ended."""
    now = locked(task)
    status = status_of(facts_of([task.pk])[str(task.pk)], by.day, rules())
    if status is not None and status.ended:
        raise InputError([messages.ENDED(NOWHERE, state=STATES[status.state])])
    return now


def _decidable(by: By, row: Report | Extension, *, accepted: bool, comment: str) -> None:
    problems = too_long("comment", comment)
    if row.decision != Decision.WAITING.value:
        problems.append(messages.DECIDED(NOWHERE))
    if by.account is not None and row.by_id == by.account:
        problems.append(messages.OWN(NOWHERE))
    if not accepted and not comment.strip():
        problems.append(messages.COMMENT_NEEDED(Place("comment")))
    if problems:
        raise InputError(problems)


def _following(model: type[Report | Extension | Ask], task: Task) -> int:
    newest: int | None = model._default_manager.filter(task=task).aggregate(n=Max("number"))["n"]
    return (newest or 0) + 1


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def both(day: date) -> Text:
    """A day in both languages."""
    return Text(writing.day(day, "vi"), writing.day(day, "en"))
