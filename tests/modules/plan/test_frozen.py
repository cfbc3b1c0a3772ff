"""A publication is frozen whole: exported, computed again, and compared with today."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.cache import caches
from django.test import Client, override_settings
from pytest_django.plugin import DjangoDbBlocker

from tests.copied import copied
from tinhso.kernel.ledger.actor import OPERATOR, Actor, Channel
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.ledger.sequencing import sequence
from tinhso.kernel.units.register import register
from tinhso.measure.boundaries import Level
from tinhso.measure.ingest import withdraw
from tinhso.measure.lake import LakeSettings
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.text import InputError
from tinhso.modules.plan.actions import publish
from tinhso.modules.plan.frozen.archive import archive
from tinhso.modules.plan.frozen.differences import differences
from tinhso.modules.plan.frozen.files import digest_of, files_of
from tinhso.modules.plan.frozen.naming import find
from tinhso.modules.plan.frozen.reading import FrozenPublication
from tinhso.modules.plan.frozen.reproducing import reproduce
from tinhso.modules.plan.frozen.thawing import Thawed
from tinhso.modules.plan.models import FrozenFile, Publication, PublishedFigure
from tinhso.modules.plan.queries import PlanQueries
from tinhso.modules.plan.workspace import Workspace, _workspace, workspace
from tinhso.web.cli import main
from tinhso.web.prepare import load_file

PLAN = "binh-phuoc-2025"
QUARTER = Period.parse("2025-Q1")
EXAMPLE = Path(__file__).parents[3] / "examples" / "verify_publication.py"
#: The code of a dossier of the second quarter, so that the first is over.
LAST = "HS-END"
DAY = datetime(2025, 2, 3, 9)  # noqa: DTZ001


def communes() -> list[str]:
    return register().descendants("p70", date(2025, 3, 1), Level.COMMUNE)[:4]


def dossiers(path: Path, rows: list[tuple[str, int, bool]]) -> Path:
    """A file of dossiers closed in the first quarter: (code, which commune, handled online)."""
    units = communes()
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(
            [
                *("dossier_code", "unit_code", "procedure_code", "service_level"),
                *("received_at", "due_at", "closed_at", "submitted_online", "paid_online"),
                *("result_electronic", "applicant", "submitted_by"),
            ]
        )
        for code, unit, online in rows:
            day = DAY if code != LAST else DAY + timedelta(days=60)
            flag = "true" if online else "false"
            out.writerow(
                [
                    *(code, register().nearest(units[unit], DAY.date()).code, "1.000001", "full"),
                    *(day.isoformat(), (day + timedelta(days=9)).isoformat()),
                    *((day + timedelta(days=2)).isoformat(), flag, flag, flag),
                    *("070090000001", "citizen"),
                ]
            )
    return path


@contextmanager
def site_in(folder: Path) -> Iterator[Workspace]:
    changed = override_settings(
        TINHSO_LAKE=LakeSettings(folder / "lake", threads=1),
        TINHSO_CUBES=folder / "cubes",
        TINHSO_LEDGER_FOLDER=folder / "ledger",
    )
    with changed:
        _workspace.cache_clear()
        caches["pages"].clear()  # rendered of a cube whose copies tests share
        yield workspace()
    _workspace.cache_clear()


@pytest.fixture(scope="module")
def measured(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Folders of a real lake, measured: 40 dossiers of four communes, a quarter of them online."""
    folder = tmp_path_factory.mktemp("measured")
    with django_db_blocker.unblock(), site_in(folder) as found:
        rows = [(f"HS-{n}", n % 4, n % 16 < 4) for n in range(40)]
        rows.append((LAST, 0, False))
        load(found, dossiers(folder / "first.csv", rows))
        found.measure()
    return folder


