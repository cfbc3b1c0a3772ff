"""How well answers are found by what people type: recall over sets of questions, with floors."""

from __future__ import annotations

import pytest

from tests.modules.questions.asked_by_people import ASKED, ASKED_LATER
from tinhso.modules.questions import queries
from tinhso.modules.questions.sample import samples

pytestmark = pytest.mark.usefixtures("published")

Set = tuple[tuple[str, str], ...]


def recall(asked: Set) -> tuple[float, float, list[tuple[str, list[str]]]]:
    """The share of questions whose answer is the first, or among the first three; and the missed."""
    titles = [one.title for one in samples()]
    firsts = thirds = 0
    missed = []
    for typed, wanted in asked:
        assert sum(title.startswith(wanted) for title in titles) >= 1, wanted
        found = [one.title for one in queries.search(typed, limit=3)]
        ranks = [title.startswith(wanted) for title in found]
        firsts += ranks[:1] == [True]
        thirds += any(ranks)
        if ranks[:1] != [True]:
            missed.append((typed, found))
    return firsts / len(asked), thirds / len(asked), missed


# The floors are what was reached, less a little.


def test_nearly_every_question_finds_its_answer() -> None:
    first, third, missed = recall(ASKED)
    print(f"recall@1 {first:.3f}, recall@3 {third:.3f} of {len(ASKED)}", *missed, sep="\n")
    assert len(ASKED) >= 60
    assert first >= 0.94, missed
    assert third >= 0.96, missed


def test_questions_that_it_was_not_tuned_to_find_theirs() -> None:
    first, third, missed = recall(ASKED_LATER)
    print(
        f"later: recall@1 {first:.3f}, recall@3 {third:.3f} of {len(ASKED_LATER)}",
        *missed,
        sep="\n",
    )
    assert first >= 0.7, missed
    assert third >= 0.8, missed
