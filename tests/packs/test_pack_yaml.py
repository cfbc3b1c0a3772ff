"""YAML with places: what is read, where it stands, what is refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tinhso.measure import yamltree
from tinhso.measure.text import InputError
from tinhso.measure.yamltree import MAX_BYTES, parse_yaml, read_yaml
from tinhso.modules.plan.pack import PACKS


def test_plain_data_with_exact_decimals_and_no_surprises() -> None:
    tree = parse_yaml(
        "a: 1\nb: 75.5\nc: true\nd: null\ne: yes\nf: 2025-12-31\ng: 007\nh: '1'\ni: 1e3\n", "f"
    )
    assert tree.data == {
        "a": 1,
        "b": Decimal("75.5"),
        "c": True,
        "d": None,
        "e": "yes",
        "f": "2025-12-31",
        "g": "007",
        "h": "1",
        "i": "1e3",
    }


@pytest.mark.parametrize(
    ("text", "column"), [("a: x", "1:4"), ("a: 'x'", "1:5"), ('a: "x"', "1:5"), ("a:  x", "1:5")]
)
def test_a_text_stands_where_its_own_letters_begin(text: str, column: str) -> None:
    assert str(parse_yaml(text, "f").place(("a",))) == f"f:{column}"


def test_a_folded_text_stands_on_its_first_line() -> None:
    tree = parse_yaml("a:\n  b: >-\n    one\n    two\n", "f")
    assert tree.data["a"]["b"] == "one two"
    assert str(tree.place(("a", "b"))) == "f:3:5"


def test_columns_count_letters_not_bytes() -> None:
    tree = parse_yaml("{vi: Đồng Phú, en: x}", "f")
    assert str(tree.key_place(("en",))) == "f:1:16"


def test_what_is_missing_stands_where_what_holds_it_stands() -> None:
    tree = parse_yaml("- a: 1\n- b: 2\n", "f")
    assert str(tree.place((1, "c", 0))) == "f:2:3"
    assert str(tree.key_place((1, "b"))) == "f:2:3"


def test_several_mistakes_are_told_at_once() -> None:
    with pytest.raises(InputError) as raised:
        parse_yaml("a: &x 1\na: *x\nb: !t 2\n", "f")
    assert [(p.code, str(p.place)) for p in raised.value.problems] == [
        ("yaml-alias", "f:1:4"),
        ("yaml-duplicate-key", "f:2:1"),
        ("yaml-alias", "f:2:4"),
        ("yaml-tag", "f:3:4"),
    ]


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("[" * 1000, "yaml-too-deep", "f:1:42"),
        ("a: 1\n---\nb: 2\n", "yaml-second-document", "f:2:1"),
        ("? [a]\n: 1\n", "yaml-bad-key", "f:1:3"),
        ("a:\n\t- b\n", "yaml-tab", "f:2:1"),
        ("a: @b", "yaml-syntax", "f:1:4"),
        ("a: \x01", "yaml-syntax", "f:1:4"),
        ("# nothing\n", "yaml-empty", "f:1:1"),
        (r'a: "x\0"', "unprintable-character", "f:1:5"),
        (r'a: "\ud800"', "unprintable-character", "f:1:5"),
        (r'a: "\UFFFFFFFF"', "yaml-syntax", "f:1:1"),
    ],
)
def test_what_is_refused(text: str, code: str, place: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_yaml(text, "f")
    [problem] = raised.value.problems
    assert (problem.code, str(problem.place)) == (code, place)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_yaml(tmp_path / "none.yaml")


def test_a_file_that_is_too_big(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(InputError, match="larger than"):
        read_yaml(path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_bytes("\ufeffa: 1\n".encode())
    assert read_yaml(path).data == {"a": 1}


@pytest.mark.parametrize(
    "text",
    [
        *(path.read_text("utf-8") for path in sorted(PACKS.rglob("*.yaml"))),
        "a: [1, {b: 'c'}]\n", "- |\n  một\n  hai\n- >-\n\n  ba\n", "ấ: 'ộ''ộ'\n\"ữ\": \"\\u1eef\" # ữ\n", "? k\n: v\n",
    ],
)  # fmt: skip
def test_both_readers_read_the_same_at_the_same_places(text: str) -> None:
    """What libyaml reads without a problem, the reader whose words are told reads alike."""
    fast, slow = yamltree._read_fast(text, "f"), yamltree._read(text, "f")
    assert fast is not None
    assert (fast.data, fast.values, fast.keys) == (slow.data, slow.values, slow.keys)
