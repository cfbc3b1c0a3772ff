"""Answers that everybody may read: published, corrected beside the old version, withdrawn, thanked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from tinhso.kernel.cases.actions import PRIVATE
from tinhso.kernel.cases.models import Case, short_code
from tinhso.kernel.ledger.actor import Actor
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.people.who import Who
from tinhso.measure.text import NOWHERE, InputError, Place, message
from tinhso.modules.questions.fields import checked
from tinhso.modules.questions.models import Answer, AnswerVersion, Remark
from tinhso.modules.questions.policies import ANSWER
from tinhso.modules.questions.search import keeping

THING = "questions.answer"

NO_TITLE = message(
    "answer-title", vi="Ghi câu hỏi, trong một câu.", en="Write the question, in a sentence."
)
NO_TEXT = message("answer-text", vi="Ghi nội dung trả lời.", en="Write the answer.")
NO_REASON = message(
    "answer-reason",
    vi="Ghi lý do: người đã đọc bản cũ cần biết điều gì thay đổi, vì sao.",
    en="Say why: whoever read the old version needs to know what changed and why.",
)
PAST = message(
    "answer-holds-past",
    vi="Ngày {day} đã qua. Ghi ngày cuối mà câu trả lời còn đúng, từ hôm nay trở đi.",
    en="{day} is past. Give the last day on which the answer holds, today or later.",
)
WITHDRAWN = message(
    "answer-withdrawn",
    vi="Câu trả lời này đã thôi công khai.",
    en="This answer has been withdrawn.",
)
MEANWHILE = message(
    "answer-meanwhile",
    vi="Trong lúc bạn sửa đã có phiên bản {n}. Tải lại trang, xem bản ấy rồi sửa tiếp.",
    en="While you wrote, version {n} came. Load the page again, look at it, and go on.",
)
LONG_WORD = message(
    "answer-word-long",
    vi="Viết gọn trong 500 ký tự.",
    en="Keep to 500 characters.",
)


@dataclass(frozen=True)
class Written:
    """What an answer says. `holds_until`: the last day on which it is known to hold, if there is one."""

    title: str
    text: str
    question: str = ""
    basis: str = ""
    holds_until: date | None = None

    def checked(self, today: date) -> Written:
        """Tidied. Raises InputError."""
        tidy = replace(
            self,
            title=self.title.strip()[:300],
            text=self.text.strip(),
            question=self.question.strip(),
            basis=self.basis.strip(),
        )
        problems = []
        if not tidy.title:
            problems.append(NO_TITLE(Place("title")))
        if not tidy.text:
            problems.append(NO_TEXT(Place("text")))
        if tidy.holds_until is not None and tidy.holds_until < today:
            problems.append(PAST(Place("holds_until"), day=tidy.holds_until.isoformat()))
        if problems:
            raise InputError(problems)
        return tidy

    @property
    def data(self) -> dict[str, Any]:
        """As an event of a case keeps it."""
        day = self.holds_until.isoformat() if self.holds_until else ""
        return {**asdict(self), "holds_until": day}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Written:
        day = str(data.get("holds_until", ""))
        return cls(
            str(data.get("title", "")),
            str(data.get("text", "")),
            str(data.get("question", "")),
            str(data.get("basis", "")),
            date.fromisoformat(day) if day else None,
        )


def compose(who: Who, unit: str, field: str, written: Written) -> Answer:
    """Publish an answer that nobody asked for yet (câu hỏi thường gặp). Raises InputError, ForbiddenError."""
    seat = ANSWER.require(who, "review", unit).seat
    with transaction.atomic():
        return publish(who.actor(seat), unit, checked(field), written.checked(who.day), who=who)


def publish(
    actor: Actor,
    unit: str,
    field: str,
    written: Written,
    *,
    who: Who | None = None,
    case: Case | None = None,
) -> Answer:
    """Make an answer public, inside the caller's transaction. Raises InputError (`case-private`)."""
    if case is not None and case.private:
        raise InputError([PRIVATE(NOWHERE)])
    now = timezone.now()
    answer = Answer.objects.filter(case=case).first() if case is not None else None
    if answer is None:
        answer = Answer(code=_code(), case=case, published_at=now)
    before = _state(answer) if answer.versions_count else {}
    answer.unit_id, answer.field = unit, field
    answer.simulated = bool(case and case.simulated)
    answer.withdrawn_at, answer.withdrawn_because = None, ""
    reason = "" if not answer.versions_count else "Trả lời lại sau khi người hỏi hỏi tiếp"
    _add(answer, written, now, who, reason)
    thing = Thing(THING, str(answer.pk), unit)
    record(actor, f"{THING}.publish", thing, before=before, after=_state(answer), reason=reason)
    keeping.keep([answer])
    return answer


def correct(who: Who, answer: Answer, written: Written, reason: str, *, seen: int) -> Answer:
    """A new version beside the old one (đính chính); also to say that it still holds, until when.

    Raises InputError, ForbiddenError.
    """
    seat = ANSWER.require(who, "review", answer.unit_id).seat
    if not reason.strip():
        raise InputError([NO_REASON(Place("reason"))])
    tidy = written.checked(who.day)
    with transaction.atomic():
        now = Answer.objects.select_for_update().get(pk=answer.pk)
        if now.withdrawn_at:
            raise InputError([WITHDRAWN(NOWHERE)])
        if now.versions_count != seen:
            raise InputError([MEANWHILE(NOWHERE, n=now.versions_count)])
        before = _state(now)
        _add(now, tidy, timezone.now(), who, reason.strip()[:500])
        thing = Thing(THING, str(now.pk), now.unit_id)
        actor = who.actor(seat)
        record(actor, f"{THING}.correct", thing, before=before, after=_state(now), reason=reason)
        keeping.keep([now])
    return now


