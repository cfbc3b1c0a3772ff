"""The day's mail: what is late, what is soon, what waits; short, and in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from tinhso.kernel.notices.needs import Need, kinds
from tinhso.kernel.units.register import register
from tinhso.measure.text import Language, Text
from tinhso.measure.writing import day as written

if TYPE_CHECKING:
    from tinhso.modules.urging.actions import Line

PAGE = "/viec-hom-nay/"


def letter(day: date, lines: Sequence[Line], most: int, site: str) -> tuple[Text, Text]:
    """Subject and body. What is past `most` lines is counted, and found on the page."""
    told = len({line.need.key for line in lines})
    subject = Text(
        f"Việc cần làm ngày {written(day, 'vi')}: {told} việc",
        f"To do on {written(day, 'en')}: {told} thing{'s' if told > 1 else ''}",
    )
    return subject, Text(_body(lines, day, most, site, "vi"), _body(lines, day, most, site, "en"))


def _body(lines: Sequence[Line], day: date, most: int, site: str, language: Language) -> str:
    words, names, out, left = kinds(), register(), [], most
    for rule in dict.fromkeys(line.rule for line in lines):
        own = sorted((one for one in lines if one.rule == rule), key=lambda one: _rank(one.need))
        out += [rule.name.to(language).upper(), ""]
        for line in own[: max(left, 0)]:
            need = line.need
            unit = names.full_name(need.unit, day).to(language)
            simulated = Text(" (mô phỏng)", " (simulated)").to(language) if need.simulated else ""
            out.append(f"- {need.title.to(language)}{simulated}")
            out.append(f"  {unit}: {words[need.kind].to(language)}. {when(need, day).to(language)}")
            if site:
                prefix = "/en" if language == "en" else ""
                out.append(f"  {site}{prefix}{need.address}")
        if len(own) > max(left, 0):
            more = len(own) - max(left, 0)
            out.append(Text(f"… và {more} việc nữa.", f"… and {more} more.").to(language))
        left -= len(own)
        out.append("")
    where = f"{site}{'/en' if language == 'en' else ''}{PAGE}" if site else ""
    out.append(
        Text(
            f"Mọi việc đang chờ bạn: trang Việc hôm nay. {where}".strip(),
            f"All that waits for you: the page Today's work. {where}".strip(),
        ).to(language)
    )
    out.append(
        Text(
            "Mỗi ngày nhiều nhất một thư như thế này; việc đã làm xong thì thôi nhắc.",
            "There is at most one such mail a day; what is done is not mentioned again.",
        ).to(language)
    )
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
    if late == 0:
        return Text("Hạn hôm nay", "Due today")
    return Text(f"Còn {-late} ngày", f"{-late} day{'s' if late < -1 else ''} left")
