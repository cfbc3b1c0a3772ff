"""Who may give targets to units, and hand in or decide on a unit's own plan."""

from __future__ import annotations

from tinhso.kernel.ledger.words import ACTS
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

#: Work on a draft takes the right to hand it in.
ACTS |= {
    "shares.own-plan.start": Text("soạn kế hoạch riêng", "start an own plan"),
    "shares.own-plan.take-over": Text(
        "nhận phần được giao vào kế hoạch riêng", "take over what was assigned into the own plan"
    ),
    "shares.own-plan.item": Text("sửa mục của kế hoạch riêng", "change items of the own plan"),
    "shares.own-plan.discard": Text(
        "bỏ bản nháp kế hoạch riêng", "discard a draft of the own plan"
    ),
}
