"""A back-up is whole or not there; what is damaged is never restored; nothing is written over."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest

from tests.object_store import object_store
from tinhso.measure.lake import Lake, LakeSettings
from tinhso.measure.text import InputError
from tinhso.web.backup.archive import reading
from tinhso.web.backup.cut import cut
from tinhso.web.backup.keys import make_pair, read_private, read_site_keys, save_site_keys
from tinhso.web.backup.make import back_up
from tinhso.web.backup.place import Place
from tinhso.web.backup.restore import restore

KEYS = {"tinhso_secret_key": "s" * 40, "tinhso_person_key": "p" * 40}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A little site: two acts, a batch of two rows, a witness that is being appended to, a file."""
    home = tmp_path / "home"
    (home / "ledger").mkdir(parents=True)
    (home / "ledger" / "heads.jsonl").write_text('{"size": 1}\n{"size": 2', encoding="utf-8")
    (home / "files").mkdir()
    (home / "files" / "don-thu").write_bytes(b"\0" * 3_000_000)
    (home / "rules" / "routing").mkdir(parents=True)
    (home / "rules" / "routing" / "routing.yaml").write_text("rules: []\n", encoding="utf-8")
    (home / "secrets").mkdir(mode=0o700)
    for name, value in KEYS.items():
        (home / "secrets" / name).write_text(value, encoding="utf-8")
    found = Place(home, "", LakeSettings(home / "lake"))
    with sqlite3.connect(found.site_file) as site:
        site.execute("PRAGMA journal_mode=WAL")
        site.execute("CREATE TABLE act (n INTEGER)")
        site.execute("INSERT INTO act VALUES (1), (2)")
    _load(found, 2)
    return found


def _load(place: Place, rows: int) -> None:
    with Lake(place.lake, []).writer() as connection:
        connection.execute(
            f"INSERT INTO lake._batches (batch, event) SELECT range, 'accepted' FROM range({rows})"
        )


@pytest.fixture
def identity() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


def acts(place: Place) -> int:
    with sqlite3.connect(place.site_file) as site:
        return int(site.execute("SELECT count(*) FROM act").fetchone()[0])


def code_of(caught: pytest.ExceptionInfo[InputError]) -> str:
    return caught.value.problems[0].code


def test_the_copy_shows_one_moment_whatever_is_written_while_it_is_made(
    place: Place, tmp_path: Path
) -> None:
    with cut(place) as moment:
        with sqlite3.connect(place.site_file) as site:
            site.execute("INSERT INTO act VALUES (3)")
        _load(place, 5)
        assert moment.together
        assert moment.site.tables() == {"act": 2}
        moment.site.copy(tmp_path / "copy.sqlite3")
    with sqlite3.connect(tmp_path / "copy.sqlite3") as copy:
        assert copy.execute("SELECT count(*) FROM act").fetchone() == (2,)


def test_a_long_load_does_not_keep_a_backup_from_being_made(
    place: Place, tmp_path: Path, identity: pyrage.x25519.Identity
) -> None:
    with Lake(place.lake, []).writer():
        path = tmp_path / "b.age"
        manifest = back_up(place, path, identity.to_public(), wait_seconds=0)
    assert not manifest.together
    assert reading(path, [identity]) == manifest


def test_what_was_backed_up_comes_back_in_another_place(
    place: Place, tmp_path: Path, identity: pyrage.x25519.Identity
) -> None:
    path, other = tmp_path / "b.age", place.at(tmp_path / "other")
    back_up(place, path, identity.to_public())
    manifest = restore(path, other, identity, keys=KEYS)
    assert acts(other) == 2
    assert manifest.lake_tables["_batches"] == 2
    assert (other.home / "files" / "don-thu").read_bytes() == b"\0" * 3_000_000
    assert (other.home / "ledger" / "heads.jsonl").read_text() == '{"size": 1}\n'
    assert (other.rules / "routing" / "routing.yaml").read_text() == "rules: []\n"
    modes = {one.stat().st_mode & 0o777 for one in other.secrets.iterdir()}
    assert modes == {0o600}


def test_rules_kept_elsewhere_are_in_the_backup_and_left_alone_when_it_is_restored(
    place: Place, tmp_path: Path, identity: pyrage.x25519.Identity
) -> None:
    elsewhere = (place.home / "rules").rename(tmp_path / "rules")
    path, other = tmp_path / "b.age", replace(place.at(tmp_path / "other"), kept_rules=elsewhere)
    back_up(replace(place, kept_rules=elsewhere), path, identity.to_public())
    (elsewhere / "routing" / "routing.yaml").write_text("rules: [later]\n", encoding="utf-8")
    said: list[str] = []
    restore(path, other, identity, keys=KEYS, say=lambda text: said.append(text.en))
    assert (elsewhere / "routing" / "routing.yaml").read_text() == "rules: [later]\n"
    assert (other.home / "rules" / "routing" / "routing.yaml").read_text() == "rules: []\n"
    assert any(str(elsewhere) in one for one in said)


