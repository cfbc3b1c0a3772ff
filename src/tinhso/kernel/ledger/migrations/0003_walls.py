"""The database itself refuses to change the ledger; see walls.py."""

from django.db import migrations

from tinhso.kernel.ledger import walls


STOPS = "Nobody waits: no released version has the ledger's tables, so they are empty when this runs."


def build(apps, schema_editor):
    walls.build(schema_editor.connection)


def drop(apps, schema_editor):
    walls.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_node_treehead")]
    operations = [migrations.RunPython(build, drop)]
