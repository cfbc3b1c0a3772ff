"""What deploy/ gives operators is accepted by the programs that read it."""

from __future__ import annotations

import getpass
import re
import shutil
import subprocess
import warnings
from pathlib import Path

import pytest

from tinhso.web.cli import main
from tinhso.web.configuration import PROJECT, SETTINGS

DEPLOY = PROJECT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())


def program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        warnings.warn(
            f"*** {name} is not installed: deploy/ was NOT checked by it ***", stacklevel=2
        )
        pytest.skip(f"*** {name} is not installed: NOT checked ***")
    return found


def test_systemd_accepts_every_unit(tmp_path: Path) -> None:
    analyze = program("systemd-analyze")
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        # Paths and users of an installed server, exchanged for ones that are here.
        text = re.sub(r"ExecStart=\S+", f"ExecStart={shutil.which('true')}", text)
        text = re.sub(r"(User|Group)=tinhso", rf"\1={getpass.getuser()}", text)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [analyze, "verify", "--man=no", *(str(tmp_path / unit.name) for unit in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if "tinhso" in line]
    assert (done.returncode, said) == (0, []), done.stderr


def test_units_start_commands_that_exist_with_settings_that_exist() -> None:
    commands = {
        command
        for unit in UNITS
        for command in re.findall(r"ExecStart=/opt/tinhso/.venv/bin/tinhso (\w+)", unit.read_text())
    }
    assert commands - set(main.commands) <= {"work"}
    text = (DEPLOY / "tinhso.env").read_text(encoding="utf-8")
    names = set(re.findall(r"^#?(TINHSO_\w+)=", text, re.MULTILINE))
    assert names <= {one.name for one in SETTINGS}


def test_nginx_accepts_the_site(tmp_path: Path) -> None:
    nginx, openssl = program("nginx"), program("openssl")
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    request = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    subprocess.run(
        [*request, "-subj", "/CN=x", "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    site = (DEPLOY / "proxy" / "nginx.conf").read_text(encoding="utf-8")
    site = site.replace("/etc/ssl/tinhso/", f"{tmp_path}/")
    whole = f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n{site}\n}}\n"
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
    done = subprocess.run(
        [nginx, "-t", "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr
