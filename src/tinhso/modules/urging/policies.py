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

#: What the site's files say; the page that shows them is for whoever may see reminders.
RULES = Policy(
    "urging.rules",
    Text("các mốc nhắc việc", "the rules of reminding"),
    [Verb("view", Text("xem", "see"), public=True)],
)

ACTS |= {
    "urging.rules.take-effect": Text(
        "áp dụng các mốc nhắc việc", "put the rules of reminding into force"
    ),
    "urging.digest.send": Text("nhắc việc trong ngày", "remind somebody of the day's work"),
    "urging.digest.at-once": Text(
        "nhắc ngay việc hết hạn theo giờ", "remind somebody at once of what is due within hours"
    ),
}
