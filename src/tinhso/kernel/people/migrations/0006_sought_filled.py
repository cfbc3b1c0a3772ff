"""Accounts of before are found by the names that they have."""

from django.db import migrations

from tinhso.kernel.people.models import as_sought

STOPS = "Each account waits for one update of its own row, a millisecond each: no table is locked."


def fill(apps, schema_editor):
    accounts = apps.get_model("people", "Account").objects
    for one in list(accounts.filter(sought="").only("pk", "name", "username")):
        sought, listed_as = as_sought(one.name, one.username)
        accounts.filter(pk=one.pk).update(sought=sought, listed_as=listed_as)


class Migration(migrations.Migration):
    # Each row by itself; killed in between, it goes on with those that are left.
    atomic = False
    dependencies = [("people", "0005_sought")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
