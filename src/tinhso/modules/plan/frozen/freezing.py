"""What a publication freezes: plain files that anybody can read without this software (đóng băng).

`publication.json` says what it is and holds the digest of every other file; its own digest goes into
the ledger. Nothing here is written anew later: an export gives these very bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tinhso.kernel.units.register import UnitRegister
from tinhso.measure.boundaries import Boundaries
from tinhso.measure.cube import Manifest
from tinhso.measure.figures import Value
from tinhso.measure.quantities import Measured
from tinhso.measure.tabulating import CELL_COLUMNS, cells_of, statement
from tinhso.measure.text import Text
from tinhso.modules.plan.frozen.cells import PublishedCell
from tinhso.modules.plan.frozen.files import digest_of
from tinhso.modules.plan.frozen.readme import readme
from tinhso.modules.plan.frozen.values_csv import safe, table, values_csv
from tinhso.modules.plan.models import Publication
from tinhso.modules.plan.queries import Lens, PlanQueries

FORMAT = "tinhso-publication-1"
NOTICE = Text(
    "SỐ LIỆU MÔ PHỎNG: bản ghi làm nên các con số này do chương trình sinh ra để minh họa.",
    "SIMULATED DATA: the records behind these figures were invented by a program to illustrate.",
)
ROLES = ("numerator", "denominator", "known")


@dataclass(frozen=True)
class Content:
    """The cells of a publication with all that they are made of."""

    queries: PlanQueries
    lens: Lens
    cells: Sequence[PublishedCell]
    values: Sequence[Value]
    all_levels: bool

    @property
    def manifest(self) -> Manifest:
        return self.queries.manifest

    @property
    def indicators(self) -> list[str]:
        return list(dict.fromkeys(cell.indicator for cell in self.cells))


def frozen_files(content: Content, publication: Publication) -> dict[str, bytes]:
    """Every file of the publication by its path, `publication.json` last."""
    queries = content.queries
    simulated = bool(content.manifest.simulated)
    files = {
        "values.csv": values_csv(content.cells, content.values, queries.units, simulated=simulated),
        "units.csv": _units(content, queries.units),
        **_definitions(queries, content.indicators),
        **_statements(content),
        **map_files(queries.figures.boundaries, queries.figures.cube.units),
    }
    about = _about(content, publication)
    files["README.md"] = readme(about).encode()
    about["files"] = {path: digest_of(files[path]) for path in sorted(files)}
    files["publication.json"] = _json(about)
    return files


def _json(data: Mapping[str, Any]) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _text(text: Text) -> dict[str, str]:
    return {"vi": text.vi, "en": text.en}


def _about(content: Content, made: Publication) -> dict[str, Any]:
    queries, manifest, lens = content.queries, content.manifest, content.lens
    pack, plan = queries.pack.pack, queries.plan
    used = [queries.pack.indicators[code].indicator for code in content.indicators]
    return {
        "format": FORMAT,
        "publication": made.name,
        "number": made.number,
        "reason": made.reason,
        "approved": {"by": made.published_by, "at": made.published_at.isoformat()},
        "plan": {
            "code": pack.code,
            "version": pack.version,
            "title": _text(plan.title),
            "unit": plan.unit,
            "unit_name": _text(queries.units.full_name(plan.unit, lens.period.last_day)),
            "document": plan.document,
            "example": pack.example,
        },
        "period": {
            "code": lens.period.code,
            "label": _text(lens.period.label),
            "first_day": lens.period.start.isoformat(),
            "last_day": lens.period.last_day.isoformat(),
        },
        "view": lens.view.code,
        "levels": "all" if content.all_levels else "direct",
        "cells": len(content.cells),
        "snapshot": manifest.snapshot,
        "measured_at": manifest.computed_at,
        "simulated": bool(manifest.simulated),
        "simulated_by": list(manifest.simulated),
        "notice": _text(NOTICE) if manifest.simulated else None,
        "map": {"digest": manifest.boundaries},
        "followed": list(queries.workspace.workplace.followed),
        "definitions": manifest.definitions,
        "indicators": [
            {"code": one.code, "version": one.version, "name": _text(one.name)} for one in used
        ],
        "checks": _checks(queries, content.indicators),
        "streams": {code: asdict(facts) for code, facts in sorted(manifest.streams.items())},
    }


def _checks(queries: PlanQueries, codes: Iterable[str]) -> list[str]:
    wanted = set(codes)
    return [
        one.check.code for one in queries.pack.checks if wanted.intersection(one.check.indicators)
    ]


def _definitions(queries: PlanQueries, codes: Sequence[str]) -> dict[str, bytes]:
    """The definitions as written: the indicators, their checks, and every stream that is measured."""
    texts = queries.pack.pack.texts
    streams = {
        name: text
        for plan in queries.workspace.plans.values()
        for name, text in plan.pack.texts.items()
        if name.startswith("streams/")
    }
    names = [f"indicators/{code}.yaml" for code in codes]
    names += [f"checks/{code}.yaml" for code in _checks(queries, codes)]
    found = (
        {name: texts[name] for name in names}
        | streams
        | {name: text for name, text in texts.items() if name.startswith("streams/")}
    )
    return {f"definitions/{name}": text.encode() for name, text in found.items()}


def _units(content: Content, units: UnitRegister) -> bytes:
    lens = content.lens
    day = lens.view.day or lens.period.last_day

    def line(uid: str) -> list[str | int | None]:
        version, name = units.nearest(uid, day), units.full_name(uid, day)
        since, until = units.boundaries.life(uid)
        found = (
            *(uid, version.code, str(units.level(uid)), name.vi, name.en, version.parent or ""),
            *(since.isoformat() if since else "", until.isoformat() if until else ""),
        )
        return [safe(one) for one in found]

    uids = dict.fromkeys(cell.unit for cell in content.cells)
    columns = ("unit", "code", "level", "name", "name_en", "parent", "since", "until")
    return table(columns, (line(uid) for uid in uids))


# -- statements ------------------------------------------------------------------------------------


def _statements(content: Content) -> dict[str, bytes]:
    """`sql/<indicator>.<part>.sql`, and the tables of cells that they read.

    Parts that count the same records of the same units share a table.
    """
    queries, tables = content.queries, dict[bytes, str]()
    figures, streams = queries.figures, queries.workspace.streams
    files: dict[str, bytes] = {}
    for code in content.indicators:
        compiled = figures.indicators[code]
        own = [value for value in content.values if value.indicator.code == code]
        for role in ROLES:
            measured: Measured | None = getattr(compiled, role)
            if measured is None:
                continue
            rows = cells_of(figures, streams, own, measured)
            cells = table(CELL_COLUMNS, (row.texts for row in rows))
            name = tables.setdefault(cells, f"sql/cells-{len(tables) + 1}.csv")
            sql = statement(
                streams[measured.quantity.stream],
                measured.quantity,
                content.manifest.snapshot,
                read_cells(name),
            )
            label = measured.part.label
            head = f"-- {code} {role}: {label.vi} / {label.en}\n"
            files[f"sql/{code}.{role}.sql"] = f"{head}{sql}\n".encode()
    return files | {name: cells for cells, name in tables.items()}


def read_cells(name: str) -> str:
    """How a statement of DuckDB reads a table of cells."""
    types = ", ".join(f"'{column}': '{kind}'" for column, kind in CELL_COLUMNS.items())
    return f"read_csv('{name}', header = true, columns = {{{types}}})"


# -- the map ---------------------------------------------------------------------------------------

SPANS = ("uid", "level", "code", "parent", "since", "until")
SUCCESSIONS = ("on", "source", "target", "whole")
HEIRS = {"source": "VARCHAR", "path": "INTEGER", "target": "VARCHAR", "day": "DATE"}


def map_files(boundaries: Boundaries, units: Iterable[str]) -> dict[str, bytes]:
    """The map of units through time, and who took over from the units that records name."""

    def day(value: Any) -> str:
        return value.isoformat() if value else ""

    spans = (
        (one.uid, str(one.level), one.code, one.parent or "", day(one.since), day(one.until))
        for own in boundaries.spans.values()
        for one in own
    )
    successions = (
        (one.on.isoformat(), one.source, one.target, "yes" if one.whole else "no")
        for own in boundaries.successors.values()
        for one in own
    )
    return {
        "map/spans.csv": table(SPANS, spans),
        "map/successions.csv": table(SUCCESSIONS, successions),
        "map/heirs.csv": table(HEIRS, _heirs(boundaries, units)),
    }


def _heirs(boundaries: Boundaries, units: Iterable[str]) -> Iterator[tuple[str, int, str, str]]:
    """The table `heirs` of `cube.make_heirs`, which statements over registers read."""
    for unit in units:
        for number, path in enumerate(boundaries.paths(unit.partition(">")[0])):
            for heir in path:
                yield unit, number, heir.target, heir.on.isoformat()
