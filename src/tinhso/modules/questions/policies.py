"""Who may do what to answers. Acts on a question itself are asked of the kernel's `cases.case`."""

from __future__ import annotations

from tinhso.kernel.ledger.words import ACTS
from tinhso.kernel.people.policy import Policy, Verb
from tinhso.measure.text import Text

#: `review`: asked for the unit that answers.
ANSWER = Policy(
    "questions.answer",
    Text("câu trả lời", "an answer"),
    [
        Verb("view", Text("xem", "see"), public=True),
        Verb("thank", Text("đánh giá", "say whether it helped:"), public=True),
        Verb(
            "review",
            Text("duyệt, công khai, đính chính", "approve, publish and correct"),
            strong=True,
        ),
    ],
)

ACTS |= {
    "questions.answer.publish": Text("công khai câu trả lời", "publish an answer"),
    "questions.answer.correct": Text("đính chính câu trả lời", "correct an answer"),
    "questions.answer.withdraw": Text("thôi công khai câu trả lời", "withdraw an answer"),
    "questions.answer.load": Text("nạp bộ câu trả lời", "load a set of answers"),
    "questions.answer.thank": Text("đánh giá câu trả lời", "say whether an answer helped"),
    "questions.index.rebuild": Text("dựng lại chỉ mục hỏi đáp", "rebuild the index of answers"),
}
