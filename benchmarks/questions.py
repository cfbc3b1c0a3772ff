"""Searching published answers: our index beside what the databases offer, with the same questions.

`python -m benchmarks questions` publishes invented answers on SQLite, and on PostgreSQL too where
TINHSO_TEST_DATABASE_URL names a server (in a database of its own). The bare query is an OR of the
question's syllables: FTS5 ranked by bm25, tsvector ranked by ts_rank, and trigrams; each over the folded
text. They return the same rows that the page shows, and mend no typing error.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from benchmarks.machine import machine, table

SERVER = "TINHSO_TEST_DATABASE_URL"
ASKED = (
    "làm giấy khai sinh cho con cần giấy tờ gì",
    "mat so do xin cap lai the nao",
    "cccd hết hạn có phải đổi ko",
    "dang ky tma tru nha tro",
    "xay nha o nong thon co phai xin giay phep xay dung khong",
    "bhyt",
    "ddawng kys keets hoon",
    "rut bhxh 1 lan",
)


def main(arguments: list[str]) -> str:
    parser = argparse.ArgumentParser(prog="benchmarks questions", description=__doc__)
    parser.add_argument("--answers", type=int, default=100_000)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.here:
        return json.dumps(_measure(chosen.answers))
    options = ["--answers", str(chosen.answers)]
    rows = _rows("SQLite", _elsewhere("", options))
    server = os.environ.get(SERVER, "")
    if server:
        name = f"questions_{uuid4().hex[:10]}"
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name}")
            try:
                url = urlsplit(server)._replace(path=f"/{name}").geturl()
                rows += _rows("PostgreSQL", _elsewhere(url, options))
            finally:
                admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    title = f"Searching {chosen.answers:,} answers with {len(ASKED)} questions, one after the other"
    return f"{machine()}\n\n" + table(title, ["database", "what", "value"], rows)


def _rows(database: str, found: dict[str, str]) -> list[tuple[str, ...]]:
    return [(database, what, value) for what, value in found.items()]


def _elsewhere(database: str, options: list[str]) -> dict[str, str]:
    """The same program in a process with a home and a database of its own."""
    with tempfile.TemporaryDirectory() as home:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")}
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks", "questions", "--here", *options],
            env=kept | {"TINHSO_HOME": home, "TINHSO_DATABASE_URL": database},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


def _measure(count: int) -> dict[str, str]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tinhso.web.settings"
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from tinhso.kernel.ledger.actor import SYSTEM  # noqa: PLC0415
    from tinhso.kernel.units.load import load_units  # noqa: PLC0415
    from tinhso.modules.questions import answers, queries  # noqa: PLC0415
    from tinhso.modules.questions.answers import Loaded, Written  # noqa: PLC0415
    from tinhso.modules.questions.sample import samples  # noqa: PLC0415
    from tinhso.modules.questions.search import keeping  # noqa: PLC0415

    call_command("migrate", verbosity=0, interactive=False)
    load_units()
    own, draw, now = samples(), random.Random(1022), timezone.now()
    # Invented: the samples, with words of others mixed in, so that every word stands in many answers.
    rows = []
    for number in range(count):
        one, other, third = (draw.choice(own) for _ in range(3))
        title = one.title if number < len(own) else f"{one.title} {other.title}"
        text = f"{one.text} {other.text} {third.text}"
        written = Written(title[:300], text, "", one.basis)
        rows.append(Loaded("p70", one.field, written, now - timedelta(minutes=number)))
    found = {}
    began = time.perf_counter()
    answers.load(SYSTEM, rows)
    found["publish all, with the index (s)"] = f"{time.perf_counter() - began:,.1f}"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    keeping.index().find("khai sinh")
    found["first search of a process (s)"] = f"{time.perf_counter() - began:,.2f}"
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found["memory that it takes, at most (MB)"] = f"{(after - before) / 1024:,.0f}"
    found["search, with the rows shown (ms)"] = _timed(queries.search)
    began = time.perf_counter()
    answers.load(SYSTEM, rows[:1])
    found["publish one more (ms)"] = f"{(time.perf_counter() - began) * 1000:,.0f}"
    began = time.perf_counter()
    queries.search("khai sinh")
    found["the search after it (ms)"] = f"{(time.perf_counter() - began) * 1000:,.0f}"
    bare = _bare_sqlite if connection.vendor == "sqlite" else _bare_postgresql
    return found | bare()


def _timed(search: Callable[[str], object]) -> str:
    times = []
    for _ in range(3):
        for text in ASKED:
            began = time.perf_counter()
            search(text)
            times.append((time.perf_counter() - began) * 1000)
    times.sort()
    return f"median {statistics.median(times):,.0f}, worst {times[-1]:,.0f}"


def _folded_rows() -> list[tuple[str, str, str]]:
    from tinhso.measure.text import fold  # noqa: PLC0415
    from tinhso.modules.questions.models import AnswerVersion  # noqa: PLC0415

    rows = AnswerVersion.objects.values_list("answer_id", "title", "text")
    return [(str(key), fold(title), fold(text)) for key, title, text in rows.iterator()]


def _syllables(text: str) -> list[str]:
    from tinhso.modules.questions.search.words import syllables  # noqa: PLC0415

    return [one.plain for one in syllables(text)]


def _bare_sqlite() -> dict[str, str]:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("CREATE VIRTUAL TABLE bare USING fts5(id UNINDEXED, title, text)")
        cursor.executemany("INSERT INTO bare VALUES (%s, %s, %s)", _folded_rows())

        def search(text: str) -> object:
            asked = " OR ".join(f'"{one}"' for one in _syllables(text))
            cursor.execute(
                "SELECT id, title FROM bare WHERE bare MATCH %s ORDER BY bm25(bare, 0, 3, 1) LIMIT 20",
                [asked],
            )
            return cursor.fetchall()

        return {"bare query: FTS5, bm25 (ms)": _timed(search)}


def _bare_postgresql() -> dict[str, str]:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("CREATE TABLE bare (id text, title text, body text, words tsvector)")
        cursor.executemany(
            "INSERT INTO bare VALUES (%s, %s, %s, setweight(to_tsvector('simple', %s), 'A')"
            " || to_tsvector('simple', %s))",
            [(key, title, text, title, text) for key, title, text in _folded_rows()],
        )
        cursor.execute("CREATE INDEX ON bare USING gin (words)")
        cursor.execute("CREATE INDEX ON bare USING gin (title gin_trgm_ops)")
        cursor.execute("ANALYZE bare")

        def by_words(text: str) -> object:
            asked = " | ".join(_syllables(text))
            cursor.execute(
                "SELECT id, title FROM bare, to_tsquery('simple', %s) AS asked WHERE words @@ asked"
                " ORDER BY ts_rank(words, asked) DESC LIMIT 20",
                [asked],
            )
            return cursor.fetchall()

        def by_trigrams(text: str) -> object:
            asked = " ".join(_syllables(text))
            cursor.execute(
                "SELECT id, title FROM bare WHERE %s <%% title"
                " ORDER BY word_similarity(%s, title) DESC LIMIT 20",
                [asked, asked],
            )
            return cursor.fetchall()

        return {
            "bare query: tsvector, ts_rank (ms)": _timed(by_words),
            "bare query: trigrams (ms)": _timed(by_trigrams),
        }
