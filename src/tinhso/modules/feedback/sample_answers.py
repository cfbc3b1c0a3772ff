"""Sample texts of answers and reasons (mẫu trả lời), with places to be filled in: data of `cases/answers.yaml`."""

from __future__ import annotations

import string
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tinhso.kernel.rule_files import reads
from tinhso.kernel.rule_problems import codes, each, known, once
from tinhso.measure.text import LANGUAGES, Problem, Text, message
from tinhso.measure.yamltree import Tree

FILE = "cases/answers.yaml"

#: What a text may name.
PLACES = ("code", "title", "agency", "place", "day")

BAD_PLACE = message(
    "sample-answer-place",
    vi="Trong ngoặc nhọn chỉ được viết {known}. Ngoặc nhọn thường thì viết hai lần.",
    en="Only {known} may stand in braces. Write plain braces twice.",
)
ACT = Text("việc", "act")


@dataclass(frozen=True)
class SampleAnswer:
    """A sample text for some acts, with places to be filled in."""

    code: str
    acts: frozenset[str]
    name: Text
    text: Text


@reads(FILE)
def answers(source: Tree) -> tuple[SampleAnswer, ...]:
    return tuple(
        SampleAnswer(one["code"], frozenset(one["acts"]), Text(**one["name"]), Text(**one["text"]))
        for one in source.data["answers"]
    )


def wrong(source: Tree, acts: Collection[str]) -> Iterator[Problem]:
    """What a file of the right shape says that cannot be meant; `acts`: those of a case."""
    yield from once(source, codes(source, "answers"))
    for n, one in enumerate(source.data["answers"]):
        routes = each(source, "answers", n, "acts")
        yield from known(source, routes, acts, ACT, "cases/feedback.yaml")
        for language in LANGUAGES:
            if not _fills(one["text"][language]):
                listed = ", ".join(f"{{{name}}}" for name in PLACES)
                yield BAD_PLACE(source.place(("answers", n, "text", language)), known=listed)


def _fills(text: str) -> bool:
    """Whether all places in a text can be filled in, as they stand."""
    try:
        found = list(string.Formatter().parse(text))
    except ValueError:  # a brace without the other
        return False
    return all(
        name is None or (name in PLACES and not how and not turn) for _, name, how, turn in found
    )
