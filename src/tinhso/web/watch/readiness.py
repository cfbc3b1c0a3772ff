"""Whether pages can be served."""

from __future__ import annotations

import logging

import duckdb
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from tinhso.kernel.units.models import LoadedPack
from tinhso.measure.text import InputError
from tinhso.modules.plan.workspace import workspace

logger = logging.getLogger(__name__)


def not_ready() -> list[str]:
    """What is not there: "database", "migrations", "units", "lake"; what depends on it is not asked."""
    try:
        if pending_migrations():
            return ["migrations"]
        if not LoadedPack.objects.exists():
            return ["units"]
    except DatabaseError:
        logger.exception("the database does not answer")
        return ["database"]
    try:
        workspace().connection().execute("SELECT count(*) FROM lake._batches")
    except (duckdb.Error, InputError, OSError):
        logger.exception("the lake cannot be read")
        return ["lake"]
    return []


def pending_migrations() -> int:
    """How many steps the tables are behind the code."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
