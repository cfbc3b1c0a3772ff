"""Who may do what to scorecards, national tables and rounds of verification."""

from __future__ import annotations

from tinhso.kernel.ledger.words import ACTS
from tinhso.kernel.people.policy import Policy, Verb
from tinhso.measure.text import Text

CARD = Policy(
    "scorecards.card",
    Text("bộ chỉ số", "a scorecard"),
    [Verb("view", Text("xem", "see"), public=True)],
)

TABLE = Policy(
    "scorecards.table",
    Text("bảng xếp hạng cấp quốc gia", "a national table"),
    [
        Verb("view", Text("xem", "see"), public=True),
        Verb("import", Text("nhập hoặc đính chính", "import or correct"), strong=True),
    ],
)

ROUND = Policy(
    "scorecards.round",
    Text("đợt tự chấm, thẩm định", "a round of self-assessment and verification"),
    [
        Verb("view", Text("xem", "see")),
        Verb("manage", Text("mở, chuyển bước, đóng", "open, move on, close"), strong=True),
        Verb("assess", Text("tự chấm điểm trong", "assess oneself in")),
        Verb("verify", Text("thẩm định điểm trong", "verify points in"), strong=True),
        Verb("appeal", Text("kiến nghị về điểm trong", "appeal against points in")),
        Verb("decide", Text("quyết định kiến nghị trong", "decide appeals in"), strong=True),
    ],
)

#: Acts that no verb of a policy is named after.
ACTS |= {
    "scorecards.card.take-effect": Text("áp dụng bộ chỉ số", "put a scorecard into force"),
    "scorecards.round.open": Text("mở đợt tự chấm", "open a round"),
    "scorecards.round.begin-verification": Text("chuyển sang thẩm định", "begin verification"),
    "scorecards.round.begin-appeals": Text("chuyển sang kiến nghị", "begin appeals"),
    "scorecards.round.close": Text("đóng đợt", "close a round"),
    "scorecards.round.cancel": Text("hủy đợt", "cancel a round"),
}
