"""What tests of the site share: units in the database, and a small sample, measured once a run."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings

# Random cases are new ones on every run by hand; on CI they are the same for the same code, so that
# a change is judged by what it changes. MEASURE_EXAMPLES asks for more of them.
hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")

#: Tests that take long, the longest first. They are started before others, so that at the end of a
#: run no worker is left alone with one while the rest have nothing to do.
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
    order = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: order.get(item.path.name, len(LONG)))


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        note = Path(os.environ["TINHSO_HOME"]) / "served" / "server.json"
        if note.exists():
            os.killpg(json.loads(note.read_text(encoding="utf-8"))["pid"], signal.SIGTERM)
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
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """The test database, with the country's units in it."""
    from tinhso.kernel.units.load import load_units  # noqa: PLC0415

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        load_units()


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
