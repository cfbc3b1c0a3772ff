"""Counting answers on sheets, and closing these (cộng vào tờ, chốt tờ): in hand, nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tinhso.kernel.cases.records import code_on
from tinhso.kernel.units.queries import standing
from tinhso.modules.surveys import tickets
from tinhso.modules.surveys.asked import RATING, survey
from tinhso.modules.surveys.groups import told_places
from tinhso.modules.surveys.models import Sheet


def count(sheet: Sheet, chosen: Mapping[str, str]) -> None:
    """Count an answer, by question, on an agency's sheet."""
    for question, said in chosen.items():
        counts = sheet.totals.setdefault(question, {})
        counts[said] = counts.get(said, 0) + 1
    # The order of keys would tell the order of first answers.
    sheet.totals = {q: dict(sorted(c.items())) for q, c in sorted(sheet.totals.items())}


def count_at_place(sheet: Sheet, agency: str, chosen: Mapping[str, str]) -> None:
    """Count the same answer on the sheet of its place: its first question, and whom it is about."""
    first = survey().questions[0].code
    count(sheet, {first: chosen[first]})
    about = {**sheet.agencies, agency: sheet.agencies.get(agency, 0) + 1}
    sheet.agencies = dict(sorted(about.items()))


def answers_on(sheet: Sheet) -> int:
    return sum(sheet.totals.get(RATING, {}).values())


def satisfied_on(sheet: Sheet) -> int:
    least = survey().satisfied_from
    return sum(n for said, n in sheet.totals.get(RATING, {}).items() if int(said) >= least)


def closed(sheets: Iterable[Sheet]) -> list[Sheet]:
    """Close all sheets of one kind of matter in one half-month, which has to be at once: whether a place
    may be told depends on all. Those that may be told, with what may be told of them and nothing else."""
    sheets, smallest = list(sheets), survey().smallest_group
    places = told_places(_people(sheets), smallest)
    told = [
        one
        for one in sheets
        if answers_on(one) >= smallest and (one.by == Sheet.By.AGENCY or one.unit_id in places)
    ]
    for one in told:
        one.totals = {q: c for q, c in one.totals.items() if sum(c.values()) >= smallest}
        one.closed, one.spent, one.agencies = True, [], {}
    return told


def _people(sheets: Iterable[Sheet]) -> dict[tuple[str, str], int]:
    """How many answered, by agency and place; "" for answers that name no place."""
    found = {(s.unit_id, ""): answers_on(s) for s in sheets if s.by == Sheet.By.AGENCY}
    for sheet in sheets:
        for agency, count in sheet.agencies.items():
            found[agency, sheet.unit_id] = count
            found[agency, ""] -= count
    return found


def code_of(sheet: Sheet) -> str:
    return f"{sheet.unit_id}.{sheet.matter}.{sheet.half_month}"


def record_of(sheet: Sheet) -> dict[str, str | int | None]:
    """The record of a sheet, for the stream of its kind. A unit that was taken over within the half-month
    is written as who took over: that is who bears a code on the half-month's last day."""
    day = tickets.last_day(sheet.half_month)
    unit = "unit_code" if sheet.by == Sheet.By.AGENCY else "place_code"
    return {
        "sheet_code": code_of(sheet),
        unit: code_on(standing(sheet.unit_id, day).card.uid, day),
        "period_end": day.isoformat(),
        "matter": sheet.matter,
        "answers": answers_on(sheet),
        "satisfied": satisfied_on(sheet),
    }
