"""Old Vietnamese encodings (bảng mã cũ), recognised by whether the words they spell are Vietnamese.

TCVN3 and VNI put Vietnamese letters on the codes of Western ones, so nothing in the bytes says
which is which; but only under the right reading do the words become Vietnamese syllables.

>>> recognise("§¬n vÞ tiÕp nhËn hå s¬").kind
'tcvn3'
>>> recognise("Ñôn vò tieáp nhaän hoà sô").meant
'Đơn'
>>> recognise("Đơn vị tiếp nhận hồ sơ") is None
True
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tinhso.measure.ingest import messages
from tinhso.measure.text import Problem

Kind = Literal["tcvn3", "vni", "cp1258"]

_TCVN3 = dict(
    zip(
        "¸µ¶·¹¨¾»¼½Æ©ÊÇÈÉË®ÐÌÎÏÑªÕÒÓÔÖÝ×ØÜÞãßáâä«èåæçé¬íêëìîóïñòô\xadøõö÷ùýúûüþ§¡¢£¤¥¦",
        "áàảãạăắằẳẵặâấầẩẫậđéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵĐĂÂÊÔƠƯ",
        strict=True,
    )
)

_VNI_SINGLE = dict(zip("ñÑíìæóòîôöÍÌÆÓÒÎÔÖ", "đĐíìỉĩịỵơưÍÌỈĨỊỴƠƯ", strict=True))
_VNI_MARKS = {
    "ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309",
    "ã": "\u0302\u0303", "ä": "\u0302\u0323",
    "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309",
    "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip

_SYLLABLE = re.compile(
    r"(?:b|ch?|d|đ|gh?|gi|h|kh?|l|m|ngh?|nh|n|ph?|qu|r|s|th?|tr|v|x)?"
    r"(?:[aăâeêioôơuưy]|[iyuư][aeêoôơâ]|o[aăeo]|u[yâôê]|uy[aêe]|uơ|ưo|ươ|oo)"
    r"(?:ch?|ngh?|nh?|m|p|t|i|y|o|u)?"
)
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_ASTRAY = re.compile(
    f"[^aeiouy\u0302\u0306\u031b][{_TONES}]"
)  # a tone mark on a consonant, as in ñ
_RUN = re.compile(r"[A-Za-z\u0080-\U0010ffff]+")


def is_syllable(word: str) -> bool:
    """Whether `word` is spelled as one Vietnamese syllable, with at most one tone mark."""
    letters = unicodedata.normalize("NFD", word.lower())
    if _ASTRAY.search(letters):
        return False
    tones = sum(c in _TONES for c in letters)
    bare = unicodedata.normalize("NFC", "".join(c for c in letters if c not in _TONES))
    return tones <= 1 and _SYLLABLE.fullmatch(bare) is not None


def from_tcvn3(word: str) -> str:
    return "".join(_TCVN3.get(c, c if c < "\x80" else "\ufffd") for c in word)


def from_vni(word: str) -> str:
    out: list[str] = []
    for c in word:
        mark = _VNI_MARKS.get(c.lower())
        if mark and out and out[-1][-1:].lower() in "aeouyơư":
            out[-1] = unicodedata.normalize("NFC", out[-1] + mark)
        else:
            out.append(_VNI_SINGLE.get(c, c if c < "\x80" else "\ufffd"))
    return "".join(out)


def from_cp1258(word: str) -> str:
    raw = word.encode("latin-1", "replace")
    return unicodedata.normalize("NFC", raw.decode("cp1258", "replace"))


_READINGS: dict[Kind, Callable[[str], str]] = {
    "tcvn3": from_tcvn3,
    "vni": from_vni,
    "cp1258": from_cp1258,
}


@dataclass(frozen=True)
class Legacy:
    """An old encoding that was recognised, with one word as it stands and as it was meant."""

    kind: Kind
    seen: str
    meant: str

    @property
    def problem(self) -> Problem:
        what = {"tcvn3": messages.TCVN3, "vni": messages.VNI, "cp1258": messages.CP1258}
        return what[self.kind](seen=self.seen, meant=self.meant)


def recognise(text: str, *, raw: bool = False) -> Legacy | None:
    """The old encoding that `text` is really in, or None.

    `text` is what the file reads as: Unicode, or with `raw` the bytes taken one to a character.
    """
    words = {w for w in _RUN.findall(text) if not w.isascii()}
    if not words:
        return None
    # Text that is right as it stands fits Vietnamese; a few foreign names in it change nothing.
    as_is = 0.0 if raw else _share(words, lambda word: word)
    kinds: list[Kind] = ["tcvn3", "vni", "cp1258"] if raw else ["tcvn3", "vni"]
    shares = {kind: _share(words, _READINGS[kind]) for kind in kinds}
    best = max(kinds, key=lambda kind: shares[kind])
    wrong = [w for w in words if raw or not is_syllable(w)]
    if len(words) < 2 and not raw:
        return None  # one odd word is a foreign name sooner than an encoding
    if shares[best] < 0.7 or shares[best] < as_is + 0.3:
        return None
    spelled = sorted(wrong, key=text.index)
    seen = next((w for w in spelled if is_syllable(_READINGS[best](w))), spelled[0])
    return Legacy(best, seen, _READINGS[best](seen))


def _share(words: set[str], reading: Callable[[str], str]) -> float:
    return sum(is_syllable(reading(word)) for word in words) / len(words)
