"""Identity numbers are nowhere in the clear, open only with a purpose, and outlive a change of keys."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import IntegrityError, connection
from django.test import override_settings

from tests.people import appoint
from tests.prepared import TABLES, a_database
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.people import identity, keyring
from tinhso.kernel.people.accounts import seats_of
from tinhso.kernel.people.limits import TooManyError
from tinhso.kernel.people.models import Account, IdentityNumber
from tinhso.kernel.people.policy import ForbiddenError, Need
from tinhso.kernel.people.who import Who
from tinhso.measure.text import InputError
from tinhso.web.configuration import PROJECT

NUMBER = "070201000123"
OTHER = "070201000124"


@pytest.fixture(autouse=True)
def ring(tmp_path: Path) -> Iterator[Path]:
    with override_settings(TINHSO_IDENTITY_KEYS=tmp_path / "identity"):
        yield tmp_path / "identity"


def who_of(account: Account, *, strong: bool = True) -> Who:
    day = account.created_at.date()
    return Who(day, account.id, account.name, seats_of(account.id, day), strong=strong)


@pytest.fixture
def keeper(db: None) -> Who:
    return who_of(appoint("administrator", "p70"))


@pytest.fixture
def person(db: None) -> Account:
    return Account.objects.create(username="ong-a", name="Ông A")


def needs(who: Who, person: Account, purpose: str) -> Need:
    with pytest.raises(ForbiddenError) as raised:
        identity.open_number(who, person, "p70", purpose)
    return raised.value.answer.need


def test_a_number_is_opened_with_right_factor_and_purpose_and_the_opening_is_on_record(
    keeper: Who, person: Account
) -> None:
    identity.keep(keeper, person, "070 201 000 123", "p70")
    assert needs(keeper, person, " ") is Need.PURPOSE
    assert needs(who_of(appoint("administrator", "p70", "yeu"), strong=False), person, "x") is (
        Need.SECOND_FACTOR
    )
    assert needs(who_of(appoint("leader", "p70")), person, "x") is Need.RIGHT
    assert not Entry.objects.filter(act="people.identity.open").exists()
    assert identity.open_number(keeper, person, "p70", "Đối chiếu hồ sơ 12") == NUMBER
    entry = Entry.objects.get(act="people.identity.open")
    assert entry.details["reason"] == "Đối chiếu hồ sơ 12"
    assert (entry.thing, entry.actor) == (str(person.id), str(keeper.account))


@pytest.mark.parametrize("number", ["", "07020100012", "0702010001234", "07020100012x", "０" * 12])
def test_only_twelve_digits_are_a_number(keeper: Who, person: Account, number: str) -> None:
    with pytest.raises(InputError):
        identity.keep(keeper, person, number, "p70")
    assert not IdentityNumber.objects.exists()


def test_a_number_belongs_to_one_account_and_finds_it(keeper: Who, person: Account) -> None:
    other = Account.objects.create(username="ba-b", name="Bà B")
    identity.keep(keeper, person, NUMBER, "p70")
    with pytest.raises(InputError, match="another account"):
        identity.keep(keeper, other, NUMBER, "p70")
    identity.keep(keeper, other, OTHER, "p70")
    identity.keep(keeper, person, NUMBER, "p70")
    assert identity.account_by(NUMBER) == person
    assert identity.account_by("000000000000") is None
    identity.forget(person)
    assert identity.account_by(NUMBER) is None


def test_opening_many_numbers_comes_to_an_end(
    keeper: Who, person: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "MOST_AN_HOUR", 2)
    identity.keep(keeper, person, NUMBER, "p70")
    for _ in range(2):
        identity.open_number(keeper, person, "p70", "x")
    with pytest.raises(TooManyError):
        identity.open_number(keeper, person, "p70", "x")
    assert Entry.objects.filter(act="people.identity.open").count() == 2


def test_a_ciphertext_cannot_be_moved_to_another_person_or_changed(
    keeper: Who, person: Account
) -> None:
    other = Account.objects.create(username="ba-b", name="Bà B")
    identity.keep(keeper, person, NUMBER, "p70")
    held = IdentityNumber.objects.get()
    IdentityNumber.objects.create(
        account=other,
        ciphertext=held.ciphertext,
        key_id=held.key_id,
        index="0" * 64,
        at=held.at,
    )
    with pytest.raises(keyring.TamperedError):
        identity.open_number(keeper, other, "p70", "x")
    with pytest.raises(IntegrityError):
        IdentityNumber.objects.filter(account=other).update(index=held.index)


def test_the_same_number_is_sealed_differently_each_time(keeper: Who, person: Account) -> None:
    key = keyring.newest()
    assert key.encrypt(NUMBER, "a") != key.encrypt(NUMBER, "a")
    assert key.index(NUMBER) == key.index(NUMBER) != keyring.make().index(NUMBER)


def test_keys_are_their_owners_only_and_never_shown(ring: Path) -> None:
    key = keyring.newest()
    path = ring / f"{key.id}.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(ring.stat().st_mode) == 0o700
    assert key.secret.hex() not in f"{key!r} {key}"
    path.chmod(0o640)
    with pytest.raises(keyring.KeyReadableError):
        keyring.newest()


def test_rotation_moves_all_finds_all_and_puts_the_old_key_aside(
    keeper: Who, person: Account, ring: Path
) -> None:
    identity.keep(keeper, person, NUMBER, "p70")
    old = keyring.newest()
    rest = list(identity.rotate())
    assert (rest[-1].done, rest[-1].left) == (1, 0)
    assert [key.id for key in keyring.in_use()] == [rest[-1].key] != [old.id]
    assert (ring / "retired" / f"{old.id}.key").exists()
    assert identity.account_by(NUMBER) == person
    assert identity.open_number(keeper, person, "p70", "x") == NUMBER
    assert Entry.objects.filter(act="people.identity.rotate").count() == 1


def test_without_its_key_a_number_is_not_guessed(keeper: Who, person: Account, ring: Path) -> None:
    identity.keep(keeper, person, NUMBER, "p70")
    shutil.rmtree(ring)
    with pytest.raises(keyring.KeyMissingError):
        identity.open_number(keeper, person, "p70", "x")


def test_no_dump_and_no_log_holds_a_number(
    keeper: Who, person: Account, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    identity.keep(keeper, person, NUMBER, "p70")
    identity.open_number(keeper, person, "p70", "x")
    list(identity.rotate())
    wanted = (NUMBER, NUMBER.encode().hex())
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith("units_"):
                continue
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                cells = [
                    bytes(c).hex() if isinstance(c, bytes | memoryview) else str(c) for c in row
                ]
                assert not any(one in cell for one in wanted for cell in cells), table
    assert not any(one in caplog.text for one in wanted)


# -- killed in the middle --------------------------------------------------------------------------

PEOPLE = 60
FILL = f"""
import django; django.setup()
from django.utils import timezone
from tinhso.kernel.people import keyring
from tinhso.kernel.people.models import Account, IdentityNumber
key = keyring.newest()
for n in range({PEOPLE}):
    account = Account.objects.create(username=str(n), name=str(n))
    number = f"{{n:012}}"
    IdentityNumber.objects.create(account=account, ciphertext=key.encrypt(number, str(account.id)),
        key_id=key.id, index=key.index(number), at=timezone.now())
