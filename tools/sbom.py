"""The bill of materials (CycloneDX) of what runs: `python -m tools.sbom [FILE]` (var/sbom.json).

From requirements/run.lock by cyclonedx-bom, with the licence that each installed package declares.
Fails when a locked package is missing or tells no licence.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools.audit import LOCK, ROOT, licence_of, locked


def made() -> dict[str, Any]:
    """The bill as CycloneDX JSON."""
    command = [
        *(sys.executable, "-m", "cyclonedx_py", "requirements", str(LOCK)),
        *("--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    bill: dict[str, Any] = json.loads(done.stdout)
    for part in bill["components"]:
        if not part.get("licenses") and (licence := licence_of(part["name"])):
            part["licenses"] = [{"license": {"name": licence[:200]}}]
    return bill


def missing(bill: dict[str, Any]) -> list[str]:
    """Locked packages that the bill does not list in their version with a licence."""
    listed = {(one["name"].lower(), one["version"]): one for one in bill["components"]}
    return [
        f"{name} {version}"
        for name, version in locked().items()
        if not listed.get((name, version), {}).get("licenses")
    ]


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "var" / "sbom.json"
    bill = made()
    lost = missing(bill)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(bill, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(bill['components'])} packages in {target}")
    for one in lost:
        print(f"not listed with a licence: {one}")
    sys.exit(1 if lost else 0)


if __name__ == "__main__":
    main()
