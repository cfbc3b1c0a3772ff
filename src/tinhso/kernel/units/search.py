"""Find units by what people type: with or without diacritics, old names and new, with the type
before the name or short ("h. đồng phú"), with what lies above after a comma, a province by its
initials ("tp hcm"), or by code."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from tinhso.kernel.units.pack import Version
from tinhso.kernel.units.register import UnitRegister
from tinhso.kernel.units.words import SHORT_TYPES, TYPES
from tinhso.measure.boundaries import Level
from tinhso.measure.text import fold

_DEPTH = {level: depth for depth, level in enumerate(Level)}
_TYPE_WORDS = {fold(label.vi): type_ for type_, label in TYPES.items()}
_TYPE_WORDS_EN = {fold(label.en): type_ for type_, label in TYPES.items()}
EXACT, FIRST_WORDS, WORDS, START, INSIDE = range(5)


@dataclass(frozen=True, slots=True)
class Hit:
    """A unit found, and the version of it whose name or code matched (perhaps an old name)."""

    uid: str
    version: Version
    living: bool


class _Entry(NamedTuple):
    name: str
    version: Version


class _Wanted(NamedTuple):
    """One reading of what was typed: a name, and a type when the words begin with one."""

    name: str
    type: str | None


class UnitSearch:
    """An index over one register. Build it once; a search takes milliseconds."""

    def __init__(self, register: UnitRegister) -> None:
        self.register = register
        self._entries: list[_Entry] = []
        self._initials: dict[str, list[Version]] = defaultdict(list)
        for own in register.lives.values():
            seen = set()
            # The newest name first: among equals it is the one shown.
            for version in reversed(own):
                named = (version.name, version.type)
                if named not in seen:
                    seen.add(named)
                    self._entries.append(_Entry(_plain(version.name), version))
                    if version.level is Level.PROVINCE:
                        initials = "".join(word[0] for word in _plain(version.name).split())
                        self._initials[initials].append(version)

    def find(
        self,
        text: str,
        day: date,
        *,
        within: str | None = None,
        level: Level | None = None,
        limit: int = 20,
    ) -> list[Hit]:
        """Units that answer to `text`, best first.

        Ranked by how well the name fits, then units that exist on `day` before others, then
        higher levels first. `within` keeps to the lineage of one unit: what was ever below it,
        what that came from and became.
        """
        own, *above = [part.strip() for part in re.split(r"[,;]", text) if part.strip()] or [""]
        if not own:
            return []
        allowed = self.register.lineage(within) if within else None
        best: dict[str, tuple[tuple[object, ...], Hit]] = {}
        for rank, version in self._matches(own):
            uid = version.uid
            if allowed is not None and uid not in allowed:
                continue
            if level is not None and version.level is not level:
                continue
            if above and not self._stands_under(version, above):
                continue
            living = self.register.version(uid, day) is not None
            key = (
                rank,
                _accents_differ(own, version.name),
                not living,
                _DEPTH[version.level],
                len(version.name),
                version.code,
                uid,
            )
            if uid not in best or key < best[uid][0]:
                best[uid] = (key, Hit(uid, version, living))
        ordered = sorted(best.values(), key=lambda found: found[0])
        return [hit for _, hit in ordered[:limit]]

    def _matches(self, text: str) -> Iterator[tuple[int, Version]]:
        yield from self._by_code(text)
        readings = list(_readings(text))
        for wanted in readings:
            for version in self._initials.get(wanted.name, ()):
                yield FIRST_WORDS, version
        for name, version in self._entries:
            for wanted in readings:
                if wanted.type not in {None, version.type} or wanted.name not in name:
                    continue
                rank = _rank(wanted.name, name)
                if rank is not None:
                    yield rank, version
                    break

    def _by_code(self, text: str) -> Iterator[tuple[int, Version]]:
        code = text.strip()
        if code in self.register:
            yield EXACT, self.register.nearest(code)
        for span in self.register.boundaries.codes().get(code.upper(), ()):
            version = self.register.nearest(span.uid, span.since)
            yield EXACT, version

    def _stands_under(self, version: Version, above: list[str]) -> bool:
        """Whether each of `above` names something that the unit was ever below, or came under."""
        names = {
            _plain(one.name)
            for uid in self._ever_above(version.uid)
            for one in self.register.versions(uid)
        }
        return all(any(w.name in names for w in _readings(part)) for part in above)

    def _ever_above(self, uid: str) -> set[str]:
        found: set[str] = set()
        waiting = [uid]
        while waiting:
            for version in self.register.versions(waiting.pop()):
                if version.parent is not None and version.parent not in found:
                    found.add(version.parent)
                    waiting.append(version.parent)
        return found


@lru_cache(maxsize=2)
def search_of(register: UnitRegister) -> UnitSearch:
    """The index of a register, built once for each."""
    return UnitSearch(register)


def _plain(text: str) -> str:
    """Folded, with dots and dashes as spaces: "TP.HCM" and "Bà Rịa - Vũng Tàu" fold alike."""
    return " ".join(re.sub(r"[.\-–]", " ", fold(text)).split())


def _readings(text: str) -> Iterator[_Wanted]:
    """What the words may mean: the type first (or, in English, last) and then a name, or a name.

    >>> list(_readings("h. Đồng Phú"))
    [_Wanted(name='dong phu', type='huyen'), _Wanted(name='h dong phu', type=None)]
    """
    words = _plain(text).split()
    for length in (2, 1):
        head, name = " ".join(words[:length]), " ".join(words[length:])
        type_ = _TYPE_WORDS.get(head) or SHORT_TYPES.get(head)
        if type_ and name:
            yield _Wanted(name, type_)
        tail, name = " ".join(words[-length:]), " ".join(words[:-length])
        if tail in _TYPE_WORDS_EN and name:
            yield _Wanted(name, _TYPE_WORDS_EN[tail])
    yield _Wanted(" ".join(words), None)


def _rank(wanted: str, name: str) -> int | None:
    """How well a folded name answers; None when it only shares letters in mid-word.

    >>> [_rank("tan", name) for name in ("tan", "tan phu", "phu tan", "tanh linh")]
    [0, 1, 2, 3]
    """
    if wanted == name:
        return EXACT
    if name.startswith(wanted + " "):
        return FIRST_WORDS
    if f" {wanted} " in f" {name} ":
        return WORDS
    if len(wanted) == 1:
        return None  # One letter begins thousands of names.
    if name.startswith(wanted):
        return START
    return INSIDE if f" {wanted}" in name else None


def _accents_differ(typed: str, name: str) -> bool:
    """Whether the typed text has diacritics and means another name: "Tân Lập" is not "Tân Lạp"."""
    lowered = typed.lower()
    return any(ord(letter) > 127 for letter in lowered) and name.lower() not in lowered
