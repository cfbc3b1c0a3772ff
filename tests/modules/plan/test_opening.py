"""Every number opens: what the cube says is what the records give, by plain SQL."""

from __future__ import annotations

import itertools
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from django.test import RequestFactory

from tests.copied import copied
from tests.people import appoint
from tinhso.kernel.people.accounts import seats_of
from tinhso.kernel.people.who import Who
from tinhso.measure.explain import explain, recount, rows
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.streams import Sensitivity
from tinhso.modules.plan import opening
from tinhso.modules.plan.pages import figures_key
from tinhso.modules.plan.queries import Lens, PlanQueries
from tinhso.modules.plan.workspace import workspace
from tinhso.web.cli import main

pytestmark = pytest.mark.usefixtures("site")

PLAN = "binh-phuoc-2025"
UNITS = ("p70", "p75.2025", "d695", "c25363", "c25363.2025")
LENSES = [
    Lens(Period.parse(period), View.parse(view))
    for period, view in (
        ("2025", "then"),
        ("2025-Q2", "2025-07-01"),
        ("2025-Q3r", "2025-06-30"),
        ("2025-07a", "then"),
        ("2025-09-ytd", "2025-07-01"),
    )
]


@pytest.mark.parametrize("lens", LENSES, ids=lambda lens: f"{lens.period.code} {lens.view.code}")
def test_every_figure_of_the_plan_is_counted_again_from_its_records(
    lens: Lens, tmp_path: Path
) -> None:
    queries = PlanQueries(workspace(), PLAN)
    connection = copied(queries, tmp_path)
    opened_parts = 0
    for code, unit in itertools.product(queries.pack.indicators, UNITS):
        value = queries.figures.value(code, unit, lens.period, lens.view)
        opened = explain(queries.figures, queries.workspace.streams, value)
        for part in (opened.numerator, opened.denominator, opened.known):
            if part is None:
                continue
            recounted = recount(connection, part) or 0
            assert recounted == (part.cell.amount or 0), f"{code} {unit}: {part.sql}"
            opened_parts += part.cell.amount is not None
    assert opened_parts > 20


def test_at_the_command_line_too_a_number_opens_to_its_records(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = ["--lang", "en", "explain", PLAN, "CQS-03", "--unit", "c25363", "--period", "2025-06"]
    main(asked, standalone_mode=False)
    told = capsys.readouterr().out
    assert told.count("agrees") == 2
    assert "SIMULATED" in told
    value = PlanQueries(workspace(), PLAN).figures.value(
        "CQS-03", "c25363", Period.parse("2025-06"), View()
    )
    pages = []
    for offset in ("0", "2"):
        main(
            [*asked, "--records", "denominator", "--limit", "2", "--offset", offset],
            standalone_mode=False,
        )
        pages.append(capsys.readouterr().out.splitlines())
    assert value.denominator.amount is not None
    assert [len(page) for page in pages] == [3, min(3, value.denominator.amount - 1)]
    assert "applicant," not in pages[0][0]  # the person's pseudonym
    assert not set(pages[0][1:]) & set(pages[1][1:])


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (["CQS-3"], "Nearest: CQS-03"),
        (["CQS-03", "--unit", "nowhere"], "There is no unit “nowhere”"),
        (["CQS-03", "--period", "2030"], "outside the time that records cover"),
        (["XHG-01", "--records", "denominator"], "Its parts: numerator"),
    ],
)
def test_what_cannot_be_opened_at_the_command_line_is_said(
    wrong: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--lang", "en", "explain", PLAN, *wrong], standalone_mode=False)
    assert stopped.value.code == 1
    assert told in capsys.readouterr().err


def test_records_behind_a_number_are_as_many_as_it_says_and_hold_no_personal_field() -> None:
    queries = PlanQueries(workspace(), PLAN)
    lens = Lens(Period.parse("2025-Q2"), View())
    connection = opening.open_lake(queries)
    for code in ("CQS-03", "XHS-06", "CQS-10"):
        opened = opening.open_value(queries, code, "p70", lens, (Sensitivity.PUBLIC,))
        for part in opened.parts:
            if part.part.measured.part.field == "numerator":
                continue  # a sum: its records add up to it
            everything = rows(connection, part.part, limit=1_000_000)
            assert len(everything.rows) == part.part.cell.amount == everything.total
            kinds = {part.part.stream.field(name).sensitivity for name in everything.fields}  # type: ignore[union-attr]
            assert kinds == {Sensitivity.PUBLIC}


def test_the_sample_says_what_its_own_tally_says() -> None:
    """The simulation counts while it invents; the figures count from the files it wrote."""
    import json  # noqa: PLC0415
    import os  # noqa: PLC0415

    queries = PlanQueries(workspace(), PLAN)
    truth = json.loads(
        (Path(os.environ["TINHSO_HOME"]) / "sample" / "mo-phong-su-that.json").read_text()
    )
    wanted: dict[tuple[str, str], tuple[int, int]] = {}
    for one in truth["units"]:
        key = (one["unit"], one["quarter"])
        wanted[key] = (one["wholly_online"], one["closed"])
    checked = 0
    for (uid, quarter), (online, closed) in wanted.items():
        # Later, what an old commune closes counts for its heir, and the tally is by record.
        if quarter not in ("2025Q1", "2025Q2"):
            continue
        period = Period.parse(f"2025-Q{quarter[-1]}")
        found = queries.figures.value("CQS-03", uid, period, View())
        if queries.units.children(uid, period.start) or uid not in queries.units:
            continue  # the tally is of the unit alone, the figure with those below it
        if found.is_measured:
            assert (found.numerator.amount, found.denominator.amount) == (online, closed)
            assert found.value == Fraction(online, closed)
            checked += 1
    assert checked > 100
    year = queries.figures.value("CQS-03", "p70", Period.parse("2025"), View())
    told = [counts for (_, quarter), counts in wanted.items() if quarter.startswith("2025")]
    assert (year.numerator.amount, year.denominator.amount) == (
        sum(online for online, _ in told),
        sum(closed for _, closed in told),
    )


def test_what_one_token_may_see_is_never_kept_for_another_of_the_same_machine(site: None) -> None:
    account = appoint("integration", "p70")
    seats, day = seats_of(account.pk, date(2026, 1, 1)), date(2026, 1, 1)
    keys = []
    for scopes in (frozenset[str](), frozenset({"plan.records:open"}), None):
        request = RequestFactory().get("/")
        request._who = Who(day, account.pk, "", seats, strong=True, scopes=scopes)  # type: ignore[attr-defined]
        keys.append("\n".join(figures_key(request)))
    assert len(set(keys)) == 3
