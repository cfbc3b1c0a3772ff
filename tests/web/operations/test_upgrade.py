"""Databases of every released version come into the present one with all that people put there."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.prepared import ASSETS, copy_home
from tinhso.web.backup.place import libpq_of

RELEASES = Path(__file__).resolve().parents[2] / "upgrade"
VERSIONS = sorted(
    path.name.removesuffix(".postgresql.sql.gz") for path in RELEASES.glob("*.postgresql.sql.gz")
)

#: Signs in as the fixture's officer, opens pages; tells what it found.
VISIT = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "tinhso.web.settings"
import django; django.setup()
from django.test import Client
from tinhso.kernel.people.models import Account
from tinhso.modules.plan.models import Publication, PublishedFigure
from tinhso.kernel.units.models import Unit
client = Client(HTTP_HOST="127.0.0.1")
form = {"login": "can-bo-a", "password": "mat-khau-cua-ban-0-1-0"}
wrong = client.post("/dang-nhap/", form | {"password": "sai"})
signed = client.post("/dang-nhap/", form)
pages = ["/", "/ke-hoach/binh-phuoc-2025/", "/en/", "/api/v1/plans"]
account = Account.objects.get(username="can-bo-a")
print(json.dumps({
    "wrong": wrong.status_code, "signed": signed.status_code,
    "is": client.session.get("_auth_user_id") == str(account.pk),
    "name": account.name, "email": account.email,
    "pages": [client.get(page).status_code for page in pages],
    "publications": Publication.objects.count(), "figures": PublishedFigure.objects.count(),
    "units": Unit.objects.count(),
}))
"""


def load(version: str, url: str, home: Path) -> None:
    home.mkdir()
    kind = "postgresql.sql.gz" if url else "sql.gz"
    text = gzip.decompress((RELEASES / f"{version}.{kind}").read_bytes()).decode()
    if url:
        with psycopg.connect(libpq_of(url), autocommit=True) as connection:
            connection.execute(text.encode())
    else:
        with sqlite3.connect(home / "site.sqlite3") as connection:
            connection.executescript(text)
    copy_home(home, *ASSETS)


@pytest.mark.parametrize("version", VERSIONS)
def test_people_and_publications_of_a_released_version_are_there_after_the_upgrade(
    version: str, tmp_path: Path, new_database: Callable, tinhso: Callable
) -> None:
    url, home = new_database(), tmp_path / "home"
    load(version, url, home)
    settings = {"TINHSO_HOME": str(home), "TINHSO_DATABASE_URL": url}
    tinhso("run", "--prepare-only", TINHSO_SAMPLE_SCALE="0", **settings)
    tinhso("manage", "migrate", "--check", **settings)
    found = json.loads(tinhso("-c", VISIT, **settings).stdout.splitlines()[-1])
    assert (found["wrong"], found["signed"], found["is"]) == (200, 302, True)
    assert (found["name"], found["email"]) == ("Nguyễn Văn A", "can.bo@example.vn")
    assert found["pages"] == [200, 200, 200, 200] or found["pages"][0] == 302
    assert (found["publications"], found["figures"]) == (1, 665)
    assert found["units"] == 14014


def test_each_version_has_a_fixture_for_both_databases() -> None:
    assert (
        sorted(
            path.name.removesuffix(".sql.gz")
            for path in RELEASES.glob("*.sql.gz")
            if "postgresql" not in path.name
        )
        == VERSIONS
    )
    assert VERSIONS
