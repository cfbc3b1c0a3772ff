"""An outsider with an export, the independent script and heads kept from before says the same."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.ledger import write
from tinhso.kernel.ledger import heads
from tinhso.kernel.ledger.actions import erase_details
from tinhso.kernel.ledger.actor import OPERATOR
from tinhso.kernel.ledger.queries import export
from tinhso.kernel.ledger.sequencing import sequence

pytestmark = pytest.mark.django_db

SCRIPT = Path(__file__).parents[3] / "examples" / "verify_ledger.py"
Lines = list[dict[str, Any]]


def checked(lines: Lines, folder: Path, kept: str = "") -> tuple[int, str]:
    """What the script answers, run by a Python that knows nothing of the product."""
    (folder / "export.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (folder / "kept.jsonl").write_text(kept)
    command = [sys.executable, "-I", str(SCRIPT), "export.jsonl", *(["kept.jsonl"] if kept else [])]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert not ran.stderr
    return ran.returncode, ran.stdout


@pytest.fixture
def log(tmp_path: Path, settings: object) -> None:
    """30 entries under three heads, the last signed with a second key; one entry is erased."""
    write(12)
    sequence(10)
    sequence()
    write(18)
    erase_details(OPERATOR, write(1)[0].uid, "theo yêu cầu")
    old = settings.TINHSO_LEDGER_SIGNING_KEY()  # type: ignore[attr-defined]
    heads.endorse(old, "a second secret")
    settings.TINHSO_LEDGER_SIGNING_KEY = lambda: "a second secret"  # type: ignore[attr-defined]
    sequence()


def exported(folder: Path, *, details: bool = True) -> Lines:
    with (folder / "made.jsonl").open("w", encoding="utf-8") as file:
        export(file, details=details)
    return [json.loads(line) for line in (folder / "made.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("details", [True, False])
def test_an_honest_export_is_whole(log: None, tmp_path: Path, details: bool) -> None:
    lines = exported(tmp_path, details=details)
    kept = heads.witness_file().read_text()
    code, said = checked(lines, tmp_path, kept)
    assert (
        said
        == f"32 entries / mục; keys / khóa: {', '.join(heads.known_keys())}\nWHOLE / NGUYÊN VẸN\n"
    )
    assert code == 0
    personal = [line for line in lines if "entry" in line and line.get("details")]
    assert bool(personal) is details


def alter(lines: Lines, name: str, value: object) -> None:
    next(line for line in lines if line.get("index") == 13)["entry"][name] = value


def entry_line(lines: Lines, index: int) -> int:
    return next(n for n, line in enumerate(lines) if line.get("index") == index)


def swap(lines: Lines) -> None:
    a, b = entry_line(lines, 13), entry_line(lines, 14)
    lines[a], lines[b] = {**lines[b], "index": 13}, {**lines[a], "index": 14}


def unendorse(lines: Lines) -> None:
    next(line for line in lines if line.get("key", {}).get("endorsed_by"))["key"]["signature"] = (
        "00" * 64
    )


def resign(lines: Lines) -> None:
    head = lines[-1]["head"]
    head["signature"] = head["signature"][:-2] + ("00" if head["signature"][-2:] != "00" else "01")


TAMPERINGS: dict[str, tuple[Callable[[Lines], object], str]] = {
    "altered": (
        lambda lines: alter(lines, "actor", "other"),
        "entries 12-31 are not those of head 32",
    ),
    "details": (
        lambda lines: lines[entry_line(lines, 13)]["details"].update(reason="khác"),
        "details of entry 13 were altered",
    ),
    "deleted": (lambda lines: lines.pop(entry_line(lines, 13)), "entry 13 is not in its place"),
    "swapped": (swap, "entries 12-31 are not those of head 32"),
    "last head cut": (lambda lines: lines.pop(), "no head covers entries 12-31"),
    "signature": (resign, "head 32 is signed wrongly"),
    "root": (lambda lines: lines[-1]["head"].update(root="0" * 64), "head 32 is signed wrongly"),
    "size": (lambda lines: lines[-1]["head"].update(size=31), "head 31 is signed wrongly"),
    "key": (unendorse, "is not endorsed"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_tampered_export_is_not_whole(log: None, tmp_path: Path, name: str) -> None:
    lines = exported(tmp_path)
    tamper, said = TAMPERINGS[name]
    tamper(lines)
    code, answer = checked(lines, tmp_path)
    assert (code, said in answer) == (1, True), answer


def test_an_older_whole_log_is_found_by_a_head_that_was_kept(log: None, tmp_path: Path) -> None:
    lines = exported(tmp_path)
    older = lines[: entry_line(lines, 12)]
    assert checked(older, tmp_path)[0] == 0
    code, said = checked(older, tmp_path, heads.witness_file().read_text())
    assert (code, "you kept head 32: it was cut" in said) == (1, True)


def test_another_log_with_the_same_keys_is_found_by_a_head_that_was_kept(
    log: None, tmp_path: Path
) -> None:
    lines = exported(tmp_path)
    other = heads.sign(12, "0" * 64, "2026-01-01T00:00:00.000000Z")
    code, said = checked(lines, tmp_path, other.line())
    assert (code, "are not those of head 12" in said) == (1, True)


def test_the_script_is_short_and_stands_alone() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 100
    assert [line for line in text.splitlines() if line.startswith(("import", "from"))] == [
        *("import json", "import sys"),
        *("from hashlib import sha256, sha512", "from pathlib import Path"),
    ]
