"""Figures and checks of reports to 1022, worked out by hand from sixteen records."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.by_hand import BESIDE, CODE, PLAN, at, bring_in, checked, parts, workspace_in
from tinhso.measure.figures import Figures
from tinhso.modules.feedback.stream import STREAM
from tinhso.modules.plan.workspace import Workspace

#: Received, due, first answered, working days to it, first ended, outcome now, opened again by, words.
#: 2025-09-01 and 02 are the national holiday; what is None did not happen.
TOLD = (
    ("03T08", "12T08", "05T09", 2, "05T09", "answered", None, "a"),
    # Ended 23 hours before it was due, at the very moment, and a week before; then the office's own again.
    ("03T09", "12T09", "11T10", 6, "11T10", "answered", "office", "a"),
    ("04T09", "09T08", "09T08", 3, "09T08", "answered", "office", "a"),
    ("05T08", "16T08", "08T08", 1, "08T08", "answered", "office", "a"),
    # An hour late; the sender opened it again, and it is open.
    ("04T08", "12T16", "12T17", 6, "12T17", None, "sender", "a"),
    # Others got the same words, in the second half of the month, and elsewhere.
    ("22T08", "29T08", "24T08", 2, "24T08", "answered", None, "a"),
    # Refused, then opened again by the sender: the one answered after all, the other open.
    ("08T08", "17T08", "15T08", 5, "09T10", "answered", "sender", "b"),
    ("08T08", "17T08", None, None, "09T11", None, "sender", None),
    # Refused, withdrawn, merged: none has an answer.
    ("05T09", "16T09", None, None, "08T10", "rejected", None, None),
    ("08T08", "17T08", None, None, "08T11", "withdrawn", None, None),
    ("09T09", "18T08", None, None, "09T12", "merged", None, None),
    # At the end of the month open: past its due day, on it, before it, standing; the last ends the day after.
    ("08T09", "17T09", None, None, None, None, None, None),
    ("23T08", "30T10", None, None, None, None, None, None),
    ("29T08", "10-06T17", None, None, None, None, None, None),
    ("10T08", None, None, None, None, None, None, None),
    ("23T08", "29T17", "10-01T08", 6, "10-01T08", "answered", None, "c"),
)


def rows() -> list[dict[str, object]]:
    return [
        {
            "case_code": f"PA-{number}", "unit_code": CODE, "place_code": CODE,
            "received_at": at(received), "due_at": at(due), "first_answer_at": at(answered),
            "answer_working_days": days, "first_closed_at": at(ended), "outcome": outcome,
            "closed_at": at(ended) if outcome else None, "category": "road", "channel": "web",
            "reopened": int(bool(again)), "reopened_at": at("19T08") if again else None,
            "reopened_by_office": again == "office" if again else None, "answer_trace": words,
            "rating": 5, "simulated": False,
        }
        for number, (received, due, answered, days, ended, outcome, again, words) in enumerate(TOLD)
    ]  # fmt: skip


#: Closed sheets of September: last day, matter, answers, satisfied, of the agency's and of the place's.
SHEETS = (
    ("2025-09-14", "feedback", 7, 5, "unit_code"),
    ("2025-09-30", "feedback", 6, 2, "unit_code"),
    ("2025-09-30", "question", 9, 9, "unit_code"),
    ("2025-10-14", "feedback", 8, 8, "unit_code"),
    ("2025-09-14", "feedback", 12, 8, "place_code"),
    ("2025-09-30", "question", 5, 5, "place_code"),
)


def sheets(by: str) -> list[dict[str, object]]:
    return [
        {
            "sheet_code": f"T-{number}", by: CODE, "period_end": day, "matter": matter,
            "answers": answers, "satisfied": satisfied,
        }
        for number, (day, matter, answers, satisfied, whose) in enumerate(SHEETS) if whose == by
    ]  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, db: None) -> Workspace:
    found = workspace_in(tmp_path)
    beside = {**rows()[0], "case_code": "PA-beside", "unit_code": BESIDE}
    assert bring_in(found, tmp_path, STREAM, [*rows(), beside]).bad == 0
    for by, stream in (("unit_code", "satisfaction"), ("place_code", "satisfaction_places")):
        assert bring_in(found, tmp_path, stream, sheets(by)).bad == 0
    found.measure()
    return found


@pytest.fixture
def figures(place: Workspace) -> Figures:
    return place.figures(PLAN)


def test_figures_are_those_of_the_records_by_hand(figures: Figures) -> None:
    # Seven were answered in September: one of them late, three after more than three working days.
    assert parts(figures, "BT-PA-DUNG-HAN") == (6, 7)
    assert parts(figures, "BT-PA-3-NGAY") == (4, 7)
    # Eleven ended for the first time; whoever sent them opened three again.
    assert parts(figures, "BT-PA-MO-LAI") == (3, 11)
    # Five had not ended by the end of September, two of them past their due day. What was opened again
    # has ended once; what is due on the last day is overdue from the next on.
    assert parts(figures, "BT-PA-TRE") == (2, 5)


def test_satisfied_is_of_anonymous_sheets_alone_by_agency_and_by_place(figures: Figures) -> None:
    """Each report carries a named grade of earlier days, which counts nowhere any more."""
    assert parts(figures, "BT-PA-HAI-LONG") == (7, 13)
    assert parts(figures, "BT-NOI-PA-HAI-LONG") == (8, 12)
    assert parts(figures, "BT-HAI-LONG") == (16, 22)


def test_checks_find_what_is_found_by_hand(place: Workspace, figures: Figures) -> None:
    found = {
        # Of eleven that ended the withdrawn one is left out. What was refused and is open again, or was
        # answered after all, is not held against the office; nor is what was merged.
        "KT-PA-KHONG-TRA-LOI": (1, 10),
        # Five in the first half of the month; the sixth with these words is alone in the second.
        "KT-PA-CHEP": (5, 7),
        # Within a day before the due time, or at it.
        "KT-PA-MO-LAI": (2, 11),
    }
    assert checked(place, figures, "BT-PA-DUNG-HAN") == found
    beside = {
        "BT-PA-TRE": "KT-PA-KHONG-TRA-LOI",
        "BT-PA-3-NGAY": "KT-PA-CHEP",
        "BT-PA-MO-LAI": "KT-PA-MO-LAI",
    }
    for indicator, check in beside.items():
        assert checked(place, figures, indicator) == {check: found[check]}
