"""What an own plan's items say, in words, for pages and workbooks alike."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from tinhso.measure import writing
from tinhso.measure.text import Text
from tinhso.modules.plan.pack import Operator
from tinhso.modules.plan.words import OPERATORS
from tinhso.modules.shares import words
from tinhso.modules.shares.models import OwnPlan, OwnPlanItem
from tinhso.modules.shares.own_plan_queries import Filter, Line, Match
from tinhso.modules.shares.promises import Assigned, Change, Kind, recurs
from tinhso.modules.shares.rules import Milestones
from tinhso.modules.shares.typed import write_amount, write_percent
from tinhso.modules.tasks.queries import rhythm_in_words

FILTERS = {
    Filter.NONE: Text("chưa có", "none"),
    Filter.DRAFT: Text("đang soạn", "draft"),
    Filter.SUBMITTED: Text("chờ duyệt", "waiting"),
    Filter.APPROVED: Text("đã duyệt", "approved"),
    Filter.RETURNED: Text("bị trả lại", "returned"),
    Filter.APART: Text("không còn khớp", "no longer matching"),
}

KINDS = {Kind.TARGET: Text("Chỉ tiêu", "Targets"), Kind.TASK: Text("Nhiệm vụ", "Tasks")}


def percent(value: Fraction | None, language: str) -> str:
    if value is None:
        return "–"
    comma = "." if language == "en" else ","
    return write_percent(value, comma) + writing.NO_BREAK + "%"


def steps(milestones: Milestones, language: str) -> str:
    """ "quý I 40; quý II 55"; "" where none is set."""
    comma = "." if language == "en" else ","
    quarter = "Q" if language == "en" else "quý "
    found = [
        f"{quarter}{name}{writing.NO_BREAK}{write_percent(one, comma)}"
        for name, one in zip(("I", "II", "III", "IV"), milestones, strict=True)
        if one is not None
    ]
    return "; ".join(found)


def level(assigned: Assigned, language: str) -> str:
    """What a share asks: "đạt 75 %"; "" for a task."""
    if assigned.kind is Kind.TASK:
        return ""
    sign = OPERATORS[Operator(assigned.operator)].to(language)
    return f"{sign} {percent(assigned.value, language)}"


def own_level(item: OwnPlanItem, language: str) -> str:
    """The level that the unit set itself; "" where it keeps what was assigned."""
    if item.own_value is None:
        return ""
    if item.source:
        return percent(item.own_value, language)
    amount = write_amount(item.own_value)
    if language == "en":
        amount = amount.translate(str.maketrans(".,", ",."))
    return f"{amount}{writing.NO_BREAK}{item.measure}"


def when(assigned: Assigned, language: str) -> str:
    """A deadline, or why there is none."""
    if assigned.deadline is not None:
        day = writing.day(assigned.deadline, language)
        once = assigned.rhythm in ("", "once")
        return day if once else f"{day} ({rhythm_in_words(assigned.rhythm).to(language)})"
    return rhythm_in_words(assigned.rhythm).to(language) if assigned.rhythm else "–"


def due(assigned: Assigned, language: str) -> date | str:
    """A deadline as a day where it is no more than that, else as `when` says it."""
    if assigned.deadline is not None and not recurs(assigned):
        return assigned.deadline
    return when(assigned, language)


def role(assigned: Assigned, language: str) -> str:
    return words.ROLES[assigned.role].to(language) if assigned.role else ""


def changed(change: Change, language: str) -> tuple[str, str, str]:
    """The field, what it was, and what it is now."""

    def side(value: object) -> str:
        match value:
            case Text():
                return value.to(language)
            case Fraction():
                return percent(value, language)
            case date():
                return writing.day(value, language)
            case tuple():
                return steps(value, language) or "–"
        return _coded(change.field, str(value or ""), language) or "–"

    return words.FIELDS[change.field].to(language), side(change.before), side(change.after)


def _coded(field: str, value: str, language: str) -> str:
    if not value:
        return ""
    if field == "role":
        return words.ROLES[value].to(language)
    if field == "rhythm":
        return rhythm_in_words(value).to(language)
    if field == "operator":
        return OPERATORS[Operator(value)].to(language)
    return value


def match(line: Line) -> Text:
    """Whether a unit's plan holds what is assigned, and what is missing."""
    if line.match is Match.NONE:
        return Text("–", "–")
    if line.match is Match.DOCUMENT:
        return Text("chỉ có văn bản, không đối chiếu được", "a document only, nothing to compare")
    if line.match is Match.HOLDS:
        return Text("khớp", "matches")
    vi, en = [], []
    for found, said, told in (
        (line.apart.missing, "chưa nhận", "not taken over"),
        (line.apart.changed, "đã đổi", "changed"),
        (line.apart.withdrawn, "không còn giao", "no longer assigned"),
    ):
        if found:
            vi.append(f"{len(found)} mục {said}")
            en.append(f"{len(found)} {told}")
    return Text("; ".join(vi), "; ".join(en))


def state(one: OwnPlan | None) -> Text | None:
    return words.STATES[OwnPlan.State(one.state)] if one else None
