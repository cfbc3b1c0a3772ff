"""Cases of trials before this version are found and ordered as new ones are. What follows from their
events (who answered, when it was due) comes by `tinhso cases reproject --everything`."""

from django.db import migrations

from tinhso.kernel.cases.models import as_sought

STOPS = "A batch of rows at a time is updated, some milliseconds each: no table is locked."
BATCH = 500


def fill(apps, schema_editor):
    cases = apps.get_model("cases", "Case").objects
    keys = list(cases.filter(sought="").values_list("pk", flat=True))
    for first in range(0, len(keys), BATCH):
        rows = list(cases.filter(pk__in=keys[first : first + BATCH]))
        for one in rows:
            one.sought = as_sought(one.code, one.title, one.public_title, one.text)
            dues = [at for at in (one.due_at, one.step_due_at) if at is not None]
            one.pressing_at = min(dues) if one.open and dues else None
        cases.bulk_update(rows, ["sought", "pressing_at"])


class Migration(migrations.Migration):
    # Each batch by itself; killed in between, it goes on with those that are left.
    atomic = False
    dependencies = [("cases", "0005_pressing_and_sought")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
