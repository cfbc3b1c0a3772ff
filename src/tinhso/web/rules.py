"""Files of rules that a province may lay in the place of the product's: which there are, what is wrong.

Read when settings are, before any page: a site does not start by rules that are half wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tinhso.kernel import rule_files
from tinhso.kernel.cases import kinds, routing, soundness
from tinhso.kernel.cases.sorting import sorted_by
from tinhso.kernel.clock import calendar_files
from tinhso.kernel.people import roles
from tinhso.kernel.rule_files import PACKS, product_file, rule_file
from tinhso.kernel.rule_problems import codes, once
from tinhso.measure.definition_files import did_you_mean
from tinhso.measure.text import InputError, Place, Problem, message
from tinhso.measure.yamltree import Tree, read_yaml
from tinhso.modules.feedback import categories, open311_services, sample_answers
from tinhso.modules.plan.pack import discover
from tinhso.modules.plan.pack.shape import shape_problems
from tinhso.modules.questions import fields
from tinhso.modules.questions.search import words as synonyms
from tinhso.modules.surveys import asked
from tinhso.modules.urging import rules as urging

NO_FOLDER = message(
    "rules-no-folder",
    vi="Không có thư mục này. Tạo nó, hoặc sửa TINHSO_RULES.",
    en="There is no such folder. Make it, or correct TINHSO_RULES.",
)
UNKNOWN_FILE = message(
    "rules-unknown-file",
    vi="Không có tệp quy tắc nào tên “{name}”, nên tệp này không thay cho tệp nào.{hint} Sửa tên, hoặc bỏ đi; ghi chú thì để trong tệp .md.",
    en='No file of rules is called "{name}", so this one stands for none.{hint} Correct its name, or remove it; notes go into .md files.',
)
NO_SUCH = message(
    "rules-no-such-file",
    vi="Không có tệp quy tắc nào tên “{name}”. Các tệp: {known}.",
    en='No file of rules is called "{name}". There are: {known}.',
)
EXISTS = message(
    "rules-exists",
    vi="Tệp này đã có; lệnh không ghi đè. Sửa chính nó, hoặc dời đi rồi chép lại.",
    en="This file is there already and is not written over. Edit it, or move it away and copy again.",
)


@dataclass(frozen=True)
class RuleFile:
    """`schema`: its published shape, "" where it has checks of its own. `wrong`: what else can be wrong."""

    schema: str
    wrong: Callable[[Tree], Iterable[Problem]] = lambda _: ()


CATEGORIES, FIELDS = categories.FILE, fields.FILE


def _kind(code: str, listed: str) -> RuleFile:
    name = f"cases/{code}.yaml"

    def wrong(source: Tree) -> Iterator[Problem]:
        yield from soundness.wrong(source, product_file(name), sorted_by()[code], listed)

    return RuleFile("case-kind", wrong)


def _calendar(source: Tree) -> Iterable[Problem]:
    try:
        calendar_files.of(source)
    except InputError as error:
        return error.problems
    return ()


def _routing(source: Tree) -> Iterator[Problem]:
    there = [code for listed in sorted_by().values() for code in listed]
    yield from routing.wrong(source, kinds.codes(), there)


def _codes_of(key: str) -> Callable[[Tree], Iterable[Problem]]:
    return lambda source: once(source, codes(source, key))


#: Every file that a province may lay in the place of the product's.
FILES: Mapping[str, RuleFile] = {
    CATEGORIES: RuleFile("categories", categories.wrong),
    FIELDS: RuleFile("question-fields", _codes_of("fields")),
    "calendars/vn.yaml": RuleFile("", _calendar),
    "cases/feedback.yaml": _kind("feedback", CATEGORIES),
    "cases/question.yaml": _kind("question", FIELDS),
    sample_answers.FILE: RuleFile(
        "answers",
        lambda source: sample_answers.wrong(source, rule_file("cases/feedback.yaml").data["acts"]),
    ),
    "cases/warnings.yaml": RuleFile("warnings"),
    open311_services.FILE: RuleFile(
        "services",
        lambda source: open311_services.wrong(source, sorted_by()["feedback"]),
    ),
    "questions/synonyms.yaml": RuleFile("synonyms", synonyms.wrong),
    "roles/roles.yaml": RuleFile(
        "roles", lambda source: roles.wrong(source, product_file("roles/roles.yaml"))
    ),
    routing.FILE: RuleFile("routing", _routing),
    "surveys/surveys.yaml": RuleFile("survey", asked.wrong),
    "tasks/rules.yaml": RuleFile("task-rules", _codes_of("rules")),
    "tasks/words.yaml": RuleFile("annex-words"),
    "urging/urging.yaml": RuleFile("urging", urging.wrong),
}


def use(folder: Path, *, named: bool) -> None:
    """Let the files of a folder stand for the product's; `named`: the operator says that it is there.
    Raises InputError with all that is wrong in it, or does not fit together."""
    if named and not folder.is_dir():
        raise InputError([NO_FOLDER(Place(str(folder)))])
    trees, problems = dict[str, Tree](), list[Problem]()
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        if name not in FILES:
            hint = did_you_mean(name, FILES)
            problems.append(UNKNOWN_FILE(Place(str(path)), name=name, hint=hint))
            continue
        try:
            trees[name] = read_yaml(path)
        except InputError as error:
            problems += error.problems
    rule_files.use(trees)
    # What the files say to each other is looked at where each can be read.
    if found := problems or wrong():
        raise InputError(sorted(found, key=_order))


def _order(problem: Problem) -> tuple[str, int, int]:
    return problem.place.file, problem.place.line or 0, problem.place.column or 0


def _files(folder: Path) -> Iterator[Path]:
    """What lies in a folder of rules: no notes, nothing hidden, no editor's copies, no plan packs. The
    product's own folder holds more."""
    if folder.resolve() == PACKS:
        yield from (folder / name for name in FILES)
        return
    packs = discover(folder)
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        left_out = (
            any(part.startswith(".") for part in inside)
            or path.name.endswith(("~", ".md"))
            or any(path.is_relative_to(pack) for pack in packs)
        )
        if path.is_file() and not left_out:
            yield path


def wrong() -> list[Problem]:
    """All that is wrong with the files in force; nothing where all are the product's own."""
    own = rule_files.own()
    shapes = [
        problem
        for name, tree in own.items()
        if FILES[name].schema
        for _, problem in shape_problems(tree, FILES[name].schema)
    ]
    if shapes or not own:
        return shapes
    # One of the product's may name what the province's own has no longer.
    return [problem for name, one in FILES.items() for problem in one.wrong(rule_file(name))]


def changed(folder: Path) -> bool:
    """Whether the folder's files are others than this process read when it started."""
    there = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    read = rule_files.own()
    return there.keys() != read.keys() or any(
        path.read_text(encoding="utf-8-sig") != read[name].text for name, path in there.items()
    )


def stands_for_some(folder: Path) -> bool:
    """Whether a folder holds files of rules at all."""
    return any((folder / name).is_file() for name in FILES)


def copy(name: str, folder: Path) -> Path:
    """The product's file, written into the folder to be changed there. Raises InputError: no such file,
    or it is there already."""
    if name not in FILES:
        raise InputError([NO_SUCH(name=name, known=", ".join(sorted(FILES)))])
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("x", encoding="utf-8") as out:
            out.write(product_file(name).text)
    except FileExistsError:
        raise InputError([EXISTS(Place(str(target)))]) from None
    return target
