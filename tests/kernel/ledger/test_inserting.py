"""Rows that are written together are what `save` would have written, one by one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.forms.models import model_to_dict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinhso.kernel.cases.models import Contact
from tinhso.kernel.ledger.inserting import insert
from tinhso.kernel.ledger.models import Delivery

pytestmark = pytest.mark.django_db

#: PostgreSQL keeps no nought in texts.
words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)


def told(row: models.Model) -> dict[str, Any]:
    """What the database holds of a row, but for what is its own in any case."""
    row.refresh_from_db()
    kept = model_to_dict(row) | {one.name: getattr(row, one.attname) for one in row._meta.fields}
    kept = {name: bytes(one) if isinstance(one, memoryview) else one for name, one in kept.items()}
    return {
        name: one
        for name, one in kept.items()
        if name not in ("id", "uid", "secret", "created_at", "next_try_at")
    }


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(words, min_size=2, max_size=4), sealed=st.binary(max_size=20))
def test_rows_written_together_are_as_if_saved(texts: list[str], sealed: bytes) -> None:
    def rows(mark: str) -> list[models.Model]:
        found: list[models.Model] = []
        for number, text in enumerate([*texts, "100 %s; '\" DROP TABLE $1 {}"]):
            payload = {"text": text, "list": [text, None, number]}
            found.append(Delivery(topic="t", key=text, payload=payload))
            secret = f"{mark}{number}"
            found.append(Contact(key_id="k", sealed=sealed, secret=secret, phone=text))
        return found

    with transaction.atomic():
        together, alone = rows("together"), rows("alone")
        insert(*together)
        for row in alone:
            row.save()
        assert [told(row) for row in together] == [told(row) for row in alone]
        keys = [row.pk for row in together if isinstance(row, Delivery)]
        assert keys == sorted(set(keys))
        later = Delivery(topic="t", key="later", payload={})
        later.save()
        assert later.pk > keys[-1]
        transaction.set_rollback(True)


def test_of_rows_one_of_which_is_refused_none_is_there() -> None:
    first, second = (Contact(key_id="k", sealed=b"", secret=text) for text in ("once", "once"))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(first, second)
    assert not Contact.objects.exists()


def test_postgresql_is_asked_once(django_assert_num_queries: Any) -> None:
    rows = [Contact(key_id="k", sealed=b"", secret=str(number)) for number in range(3)]
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 3):
        insert(*rows)
