"""What many tests start from, made once in a run and copied for each: a site's database, a home.

Migrating takes nine seconds, the country's units four: paid once a run, not by each worker and by each
site that a test starts as processes of its own. That a site comes up from nothing is shown where the
first of these is made, and on PostgreSQL by the drill (tests/web/operations).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

SERVER = os.environ.get("TINHSO_TEST_DATABASE_URL", "")

#: What a prepared database holds: all tables and nothing in them, or the country's units too.
TABLES, COUNTRY = "tables", "country"

#: What does not depend on the site's database.
ASSETS = ("fonts", "static")

_SET_UP = "import sys, django; django.setup()\n"
_TABLES = (
    _SET_UP
    + """
from django.core.management import call_command
call_command("migrate", verbosity=0, interactive=False)
"""
)
_COUNTRY = (
    _SET_UP
    + """
from tinhso.kernel.units.load import load_units
load_units()
"""
)
_ASSETS = (
    _SET_UP
    + """
from pathlib import Path
from django.conf import settings
from tinhso.web import configuration, prepare
prepare.build_fonts(configuration.home() / "fonts")
prepare._collect_static()
"""
)
_HOME = "from tinhso.web.cli import main; main()"


# -- databases -------------------------------------------------------------------------------------


def copy_database(content: str, into: Path) -> None:
    """A prepared database as the SQLite file `into`, which must not be there yet."""
    with (
        closing(sqlite3.connect(_sqlite(content))) as prepared,
        closing(sqlite3.connect(into)) as copy,
    ):
        prepared.backup(copy)


def fill(content: str, connection: sqlite3.Connection) -> None:
    """A prepared database into the empty one that is connected."""
    with closing(sqlite3.connect(_sqlite(content))) as prepared:
        prepared.backup(connection)


def template(content: str) -> str:
    """The name of a prepared database on the PostgreSQL server, to CREATE DATABASE from."""
    _made("templates", _make_templates)
    return _template(content)


@contextmanager
def a_database(content: str, home: Path) -> Iterator[str]:
    """A site's own database: its address ("" for the home's SQLite file). Dropped afterwards."""
    home.mkdir(parents=True, exist_ok=True)
    if not SERVER:
        copy_database(content, home / "site.sqlite3")
        yield ""
        return
    name = f"tinhso_{uuid4().hex[:10]}"
    origin = template(content)
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {origin}".encode())
        yield _at(name)
        server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def drop_templates() -> None:
    """At the end of a run, by the process that started it."""
    if SERVER and (_place() / "templates").exists():
        with psycopg.connect(SERVER, autocommit=True) as server:
            for content in (TABLES, COUNTRY):
                server.execute(f"DROP DATABASE IF EXISTS {_template(content)}".encode())


def _sqlite(content: str) -> Path:
    return _made("files", _make_files) / f"{content}.sqlite3"


def _template(content: str) -> str:
    return f"tinhso_tests_{os.environ['TEST_RUN_OF_TINHSO']}_{content}"


def _at(name: str) -> str:
    return urlsplit(SERVER)._replace(path=f"/{name}").geturl()


def _make_files(folder: Path) -> None:
    tables, country = (folder / f"{content}.sqlite3" for content in (TABLES, COUNTRY))
    _run(_TABLES, folder, TINHSO_DATABASE_URL=f"sqlite:///{tables}")
    with closing(sqlite3.connect(tables)) as made:
        made.execute("PRAGMA journal_mode=DELETE")  # what is in memory has no other
    shutil.copy2(tables, country)
    _run(_COUNTRY, folder, TINHSO_DATABASE_URL=f"sqlite:///{country}")
    with closing(sqlite3.connect(country)) as made:
        made.execute("PRAGMA journal_mode=DELETE")


def _make_templates(folder: Path) -> None:
    tables, country = map(_template, (TABLES, COUNTRY))
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {tables}".encode())
        _run(_TABLES, folder, TINHSO_DATABASE_URL=_at(tables))
        server.execute(f"CREATE DATABASE {country} TEMPLATE {tables}".encode())
        _run(_COUNTRY, folder, TINHSO_DATABASE_URL=_at(country))


# -- a home ----------------------------------------------------------------------------------------


def copy_home(into: Path, *parts: str) -> None:
    """What `tinhso run --prepare-only` leaves on SQLite without a sample (or those `ASSETS`)."""
    home = _made("assets", _make_assets) if parts else _made("home", _make_home)
    into.mkdir(parents=True, exist_ok=True)
    for path in home.iterdir() if not parts else (home / name for name in parts):
        if path.is_dir():
            shutil.copytree(path, into / path.name)
        else:
            shutil.copy2(path, into)


def _make_assets(home: Path) -> None:
    _run(_ASSETS, home)


def _make_home(home: Path) -> None:
    """All from nothing, by the operator's own command; but assets as they are made for others."""
    assets = _made("assets", _make_assets)
    for name in ASSETS:
        shutil.copytree(assets / name, home / name)
    _run(_HOME, home, "run", "--prepare-only", TINHSO_SAMPLE_SCALE="0")


# -- once a run ------------------------------------------------------------------------------------


def _place() -> Path:
    return Path(os.environ["TINHSO_HOME"]) / "prepared"


def _made(name: str, make: Callable[[Path], None]) -> Path:
    """The folder of that name, made by whichever worker comes first; others wait for it."""
    place = _place()
    place.mkdir(exist_ok=True)
    folder, ready = place / name, place / f"{name}-ready"
    with (place / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            ready.touch()
    return folder


def _run(program: str, home: Path, *arguments: str, **settings: str) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")}
    kept["DJANGO_SETTINGS_MODULE"] = "tinhso.web.settings"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=kept | {"TINHSO_HOME": str(home)} | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
