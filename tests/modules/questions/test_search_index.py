"""The index: what people write is read as they mean it, and it never differs from the database."""

from __future__ import annotations

import uuid
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.modules.questions import answers
from tinhso.modules.questions.actions import home_unit
from tinhso.modules.questions.answers import Loaded, Written
from tinhso.modules.questions.models import Answer
from tinhso.modules.questions.search import keeping
from tinhso.modules.questions.search.index import Entry, Index
from tinhso.modules.questions.search.words import Spelling, document_terms, syllables, words


def plain(text: str) -> list[str]:
    return [one.plain for one in syllables(text)]


def test_the_same_word_is_one_word_however_it_is_written() -> None:
    assert plain("Đăng ký") == plain("đăng kí") == plain("DANG KY") == plain("đa\u0306ng ký")
    hoa, other = syllables("hoà hòa")
    assert hoa == other


def test_diacritics_that_were_typed_must_fit_and_others_may_be_anything() -> None:
    typed = {text: syllables(text) for text in ("so do", "sổ đỏ", "số đo")}
    found = {text: list(words().spans(one)) for text, one in typed.items()}
    assert found["so do"]
    assert found["sổ đỏ"] == found["so do"]
    assert found["số đo"] == []


@pytest.mark.parametrize(
    ("typed", "meant"), [("sih", "sinh"), ("snih", "sinh"), ("sinhh", "sinh"), ("tinh", "sinh")]
)
def test_one_slip_away(typed: str, meant: str) -> None:
    spelling = Spelling()
    spelling.learn(["sinh", "khai", "duong"])
    assert meant in spelling.near(typed)
    assert "khai" not in spelling.near(typed)


def test_telex_without_a_keyboard_and_words_without_a_space() -> None:
    spelling = Spelling()
    spelling.learn(["duoc", "khai", "sinh", "song", "dat"])
    assert [spelling.untelexed(one) for one in ("dduwowcj", "sosng", "ddaats", "khai")] == [
        "duoc", "song", "dat", "",
    ]  # fmt: skip
    assert spelling.split("khaisinh") == ("khai", "sinh")
    assert spelling.split("khaixyz") is None


WORDS = st.lists(
    st.sampled_from(["đất", "nhà", "thuế", "xe", "khai", "sinh", "tử"]), min_size=1, max_size=4
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes=st.lists(st.tuples(st.integers(0, 5), st.one_of(st.none(), WORDS)), max_size=30))
def test_after_any_changes_it_finds_what_an_index_made_at_once_would(
    changes: list[tuple[int, list[str] | None]],
) -> None:
    """Documents come, change and go; None takes one away."""
    keys = [uuid.UUID(int=number) for number in range(6)]
    numbers: dict[str, int] = {}
    now: dict[uuid.UUID, Entry] = {}
    grown = Index(words())
    for number, text in changes:
        terms = document_terms(" ".join(text), "", "") if text else {}
        for term in terms:
            numbers.setdefault(term, len(numbers) + 1)
        packed = np.array([numbers[one] << 8 | many for one, many in terms.items()], np.uint32)
        entry = Entry(keys[number], "f", "u", packed)
        grown.learn(numbers.items())
        grown = grown.refreshed([entry])
        now[keys[number]] = entry
    living = {key for key, entry in now.items() if len(entry.terms)}
    assert grown.size == len(living)
    for typed in ("dat", "khai sinh", "xe"):
        want = {
            key
            for key in living
            if {numbers.get(one, 0) for one in plain(typed)} & set((now[key].terms >> 8).tolist())
        }
        assert {hit.key for hit in grown.find(typed)} == want


@pytest.mark.django_db
def test_it_is_written_with_the_act_and_the_command_makes_the_same_anew() -> None:
    unit, now = home_unit(), timezone.now()
    rows = [
        Loaded(unit, "thue", Written(f"Thuế của nhà số {n}", "Nộp ở xã"), now - timedelta(days=n))
        for n in range(20)
    ]
    answers.load(SYSTEM, rows)
    before = [(hit.key, round(hit.score, 4)) for hit in keeping.index().find("thue nha so 7")]
    assert Answer.objects.get(pk=before[0][0]).title == "Thuế của nhà số 7"
    answers.withdraw(SYSTEM, Answer.objects.get(title="Thuế của nhà số 3"), "nhầm")
    assert keeping.index().size == 19
    assert answers.rebuild_index(SYSTEM) == 19
    assert keeping.index().size == 19
    assert keeping.index().find("thue nha so 7")[0].key == before[0][0]
