"""Who may see what others were reminded of."""

from __future__ import annotations

from tinhso.kernel.ledger.words import ACTS
from tinhso.kernel.people.policy import Policy, Verb
from tinhso.measure.text import Text

REMINDER = Policy(
    "urging.reminder",
    Text("lời nhắc việc", "a reminder"),
    [Verb("view", Text("xem", "see")), Verb("send", Text("gửi ngay", "send at once"), strong=True)],
)

ACTS |= {
    "urging.digest.send": Text("nhắc việc trong ngày", "remind somebody of the day's work"),
    "urging.digest.at-once": Text(
        "nhắc ngay việc hết hạn theo giờ", "remind somebody at once of what is due within hours"
    ),
}
