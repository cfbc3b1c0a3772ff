"""A province's folder of rules, for tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tinhso.kernel.rule_files import product_file
from tinhso.measure.text import InputError
from tinhso.web import rules


class Folder:
    """A folder of rules, and using it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def copy(self, name: str, *changes: tuple[str, str]) -> Path:
        """The product's file with some words changed."""
        text = product_file(name).text
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        return self.write(name, text)

    def write(self, name: str, text: str) -> Path:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(text, encoding="utf-8")
        return self.path / name

    def use(self) -> None:
        rules.use(self.path, named=True)

    def told(self) -> list[tuple[str, str]]:
        """What is wrong when it is used: code and place below the folder, without columns."""
        with pytest.raises(InputError) as refused:
            self.use()
        return [(one.code, self.below(one.place)) for one in refused.value.problems]

    def below(self, place: object) -> str:
        return ":".join(str(place).removeprefix(f"{self.path}/").split(":")[:2])
