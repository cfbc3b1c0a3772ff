"""Reports of the trial province (dữ liệu mẫu): invented, made through the actions that people use.

The same each time but for ids and codes, which are always drawn anew. Marked simulated; nobody is
written to, and their records go into the lake as one simulated file.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.actions import Doer, Received
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.records import PLACES, at_place
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.units import queries as units
from tinhso.kernel.units.register import one_register, register
from tinhso.measure.boundaries import Level
from tinhso.modules.feedback.actions import KIND, NOT_MENDED
from tinhso.modules.feedback.categories import categories
from tinhso.modules.feedback.stream import STREAM, held_back, record_of

REPORTS, OPEN, COMMUNES = 300, 14, 40

_STREETS = ("Hùng Vương", "Trần Hưng Đạo", "Lê Duẩn", "Nguyễn Huệ", "ĐT 741", "Phú Riềng Đỏ", "Lý Thường Kiệt", "ấp 3", "khu phố 2", "chợ xã")  # fmt: skip
_ANSWERS = (
    "Đã cử người tới kiểm tra và khắc phục xong. Cảm ơn ông/bà đã phản ánh.",
    "Tổ tự quản đã xử lý; đề nghị ông/bà báo lại nếu còn xảy ra.",
    "Đơn vị thi công đã sửa trong ngày. Ảnh hiện trạng lưu tại UBND.",
    "Đã lập biên bản và yêu cầu khắc phục; sẽ kiểm tra lại sau 7 ngày.",
    "Đã đưa vào kế hoạch sửa chữa quý tới và cắm biển cảnh báo tạm.",
)
_CHANNELS = ("web", "web", "web", "phone", "phone", "zalo", "counter", "email")
ROUTER, SENDER = Doer(SYSTEM, Role.ROUTER), Doer(SYSTEM, Role.REQUESTER)


def simulate_reports(root: str, year: int) -> dict[str, list[dict[str, Any]]]:
    """Reports of `year` and the year before in the communes of `root`; their records by stream."""
    made = []
    with one_register(), transaction.atomic(), held_back():
        for told in _stories(root, year):
            case = _received(told)
            _goes_on(case, told)
            if not case.private and told.draw.random() < 0.9:
                at = told.at + timedelta(hours=told.draw.randint(1, 20))
                cases.publish(ROUTER, case, "", "", at=at)
            made.append(case)
        records = [record_of(one, cases.standing_of(one), cases.events_of(one)) for one in made]
    placed = [at_place(case, one) for case, one in zip(made, records, strict=True)]
    return {STREAM: records, PLACES: [one for one in placed if one]}


@dataclass(frozen=True)
class _Story:
    """One report: where, when, what; `draw` decides how it goes on; `ends`: it is not left open."""

    unit: str
    at: datetime
    category: str
    text: str
    draw: random.Random
    ends: bool


def _stories(root: str, year: int) -> Iterator[_Story]:
    draw = random.Random(f"1022 {year}")  # noqa: S311 (invented data, the same each time)
    first = date(year - 1, 1, 1)
    days = (date(year, 12, 20) - first).days
    old = units.descendants(root, first, Level.COMMUNE)
    old = [one for one in old if register().point(one.uid, first)][:COMMUNES]
    kinds = [one for one in categories().values() if one.examples]
    moments = sorted(
        datetime.combine(first + timedelta(draw.randrange(days)), time(draw.randint(6, 21), draw.randrange(60)), LOCAL)
        for _ in range(REPORTS)
    )  # fmt: skip
    for number, at in enumerate(moments):
        place = units.standing(draw.choice(old).uid, at.date())
        if not place.attributed:
            continue
        kind = draw.choice(kinds)
        text = f"{draw.choice(kind.examples)}, đoạn {draw.choice(_STREETS)}."
        own = random.Random(f"1022 {year} {number}")  # noqa: S311
        yield _Story(place.card.uid, at, kind.code, text, own, ends=number < REPORTS - OPEN)


def _received(told: _Story) -> Case:
    draw, centre = told.draw, register().point(told.unit, told.at.date())
    point = None
    if centre and draw.random() < 0.9:
        point = (round(centre[0] + draw.gauss(0, 0.012), 6), round(centre[1] + draw.gauss(0, 0.012), 6))  # fmt: skip
    title = told.text.rstrip(".")
    return cases.open_case(
        SENDER,
        Received(
            KIND,
            title,
            told.unit,
            text=f"{told.text} (Phản ánh mô phỏng.)",
            category=told.category,
            channel=draw.choice(_CHANNELS),
            place=told.unit,
            point=point,
            private=draw.random() < 0.07,
            simulated=True,
        ),
        at=told.at,
    )


def _goes_on(case: Case, told: _Story) -> None:
    draw, lead = told.draw, Doer(SYSTEM, Role.LEAD, told.unit)
    at = _work_time(told.at + timedelta(minutes=draw.randint(10, 400)))
    fate = draw.random() if told.ends else 1.0
    if fate < 0.05:
        reason = "Nội dung không đủ rõ để xử lý; đề nghị gửi lại kèm nơi xảy ra."
        cases.act(ROUTER, case, "reject", {"reason": reason, "public_text": reason}, at=at)
        return
    if fate < 0.07:
        cases.act(SENDER, case, "withdraw", at=at)
        return
    if not told.ends and draw.random() < 0.3:
        return
    cases.act(ROUTER, case, "route", {"unit": told.unit}, at=at)
    if draw.random() < 0.1:
        at = _later(at, draw, 1)
        cases.act(lead, case, "ask", {"text": "Xin cho biết rõ vị trí: gần số nhà, cột điện nào?"}, at=at)  # fmt: skip
        if not told.ends:
            return
        at += timedelta(hours=draw.randint(2, 60))
        cases.act(SENDER, case, "reply", {"text": "Ngay trước cổng nhà văn hóa."}, at=at)
    if not told.ends:
        return
    at = _answer(case, lead, at, draw)
    if draw.random() < 0.08:
        at += timedelta(days=draw.randint(1, 9))
        why = draw.choice(list(NOT_MENDED))
        cases.act(SENDER, case, "reopen", {"reason": NOT_MENDED[why].vi, "why": why}, at=at)
        at = _work_time(at + timedelta(hours=1))
        cases.act(ROUTER, case, "route", {"unit": told.unit}, at=at)
        _answer(case, lead, at, draw)


def _answer(case: Case, lead: Doer, at: datetime, draw: random.Random) -> datetime:
    if draw.random() < 0.1:
        at = _later(at, draw, 2)
        if case.due_at is not None and at < case.due_at:
            cases.act(lead, case, "extend", {"reason": "Chờ vật tư thay thế"}, at=at)
    at = _later(at, draw, draw.choices((0, 1, 2, 3, 4, 6, 9), (14, 24, 24, 16, 10, 8, 4))[0])
    text = draw.choice(_ANSWERS)
    cases.act(lead, case, "answer", {"text": text, "public_text": text}, at=at)
    return at


def _later(at: datetime, draw: random.Random, days: int) -> datetime:
    """So many working days later, at some time of the office's hours after `at`."""
    day = calendar().after(at.astimezone(LOCAL).date(), days) if days else at.astimezone(LOCAL).date()  # fmt: skip
    moment = datetime.combine(day, time(draw.randint(8, 16), draw.randrange(60)), LOCAL)
    return _work_time(max(moment, at + timedelta(minutes=20)))


def _work_time(at: datetime) -> datetime:
    return calendar().next_opening(at)
