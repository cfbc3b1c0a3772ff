"""The English translation of pages: find every text, keep the catalogue whole.

`python tools/messages.py` renews locale/en/LC_MESSAGES/django.po from the templates and the code
(new texts come in untranslated, unused ones go); `--check` fails when a text has no translation,
a translation has no text, or placeholders differ. Vietnamese texts stand in the source itself.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parents[1] / "src" / "tinhso"
CATALOGUE = SOURCE / "web" / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    name: spec
    for base, spec in (("gettext", None), ("ngettext", (1, 2)), ("pgettext", ((1, "c"), 2)))
    for name in (base, f"{base}_lazy", "_" if base == "gettext" else base)
}


def found_texts() -> Catalog:
    """Every text marked for translation, with the places where it stands."""
    catalogue = Catalog(locale="en", project="tinhso", charset="utf-8")
    sources = [
        *((path, path.read_text(encoding="utf-8")) for path in sorted(SOURCE.rglob("*.py"))),
        *(
            (path, templatize(path.read_text(encoding="utf-8"), origin=str(path)))
            for path in sorted(SOURCE.rglob("templates/**/*.html"))
        ),
    ]
    for path, text in sources:
        for line, message, _comments, context in extract(
            "python", io.BytesIO(text.encode()), KEYWORDS, options={"encoding": "utf-8"}
        ):
            place = (str(path.relative_to(SOURCE)), line)
            flags = ["python-format"] if "%(" in str(message) else []
            catalogue.add(message, locations=[place], context=context, flags=flags)
    return catalogue


def read_catalogue() -> Catalog:
    if not CATALOGUE.exists():
        return Catalog(locale="en", project="tinhso", charset="utf-8")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def renew() -> None:
    """Write the catalogue anew, keeping the translations of texts that still exist."""
    known, fresh = read_catalogue(), found_texts()
    for message in fresh:
        old = known.get(message.id, context=message.context) if message.id else None
        if old is not None:
            message.string = old.string
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    out = io.BytesIO()
    write_po(out, fresh, width=100, omit_header=False, sort_output=True, no_location=True)
    # The header's dates would make every renewal a change.
    lines = [
        line
        for line in out.getvalue().decode().splitlines(keepends=True)
        if not re.match(r'"(POT-Creation-Date|PO-Revision-Date|Generated-By)', line)
    ]
    CATALOGUE.write_text("".join(lines), encoding="utf-8")


def mistakes() -> list[str]:
    """What is missing, left over, or has other placeholders than its text."""
    known, fresh = read_catalogue(), found_texts()
    wrong = []
    for message in fresh:
        if not message.id:
            continue
        translated = known.get(message.id, context=message.context)
        strings = _strings(translated.string) if translated is not None else []
        if not strings or not all(strings):
            wrong.append(f"no English for: {message.id!r}")
        elif any(_names(text) != _names(_strings(message.id)[0]) for text in strings):
            wrong.append(f"placeholders differ: {message.id!r}")
    ids = {(str(message.id), message.context) for message in fresh}
    wrong += [
        f"no longer used: {message.id!r}"
        for message in known
        if message.id and (str(message.id), message.context) not in ids
    ]
    return wrong


def _strings(text: object) -> list[str]:
    return [str(one) for one in text] if isinstance(text, list | tuple) else [str(text)]


def _names(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)", text))


def main() -> None:
    settings.configure(USE_I18N=True)
    if "--check" not in sys.argv:
        renew()
        return
    wrong = mistakes()
    for line in wrong:
        print(line)
    if wrong:
        print("Run: python tools/messages.py, then translate what is new.")
        sys.exit(1)
    print(
        f"translations: {sum(bool(message.id) for message in read_catalogue())} texts, all in both languages"
    )


if __name__ == "__main__":
    main()
