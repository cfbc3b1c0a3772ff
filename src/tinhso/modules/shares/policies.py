"""Who may give targets to units, and hand in or decide on a unit's own plan."""

from __future__ import annotations

from tinhso.kernel.people.policy import Policy, Verb
from tinhso.measure.text import Text

ALLOCATION = Policy(
    "shares.allocation",
    Text("đợt giao chỉ tiêu", "an allocation of a target"),
    [
        Verb("view", Text("xem", "see"), public=True),
        Verb("assign", Text("lập", "make"), strong=True),
    ],
)

OWN_PLAN = Policy(
    "shares.own-plan",
    Text("kế hoạch riêng của đơn vị", "a unit's own plan"),
    [
        Verb("view", Text("xem", "see")),
        Verb("submit", Text("gửi", "hand in")),
        Verb("approve", Text("duyệt", "approve"), strong=True),
        Verb("return", Text("trả lại", "return"), strong=True),
    ],
)
