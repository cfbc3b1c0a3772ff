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
import os
import random
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
from PIL import Image

from benchmarks.ledger import _database
from benchmarks.load import _spread, _told, serving
from benchmarks.machine import machine, table

FORM = "/phan-anh/gui/"
POINT = (11.75, 106.72)


def photo(seed: int, width: int = 1600) -> bytes:
    """A picture with as much in it as a street: a few hundred kB of JPEG, no two alike."""
    rough = Image.effect_noise((width // 8, width * 3 // 32), 60).resize((width, width * 3 // 4))
    picture = Image.merge("RGB", (rough, rough.rotate(180), rough))
    picture.putpixel((0, 0), (seed % 256, seed // 256 % 256, 7))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


async def _send(address: str, rate: float, seconds: float) -> tuple[list[float], Counter[str]]:
    photos = [photo(n) for n in range(20)]
    took: list[float] = []
    told: Counter[str] = Counter()
    limits = httpx.Limits(max_connections=500, max_keepalive_connections=100)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        token = (await client.get(FORM + "ma/")).json()["token"]

        async def one(number: int) -> None:
            # Bytes after a picture's end make another file of it.
            own = photos[number % len(photos)] + number.to_bytes(4, "big")
            lat, lon = (at + random.uniform(-0.2, 0.2) for at in POINT)
            data = {
                "csrfmiddlewaretoken": token,
                "key": str(uuid4()),
                "text": f"Ổ gà trước nhà số {number}",
                "category": "road",
                "lat": f"{lat:.5f}",
                "lon": f"{lon:.5f}",
                "seen_similar": "1",
            }
            files = {"photos": (f"{number}.jpg", own, "image/jpeg")}
            began = time.perf_counter()
            try:
                answer = await client.post(
                    FORM, data=data, files=files, headers={"Accept": "application/json"}
                )
            except httpx.HTTPError as error:
                told[type(error).__name__] += 1
                return
            took.append(time.perf_counter() - began)
            told[str(answer.status_code)] += 1

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
            took, told = asyncio.run(_send(f"http://127.0.0.1:{port}", rate, chosen.seconds))
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
