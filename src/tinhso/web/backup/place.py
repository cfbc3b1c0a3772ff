"""Where a site's data lie, and the PostgreSQL programs that copy them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import dj_database_url
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tinhso.measure.lake import LakeSettings
from tinhso.measure.text import InputError
from tinhso.web import configuration
from tinhso.web.backup.words import NO_PROGRAM, PROGRAM_FAILED


@dataclass(frozen=True)
class Place:
    """A home folder with its databases. `site` and `catalog` are libpq strings; "" is SQLite.

    `kept_rules`: where the province's own rules lie, unless they lie in the home folder.
    """

    home: Path
    site: str
    lake: LakeSettings
    kept_rules: Path | None = None

    @classmethod
    def here(cls) -> Place:
        """What the settings name."""
        return cls(
            configuration.home(),
            libpq_of(configuration.DATABASE_URL.get()),
            configuration.lake_settings(),
            Path(configuration.RULES.get()) if configuration.RULES.get() else None,
        )

    def at(self, home: Path) -> Place:
        """The same databases with another home folder."""
        inside = self.lake.folder == self.home / "lake"
        lake = replace(self.lake, folder=home / "lake") if inside else self.lake
        return replace(self, home=home, lake=lake)

    @property
    def site_file(self) -> Path:
        return self.home / "site.sqlite3"

    @property
    def catalog_file(self) -> Path:
        return self.lake.folder / "catalog.sqlite"

    @property
    def rules(self) -> Path:
        return self.kept_rules or self.home / "rules"

    @property
    def secrets(self) -> Path:
        return self.home / "secrets"


def libpq_of(url: str) -> str:
    """TINHSO_DATABASE_URL as libpq writes it; "" for SQLite in the home folder."""
    if not url or url.startswith("sqlite"):
        return ""
    found = dj_database_url.parse(url)
    parts = {
        "dbname": found["NAME"],
        "user": found["USER"],
        "password": found["PASSWORD"],
        "host": found["HOST"],
        "port": str(found["PORT"]),
    }
    return make_conninfo("", **{name: value for name, value in parts.items() if value})


def run_program(program: str, conninfo: str, arguments: Sequence[str]) -> None:
    """pg_dump or pg_restore on a database. The password goes by the environment, not by the command
    line, which every user of the machine can read. Raises InputError."""
    if shutil.which(program) is None:
        raise InputError([NO_PROGRAM(program=program)])
    parts: Mapping[str, object] = conninfo_to_dict(conninfo)
    environment = (
        os.environ | {"PGPASSWORD": str(parts["password"])} if "password" in parts else None
    )
    shown = make_conninfo("", **{k: v for k, v in parts.items() if k != "password"})  # type: ignore[arg-type]
    done = subprocess.run(  # noqa: S603 (the product's own words)
        [program, f"--dbname={shown}", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = " ".join(done.stderr.split())[-500:]
        raise InputError([PROGRAM_FAILED(program=program, reason=reason)])
