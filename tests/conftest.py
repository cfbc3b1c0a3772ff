"""What tests of the site share: units in the database, and a small sample, measured once a run."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings

from tests.own_rules import Folder
from tests.prepared import COUNTRY, drop_templates, fill, template
from tinhso.kernel import rule_files

# Random cases are new ones on every run by hand; on CI they are the same for the same code, so that
# a change is judged by what it changes. MEASURE_EXAMPLES asks for more of them.
hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")

#: Tests that take long, the longest first. Each worker starts with some of them, so that at the end of
#: a run none is left alone with one while the rest have nothing to do.
LONG = (
    "test_on_spark.py",
    "test_drill.py",
    "test_batches.py",
    "test_account_pages.py",
    "test_opening.py",
    "test_withdrawal_model.py",
    "test_workers.py",
    "test_differential.py",
    "test_simulation_change.py",
    "test_ledger_killed.py",
    "test_crash.py",
    "test_backup.py",
    "test_upgrade.py",
    "test_identity.py",
    "test_secrets.py",
)

#: Scale of the sample: some twenty thousand dossiers.
SCALE = 0.02


def pytest_report_header() -> str:
    if os.environ.get("TINHSO_TEST_DATABASE_URL"):
        return "site database: PostgreSQL"
    return "site database: SQLite ONLY. PostgreSQL is NOT tested: set TINHSO_TEST_DATABASE_URL"


def pytest_sessionstart(session: pytest.Session) -> None:
    """Before any process of the run reads a translation."""
    if not hasattr(session.config, "workerinput"):
        from tinhso.web.assets import compile_translations  # noqa: PLC0415

        for folder in settings.LOCALE_PATHS:
            compile_translations(folder)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """To each worker its share of what takes long, then of the rest. xdist cuts the list into as many
    equal pieces as there are workers, and lets who is done steal from the others' ends."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    rank = {name: number for number, name in enumerate(LONG)}
    pieces: list[list[pytest.Item]] = [[] for _ in range(workers)]
    for one in items:
        number = rank.get(one.path.name)
        if number is not None:
            turn, place = divmod(number, workers)
            pieces[place if turn % 2 == 0 else workers - 1 - place].append(one)
    for piece in pieces:
        piece.sort(key=lambda one: rank[one.path.name])
    rest = [one for one in items if one.path.name not in rank]
    ordered: list[pytest.Item] = []
    for number, piece in enumerate(pieces):
        size = (len(items) - len(ordered)) // (workers - number)
        missing = max(0, size - len(piece))
        ordered += piece + rest[:missing]
        del rest[:missing]
    items[:] = ordered


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        note = Path(os.environ["TINHSO_HOME"]) / "served" / "server.json"
        if note.exists():
            os.killpg(json.loads(note.read_text(encoding="utf-8"))["pid"], signal.SIGTERM)
        drop_templates()
        shutil.rmtree(Path(os.environ["TINHSO_HOME"]), ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _ledger_may_be_emptied() -> None:
    """Django empties all tables after a test that commits; the ledger's walls would refuse."""
    from django.db import connection  # noqa: PLC0415
    from django.test import TransactionTestCase  # noqa: PLC0415

    from tinhso.kernel.ledger import walls  # noqa: PLC0415

    empty = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def empty_with_walls_down(self: TransactionTestCase) -> None:
        with walls.lifted(connection):
            empty(self)

    TransactionTestCase._fixture_teardown = empty_with_walls_down  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """The test database comes from one that is made once a run, with the country's units in it.

    Django migrates it still, and finds nothing to do.
    """
    from django.db import connection  # noqa: PLC0415

    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = template(COUNTRY)
        yield
        return
    name = connection.creation._get_test_db_name()  # in memory, shared by name
    with closing(sqlite3.connect(name, uri=True)) as filled:
        fill(COUNTRY, filled)
        yield


@pytest.fixture(scope="session")
def _sample(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    from tinhso.modules.plan.workspace import workspace  # noqa: PLC0415
    from tinhso.web.assets import build_fonts  # noqa: PLC0415
    from tinhso.web.prepare import load_sample  # noqa: PLC0415

    home = Path(os.environ["TINHSO_HOME"])
    with (home / "lock").open("w") as lock, django_db_blocker.unblock():  # type: ignore[attr-defined]
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "ready").exists():
            build_fonts(home / "fonts")
            load_sample(workspace(), settings.TINHSO_DEFAULT_PLAN, SCALE, lambda _: None)
            workspace().measure()
            (home / "ready").touch()


@pytest.fixture
def site(_sample: None, db: None) -> None:
    """The site with the sample of Bình Phước, measured; for any test that opens pages."""


@pytest.fixture
def own_rules(tmp_path: Path) -> Iterator[Folder]:
    """An empty folder for a province's own rules; what it has taken the place of comes back."""
    yield Folder(tmp_path)
    rule_files.use({})
