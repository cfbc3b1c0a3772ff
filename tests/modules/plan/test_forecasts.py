"""Forecasts of the plan: what is kept of them, what pages and the API say, how they did."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.forecast import back_cast, brier, chances, coverage
from tinhso.measure.forecast import METHOD, Forecast, Forecaster, NoForecast
from tinhso.measure.forecast.store import ForecastStore, Made
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.modules.plan import forecasts
from tinhso.modules.plan.outlook import Likelihood, Missing, likelihood
from tinhso.modules.plan.queries import Lens, PlanQueries
from tinhso.modules.plan.workspace import Workspace, workspace

PLAN = "binh-phuoc-2025"
HERE = f"/ke-hoach/{PLAN}"
JUNE = date(2025, 6, 30)


def made(unit: str = "p70", *, chance: float = 0.7234, as_of: date = JUNE) -> Forecast:
    return Forecast(
        "CQS-03",
        unit,
        View(),
        3,
        as_of,
        date(2025, 12, 31),
        chance=chance,
        expected=0.7,
        low=0.6123456789,
        high=0.789,
        months=18,
        peers=10,
    )


# -- kept ------------------------------------------------------------------------------------------


def test_what_is_kept_is_read_as_it_was_to_the_last_digit(tmp_path: Path) -> None:
    store = ForecastStore(tmp_path / "forecasts")
    assert store.of(PLAN, "p70", View(), JUNE) == {}
    silent = replace(
        made("d1"), reason=NoForecast.FEW_MONTHS, chance=None, expected=None, low=None, high=None
    )
    store.save(3, "abc", [Made(PLAN, "CQS-03", one) for one in (made(chance=1 / 3), silent)])
    assert store.of(PLAN, "p70", View(), JUNE) == {"CQS-03": made(chance=1 / 3)}
    assert store.of(PLAN, "d1", View(), JUNE) == {"CQS-03": silent}
    assert store.views(PLAN) == {"then"}


def test_a_reader_gets_the_newest_that_the_period_could_have_known(tmp_path: Path) -> None:
    store = ForecastStore(tmp_path)
    months = (date(2025, 3, 31), JUNE, date(2025, 9, 30))
    store.save(3, "abc", [Made(PLAN, "CQS-03", made(as_of=day)) for day in months])
    assert store.of(PLAN, "p70", View(), date(2025, 8, 31))["CQS-03"].as_of == JUNE
    assert store.of(PLAN, "p70", View(), date(2025, 3, 30)) == {}


def test_forecasts_stand_beside_figures_of_their_own_snapshot_and_later_ones_only(
    tmp_path: Path,
) -> None:
    store = ForecastStore(tmp_path)
    store.save(37, "abc", [])
    assert store.serves(37, "abc")
    assert store.serves(40, "abc")
    assert not store.serves(36, "abc")  # the pages were taken back to an older snapshot
    assert not store.serves(37, "abd")  # a target, a unit or the method has changed


def test_older_forecasts_are_forgotten_but_for_readers_that_are_at_them(tmp_path: Path) -> None:
    store = ForecastStore(tmp_path)
    for snapshot in range(6):
        store.save(snapshot, "abc", [Made(PLAN, "CQS-03", made())])
    assert len(list(tmp_path.glob("*.parquet"))) == 3
    assert store.snapshot() == 5
    assert store.of(PLAN, "p70", View(), JUNE)


# -- words -----------------------------------------------------------------------------------------


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_chance_never_has_a_lesser_word(first: float, second: float) -> None:
    order = list(Likelihood)
    low, high = sorted((first, second))
    assert order.index(likelihood(high)) <= order.index(likelihood(low))


# -- on the site -----------------------------------------------------------------------------------


@pytest.fixture
def place(site: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The site with forecasts of its own: other tests read the site's pages meanwhile."""
    here = workspace()
    monkeypatch.setattr(here, "forecasts", ForecastStore(tmp_path / "forecasts"))
    return here


def keep(place: Workspace, *some: Forecast) -> None:
    manifest = place.store.current()
    assert manifest is not None
    all_made = [Made(PLAN, "CQS-03", replace(one, snapshot=manifest.snapshot)) for one in some]
    place.forecasts.save(manifest.snapshot, place.forecast_basis, all_made)


def test_pages_say_chance_and_interval_in_both_languages_and_what_they_rest_on(
    place: Workspace, client: Client
) -> None:
    keep(place, made())
    page = client.get(f"{HERE}/chi-tieu/CQS-03/?ky=2025-Q2").content.decode()
    assert "Khả năng đạt đến 31/12/2025: 72\xa0%" in page
    assert "(khoảng 80 %: 61,2\xa0% – 78,9\xa0%), có khả năng đạt." in page
    assert "18 tháng có số liệu mới" in page
    assert "10 đơn vị cùng cấp" in page
    assert f"phương pháp phiên bản {METHOD}" in page
    page = client.get(f"/en{HERE}/chi-tieu/CQS-03/?ky=2025-Q2").content.decode()
    assert "Chance of meeting it by 31 December 2025: 72\xa0%" in page
    assert "likely to be met" in page
    rows = client.get(f"/en{HERE}/don-vi/p70/?ky=2025-Q2").content.decode()
    assert "chance of meeting it 72\xa0%" in rows


