"""Who may do what to a plan's figures."""

from __future__ import annotations

from tinhso.kernel.ledger.words import ACTS
from tinhso.kernel.people.policy import Policy, Verb
from tinhso.measure.text import Text

PUBLICATION = Policy(
    "plan.publication",
    Text("lần công bố số liệu của kế hoạch", "a publication of a plan's figures"),
    [
        Verb("view", Text("xem", "see"), public=True),
        Verb("publish", Text("công bố", "publish"), strong=True),
    ],
)

RECORDS = Policy(
    "plan.records",
    Text("bản ghi làm nên con số", "the records behind a figure"),
    [
        Verb("sample", Text("xem mẫu", "see a sample of"), public=True),
        Verb("open", Text("mở toàn bộ", "open all of")),
    ],
)

#: Acts of this room that no policy names: the operator does them at the command line.
ACTS |= {
    "plan.publication.seal": Text(
        "đóng băng nội dung một lần công bố", "freeze the content of a publication"
    ),
    "plan.batch.accepted": Text("nạp một lô bản ghi", "load a batch of records"),
    "plan.batch.refused": Text("không nhận một lô bản ghi", "refuse a batch of records"),
    "plan.batch.withdrawn": Text("rút một lô bản ghi", "withdraw a batch of records"),
}
