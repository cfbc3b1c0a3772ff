"""Figures and checks of questions, worked out by hand from eight records."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.by_hand import BESIDE, PLAN, at, bring_in, checked, parts, workspace_in
from tinhso.modules.plan.workspace import Workspace
from tinhso.modules.questions.records import STREAM
from tinhso.modules.questions.sample_records import simulate_records

#: Received, due, answered, working days, first ended and how, asked on by, place, words. 2025-09-01 and
#: 02 are the national holiday; what is None did not happen.
TOLD = (
    ("03T08", "12T08", "05T09", 2, "05T09", "answered", None, "25363", "a"),
    ("03T09", "12T09", "12T08", 7, "12T08", "answered", "office", "25363", "a"),
    ("04T08", "11T08", "12T17", 6, "12T17", "answered", "asker", BESIDE, "a"),
    ("04T09", "15T09", "09T08", 3, "09T08", "answered", None, None, "a"),
    ("05T08", "16T08", "08T08", 1, "08T08", "answered", None, "25363", "a"),
    ("05T09", "16T09", None, None, "08T10", "rejected", None, None, None),
    ("08T08", "17T08", None, None, "08T11", "withdrawn", None, None, None),
    ("08T09", "17T09", None, None, None, None, None, "25363", None),
)


def rows() -> list[dict[str, object]]:
    return [
        {
            "question_code": f"HD-{number}", "unit_code": "25363", "place_code": place,
            "received_at": at(received), "due_at": at(due), "answered_at": at(answered),
            "answer_working_days": days, "first_closed_at": at(ended), "first_outcome": outcome,
            "closed_at": at(ended), "state": outcome or "assigned", "field": "y-te",
            "channel": "web", "published": number == 1, "reopened": int(bool(again)),
            "reopened_at": at("20T08") if again else None,
            "reopened_by_office": again == "office" if again else None, "answer_trace": words,
        }
        for number, (received, due, answered, days, ended, outcome, again, place, words) in enumerate(TOLD)
    ]  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, db: None) -> Workspace:
    return workspace_in(tmp_path)


def test_figures_and_checks_are_those_of_eight_records_by_hand(
    place: Workspace, tmp_path: Path
) -> None:
    assert bring_in(place, tmp_path, STREAM, rows()).bad == 0
    place.measure()
    figures = place.figures(PLAN)
    # Five were answered, the third of them late; the third was asked on by its asker.
    assert parts(figures, "BT-HOI-DUNG-HAN") == (4, 5)
    assert parts(figures, "BT-HOI-3-NGAY") == (3, 5)
    assert parts(figures, "BT-HOI-MO-LAI") == (1, 7)
    # One is open at the end of the month, and past its due time.
    assert parts(figures, "BT-HOI-TRE") == (1, 1)
    # Of the four with a place three were answered by it; the open one is not answered.
    assert parts(figures, "BT-HOI-TAI-CHO") == (3, 4)
    assert checked(place, figures, "BT-HOI-DUNG-HAN") == {
        "KT-HOI-KHONG-TRA-LOI": (1, 6),  # the withdrawn one is left out
        "KT-HOI-CHEP": (5, 5),
        "KT-HOI-MO-LAI": (1, 7),  # a day before due, and by the office
    }


def test_the_simulated_records_are_taken_whole_and_the_same_each_time(
    place: Workspace, tmp_path: Path
) -> None:
    sample = simulate_records("p70", 2025)[STREAM]
    assert sample == simulate_records("p70", 2025)[STREAM]
    receipt = bring_in(place, tmp_path, STREAM, sample, simulated="sample")
    assert (receipt.bad, receipt.added) == (0, len(sample))
    assert {one["first_outcome"] for one in sample} == {None, "answered", "rejected"}
    late = sum(bool(one["answered_at"] and one["due_at"] and str(one["answered_at"]) > str(one["due_at"])) for one in sample)  # fmt: skip
    assert 0 < late < len(sample) / 3
    assert {one["reopened_by_office"] for one in sample} == {None, True, False}
