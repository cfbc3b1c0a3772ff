"""Since when somebody waits for personal data on a case's public page to be hidden."""

from django.db import migrations, models

STOPS = "Nobody waits: no released version has the table of cases, so it is empty when this runs."


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_pressing_and_sought_filled")]

    operations = [
        migrations.AddField("case", "hiding_asked_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["kind", "hiding_asked_at"],
                condition=models.Q(hiding_asked_at__isnull=False),
                name="case_hiding_asked",
            ),
        ),
    ]
