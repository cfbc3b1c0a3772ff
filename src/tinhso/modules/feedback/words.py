"""Where a report stands, in words that anybody understands: from its events, never from columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.utils.translation import get_language

from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Attachment, Case, CaseEvent
from tinhso.kernel.cases.standing import Standing
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.clock.clock import Reading, State, read
from tinhso.kernel.units.register import UnknownUnitError, register
from tinhso.measure.text import Problem, Text
from tinhso.measure.writing import day as written


def t(text: Text | Problem) -> str:
    """In the reader's language."""
    return text.to(get_language() or "vi")


@dataclass(frozen=True)
class Step:
    """One thing that happened. `said`: what somebody wrote, "" where it is not for this reader."""

    at: datetime
    act: str
    text: Text
    said: str = ""
    files: tuple[Attachment, ...] = ()

    @property
    def pictures(self) -> list[Attachment]:
        return [one for one in self.files if one.file.is_picture]

    @property
    def papers(self) -> list[Attachment]:
        return [one for one in self.files if not one.file.is_picture]


SENTENCES = {
    "receive": Text("Đã nhận phản ánh", "The report was received"),
    "route": Text("Đã chuyển tới {unit}", "It was sent to {unit}"),
    "hand_over": Text("Chuyển tiếp tới {unit}", "It was handed over to {unit}"),
    "return": Text("Trả lại bộ phận điều phối để chuyển đúng nơi", "Returned, to be sent to the right agency"),
    "ask": Text("Cơ quan cần người gửi bổ sung thông tin", "The agency asks the sender for more"),
    "reply": Text("Người gửi đã bổ sung", "The sender added to it"),
    "add": Text("Người gửi nói thêm", "The sender wrote more"),
    "resume": Text("Cơ quan làm tiếp, không chờ bổ sung", "The agency goes on without waiting"),
    "consult": Text("Đang hỏi ý kiến {units}", "{units} asked for an opinion"),
    "opinion": Text("{by} đã cho ý kiến", "{by} gave an opinion"),
    "proceed": Text("Cơ quan làm tiếp, không chờ ý kiến nữa", "The agency goes on without opinions"),
    "extend": Text("Được gia hạn", "More time was given"),
    "answer": Text("{by} đã trả lời", "{by} answered"),
    "reject": Text("Không tiếp nhận", "Not accepted"),
    "merge": Text("Nhập vào một phản ánh khác về cùng việc", "Merged into another report of the same matter"),
    "withdraw": Text("Người gửi đã rút", "The sender withdrew it"),
    "reopen": Text("Được mở lại", "Opened again"),
    "rate": Text("Người gửi đánh giá {rating}/5", "The sender graded it {rating}/5"),
}  # fmt: skip

#: What of an event's data its sender reads.
_SAID = {
    **dict.fromkeys(("ask", "reply", "add", "answer"), "text"),
    **dict.fromkeys(("reject", "extend"), "reason"),
}


def steps(events: Iterable[CaseEvent], *, sender: bool) -> list[Step]:
    """What happened, oldest first; notes within the office are left out. For everybody but the sender
    only what the office gave for everybody is quoted."""
    events = list(events)
    for_all = said_to_all(events)
    found = []
    for event in events:
        sentence = SENTENCES.get(event.act)
        if sentence is None:
            continue
        said = for_all.get(event.n, "")
        if sender:
            said = _quoted(event) or said
        files = tuple(
            one
            for one in event.attachments.all()
            if event.act != "receive" and may_open(one, event, sender=sender)
        )
        found.append(Step(event.at, event.act, _filled(sentence, event), said, files))
    return found


#: The acts whose files are addressed to the sender.
_FILES_FOR_SENDER = ("receive", "ask", "answer", "reject")


def may_open(file: Attachment, event: CaseEvent | None, *, sender: bool) -> bool:
    """Whether somebody who follows opens a file that came with `event`: what is public; the sender also
    what is theirs and what came with an act that is addressed to them."""
    if file.public or not sender or event is None:
        return file.public
    return event.role == Role.REQUESTER or event.act in _FILES_FOR_SENDER


#: The act by which moderation puts other words for everybody in the place of those given with an answer:
#: `of` is the number of the answer's event, `public_text` the words, "" to take them back.
RELEASE = "release"
#: A reader of the public page asks for personal data to be hidden; a moderator settles it.
ASK_HIDING, SETTLE_HIDING = "ask_hiding", "settle_hiding"
#: Acts that are done on the page of what is public, and by no other way.
MODERATION = frozenset({RELEASE, SETTLE_HIDING})
#: What a reader says can be seen, in the order of the form.
EXPOSED: Mapping[str, Text] = {
    "photo": Text(
        "Ảnh có mặt tôi, biển số xe hoặc nhà tôi", "A photo shows my face, number plate or home"
    ),
    "text": Text(
        "Chữ có tên, số điện thoại hoặc địa chỉ của tôi",
        "The text has my name, telephone number or address",
    ),
    "other": Text("Điều riêng tư khác của tôi", "Something else that is private to me"),
}
#: What a moderator did about it.
OUTCOMES: Mapping[str, Text] = {
    "changed": Text("đã sửa bản công khai", "what is public was changed"),
    "unpublished": Text("đã thôi công khai", "it was taken out of public sight"),
    "nothing": Text("không cần che gì", "nothing needs to be hidden"),
}
#: The acts that come with words for everybody (câu cho mọi người), and where the sender's own stand.
FOR_ALL: Mapping[str, str] = {"answer": "text", "reject": "reason"}


