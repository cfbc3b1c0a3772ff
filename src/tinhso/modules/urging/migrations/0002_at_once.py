"""Reminders that do not wait for the day's digest, and by which way each line was told."""

from django.db import migrations, models

STOPS = (
    "Nobody waits long: columns with constants, and a unique index over a table that has a row a person"
    " and working day. Code of before goes on writing one digest a day, which the new index allows."
)


class Migration(migrations.Migration):
    dependencies = [("urging", "0001_initial")]

    operations = [
        migrations.AddField("digest", "at_once", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("reminder", "by_mail", models.BooleanField(default=True, db_default=True)),
        migrations.AddField("reminder", "on_page", models.BooleanField(default=True, db_default=True)),
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
