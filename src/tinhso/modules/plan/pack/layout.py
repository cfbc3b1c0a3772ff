"""How a pack lies on disk: which files it may hold, and of which kind each is (bố cục gói).

A kind is one file (`targets.yaml`), or a folder of files (`targets/*.yaml`) when it grows long.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tinhso.measure.definition_files import did_you_mean
from tinhso.measure.text import InputError, Place, Problem, message
from tinhso.measure.yamltree import Tree, read_yaml

PACK_FILE = "pack.yaml"

NOT_A_PACK = message(
    "not-a-pack",
    vi="Thư mục này không có tệp pack.yaml nên chưa phải là gói.",
    en="This folder has no pack.yaml, so it is not a pack.",
)
UNKNOWN_FILE = message(
    "unknown-file",
    vi="Gói không có loại tệp “{name}”.{hint}",
    en='A pack has no file "{name}".{hint}',
)
NOT_DATA = message(
    "not-data",
    vi="Gói chỉ chứa dữ liệu: tệp .yaml và ghi chú .md. Chuyển “{name}” ra ngoài.",
    en='A pack is data only: .yaml files and .md notes. Move "{name}" out of it.',
)
NO_SUCH_PACK = message(
    "no-such-pack",
    vi="Không có gói “{code}” bên cạnh gói này.{hint}",
    en='There is no pack "{code}" beside this one.{hint}',
)
USES_ITSELF = message(
    "pack-uses-itself",
    vi="Gói này dùng “{code}”, và “{code}” lại dùng chính gói này. Bỏ một chiều.",
    en='This pack uses "{code}", which in turn uses this pack. Remove one direction.',
)


@dataclass(frozen=True)
class FileKind:
    """A kind of file in a pack. `folder_only`: each file of the folder declares one thing."""

    name: str
    schema: str
    folder_only: bool = False
    plan_only: bool = False


KINDS: dict[str, FileKind] = {
    kind.name: kind
    for kind in (
        FileKind("pack", "pack"),
        FileKind("documents", "documents"),
        FileKind("streams", "stream", folder_only=True),
        FileKind("indicators", "indicators"),
        FileKind("checks", "checks"),
        FileKind("scorecards", "scorecards", folder_only=True),
        FileKind("plan", "plan", plan_only=True),
        FileKind("agencies", "agencies", plan_only=True),
        FileKind("targets", "targets", plan_only=True),
        FileKind("tasks", "tasks", plan_only=True),
        FileKind("duties", "duties", plan_only=True),
        FileKind("baselines", "baselines", plan_only=True),
        FileKind("contradictions", "contradictions", plan_only=True),
        FileKind("gaps", "gaps", plan_only=True),
        FileKind("changes", "changes", plan_only=True),
        FileKind("results", "results", plan_only=True),
        FileKind("reporting", "reporting", plan_only=True),
    )
}
_SINGLE = ("pack", "plan")


@dataclass
class Folder:
    """One pack's files, read: their trees by kind, and what could not be read."""

    path: Path
    trees: dict[str, list[Tree]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)  # kinds with a file that could not be read

    @property
    def code(self) -> str:
        return self.path.resolve().name

    def of(self, kind: str) -> list[Tree]:
        return self.trees.get(kind, [])

    @property
    def uses(self) -> list[tuple[str, Place]]:
        """The codes of the packs that this one names under `uses`, with their places."""
        found = []
        for tree in self.of("pack"):
            named = tree.data.get("uses") if isinstance(tree.data, dict) else None
            for index, code in enumerate(named if isinstance(named, list) else ()):
                if isinstance(code, str):
                    found.append((code, tree.place(("uses", index))))
        return found


def discover(root: Path) -> list[Path]:
    """The pack folders right under `root`, sorted: those with a pack.yaml."""
    return sorted(path.parent for path in root.glob(f"*/{PACK_FILE}"))


def read_folder(path: Path) -> Folder:
    """Read every file of the pack at `path`; problems are kept in the result, never raised."""
    folder = Folder(path)
    if not (path / PACK_FILE).is_file():
        folder.problems.append(NOT_A_PACK(Place(str(path))))
        return folder
    for file in _files(path):
        kind = _kind_of(file.relative_to(path))
        if kind is None:
            folder.problems.append(_unknown(file, path))
            continue
        try:
            folder.trees.setdefault(kind.name, []).append(read_yaml(file))
        except InputError as error:
            folder.problems.extend(error.problems)
            folder.unread.add(kind.name)
    return folder


def read_with_used(path: Path) -> list[Folder]:
    """The pack at `path` and, before it, every pack it uses, however indirectly."""
    found: dict[Path, Folder] = {}
    _collect(path, found, ())
    return list(found.values())


def _collect(path: Path, found: dict[Path, Folder], above: tuple[Path, ...]) -> None:
    folder = read_folder(path)
    for code, place in folder.uses:
        sibling = path.resolve().parent / code
        shown = path.parent / code
        if sibling in (*above, path.resolve()):
            folder.problems.append(USES_ITSELF(place, code=code))
        elif not (sibling / PACK_FILE).is_file() or sibling.parent != path.resolve().parent:
            others = (other.name for other in discover(path.resolve().parent))
            folder.problems.append(NO_SUCH_PACK(place, code=code, hint=did_you_mean(code, others)))
            folder.unread |= {kind.name for kind in KINDS.values() if not kind.plan_only}
        elif sibling not in found:
            _collect(shown, found, (*above, path.resolve()))
    found[path.resolve()] = folder


def _files(path: Path) -> Iterable[Path]:
    return sorted(
        file
        for file in path.rglob("*")
        if file.is_file()
        and file.suffix != ".md"
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )


def _kind_of(inside: Path) -> FileKind | None:
    if inside.suffix != ".yaml" or len(inside.parts) > 2:
        return None
    in_folder = len(inside.parts) == 2
    kind = KINDS.get(inside.parts[0] if in_folder else inside.stem)
    if kind is None or (in_folder and kind.name in _SINGLE):
        return None
    if not in_folder and kind.folder_only:
        return None
    return kind


def _unknown(file: Path, path: Path) -> Problem:
    place = Place(str(file), 1, 1)
    inside = file.relative_to(path)
    if file.suffix not in (".yaml", ".yml"):
        return NOT_DATA(place, name=inside.as_posix())
    allowed = [
        f"{kind.name}/{file.stem}.yaml" if kind.folder_only else f"{kind.name}.yaml"
        for kind in KINDS.values()
    ]
    if len(inside.parts) > 1:
        allowed = [
            f"{kind.name}/{file.stem}.yaml" for kind in KINDS.values() if kind.name not in _SINGLE
        ]
    return UNKNOWN_FILE(
        place, name=inside.as_posix(), hint=did_you_mean(inside.as_posix(), allowed)
    )
