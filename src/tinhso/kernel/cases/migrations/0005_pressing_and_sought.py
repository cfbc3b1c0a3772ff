"""Lists are ordered by what is due first; officers find cases by words without diacritics; an answer keeps
by whom it was, by when it was due and how long its agency had the case."""

import django.db.models.deletion
from django.db import migrations, models

STOPS = "Nobody waits: no released version has the table of cases, so it is empty when this runs."


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_device"),
        ("units", "0001_initial"),
    ]

    operations = [
        migrations.AddField("case", "pressing_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "case", "sought", models.TextField(db_default="", default="", editable=False)
        ),
        migrations.AddField(
            "case",
            "answered_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="units.unit",
            ),
        ),
        migrations.AddField("case", "answer_due_at", models.DateTimeField(null=True)),
        migrations.AddField("case", "answer_days", models.PositiveIntegerField(null=True)),
        migrations.RemoveIndex("case", "case_queue"),
        migrations.RemoveIndex("case", "case_lead_queue"),
        migrations.AddIndex(
            "case", models.Index(fields=["kind", "open", "pressing_at"], name="case_pressing")
        ),
        migrations.AddIndex(
            "case", models.Index(fields=["lead", "open", "pressing_at"], name="case_lead_pressing")
        ),
    ]