@pytest.mark.parametrize(
    ("chance", "said"), [(0.0, "dưới 1\xa0%"), (0.004, "dưới 1\xa0%"), (1.0, "trên 99\xa0%")]
)
def test_no_forecast_is_called_a_certainty(
    place: Workspace, client: Client, chance: float, said: str
) -> None:
    keep(place, made(chance=chance))
    page = client.get(f"{HERE}/chi-tieu/CQS-03/?ky=2025-Q2").content.decode()
    assert f"Khả năng đạt đến 31/12/2025: {said}" in page


def test_a_page_changes_when_forecasts_come_and_says_until_then_that_they_are_being_made(
    place: Workspace, client: Client
) -> None:
    address = f"{HERE}/chi-tieu/CQS-03/?ky=2025-Q2"
    before = client.get(address)
    assert "Đang được tính từ số liệu mới" in before.content.decode()
    keep(place, made())
    after = client.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "72\xa0%" in after.content.decode()


def test_why_there_is_none_is_said(place: Workspace) -> None:
    queries = PlanQueries(place, PLAN)
    target = queries.target_of("CQS-03")
    assert target is not None
    keep(place, made())

    def missing(period: str, view: str = "then") -> Missing | None:
        lens = Lens(Period.parse(period), View.parse(view))
        return queries.outlook(target, "p70", lens).missing

    assert missing("2025-Q2") is None
    assert missing("2025") is Missing.DATE_REACHED
    assert missing("2025-Q1") is Missing.TOO_EARLY
    assert missing("2025-Q2", "2025-03-01") is Missing.OTHER_VIEW


def test_the_api_says_what_pages_say(place: Workspace, client: Client) -> None:
    keep(place, made())
    address = f"/api/v1/plans/{PLAN}/indicators/CQS-03/value"
    outlook = client.get(address, {"period": "2025-Q2"}).json()["row"]["outlook"]
    told = outlook["forecast"]
    assert (told["chance"], told["low"], told["high"]) == (0.7234, 0.6123456789, 0.789)
    assert told["likelihood_text"] == {"vi": "có khả năng đạt", "en": "likely to be met"}
    assert (told["as_of"], told["method"], told["peers"]) == ("2025-06-30", METHOD, 10)
    late = client.get(address, {"period": "2025"}).json()["row"]["outlook"]
    assert late["forecast"] is None
    assert late["missing"] == "date-reached"
    word = client.get("/api/v1/words").json()["words"]["likelihood"]["very-unlikely"]
    assert word == {"vi": "rất ít khả năng đạt", "en": "very unlikely to be met"}


def test_forecasts_are_due_until_made_and_again_when_newer_records_are_an_hour_old(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert forecasts.are_due(place)
    keep(place, made())
    assert not forecasts.are_due(place)
    manifest = place.store.current()
    assert manifest is not None
    place.forecasts.save(manifest.snapshot - 1, place.forecast_basis, [])
    assert not forecasts.are_due(place)
    monkeypatch.setattr(forecasts, "STANDS", 0)
    assert forecasts.are_due(place)


def test_what_is_made_is_what_the_figures_give(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries = PlanQueries(place, PLAN)
    assert [month.code for month in forecasts.months(queries)] == ["2025-03", "2025-06", "2025-09"]
    monkeypatch.setattr(forecasts, "everyone", lambda *_: ["p70"])
    assert forecasts.make(place) > 20
    target = queries.target_of("CQS-03")
    assert target is not None
    kept = place.forecasts.of(PLAN, "p70", View(), JUNE)["CQS-03"]
    maker = Forecaster(queries.figures, View())
    month = Period.parse("2025-06")
    assert kept == maker.forecast("CQS-03", "p70", target.required, target.deadline, month)


def test_on_the_sample_intervals_hold_and_chances_beat_the_yardsticks(place: Workspace) -> None:
    """A guard, not a proof: the sample is simulated. Full tables are in docs/benchmarks.md."""
    queries = PlanQueries(place, PLAN)
    codes = ("CQS-03", "CQS-05", "CQS-09", "XHS-02", "XHS-06", "XHS-10")
    targets = [target for target in queries.plan.targets if target.code in codes]
    view = View(date(2025, 12, 31))
    trials = list(back_cast(queries.figures, targets, 2025, view, (6, 9)))
    assert len(trials) > 200
    assert 0.65 <= coverage(trials) <= 0.97
    assert brier(chances(trials), trials) < brier([t.stays_meets for t in trials], trials)
    assert brier(chances(trials), trials) < brier([t.line_meets for t in trials], trials)
    said = [t for t in trials if t.forecast.chance is not None and t.forecast.chance > 0.9]
    assert Fraction(sum(t.met for t in said), max(len(said), 1)) > Fraction(3, 4)
