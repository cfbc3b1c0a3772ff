"""Who may do what to a task. What a task is and where it stands is for everybody; what agencies
write to each other about it (reports, requests) is for those concerned."""

from __future__ import annotations

from tinhso.kernel.ledger.words import ACTS
from tinhso.kernel.people.policy import Policy, Verb
from tinhso.kernel.people.who import Who
from tinhso.measure.text import Text

#: `report`: asked for the unit that reports: the lead, or a coordinating agency of its own part.
#: `extend`, `confirm-part`: for the unit that leads. `answer`: for the unit that was asked.
#: `confirm`, `decide`, `manage`: for the unit whose plan it is.
TASK = Policy(
    "tasks.task",
    Text("nhiệm vụ", "a task"),
    [
        Verb("view", Text("xem", "see"), public=True),
        Verb("open", Text("mở báo cáo, đề nghị của", "open the reports and requests of")),
        Verb("report", Text("báo cáo tiến độ", "report on")),
        Verb("extend", Text("đề nghị gia hạn", "ask for more time for")),
        Verb("answer", Text("trả lời đề nghị phối hợp về", "answer requests about")),
        Verb(
            "confirm", Text("xác nhận hoặc trả lại báo cáo về", "confirm reports on"), strong=True
        ),
        Verb(
            "confirm-part",
            Text(
                "xác nhận hoặc trả lại báo cáo của cơ quan phối hợp về",
                "confirm coordinating agencies' reports on",
            ),
        ),
        Verb("decide", Text("quyết định gia hạn", "decide on more time for"), strong=True),
        Verb("manage", Text("giao, sửa, hủy", "give, change and cancel"), strong=True),
    ],
)

ACTS |= {
    "tasks.task.create": Text("giao nhiệm vụ", "give a task"),
    "tasks.task.change": Text("sửa nhiệm vụ", "change a task"),
    "tasks.task.cancel": Text("hủy nhiệm vụ", "cancel a task"),
    "tasks.task.resume": Text("cho nhiệm vụ đã hủy chạy lại", "resume a cancelled task"),
    "tasks.report.send": Text("báo cáo tiến độ nhiệm vụ", "report on a task"),
    "tasks.report.confirm": Text("xác nhận báo cáo nhiệm vụ", "confirm a report on a task"),
    "tasks.report.return": Text("trả lại báo cáo nhiệm vụ", "return a report on a task"),
    "tasks.extension.ask": Text("đề nghị gia hạn nhiệm vụ", "ask for more time for a task"),
    "tasks.extension.grant": Text("cho gia hạn nhiệm vụ", "grant more time for a task"),
    "tasks.extension.refuse": Text("không cho gia hạn nhiệm vụ", "refuse more time for a task"),
    "tasks.ask.send": Text("đề nghị cơ quan khác phối hợp", "ask another agency for help"),
    "tasks.ask.answer": Text("trả lời đề nghị phối hợp", "answer another agency's request"),
}


def may_open(who: Who, units: list[str]) -> bool:
    """Whether `who` may read what is written about a task that `units` lead or coordinate."""
    return any(TASK.ask(who, "open", unit) for unit in units)
