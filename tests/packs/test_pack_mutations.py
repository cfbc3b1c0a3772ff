"""Whatever is done to a sound pack, the answer is problems with places, never a traceback."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.measure.text import Problem
from tinhso.measure.yamltree import Route, read_yaml
from tinhso.modules.plan.pack import check, load

SOUND = Path(__file__).parent / "sound"
FILES = sorted(path.relative_to(SOUND) for path in SOUND.rglob("*.yaml"))
DATA = {file: read_yaml(SOUND / file).data for file in FILES}
LENIENT = settings(max_examples=150, deadline=None)


class _Dumper(yaml.SafeDumper):
    pass


_Dumper.add_representer(
    Decimal, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:float", str(value))
)


def _routes(data: Any, route: Route = ()) -> Iterator[Route]:
    yield route
    if isinstance(data, dict | list):
        for step, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _routes(value, (*route, step))


def _get(data: Any, route: Route) -> Any:
    for step in route:
        data = data[step]
    return data


def _dump(data: Any) -> bytes:
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False).encode()


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One copy for all examples: unchanged files are then read once only."""
    root = tmp_path_factory.mktemp("packs")
    shutil.copytree(SOUND, root, dirs_exist_ok=True)
    return root


def _check_with(root: Path, file: Path, content: bytes) -> tuple[list[Problem], str]:
    """The problems of the sound plan with one file's content changed, and that file's name."""
    changed = root / file
    try:
        changed.write_bytes(content)
        problems = check(root / "plan")
        for problem in problems:
            assert problem.place.file.startswith(str(root))
            assert Path(problem.place.file).is_file()
            assert (problem.place.line or 0) >= 1
            assert (problem.place.column or 0) >= 1
            assert problem.to("vi").strip()
            assert problem.to("en").strip()
        if not problems:
            assert load(root / "plan").plan is not None
    finally:
        changed.write_bytes((SOUND / file).read_bytes())
    return problems, str(changed)


places = st.sampled_from([(f, r) for f in FILES for r in _routes(DATA[f]) if r])


@given(places)
@LENIENT
def test_dropping_anything(packs: Path, where: tuple[Path, Route]) -> None:
    file, route = where
    data = copy.deepcopy(DATA[file])
    parent = _get(data, route[:-1])
    del parent[route[-1]]
    _check_with(packs, file, _dump(data))


@given(places, st.sampled_from([[], [["x"]], {"x": 1}]))
@LENIENT
def test_changing_the_type_of_a_value_is_told_in_its_file(
    packs: Path, where: tuple[Path, Route], other: Any
) -> None:
    file, route = where
    data = copy.deepcopy(DATA[file])
    _get(data, route[:-1])[route[-1]] = other
    problems, name = _check_with(packs, file, _dump(data))
    allowed_empty = route[-1] == "tasks" and other == []
    assert allowed_empty or name in {problem.place.file for problem in problems}


@given(places, st.sampled_from([None, True, 0, -1, 10**30, "", "ơ", "2025-13-01", "x y"]))
@LENIENT
def test_changing_a_value(packs: Path, where: tuple[Path, Route], other: Any) -> None:
    file, route = where
    data = copy.deepcopy(DATA[file])
    _get(data, route[:-1])[route[-1]] = other
    _check_with(packs, file, _dump(data))


keys = places.filter(lambda where: isinstance(where[1][-1], str))


@given(keys)
@LENIENT
def test_misspelling_a_key_is_told_in_its_file(packs: Path, where: tuple[Path, Route]) -> None:
    file, route = where
    data = copy.deepcopy(DATA[file])
    parent = _get(data, route[:-1])
    changed = {(f"{key}x" if key == route[-1] else key): value for key, value in parent.items()}
    parent.clear()
    parent.update(changed)
    problems, name = _check_with(packs, file, _dump(data))
    assert name in {problem.place.file for problem in problems}
    assert any(problem.code == "unknown-key" for problem in problems)


REFERENCES = [
    (file, route)
    for file in FILES
    for route in _routes(DATA[file])
    if route and route[-1] in ("document", "indicator", "pillar", "owner", "agency", "stream")
]


@given(st.sampled_from(REFERENCES))
@LENIENT
def test_misspelling_a_name_is_told_where_it_stands_with_the_right_one(
    packs: Path,
    where: tuple[Path, Route],
) -> None:
    file, route = where
    data = copy.deepcopy(DATA[file])
    right = _get(data, route)
    _get(data, route[:-1])[route[-1]] = right + "x"
    problems, name = _check_with(packs, file, _dump(data))
    assert name in {problem.place.file for problem in problems}
    assert any(f"“{right}”?" in problem.to("vi") for problem in problems)


@given(
    st.sampled_from(FILES),
    st.floats(0, 1),
    st.integers(0, 5),
    st.text(alphabet="\"':{}[]&*!|>%@#,-\t\n x\u0301\x00ơ", max_size=4),
)
@LENIENT
def test_typing_anything_anywhere(
    packs: Path, file: Path, at: float, drop: int, typed: str
) -> None:
    text = (SOUND / file).read_text(encoding="utf-8")
    start = int(at * len(text))
    _check_with(packs, file, (text[:start] + typed + text[start + drop :]).encode())


@given(st.sampled_from(FILES), st.floats(0, 1), st.binary(max_size=4))
@LENIENT
def test_bytes_of_any_kind(packs: Path, file: Path, at: float, noise: bytes) -> None:
    raw = (SOUND / file).read_bytes()
    start = int(at * len(raw))
    _check_with(packs, file, raw[:start] + noise + raw[start:])
