"""Agencies as annexes write them, several in a cell and shortened, to units of the register."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from tinhso.modules.tasks.annex.words import plain, words


@dataclass(frozen=True)
class Named:
    """One agency of a cell. `uid` "" is none that is known; `group`: many at once, by no name."""

    written: str
    uid: str = ""
    group: bool = False
    near: tuple[str, ...] = ()  # uids of units with a name like it


class Directory:
    """Units by their names, folded; `names` gives all names of each uid, the best first."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        self._uids: dict[str, list[str]] = {}
        for uid, many in names.items():
            for name in many:
                for form in {full(name), _without_place(full(name))}:
                    found = self._uids.setdefault(form, [])
                    if uid not in found:
                        found.append(uid)

    def find(self, written: str) -> Named:
        """The unit of that name, if exactly one has it."""
        asked = full(written)
        forms = [asked, _without_place(asked), _without_committee(asked)]
        for form in forms:
            found = self._uids.get(form, [])
            if len(found) == 1:
                return Named(written, found[0])
            if found:
                return Named(written, near=tuple(found[:5]))
        if is_group(asked):
            return Named(written, group=True)
        close = get_close_matches(asked, self._uids, n=3, cutoff=0.75)
        near = dict.fromkeys(uid for form in close for uid in self._uids[form])
        return Named(written, near=tuple(near)[:5])

    def all(self, cell: str) -> list[Named]:
        """Every agency that a cell names, in its order, each once.

        A comma parts agencies only where each side is one: "Sở Văn hóa, Thể thao và Du lịch" is
        one, "Sở Nội vụ, Sở Tài chính" are two.
        """
        found: dict[str, Named] = {}
        for part in re.split(r"[;\n•]+", cell):
            text = part.strip(" -–+*.,\t")
            if text:
                for one in self._parted(text):
                    found.setdefault(one.uid or plain(one.written), one)
        return list(found.values())

    def _parted(self, text: str) -> list[Named]:
        whole = self.find(text)
        if whole.uid or whole.group:
            return [whole]
        pieces = re.split(r",\s*|\s+và\s+|\s+va\s+", text)
        seams = re.findall(r",\s*|\s+và\s+|\s+va\s+", text)
        if len(pieces) == 1:
            return [whole]
        parts: list[Named] = []
        start = 0
        while start < len(pieces):
            # The longest run of pieces that names a unit, else up to what looks like the next one.
            for end in range(len(pieces), start, -1):
                run = _joined(pieces, seams, start, end)
                one = self.find(run)
                if one.uid or one.group:
                    break
            else:
                end = start + 1
                while end < len(pieces) and not self._parts_before(pieces[end], start, pieces):
                    end += 1
                one = self.find(_joined(pieces, seams, start, end))
            parts.append(one)
            start = end
        return parts

    def _parts_before(self, piece: str, start: int, pieces: list[str]) -> bool:
        """Whether an agency ends before `piece`. "Văn phòng Đoàn đại biểu Quốc hội và Hội đồng nhân
        dân" is one office."""
        if full(pieces[start]).startswith("van phong doan ") and full(piece).startswith("hoi dong"):
            return False
        return _begins_an_agency(piece) or bool(self.find(piece).uid)


def _joined(pieces: list[str], seams: list[str], start: int, end: int) -> str:
    text = pieces[start]
    for piece, seam in zip(pieces[start + 1 : end], seams[start : end - 1], strict=True):
        text += seam + piece
    return text.strip()


def _begins_an_agency(text: str) -> bool:
    """Whether a piece after "và" or a comma is an agency of its own, and not the rest of a name.

    >>> [_begins_an_agency(one) for one in ("Công an tỉnh", "Công nghệ", "Xã hội", "UBND xã Phú Riềng")]
    [True, False, False, True]
    """
    asked = f"{full(text)} "
    return asked.startswith(words().agencies) and not asked.startswith(words().tails)


def full(text: str) -> str:
    """Folded, with what is shortened written out.

    >>> full("Sở TT&TT"), full("VP. UBND tỉnh")
    ('so thong tin va truyen thong', 'van phong uy ban nhan dan tinh')
    """
    asked = f" {plain(text)} "
    for short, long in words().abbreviations:
        asked = asked.replace(f" {short} ", f" {long} ")
    return asked.replace("&", " va ").strip()


def is_group(asked: str) -> bool:
    return any(
        asked == one or asked.startswith(one + " ") or asked.endswith(" " + one)
        for one in words_of_groups()
    )


def words_of_groups() -> tuple[str, ...]:
    return tuple(full(one) for one in words().groups)


def _without_place(asked: str) -> str:
    """ "Sở Nội vụ tỉnh Bình Phước" and "Công an tỉnh" without what stands after the name."""
    cut = re.sub(r" tinh [a-z ]+$", "", asked)
    return re.sub(r"^(so [a-z ]+?) tinh$", r"\1", cut)


def _without_committee(asked: str) -> str:
    """ "UBND xã Đồng Phú" stands for the commune itself."""
    places = "xa|phuong|thi tran|dac khu|huyen|quan|thi xa|thanh pho|tinh"
    return re.sub(rf"^uy ban nhan dan (?=(?:{places}) )", "", asked)
