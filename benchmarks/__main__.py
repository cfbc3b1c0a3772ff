"""`python -m benchmarks [NAME [OPTIONS]]`: print the tables of NAME, or of all."""

from __future__ import annotations

import sys
from collections.abc import Callable

from benchmarks import (
    cases,
    documents,
    engine,
    figures,
    forecast,
    honesty,
    ingest,
    ledger,
    load,
    maps,
    metric_layers,
    outbox,
    pages,
    questions,
    reports,
)

TABLES: dict[str, Callable[[list[str]], str]] = {
    "cases": cases.main,
    "documents": documents.main,
    "engine": engine.main,
    "figures": figures.main,
    "forecast": forecast.main,
    "honesty": honesty.main,
    "ingest": ingest.main,
    "layers": metric_layers.main,
    "ledger": ledger.main,
    "outbox": outbox.main,
    "pages": pages.main,
    "questions": questions.main,
    "reports": reports.main,
    "load": load.main,
    "maps": maps.main,
}


def main() -> None:
    names, options = sys.argv[1:2], sys.argv[2:]
    if names and names[0] not in TABLES:
        print(__doc__)
        sys.exit(2)
    for name in names or TABLES:
        print(TABLES[name](options), flush=True)


if __name__ == "__main__":
    main()
