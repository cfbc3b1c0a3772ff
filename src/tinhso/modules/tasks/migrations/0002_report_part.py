from django.db import migrations, models

STOPS = "Nobody waits: a column with a default, of a table that no released version has."


class Migration(migrations.Migration):

    dependencies = [
        ('tasks', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='report',
            name='part',
            field=models.BooleanField(default=False),
        ),
    ]
