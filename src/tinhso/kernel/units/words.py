"""The room's words in both languages: levels, types of unit, kinds of change."""

from __future__ import annotations

from enum import StrEnum

from tinhso.measure.boundaries import Level
from tinhso.measure.text import Text


class Kind(StrEnum):
    """What happened to a unit (loại thay đổi)."""

    MERGE = "merge"
    SPLIT = "split"
    PART_MERGE = "part-merge"
    RENAME = "rename"
    MOVE = "move"
    ABOLISH = "abolish"


KINDS: dict[Kind, Text] = {
    Kind.MERGE: Text("sáp nhập", "merged"),
    Kind.SPLIT: Text("chia tách", "split"),
    Kind.PART_MERGE: Text("nhập một phần", "merged in part"),
    Kind.RENAME: Text("đổi tên", "renamed"),
    Kind.MOVE: Text("chuyển", "moved"),
    Kind.ABOLISH: Text("kết thúc hoạt động", "abolished"),
}

LEVELS: dict[Level, Text] = {
    Level.COUNTRY: Text("cả nước", "country"),
    Level.PROVINCE: Text("cấp tỉnh", "province"),
    Level.DISTRICT: Text("cấp huyện", "district"),
    Level.COMMUNE: Text("cấp xã", "commune"),
    Level.AGENCY: Text("cơ quan", "agency"),
}

# Keys are the data files' own. A province-level and a district-level city share a type; their
# level tells them apart.
TYPES: dict[str, Text] = {
    "nuoc": Text("nước", "country"),
    "tinh": Text("tỉnh", "province"),
    "thanh-pho": Text("thành phố", "city"),
    "huyen": Text("huyện", "district"),
    "quan": Text("quận", "urban district"),
    "thi-xa": Text("thị xã", "town"),
    "xa": Text("xã", "commune"),
    "phuong": Text("phường", "ward"),
    "thi-tran": Text("thị trấn", "township"),
    "dac-khu": Text("đặc khu", "special zone"),
    "so": Text("sở", "department"),
    "van-phong": Text("văn phòng", "office"),
    "cong-an": Text("công an", "police"),
}

# How people shorten the types when they type them, folded.
SHORT_TYPES: dict[str, str] = {
    "t": "tinh",
    "tp": "thanh-pho",
    "h": "huyen",
    "q": "quan",
    "tx": "thi-xa",
    "x": "xa",
    "p": "phuong",
    "f": "phuong",
    "tt": "thi-tran",
    "dk": "dac-khu",
}

# The name of a country or an agency already says what it is.
NAMED_IN_FULL = frozenset({Level.COUNTRY, Level.AGENCY})


def full_name(level: Level, type_: str, name: str, name_en: str = "") -> Text:
    """The name with its type, as people write it.

    >>> full_name(Level.COMMUNE, "xa", "Đồng Phú")
    Text(vi='Xã Đồng Phú', en='Đồng Phú commune')
    >>> full_name(Level.COMMUNE, "phuong", "4").en
    'Ward 4'
    """
    if level in NAMED_IN_FULL:
        return Text(name, name_en or name)
    label = TYPES[type_]
    english = name_en or name
    numbered = english.isdigit()
    return Text(
        f"{label.vi.capitalize()} {name}",
        f"{label.en.capitalize()} {english}" if numbered else f"{english} {label.en}",
    )
