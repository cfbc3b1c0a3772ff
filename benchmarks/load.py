"""People at once: 50, 200, 1,000 of them, each with pauses to read, on the product as it is served.

`python -m benchmarks load` on SQLite; `--database postgres://…/` makes a database there for the run
and drops it. Each person opens a page of the plan with its style sheet, font and script, pauses
(exponential, 8 s in the mean), follows a link, asks the API now and then, and keeps what a browser
keeps: ETags and its connection. `--minutes 60 --people 200` watches the memory of each process.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import psycopg

from benchmarks.machine import machine, table
from benchmarks.pages import CODES, PERIODS, PLAN, UNITS, free_port, wait

PAUSE = 8.0
MOMENTS = (0, 10, 25, 50, 75, 100)  # per cent of the time
KINDS: dict[str, tuple[int, Callable[[], str]]] = {
    "overview": (3, lambda: f"{PLAN}/?ky={random.choice(PERIODS)}"),
    "indicator": (
        4,
        lambda: f"{PLAN}/chi-tieu/{random.choice(CODES)}/?ky={random.choice(PERIODS)}",
    ),
    "unit": (3, lambda: f"{PLAN}/don-vi/{random.choice(UNITS)}/?ky={random.choice(PERIODS)}"),
    "open number": (1, lambda: f"{PLAN}/chi-tieu/{random.choice(CODES)}/mo/?ky=2025-Q2"),
    "search": (
        1,
        lambda: f"{PLAN}/don-vi/?tim={random.choice(['dong+phu', 'tan', '25363', 'so'])}",
    ),
    "API": (
        2,
        lambda: (
            f"/api/v1/plans/binh-phuoc-2025/indicators/{random.choice(CODES)}/value"
            f"?period={random.choice(PERIODS)}&unit={random.choice(UNITS)}"
        ),
    ),
}


@dataclass
class Seen:
    """What all people together saw."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)


class Person:
    """One reader with a connection and a browser's memory of its own."""

    def __init__(self, port: int, seen: Seen) -> None:
        self.port, self.seen = port, seen
        self.etags: dict[str, str] = {}
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def read(self, until: float) -> None:
        await asyncio.sleep(random.uniform(0, PAUSE))
        names = list(KINDS)
        weights = [KINDS[name][0] for name in names]
        parts: list[str] | None = None
        while time.monotonic() < until:
            kind = random.choices(names, weights)[0]
            body = await self.get(kind, KINDS[kind][1]())
            if parts is None and b"<link" in body:
                parts = re.findall(r'(?:href|src)="(/static/[^"]+)"', body.decode())
                for part in dict.fromkeys(parts):
                    await self.get("file", part)
            await asyncio.sleep(random.expovariate(1 / PAUSE))
        if self.streams:
            self.streams[1].close()

    async def get(self, kind: str, path: str) -> bytes:
        began = time.perf_counter()
        try:
            async with asyncio.timeout(60):
                status, body = await self._ask(path)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            self.seen.errors[type(error).__name__] += 1
            self.streams = None
            return b""
        self.seen.took[kind].append(time.perf_counter() - began)
        if status not in (200, 304):
            self.seen.errors[str(status)] += 1
        return body

    async def _ask(self, path: str) -> tuple[int, bytes]:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        known = f"If-None-Match: {self.etags[path]}\r\n" if path in self.etags else ""
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{known}\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status = int(head.split(" ", 2)[1])
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head.split("\r\n")[1:])
        }
        if "etag" in headers:
            self.etags[path] = headers["etag"]
        body = await self._body(reader, status, headers)
        if headers.get("connection", "").lower() == "close":
            writer.close()
            self.streams = None
        return status, body

    async def _body(
        self, reader: asyncio.StreamReader, status: int, headers: dict[str, str]
    ) -> bytes:
        if status == 304:
            return b""
        if "content-length" in headers:
            return await reader.readexactly(int(headers["content-length"]))
        body = b""
        while size := int((await reader.readuntil(b"\r\n"))[:-2], 16):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readexactly(2)
        return body


