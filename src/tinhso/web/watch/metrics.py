"""Figures for Prometheus. Requests are counted in every process; the rest is looked up when asked.

With several processes the counts lie in files (prometheus-client's multiprocess mode) in
TINHSO_HOME/metrics, which the server clears when it starts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from django.utils import timezone
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

from tinhso.kernel.ledger.models import Delivery, DeliveryState, Entry
from tinhso.modules.plan.workspace import workspace
from tinhso.web.watch import facts

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REQUESTS = Histogram(
    "tinhso_request_seconds",
    "Requests by route, method and class of status.",
    ["route", "method", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def seen(route: str, method: str, status: int, seconds: float) -> None:
    REQUESTS.labels(route, method, f"{status // 100}xx").observe(seconds)


class State(Collector):
    """What the databases and the lake say at the moment of asking."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        newest = Entry.objects.order_by("-id").values_list("id", flat=True).first()
        yield _gauge("tinhso_acts", "Ledger entries ever written.", newest or 0)
        unsequenced = Entry.objects.filter(index=None).count()
        yield _gauge("tinhso_ledger_waiting", "Entries without a place in the tree.", unsequenced)
        waiting = Delivery.objects.filter(state=DeliveryState.WAITING)
        yield _gauge("tinhso_outbox_waiting", "Deliveries that wait.", waiting.count())
        yield _gauge("tinhso_outbox_stuck", "Deliveries tried in vain.", facts.stuck().count())
        place = workspace()
        snapshot, at = facts.snapshot(place)
        yield _gauge("tinhso_lake_snapshot", "The lake's newest snapshot.", snapshot)
        age = (timezone.now() - at).total_seconds()
        yield _gauge("tinhso_lake_age_seconds", "Since the lake's newest snapshot.", age)
        stale = int(place.is_stale())
        yield _gauge("tinhso_figures_stale", "1: figures are older than records.", stale)
        yield _gauge("tinhso_database_bytes", "The site's database.", facts.database_bytes())
        yield _gauge("tinhso_process_memory_bytes", "This process.", facts.memory_bytes())


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)


def text() -> bytes:
    """All of it, in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(State())
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest(registry) + generate_latest(REGISTRY)
