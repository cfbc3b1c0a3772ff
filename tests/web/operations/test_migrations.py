"""Migrations leave those who read and write in peace, or say why they cannot.

While a new version migrates, processes of the old one still serve. An operation holds here when it
neither keeps a table locked for as long as it has rows, nor takes away what old code uses. One that
must do otherwise says so in its file: `STOPS = "what waits, for how long, and why it is worth it"`.
"""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

#: They touch no row and nothing that old code uses. CreateModel makes a table that nobody has yet.
HARMLESS = (
    migrations.CreateModel,
    migrations.AlterModelOptions,
    migrations.AlterModelManagers,
    AddConstraintNotValid,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)


def stops(operation: Operation, made_here: set[str]) -> str:
    """What stands still or breaks, or ""; `made_here` are models that this migration makes."""
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        return next(
            (why for one in operation.database_operations if (why := stops(one, made_here))), ""
        )
    if isinstance(operation, HARMLESS):
        return ""
    model = getattr(operation, "model_name", getattr(operation, "name", "")).lower()
    if model in made_here:
        return ""
    match operation:
        case migrations.AddField(field=field):
            if isinstance(field, models.ManyToManyField) or field.null or field.has_db_default():
                return "locks it to index the new column" if field.unique or field.db_index else ""
            return "old code cannot insert: the new column has no default in the database"
        case migrations.AddIndex():
            return "writers wait while the index is built: use AddIndexConcurrently"
        case migrations.AddConstraint():
            return "all rows are checked under a lock: use AddConstraintNotValid, then Validate"
        case migrations.RunPython() | migrations.RunSQL():
            return "rows are rewritten: say how many, and what waits"
    return "old code uses what is changed or taken away"


def ours() -> list[tuple[str, str]]:
    loader = MigrationLoader(None)
    labels = {one.label for one in apps.get_app_configs() if one.name.startswith("tinhso.")}
    return sorted(key for key in loader.disk_migrations if key[0] in labels)


@pytest.mark.parametrize(("app", "name"), ours(), ids=lambda value: value)
def test_a_migration_stops_nobody_or_says_why(app: str, name: str) -> None:
    migration = MigrationLoader(None).disk_migrations[app, name]
    made = {
        one.name.lower() for one in migration.operations if isinstance(one, migrations.CreateModel)
    }
    found = {str(one): why for one in migration.operations if (why := stops(one, made))}
    reason = getattr(import_module(type(migration).__module__), "STOPS", "")
    if found:
        assert len(reason) >= 40, found
    else:
        assert not reason, "it stops nobody: take the reason away"


def test_adding_a_required_column_or_taking_one_away_is_told() -> None:
    text = models.CharField(max_length=9)
    assert stops(migrations.AddField("entry", "x", text), set())
    assert not stops(migrations.AddField("entry", "x", text), {"entry"})
    assert not stops(
        migrations.AddField("entry", "x", models.CharField(max_length=9, null=True)), set()
    )
    assert not stops(
        migrations.AddField("entry", "x", models.CharField(max_length=9, db_default="")), set()
    )
    assert stops(
        migrations.AddField("entry", "x", models.IntegerField(null=True, unique=True)), set()
    )
    assert stops(migrations.RemoveField("entry", "x"), set())
    assert stops(migrations.AddIndex("entry", models.Index(fields=["x"], name="x")), set())
    assert stops(migrations.RunSQL("SELECT 1"), set())
