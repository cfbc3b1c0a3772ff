"""Documents of the sample province, so that its pages are alive; all are marked as simulated."""

from __future__ import annotations

from django.utils import timezone

from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.measure.text import InputError
from tinhso.modules.documents import actions
from tinhso.modules.documents.fields import proposed
from tinhso.modules.documents.kinds import kind_of
from tinhso.modules.documents.models import Document
from tinhso.modules.plan.frozen.reading import FrozenPublication

#: Who is said to have made them.
BY = "Tỉnh Số (mô phỏng)"


def make_samples(name: str, issuer: str, base: str) -> int:
    """A report, a letter and a sheet made from the simulated publication `name`, and a draft of an
    assignment table; how many. None where there is any document already."""
    published = FrozenPublication(name)
    if not published.card.simulated or Document.objects.exists():
        return 0
    behind = max(
        published.below(published.root.uid),
        key=lambda one: sum(row.gap is not None for row in published.rows(one.uid)),
    )
    wanted = [("report", "", True), ("urging-letter", behind.uid, True)]
    wanted += [("unit-sheet", behind.uid, True), ("assignment", "", False)]
    made = 0
    for code, about, complete in wanted:
        kind = kind_of(code)
        fields = proposed(
            kind,
            issuer,
            about,
            document=published.plan.document,
            period=published.card.period.label,
            unit=published.units[about].name if about else published.root.name,
            today=timezone.localdate(),
        )
        try:
            one = actions.draft(SYSTEM, kind, published, unit=issuer, about=about, fields=fields)
        except InputError:
            continue  # a tiny sample may have nobody to urge
        if complete:
            actions.make(SYSTEM, one, by=BY, base=base)
        made += 1
    return made
