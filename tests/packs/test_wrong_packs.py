"""Every mistake gives exactly its message, with line and column, in both languages.

A folder of `wrong/` holds the files that differ from the sound packs; its `expected.txt` is the
whole answer of `check`: one line in Vietnamese and one in English for each problem.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tinhso.measure.text import InputError
from tinhso.modules.plan.pack import check, load

SOUND = Path(__file__).parent / "sound"
WRONG = Path(__file__).parent / "wrong"
CASES = sorted(path.name for path in WRONG.iterdir())


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_gives_exactly_its_message(case: str, sound: Path) -> None:
    shutil.copytree(WRONG / case, sound, dirs_exist_ok=True)

    problems = check(Path("plan"))

    said = "".join(f"{p.line('vi')}\n{p.line('en')}\n" for p in problems)
    assert said == (WRONG / case / "expected.txt").read_text(encoding="utf-8")


def test_the_sound_packs_have_no_mistake(sound: Path) -> None:
    assert check(Path("plan")) == []
    assert check(Path("shared")) == []


def test_all_mistakes_are_told_at_once_in_the_order_of_their_places(sound: Path) -> None:
    for case in ("unknown-indicator", "no-contradiction", "unknown-aspect", "register-key"):
        shutil.copytree(WRONG / case, sound, dirs_exist_ok=True)

    places = [str(problem.place) for problem in check(Path("plan"))]

    assert places == [
        "plan/contradictions.yaml:5:5",
        "plan/targets.yaml:3:14",
        "shared/streams/unit_status.yaml:5:28",
    ]  # the indicator over the broken register is not blamed for it


def test_loading_a_wrong_pack_raises_all_that_check_says(sound: Path) -> None:
    shutil.copytree(WRONG / "stream-fields", sound, dirs_exist_ok=True)

    with pytest.raises(InputError) as raised:
        load(Path("plan"))

    assert list(raised.value.problems) == check(Path("plan"))


def test_a_folder_without_pack_file_is_told_apart(tmp_path: Path) -> None:
    [problem] = check(tmp_path)
    assert problem.code == "not-a-pack"
    assert problem.place.file == str(tmp_path)


def test_a_pack_of_type_plan_needs_its_files(sound: Path) -> None:
    Path("plan/targets.yaml").unlink()

    said = {(p.code, str(p.place)) for p in check(Path("plan"))}

    assert ("no-plan", "plan/pack.yaml:2:7") in said


def test_every_case_differs_from_the_sound_packs() -> None:
    for case in CASES:
        for file in (WRONG / case).rglob("*.yaml"):
            twin = SOUND / file.relative_to(WRONG / case)
            assert not twin.exists() or twin.read_bytes() != file.read_bytes()
