"""The packs that come with the product: sound, in both languages, true to their sources."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest
from jsonschema import Draft202012Validator

from tinhso.measure.boundaries import Level
from tinhso.measure.definitions import Aggregate, CheckKind, Kind, Window
from tinhso.measure.expressions import parse
from tinhso.measure.yamltree import read_yaml
from tinhso.modules.plan.pack import PACKS, SCHEMAS, Pack, Plan, check, discover, load
from tinhso.modules.plan.pack.shape import validator

REAL = discover(PACKS)
FILES = [file for folder in REAL for file in sorted(folder.rglob("*.yaml"))]
SCHEMA_FILES = sorted(SCHEMAS.glob("*.schema.json"))

# Row by row what the announcement of plan 382/KH-UBND says: code, operator, threshold, how known.
TARGETS = """
HTS-01  >= 100 reported
HTS-02  >   95 reported
HTS-03  >   95 reported survey
CQS-01  >= 100 records
CQS-02  >= 100 records
CQS-03  >=  75 records
CQS-04  >=  95 records
CQS-05  >   80 records
CQS-06  >=  85 records
CQS-07  >   50 records
CQS-08  >= 100 units
CQS-09  >=  90 records
CQS-09a >= 100 records
CQS-09b >=  95 records
CQS-09c >=  80 records
CQS-10  >= 100 units
CQS-11  >= 100 units
KTS-01  >=  20 reported
KTS-02  >   50 reported
KTS-03  >   80 reported
KTS-04  >= 100 reported
XHS-01  >=  80 records reported
XHS-02  >   80 reported
XHS-03  >= 100 reported
XHS-05  >   75 records reported
XHS-06  >   60 records reported
XHS-07  >   30 reported
XHS-08  >   50 reported
XHS-09  >   95 reported
XHS-10  >=  50 reported
XHS-11  >= 100 units
XHS-12  >   95 units
TTH-01  >= 100 units
TTH-02  >=  50 units
XHG-01  <=  10 reported
"""

KINDS = {
    **dict.fromkeys(["CQS-01", "CQS-02", "CQS-03", "CQS-04", "CQS-05", "CQS-06"], Kind.RATIO),
    **dict.fromkeys(["CQS-07", "CQS-09", "CQS-09a", "CQS-09b", "CQS-09c"], Kind.RATIO),
    **dict.fromkeys(["CQS-08", "CQS-10", "CQS-11", "XHS-11", "XHS-12"], Kind.UNITS),
    **dict.fromkeys(["TTH-01", "TTH-02"], Kind.UNITS),
    **dict.fromkeys(["XHS-01", "XHS-05", "XHS-06"], Kind.PEOPLE),
    "XHG-01": Kind.MEASURE,
}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load(PACKS / "binh-phuoc-2025")


@pytest.fixture(scope="module")
def plan(pack: Pack) -> Plan:
    assert pack.plan is not None
    return pack.plan


@pytest.mark.parametrize("folder", REAL, ids=lambda folder: folder.name)
def test_a_real_pack_has_no_mistake(folder: Path) -> None:
    assert [problem.line("en") for problem in check(folder)] == []


def test_the_packs_that_come_with_the_product() -> None:
    assert [folder.name for folder in REAL] == ["binh-phuoc-2025", "common", "vi-du-3-chi-tieu"]


# The plan


def test_the_plan_is_what_its_announcement_says(pack: Pack, plan: Plan) -> None:
    document = pack.documents[plan.document]
    assert (document.code, document.issued) == ("382/KH-UBND", date(2024, 12, 31))
    assert document.issuer is not None
    assert "Bình Phước" in document.issuer.vi
    assert plan.year == 2025
    assert plan.unit == "p70"
    assert plan.province is not None
    assert (plan.province.code, plan.province.districts, plan.province.communes) == ("70", 11, 111)
    assert plan.standing_agency == "BP-STTTT"
    assert plan.carries_on == ("04-NQ/TU", "312/KH-UBND")
    assert "10 tỉnh" in plan.goal.vi
    assert not pack.example


@pytest.mark.parametrize("row", TARGETS.split("\n")[1:-1])
def test_each_target_is_as_the_source_says(row: str, plan: Plan) -> None:
    code, operator, threshold, *known_by = row.split()
    target = plan.target(code)
    assert target is not None
    assert (target.operator, target.threshold) == (operator, Decimal(threshold))
    assert list(target.known_by) == known_by
    assert target.deadline == date(2025, 12, 31)
    assert target.pillar == code.split("-")[0]
    assert target.indicator == code
    assert target.measure == ("rank" if code == "XHG-01" else "percent")
    assert all(source.document == "382/KH-UBND" for source in target.references)


def test_a_target_judges_shares_exactly_and_ranks_as_they_are(plan: Plan) -> None:
    wholly_online, paid_online, rank = (plan.target(c) for c in ("CQS-03", "CQS-05", "XHG-01"))
    assert wholly_online is not None
    assert paid_online is not None
    assert rank is not None
    assert wholly_online.required.is_met_by(Fraction(3, 4))
    assert not paid_online.required.is_met_by(Fraction(4, 5))
    assert rank.required.is_met_by(Fraction(10))
    assert not rank.required.is_met_by(Fraction(11))


def test_there_are_35_targets_and_no_more(plan: Plan) -> None:
    assert [target.code for target in plan.targets] == [
        row.split()[0] for row in TARGETS.strip().split("\n")
    ]
    assert len(plan.targets) == 35


def test_a_target_named_twice_is_one_target_with_two_references(plan: Plan) -> None:
    target = plan.target("HTS-03")
    assert target is not None
    items = [source.item.vi for source in target.references if source.item]
    assert items == ["Chỉ tiêu hạ tầng số", "Chỉ tiêu xã hội số"]
    assert [t.code for t in plan.targets if len(t.references) > 1] == ["HTS-03"]


def test_levels_of_the_targets_for_work_dossiers(plan: Plan) -> None:
    levels = {t.code: t.level for t in plan.targets if t.level is not Level.PROVINCE}
    assert levels == {
        "CQS-09a": Level.AGENCY,
        "CQS-09b": Level.DISTRICT,
        "CQS-09c": Level.COMMUNE,
    }


def test_the_source_counts_69_tasks_and_only_named_ones_are_known(plan: Plan) -> None:
    assert plan.tasks_total is not None
    assert (plan.tasks_total.count, plan.tasks_total.source.document) == (69, "TIN-382")
    assert [len(group.tasks) for group in plan.groups] == [10, 4, 2, 4, 6]
    assert plan.tasks_known == 26
    assert plan.tasks_unknown == 43
    assert all(task.deadline is None and task.start is None for task in plan.tasks)
    assert [task.code for task in plan.tasks if task.owner] == ["GP4-01"]


def test_duties_name_seven_agencies_and_two_groups_of_bodies(plan: Plan) -> None:
    assert [duty.agency for duty in plan.duties] == [
        "BP-STTTT",
        "BP-VPUBND",
        "BP-SKHDT",
        "BP-SNV",
        "BP-SCT",
        "BP-CAT",
        "BP-STC",
        None,
        None,
    ]
    assert {agency.code for agency in plan.agencies} == {d.agency for d in plan.duties if d.agency}


def test_both_dates_of_the_resolution_are_kept_and_none_is_chosen(pack: Pack, plan: Plan) -> None:
    [contradiction] = plan.contradictions
    assert contradiction.document == "04-NQ/TU"
    assert [claim.value for claim in contradiction.claims] == ["2021-08-15", "2021-05-18"]
    assert pack.documents["04-NQ/TU"].issued is None


@pytest.mark.parametrize(
    ("name", "value", "source"),
    [
        ("Score under the index of decision 766/QĐ-TTg", "88.2", "NHANDAN-854390"),
        ("Online payment rate", "68.14", "NHANDAN-854390"),
        ("Online dossier rate", "57.6", "NHANDAN-854390"),
        ("Procedures offered online", "76.85", "NHANDAN-854390"),
        ("Dossiers with electronic result", "77.94", "NHANDAN-854390"),
        ("Dossiers and results digitised", "75.62", "NHANDAN-854390"),
        ("Reuse of data and documents", "76.4", "NHANDAN-854390"),
        ("Units giving certified electronic copies", "122", "TRACUUQUYHOACH-51210350"),
        ("Electronic certified copies issued", "185642", "TRACUUQUYHOACH-51210350"),
        ("National DTI rank 2020", "25", "SKHDT-DTI-2020"),
        ("National DTI rank 2021", "9", "THANHNIEN-2023-04-28"),
        ("National DTI rank 2022", "12", "DTI-2022"),
        ("Cleaned population records", "1100000", "YOUSPORTNEWS-877194"),
    ],
)
def test_each_baseline_has_its_value_and_its_source(
    name: str, value: str, source: str, plan: Plan
) -> None:
    [baseline] = [b for b in plan.baselines if b.name.en == name]
    assert (baseline.value, baseline.source.document) == (Decimal(value), source)


def test_baselines_are_no_target_s_own_measure_unless_defined_alike(plan: Plan) -> None:
    assert len(plan.baselines) == 13
    assert [b.targets for b in plan.baselines if b.same_definition] == [("XHG-01",)] * 3
    filed_online = next(b for b in plan.baselines if b.value == Decimal("57.6"))
    assert filed_online.targets == ("CQS-03",)
    assert filed_online.difference is not None
    assert "nộp trực tuyến" in filed_online.difference.vi
    offered = next(b for b in plan.baselines if b.parts)
    assert [part.value for part in offered.parts] == [1407, 1072, 335]
    [about] = [b for b in plan.baselines if b.approximate]
    assert about.value == 1_100_000


def test_the_reorganisation_is_told_and_what_no_source_dates_stays_undated(plan: Plan) -> None:
    undated, *dated = plan.changes
    assert undated.date is None
    assert undated.about is not None
    assert "BP-STTTT" in undated.agencies
    assert {change.date for change in dated} == {date(2025, 7, 1)}


def test_gaps_are_named(plan: Plan) -> None:
    assert len(plan.gaps) == 10
    assert all("chưa" in gap.text.vi.lower() or "không" in gap.text.vi for gap in plan.gaps)


# The definitions


def test_each_target_has_an_indicator_of_the_right_kind(pack: Pack, plan: Plan) -> None:
    for target in plan.targets:
        indicator = pack.indicators[target.indicator]
        assert indicator.kind is KINDS.get(target.code, Kind.REPORTED), target.code


def test_the_work_of_each_level_is_told_by_the_unit_s_level(pack: Pack) -> None:
    for code, level in (("CQS-09a", "province"), ("CQS-09b", "district"), ("CQS-09c", "commune")):
        indicator = pack.indicators[code]
        assert indicator.denominator is not None
        assert indicator.denominator.where == f"unit_level = '{level}'"
        assert indicator.numerator.where == f"unit_level = '{level}' and handled_online"


def test_a_reported_shorthand_asks_for_both_numbers_and_approval(pack: Pack) -> None:
    indicator = pack.indicators["HTS-02"]
    where = (
        "figure_code = 'HTS-02' and numerator is not null and denominator is not null"
        " and approved_on is not null"
    )
    assert indicator.denominator is not None
    for part, field in ((indicator.numerator, "numerator"), (indicator.denominator, "denominator")):
        assert (part.stream, part.aggregate, part.field) == (
            "reported_figures",
            Aggregate.SUM,
            field,
        )
        assert part.where == where
        assert part.date == ""


def test_a_rank_has_no_denominator_and_lower_is_better(pack: Pack) -> None:
    indicator = pack.indicators["XHG-01"]
    assert indicator.denominator is None
    assert indicator.better == "lower"
    assert indicator.numerator.where == (
        "figure_code = 'XHG-01' and value is not null and approved_on is not null"
    )


def test_units_know_which_states_are_known(pack: Pack) -> None:
    indicator = pack.indicators["CQS-10"]
    assert indicator.known is not None
    assert indicator.denominator is not None
    assert indicator.numerator.where == "aspect = 'commune_website' and applies and met"
    assert indicator.denominator.where == "aspect = 'commune_website' and applies"
    assert indicator.known.where == "aspect = 'commune_website' and applies and met is not null"


def test_people_are_counted_once_in_the_window_that_the_definition_names(pack: Pack) -> None:
    windows = {
        code: (pack.indicators[code].numerator.field, pack.indicators[code].numerator.window)
        for code in ("XHS-01", "XHS-05", "XHS-06", "CQS-02", "CQS-06")
    }
    assert windows == {
        "XHS-01": ("person", Window.EVER),
        "XHS-05": ("person", Window.EVER),
        "XHS-06": ("applicant", Window.YEAR),
        "CQS-02": ("procedure_code", Window.YEAR),
        "CQS-06": ("procedure_code", Window.YEAR),
    }
    denominator = pack.indicators["XHS-06"].denominator
    assert denominator is not None
    assert denominator.where.startswith("figure_code = 'DS-TRUONG-THANH'")


def test_overdue_is_a_stock_of_open_dossiers(pack: Pack) -> None:
    indicator = pack.indicators["BT-QUA-HAN"]
    assert indicator.denominator is not None
    assert (indicator.numerator.date, indicator.numerator.until) == ("due_at", "closed_at")
    assert (indicator.denominator.date, indicator.denominator.until) == ("received_at", "closed_at")


@pytest.mark.parametrize(
    ("asked", "in_time", "counted"),
    [(0, True, True), (1, True, True), (2, True, False), (3, True, False), (None, True, True), (0, False, False)],
)  # fmt: skip
def test_a_second_supplement_request_is_late_and_no_record_of_them_is_not(
    pack: Pack, asked: int | None, in_time: bool, counted: bool
) -> None:
    condition = pack.indicators["BT-DUNG-HAN"].numerator.where
    closed = "2025-05-03" if in_time else "2025-05-09"
    row = f"SELECT TIMESTAMP '{closed}' AS closed_at, TIMESTAMP '2025-05-05' AS due_at"
    given = "NULL" if asked is None else asked
    sql = f"SELECT ({condition}) FROM ({row}, {given}::BIGINT AS supplement_requests)"
    assert duckdb.sql(sql).fetchall() == [(counted,)]


def test_interpretations_say_their_limits(pack: Pack) -> None:
    for code in ("CQS-01", "CQS-02", "CQS-06", "XHS-01", "XHS-05", "XHS-06"):
        assert pack.indicators[code].gaps, code


def test_no_honesty_check_pretends_to_rest_on_a_regulation(pack: Pack) -> None:
    for honesty in pack.checks.values():
        assert "hông văn bản nào quy định" in honesty.basis.vi, honesty.code


def test_every_honesty_check_has_a_declared_alarm_rule(pack: Pack) -> None:
    """A count alone tells nobody whether it is many."""
    for honesty in pack.checks.values():
        assert honesty.alarm is not None, honesty.code
        assert honesty.alarm.false_alarms == Fraction(1, 100), honesty.code
        if honesty.kind is CheckKind.CONCENTRATION:
            assert honesty.alarm.at_least >= 2 * honesty.at_least, honesty.code
    assert {h.by for h in pack.checks.values() if h.by} == {
        *("device", "network", "account"),
        *("payer_account", "answer_trace"),
    }
    known = {h.code: h.alarm.expected for h in pack.checks.values() if h.alarm and h.alarm.expected}
    assert known == {"KT-SO-TRON": Fraction(1, 5)}


# The example pack


def test_another_province_needs_no_code_and_no_definitions_of_its_own() -> None:
    pack = load(PACKS / "vi-du-3-chi-tieu")
    assert pack.plan is not None
    assert pack.plan.unit == "p91.2025"
    assert [t.indicator for t in pack.plan.targets] == ["CQS-03", "BT-QUA-HAN", "HTS-02"]
    assert pack.plan.targets[2].threshold == Decimal("90.5")
    assert list((PACKS / "vi-du-3-chi-tieu").rglob("indicators*")) == []


def test_the_example_says_everywhere_that_it_is_one() -> None:
    pack = load(PACKS / "vi-du-3-chi-tieu")
    assert pack.plan is not None
    assert pack.example
    document = pack.documents[pack.plan.document]
    assert (document.kind, document.issued) == ("example", None)
    said = [pack.name, pack.description, pack.plan.title, pack.plan.goal, document.title]
    said += [target.name for target in pack.plan.targets]
    said += [pillar.name for pillar in pack.plan.pillars]
    for text in said:
        assert "ví dụ" in text.vi.lower()
        assert "example" in text.en.lower()


# Every file


def _texts(data: Any) -> list[Any]:
    if isinstance(data, dict):
        if set(data) & {"vi", "en"}:
            return [data]
        return [text for value in data.values() for text in _texts(value)]
    if isinstance(data, list):
        return [text for value in data for text in _texts(value)]
    return []


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_text_is_there_in_both_languages(file: Path) -> None:
    texts = _texts(read_yaml(file).data)
    for text in texts:
        assert set(text) == {"vi", "en"}
        assert text["vi"].strip()
        assert text["en"].strip()
        if len(text["vi"]) > 40:
            assert text["vi"] != text["en"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_file_names_its_schema_for_editors_and_keeps_to_it(file: Path) -> None:
    first = file.read_text(encoding="utf-8").split("\n", 1)[0]
    prefix = "# yaml-language-server: $schema="
    assert first.startswith(prefix)
    schema = (file.parent / first.removeprefix(prefix)).resolve()
    assert schema in SCHEMA_FILES
    name = schema.name.removesuffix(".schema.json")
    assert list(validator(name).iter_errors(read_yaml(file).data)) == []


@pytest.mark.parametrize("file", SCHEMA_FILES, ids=lambda file: file.name)
def test_every_schema_is_one_and_explains_itself_in_both_languages(file: Path) -> None:
    schema = validator(file.name.removesuffix(".schema.json")).schema
    Draft202012Validator.check_schema(schema)
    assert isinstance(schema, dict)
    assert schema["$id"] == file.name
    for key in ("title", "description"):
        assert " · " in schema[key]
    for title in _values(schema, "title"):
        assert " · " in title


def _values(schema: Any, key: str) -> list[str]:
    if isinstance(schema, list):
        return [value for item in schema for value in _values(item, key)]
    if not isinstance(schema, dict):
        return []
    own = [schema[key]] if isinstance(schema.get(key), str) else []
    return own + [value for item in schema.values() for value in _values(item, key)]


@pytest.mark.parametrize("folder", REAL, ids=lambda folder: folder.name)
def test_every_filter_can_be_read_those_of_shorthands_too(folder: Path) -> None:
    pack = load(folder)
    parts = [part for indicator in pack.indicators.values() for part in indicator.parts]
    parts += [part for honesty in pack.checks.values() for part in (honesty.records, honesty.over)]
    for part in parts:
        parse(part.where, pack.streams[part.stream], part.place)


def test_the_guide_names_every_file_and_every_key() -> None:
    guide = (PACKS.parents[2] / "docs" / "packs.md").read_text(encoding="utf-8")
    for half in guide.split("\n# "):
        if half.strip():
            for file in SCHEMA_FILES:
                for key in _keys(validator(file.name.removesuffix(".schema.json")).schema):
                    assert f"`{key}`" in half, (file.name, key)


def _keys(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return {key for item in schema for key in _keys(item)}
    if not isinstance(schema, dict):
        return set()
    own = set(schema["properties"]) if isinstance(schema.get("properties"), dict) else set()
    return own | {key for item in schema.values() for key in _keys(item)}