def said_to_all(events: Iterable[CaseEvent]) -> dict[int, str]:
    """What everybody reads now of each event that came with words for everybody, by its number."""
    found: dict[int, str] = {}
    for event in events:
        if "public_text" in event.data:
            of = int(event.data["of"]) if event.act == RELEASE else event.n
            found[of] = str(event.data["public_text"])
    return found


def answers_to_all(cases: Iterable[Case]) -> dict[UUID, str]:
    """What everybody reads of the last answer or refusal of each case, by the case's id; those whose
    office has given no such words are left out."""
    rows = CaseEvent.objects.filter(
        case__in=[one.pk for one in cases], act__in=(*FOR_ALL, RELEASE)
    ).order_by("case_id", "n")
    found = {}
    for case, own in groupby(rows, key=lambda one: one.case_id):
        events = list(own)
        last = max((one.n for one in events if one.act in FOR_ALL), default=0)
        if said := said_to_all(events).get(last):
            found[case] = said
    return found


def _quoted(event: CaseEvent) -> str:
    if event.act == "reopen":
        return ". ".join(filter(None, (event.data.get("reason"), event.data.get("text"))))
    return str(event.data.get(_SAID.get(event.act, ""), ""))


def _filled(sentence: Text, event: CaseEvent) -> Text:
    day = event.at.astimezone(LOCAL).date()
    data = event.data
    asked = [unit_name(one, day) for one in data.get("units", ())]
    by = unit_name(event.unit, day)
    unit = unit_name(str(data.get("unit", "")), day)
    return Text(
        sentence.vi.format(
            unit=unit.vi, by=by.vi, units=", ".join(one.vi for one in asked),
            rating=data.get("rating", ""),
        ),
        sentence.en.format(
            unit=unit.en, by=by.en, units=", ".join(one.en for one in asked),
            rating=data.get("rating", ""),
        ),
    )  # fmt: skip


def unit_name(uid: str | None, day: object = None) -> Text:
    if not uid:
        return Text("Cơ quan xử lý", "The agency")
    try:
        return register().full_name(uid, day)  # type: ignore[arg-type]
    except UnknownUnitError:
        return Text(uid, uid)


@dataclass(frozen=True)
class Due:
    """The due date in words; `tone`: `late`, `waits`, `fine` or `over`."""

    text: Text
    tone: str


def due_words(standing: Standing, now: datetime) -> Due:
    """When the answer is due, was due, or would be due."""
    whole = standing.clock("whole")
    assert whole is not None  # every report begins with it
    found = read(whole, now, calendar())
    if found.state is State.ENDED:
        return _over(standing, found)
    at = _moment(found.if_now.at)
    if found.state is State.STANDING and found.due is None:
        today = _moment(found.if_now.at)
        return Due(
            Text(
                f"Đồng hồ đang dừng chờ bạn bổ sung. Nếu bạn trả lời hôm nay, hạn trả lời là {today.vi}.",
                f"The clock stands, waiting for you. If you reply today, the answer is due {today.en}.",
            ),
            "waits",
        )
    if found.late:
        days = -found.working_days
        asked = (
            Text(" Cơ quan đang chờ bạn bổ sung.", " The agency waits for you to add something.")
            if found.state is State.STANDING
            else Text("", "")
        )
        return Due(
            Text(
                f"Đã quá hạn: lẽ ra trả lời trước {at.vi}" + (f", trễ {days} ngày làm việc." if days else ".") + asked.vi,
                f"Overdue: the answer was due {at.en}" + (f", {days} working day{'s' if days > 1 else ''} ago." if days else ".") + asked.en,
            ),
            "late",
        )  # fmt: skip
    days = found.working_days
    left = Text(f"còn {days} ngày làm việc" if days else "trong hôm nay", f"{days} working day{'s' if days > 1 else ''} left" if days else "today")  # fmt: skip
    sure = Text("", "") if found.if_now.certain else Text(" Ngày này có thể đổi khi Nhà nước công bố lịch nghỉ.", " The day may move once public holidays are announced.")  # fmt: skip
    return Due(
        Text(f"Hạn trả lời: {at.vi}, {left.vi}.{sure.vi}", f"The answer is due {at.en}, {left.en}.{sure.en}"),
        "fine",
    )  # fmt: skip


def _over(standing: Standing, found: Reading) -> Due:
    if standing.state == "answered" and found.late:
        return Due(Text("Đã trả lời, trễ hạn.", "Answered, late."), "over")
    if standing.state == "answered":
        return Due(Text("Đã trả lời đúng hạn.", "Answered in time."), "over")
    name = standing.state_rule.name
    return Due(Text(f"{name.vi}.", f"{name.en}."), "over")


def _moment(at: datetime) -> Text:
    local = at.astimezone(LOCAL)
    clock = f"{local:%H:%M}"
    return Text(
        f"{clock} ngày {written(local.date(), 'vi')}", f"{clock} on {written(local.date(), 'en')}"
    )


def where_of(case: Case) -> Text:
    """The commune and the address, as far as they are known."""
    if not case.place_id:
        return Text(case.address or "Chưa rõ nơi xảy ra", case.address or "Place not known")
    name = unit_name(case.place_id, case.received_at.astimezone(LOCAL).date())
    if not case.address:
        return name
    return Text(f"{case.address}, {name.vi}", f"{case.address}, {name.en}")