def main(arguments: list[str]) -> str:
    parser = argparse.ArgumentParser(prog="benchmarks load", description=__doc__)
    parser.add_argument("--people", type=int, nargs="*", default=[50, 200, 1000])
    parser.add_argument("--minutes", type=float, default=1.0, help="for each number of people")
    parser.add_argument("--scale", default="0.1")
    parser.add_argument("--database", default="", help="a PostgreSQL server; empty: SQLite")
    chosen = parser.parse_args(arguments)
    rows, memory = [], []
    with serving(chosen.scale, chosen.database) as (port, pid):
        for people in chosen.people:
            seen, sizes = asyncio.run(_crowd(port, pid, people, chosen.minutes * 60))
            pages = sorted(
                one for kind, took in seen.took.items() if kind != "file" for one in took
            )
            rows.append([people, len(pages), *_spread(pages), _told(seen.errors)])
            for kind in KINDS:
                took = sorted(seen.took[kind])
                rows.append([f"  {kind}", len(took), *_spread(took), ""])
            memory += _grown(people, sizes)
    server = "PostgreSQL" if chosen.database else "SQLite"
    heads = ["people at once", "requests", "median", "95th", "99th", "slowest", "errors"]
    return "\n\n".join(
        [
            machine(),
            table(f"People with pauses, {server}, {chosen.minutes:g} min each", heads, rows),
            table(
                "Memory of each of the server's processes (proportional set)",
                ["people at once", "process", *(f"after {share} %" for share in MOMENTS)],
                memory,
            ),
        ]
    )


def _spread(took: list[float]) -> list[str]:
    if not took:
        return ["–"] * 4
    picked = (
        statistics.median(took),
        took[int(len(took) * 0.95) - 1],
        took[int(len(took) * 0.99) - 1],
        took[-1],
    )
    return [f"{seconds * 1000:.0f} ms" for seconds in picked]


def _told(errors: Counter[str]) -> str:
    return ", ".join(f"{count} × {name}" for name, count in errors.most_common()) or "0"


async def _crowd(
    port: int, pid: int, people: int, seconds: float
) -> tuple[Seen, list[dict[int, tuple[str, float]]]]:
    seen, until = Seen(), time.monotonic() + seconds
    crowd = [asyncio.create_task(Person(port, seen).read(until)) for _ in range(people)]
    sizes = [_memory(pid)]
    while time.monotonic() < until:
        await asyncio.sleep(min(10.0, max(0.1, until - time.monotonic())))
        sizes.append(_memory(pid))
    await asyncio.gather(*crowd)
    return seen, sizes


def _grown(people: int, sizes: list[dict[int, tuple[str, float]]]) -> list[list[object]]:
    """A row for each process that lived through all of it, one for all processes together."""
    moments = [sizes[round((len(sizes) - 1) * share / 100)] for share in MOMENTS]
    throughout = [one for one in moments[0] if all(one in moment for moment in moments)]
    rows: list[list[object]] = [
        [people, moments[0][one][0], *(f"{moment[one][1]:.0f} MB" for moment in moments)]
        for one in throughout
    ]
    totals = [sum(megabytes for _, megabytes in moment.values()) for moment in moments]
    return [*rows, [people, "all together", *(f"{total:.0f} MB" for total in totals)]]


def _memory(pid: int) -> dict[int, tuple[str, float]]:
    """Name and proportional set size, in MB, of a process and of each process below it."""
    children: dict[int, list[int]] = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        children[int(fields[1])].append(int(stat.parent.name))
    waiting, found = [pid], {}
    while waiting:
        one = waiting.pop()
        waiting += children[one]
        try:
            text = Path(f"/proc/{one}/smaps_rollup").read_text()
            words = Path(f"/proc/{one}/cmdline").read_bytes().decode().split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        size = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
        # The last words of a command tell the processes apart: `tinhso run`, `tinhso work`, a fork.
        name = " ".join(Path(word).name for word in words[1:4] if word) or "?"
        found[one] = (f"{name} ({one})", int(size[1]) / 1024 if size else 0.0)
    return found


@contextmanager
def serving(scale: str, database: str = "") -> Iterator[tuple[int, int]]:
    """The product with a home of its own: its port and process id. Stopped and cleared at the end."""
    name = f"tinhso_{uuid4().hex[:8]}"
    port = free_port()
    with tempfile.TemporaryDirectory() as home:
        own = {"TINHSO_HOME": home, "TINHSO_PORT": str(port), "TINHSO_SAMPLE_SCALE": scale}
        if database:
            with psycopg.connect(f"{database.rstrip('/')}/postgres", autocommit=True) as server:
                server.execute(f'CREATE DATABASE "{name}"')
            own["TINHSO_DATABASE_URL"] = f"{database.rstrip('/')}/{name}"
        command = [str(Path(sys.executable).parent / "tinhso"), "run"]
        process = subprocess.Popen(command, env=dict(os.environ) | own, stdout=subprocess.DEVNULL)
        try:
            wait(f"http://127.0.0.1:{port}{PLAN}/")
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(30)
            if database:
                with psycopg.connect(f"{database.rstrip('/')}/postgres", autocommit=True) as server:
                    server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
