"""Reminders that do not wait for the day's digest, and by which way each line was told.

Stops nobody: three columns with constants, and a unique index over what was one digest a person and
day before and stays so; the table has a row a person and working day.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("urging", "0001_initial")]

    operations = [
        migrations.AddField("digest", "at_once", models.BooleanField(default=False)),
        migrations.AddField("reminder", "by_mail", models.BooleanField(default=True)),
        migrations.AddField("reminder", "on_page", models.BooleanField(default=True)),
        migrations.RemoveConstraint("digest", "urging_one_digest_a_day"),
        migrations.AddConstraint(
            "digest",
            models.UniqueConstraint(
                condition=models.Q(("at_once", False)),
                fields=("account", "day"),
                name="urging_one_digest_a_day",
            ),
        ),
    ]
