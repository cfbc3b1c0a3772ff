"""The day's mail: what is late, what is soon, what waits; short, and in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.notices.needs import Need, kinds
from tinhso.kernel.units.register import register
from tinhso.measure.text import Language, Text
from tinhso.measure.writing import day as written

if TYPE_CHECKING:
    from tinhso.modules.urging.actions import Line

PAGE = "/viec-hom-nay/"
LANGUAGES: tuple[Language, ...] = ("vi", "en")


def letter(day: date, lines: Sequence[Line], most: int, site: str) -> tuple[Text, Text]:
    """Subject and body. What is past `most` lines is counted, and found on the page."""
    told = len({line.need.key for line in lines})
    subject = Text(
        f"Việc cần làm ngày {written(day, 'vi')}: {told} việc",
        f"To do on {written(day, 'en')}: {told} thing{'s' if told > 1 else ''}",
    )
    end = Text(
        "Mỗi ngày nhiều nhất một thư như thế này; việc đã làm xong thì thôi nhắc.",
        "There is at most one such mail a day; what is done is not mentioned again.",
    )

    def said(need: Need) -> Text:
        return when(need, day)

    return subject, Text(
        *(_body(lines, day, most, site, language, said, end) for language in LANGUAGES)
    )


def letter_at_once(now: datetime, lines: Sequence[Line], most: int, site: str) -> tuple[Text, Text]:
    """The same of what is due within hours, which the day's mail would come too late for."""
    told, day = len({line.need.key for line in lines}), now.astimezone(LOCAL).date()
    subject = Text(
        f"Sắp hết hạn theo giờ: {told} việc",
        f"Due within hours: {told} thing{'s' if told > 1 else ''}",
    )
    end = Text(
        "Thư này gửi ngay vì hạn đến trước lượt nhắc buổi sáng kế tiếp; mỗi mốc của một việc nhắc một lần.",
        "This is sent at once because it is due before the next morning's reminders; each step is said once.",
    )

    def said(need: Need) -> Text:
        return left(need, now)

    return subject, Text(
        *(_body(lines, day, most, site, language, said, end) for language in LANGUAGES)
    )


def _body(
    lines: Sequence[Line],
    day: date,
    most: int,
    site: str,
    language: Language,
    said: Callable[[Need], Text],
    end: Text,
) -> str:
    words, names, out, room = kinds(), register(), [], most
    for rule in dict.fromkeys(line.rule for line in lines):
        own = sorted((one for one in lines if one.rule == rule), key=lambda one: _rank(one.need))
        out += [rule.name.to(language).upper(), ""]
        for line in own[: max(room, 0)]:
            need = line.need
            unit = names.full_name(need.unit, day).to(language)
            simulated = Text(" (mô phỏng)", " (simulated)").to(language) if need.simulated else ""
            out.append(f"- {need.title.to(language)}{simulated}")
            out.append(f"  {unit}: {words[need.kind].to(language)}. {said(need).to(language)}")
            if site:
                prefix = "/en" if language == "en" else ""
                out.append(f"  {site}{prefix}{need.address}")
        if len(own) > max(room, 0):
            more = len(own) - max(room, 0)
            out.append(Text(f"… và {more} việc nữa.", f"… and {more} more.").to(language))
        room -= len(own)
        out.append("")
    where = f"{site}{'/en' if language == 'en' else ''}{PAGE}" if site else ""
    page = Text(
        f"Mọi việc đang chờ bạn: trang Việc hôm nay. {where}".strip(),
        f"All that waits for you: the page Today's work. {where}".strip(),
    )
    out += [page.to(language), end.to(language)]
    return "\n".join(out) + "\n"


def _rank(need: Need) -> tuple[date, str]:
    return need.due or need.since, need.key


def when(need: Need, day: date) -> Text:
    """How late, how soon, how long it waits."""
    if need.due is None:
        waited = (day - need.since).days
        if waited <= 0:
            return Text("Mới đến hôm nay", "Came today")
        return Text(f"Đã chờ {waited} ngày", f"Has waited {waited} day{'s' if waited > 1 else ''}")
    late = need.late(day)
    if late > 0:
        return Text(f"Quá hạn {late} ngày", f"{late} day{'s' if late > 1 else ''} late")
    if late == 0 and need.clock is not None:
        hour = _hour(need.clock[1])
        return Text(f"Hạn {hour} hôm nay", f"Due at {hour} today")
    if late == 0:
        return Text("Hạn hôm nay", "Due today")
    return Text(f"Còn {-late} ngày", f"{-late} day{'s' if late < -1 else ''} left")


def left(need: Need, now: datetime) -> Text:
    """Until which hour there is time, and how much of it, rounded down to minutes."""
    assert need.clock is not None  # rules of clocks speak of no other
    end = need.clock[1]
    hours, minutes = divmod(int((end - now).total_seconds()) // 60, 60)
    hour, day = _hour(end), end.astimezone(LOCAL).date()
    return Text(
        f"Hạn {hour} ngày {written(day, 'vi')}, còn {hours} giờ {minutes} phút",
        f"Due at {hour} on {written(day, 'en')}, {hours} h {minutes} min left",
    )


def _hour(moment: datetime) -> str:
    return moment.astimezone(LOCAL).strftime("%H:%M")
