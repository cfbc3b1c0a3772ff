"""The history of a case, as the ledger has it: acts, what is public of it, who opened contact details.

What was written is in the case; the ledger keeps a digest of it.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from tinhso.kernel.cases.kinds import kinds
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.policies import CASE
from tinhso.kernel.ledger.histories import READS, Reads, Subject, unit_in_words, words
from tinhso.kernel.people.who import Who
from tinhso.measure.text import Text

NAMES = words(
    state=("trạng thái", "state"),
    lead=("đơn vị xử lý", "unit that handles it"),
    members=("đơn vị cho ý kiến", "units asked for an opinion"),
    category=("lĩnh vực", "category"),
    extended=("số lần gia hạn", "times extended"),
    event=("việc thứ", "act number"),
    written=("mã băm nội dung", "digest of what was written"),
    files=("số tệp công khai", "files made public"),
    into=("tách thành", "split into"),
)


def _value(name: str, value: Any) -> Text | None:
    """States and units by their names."""
    if name == "state":
        found = (kind.states.get(value) for kind in kinds())
        return next((state.name for state in found if state), None)
    if name in ("lead", "members"):
        units = [unit_in_words(uid, timezone.localdate()) for uid in str(value).split(", ")]
        return Text(", ".join(one.vi for one in units), ", ".join(one.en for one in units))
    return None


def of_case(who: Who, case: Case | None, address: str) -> Subject | None:
    """Raises ForbiddenError: whoever may see what is not public of it, at its home, at the unit that
    leads or at one that was asked."""
    if case is None:
        return None
    units = [case.home_id, case.lead_id or "", *(one.unit_id for one in case.members.all())]
    if not any(CASE.ask(who, "view", unit) for unit in units if unit):
        CASE.require(who, "view", case.home_id)
    title = Text(f"Vụ việc {case.code}", f"Case {case.code}")
    return Subject(title, address, things=((CASE.kind, str(case.pk)),))


READS[CASE.kind] = Reads(CASE, "view", name=NAMES, value=_value)
