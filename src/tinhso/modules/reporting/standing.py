"""How a figure stands on a day (tình trạng số liệu): pure functions of facts and the day.

Late, missing, waiting and contradictory are computed here and never stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tinhso.measure import writing
from tinhso.measure.text import Problem, Text, message
from tinhso.modules.plan.pack import Step
from tinhso.modules.reporting.checks import Parts


class State(StrEnum):
    """What was last done to a figure (đã làm gì)."""

    SENT = "sent"
    RETURNED = "returned"
    APPROVED = "approved"


class Standing(StrEnum):
    """What is so about a figure on a day."""

    RUNNING = "running"  # the period is not over
    DUE = "due"
    LATE = "late"
    RETURNED = "returned"
    WAITING = "waiting"
    APPROVED = "approved"
    ELSEWHERE = "elsewhere"  # another source has brought it, approved, into the lake


WORDS = {
    Standing.RUNNING: Text("kỳ chưa hết", "period running"),
    Standing.DUE: Text("đến lượt báo cáo", "to be reported"),
    Standing.LATE: Text("quá hạn", "late"),
    Standing.RETURNED: Text("bị trả lại", "returned"),
    Standing.WAITING: Text("chờ duyệt", "waiting for approval"),
    Standing.APPROVED: Text("đã duyệt", "approved"),
    Standing.ELSEWHERE: Text("đã có từ nguồn khác", "there from another source"),
}

STEPS = {
    Step.UNIT: Text("người đứng đầu đơn vị", "the unit's head"),
    Step.DISTRICT: Text("cấp huyện", "the district"),
    Step.DEPARTMENT: Text("sở phụ trách", "the department in charge"),
    Step.STANDING_AGENCY: Text("cơ quan thường trực", "the standing agency"),
}

#: What the one who enters figures still has to do something about.
OWED = (Standing.DUE, Standing.LATE, Standing.RETURNED)


@dataclass(frozen=True)
class Facts:
    """What is known of one figure: the last act on it, when it was first sent, and what the lake holds
    of it from elsewhere."""

    state: State | None
    sent_on: date | None
    elsewhere: bool


def standing(facts: Facts, last_day: date, due: date, day: date) -> Standing:
    """How a figure of a period that ends with `last_day` stands on `day`; `due` is in time."""
    match facts.state:
        case State.APPROVED:
            return Standing.APPROVED
        case State.SENT:
            return Standing.WAITING
        case State.RETURNED:
            return Standing.RETURNED
    if facts.elsewhere:
        return Standing.ELSEWHERE
    if day <= last_day:
        return Standing.RUNNING
    return Standing.LATE if day > due else Standing.DUE


def late_days(facts: Facts, due: date, day: date) -> int:
    """Calendar days that a figure is or was sent late; 0 in time."""
    if facts.elsewhere and facts.state is None:
        return 0
    until = facts.sent_on if facts.sent_on is not None else day
    return max(0, (until - due).days)


TWO_SOURCES = message(
    "two-sources",
    vi="Hai nguồn khác nhau: đơn vị báo cáo {own}, kho bản ghi có {other}.",
    en="Two sources differ: the unit reports {own}, the lake holds {other}.",
)
SUM_DIFFERS = message(
    "sum-differs",
    vi="{indicator}: số riêng của {unit} là {own}, tổng {count} đơn vị cấp dưới là {sum}.",
    en="{indicator}: {unit}'s own figure is {own}, the sum of {count} units below is {sum}.",
)


def two_sources(own: Parts | None, other: Parts | None) -> Problem | None:
    """What two sources say differently of one figure; None where they agree or one is silent."""
    if own is None or other is None or own == other:
        return None
    return TWO_SOURCES(own=in_words(own), other=in_words(other))


def sum_differs(
    own: Parts | None, below: Iterable[Parts | None], unit: Text, indicator: str
) -> Problem | None:
    """What a bigger unit's own figure says differently from the sum of those below it.

    None as long as one of them is missing: a partial sum contradicts nothing.
    """
    parts = list(below)
    known = [one for one in parts if one is not None and one.numerator is not None]
    if own is None or own.numerator is None or not parts or len(known) < len(parts):
        return None
    total = Parts(
        sum(one.numerator or 0 for one in known),
        None
        if own.denominator is None or any(one.denominator is None for one in known)
        else sum(one.denominator or 0 for one in known),
    )
    if (total.numerator, total.denominator or own.denominator) == (own.numerator, own.denominator):
        return None
    return SUM_DIFFERS(
        indicator=indicator, unit=unit, own=in_words(own), sum=in_words(total), count=len(parts)
    )


def in_words(parts: Parts) -> Text:
    """ "812 / 1.034"; what is unknown is a dash."""

    def one(value: int | None, language: str) -> str:
        return "–" if value is None else writing.number(value, language)

    def both(language: str) -> str:
        first = one(parts.numerator, language)
        return (
            first if parts.denominator is None else f"{first} / {one(parts.denominator, language)}"
        )

    return Text(both("vi"), both("en"))


def tally(standings: Iterable[Standing]) -> Mapping[Standing, int]:
    """How many figures stand where, in the order of `Standing`, without zeros."""
    found = list(standings)
    return {one: found.count(one) for one in Standing if one in found}
