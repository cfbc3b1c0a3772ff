"""The public map of 200,000 reports: any view, with the bare queries beside it, on both databases.

`python -m benchmarks maps` uses SQLite; `--postgresql postgres://user@host:5432` adds PostgreSQL, in a
database of its own that is dropped at the end. The reports lie around the communes' points, the half of
them within some 700 m of one. "Bare" are the same statements sent by the database's own driver, rows
fetched and thrown away; "answer" is the whole request that the map's script makes.
"""

from __future__ import annotations

import argparse
from typing import Any

from benchmarks.aside import on_each
from benchmarks.machine import machine, table

RUN = """
import json, random, sys, time
from datetime import timedelta
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
call_command("migrate", verbosity=0)
from tinhso.kernel.units.load import load_units
load_units()
from tinhso.kernel.cases.cells import cell_of
from tinhso.kernel.cases.models import Case
from tinhso.kernel.units import queries as units
from tinhso.measure.boundaries import Level
from tinhso.modules.feedback.categories import categories

n, PROVINCE = int(sys.argv[1]), "p75.2025"
random.seed(1)
now = timezone.now()
points = [one for one in units.markers(PROVINCE, level=Level.COMMUNE) if one.lat is not None]
fields = list(categories())
def case(i):
    commune = random.choice(points)
    wide = random.choice((0.006, 0.05))
    lat, lon = random.gauss(commune.lat, wide), random.gauss(commune.lon, wide)
    at = now - timedelta(minutes=3 * i)
    done = i > n // 20 and random.random() < 0.97
    return Case(
        kind="feedback", code=f"PA-250601-{i:06}", channel="web", category=random.choice(fields), title=f"Việc {i}",
        text="x" * 400, home_id=commune.uid, place_id=commune.uid, lead_id=commune.uid, received_at=at, open=not done,
        state="answered" if done else "assigned", waits="requester" if done else "lead", published_at=at, lat=lat, lon=lon,
        cell=cell_of(lat, lon), events=2, changed_at=now, simulated=True,
    )
for first in range(0, n, 5000):
    Case.objects.bulk_create([case(i) for i in range(first, min(n, first + 5000))])
connection.close()
with connection.cursor() as cursor:
    cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")

def median(do, times=9):
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        do()
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)[times // 2], max(taken)

middle = points[len(points) // 2]
def around(degrees):
    return ",".join(f"{one:.4f}" for one in (middle.lat - degrees, middle.lon - degrees, middle.lat + degrees, middle.lon + degrees))
whole = f"{min(p.lat for p in points):.3f},{min(p.lon for p in points):.3f},{max(p.lat for p in points):.3f},{max(p.lon for p in points):.3f}"
today = timezone.localdate()
month = f"&tu={today - timedelta(days=60)}&den={today - timedelta(days=30)}"
client, told = Client(), []
for name, view, more in (
    ("the whole province", whole, ""),
    ("the whole province, open ones", whole, "&tinh-trang=open"),
    ("the whole province, one category", whole, f"&linh-vuc={fields[0]}"),
    ("the whole province, one commune's", whole, f"&xa={middle.uid}"),
    ("the whole province, one agency's", whole, f"&co-quan={middle.uid}"),
    ("the whole province, a month", whole, month),
    ("the whole province, one category, open ones", whole, f"&linh-vuc={fields[0]}&tinh-trang=open"),
    ("the whole province, one agency's in a month", whole, f"&co-quan={middle.uid}{month}"),
    ("some 50 km", around(0.22), ""),
    ("some 10 km", around(0.045), ""),
    ("some 2 km", around(0.009), ""),
    ("a street", around(0.001), ""),
    ("nothing there", "9.0,110.0,9.5,110.5", ""),
):
    address = f"/phan-anh/diem.json?khung={view}{more}"
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(address)
    assert answer.status_code == 200, answer.content[:300]
    found = answer.json()
    sent = [one["sql"] for one in caught.captured_queries]
    if "--plan" in sys.argv and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + sent[0])
            print(*(row[0] for row in cursor.fetchall()), sep="\\n", file=sys.stderr)
    def bare():
        with connection.cursor() as cursor:
            for one in sent:
                cursor.execute(one)
                cursor.fetchall()
    told.append([name, found["total"], len(found["circles"]) or len(found["points"]), median(bare)[0], *median(lambda: client.get(address))])
print(json.dumps(told))
"""


def main(arguments: list[str]) -> str:
    parser = argparse.ArgumentParser(prog="benchmarks maps", description=__doc__)
    parser.add_argument("--postgresql", default="")
    parser.add_argument("--reports", type=int, default=200_000)
    parser.add_argument("--plan", action="store_true", help="print PostgreSQL's plans too")
    chosen = parser.parse_args(arguments)
    arguments = [str(chosen.reports), *(["--plan"] if chosen.plan else [])]
    told = on_each(RUN, arguments, chosen.postgresql)
    tables = [_table(name, chosen.reports, rows) for name, rows in told]
    return machine() + "\n\n" + "\n".join(tables)


def _table(name: str, reports: int, told: list[Any]) -> str:
    rows = [
        [view, f"{total:,}", shown, *(f"{one:.1f}" for one in took)]
        for view, total, shown, *took in told
    ]
    head = ["view", "reports in it", "drawn", "bare", "answer", "slowest answer"]
    return table(f"{name}, {reports:,} published reports; milliseconds, medians of 9", head, rows)
