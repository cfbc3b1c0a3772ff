"""Fields that questions belong to (lĩnh vực), as the pack lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tinhso.measure.text import InputError, Place, Text, message
from tinhso.measure.yamltree import read_yaml

FILE = Path(__file__).resolve().parents[2] / "packs" / "questions" / "fields.yaml"

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


@cache
def rules(path: Path = FILE) -> Rules:
    data = read_yaml(path).data
    fields = {one["code"]: Text(**one["name"]) for one in data["fields"]}
    return Rules(fields, data["review_ahead_days"])


def checked(code: str, name: str = "field") -> str:
    """A field's code. Raises InputError for one that is not in the list."""
    if code not in rules().fields:
        raise InputError([NO_FIELD(Place(name), value=code[:60])])
    return code


def name_of(code: str) -> Text:
    return rules().fields.get(code, Text(code, code))