def withdraw(actor: Actor, answer: Answer, reason: str, *, seen: int | None = None) -> None:
    """Take an answer out of public sight; its address says why. `seen`: the newest version that the
    doer had seen. Raises InputError."""
    if not reason.strip():
        raise InputError([NO_REASON(Place("reason"))])
    with transaction.atomic():
        now = Answer.objects.select_for_update().get(pk=answer.pk)
        if now.withdrawn_at:
            raise InputError([WITHDRAWN(NOWHERE)])
        if seen is not None and now.versions_count != seen:
            raise InputError([MEANWHILE(NOWHERE, n=now.versions_count)])
        before = _state(now)
        now.withdrawn_at = now.changed_at = timezone.now()
        now.withdrawn_because = reason.strip()[:500]
        now.save()
        thing = Thing(THING, str(now.pk), now.unit_id)
        record(actor, f"{THING}.withdraw", thing, before=before, after=_state(now), reason=reason)
        keeping.keep([now])


def thank(who: Who, answer: Answer, *, helpful: bool, word: str = "") -> None:
    """Say that an answer helped or did not, with a word (hữu ích, chưa hữu ích). Raises InputError."""
    tidy = word.strip()
    if len(tidy) > 500:
        raise InputError([LONG_WORD(Place("word"))])
    with transaction.atomic():
        counted = "helpful" if helpful else "unhelpful"
        Answer.objects.filter(pk=answer.pk).update(**{counted: F(counted) + 1})
        if tidy:
            Remark.objects.create(
                answer=answer, version=answer.versions_count, on=who.day, helpful=helpful, word=tidy
            )
        thing = Thing(THING, str(answer.pk), answer.unit_id)
        record(who.actor(), f"{THING}.thank", thing, after={"helpful": helpful})


@dataclass(frozen=True)
class Loaded:
    """An answer of a set that is brought in whole."""

    unit: str
    field: str
    written: Written
    published_at: datetime


def load(actor: Actor, rows: Sequence[Loaded], *, simulated: bool = False) -> int:
    """Bring in a set of answers at once (nạp bộ câu trả lời), with one entry in the ledger."""
    with transaction.atomic():
        made = [
            Answer(
                code=code, unit_id=one.unit, field=checked(one.field), title=one.written.title,
                published_at=one.published_at, changed_at=one.published_at, simulated=simulated,
                holds_until=one.written.holds_until, versions_count=1,
            )
            for one, code in zip(rows, _codes(len(rows)), strict=True)
        ]  # fmt: skip
        Answer.objects.bulk_create(made, batch_size=2000)
        AnswerVersion.objects.bulk_create(
            [
                AnswerVersion(answer=answer, n=1, at=one.published_at, **asdict(one.written))
                for answer, one in zip(made, rows, strict=True)
            ],
            batch_size=2000,
        )
        digest = hashlib.sha256("\0".join(one.written.text for one in rows).encode()).hexdigest()
        after = {"answers": len(rows), "written": digest, "simulated": simulated}
        record(actor, f"{THING}.load", Thing(THING, "set"), after=after)
        for at in range(0, len(made), keeping.TOGETHER):
            keeping.keep(made[at : at + keeping.TOGETHER])
    return len(made)


def rebuild_index(actor: Actor) -> int:
    """Make the index of searching anew; how many answers it holds."""
    with transaction.atomic():
        count = keeping.rebuild()
        thing = Thing("questions.index", "all")
        record(actor, "questions.index.rebuild", thing, after={"answers": count})
    return count


def _add(
    answer: Answer, written: Written, at: datetime, who: Who | None, reason: str
) -> AnswerVersion:
    answer.title, answer.holds_until, answer.changed_at = written.title, written.holds_until, at
    answer.versions_count += 1
    answer.save()
    return AnswerVersion.objects.create(
        answer=answer, n=answer.versions_count, at=at, reason=reason,
        account_id=who.account if who else None, **asdict(written),
    )  # fmt: skip


def _code() -> str:
    return _codes(1)[0]


def _codes(count: int) -> list[str]:
    """Codes that no answer has, nor one another: of a hundred thousand, some would meet by chance."""
    found: dict[str, None] = {}
    while len(found) < count:
        fresh = {f"TL-{short_code(7)}" for _ in range(min(count - len(found), keeping.TOGETHER))}
        taken = Answer.objects.filter(code__in=fresh).values_list("code", flat=True)
        found |= dict.fromkeys(sorted(fresh - set(taken)))
    return list(found)


def _state(answer: Answer) -> dict[str, Any]:
    """For the ledger: what it says, only as a digest."""
    last = AnswerVersion.objects.filter(answer=answer).order_by("-n").first()
    said = f"{last.title}\0{last.question}\0{last.text}\0{last.basis}" if last else ""
    return {
        "version": answer.versions_count,
        "written": hashlib.sha256(said.encode()).hexdigest(),
        "holds_until": answer.holds_until.isoformat() if answer.holds_until else "",
        "withdrawn": answer.withdrawn_at is not None,
    }
