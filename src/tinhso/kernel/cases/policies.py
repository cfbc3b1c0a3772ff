"""Who may do what to cases. Rights are asked for the unit that the case is with."""

from __future__ import annotations

from tinhso.kernel.cases.kinds import kinds
from tinhso.kernel.ledger.words import ACTS
from tinhso.kernel.people.policy import Policy, Verb
from tinhso.measure.text import Text

#: `view`, `route`, `moderate`: asked for the case's home or the unit that leads. `handle`: for the unit
#: that leads or was asked. `enter`: for the unit at which somebody calls or comes.
CASE = Policy(
    "cases.case",
    Text("vụ việc", "a case"),
    [
        Verb("view", Text("xem nội dung chưa công khai của", "see what is not public of")),
        Verb("enter", Text("nhập thay người gửi", "enter for somebody who calls or comes")),
        Verb("route", Text("điều phối", "route")),
        Verb("handle", Text("xử lý, trả lời", "handle and answer")),
        Verb("moderate", Text("duyệt công khai", "decide what is public of")),
        Verb(
            "contact",
            Text("mở thông tin liên hệ của người gửi", "open the sender's contact details of"),
            purpose=True,
        ),
    ],
)

ACTS |= {
    f"cases.case.{act.code}": Text(f"{act.name.vi} vụ việc", f"{act.name.en}, of a case")
    for kind in kinds()
    for act in kind.acts.values()
}
ACTS |= {
    "cases.case.publish": Text("công khai vụ việc", "publish a case"),
    "cases.case.unpublish": Text("thôi công khai vụ việc", "take a case out of public sight"),
    "cases.kind.take-effect": Text("áp dụng thời hạn vụ việc", "put terms of cases into force"),
    "cases.case.split": Text("tách vụ việc", "split a case"),
    "cases.case.follow": Text("theo dõi vụ việc", "follow a case"),
    "cases.contact.open": Text("mở thông tin liên hệ", "open contact details"),
}
