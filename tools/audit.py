"""Are the packages that we run known to be flawed, and may we pass them on? `python -m tools.audit`.

Flaws come from the advisory service that pip-audit asks, for each package of requirements/run.lock.
Where the service cannot be reached, or does not know packages, that is said loudly and nothing
fails: work without a network must go on. A flaw fails the check unless ALLOWED names it with a reason and a day to look again.
Licences are read from what is installed; a package under a licence of the GPL alone fails.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "run.lock"
SECONDS = 120


@dataclass(frozen=True)
class Allowed:
    """A known flaw that does not reach us: why, and until when that is believed."""

    why: str
    until: date


#: By the id of the advisory.
ALLOWED: dict[str, Allowed] = {}

#: Packages that are installed on other systems only, or that declare nothing: from their sources.
STATED = {"colorama": "BSD-3-Clause", "brotlicffi": "MIT", "pyrage": "MIT"}

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_GPL_ONLY = re.compile(r"\bA?GPL(?!.* OR )")


def locked() -> dict[str, str]:
    """Name -> version of each package of the lock."""
    return {name.lower(): version for name, version in _PINNED.findall(LOCK.read_text("utf-8"))}


def flaws(report: str) -> list[tuple[str, str, str]]:
    """(package, advisory, versions that mend it) of pip-audit's JSON, without what is allowed."""
    today = datetime.now(UTC).date()
    return [
        (one["name"], flaw["id"], ", ".join(flaw["fix_versions"]) or "-")
        for one in json.loads(report)["dependencies"]
        for flaw in one.get("vulns", ())
        if not (
            (known := ALLOWED.get(flaw["id"]) or _by_alias(flaw)) is not None
            and known.until >= today
        )
    ]


def _by_alias(flaw: dict[str, list[str]]) -> Allowed | None:
    return next((ALLOWED[one] for one in flaw.get("aliases", ()) if one in ALLOWED), None)


def licence_of(name: str) -> str:
    """What a package says of its licence: SPDX expression, else classifiers, else its own words."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return STATED.get(name, "")
    classifiers = [one for one in told.get_all("Classifier", []) if one.startswith("License ::")]
    said = _first(told, "License-Expression") or "; ".join(
        one.rpartition(":: ")[2] for one in classifiers
    )
    return said or _first(told, "License").strip().split("\n")[0] or STATED.get(name, "")


def _first(told: PackageMetadata, field: str) -> str:
    return next(iter(told.get_all(field, [])), "")


def gpl_only(licence: str) -> bool:
    """Whether a licence leaves nothing but the GPL (the LGPL may be used as a library).

    >>> [gpl_only(one) for one in ("GPL-3.0-only", "LGPL-3.0-only", "GPL-2.0 OR MIT", "MIT")]
    [True, False, False, False]
    """
    spoken = licence.replace("General Public License", "GPL")
    plain = re.sub(r"LGPL[\w.+-]*|Lesser GPL[^;]*", "", spoken, flags=re.IGNORECASE)
    return bool(_GPL_ONLY.search(plain))


def unknown(report: str) -> list[str]:
    """Packages that the service said nothing about: to be silent is not to be well."""
    return [one["name"] for one in json.loads(report)["dependencies"] if "skip_reason" in one]


def _audited() -> bool:
    """Ask; True when no flaw is known, or nobody could be asked."""
    command = [
        *(sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--no-deps"),
        *("--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "10"),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
        known, silent = flaws(done.stdout), unknown(done.stdout)
        asked = len(json.loads(done.stdout)["dependencies"])
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        known, silent, asked = [], list(locked()), len(locked())
    if silent:
        print("*" * 79)
        print(
            f"*** KNOWN FLAWS WERE NOT LOOKED UP for {len(silent)} of {len(locked())} packages: the advisory"
        )
        print(
            "*** service cannot be reached, or does not know them. Nothing is known of them today:"
        )
        print("*** " + ", ".join(silent if len(silent) < 10 else [*silent[:9], "…"]))
        print("*" * 79)
    for package, flaw, mended in known:
        print(f"{package}: {flaw}, mended in {mended}")
    print(f"{asked - len(silent)} packages looked up, {len(known)} known flaws")
    return not known


def _licensed() -> bool:
    wrong = {name: found for name in locked() if gpl_only(found := licence_of(name))}
    for name, licence in wrong.items():
        print(f"{name}: {licence}: the product could not be passed on under its own licence")
    return not wrong


def main() -> None:
    licensed = _licensed()
    sys.exit(0 if _audited() and licensed else 1)


if __name__ == "__main__":
    main()
