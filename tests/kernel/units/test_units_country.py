"""What the real data must say about the country and about Bình Phước."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date

import pytest

from tinhso.kernel.units import pack
from tinhso.kernel.units.register import UnitRegister
from tinhso.kernel.units.words import Kind
from tinhso.measure.boundaries import Level

BINH_PHUOC, OLD_DONG_NAI, DONG_NAI = "p70", "p75", "p75.2025"
DISTRICT_DONG_PHU = "d695"
XUAN_TAM = "c26449"


def all_doubts() -> list[dict[str, str]]:
    with (pack.PACK / "doubts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def doubts(kind: str) -> list[dict[str, str]]:
    return [row for row in all_doubts() if row["kind"] == kind]


def test_the_files_contradict_nothing() -> None:
    assert pack.check(pack.read_versions(), pack.read_events()) == []


def test_units_of_the_country_before_and_after(
    units: UnitRegister, before: date, after: date
) -> None:
    assert [len(units.on(before, level)) for level in Level][:4] == [1, 63, 696, 10_035]
    assert [len(units.on(after, level)) for level in Level][:4] == [1, 34, 0, 3_321]


def test_types_of_the_communes_of_the_country(units: UnitRegister, after: date) -> None:
    def types(day: date) -> Counter[str]:
        versions = (units.version(uid, day) for uid in units.on(day, Level.COMMUNE))
        return Counter(version.type for version in versions if version)

    assert types(after) == {"xa": 2_621, "phuong": 687, "dac-khu": 13}
    # 10 wards of Đồng Nai from 2026-04-30 and 12 of Bắc Ninh from 2026-09-20.
    assert types(date(2026, 4, 30)) == {"xa": 2_611, "phuong": 697, "dac-khu": 13}
    assert types(date(2026, 9, 20)) == {"xa": 2_599, "phuong": 709, "dac-khu": 13}


def test_binh_phuoc_before(units: UnitRegister, before: date) -> None:
    assert len(units.descendants(BINH_PHUOC, before, Level.DISTRICT)) == 11
    communes = units.descendants(BINH_PHUOC, before, Level.COMMUNE)
    assert len(communes) == 111
    versions = [units.nearest(uid, before) for uid in communes]
    assert Counter(v.type for v in versions) == {"xa": 86, "phuong": 20, "thi-tran": 5}


def test_binh_phuoc_after(units: UnitRegister, before: date, after: date) -> None:
    heirs = {
        units.at(uid, after).uid for uid in units.descendants(BINH_PHUOC, before, Level.COMMUNE)
    }
    assert len(heirs) == 40
    assert {units.nearest(uid, after).parent for uid in heirs} == {DONG_NAI}
    assert len(units.descendants(DONG_NAI, after, Level.COMMUNE)) == 95


def test_dong_nai_was_two_provinces(units: UnitRegister, before: date, after: date) -> None:
    assert [(e.source, e.kind, e.whole, e.resolution) for e in units.came_from(DONG_NAI)] == [
        (BINH_PHUOC, Kind.MERGE, True, "202/2025/QH15"),
        (OLD_DONG_NAI, Kind.MERGE, True, "202/2025/QH15"),
    ]
    assert units.at(BINH_PHUOC, after).uid == DONG_NAI
    assert units.at(BINH_PHUOC, after).attributed
    # Today's communes of the province, as they were: all of both old provinces, and no others.
    old = units.descendants(DONG_NAI, before, Level.COMMUNE, as_of=after)
    assert len(old) == 111 + 159


def test_communes_of_the_district_dong_phu_and_what_became_of_each(
    units: UnitRegister, before: date
) -> None:
    became = {
        units.full_name(uid, before).vi: [
            (units.full_name(e.target, e.on).vi, e.whole) for e in units.became(uid) if e.target
        ]
        for uid in units.children(DISTRICT_DONG_PHU, before)
    }
    assert became == {
        "Thị trấn Tân Phú": [("Xã Đồng Phú", True)],
        "Xã Tân Tiến": [("Xã Đồng Phú", True)],
        "Xã Tân Lập": [("Xã Đồng Phú", True)],
        "Xã Thuận Lợi": [("Xã Thuận Lợi", True)],
        "Xã Thuận Phú": [("Xã Thuận Lợi", True)],
        "Xã Đồng Tâm": [("Xã Đồng Tâm", True)],
        "Xã Tân Phước": [("Xã Đồng Tâm", True)],
        "Xã Đồng Tiến": [("Xã Đồng Tâm", True)],
        "Xã Tân Hưng": [("Xã Tân Lợi", True)],
        "Xã Tân Lợi": [("Xã Tân Lợi", True)],
        "Xã Tân Hòa": [("Xã Tân Lợi", True)],
    }
    assert [(e.kind, e.target) for e in units.became(DISTRICT_DONG_PHU)] == [(Kind.ABOLISH, None)]


def test_no_old_commune_of_binh_phuoc_is_divided(units: UnitRegister, before: date) -> None:
    """The mapping and the notes agree; see SOURCES.md on a claim that two were."""
    communes = units.descendants(BINH_PHUOC, before, Level.COMMUNE)
    assert all(event.whole for uid in communes for event in units.history(uid))


def test_xuan_tam_was_divided(units: UnitRegister, before: date, after: date) -> None:
    parts = units.became(XUAN_TAM)
    assert [(e.kind, e.whole) for e in parts] == [(Kind.PART_MERGE, False)] * 2
    assert {units.full_name(e.target, after).vi for e in parts if e.target} == {
        "Xã Xuân Đông",
        "Xã Xuân Hòa",
    }
    # Its figures belong to neither heir, so they stand at the province.
    assert units.at(XUAN_TAM, after).uid == DONG_NAI
    assert not units.at(XUAN_TAM, after).attributed


def test_every_old_commune_has_successors_or_is_listed(units: UnitRegister, before: date) -> None:
    unmapped = {row["uid"] for row in doubts("unmapped")}
    for uid in units.on(before, Level.COMMUNE):
        goes_on = units.version(uid, date(2025, 7, 1)) is not None
        assert goes_on or units.became(uid) or uid in unmapped, uid


def test_every_new_commune_came_from_somewhere(units: UnitRegister, after: date) -> None:
    for uid in units.on(after, Level.COMMUNE):
        assert units.came_from(uid) or units.changes(uid), uid


def test_a_commune_left_alone_is_the_same_unit(
    units: UnitRegister, before: date, after: date
) -> None:
    assert units.full_name("c25222", before) == units.full_name("c25222", after)
    assert units.nearest("c25222", before).parent == "d691"
    assert units.nearest("c25222", after).parent == DONG_NAI
    assert [event.kind for event in units.history("c25222")] == [Kind.MOVE]


def test_a_reused_code_is_another_unit(units: UnitRegister, before: date, after: date) -> None:
    old, new = units.by_code("25195", before), units.by_code("25195", after)
    assert (old, new) == ("c25195", "c25195.2025")
    assert units.full_name("c25195").vi == "Phường Tân Phú"
    assert units.full_name("c25195.2025").vi == "Phường Bình Phước"


def test_an_island_district_without_communes_became_a_special_zone(
    units: UnitRegister, after: date
) -> None:
    assert units.full_name("d755").vi == "Huyện Côn Đảo"
    assert units.at("d755", after).attributed
    assert units.full_name(units.at("d755", after).uid, after).vi == "Đặc khu Côn Đảo"


@pytest.mark.parametrize(
    ("uid", "day", "name"),
    [
        (DONG_NAI, date(2026, 4, 29), "Tỉnh Đồng Nai"),
        (DONG_NAI, date(2026, 4, 30), "Thành phố Đồng Nai"),
        ("p22", date(2026, 9, 1), "Thành phố Quảng Ninh"),
        ("p24.2025", date(2026, 9, 20), "Thành phố Bắc Ninh"),
        ("c25363.2025", date(2025, 7, 1), "Xã Đồng Phú"),
        ("c25363.2025", date(2026, 4, 30), "Phường Đồng Phú"),
    ],
)
def test_types_change_with_dates(units: UnitRegister, uid: str, day: date, name: str) -> None:
    assert units.full_name(uid, day).vi == name


def test_a_namesake_in_another_old_province_is_no_successor(units: UnitRegister) -> None:
    """Two communes named Tân Thạnh came into Cần Thơ; each has its own successor, wholly."""
    assert [(e.target, e.whole) for e in units.became("c31268")] == [("c31288.2025", True)]
    assert [(e.target, e.whole) for e in units.became("c31666")] == [("c31666.2025", True)]
    assert {row["uid"] for row in doubts("namesake-dropped")} >= {"c31268", "c31666"}


def test_agencies_that_the_plan_names(units: UnitRegister, before: date, after: date) -> None:
    agencies = units.children(BINH_PHUOC, before, Level.AGENCY)
    assert {units.full_name(uid, before).vi for uid in agencies} == {
        "Sở Thông tin và Truyền thông",
        "Văn phòng UBND tỉnh",
        "Sở Kế hoạch và Đầu tư",
        "Sở Nội vụ",
        "Sở Công Thương",
        "Công an tỉnh",
        "Sở Tài chính",
    }
    for uid in agencies:
        # No source names a successor: the agency ends, and the province answers for its figures.
        assert units.version(uid, after) is None
        assert units.at(uid, after) == units.boundaries.carry(uid, after)
        assert (units.at(uid, after).uid, units.at(uid, after).attributed) == (DONG_NAI, False)


def test_counts_of_changes() -> None:
    """Recorded in SOURCES.md; a new version of a package shows itself here."""
    events = pack.read_events()
    assert Counter(event.kind.value for event in events) == {
        "merge": 9_513,
        "part-merge": 970,
        "abolish": 691,
        "move": 132,
        "rename": 35,
        "split": 3,
    }
    divided = {event.source for event in events if not event.whole}
    assert len(divided) == 442
    assert {row["kind"]: len(doubts(row["kind"])) for row in all_doubts()} == {
        "namesake-dropped": 31,
        "part-not-in-note": 41,
        "spelling": 9,
        "spelling-before": 6,
        "type-column": 7,
    }