def test_keys_are_in_a_file_of_their_own_and_never_in_the_archive(
    place: Place, tmp_path: Path, identity: pyrage.x25519.Identity
) -> None:
    seen: list[bytes] = []
    path = tmp_path / "b.age"
    back_up(place, path, identity.to_public())
    reading(path, [identity], lambda name, content: seen.append(name.encode() + content.read()))
    assert not any(value.encode() in one for one in seen for value in KEYS.values())
    save_site_keys(place, tmp_path / "keys", "một hai ba")
    assert read_site_keys(tmp_path / "keys", "một hai ba").items() >= KEYS.items()
    with pytest.raises(InputError) as caught:
        read_site_keys(tmp_path / "keys", "sai")
    assert code_of(caught) == "backup-cannot-open"


def test_any_flipped_byte_and_any_cut_end_is_found(
    place: Place, tmp_path: Path, identity: pyrage.x25519.Identity
) -> None:
    path = tmp_path / "b.age"
    back_up(place, path, identity.to_public())
    whole = path.read_bytes()
    damaged = tmp_path / "damaged.age"
    for at in range(0, len(whole), max(1, len(whole) // 40)):
        damaged.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(InputError):
            reading(damaged, [identity])
        damaged.write_bytes(whole[:at])
        with pytest.raises(InputError):
            reading(damaged, [identity])


def test_a_damaged_backup_leaves_the_target_as_it_was(
    place: Place, tmp_path: Path, identity: pyrage.x25519.Identity
) -> None:
    path = tmp_path / "b.age"
    back_up(place, path, identity.to_public())
    path.write_bytes(path.read_bytes()[:-100])
    with sqlite3.connect(place.site_file) as site:
        site.execute("INSERT INTO act VALUES (3)")
    with pytest.raises(InputError):
        restore(path, place, identity, replace=True)
    assert acts(place) == 3
    assert not [one.name for one in place.home.iterdir() if "restore" in one.name]


def test_restoring_over_something_is_refused_and_with_replace_moves_it_aside(
    place: Place, tmp_path: Path, identity: pyrage.x25519.Identity
) -> None:
    path = tmp_path / "b.age"
    back_up(place, path, identity.to_public())
    with sqlite3.connect(place.site_file) as site:
        site.execute("INSERT INTO act VALUES (3)")
    with pytest.raises(InputError) as caught:
        restore(path, place, identity, keys=KEYS)
    assert code_of(caught) == "restore-not-empty"
    restore(path, place, identity, keys=KEYS, replace=True)
    (aside,) = place.home.glob("before_restore_*")
    assert acts(place) == 2
    assert acts(replace(place, home=aside)) == 3
    assert (aside / "lake" / "created").exists()


def test_a_restore_without_the_sites_keys_is_refused(
    place: Place, tmp_path: Path, identity: pyrage.x25519.Identity
) -> None:
    path = tmp_path / "b.age"
    back_up(place, path, identity.to_public())
    with pytest.raises(InputError) as caught:
        restore(path, place.at(tmp_path / "other"), identity)
    assert code_of(caught) == "restore-no-keys"


def test_two_backups_at_once_are_one_too_many(
    place: Place, tmp_path: Path, identity: pyrage.x25519.Identity
) -> None:
    codes: list[str] = []

    def second() -> None:
        with pytest.raises(InputError) as caught:
            back_up(place, tmp_path / "two.age", identity.to_public())
        codes.append(code_of(caught))

    def at_work(_text: object) -> None:
        if not codes:
            thread = threading.Thread(target=second)
            thread.start()
            thread.join()

    back_up(place, tmp_path / "one.age", identity.to_public(), say=at_work)
    assert codes == ["backup-running"]
    assert not (tmp_path / "two.age").exists()


def test_a_backup_that_fails_leaves_nothing_that_looks_finished(
    place: Place, tmp_path: Path, identity: pyrage.x25519.Identity
) -> None:
    lost = next((place.lake.folder / "records").rglob("*.parquet"), None)
    if lost is None:
        _load(place, 5000)  # more rows than the catalog keeps in itself
        lost = next((place.lake.folder / "records").rglob("*.parquet"))
    lost.unlink()
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(OSError, match=lost.name):
        back_up(place, folder / "b.age", identity.to_public())
    assert list(folder.iterdir()) == []
    assert list((place.home / "backup").glob("copy-*")) == []


def test_the_private_key_opens_only_with_its_passphrase(tmp_path: Path) -> None:
    path = tmp_path / "identity"
    public = make_pair(path, "một hai ba")
    assert str(read_private(path, "một hai ba").to_public()) == public
    assert b"AGE-SECRET" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(InputError):
        read_private(path, "sai")


def test_records_in_a_store_go_into_the_backup_and_into_another_store(
    place: Place, tmp_path: Path, identity: pyrage.x25519.Identity
) -> None:
    with object_store() as store:
        here, there = store.bucket("a"), store.bucket("b/c")
        far = replace(place, lake=replace(place.lake, folder=tmp_path / "far", bucket=here))
        _load(far, 40)
        made = back_up(far, tmp_path / "backup.age", identity.to_public())
        assert [name for name in made.parts if name.endswith(".parquet")]
        lost = replace(
            place.at(tmp_path / "new"),
            lake=LakeSettings(tmp_path / "new" / "lake", bucket=there),
        )
        restore(tmp_path / "backup.age", lost, identity, without_keys=True)
        connection = Lake(lost.lake, []).reader()
        assert connection.execute("SELECT count(*) FROM lake._batches").fetchone() == (40,)
        connection.close()
