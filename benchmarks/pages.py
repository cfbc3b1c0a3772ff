"""Pages under readers: 20 at once, on the product as `tinhso run` serves it.

`python -m benchmarks pages` starts a server of its own; `--address` measures one that runs.
Two kinds of reading: the same pages again and again, and every request a page not asked before.
"""

from __future__ import annotations

import argparse
import itertools
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import local
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks.machine import machine, table

PLAN = "/ke-hoach/binh-phuoc-2025"
READERS = 20
CODES = ("CQS-03", "CQS-04", "CQS-05", "CQS-09", "HTS-02", "XHS-02", "XHS-06", "CQS-10")
PERIODS = ("2025", *(f"2025-Q{n}" for n in range(1, 5)), *(f"2025-{n:02}" for n in range(1, 13)))
#: The province, its districts, some communes of today.
UNITS = (
    *("p70", *(f"d{number}" for number in range(688, 699))),
    *(f"c{code}.2025" for code in (25195, 25363, 25378, 25387, 25390)),
)
_kept = local()


def main(arguments: list[str]) -> str:
    parser = argparse.ArgumentParser(prog="benchmarks pages", description=__doc__)
    parser.add_argument("--address", help="host:port of a running server")
    parser.add_argument("--scale", default="0.1")
    parser.add_argument("--requests", type=int, default=600)
    chosen = parser.parse_args(arguments)
    with _server(chosen.address, chosen.scale) as address:
        kinds = {
            "overview": (f"{PLAN}/?ky={p}&dia-gioi={v}" for p, v in _lenses()),
            "indicator": (
                f"{PLAN}/chi-tieu/{c}/?ky={p}&dia-gioi={v}" for (p, v), c in _crossed(CODES)
            ),
            "unit": (f"{PLAN}/don-vi/{u}/?ky={p}&dia-gioi={v}" for (p, v), u in _crossed(UNITS)),
            "open number": (
                f"{PLAN}/chi-tieu/{c}/mo/?ky={p}&dia-gioi={v}" for (p, v), c in _crossed(CODES)
            ),
        }
        rows = []
        for kind, addresses in kinds.items():
            fresh = list(itertools.islice(addresses, chosen.requests))
            rows.append([kind, "each for the first time", len(fresh), *_read(address, fresh)])
            again = (fresh[:10] * chosen.requests)[: chosen.requests]
            rows.append([kind, "read before", len(again), *_read(address, again)])
    heads = [
        "page",
        "kind of reading",
        "requests",
        "median",
        "95th percentile",
        "slowest",
        "a second",
    ]
    return machine() + "\n\n" + table(f"Pages under {READERS} readers at once", heads, rows)


def _lenses() -> Iterator[tuple[str, str]]:
    views = ("then", "2025-07-01", "2025-06-30")
    return ((period, view) for view in views for period in PERIODS)


def _crossed(others: tuple[str, ...]) -> Iterator[tuple[tuple[str, str], str]]:
    return itertools.product(_lenses(), others)


def _read(address: str, paths: list[str]) -> list[str]:
    began = time.perf_counter()
    with ThreadPoolExecutor(READERS) as readers:
        took = sorted(readers.map(lambda path: _one(address, path), paths))
    whole = time.perf_counter() - began
    picked = (statistics.median(took), took[int(len(took) * 0.95) - 1], took[-1])
    return [*(f"{seconds * 1000:.0f} ms" for seconds in picked), f"{len(paths) / whole:.0f}"]


def _one(address: str, path: str) -> float:
    if not hasattr(_kept, "connection"):
        _kept.connection = HTTPConnection(address, timeout=60)
    began = time.perf_counter()
    _kept.connection.request("GET", path)
    answer = _kept.connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return time.perf_counter() - began


@contextmanager
def _server(address: str | None, scale: str) -> Iterator[str]:
    if address:
        yield address
        return
    port = free_port()
    with tempfile.TemporaryDirectory() as home:
        settings = {"TINHSO_HOME": home, "TINHSO_PORT": str(port), "TINHSO_SAMPLE_SCALE": scale}
        command = [str(Path(sys.executable).parent / "tinhso"), "run"]
        process = subprocess.Popen(
            command, env=dict(os.environ) | settings, stdout=subprocess.DEVNULL
        )
        try:
            wait(f"http://127.0.0.1:{port}{PLAN}/")
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait(address: str, seconds: float = 240) -> None:
    """Until something answers at the address."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urlopen(address, timeout=60):
                return
        except (URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)
