"""What is known of our packages is told as it is: flaws fail, silence is no good news."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tools import audit, sbom

FLAW = {"id": "PYSEC-2099-1", "aliases": ["CVE-2099-1"], "fix_versions": ["2.0"]}
REPORT = json.dumps(
    {
        "dependencies": [
            {"name": "a", "version": "1", "vulns": [FLAW]},
            {"name": "b", "skip_reason": "not found"},
        ]
    }
)


def test_a_known_flaw_is_told_until_it_is_allowed_with_a_reason_and_a_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert audit.flaws(REPORT) == [("a", "PYSEC-2099-1", "2.0")]
    allowed = audit.Allowed("not called by us", date.today() + timedelta(days=9))  # noqa: DTZ011
    monkeypatch.setitem(audit.ALLOWED, "CVE-2099-1", allowed)
    assert audit.flaws(REPORT) == []
    old = audit.Allowed("not called by us", date.today() - timedelta(days=9))  # noqa: DTZ011
    monkeypatch.setitem(audit.ALLOWED, "CVE-2099-1", old)
    assert audit.flaws(REPORT) != []


def test_a_package_that_nobody_knows_of_is_not_counted_as_well() -> None:
    assert audit.unknown(REPORT) == ["b"]


def test_every_exception_says_why() -> None:
    assert all(one.why for one in audit.ALLOWED.values())


def test_no_package_that_runs_is_under_the_gpl_alone() -> None:
    wrong = {name: audit.licence_of(name) for name in audit.locked()}
    assert {name: one for name, one in wrong.items() if audit.gpl_only(one)} == {}


@pytest.mark.parametrize(
    ("licence", "gpl"),
    [
        ("GPL-3.0-only", True),
        ("AGPL-3.0-or-later", True),
        ("GNU General Public License v2 (GPLv2)", True),
        ("LGPL-3.0-only", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("GPL-2.0-only OR MIT", False),
        ("MIT", False),
    ],
)
def test_licences_under_the_gpl_alone_are_told_from_others(licence: str, gpl: bool) -> None:
    assert audit.gpl_only(licence) is gpl


def test_the_bill_of_materials_lists_every_locked_package_with_its_licence(tmp_path: Path) -> None:
    bill = sbom.made()
    assert bill["bomFormat"] == "CycloneDX"
    assert sbom.missing(bill) == []
    assert len(bill["components"]) >= len(audit.locked())
