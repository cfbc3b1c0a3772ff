"""Who may see what surveys found."""

from __future__ import annotations

from tinhso.kernel.ledger.words import ACTS
from tinhso.kernel.people.policy import Policy, Verb
from tinhso.measure.text import Text

#: `view`: remarks in people's own words, of large enough groups. Totals of those are everybody's.
SHEET = Policy(
    "surveys.sheet",
    Text("tờ khảo sát", "a survey's sheet"),
    [Verb("view", Text("xem lời góp ý trên", "read the remarks on"))],
)

ACTS |= {
    "surveys.ticket.give": Text("phát phiếu khảo sát ẩn danh", "give out an anonymous ticket"),
    "surveys.sheet.close": Text("chốt tờ khảo sát", "close a survey's sheet"),
}
