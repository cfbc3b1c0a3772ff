"""Fuzzing of the readers of files: `python -m tools.fuzz [--seconds 60] [--keep FOLDER] [target ...]`.

Each target runs in a process of its own for the time given, from well-formed seeds; what it learns
is kept in FOLDER (var/fuzz), so that the next run goes on from there. Fails when a target does, and
names the file that makes it fail. A table of cases and time comes last.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

from tools.fuzz.targets import TARGETS

HERE = Path(__file__).resolve().parent
#: More bytes teach readers of tables nothing, and slow the fuzzer down.
MAX_BYTES = 8192


def fuzz(name: str, seconds: int, keep: Path) -> tuple[int, bool]:
    """Run a target; how many cases it saw, and whether all went well."""
    corpus, crashes = keep / name, keep / "crashes"
    corpus.mkdir(parents=True, exist_ok=True)
    crashes.mkdir(exist_ok=True)
    for index, seed in enumerate(TARGETS[name].seeds):
        (corpus / f"seed-{index}").write_bytes(seed)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tools.fuzz.one", name, str(corpus)),
            *(f"-max_total_time={seconds}", f"-max_len={MAX_BYTES}", "-timeout=20"),
            *("-rss_limit_mb=1500", "-print_final_stats=1", f"-artifact_prefix={crashes}/{name}-"),
        ],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    cases = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    if done.returncode != 0:
        sys.stderr.write(done.stderr[-6000:])
    return int(cases[1]) if cases else 0, done.returncode == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--keep", type=Path, default=HERE.parents[1] / "var" / "fuzz")
    parser.add_argument("targets", nargs="*", metavar="target")
    asked = parser.parse_args()
    if unknown := set(asked.targets) - set(TARGETS):
        parser.error(f"no target {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    failed = False
    for name in asked.targets or TARGETS:
        cases, well = fuzz(name, asked.seconds, asked.keep)
        failed = failed or not well
        print(
            f"{name:10} {asked.seconds:>6} s {cases:>12,} cases  {'ok' if well else 'FAILED'}",
            flush=True,
        )
    sys.exit(1 if failed else 0)


main()
