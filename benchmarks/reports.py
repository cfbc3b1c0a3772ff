"""Residents' reports with a photo, so many a second, on the product as it is served.

`python -m benchmarks reports --postgresql postgres://user@host:5432` sends `--rate` reports a second for
`--seconds`, whether the last ones have been answered or not, each with a photo of its own (as the page
shrinks it: about 1,600 pixels), and tells how long answers took. Beside it the bare transaction: the file
written and flushed, the rows of a report inserted and committed by the database's own driver, one after
another. Sender and server share the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import os
import random
import re
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path
from uuid import uuid4

import psycopg
from PIL import Image

from benchmarks.ledger import _database
from benchmarks.load import _spread, _told, serving
from benchmarks.machine import machine, table

FORM = "/phan-anh/gui/"
POINT = (11.75, 106.72)
#: Where a JPEG's APP0 segment, its first, tells the dots an inch.
DENSITY = 14


def photo(seed: int, width: int = 1600) -> bytes:
    """A picture with as much in it as a street: a few hundred kB of JPEG, no two alike."""
    rough = Image.effect_noise((width // 8, width * 3 // 32), 60).resize((width, width * 3 // 4))
    picture = Image.merge("RGB", (rough, rough.rotate(180), rough))
    picture.putpixel((0, 0), (seed % 256, seed // 256 % 256, 7))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


class Sender:
    """One of the site's tokens, and a connection of its own for each report, as each comes from another
    phone; writes requests itself, so that sending costs little."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookie = self.token = ""

    async def begin(self) -> None:
        status, head, body = await self._ask(
            f"GET {FORM}ma/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
        )
        assert status == 200, (status, body)
        self.cookie = re.findall(r"(?im)^set-cookie: ([^;]+)", head)[0]
        self.token = json.loads(body)["token"]

    async def send(self, number: int, content: bytes) -> int:
        lat, lon = (at + random.uniform(-0.2, 0.2) for at in POINT)
        fields = {
            "csrfmiddlewaretoken": self.token,
            "key": str(uuid4()),
            "text": f"Ổ gà trước nhà số {number}",
            "category": "road",
            "lat": f"{lat:.5f}",
            "lon": f"{lon:.5f}",
            "seen_similar": "1",
        }
        mark = f"--{uuid4().hex}"
        parts = "".join(
            f'{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        file = (
            f'{mark}\r\nContent-Disposition: form-data; name="photos"; filename="{number}.jpg"\r\n'
        )
        body = b"".join(
            (
                f"{parts}{file}Content-Type: image/jpeg\r\n\r\n".encode(),
                content,
                f"\r\n{mark}--\r\n".encode(),
            )
        )
        head = (
            f"POST {FORM} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nCookie: {self.cookie}\r\n"
            f"Content-Type: multipart/form-data; boundary={mark[2:]}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        status, _, _ = await self._ask(head.encode() + body)
        return status

    async def _ask(self, request: bytes) -> tuple[int, str, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = re.findall(r"(?im)^content-length: (\d+)", head)
            body = await reader.readexactly(int(length[0])) if length else b""
        finally:
            writer.close()
        return int(head.split(" ", 2)[1]), head, body


async def _send(port: int, rate: float, seconds: float) -> tuple[list[float], Counter[str]]:
    photos = [photo(n) for n in range(20)]
    took: list[float] = []
    told: Counter[str] = Counter()
    sender = Sender(port)
    await sender.begin()

    async def one(number: int) -> None:
        # Four bytes that stay, the dots an inch that JFIF tells, make another file of the same picture.
        drawn = photos[number % len(photos)]
        drawn = drawn[:DENSITY] + number.to_bytes(4, "big") + drawn[DENSITY + 4 :]
        began = time.perf_counter()
        try:
            async with asyncio.timeout(60):
                status = await sender.send(number, drawn)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            told[type(error).__name__] += 1
            return
        took.append(time.perf_counter() - began)
        told[str(status)] += 1

    began, waiting = time.perf_counter(), []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        waiting.append(asyncio.create_task(one(number)))
    await asyncio.gather(*waiting)
    return took, told


#: The rows of a report, by what they are for: two entries of the ledger, for the file and for the case.
ROWS = ("report", "event", "entry", "entry", "file", "attachment", "contact", "watcher")


def _bare(server: str, count: int = 300) -> float:
    """Milliseconds of a bare report, in the median."""
    content, took = photo(1), []
    with (
        _database(f"{server}/postgres") as url,
        psycopg.connect(url) as own,
        tempfile.TemporaryDirectory() as folder,
    ):
        for one in set(ROWS):
            own.execute(
                f"CREATE TABLE {one} (id uuid PRIMARY KEY, told text, at timestamptz)".encode()
            )
        own.commit()
        for number in range(count):
            began = time.perf_counter()
            with Path(folder, str(number)).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            for one in ROWS:
                own.execute(
                    f"INSERT INTO {one} VALUES (%s, %s, now())".encode(), (uuid4(), "x" * 300)
                )
            own.commit()
            took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000


def main(arguments: list[str]) -> str:
    parser = argparse.ArgumentParser(prog="benchmarks reports", description=__doc__)
    parser.add_argument("--postgresql", required=True)
    parser.add_argument("--rate", type=float, nargs="*", default=[5, 10, 20, 40, 100])
    parser.add_argument("--seconds", type=float, default=20)
    chosen = parser.parse_args(arguments)
    server = chosen.postgresql.rstrip("/")
    bare, rows = _bare(server), []
    with serving("0.01", server) as (port, _):
        for rate in chosen.rate:
            began = time.perf_counter()
            took, told = asyncio.run(_send(port, rate, chosen.seconds))
            spent = time.perf_counter() - began
            others = Counter({what: n for what, n in told.items() if what != "200"})
            rows.append(
                [f"{rate:g}", f"{told['200'] / spent:.1f}", *_spread(sorted(took)), _told(others)]
            )
    heads = [
        "sent a second",
        "taken in a second",
        "median",
        "95th",
        "99th",
        "slowest",
        "other answers",
    ]
    title = (
        f"Reports with a photo of {len(photo(0)) // 1000} kB, PostgreSQL; a bare one: {bare:.1f} ms"
    )
    return machine() + "\n\n" + table(title, heads, rows)
