"""Secrets come from the environment or files, and are shown nowhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tinhso.measure.text import InputError
from tinhso.web import configuration
from tinhso.web.configuration import PROJECT, SETTINGS

SECRETS = [one for one in SETTINGS if one.secret]
VALUE = "bi-mat-khong-duoc-lo-ra-o-dau-ca-0123456789"


@pytest.mark.parametrize("setting", SECRETS, ids=lambda one: one.name)
def test_a_secret_is_read_from_a_file_of_its_owner(
    setting: configuration.Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret"
    path.write_text(VALUE + "\n")
    monkeypatch.delenv(setting.name, raising=False)
    monkeypatch.setenv(f"{setting.name}_FILE", str(path))
    for mode in (0o604, 0o620, 0o602, 0o666):
        path.chmod(mode)
        with pytest.raises(InputError) as raised:
            setting.get()
        assert VALUE not in str(raised.value)
    path.chmod(0o600)
    assert setting.get() == VALUE
    monkeypatch.setenv(setting.name, "x")
    with pytest.raises(InputError, match="Keep one"):
        setting.get()
    monkeypatch.delenv(setting.name)
    path.unlink()
    with pytest.raises(InputError, match="can be read"):
        setting.get()


def test_what_is_no_secret_is_not_read_from_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINHSO_PORT_FILE", "/etc/passwd")
    assert configuration.PORT.get() == "8000"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "so.example.vn"])  # noqa: S104
def test_pages_for_developers_are_refused_where_others_see_them(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINHSO_DEBUG", "1")
    monkeypatch.setenv("TINHSO_HOST", host)
    with pytest.raises(InputError, match="tell what is inside"):
        configuration.debug()
    monkeypatch.setenv("TINHSO_HOST", "127.0.0.1")
    assert configuration.debug()


SHOWN = """
import django, logging; django.setup()
from django.conf import settings
from django.test import Client
settings.ROOT_URLCONF = "failing_urls"
answer = Client(raise_request_exception=False, headers={"host": "localhost"}).get("/hong/")
assert answer.status_code == 500 and b"a fault of the product" in answer.content, answer.content[:500]
print(answer.content.decode())
print(settings.TINHSO_LAKE)
"""


def test_no_page_for_developers_and_no_output_shows_a_secret(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")}
    secret = {
        one.name: f"{VALUE}{number}" for number, one in enumerate(SECRETS) if "KEY" in one.name
    }
    environment = (
        kept
        | secret
        | {
            "TINHSO_HOME": str(tmp_path),
            "TINHSO_DEBUG": "1",
            "TINHSO_LAKE_CATALOG": f"dbname=x host=127.0.0.1 password={VALUE}",
            "TINHSO_DATABASE_URL": f"postgres://ai:{VALUE}@127.0.0.1:1/x",
            "DJANGO_SETTINGS_MODULE": "tinhso.web.settings",
            "PYTHONPATH": f"{PROJECT / 'src'}:{Path(__file__).parent}",
        }
    )
    done = subprocess.run(
        [sys.executable, "-c", SHOWN], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "TINHSO_HOME" in done.stdout or "TINHSO_LAKE" in done.stdout
    assert VALUE not in done.stdout + done.stderr
    for command in (["keys", "rotate"], ["measure"]):
        failed = subprocess.run(
            [sys.executable, "-c", "from tinhso.web.cli import main; main()", *command],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert failed.returncode != 0
        assert VALUE not in failed.stdout + failed.stderr
