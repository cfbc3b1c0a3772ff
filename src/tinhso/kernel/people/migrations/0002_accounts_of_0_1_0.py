"""Accounts made before 0.2.0 lay in Django's own table: they keep their names and passwords."""

import uuid

from django.db import migrations


STOPS = "It only adds rows to a table that no earlier version knows; auth_user is read once and left as it is."


def take_over(apps, schema_editor):
    connection = schema_editor.connection
    if "auth_user" not in connection.introspection.table_names():
        return
    account = apps.get_model("people", "Account")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT username, password, email, first_name, last_name, is_active FROM auth_user"
        )
        rows = cursor.fetchall()
    seen = set()
    for username, password, email, first, last, active in rows:
        name = f"{last} {first}".strip() or username
        email = "" if email.lower() in seen else email.lower()
        seen.add(email)
        account.objects.create(
            id=uuid.uuid4(), username=username, password=password, name=name,
            email=email, is_active=bool(active),
        )


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunPython(take_over, migrations.RunPython.noop)]
