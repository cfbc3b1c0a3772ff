"""A small province with everything that happened to a real one, and readers of its sample."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path

import duckdb
import python_calamine

import tinhso.packs
from tinhso.measure.boundaries import Boundaries, Level, Span, Succession
from tinhso.measure.definition_files import read_stream
from tinhso.measure.streams import Field, FieldType, Stream
from tinhso.measure.yamltree import read_yaml
from tinhso.modules.simulation import Sample, SampleFile, Scenario

CHANGE = date(2025, 7, 1)
Row = dict[str, str]


def streams() -> dict[str, Stream]:
    folder = Path(tinhso.packs.__file__).parent / "common" / "streams"
    found = [read_stream(read_yaml(file)) for file in sorted(folder.glob("*.yaml"))]
    return {stream.code: stream for stream in found}


def _old(uid: str, level: Level, parent: str | None) -> Span:
    return Span(uid, level, uid[1:] if uid[0] in "pdc" else uid, parent, None, CHANGE)


def _new(uid: str, level: Level, code: str, parent: str) -> Span:
    return Span(uid, level, code, parent, CHANGE, None)


def small_country() -> Boundaries:
    """Province 70: three agencies, three districts, 24 communes. On 1 July 2025 its districts end
    and it joins a bigger province; communes merge, one is split between two, one goes on."""
    spans = [Span("VN", Level.COUNTRY, "VN", None)]
    spans += [_old("p70", Level.PROVINCE, "VN"), _old("p75", Level.PROVINCE, "VN")]
    spans += [_new("p75.2025", Level.PROVINCE, "75", "VN")]
    spans += [_old(uid, Level.AGENCY, "p70") for uid in ("BP-STTTT", "BP-SNV", "BP-STC")]
    successions = [Succession(CHANGE, "p70", "p75.2025"), Succession(CHANGE, "p75", "p75.2025")]
    spans += [_old("d731", Level.DISTRICT, "p75"), _old("c26000", Level.COMMUNE, "d731")]
    spans += [_new("c26000.2025", Level.COMMUNE, "26000", "p75.2025")]
    successions.append(Succession(CHANGE, "c26000", "c26000.2025"))
    for d in range(3):
        spans.append(_old(f"d69{d}", Level.DISTRICT, "p70"))
        for c in range(8):
            uid = f"c25{d}{c}0"
            heir = f"c25{d}{c - c % 4}0.2025"
            if (d, c) == (2, 7):
                spans.append(Span(uid, Level.COMMUNE, uid[1:], "d692", None, CHANGE))
                spans.append(Span(uid, Level.COMMUNE, uid[1:], "p75.2025", CHANGE, None))
                continue
            spans.append(_old(uid, Level.COMMUNE, f"d69{d}"))
            if c % 4 == 0:
                spans.append(_new(heir, Level.COMMUNE, uid[1:], "p75.2025"))
            split = (d, c) == (0, 7)
            successions.append(Succession(CHANGE, uid, heir, whole=not split))
            if split:
                successions.append(Succession(CHANGE, uid, "c25000.2025", whole=False))
    return Boundaries(spans, successions)


def one_commune() -> Boundaries:
    """The least province there can be."""
    return Boundaries(
        [
            Span("VN", Level.COUNTRY, "VN", None),
            Span("p01", Level.PROVINCE, "01", "VN"),
            Span("c00001", Level.COMMUNE, "00001", "p01"),
        ]
    )


def scenario(
    *, seed: int = 382, scale: float = 0.1, boundaries: Boundaries | None = None, root: str = "p70"
) -> Scenario:
    return Scenario(
        boundaries=boundaries or small_country(),
        streams=streams(),
        root=root,
        year=2025,
        seed=seed,
        scale=scale,
    )


def rows(file: SampleFile, stream: Stream) -> Iterator[Row]:
    """The file's rows as texts by field name, whatever the format; nothing is ""."""
    names = {f.label.vi: f.name for f in stream.fields} | {f.name: f.name for f in stream.fields}
    readers = {".csv": _csv, ".jsonl": _lines, ".parquet": _parquet, ".xlsx": _workbook}
    for row in readers[file.path.suffix](file.path):
        yield {names[key]: value for key, value in row.items()}


def all_rows(sample: Sample, stream: Stream) -> list[Row]:
    return [r for file in sample.files if file.stream == stream.code for r in rows(file, stream)]


def latest(sample: Sample, stream: Stream) -> dict[tuple[str, ...], Row]:
    """The last version of every key that is right, as the lake will hold it."""
    return {
        tuple(row[name] for name in stream.key): row
        for row in all_rows(sample, stream)
        if not faults(row, stream) and not row[stream.key[0]].startswith("MP-HS-SAI")
    }


def faults(row: Mapping[str, str], stream: Stream) -> list[str]:
    """What the stream's declaration has against a row, units aside."""
    return [f.name for f in stream.fields if not _right(row.get(f.name, ""), f)]


def day(text: str) -> date:
    return moment(text).date()


def moment(text: str) -> datetime:
    """A time as the files write it: ISO, or day first."""
    if "/" in text[:10]:
        form = "%d/%m/%Y %H:%M:%S" if " " in text else "%d/%m/%Y"
        return datetime.strptime(text, form)  # noqa: DTZ007 - wall time
    return datetime.fromisoformat(text)


def yes(text: str) -> bool:
    return text in ("true", "Có")


def _right(text: str, field: Field) -> bool:
    if not text:
        return not field.required
    match field.type:
        case FieldType.ENUM:
            return text in field.values
        case FieldType.BOOLEAN:
            return text in ("true", "false", "Có", "Không")
        case FieldType.INTEGER | FieldType.MONEY:
            return text.isdecimal() and int(text) >= (field.minimum or 0)
        case FieldType.PERSON:
            return len(text) == 12 and text.isdecimal()
        case FieldType.DATE | FieldType.DATETIME:
            try:
                return field.future or moment(text) < datetime(2026, 1, 1)  # noqa: DTZ001
            except ValueError:
                return False
        case _:
            return text == text.strip()


def _csv(path: Path) -> Iterator[Row]:
    text = path.read_text(encoding="utf-8-sig")
    delimiter = ";" if ";" in text.splitlines()[0] else ","
    yield from csv.DictReader(io.StringIO(text), delimiter=delimiter)


def _lines(path: Path) -> Iterator[Row]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield {key: value or "" for key, value in json.loads(line).items()}


def _parquet(path: Path) -> Iterator[Row]:
    found = duckdb.connect().execute("SELECT * FROM read_parquet(?)", [str(path)])
    names = [column[0] for column in found.description]
    for values in found.fetchall():
        yield {n: _text(v) for n, v in zip(names, values, strict=True)}


def _workbook(path: Path) -> Iterator[Row]:
    sheet = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    lines = sheet.to_python()
    for line in lines[3:]:
        yield {str(n): _text(v) for n, v in zip(lines[2], line, strict=True)}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) else "" if value is None else str(value)
