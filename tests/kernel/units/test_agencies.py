"""Agencies changed on pages: kept with reason and entry, in the register from the next loading on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.people import appoint, sign_in
from tinhso.kernel.ledger.histories import history
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.people.accounts import seats_of
from tinhso.kernel.people.policy import ForbiddenError
from tinhso.kernel.people.who import Who
from tinhso.kernel.units import actions, pack
from tinhso.kernel.units.actions import Asked
from tinhso.kernel.units.load import load_units
from tinhso.kernel.units.models import AgencyChange, LoadedPack
from tinhso.kernel.units.register import UnitRegister, register
from tinhso.measure.boundaries import Level
from tinhso.measure.figures import Figures
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.text import InputError
from tinhso.modules.plan.workspace import workspace

pytestmark = pytest.mark.django_db

PROVINCE, COMMUNE = "p75.2025", "c25363.2025"
TODAY = timezone.localdate()
NEXT = TODAY + timedelta(days=30)
DECIDED = {"document": "12/NQ-HĐND", "reason": "Sắp xếp bộ máy"}
NEW = Asked(
    *("add", "a.DN-STC", date(2025, 7, 1)), **DECIDED,
    code="DN-STC", type="so", name="Sở Tài chính", name_en="", parent=PROVINCE,
)  # fmt: skip
OTHER = replace(NEW, uid="a.DN-SNV", code="DN-SNV", name="Sở Nội vụ")


def who(role: str = "standing-agency", unit: str = PROVINCE) -> Who:
    account = appoint(role, unit, f"{role}-{unit}-co-quan".lower())
    return Who(TODAY, account.pk, account.name, seats_of(account.pk, TODAY), strong=True)


def codes(error: pytest.ExceptionInfo[InputError]) -> set[str]:
    return {one.code for one in error.value.problems}


@pytest.fixture
def manager(site: None) -> Who:
    return who()


def test_an_agency_from_its_beginning_to_its_end(manager: Who) -> None:
    files = LoadedPack.objects.get().digest
    added = actions.change(manager, NEW)
    actions.change(manager, OTHER)
    assert NEW.uid not in register()  # a running site goes on with the map that figures are made by
    assert load_units()
    assert not load_units()
    assert register().full_name(NEW.uid).vi == "Sở Tài chính"
    assert NEW.uid in register().children(PROVINCE, TODAY, Level.AGENCY)
    with pytest.raises(InputError) as error:
        actions.withdraw(manager, added, "nhầm")
    assert codes(error) == {"agency-loaded"}

    renamed = Asked("rename", NEW.uid, NEXT, **DECIDED, name="Sở Tài chính – Kế hoạch")
    actions.change(manager, renamed)
    ended = Asked("end", NEW.uid, NEXT + timedelta(9), **DECIDED, target=OTHER.uid)
    actions.change(manager, ended)
    with pytest.raises(InputError) as error:  # a circle: who has ended takes over nothing
        actions.change(manager, replace(ended, uid=OTHER.uid, target=NEW.uid))
    assert "agency-heir" in codes(error)
    with pytest.raises(InputError) as error:  # nobody is there to take over
        actions.change(manager, replace(ended, uid=OTHER.uid, on=ended.on, target=""))
    assert codes(error) == {"agency-heir-later"}
    assert load_units()
    assert [register().name(NEW.uid, day) for day in (TODAY, NEXT)] == [NEW.name, renamed.name]
    assert register().version(NEW.uid, ended.on) is None
    carried = register().at(NEW.uid, ended.on)
    assert (carried.uid, carried.attributed) == (OTHER.uid, True)

    found = history(Who(TODAY), "units.agency", NEW.uid)
    assert found is not None
    assert [line.entry.act.rpartition(".")[2] for line in found.lines] == ["end", "rename", "add"]
    told = {one.name.vi: (one.before, one.after) for one in found.lines[1].changes}
    before, after = told["tên"]
    assert before is not None
    assert after is not None
    assert (before.vi, after.vi) == (NEW.name, renamed.name)
    assert found.lines[0].reason == "Sắp xếp bộ máy"
    AgencyChange.objects.all().delete()
    assert load_units()
    assert LoadedPack.objects.get().digest == files


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (replace(NEW, uid="a.BP-SNV", code="BP-SNV"), "agency-code-borne"),
        (replace(NEW, uid="a.stc", code="stc"), "agency-code"),
        (replace(NEW, type="tinh"), "agency-type"),
        (replace(NEW, name=" "), "agency-name"),
        (replace(NEW, name=OTHER.name), "agency-name-borne"),
        (replace(NEW, parent="khong-co"), "agency-parent"),
        (replace(NEW, parent="p70"), "agency-parent"),  # is no more
        (replace(NEW, parent=COMMUNE, on=date(2020, 1, 1)), "agency-parent"),  # was not yet
        (replace(NEW, document=""), "agency-document"),
        (replace(NEW, reason=""), "agency-reason"),
        (Asked("end", "a.BP-SNV", NEXT, **DECIDED), "agency-none"),  # has ended
        (Asked("end", COMMUNE, NEXT, **DECIDED), "agency-none"),  # is none
        (Asked("rename", OTHER.uid, NEXT, **DECIDED, name=OTHER.name), "agency-same-name"),
        (Asked("end", OTHER.uid, TODAY - timedelta(1), **DECIDED), "agency-past"),
        (Asked("end", OTHER.uid, NEXT, **DECIDED, target=OTHER.uid), "agency-heir"),
        (Asked("end", OTHER.uid, NEXT, **DECIDED, target=COMMUNE), "agency-heir"),
        (replace(OTHER, on=NEXT), "agency-code-borne"),
    ],
)
def test_what_would_break_the_register_is_refused_and_nothing_is_kept(
    manager: Who, asked: Asked, code: str
) -> None:
    actions.change(manager, OTHER)
    kept = AgencyChange.objects.count(), Entry.objects.count()
    with pytest.raises(InputError) as error:
        actions.change(manager, asked)
    assert code in codes(error)
    assert (AgencyChange.objects.count(), Entry.objects.count()) == kept


def test_an_end_comes_after_the_beginning_and_after_all_that_stands_under_it(manager: Who) -> None:
    later = replace(NEW, on=NEXT)
    actions.change(manager, later)
    with pytest.raises(InputError):  # nothing stands under what is not in the register yet
        actions.change(manager, replace(OTHER, on=NEXT, parent=NEW.uid))
    load_units()
    actions.change(manager, replace(OTHER, on=NEXT, parent=NEW.uid))
    for on, code in ((NEXT, "agency-before-start"), (NEXT + timedelta(1), "units.no-parent")):
        with pytest.raises(InputError) as error:
            actions.change(manager, Asked("end", NEW.uid, on, **DECIDED))
        assert codes(error) == {code}
    (waiting,) = AgencyChange.objects.filter(loaded=False)
    actions.withdraw(manager, waiting, "nhầm")
    ended = actions.change(manager, Asked("end", NEW.uid, NEXT + timedelta(1), **DECIDED))
    actions.withdraw(manager, ended, "nhầm")
    assert Entry.objects.filter(act="units.agency.withdraw", details__reason="nhầm").count() == 2


def test_only_who_holds_the_right_over_the_unit_above_changes_an_agency(manager: Who) -> None:
    with pytest.raises(ForbiddenError):
        actions.change(who(unit="p01"), NEW)
    with pytest.raises(ForbiddenError):
        actions.change(who("leader"), NEW)
    with pytest.raises(ForbiddenError):
        actions.change(replace(manager, strong=False), NEW)
    assert actions.change(who("administrator"), NEW).pk


def test_an_agency_more_changes_no_value(site: None) -> None:
    """Neither read off the cube of the map before nor listed among communes and districts."""
    plan, place = workspace().plans["binh-phuoc-2025"], workspace()
    cube = place.store.load(place.cube_name)
    made = pack.Version(
        *(NEW.uid, Level.AGENCY, NEW.code, "so", NEW.name, ""), PROVINCE, date(2025, 8, 10), None
    )
    more = UnitRegister([*pack.read_versions(), made], pack.read_events()).boundaries
    before, after = (
        Figures(cube, map_, plan.indicators.values(), [plan.plan.unit])
        for map_ in (place.units.boundaries, more)
    )
    for code in plan.indicators:
        for unit in ("p70", PROVINCE, "d690", COMMUNE, "a.BP-SNV"):
            for period in ("2025-Q2", "2025-Q3", "2025"):
                for view in (View(), View(date(2025, 9, 1))):
                    asked = code, unit, Period.parse(period), view
                    was, now = before.value(*asked), after.value(*asked)
                    # Where an indicator waits for agencies' records, it waits for this one's too.
                    assert now.expected_units - was.expected_units in (0, 1)
                    assert replace(now, expected_units=was.expected_units) == was, asked


def test_on_the_pages_a_change_is_looked_at_before_it_is_kept(site: None) -> None:
    client, who_acts = Client(), appoint("standing-agency", PROVINCE, "thuong-truc-co-quan")
    sign_in(client, who_acts, strong=True)
    form = {
        "code": "DN-STC", "type": "so", "parent": PROVINCE, "name": "Sở Tài chính",
        "on": "1/7/2025", **DECIDED,
    }  # fmt: skip
    wrong = client.post("/quan-tri/co-quan/them/", {**form, "code": "BP-STC", "buoc": "luu"})
    assert wrong.status_code == 400
    assert "Một mã không dùng lại" in wrong.content.decode()
    assert "12/NQ-HĐND" in wrong.content.decode()  # nothing typed is lost
    page = client.post("/quan-tri/co-quan/them/", {**form, "buoc": "xem"}).content.decode()
    assert "Thay đổi này chạm tới" in page
    assert not AgencyChange.objects.exists()
    client.post("/quan-tri/co-quan/them/", {**form, "buoc": "luu"})
    assert "Đang chờ nạp" in client.get("/quan-tri/co-quan/").content.decode()
    load_units()
    end = {"viec": "ket-thuc", "on": NEXT.isoformat(), **DECIDED, "buoc": "xem"}
    page = client.post("/quan-tri/co-quan/a.DN-STC/", end).content.decode()
    assert "Không có cơ quan tiếp nhận" in page
    assert "vị trí công tác" in page
    client.post("/quan-tri/co-quan/a.DN-STC/", {**end, "buoc": "luu"})
    waiting = AgencyChange.objects.get(loaded=False)
    client.post(f"/quan-tri/co-quan/rut/{waiting.pk}/", {"reason": "nhầm ngày"})
    assert not AgencyChange.objects.filter(loaded=False).exists()
