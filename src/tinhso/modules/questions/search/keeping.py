"""The index in the database and in this process (giữ chỉ mục): written inside the act that publishes.

A search costs one small query to learn whether anything changed; only what changed is read.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import transaction

from tinhso.modules.questions.models import (
    Answer,
    AnswerVersion,
    SearchEntry,
    SearchState,
    SearchTerm,
)
from tinhso.modules.questions.search.index import Entry, Index
from tinhso.modules.questions.search.words import document_terms, words

#: Answers that are written, and read, together.
TOGETHER = 2000


@dataclass(frozen=True)
class _Held:
    index: Index
    version: int
    epoch: uuid.UUID
    last_term: int


_held: _Held | None = None
_lock = threading.Lock()


def index() -> Index:
    """The index as the database has it now."""
    global _held  # noqa: PLW0603 (one a process, replaced whole)
    state = SearchState.objects.filter(pk=1).first()
    if state is None:
        return Index(words())
    held = _held
    if held is not None and (held.version, held.epoch) == (state.version, state.epoch):
        return held.index
    with _lock:
        held = _held
        if held is None or held.epoch != state.epoch or held.version > state.version:
            held = _Held(Index(words()), 0, state.epoch, 0)
        if held.version < state.version:
            _held = held = _caught_up(held, state)
    return held.index


def _caught_up(held: _Held, state: SearchState) -> _Held:
    # Terms come before the entries that use them: they are read after, so that none is missing.
    found = held.index
    rows = SearchEntry.objects.filter(version__gt=held.version, version__lte=state.version)
    entries = [
        Entry(key, field, unit, np.frombuffer(bytes(terms), np.uint32))
        for key, field, unit, terms in rows.values_list(
            "answer_id", "answer__field", "answer__unit_id", "terms"
        ).iterator(chunk_size=TOGETHER)
    ]
    fresh = list(SearchTerm.objects.filter(pk__gt=held.last_term).values_list("text", "pk"))
    found.learn(fresh)
    last = max((number for _, number in fresh), default=held.last_term)
    return _Held(found.refreshed(entries), state.version, state.epoch, last)


def keep(answers: Sequence[Answer]) -> None:
    """Bring the index up to these answers, in the transaction of the act that changed them."""
    with transaction.atomic():
        SearchState.objects.get_or_create(pk=1)
        state = SearchState.objects.select_for_update().get(pk=1)
        state.version += 1
        state.save(update_fields=["version"])
        for part in _parts(answers):
            _write(part, state.version)


def rebuild() -> int:
    """Make the whole index anew, as after a change of how words are read; how many answers it holds."""
    with transaction.atomic():
        SearchState.objects.get_or_create(pk=1)
        state = SearchState.objects.select_for_update().get(pk=1)
        SearchEntry.objects.all().delete()
        SearchTerm.objects.all().delete()
        state.version, state.epoch = state.version + 1, uuid.uuid4()
        state.save()
        answers = Answer.objects.filter(withdrawn_at=None).order_by("published_at", "pk")
        count = 0
        for part in _parts(answers.iterator(chunk_size=TOGETHER)):
            _write(part, state.version)
            count += len(part)
    return count


def _write(answers: Sequence[Answer], version: int) -> None:
    newest: dict[uuid.UUID, AnswerVersion] = {}
    for one in AnswerVersion.objects.filter(answer__in=answers).order_by("answer", "n"):
        newest[one.answer_id] = one
    told: dict[uuid.UUID, dict[str, int]] = {}
    for answer in answers:
        now = newest[answer.pk]
        shown = answer.withdrawn_at is None
        told[answer.pk] = document_terms(now.title, now.question, now.text) if shown else {}
    numbers = _numbers({term for terms in told.values() for term in terms})
    SearchEntry.objects.bulk_create(
        [
            SearchEntry(answer_id=key, version=version, terms=_packed(terms, numbers))
            for key, terms in told.items()
        ],
        update_conflicts=True,
        unique_fields=["answer"],
        update_fields=["version", "terms"],
        batch_size=TOGETHER,
    )


def _numbers(terms: set[str]) -> dict[str, int]:
    """The numbers of terms; those that are new get one."""
    asked = sorted(one[:120] for one in terms)
    known = _known(asked)
    fresh = [SearchTerm(text=one) for one in asked if one not in known]
    if fresh:
        SearchTerm.objects.bulk_create(fresh, batch_size=TOGETHER)
        known |= _known([one.text for one in fresh])
    return known


def _known(asked: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at in range(0, len(asked), TOGETHER):
        rows = SearchTerm.objects.filter(text__in=asked[at : at + TOGETHER])
        found |= dict(rows.values_list("text", "pk"))
    return found


def _packed(terms: dict[str, int], numbers: dict[str, int]) -> bytes:
    packed = [numbers[term[:120]] << 8 | weight for term, weight in terms.items()]
    return np.array(sorted(packed), np.uint32).tobytes()


def _parts(answers: Iterable[Answer]) -> Iterator[list[Answer]]:
    part: list[Answer] = []
    for one in answers:
        part.append(one)
        if len(part) == TOGETHER:
            yield part
            part = []
    if part:
        yield part