"""
READ = """
import django, json; django.setup()
from tinhso.kernel.people import identity, keyring
from tinhso.kernel.people.models import IdentityNumber
rows = IdentityNumber.objects.select_related("account")
print(json.dumps({
    "numbers": {r.account.username: keyring.key(r.key_id).decrypt(bytes(r.ciphertext), str(r.account_id)) for r in rows},
    "found": {r.account.username: identity.account_by(f"{int(r.account.username):012}").username for r in rows},
    "keys": sorted({r.key_id for r in rows}), "in use": [key.id for key in keyring.in_use()],
}))
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a site of its own, with a database of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")}
    environment = kept | {
        "TINHSO_HOME": str(tmp_path / "home"),
        "DJANGO_SETTINGS_MODULE": "tinhso.web.settings",
        "PYTHONPATH": str(PROJECT / "src"),
    }
    with a_database(TABLES, tmp_path / "home") as address:
        yield environment | {"TINHSO_DATABASE_URL": address}


def run(home: dict[str, str], script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script], env=home, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def standing(home: dict[str, str]) -> dict[str, object]:
    found = json.loads(run(home, READ))
    names = [str(n) for n in range(PEOPLE)]
    assert found["numbers"] == {name: f"{int(name):012}" for name in names}
    assert found["found"] == {name: name for name in names}
    return dict(found)


def test_a_rotation_killed_at_any_moment_loses_nothing_and_goes_on(home: dict[str, str]) -> None:
    run(home, FILL)
    rotate = [sys.executable, "-c", "from tinhso.web.cli import main; main()"]
    rotate += ["keys", "rotate", "--batch", "3"]
    for lines in (1, 4, 2):
        with subprocess.Popen(rotate, env=home, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(lines):
                assert "còn" in process.stdout.readline()
            process.send_signal(signal.SIGKILL)
        found = standing(home)
        assert len(found["keys"]) == 2, "half under the new key, half under the old"  # type: ignore[arg-type]
        assert len(found["in use"]) == 2, "a killed rotation goes on, it does not start another"  # type: ignore[arg-type]
    done = subprocess.run(rotate, env=home, capture_output=True, text=True, check=True)
    assert "còn 0" in done.stdout
    found = standing(home)
    assert found["keys"] == found["in use"]
    assert len(found["keys"]) == 1  # type: ignore[arg-type]
