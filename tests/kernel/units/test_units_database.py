"""The loader, the constraints and the room's face, on a database."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from shutil import copytree

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from tinhso.kernel.units import pack, queries
from tinhso.kernel.units.load import load_units
from tinhso.kernel.units.models import LoadedPack, Succession, Unit, UnitVersion
from tinhso.kernel.units.register import (
    UnitsNotLoadedError,
    UnknownUnitError,
    register,
    register_from_files,
)
from tinhso.kernel.units.words import Kind
from tinhso.measure.boundaries import Level
from tinhso.measure.text import InputError

BEFORE, AFTER, TODAY = date(2025, 6, 30), date(2025, 7, 1), date(2026, 10, 1)


@pytest.fixture
def country(db: None) -> None:
    """The whole country, as the test database has it (see tests/conftest.py)."""


@pytest.fixture
def small(tmp_path: Path, db: None) -> Path:
    """The data files cut down to one province, its agencies, and no events; an empty database."""
    for model in (Succession, UnitVersion, Unit, LoadedPack):
        model.objects.all().delete()
    folder = copytree(pack.PACK, tmp_path / "units")
    lines = (folder / "units.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if line.startswith(("uid,", "VN,", "p70,"))]
    (folder / "units.csv").write_text("".join(kept), encoding="utf-8")
    header = (folder / "successions.csv").read_text(encoding="utf-8").splitlines()[0]
    (folder / "successions.csv").write_text(header + "\n", encoding="utf-8")
    return folder


@pytest.mark.django_db
def test_migrations_say_what_the_models_say() -> None:
    call_command("makemigrations", "units", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_loading_twice_changes_nothing(small: Path) -> None:
    assert load_units(small)
    units, versions = Unit.objects.count(), UnitVersion.objects.count()
    assert not load_units(small)
    assert load_units(small, force=True)
    assert (Unit.objects.count(), UnitVersion.objects.count()) == (units, versions) == (9, 9)
    assert LoadedPack.objects.count() == 1


@pytest.mark.django_db
def test_changed_files_are_loaded_and_units_stay(small: Path) -> None:
    load_units(small)
    file = small / "agencies.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("Sở Nội vụ", "Sở Nội Vụ"), encoding="utf-8")
    assert load_units(small)
    assert register().name("a.BP-SNV") == "Sở Nội Vụ"


@pytest.mark.django_db
def test_contradicting_files_are_refused_whole(small: Path) -> None:
    load_units(small)
    with (small / "agencies.csv").open("a", encoding="utf-8") as file:
        file.write("a.X,agency,X,so,Sở X,,p99,,2025-07-01,\n")
    with pytest.raises(InputError, match=r"a\.X is under p99"):
        load_units(small)
    assert not Unit.objects.filter(uid="a.X").exists()


@pytest.mark.django_db
def test_an_empty_database_says_what_to_do() -> None:
    LoadedPack.objects.all().delete()
    with pytest.raises(UnitsNotLoadedError, match="load_units"):
        register()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"since": AFTER, "until": BEFORE},
        {"type": "vương quốc"},
        {"lat": 91.0, "lon": 0.0},
        {"parent_id": "u1"},
    ],
)
def test_the_database_refuses_a_wrong_version(wrong: dict[str, object]) -> None:
    Unit.objects.create(uid="u1", level="commune")
    right: dict[str, object] = {"unit_id": "u1", "code": "1", "type": "xa", "name": "Một"}
    with pytest.raises(IntegrityError), transaction.atomic():
        UnitVersion.objects.create(**{**right, **wrong})
    UnitVersion.objects.create(**right)
    with pytest.raises(IntegrityError), transaction.atomic():
        UnitVersion.objects.create(**right)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "merge", "target": None},
        {"kind": "abolish", "target_id": "u2"},
        {"kind": "split", "target_id": "u2", "whole": True},
        {"kind": "merge", "target_id": "u2", "whole": False},
        {"kind": "merge", "target_id": "u1"},
        {"kind": "vanish", "target_id": "u2"},
    ],
)
def test_the_database_refuses_a_wrong_succession(wrong: dict[str, object]) -> None:
    for uid in ("u1", "u2"):
        Unit.objects.create(uid=uid, level="commune")
    with pytest.raises(IntegrityError), transaction.atomic():
        Succession.objects.create(on=AFTER, source_id="u1", **wrong)


@pytest.mark.usefixtures("country")
@pytest.mark.django_db
class TestTheCountry:
    def test_the_database_and_the_files_give_the_same_register(self) -> None:
        stored, read = register(), register_from_files()
        assert stored.lives == read.lives
        assert sorted(map(str, stored.events)) == sorted(map(str, read.events))
        assert register() is stored

    def test_a_page_of_a_commune(self) -> None:
        page = queries.page("c25363.2025", TODAY)
        assert page.card.name.vi == "Phường Đồng Phú"
        assert [one.name.vi for one in page.names] == ["Xã Đồng Phú", "Phường Đồng Phú"]
        assert [one.name.vi for one in page.path] == ["Thành phố Đồng Nai", "Việt Nam"]
        assert [event.source_name.vi for event in page.came_from] == [
            "Thị trấn Tân Phú",
            "Xã Tân Lập",
            "Xã Tân Tiến",
        ]
        assert [(event.kind, event.resolution) for event in page.changes] == [
            (Kind.RENAME, "237/NQ-UBTVQH16")
        ]
        assert not page.takes_parts
        assert page.point is not None
        assert page.area_km2 is not None

    def test_a_page_of_an_ended_unit_shows_it_as_it_was(self) -> None:
        page = queries.page("d695", TODAY)
        assert not page.card.living
        assert len(page.children) == 11
        assert [one.uid for one in page.path] == ["p70", "VN"]
        assert [event.label.vi for event in page.became] == ["kết thúc hoạt động"]

    def test_partly_merged_units_are_shown_as_such(self) -> None:
        assert queries.page("c26449", TODAY).partly_merged
        assert queries.page("c26359.2025", TODAY).takes_parts
        assert not queries.standing("c26449", TODAY).attributed

    def test_lists_and_look_ups(self) -> None:
        assert len(queries.children("p75.2025", AFTER, Level.COMMUNE)) == 95
        assert len(queries.descendants("p70", BEFORE, Level.COMMUNE)) == 111
        assert [card.uid for card in queries.path("c25363", BEFORE)] == ["d695", "p70", "VN"]
        card = queries.by_code("25363", BEFORE)
        assert card is not None
        assert card.name.en == "Tân Phú township"
        assert queries.by_code("99999", BEFORE) is None
        assert len(queries.markers("p75.2025", AFTER, Level.COMMUNE)) == 95
        assert [event.on for event in queries.history("c25195.2025")] == [AFTER] * 6
        with pytest.raises(UnknownUnitError):
            queries.card("nowhere")

    def test_a_search_shows_the_name_that_matched(self) -> None:
        found = queries.find("xã đồng phú", day=TODAY, within="p70")[0]
        assert (found.card.name.vi, found.matched.vi) == ("Phường Đồng Phú", "Xã Đồng Phú")
        assert found.above is not None
        assert found.above.name.vi == "Thành phố Đồng Nai"
