from __future__ import annotations

import time
from datetime import date

import pytest

from tinhso.kernel.units.register import UnitRegister
from tinhso.kernel.units.search import UnitSearch, search_of
from tinhso.measure.boundaries import Level

TODAY = date(2025, 10, 1)


@pytest.fixture(scope="module")
def search(units: UnitRegister) -> UnitSearch:
    return search_of(units)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("xã Đồng Phú", "c25363.2025"),
        ("huyen dong phu", "d695"),
        ("Huyện Đồng Phú", "d695"),
        ("h. đồng phú", "d695"),
        ("dong phu district", "d695"),
        ("tp dong xoai", "d689"),
        ("TP. Đồng Xoài", "d689"),
        ("phường đồng xoài", "c25210.2025"),
        ("tinh binh phuoc", "p70"),
        ("tp hcm", "p79.2025"),
        ("691", "d691"),
        ("25195", "c25195.2025"),
        ("bp-sttt", None),
        ("BP-STTTT", "a.BP-STTTT"),
        ("so thong tin va truyen thong", "a.BP-STTTT"),
        ("xã Tân Lợi, huyện Hớn Quản", "c25342"),
        ("ba ria vung tau", "p77"),
        ("không có ở đâu cả", None),
        ("", None),
        (" , ", None),
    ],
)
def test_what_people_type_finds_what_they_mean(
    search: UnitSearch, text: str, first: str | None
) -> None:
    hits = search.find(text, TODAY)
    assert (hits[0].uid if hits else None) == first


def test_old_names_find_what_bore_them(search: UnitSearch) -> None:
    hits = search.find("tân phú", TODAY, within="p70")
    assert [hit.version.type for hit in hits[:2]] == ["phuong", "thi-tran"]
    assert not any(hit.living for hit in hits[:2])
    # Today a ward; in 2025 a commune. Both names find it.
    assert search.find("xa dong phu", date(2026, 5, 1), within="p70")[0].uid == "c25363.2025"
    assert search.find("phuong dong phu", date(2026, 5, 1), within="p70")[0].uid == "c25363.2025"


def test_living_units_come_before_ended_ones_and_higher_levels_first(search: UnitSearch) -> None:
    hits = search.find("đồng nai", TODAY)
    assert [hit.uid for hit in hits[:3]] == ["p75.2025", "p75", "c25414"]


def test_diacritics_tell_namesakes_apart_when_they_are_typed(search: UnitSearch) -> None:
    assert search.find("Đông Phú", TODAY)[0].version.name == "Đông Phú"
    assert search.find("Đồng Phú", TODAY)[0].version.name == "Đồng Phú"


def test_a_search_keeps_to_a_lineage_and_a_level(search: UnitSearch, units: UnitRegister) -> None:
    of_binh_phuoc = units.lineage("p70")
    hits = search.find("tân", TODAY, within="p70", level=Level.COMMUNE, limit=100)
    assert len(hits) > 20
    assert {hit.uid for hit in hits} <= of_binh_phuoc
    assert {hit.version.level for hit in hits} == {Level.COMMUNE}


def test_each_unit_is_found_once(search: UnitSearch) -> None:
    hits = [hit.uid for hit in search.find("đồng phú", date(2026, 5, 1), limit=1000)]
    assert len(hits) == len(set(hits))


@pytest.mark.parametrize("text", ["a", "tan", "dong phu", "xã tân lợi, đồng phú"])
def test_a_search_is_quick(search: UnitSearch, text: str) -> None:
    search.find(text, TODAY)
    # Ten times what it takes, so that a busy machine does not fail it.
    started = time.perf_counter()
    search.find(text, TODAY)
    assert time.perf_counter() - started < 0.2
