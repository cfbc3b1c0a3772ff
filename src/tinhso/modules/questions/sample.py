"""Simulated answers and questions (dữ liệu mẫu): the texts of packs/questions/sample.yaml, marked as
samples, the same each time. They owe no records and no mails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases import contacts
from tinhso.kernel.cases.actions import Doer, Received
from tinhso.kernel.cases.contacts import Person
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case
from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.rule_files import product_file
from tinhso.kernel.units.queries import descendants
from tinhso.measure.boundaries import Level
from tinhso.modules.questions.actions import KIND, home_unit
from tinhso.modules.questions.answers import Loaded, Written, load, publish
from tinhso.modules.questions.models import Answer

NOTE = "Câu trả lời mẫu do phần mềm soạn để minh họa, không phải của cơ quan nào."

#: Simulated questions by how far they have come; days before today on which they were asked.
_ASKED = (
    ("Khai sinh liên thông với thẻ bảo hiểm y tế cho trẻ nhận ở đâu?", "ho-tich", 1, "received"),
    ("Nhà tôi chưa có số nhà thì đăng ký thường trú ghi thế nào?", "cu-tru", 3, "assigned"),
    ("Đất khai hoang trước năm 1993 có được cấp sổ không?", "dat-dai", 4, "asking"),
    ("Xây hàng rào quanh đất vườn có phải xin phép không?", "xay-dung", 5, "drafted"),
    ("Bán bánh tại nhà có phải ký cam kết an toàn thực phẩm không?", "y-te", 6, "reviewed"),
    ("Con học ở tỉnh khác có đổi thẻ bảo hiểm y tế được không?", "bao-hiem", 20, "answered"),
    ("Nộp hồ sơ hộ cho cha mẹ trên cổng dịch vụ công có được không?", "dich-vu-cong", 30, "published"),
    ("Xin số điện thoại riêng của cán bộ địa chính", "khieu-nai", 12, "rejected"),
)  # fmt: skip


@dataclass(frozen=True)
class Sample:
    field: str
    title: str
    text: str
    basis: str


@cache
def samples() -> tuple[Sample, ...]:
    told = product_file("questions/sample.yaml").data["answers"]
    return tuple(Sample(*map(str, one)) for one in told)


def make_sample() -> int:
    """Publish the samples and ask a few questions; how many answers. Nothing where there are any."""
    if Answer.objects.filter(simulated=True).exists():
        return 0
    today, now = timezone.localdate(), timezone.now()
    home = home_unit()
    communes = [one.uid for one in descendants(home, level=Level.COMMUNE)] or [home]
    rows = []
    for number, one in enumerate(samples()):
        # One in forty is past its last day, one in forty soon: so that reviewing can be tried.
        days = {7: -20, 21: 9}.get(number % 40, 200 + number) if number % 3 else None
        if number % 40 in (7, 21):
            days = -20 if number % 40 == 7 else 9
        until = None if days is None else today + timedelta(days=days)
        unit = home if number % 4 == 0 else communes[number % min(12, len(communes))]
        written = Written(one.title, f"{one.text}\n\n{NOTE}", "", one.basis, until)
        rows.append(Loaded(unit, one.field, written, now - timedelta(days=3 * number, hours=5)))
    with transaction.atomic():
        count = load(SYSTEM, rows, simulated=True)
        for number, (title, field, days, state) in enumerate(_ASKED):
            _question(title, field, now - timedelta(days=days), state, communes[number % 3], home)
    return count


def _question(title: str, field: str, at: datetime, state: str, unit: str, home: str) -> Case:
    contact, _ = contacts.keep(Person("Người hỏi mẫu (mô phỏng)"))
    told = Received(
        KIND, title, home, "Câu hỏi mẫu do phần mềm soạn.", field, simulated=True, place=unit
    )
    case = cases.open_case(Doer(SYSTEM, Role.REQUESTER), told, contact, at=at)
    router, lead = Doer(SYSTEM, Role.ROUTER), Doer(SYSTEM, Role.LEAD, unit)
    if state == "received":
        return case
    if state == "rejected":
        reason = "Thông tin cá nhân của cán bộ không cung cấp qua mục hỏi đáp (mẫu)."
        cases.act(router, case, "reject", {"reason": reason}, at=at + timedelta(hours=3))
        return case
    cases.act(router, case, "route", {"unit": unit}, at=at + timedelta(hours=2))
    if state == "asking":
        text = "Bạn có giấy tờ nào về thửa đất trước năm 1993 không? (mẫu)"
        cases.act(lead, case, "ask", {"text": text}, at=at + timedelta(hours=20))
        return case
    text = f"Trả lời mẫu cho câu hỏi này.\n\n{NOTE}"
    data = {**Written(title, text, "", "").data, "public": state != "answered"}
    for hours, act, reached in (
        (26, "draft", ("drafted", "reviewed", "answered", "published")),
        (30, "review", ("reviewed", "answered", "published")),
        (46, "answer", ("answered", "published")),
        (46, "make_public", ("published",)),
    ):
        if state in reached:
            said = {} if act == "make_public" else data
            cases.act(lead, case, act, said, at=at + timedelta(hours=hours))
    if state == "published":
        publish(SYSTEM, unit, field, Written.of(data), case=case)
    return case
