"""What to simulate, and what came out: the face of this room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tinhso.measure.boundaries import Boundaries
from tinhso.measure.streams import Stream
from tinhso.measure.text import Text

#: Shares (0 to 1) that a province starts the plan year with, where its pack names none. The first
#: five are the public figures of Bình Phước for 2024; all others are invented and say so in
#: docs/simulation.md.
STARTING: Mapping[str, float] = {
    "paid_online": 0.6814,
    "submitted_online": 0.576,
    "result_electronic": 0.7794,
    "digitised": 0.7562,
    "offered_online": 0.7685,
    "eligible_offered": 0.908,
    "on_time": 0.95,
    "inspections_digital": 0.38,
    "work_online_province": 0.985,
    "work_online_district": 0.92,
    "work_online_commune": 0.71,
    "app": 0.31,
    "courses": 0.14,
    "open_data": 0.55,
    "commune_website": 0.72,
    "system_security": 0.6,
    "digital_university": 0.3,
    "digital_school": 0.45,
    "press_content": 0.7,
    "school_communication": 0.3,
    "HTS-01": 0.992,
    "HTS-02": 0.91,
    "HTS-03": 0.86,
    "KTS-01": 0.127,
    "KTS-02": 0.36,
    "KTS-03": 0.58,
    "KTS-04": 0.985,
    "XHS-02": 0.74,
    "XHS-03": 0.88,
    "XHS-07": 0.17,
    "XHS-08": 0.21,
    "XHS-09": 0.83,
    "XHS-10": 0.44,
}

#: Where the shares drift to by the end of the plan year: some targets met, some missed.
TARGETS: Mapping[str, float] = {
    "paid_online": 0.84,
    "submitted_online": 0.83,
    "result_electronic": 0.93,
    "digitised": 0.94,
    "offered_online": 0.90,
    "eligible_offered": 0.985,
    "on_time": 0.965,
    "inspections_digital": 0.57,
    "work_online_province": 1.0,
    "work_online_district": 0.955,
    "work_online_commune": 0.84,
    "app": 0.63,
    "courses": 0.58,
    "open_data": 0.8,
    "commune_website": 0.97,
    "system_security": 0.9,
    "digital_university": 0.83,
    "digital_school": 0.9,
    "press_content": 0.98,
    "school_communication": 0.62,
    "HTS-01": 0.998,
    "HTS-02": 0.957,
    "HTS-03": 0.93,
    "KTS-01": 0.158,
    "KTS-02": 0.54,
    "KTS-03": 0.71,
    "KTS-04": 1.0,
    "XHS-02": 0.83,
    "XHS-03": 0.95,
    "XHS-07": 0.26,
    "XHS-08": 0.43,
    "XHS-09": 0.962,
    "XHS-10": 0.57,
}


@dataclass(frozen=True)
class Scenario:
    """What to simulate.

    Records run from 1 January of the year before `year` (a smaller past to compare with) to and
    including `until`, by default 31 December of `year`. `scale` 1 is a million dossiers in the
    plan year, and 1.1 million people, for a province of 111 communes; both follow the scale and
    the number of communes, so that shares of people keep their meaning at every scale.
    With `honest` nobody has a dishonest habit, and all else is drawn as it is without.
    `starting` and `targets` are shares from 0 to 1 by the keys of STARTING, which fills gaps.
    """

    boundaries: Boundaries
    streams: Mapping[str, Stream]
    root: str
    year: int
    seed: int
    scale: float
    starting: Mapping[str, float] = field(default_factory=dict)
    targets: Mapping[str, float] = field(default_factory=dict)
    until: date | None = None
    honest: bool = False

    def __post_init__(self) -> None:
        if not 0.01 <= self.scale <= 100:
            raise ValueError(f"scale must be from 0.01 to 100, not {self.scale}")
        if self.seed < 0:
            raise ValueError(f"seed must not be negative, and is {self.seed}")
        if self.root not in self.boundaries.spans:
            raise ValueError(f"the boundaries know no unit {self.root!r}")
        if not self.first <= self.last <= date(self.year, 12, 31):
            raise ValueError(f"until must lie between {self.first} and the end of {self.year}")
        for key, share in (*self.starting.items(), *self.targets.items()):
            if key not in STARTING or not 0 <= share <= 1:
                raise ValueError(f"{key!r}: {share} is not a share from 0 to 1 of a known key")

    @property
    def first(self) -> date:
        return date(self.year - 1, 1, 1)

    @property
    def last(self) -> date:
        return self.until or date(self.year, 12, 31)

    @property
    def maker(self) -> str:
        """What is written on everything that rests on this sample."""
        honest = ", honest" if self.honest else ""
        return f"tinhso simulate {self.year}, seed {self.seed}, scale {self.scale:g}{honest}"

    def start(self, key: str) -> float:
        return self.starting.get(key, STARTING[key])

    def end(self, key: str) -> float:
        return self.targets.get(key, TARGETS[key])


@dataclass(frozen=True)
class SampleFile:
    """One file as an office would send it. `bad` rows are wrong on purpose, the rest are valid."""

    stream: str
    path: Path
    rows: int
    note: Text
    bad: int = 0
    corrects: bool = False  # its rows take the place of rows of earlier files


@dataclass(frozen=True)
class Sample:
    """What `simulate` made: files in the order to load them, and what they should add up to.

    `habits` tells which units (by uid) hide which habit. `truth` is the tally that was kept while
    generating; it is also the file `truth_path`, beside the files.
    """

    maker: str
    files: tuple[SampleFile, ...]
    habits: Mapping[str, tuple[str, ...]]
    truth: Mapping[str, object]
    truth_path: Path

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    @property
    def bad_rows(self) -> int:
        return sum(file.bad for file in self.files)
