"""The history of a task: what it is, for everybody; what agencies write about it, for those concerned."""

from __future__ import annotations

import uuid
from typing import Any

from django.urls import reverse

from tinhso.kernel.ledger.histories import HISTORIES, READS, Reads, Subject, told, words
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure.text import Text
from tinhso.modules.tasks.models import Task
from tinhso.modules.tasks.policies import TASK
from tinhso.modules.tasks.words import DECISIONS, ORIGINS, RHYTHMS

NAMES = words(
    code=("mã nhiệm vụ", "code"),
    origin=("nguồn gốc", "origin"),
    title=("nội dung", "task"),
    title_en=("nội dung (tiếng Anh)", "task (English)"),
    group=("nhóm giải pháp", "group"),
    lead=("cơ quan chủ trì", "lead"),
    lead_written=("chủ trì theo văn bản", "lead as written"),
    coordinating=("cơ quan phối hợp", "coordinating"),
    coordinating_written=("phối hợp theo văn bản", "coordinating as written"),
    product=("sản phẩm", "product"),
    rhythm=("chu kỳ", "rhythm"),
    start=("ngày bắt đầu", "start"),
    deadline=("thời hạn", "deadline"),
    deadline_written=("thời hạn theo văn bản", "deadline as written"),
    budget=("kinh phí", "budget"),
    budget_source=("nguồn kinh phí", "source of the budget"),
    document=("văn bản giao", "document"),
    targets=("chỉ tiêu liên quan", "targets"),
    needs=("chờ các nhiệm vụ", "waits for"),
    note=("ghi chú", "note"),
    cancelled=("đã hủy", "cancelled"),
    number=("báo cáo, đề nghị số", "number of the report or request"),
    part=("phần việc của", "part of"),
    percent=("phần trăm", "per cent"),
    words=("nội dung báo cáo", "words"),
    figures=("số liệu", "figures"),
    links=("đường dẫn", "links"),
    done_on=("xong ngày", "done on"),
    period=("kỳ", "period"),
    files=("số tệp", "files"),
    decision=("quyết định", "decision"),
    wanted=("xin đến ngày", "wanted until"),
    granted=("cho đến ngày", "granted until"),
    to=("gửi cơ quan", "asked"),
    answer=("trả lời", "answer"),
)
#: What agencies write to each other is for those concerned.
WRITTEN = (
    *("tasks.report.send", "tasks.report.confirm", "tasks.report.return"),
    *("tasks.extension.ask", "tasks.extension.grant", "tasks.extension.refuse"),
    *("tasks.ask.send", "tasks.ask.answer"),
)


_VALUES = told(decision=DECISIONS, origin=ORIGINS, rhythm=RHYTHMS)


def _value(name: str, value: Any) -> Text | None:
    """Units by their names, codes in words."""
    if name not in ("lead", "coordinating", "to", "part"):
        return _VALUES(name, value)
    names = [
        register().full_name(uid) if uid in register() else Text(uid, uid)
        for uid in str(value).split(", ")
    ]
    return Text(", ".join(one.vi for one in names), ", ".join(one.en for one in names))


def task(_who: Who, thing: str) -> Subject | None:
    try:
        one = Task.objects.filter(pk=uuid.UUID(thing)).first()
    except ValueError:
        return None
    if one is None:
        return None
    now = one.versions.latest("number")
    return Subject(
        title=Text(f"{one.code} {now.title}", f"{one.code} {now.title_en or now.title}"),
        address=reverse("tasks:task", args=[one.pk]),
        things=((TASK.kind, str(one.pk)),),
        public=True,
    )


READS[TASK.kind] = Reads(TASK, "view", dict.fromkeys(WRITTEN, "open"), NAMES, _value)
HISTORIES[TASK.kind] = task
