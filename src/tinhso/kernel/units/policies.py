"""Who may change the register's agencies."""

from __future__ import annotations

from tinhso.kernel.ledger.words import ACTS
from tinhso.kernel.people.policy import Policy, Verb
from tinhso.measure.text import Text

#: `manage`: asked for the unit that the agency stands under.
AGENCY = Policy(
    "units.agency",
    Text("cơ quan trong danh mục", "an agency of the register"),
    [
        Verb("view", Text("xem", "see"), public=True),
        Verb("manage", Text("thêm, đổi tên, kết thúc", "add, rename and end"), strong=True),
    ],
)

ACTS |= {
    "units.agency.add": Text("thêm cơ quan vào danh mục", "add an agency to the register"),
    "units.agency.rename": Text("đổi tên cơ quan", "rename an agency"),
    "units.agency.end": Text("kết thúc cơ quan", "end an agency"),
    "units.agency.withdraw": Text(
        "rút thay đổi cơ quan chưa nạp", "withdraw a change of an agency that is not loaded"
    ),
}
