"""Streams from the packs and a small hand-made map for the tests of records in."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from tinhso.measure.boundaries import Boundaries, Level, Span, Succession
from tinhso.measure.definition_files import read_stream
from tinhso.measure.ingest import Mode, Receipt, ingest
from tinhso.measure.lake import Lake, LakeSettings
from tinhso.measure.streams import Stream
from tinhso.measure.yamltree import read_yaml

KEY = b"a key for tests only, 32 bytes.."
TODAY = date(2025, 12, 31)
MERGER = date(2025, 7, 1)


def load_stream(code: str) -> Stream:
    with as_file(files("tinhso.packs.common") / "streams" / f"{code}.yaml") as path:
        return read_stream(read_yaml(path))


STREAMS = {
    code: load_stream(code)
    for code in ("dossiers", "payments", "procedures", "reported_figures", "unit_status")
}


def make_boundaries() -> Boundaries:
    """Communes A and B merge into C; D splits into E and F; G's code goes on to another unit."""
    commune = Level.COMMUNE
    return Boundaries(
        [
            Span("prov", Level.PROVINCE, "70", None),
            Span("a", commune, "25001", "prov", None, MERGER),
            Span("b", commune, "25002", "prov", None, MERGER),
            Span("c", commune, "25003", "prov", MERGER, None),
            Span("d", commune, "25004", "prov", None, MERGER),
            Span("e", commune, "25005", "prov", MERGER, None),
            Span("f", commune, "25006", "prov", MERGER, None),
            Span("g", commune, "25007", "prov", None, date(2024, 1, 1)),
            Span("h", commune, "25007", "prov", MERGER, None),
        ],
        [
            Succession(MERGER, "a", "c"),
            Succession(MERGER, "b", "c"),
            Succession(MERGER, "d", "e", whole=False),
            Succession(MERGER, "d", "f", whole=False),
        ],
    )


def _lake(folder: Path) -> Lake:
    settings = LakeSettings(folder, threads=1, memory_limit="400MB")
    return Lake(settings, list(STREAMS.values()))


@cache
def _empty_lake() -> tempfile.TemporaryDirectory[str]:
    """An empty lake with its tables, made once in a process: offices begin with a copy."""
    folder = tempfile.TemporaryDirectory(prefix="tinhso-empty-lake-")
    _lake(Path(folder.name) / "lake").reader().close()
    return folder


class Office:
    """A lake with the shorthand that tests read well with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not (folder / "lake").exists():
            shutil.copytree(Path(_empty_lake().name) / "lake", folder / "lake")
        self.lake = _lake(folder / "lake")
        self.boundaries = make_boundaries()
        self._files = 0

    def file(self, content: str | bytes, name: str = "") -> Path:
        self._files += 1
        path = self.folder / (name or f"tep-{self._files}.csv")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def send(
        self,
        content: str | bytes | Path,
        stream: str = "dossiers",
        *,
        mode: Mode = Mode.ACCEPT_GOOD,
        **options: object,
    ) -> Receipt:
        path = content if isinstance(content, Path) else self.file(content)
        return ingest(
            self.lake,
            stream,
            path,
            boundaries=self.boundaries,
            mode=mode,
            today=TODAY,
            person_key=KEY,
            **options,  # type: ignore[arg-type]
        )

    def rows(self, query: str) -> list[tuple[object, ...]]:
        connection = self.lake.reader()
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def snapshot(self) -> int:
        connection = self.lake.reader()
        try:
            return self.lake.snapshot(connection)
        finally:
            connection.close()
