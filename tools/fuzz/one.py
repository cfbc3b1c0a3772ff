"""One target under atheris (libFuzzer): `one.py <target> <libFuzzer's arguments>`."""

from __future__ import annotations

import sys

import atheris

# Our own code and the readers in Python beneath it report which branches they take.
with atheris.instrument_imports(include=["tinhso.measure", "yaml", "csv", "sqlglot"]):
    from tools.fuzz.targets import TARGETS


def main() -> None:
    target = TARGETS[sys.argv[1]]
    atheris.Setup([sys.argv[0], *sys.argv[2:]], target.run)
    atheris.Fuzz()


main()
