"""What the scripts of the layers share: what is asked, and how answers are written. Imports nothing of ours."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

LEVELS = ("commune", "district", "province")


def asked() -> dict[str, Any]:
    """`files` of the records, `above` (the Parquet file of levels), `ratios` [(numerator, denominator)]
    as SQL conditions, `day`, `runs`, `home` for what a layer needs, `out` for its answers."""
    found: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    return found


def told(spec: dict[str, Any]) -> str:
    """The records with their levels, month and conditions, for layers that ask for columns."""
    flags = [f"({num}) AS n{k}, ({den}) AS d{k}" for k, (num, den) in enumerate(spec["ratios"])]
    return (
        f"SELECT a.commune, a.district, a.province, d.{spec['day']} AS day,"
        f" CAST(date_trunc('month', d.{spec['day']}) AS DATE) AS month, {', '.join(flags)}"
        f" FROM read_parquet({spec['files']!r}) d JOIN read_parquet('{spec['above']}') a ON a.commune = d._unit"
        f" WHERE d.{spec['day']} IS NOT NULL"
    )


def timed(
    spec: dict[str, Any], version: str, ask: Callable[[str], Any], keep: Callable[[str, Any], None]
) -> None:
    """Ask for all ratios at every level, `runs` times; the last answers are kept as Parquet."""
    took = []
    for _ in range(spec["runs"]):
        began = time.perf_counter()
        answers = {level: ask(level) for level in LEVELS}
        took.append(time.perf_counter() - began)
    for level, answer in answers.items():
        keep(level, answer)
    (Path(spec["out"]) / "took.json").write_text(json.dumps({"version": version, "seconds": took}))
