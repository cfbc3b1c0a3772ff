"""What is asked (câu hỏi khảo sát), and the thresholds: as the pack says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tinhso.measure.text import Text
from tinhso.measure.yamltree import read_yaml

FILE = Path(__file__).resolve().parents[2] / "packs" / "surveys" / "surveys.yaml"


@dataclass(frozen=True)
class Question:
    code: str
    text: Text
    answers: Mapping[str, Text]


@dataclass(frozen=True)
class Survey:
    """The first question is the one that a phone shows; others are answered if one wishes."""

    questions: tuple[Question, ...]
    smallest_group: int
    days_to_answer: int
    satisfied_from: int
    remark_length: int


@cache
def survey(path: Path = FILE) -> Survey:
    data = read_yaml(path).data
    questions = tuple(
        Question(
            one["code"],
            Text(**one["text"]),
            {answer["code"]: Text(**answer["text"]) for answer in one["answers"]},
        )
        for one in data["questions"]
    )
    return Survey(
        questions,
        data["smallest_group"],
        data["days_to_answer"],
        data["satisfied_from"],
        data["remark_length"],
    )
