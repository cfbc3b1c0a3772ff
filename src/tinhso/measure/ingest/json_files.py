"""JSON Lines: one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tinhso.measure.ingest import messages
from tinhso.measure.ingest.csv_files import lines_of
from tinhso.measure.ingest.header import Layout, folded, layout_of
from tinhso.measure.ingest.sources import SAMPLE_ROWS, Cells, Row, RowSource
from tinhso.measure.streams import Stream
from tinhso.measure.text import InputError, nearest


def open_json_lines(path: Path, stream: Stream, encoding: str) -> RowSource:
    """A JSON Lines file. Its keys, like a header's cells, may be names or labels of fields."""
    keys: dict[str, str] = {}
    for number, line in islice(enumerate(lines_of(path, encoding), start=1), SAMPLE_ROWS):
        found = _parsed(number, line)
        if isinstance(found, dict):
            for key in found:
                keys.setdefault(folded(key), key)
    if not keys:
        raise InputError([messages.NOT_A_TABLE()])
    layout = layout_of(list(keys.values()), stream, header_row=0)
    return RowSource("jsonl", layout, lambda: _rows(path, stream, encoding, layout))


def _rows(path: Path, stream: Stream, encoding: str, layout: Layout) -> Iterator[Row]:
    places = {folded(name): index for index, name in enumerate(layout.header)}
    names = {folded(n): f.name for f in stream.fields for n in (f.name, f.label.vi, f.label.en)}
    for number, line in enumerate(lines_of(path, encoding), start=1):
        text = line.strip()
        if not text:
            continue
        found = _parsed(number, text)
        if isinstance(found, Row):
            yield found
            continue
        cells: Cells = [None] * layout.width
        fault = None
        for key, value in found.items():
            index = places.get(folded(key))
            if index is None:
                known = [f.name for f in stream.fields]
                near = nearest(key, known) or names.get(folded(key), known[0])
                fault = messages.UNKNOWN_KEY(key=key[:40], nearest=near)
            elif isinstance(value, dict | list):
                fault = messages.NOT_JSON(reason=f"{key[:40]}: {{ }} / [ ]")
            else:
                cells[index] = value if value != "" else None
        yield Row(number, cells, fault, text)


def _parsed(number: int, line: str) -> dict[str, str | None] | Row:
    """The object on one line, its numbers as they are written; a Row with a fault if none is."""
    try:
        found = json.loads(
            line, parse_int=str, parse_float=_float, parse_constant=str, object_pairs_hook=_object
        )
        line.encode()
        json.dumps(found, ensure_ascii=False).encode()  # a lone surrogate is no text
    except UnicodeEncodeError:
        return Row(number, [], messages.NOT_JSON(reason="surrogate"), ascii(line))
    except (ValueError, RecursionError) as error:
        return Row(number, [], messages.NOT_JSON(reason=str(error)[:80]), line)
    if not isinstance(found, dict):
        return Row(number, [], messages.NOT_JSON(reason=type(found).__name__), line)
    return found


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    spoken = {True: "true", False: "false"}
    return {key: spoken[value] if isinstance(value, bool) else value for key, value in pairs}


def _float(written: str) -> str:
    """A decimal comma, as Vietnamese write it: "123.456" would be read as thousands."""
    whole, _, rest = written.partition(".")
    return whole if not rest.strip("0") else written.replace(".", ",").upper()
