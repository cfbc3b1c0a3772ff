"""The map changes under the records, on its own date; and any province can be simulated."""

from __future__ import annotations

import filecmp
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulation_world import (
    CHANGE,
    all_rows,
    day,
    faults,
    latest,
    one_commune,
    rows,
    scenario,
    small_country,
    streams,
)

from tinhso.kernel.units.register import register_from_files
from tinhso.measure.boundaries import Boundaries, Level
from tinhso.modules.simulation import Sample, Scenario, simulate

STREAMS = streams()
FLOWS = ("dossiers", "payments", "work_items", "app_registrations", "course_completions")


def level_of(boundaries: Boundaries, code: str, when: date) -> Level:
    uid = boundaries.by_code(code, when)
    assert uid is not None
    span = boundaries.span(uid, when)
    assert span is not None
    return span.level


def test_districts_and_agencies_end_with_june(sample: Sample) -> None:
    boundaries = small_country()
    before: set[Level] = set()
    after: set[Level] = set()
    for row in latest(sample, STREAMS["dossiers"]).values():
        when = day(row["received_at"])
        level = level_of(boundaries, row["unit_code"], when)
        (after if when >= CHANGE else before).add(level)
    assert before == {Level.AGENCY, Level.DISTRICT, Level.COMMUNE}
    assert after == {Level.COMMUNE}


def test_work_goes_on_without_a_gap(sample: Sample) -> None:
    """What communes do together is not less in July than in June."""
    boundaries = small_country()
    months: Counter[int] = Counter()
    for row in latest(sample, STREAMS["course_completions"]).values():
        when = day(row["completed_on"])
        assert level_of(boundaries, row["unit_code"], when) is Level.COMMUNE
        months[when.year * 12 + when.month] += 1
    june, july = months[2025 * 12 + 6], months[2025 * 12 + 7]
    assert july > june * 0.8


def test_a_merged_commune_bears_what_all_its_predecessors_did(sample: Sample) -> None:
    """A quarter before and after: the successor has about what the whole of its group had."""
    units = sample.truth["units"]
    assert isinstance(units, list)
    group = {"c25140", "c25150", "c25160", "c25170"}
    before = sum(c["received"] for c in units if c["unit"] in group and c["quarter"] == "2025Q2")
    after = sum(
        c["received"] for c in units if c["unit"] == "c25140.2025" and c["quarter"] == "2025Q3"
    )
    # The successor also takes its share of what the district did.
    assert after > before * 0.8


def test_both_heirs_of_a_split_get_records_of_it(sample: Sample) -> None:
    """Dossiers begun in the split commune were finished on both sides of it."""
    heirs = {
        row["successor_unit_code"]
        for row in latest(sample, STREAMS["dossiers"]).values()
        if row["unit_code"] == "25070" and day(row["received_at"]) < CHANGE
    }
    assert heirs == {"", "25000", "25040"}


def test_successors_are_named_only_for_what_crossed_the_change(sample: Sample) -> None:
    boundaries = small_country()
    crossed = 0
    for row in latest(sample, STREAMS["dossiers"]).values():
        if code := row["successor_unit_code"]:
            crossed += 1
            assert day(row["received_at"]) < CHANGE
            assert not row["closed_at"] or day(row["closed_at"]) >= CHANGE
            assert boundaries.by_code(code, CHANGE) is not None
    assert crossed


def test_reports_come_from_the_units_of_the_day(sample: Sample) -> None:
    figures = latest(sample, STREAMS["reported_figures"])
    economy = {(unit, when) for figure, unit, when in figures if figure == "KTS-02"}
    assert economy == {
        ("70", "2024-12-14"),
        ("70", "2025-03-14"),
        ("70", "2025-06-14"),
        ("75", "2025-09-14"),
        ("75", "2025-12-14"),
    }


def test_a_website_of_a_commune_that_ended_no_longer_applies(sample: Sample) -> None:
    told = {
        row["applies"]
        for row in latest(sample, STREAMS["unit_status"]).values()
        if row["subject_code"] == "MP-TT-c25150" and row["as_of"] == "2025-07-01"
    }
    assert told == {"Không"}


def test_the_catalogue_passes_to_the_new_province(sample: Sample) -> None:
    boundaries = small_country()
    for row in all_rows(sample, STREAMS["procedures"]):
        when = day(row["as_of"])
        level = level_of(boundaries, row["unit_code"], when)
        assert level is Level.PROVINCE or (level is Level.AGENCY and when < CHANGE)
        assert row["level"] != "district" or when < CHANGE


def test_the_same_scenario_is_the_same_bytes(tmp_path: Path) -> None:
    made = [simulate(scenario(scale=0.02), tmp_path / name) for name in ("one", "two")]
    names = [file.path.name for file in made[0].files] + [made[0].truth_path.name]
    assert len(set(names)) == len(names)
    _, different, missing = filecmp.cmpfiles(
        tmp_path / "one", tmp_path / "two", names, shallow=False
    )
    assert not different
    assert not missing
    assert made[0].truth == made[1].truth


def test_another_seed_is_another_sample(tmp_path: Path) -> None:
    one = simulate(scenario(scale=0.02), tmp_path / "one")
    other = simulate(scenario(scale=0.02, seed=7), tmp_path / "other")
    assert one.truth != other.truth


@given(seed=st.integers(0, 2**31), scale=st.floats(0.01, 0.08))
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_seed_and_scale_give_valid_rows(tmp_path: Path, seed: int, scale: float) -> None:
    made = simulate(scenario(seed=seed, scale=scale), tmp_path)
    boundaries = small_country()
    for file in made.files:
        stream = STREAMS[file.stream]
        wrong = sum(
            bool(faults(row, stream))
            or boundaries.by_code(row[stream.unit], day(row[stream.default_date])) is None
            for row in rows(file, stream)
        )
        assert wrong == file.bad


def test_one_commune_at_the_smallest_scale(tmp_path: Path) -> None:
    made = simulate(scenario(scale=0.01, boundaries=one_commune(), root="p01"), tmp_path)
    received = latest(made, STREAMS["dossiers"])
    assert 50 < len(received) < 300
    assert {row["unit_code"] for row in received.values()} == {"00001"}


def test_records_stop_when_told(tmp_path: Path) -> None:
    given_ = scenario(scale=0.02)
    until = date(2025, 5, 20)
    made = simulate(
        Scenario(
            given_.boundaries, given_.streams, "p70", 2025, given_.seed, given_.scale, until=until
        ),
        tmp_path,
    )
    for code in FLOWS:
        stream = STREAMS[code]
        found = latest(made, stream).values()
        assert max(day(row[stream.default_date]) for row in found) <= until


@pytest.mark.parametrize("root", ["p70", "p75.2025", "p01"])
def test_real_provinces(tmp_path: Path, root: str) -> None:
    boundaries = register_from_files().boundaries
    made = simulate(scenario(scale=0.01, boundaries=boundaries, root=root), tmp_path)
    stream = STREAMS["dossiers"]
    bad = sum(
        bool(faults(row, stream))
        or boundaries.by_code(row["unit_code"], day(row["received_at"])) is None
        for row in all_rows(made, stream)
    )
    assert bad == made.bad_rows


@pytest.mark.parametrize(
    ("scale", "root"), [(0.0, "p70"), (101.0, "p70"), (1.0, "p99")], ids=["none", "huge", "unknown"]
)
def test_a_scenario_that_cannot_be_is_refused(scale: float, root: str) -> None:
    with pytest.raises(ValueError, match=r"scale|no unit"):
        scenario(scale=scale, root=root)
