"""Documents say what is: settings as they are, links that lead somewhere, commands that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tinhso.web.configuration import HOME, PROJECT, SETTINGS, Setting

READMES = sorted(PROJECT.glob("README*.md"))
DOCUMENTS = [
    *READMES,
    *sorted((PROJECT / "docs").glob("*.md")),
    *sorted((PROJECT / "docs" / "security").glob("*.md")),
]

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:")
_FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\s*(?:\w+=\S+ )*make +([\w-]+)", re.MULTILINE)
_ROW = re.compile(r"^\| `(TINHSO_\w+)` \| (.+?) \| .+ \|$", re.MULTILINE)
_TARGET = re.compile(r"^([\w-]+):(?!=)", re.MULTILINE)


def written(setting: Setting, empty: str, source: str) -> str:
    """How a table writes the setting's default."""
    if setting is HOME:  # depends on where the source lies
        return f"`{Path(setting.default).relative_to(PROJECT)}` {source}"
    return f"`{setting.default}`" if setting.default else empty


@pytest.mark.parametrize(
    ("heading", "empty", "source"),
    [
        ("## Thiết lập", "trống", "trong thư mục mã nguồn"),
        ("### Settings", "empty", "in the source folder"),
    ],
)
def test_operators_read_every_setting_with_its_default(
    heading: str, empty: str, source: str
) -> None:
    text = (PROJECT / "docs" / "operators.md").read_text(encoding="utf-8")
    section = re.split(r"^#", text.split(f"\n{heading}\n")[1], maxsplit=1, flags=re.MULTILINE)[0]
    wanted = [(one.name, written(one, empty, source)) for one in SETTINGS]
    assert _ROW.findall(section) == wanted


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files_of_the_repository(document: Path) -> None:
    text = _FENCE.sub("", document.read_text(encoding="utf-8"))
    links = [link for link in _LINK.findall(text) if not _ELSEWHERE.match(link)]
    files = {link.partition("#")[0] for link in links} - {""}
    found = {link: (document.parent / link).resolve() for link in files}
    lost = [
        link
        for link, path in found.items()
        if not (path.is_file() and path.is_relative_to(PROJECT))
    ]
    assert sorted(lost) == []


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_make_commands_name_targets(readme: Path) -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    text = readme.read_text(encoding="utf-8")
    blocks = "\n".join(_FENCE.findall(text))
    spans = "\n".join(re.findall(r"`([^`\n]+)`", _FENCE.sub("", text)))
    commands = [*_COMMAND.findall(blocks), *_COMMAND.findall(spans)]
    assert {"run", "test"} <= set(commands)
    assert set(commands) <= set(_TARGET.findall(makefile))


def test_the_checklist_names_files_that_exist() -> None:
    """`tests/...`, `docs/...`, `tools/...`, `deploy/...`, and paths under the package."""
    text = (PROJECT / "docs" / "security" / "asvs.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if re.match(r"\| \d", line)]
    paths = {path for row in rows for path in re.findall(r"`([a-z_]+/[\w/.-]+)`", row)}
    roots = (PROJECT, PROJECT / "src" / "tinhso", PROJECT / "src" / "tinhso" / "web" / "templates")
    assert sorted(path for path in paths if not any((root / path).exists() for root in roots)) == []
