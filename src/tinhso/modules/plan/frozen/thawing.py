"""A publication's definitions and map, read back from what was frozen (đọc lại bản đóng băng)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from tinhso.measure.boundaries import Boundaries, Level, Span, Succession
from tinhso.measure.check_files import read_check
from tinhso.measure.cube import Cube, Workplace
from tinhso.measure.definition_files import read_indicator, read_stream
from tinhso.measure.definitions import HonestyCheck, Indicator
from tinhso.measure.figures import Figures
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.quantities import (
    CompiledCheck,
    CompiledIndicator,
    compile_check,
    compile_indicator,
)
from tinhso.measure.streams import Stream
from tinhso.measure.yamltree import Tree, parse_yaml
from tinhso.modules.plan.frozen.files import files_of
from tinhso.modules.plan.models import Publication

DEFINITIONS = "definitions/"


@dataclass(frozen=True)
class Thawed:
    """What a publication was measured with. Raises InputError where frozen files are altered."""

    publication: Publication
    files: Mapping[str, bytes]

    @classmethod
    def of(cls, publication: Publication) -> Thawed:
        return cls(publication, files_of(publication))

    @cached_property
    def about(self) -> dict[str, Any]:
        """`publication.json`."""
        found: dict[str, Any] = json.loads(self.files["publication.json"])
        return found

    @property
    def root(self) -> str:
        return str(self.about["plan"]["unit"])

    @property
    def period(self) -> Period:
        return Period.parse(self.publication.period)

    @property
    def view(self) -> View:
        return View.parse(self.publication.view)

    def definition(self, name: str) -> str:
        """The text of a definition (`indicators/CQS-03.yaml`), or "" where none was frozen."""
        return self.files.get(DEFINITIONS + name, b"").decode()

    @cached_property
    def streams(self) -> dict[str, Stream]:
        found = [read_stream(tree) for tree in self._trees("streams")]
        return {stream.code: stream for stream in found}

    @cached_property
    def indicators(self) -> dict[str, CompiledIndicator]:
        """The indicators that were published, in the order of the publication."""
        codes = [one["code"] for one in self.about["indicators"]]
        return {code: compile_indicator(self._indicator(code), self.streams) for code in codes}

    @cached_property
    def checks(self) -> tuple[CompiledCheck, ...]:
        return tuple(
            compile_check(self._check(code), self.streams) for code in self.about["checks"]
        )

    def _indicator(self, code: str) -> Indicator:
        tree, index = self._item("indicators", code)
        return read_indicator(tree, (index,), self.streams)

    def _check(self, code: str) -> HonestyCheck:
        tree, index = self._item("checks", code)
        return read_check(tree, (index,), self.streams)

    def _trees(self, kind: str) -> Iterator[Tree]:
        for path in sorted(self.files):
            if path.startswith(f"{DEFINITIONS}{kind}/"):
                yield parse_yaml(self.files[path].decode(), path)

    def _item(self, kind: str, code: str) -> tuple[Tree, int]:
        path = f"{DEFINITIONS}{kind}/{code}.yaml"
        tree = parse_yaml(self.files[path].decode(), path)
        return tree, next(n for n, item in enumerate(tree.data) if item["code"] == code)

    @cached_property
    def boundaries(self) -> Boundaries:
        spans = (
            Span(
                row["uid"],
                Level(row["level"]),
                row["code"],
                row["parent"] or None,
                _day(row["since"]),
                _day(row["until"]),
            )
            for row in self._rows("map/spans.csv")
        )
        successions = (
            Succession(
                date.fromisoformat(row["on"]), row["source"], row["target"], row["whole"] == "yes"
            )
            for row in self._rows("map/successions.csv")
        )
        return Boundaries(spans, successions)

    def _rows(self, path: str) -> Iterator[dict[str, str]]:
        yield from csv.DictReader(io.StringIO(self.files[path].decode("utf-8-sig"), newline=""))

    def workplace(self) -> Workplace:
        return Workplace(
            self.streams,
            self.indicators.values(),
            self.checks,
            self.boundaries,
            self.about["followed"],
        )

    def figures(self, cube: Cube) -> Figures:
        return Figures(cube, self.boundaries, self.indicators.values(), [self.root])

    @cached_property
    def streams_of(self) -> dict[str, frozenset[str]]:
        """Indicator -> the streams that its parts count."""
        return {
            code: frozenset(part.stream for part in one.indicator.parts)
            for code, one in self.indicators.items()
        }


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
