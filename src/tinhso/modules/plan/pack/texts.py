"""Definitions as they are written: what a publication freezes, and reads again (nguyên văn định nghĩa)."""

from __future__ import annotations

from collections.abc import Iterable

from tinhso.measure.text import InputError
from tinhso.measure.yamltree import Tree, parse_yaml
from tinhso.modules.plan.pack.layout import Folder

#: Kinds of file that say what a figure means; the rest of a pack is about the plan.
KINDS = ("streams", "indicators", "checks")


def definition_texts(folders: Iterable[Folder]) -> dict[str, str]:
    """`<kind>/<code>.yaml` -> its text; of two with one code the first counts, as everywhere."""
    found: dict[str, str] = {}
    for folder in folders:
        for kind in KINDS:
            for tree in folder.of(kind):
                if kind == "streams":
                    found.setdefault(f"{kind}/{tree.data['code']}.yaml", tree.text)
                    continue
                for index, item in enumerate(tree.data):
                    name = f"{kind}/{item['code']}.yaml"
                    if name not in found:
                        found[name] = item_text(tree, index)
    return found


def item_text(tree: Tree, index: int) -> str:
    """The lines of one item of a list, as a list of one; the whole text where items share a line.

    >>> text = "# about\\n- code: A\\n  n: 1\\n\\n# next\\n- code: B\\n"
    >>> item_text(parse_yaml(text, "f.yaml"), 0)
    '- code: A\\n  n: 1\\n'
    """
    lines = tree.text.split("\n")
    first = (tree.place((index,)).line or 1) - 1
    after = len(lines)
    if index + 1 < len(tree.data):
        after = (tree.place((index + 1,)).line or 1) - 1
    own = lines[first:after]
    while own and (not own[-1].strip() or own[-1].startswith("#")):
        own.pop()
    text = "\n".join(own) + "\n"
    try:
        same = parse_yaml(text, tree.file).data == [tree.data[index]]
    except InputError:
        same = False
    return text if same else tree.text
