"""What was published of a figure, beside what is measured now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from tinhso.measure.figures import Value
from tinhso.modules.plan.models import PublishedFigure


@dataclass(frozen=True)
class PublishedVersion:
    """One published version of a figure; `differs` from what is measured now."""

    number: int
    published_at: datetime
    published_by: str
    reason: str
    snapshot: int
    numerator: int | None
    denominator: int | None
    status: str
    differs: bool

    @property
    def value(self) -> Fraction | None:
        if self.status != "measured" or self.numerator is None:
            return None
        return (
            Fraction(self.numerator, self.denominator)
            if self.denominator
            else Fraction(self.numerator)
        )


def versions(plan: str, value: Value) -> list[PublishedVersion]:
    """The published versions of a figure, newest first."""
    found = PublishedFigure.objects.filter(
        publication__plan=plan,
        publication__period=value.period.code,
        publication__view=value.view.code,
        indicator=value.indicator.code,
        unit=value.unit,
    ).select_related("publication")
    now = (value.status.value, value.numerator.amount, value.denominator.amount)
    return [
        PublishedVersion(
            one.publication.number,
            one.publication.published_at,
            one.publication.published_by,
            one.publication.reason,
            one.publication.snapshot,
            one.numerator,
            one.denominator,
            one.status,
            (one.status, one.numerator, one.denominator) != now,
        )
        for one in found.order_by("-publication__number")
    ]
