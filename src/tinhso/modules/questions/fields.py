"""Fields that questions belong to (lĩnh vực), as `questions/fields.yaml` lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tinhso.kernel.cases.sorting import sorts
from tinhso.kernel.rule_files import reads
from tinhso.measure.text import InputError, Place, Text, message
from tinhso.measure.yamltree import Tree

FILE = "questions/fields.yaml"

NO_FIELD = message(
    "question-field",
    vi="Không có lĩnh vực “{value}”. Chọn một lĩnh vực trong danh sách.",
    en='There is no field "{value}". Choose one from the list.',
)


@dataclass(frozen=True)
class Rules:
    """`review_ahead_days`: days before an answer's last day on which its review is asked for."""

    fields: Mapping[str, Text]
    review_ahead_days: int


@reads(FILE)
def rules(source: Tree) -> Rules:
    data = source.data
    fields = {one["code"]: Text(**one["name"]) for one in data["fields"]}
    return Rules(fields, data["review_ahead_days"])


sorts("question", lambda: rules().fields)


def checked(code: str, name: str = "field") -> str:
    """A field's code. Raises InputError for one that is not in the list."""
    if code not in rules().fields:
        raise InputError([NO_FIELD(Place(name), value=code[:60])])
    return code


def name_of(code: str) -> Text:
    return rules().fields.get(code, Text(code, code))
