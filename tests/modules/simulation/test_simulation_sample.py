"""What a sample holds: valid rows, the right units, the real starting points, the hidden habits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from math import sqrt

import pytest
from simulation_world import (
    CHANGE,
    Row,
    all_rows,
    day,
    faults,
    latest,
    moment,
    rows,
    small_country,
    streams,
    yes,
)

from tinhso.modules.simulation import NOTICE, STARTING, Sample
from tinhso.modules.simulation.simulate import STREAMS as PROMISED

STREAMS = streams()
#: Standard errors that a share may lie from its baseline before a test doubts it.
DOUBT = 5


@pytest.fixture(scope="module")
def dossiers(sample: Sample) -> list[Row]:
    return list(latest(sample, STREAMS["dossiers"]).values())


def quarter(rows_: Iterable[Row], since: date, until: date) -> list[Row]:
    return [row for row in rows_ if since <= day(row["received_at"]) < until]


def test_every_stream_has_records(sample: Sample) -> None:
    # Rooms that people write in (reports, questions, satisfaction) leave their records themselves.
    assert {file.stream for file in sample.files} == set(PROMISED)
    assert all(file.rows for file in sample.files)


def test_every_file_says_that_it_is_simulated(sample: Sample) -> None:
    for file in sample.files:
        assert file.path.name.startswith("mo-phong-")
        assert file.note.vi.startswith("Mô phỏng")
    assert sample.maker == "tinhso simulate 2025, seed 382, scale 0.1"
    assert sample.truth["notice"] == NOTICE


def test_files_hold_as_many_rows_as_the_sample_says(sample: Sample) -> None:
    for file in sample.files:
        assert sum(1 for _ in rows(file, STREAMS[file.stream])) == file.rows, file.path.name


def test_rows_are_valid_but_for_those_meant_to_be_wrong(sample: Sample) -> None:
    boundaries = small_country()
    for file in sample.files:
        stream = STREAMS[file.stream]
        wrong = 0
        for row in rows(file, stream):
            bad = bool(faults(row, stream))
            if not bad:
                when = day(row[stream.default_date])
                bad = boundaries.by_code(row[stream.unit], when) is None
            wrong += bad
        assert wrong == file.bad, file.path.name
    assert sample.bad_rows > 6


def test_wrong_rows_name_codes_that_ended_with_june(sample: Sample) -> None:
    boundaries = small_country()
    ended = [
        row["unit_code"]
        for row in all_rows(sample, STREAMS["dossiers"])
        if row["dossier_code"].startswith("MP-HS-SAI")
        and not faults(row, STREAMS["dossiers"])
        and day(row["received_at"]) >= CHANGE
    ]
    assert ended
    assert all(boundaries.by_code(code, date(2025, 6, 30)) for code in ended)


def test_the_past_starts_from_the_real_baselines(dossiers: list[Row]) -> None:
    first = quarter(dossiers, date(2024, 1, 1), date(2025, 1, 1))
    closed = [row for row in first if row["closed_at"]]
    charged = [row for row in first if row["paid_online"]]
    shares = {
        "submitted_online": [yes(r["submitted_online"]) for r in first],
        "paid_online": [yes(r["paid_online"]) for r in charged],
        "result_electronic": [yes(r["result_electronic"]) for r in closed],
        "digitised": [yes(r["dossier_digitised"]) and yes(r["result_digitised"]) for r in closed],
    }
    for key, hits in shares.items():
        expected, n = STARTING[key], len(hits)
        bound = DOUBT * sqrt(expected * (1 - expected) / n)
        assert abs(sum(hits) / n - expected) < bound, key


def test_the_catalogue_starts_at_1407_procedures_offered_online(sample: Sample) -> None:
    first = [
        row
        for row in all_rows(sample, STREAMS["procedures"])
        if row["as_of"] == "2024-01-01" and yes(row["offered_online"])
    ]
    assert abs(len(first) - 1407) <= 3
    assert abs(sum(yes(row["offered_full"]) for row in first) - 1072) <= 12


def test_shares_rise_over_the_plan_year(dossiers: list[Row]) -> None:
    def online(since: date, until: date) -> float:
        found = quarter(dossiers, since, until)
        return sum(yes(row["submitted_online"]) for row in found) / len(found)

    before = online(date(2024, 10, 1), date(2025, 1, 1))
    after = online(date(2025, 10, 1), date(2026, 1, 1))
    assert after > before + 0.12


def test_due_dates_online_filing_and_fees_are_consistent(dossiers: list[Row]) -> None:
    assert any(not row["closed_at"] for row in dossiers)
    assert any(
        row["closed_at"] and moment(row["closed_at"]) > moment(row["due_at"]) for row in dossiers
    )
    for row in dossiers:
        received = moment(row["received_at"])
        assert moment(row["due_at"]) > received
        assert not row["closed_at"] or moment(row["closed_at"]) > received
        assert bool(row["result_electronic"]) == bool(row["closed_at"])
        assert not (yes(row["submitted_online"]) and row["service_level"] == "information")
        assert row["submitted_online"] not in ("false", "Không") or not row["device"]
        assert row["applicant"].startswith("000") or not row["applicant"]


def test_payments_belong_to_dossiers_with_a_fee(sample: Sample, dossiers: list[Row]) -> None:
    by_code = {row["dossier_code"]: row for row in dossiers}
    for payment in latest(sample, STREAMS["payments"]).values():
        dossier = by_code[payment["dossier_code"]]
        assert dossier["procedure_code"] == payment["procedure_code"]
        assert dossier["unit_code"] == payment["unit_code"]
        portal = payment["channel"] in ("national_portal", "provincial_portal")
        assert portal == yes(dossier["paid_online"])


def test_tet_is_quiet(dossiers: list[Row]) -> None:
    days = Counter(day(row["received_at"]) for row in dossiers)
    tet = sum(days[date(2025, 1, d)] for d in range(27, 32))
    usual = sum(days[date(2025, 3, d)] for d in range(3, 8))
    assert tet < usual / 10


def test_people_come_again_and_use_other_communes(dossiers: list[Row]) -> None:
    units: defaultdict[str, set[str]] = defaultdict(set)
    for row in dossiers:
        if row["applicant"]:
            units[row["applicant"]].add(row["unit_code"])
    named = sum(bool(row["applicant"]) for row in dossiers)
    assert len(units) < named * 0.7
    assert sum(len(used) for used in units.values()) > len(units) * 1.3
    assert named < len(dossiers)


def test_each_person_registers_once_but_some_learn_twice(sample: Sample) -> None:
    people = [row["person"] for row in latest(sample, STREAMS["app_registrations"]).values()]
    assert len(people) == len(set(people))
    learners = [row["person"] for row in latest(sample, STREAMS["course_completions"]).values()]
    assert len(set(learners)) < len(learners)


def test_figures_never_exceed_their_denominator(sample: Sample) -> None:
    figures = list(latest(sample, STREAMS["reported_figures"]).values())
    both = [row for row in figures if row["numerator"] and row["denominator"]]
    assert both
    assert all(int(row["numerator"]) <= int(row["denominator"]) for row in both)
    assert any(row["denominator"] and not row["numerator"] for row in figures)
    assert any(not row["approved_on"] for row in figures)
    assert not any(row["figure_code"] == "XHG-01" for row in figures)


def test_populations_are_those_of_the_scale(sample: Sample) -> None:
    adults = sum(
        int(row["numerator"])
        for row in latest(sample, STREAMS["reported_figures"]).values()
        if (row["figure_code"], row["as_of"]) == ("DS-TRUONG-THANH", "2024-12-14")
    )
    whole = 1_100_000 * 0.1 * 24 / 111
    assert 0.6 * whole < adults < 0.72 * whole


def test_habits_show_where_the_sample_says(sample: Sample, dossiers: list[Row]) -> None:
    plan_year = [row for row in dossiers if day(row["received_at"]) >= date(2025, 1, 1)]
    before = [row for row in plan_year if day(row["received_at"]) < CHANGE]

    def most(found: Iterable[str]) -> list[str]:
        return [code for code, _ in Counter(found).most_common()]

    def codes(habit: str) -> set[str]:
        return {uid.removeprefix("c") for uid in sample.habits[habit]}

    clerks = most(
        r["unit_code"]
        for r in before
        if yes(r["submitted_online"]) and r["submitted_by"] == "officer"
    )
    assert codes("officer_online") <= set(clerks[:4])
    at_once = most(
        r["unit_code"]
        for r in before
        if r["closed_at"]
        and (moment(r["closed_at"]) - moment(r["received_at"])).total_seconds() <= 60
    )
    assert set(at_once) == codes("closed_in_seconds")
    device, times = Counter(r["device"] for r in before if r["device"]).most_common(1)[0]
    assert times > 100
    assert {r["unit_code"] for r in before if r["device"] == device} == codes("one_device")
    lost = [r for r in plan_year if day(r["received_at"]).month in (4, 5)]
    assert not codes("broken_system") & {r["unit_code"] for r in lost}


def test_the_office_pays_where_the_sample_says(sample: Sample) -> None:
    paid = Counter(
        row["unit_code"]
        for row in latest(sample, STREAMS["payments"]).values()
        if yes(row["paid_by_office"]) and date(2025, 1, 1) <= day(row["paid_at"]) < CHANGE
    )
    assert {paid.most_common(1)[0][0]} == {
        u.removeprefix("c") for u in sample.habits["own_account"]
    }


def test_a_month_ends_where_the_sample_says(sample: Sample, dossiers: list[Row]) -> None:
    last_days = {"2025-01-24", "2025-02-28", "2025-03-31", "2025-04-29", "2025-05-30", "2025-06-30"}
    closed: Counter[str] = Counter()
    at_last: Counter[str] = Counter()
    for row in dossiers:
        if row["closed_at"] and date(2025, 1, 1) <= day(row["closed_at"]) < CHANGE:
            closed[row["unit_code"]] += 1
            at_last[row["unit_code"]] += str(day(row["closed_at"])) in last_days
    most = max(closed, key=lambda code: at_last[code] / closed[code])
    assert {f"c{most}"} == set(sample.habits["last_day_burst"])


def test_figures_look_uncounted_where_the_sample_says(sample: Sample) -> None:
    ends: defaultdict[str, set[str]] = defaultdict(set)
    for row in latest(sample, STREAMS["reported_figures"]).values():
        if row["numerator"] and row["denominator"] and row["as_of"] < "2025-07-01":
            ends["c" + row["unit_code"]].add(row["numerator"][-1])
    assert {uid for uid, found in ends.items() if found == {"0"}} == set(
        sample.habits["round_numbers"]
    )


def test_some_communes_miss_reports_and_a_district_is_late(sample: Sample) -> None:
    told: Counter[str] = Counter()
    for row in latest(sample, STREAMS["reported_figures"]).values():
        if row["figure_code"] == "HTS-01" and row["as_of"] < "2025-07-01":
            told["c" + row["unit_code"]] += 1
            assert not row["approved_on"] or row["approved_on"] > row["as_of"]
    fewer = {uid for uid in told if told[uid] < 3} | (_communes() - set(told))
    assert fewer
    assert fewer <= set(sample.habits["missing_reports"])
    late = [file for file in sample.files if file.path.stem.endswith("-muon")]
    district = sample.habits["late_district"][0]
    for file in late[:3]:
        units = {row["unit_code"] for row in rows(file, STREAMS["reported_figures"])}
        assert all(code.startswith("25" + district[-1]) for code in units)


def _communes() -> set[str]:
    return {f"c25{d}{c}0" for d in range(3) for c in range(8)}


def test_the_tally_is_what_the_files_add_up_to(sample: Sample, dossiers: list[Row]) -> None:
    """Recounted from the files, corrections taken, each key once, wrong rows left out."""
    boundaries = small_country()
    counted: Counter[tuple[str, str, str]] = Counter()
    for row in dossiers:
        received = day(row["received_at"])
        unit = boundaries.by_code(row["unit_code"], received)
        assert unit is not None
        counted[unit, _label(received), "received"] += 1
        if row["closed_at"]:
            closed = _label(day(row["closed_at"]))
            counted[unit, closed, "closed"] += 1
            wholly = (
                yes(row["submitted_online"])
                and row["paid_online"] not in ("false", "Không")
                and yes(row["result_electronic"])
            )
            counted[unit, closed, "wholly_online"] += wholly
    told: Counter[tuple[str, str, str]] = Counter()
    units = sample.truth["units"]
    assert isinstance(units, list)
    for cell in units:
        for what in ("received", "closed", "wholly_online"):
            told[cell["unit"], cell["quarter"], what] += cell[what]
    assert +told == +counted


def test_the_tally_knows_how_many_people_filed_online(sample: Sample, dossiers: list[Row]) -> None:
    people = {
        row["applicant"]
        for row in dossiers
        if row["applicant"]
        and day(row["received_at"]).year == 2025
        and yes(row["submitted_online"])
        and yes(row["applicant_adult"])
    }
    told = sample.truth["people_online"]
    assert isinstance(told, dict)
    assert told["2025"] == len(people)


def _label(when: date) -> str:
    return f"{when.year}Q{(when.month + 2) // 3}"