@pytest.fixture
def place(db: None, measured: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A site of its own with a copy of that lake."""
    for name in ("lake", "cubes"):
        shutil.copytree(measured / name, tmp_path / name)
    with site_in(tmp_path) as found:
        yield found


def load(place: Workspace, path: Path) -> int:
    receipt = load_file(place, "dossiers", path, simulated="the tests")
    assert receipt.batch is not None, receipt.to("en")
    assert receipt.bad == 0, receipt.to("en")
    return receipt.batch


def published(actor: Actor = OPERATOR, period: Period = QUARTER) -> Publication:
    queries = PlanQueries(workspace(), PLAN)
    made = publish(actor, queries, period, View(), by="Sở KH&CN", reason="")
    return Publication.objects.get(pk=made.publication.pk)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["--lang", "en", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


# -- what is frozen --------------------------------------------------------------------------------


def test_what_is_frozen_says_all_that_made_the_figures(place: Workspace) -> None:
    one = published()
    about = Thawed.of(one).about
    manifest = place.figures(PLAN).cube.manifest
    assert (about["snapshot"], about["simulated_by"]) == (manifest.snapshot, ["the tests"])
    assert about["map"]["digest"] == manifest.boundaries == Thawed.of(one).boundaries.digest
    assert about["definitions"] == manifest.definitions == one.definitions
    assert about["approved"]["by"] == "Sở KH&CN"
    assert "SIMULATED" in about["notice"]["en"]
    act, seal = Entry.objects.get(uid=one.entry), Entry.objects.get(uid=one.sealed)
    assert (act.act, seal.thing) == ("plan.publication.publish", f"sha256:{one.content}")
    assert ["content", None, one.content] in act.details["difference"]


def test_the_seal_names_nobody(place: Workspace) -> None:
    """It stands in archives for everybody: no account, no position, no address."""
    one = published(Actor("7", Channel.WEB, "12", "203.0.113.9"))
    seal = Entry.objects.get(uid=one.sealed)
    assert (seal.actor, seal.position, seal.details["address"]) == ("system", "", "")
    everything = archive(one)
    assert b"203.0.113.9" not in everything
    assert b"070090000001" not in everything


def test_nothing_is_published_from_a_cube_of_other_definitions(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(place.workplace), "definitions_digest", "other")
    with pytest.raises(InputError, match="measure"):
        published()


# -- the archive -----------------------------------------------------------------------------------


def unpacked(content: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        packed.extractall(folder)
    (inside,) = folder.iterdir()
    return inside


def test_an_archive_is_verified_without_this_software(place: Workspace, tmp_path: Path) -> None:
    one = published()
    sequence()
    folder = unpacked(archive(one), tmp_path / "out")
    subprocess.run(
        ["sha256sum", "--strict", "-c", "SHA256SUMS"],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    listed = {line.split("  ")[1] for line in (folder / "SHA256SUMS").read_text().splitlines()}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert there - listed == {"SHA256SUMS"}
    done = checked(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SIMULATED" in done.stdout
    assert "CQS-03" in (folder / "values.csv").read_text("utf-8-sig")


def checked(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(EXAMPLE), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_is_no_unpacked_archive_is_told_so(tmp_path: Path) -> None:
    packed = tmp_path / "whole.zip"
    zipfile.ZipFile(packed, "w").close()
    for wrong in (packed, tmp_path, tmp_path / "nowhere"):
        done = checked(wrong)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("Name the folder of the unpacked archive")


def test_an_altered_archive_is_found_out(place: Workspace, tmp_path: Path) -> None:
    one = published()
    sequence()
    whole = archive(one)

    def altered(name: str, old: bytes, new: bytes, *, sums: bool = False) -> str:
        folder = unpacked(whole, tmp_path / f"{name.replace('/', '-')}-{sums}")
        path = folder / name
        assert old in path.read_bytes()
        path.write_bytes(path.read_bytes().replace(old, new))
        if sums:  # and somebody makes the sums right again
            listed = (folder / "SHA256SUMS").read_text().splitlines()
            names = [line.split("  ")[1] for line in listed]
            lines = [f"{digest_of((folder / one).read_bytes())}  {one}\n" for one in names]
            (folder / "SHA256SUMS").write_text("".join(lines))
        done = checked(folder)
        assert done.returncode == 1
        return done.stdout

    definition = "definitions/indicators/CQS-03.yaml"
    assert f"{definition} was altered" in altered(definition, b"result", b"resalt")
    assert "not what was published" in altered("values.csv", b",3,10,", b",4,10,", sums=True)
    about = altered("publication.json", b'"cells"', b'"cellz"', sums=True)
    assert "names another content" in about
    assert "does not lead" in altered("ledger.json", b'"act": "plan', b'"act": "plon', sums=True)


def test_the_same_publication_gives_the_same_bytes(place: Workspace) -> None:
    one = published()
    sequence()
    first = archive(one)
    published(period=Period.parse("2025-Q2"))
    sequence()
    assert archive(find(one.name)) == first


def test_every_value_of_the_archive_is_counted_by_its_own_statements(
    site: None, tmp_path: Path
) -> None:
    """All cells of all kinds of indicator, before and after the units' merger, from the records."""
    queries = PlanQueries(workspace(), PLAN)
    for number, (period, view) in enumerate((("2025", "then"), ("2025-Q3", "2025-06-30"))):
        made = publish(
            OPERATOR, queries, Period.parse(period), View.parse(view), by="Sở", reason=""
        )
        folder = unpacked(archive(made.publication), tmp_path / str(number))
        # A document lists below the plan's unit what its page does, also when the map has moved on.
        below = {one.uid for one in FrozenPublication(made.publication.name).below("p70")}
        places = queries.figures.places
        assert below == set(places.children("p70", Period.parse(period), View.parse(view)))
        connection = copied(queries, folder)
        rows = list(csv.DictReader(io.StringIO((folder / "values.csv").read_text("utf-8-sig"))))
        assert len(rows) == made.figures
        for path in sorted((folder / "sql").glob("*.sql")):
            code, role = path.name.removesuffix(".sql").rsplit(".", 1)
            sql = path.read_text().replace("'sql/", f"'{folder}/sql/")
            counted = dict(connection.execute(sql).fetchall())
            own = [row for row in rows if row["indicator"] == code]
            for row in own:
                assert counted.get(row["unit"], 0) == int(row[role] or 0), (path.name, row)
        for row in rows:
            if row["status"] == "measured":
                parts = Fraction(int(row["numerator"]), int(row["denominator"] or 1))
                assert Fraction(row["value_exact"]) == parts
            assert row["simulated"] == "yes"


# -- computing again -------------------------------------------------------------------------------


def test_a_publication_computed_again_is_equal(place: Workspace, tmp_path: Path) -> None:
    one = published()
    load(place, dossiers(tmp_path / "later.csv", [("HS-1", 1, True), ("HS-90", 2, True)]))
    place.measure()
    done = reproduce(place.lake, one)
    assert done.equal
    assert done.cells == one.figures.count() > 0
    code, said = run("reproduce", f"{PLAN}/2025-Q1")
    assert (code, f"equal: {done.cells} cells" in said) == (0, True)


def test_it_is_computed_by_its_own_definitions_and_not_by_today_s(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Today another indicator bears the code, and dossiers have lost a field."""
    one = published()
    today = PlanQueries(place, PLAN).pack.indicators
    monkeypatch.setitem(today, "CQS-03", today["CQS-04"])  # type: ignore[arg-type]
    stream = place.streams["dossiers"]
    fewer = replace(stream, fields=tuple(f for f in stream.fields if f.name != "paid_online"))
    monkeypatch.setitem(place.streams, "dossiers", fewer)
    assert reproduce(place.lake, one).equal


@pytest.mark.parametrize("change", [{"numerator": 7}, {"status": "unknown"}, {"marks": {}}])
def test_a_changed_figure_is_found(place: Workspace, change: dict[str, Any]) -> None:
    one = published()
    PublishedFigure.objects.filter(publication=one, indicator="CQS-03", unit="p70").update(**change)
    done = reproduce(place.lake, one)
    assert [cell.key for cell in done.unequal] == [("CQS-03", "p70")]
    code, said = run("reproduce", one.name)
    assert code == 1
    assert "CQS-03 p70" in said
    assert "NOT equal: 1 of" in said


def test_a_figure_taken_away_or_added_is_found(place: Workspace) -> None:
    one = published()
    row = PublishedFigure.objects.filter(publication=one, indicator="CQS-03", unit="p70").get()
    row.delete()
    assert len(reproduce(place.lake, one).unequal) == 1
    row.pk, row.indicator = None, "CQS-99"
    row.save()
    assert len(reproduce(place.lake, one).unequal) == 2


def test_an_altered_frozen_file_is_refused(place: Workspace) -> None:
    one = published()
    path = "definitions/indicators/CQS-03.yaml"
    FrozenFile.objects.filter(pk=one.files.get(path=path).file_id).update(packed=b"x")
    with pytest.raises(InputError, match="altered"):
        reproduce(place.lake, one)


def test_wrong_names_and_lost_records_are_told(place: Workspace, tmp_path: Path) -> None:
    one = published()
    for name, said in (
        ("binh-phuoc-2025", "cannot be read"),
        (f"{PLAN}/2025-Q1/then/x", "cannot be read"),
        (f"{PLAN}/2025-Q1/then/2", f"→ {one.name}?"),
        ("nowhere/2030", "There is no publication"),
    ):
        for command in (("reproduce",), ("publication", "export")):
            code, told = run(*command, name)
            assert code == 1, name
            assert said in told, (name, told)
    Publication.objects.filter(pk=one.pk).update(snapshot=9999)
    code, told = run("reproduce", one.name)
    assert (code, "snapshot 9999" in told) == (1, True)
    Publication.objects.filter(pk=one.pk).update(snapshot=0)  # before there was any stream
    code, told = run("reproduce", one.name)
    assert (code, "has no stream" in told) == (1, True)


def test_a_publication_of_an_earlier_version_says_that_only_figures_were_kept(
    place: Workspace, client: Client
) -> None:
    one = published()
    one.files.all().delete()
    Publication.objects.filter(pk=one.pk).update(content="", entry=None, sealed=None)
    code, told = run("publication", "export", one.name)
    assert (code, "earlier version" in told) == (1, True)
    address = f"/ke-hoach/{PLAN}/da-cong-bo/2025-Q1/then/1/"
    assert client.get(address).status_code == 200
    assert client.get(f"{address}goi-tep.zip").status_code == 409
    assert (
        client.get(f"/api/v1/plans/{PLAN}/publications/2025-Q1/then/1/archive").status_code == 404
    )


def test_a_stream_that_packs_declare_no_more_is_still_read(place: Workspace) -> None:
    one = published()
    del place.lake.streams["payments"]
    assert reproduce(place.lake, one).equal


# -- later differences -----------------------------------------------------------------------------


def changed(one: Publication) -> dict[tuple[str, str], list[str]]:
    """Of CQS-03: the units whose cells differ, with the batches, `2+` accepted or `1-` withdrawn."""
    found = differences(PlanQueries(workspace(), PLAN), one)
    return {
        each.was.key: [f"{e.batch}{'-' if e.event == 'withdrawn' else '+'}" for e in each.causes]
        for each in found.differing
        if each.was.indicator == "CQS-03"
    }


def test_a_correction_and_a_withdrawal_are_listed_with_their_batches_for_the_cells_they_changed(
    place: Workspace, tmp_path: Path, client: Client
) -> None:
    late = load(place, dossiers(tmp_path / "late.csv", [("HS-50", 2, True)]))
    place.measure()
    one = published()
    assert changed(one) == {}
    first, second, third, _ = communes()
    above = {unit: register().ancestors(unit, date(2025, 3, 1))[0] for unit in communes()}
    fix = load(place, dossiers(tmp_path / "fix.csv", [("HS-1", 1, False)]))
    withdraw(place.lake, late, reason="gửi nhầm")
    undone = load(place, dossiers(tmp_path / "undone.csv", [("HS-0", 0, False)]))
    withdraw(place.lake, undone, reason="sai")
    place.measure()
    found = changed(one)
    assert found["CQS-03", second] == [f"{fix}+"]
    assert found["CQS-03", third] == [f"{late}-"]
    assert ("CQS-03", first) not in found
    assert found["CQS-03", "p70"] == [f"{fix}+", f"{late}-"]
    assert set(found) == {
        ("CQS-03", u) for u in ("p70", second, third, above[second], above[third])
    }
    code, said = run("reproduce", one.name, "--differences")
    assert code == 0, said
    assert f"CQS-03 {second}: 3/10 → 2/10; batches {fix}+" in said
    assert f"Batch {late}-  withdrawn" in said
    assert "gửi nhầm" in said
    page = client.get(f"/en/ke-hoach/{PLAN}/da-cong-bo/2025-Q1/then/1/").content.decode()
    assert f"batch {late} (withdrawn)" in page
    api = f"/api/v1/plans/{PLAN}/publications/2025-Q1/then/1/differences?limit=500"
    items = client.get(api).json()["items"]
    (own,) = [
        item
        for item in items
        if (item["published"]["indicator"], item["published"]["unit"]) == ("CQS-03", third)
    ]
    assert [(b["batch"], b["event"]) for b in own["batches"]] == [(late, "withdrawn")]


def test_a_changed_definition_is_named_as_a_cause(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = published()
    PublishedFigure.objects.filter(publication=one, indicator="CQS-03", unit="p70").update(
        numerator=1
    )
    texts = PlanQueries(place, PLAN).pack.pack.texts
    monkeypatch.setitem(texts, "indicators/CQS-03.yaml", "- code: CQS-03\n")  # type: ignore[arg-type]
    (found,) = differences(PlanQueries(place, PLAN), one).differing
    assert found.definition_changed
    assert found.causes == ()


# -- pages and the API -----------------------------------------------------------------------------


def test_everybody_reads_publications_and_takes_their_archive(
    place: Workspace, client: Client
) -> None:
    one = published()
    sequence()
    listed = client.get(f"/ke-hoach/{PLAN}/da-cong-bo/").content.decode()
    assert f"/ke-hoach/{PLAN}/da-cong-bo/2025-Q1/then/1/" in listed
    page = client.get(f"/ke-hoach/{PLAN}/da-cong-bo/2025-Q1/then/1/").content.decode()
    assert one.content in page
    answer = client.get(f"/ke-hoach/{PLAN}/da-cong-bo/2025-Q1/then/1/goi-tep.zip")
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.content == archive(one)
    base = f"/api/v1/plans/{PLAN}/publications"
    (item,) = client.get(base).json()["items"]
    assert client.get(item["archive"]).content == archive(one)
    told = client.get(f"{base}/2025-Q1/then/1").json()
    assert told["files"].keys() == files_of(one).keys()
    figures = client.get(f"{base}/2025-Q1/then/1/figures?limit=2").json()
    assert (figures["total"], len(figures["items"])) == (one.figures.count(), 2)
    for wrong in ("2025-Q1/then/2", "2025-Q1/2025/1", "x/then/1", "2025-Q1/then/99999999999"):
        assert client.get(f"/ke-hoach/{PLAN}/da-cong-bo/{wrong}/").status_code == 404
        assert client.get(f"{base}/{wrong}").status_code in (400, 404)


def test_the_command_line_exports_what_the_page_gives(place: Workspace, tmp_path: Path) -> None:
    one = published()
    out = tmp_path / "goi.zip"
    code, said = run("publication", "export", f"{PLAN}/2025-Q1", "-o", str(out))
    assert (code, out.read_bytes()) == (0, archive(one)), said
    code, said = run("publication", "export", one.name, "-o", str(tmp_path / "no" / "goi.zip"))
    assert (code, "cannot be written" in said) == (1, True)
    assert one.name in run("publication", "list")[1]
