"""Keys: the pair that back-ups are encrypted for, and the site's own, kept apart from its data."""

from __future__ import annotations

import json
from pathlib import Path

import pyrage

from tinhso.measure.text import InputError
from tinhso.web import configuration
from tinhso.web.backup.place import Place
from tinhso.web.backup.words import (
    CANNOT_OPEN,
    DAMAGED,
    EXISTS,
    NO_RECIPIENT,
    NOT_EMPTY,
    WRONG_RECIPIENT,
)


def recipient(value: str) -> pyrage.x25519.Recipient:
    """Raises InputError (`backup-no-recipient`, `backup-recipient-wrong`)."""
    if not value:
        raise InputError([NO_RECIPIENT()])
    try:
        return pyrage.x25519.Recipient.from_str(value)
    except pyrage.RecipientError as error:
        raise InputError([WRONG_RECIPIENT(value=value)]) from error


def make_pair(path: Path, passphrase: str) -> str:
    """Write a new private key to `path`, encrypted where there is a passphrase; its public key."""
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    text = f"# public key: {public}\n{identity}\n".encode()
    write_secret(path, pyrage.passphrase.encrypt(text, passphrase) if passphrase else text)
    return public


def read_private(path: Path, passphrase: str) -> pyrage.x25519.Identity:
    """The private key in a file that `make_pair` or `age-keygen` wrote.

    Raises InputError (`backup-cannot-open`).
    """
    try:
        content = path.read_bytes()
        if content.startswith(b"age-encryption.org/"):
            content = pyrage.passphrase.decrypt(content, passphrase)
        lines = content.decode("ascii").splitlines()
        found = next(line.strip() for line in lines if line.startswith("AGE-SECRET-KEY-"))
        return pyrage.x25519.Identity.from_str(found)
    except (StopIteration, UnicodeDecodeError) as error:
        raise InputError([CANNOT_OPEN(path=path, reason="AGE-SECRET-KEY")]) from error
    except (OSError, pyrage.DecryptError, pyrage.IdentityError) as error:
        raise InputError([CANNOT_OPEN(path=path, reason=error)]) from error


#: Settings that are secrets: each is in TINHSO_HOME/secrets unless it is set.
SECRETS = tuple(one for one in configuration.SETTINGS if one.name.endswith("_KEY"))


def save_site_keys(place: Place, path: Path, passphrase: str) -> list[str]:
    """The site's keys, encrypted, in a file of their own; the names of what is in it.

    Those set as environment variables are in it too.
    """
    found = {}
    if place.secrets.is_dir():
        found = {
            one.name: one.read_text(encoding="utf-8")
            for one in sorted(place.secrets.iterdir())
            if one.is_file()
        }
    found |= {one.name.lower(): one.get() for one in SECRETS if one.get()}
    write_secret(path, pyrage.passphrase.encrypt(json.dumps(found).encode(), passphrase))
    return sorted(found)


def read_site_keys(path: Path, passphrase: str) -> dict[str, str]:
    """Raises InputError (`backup-cannot-open`, `backup-damaged`)."""
    try:
        found = json.loads(pyrage.passphrase.decrypt(path.read_bytes(), passphrase))
    except (OSError, pyrage.DecryptError) as error:
        raise InputError([CANNOT_OPEN(path=path, reason=error)]) from error
    except ValueError as error:
        raise InputError([DAMAGED(path=path, reason=error)]) from error
    return {Path(name).name: str(value) for name, value in found.items()}


def restore_site_keys(place: Place, keys: dict[str, str]) -> None:
    """Raises InputError (`restore-not-empty`) where another key of that name is."""
    place.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, value in keys.items():
        target = place.secrets / name
        if not target.exists():
            write_secret(target, value.encode())
        elif target.read_text(encoding="utf-8") != value:
            raise InputError([NOT_EMPTY(where=target)])


def write_secret(path: Path, content: bytes) -> None:
    """A new file that only its owner reads. Raises InputError (`backup-exists`)."""
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        raise InputError([EXISTS(path=path)]) from None
    path.write_bytes(content)
