"""Who may see, enter and approve reported figures."""

from __future__ import annotations

from tinhso.kernel.ledger.words import ACTS
from tinhso.kernel.people.policy import Policy, Verb
from tinhso.measure.text import Text

#: `approve` is asked of the unit whose head takes the step: the reporting unit, the district
#: above it, or the department that the duty names. `accept` is the standing agency's, asked of the reporting unit.
FIGURE = Policy(
    "reporting.figure",
    Text("số liệu báo cáo", "a reported figure"),
    [
        Verb("view", Text("xem", "see")),
        Verb("enter", Text("nhập và gửi", "enter and send")),
        Verb("approve", Text("duyệt ở đơn vị, cấp huyện, sở", "approve for a unit"), strong=True),
        Verb("accept", Text("duyệt ở cơ quan thường trực", "approve last"), strong=True),
    ],
)

ACTS |= {
    "reporting.figure.return": Text("trả lại số liệu báo cáo", "return a reported figure"),
}
