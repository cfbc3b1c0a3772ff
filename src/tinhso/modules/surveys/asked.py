"""What is asked (câu hỏi khảo sát), and the thresholds: as `surveys/surveys.yaml` says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tinhso.kernel.rule_files import reads
from tinhso.kernel.rule_problems import codes, once
from tinhso.measure.text import Problem, Text, message
from tinhso.measure.yamltree import Tree

#: The question of which figures are made.
RATING = "rating"

NOT_RATING = message(
    "survey-first-question",
    vi="Câu hỏi đầu tiên phải có mã “{code}”: tỷ lệ hài lòng tính từ câu ấy. Chữ của câu hỏi thì đổi được.",
    en='The first question must have the code "{code}": satisfaction is reckoned from it. Its words may differ.',
)
NOT_A_GRADE = message(
    "survey-grade",
    vi="Mức của câu hỏi “{code}” là số nguyên, để so với satisfied_from. Sửa “{found}”.",
    en='Answers of the question "{code}" are whole numbers, to be compared with satisfied_from. Correct "{found}".',
)


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


@reads("surveys/surveys.yaml")
def survey(source: Tree) -> Survey:
    data = source.data
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


def wrong(source: Tree) -> Iterator[Problem]:
    """What a file of the right shape says that cannot be meant."""
    yield from once(source, codes(source, "questions"))
    for n in range(len(source.data["questions"])):
        yield from once(source, codes(source, "questions", n, "answers"))
    first = source.data["questions"][0]
    if first["code"] != RATING:
        yield NOT_RATING(source.place(("questions", 0, "code")), code=RATING)
    for n, one in enumerate(first["answers"]):
        if not one["code"].isdecimal():
            place = source.place(("questions", 0, "answers", n, "code"))
            yield NOT_A_GRADE(place, code=first["code"], found=one["code"])
