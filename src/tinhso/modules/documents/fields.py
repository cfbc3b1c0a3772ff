"""What people fill into a document: numbering, sign, place and date, recipients, signature (các ô của văn bản).

Nothing is invented: what is left empty is printed as dots to be written by hand, or not at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from tinhso.kernel.people.filled import DAY_WRONG
from tinhso.kernel.units.queries import UnitCard, card, history, standing
from tinhso.measure.boundaries import Level
from tinhso.measure.text import InputError, Place, Problem, Text, message
from tinhso.modules.documents.kinds import Kind

TOO_LONG = message(
    "document-field-long",
    vi="Dài {length} ký tự; ô này nhận nhiều nhất {most}. Rút gọn lại.",
    en="{length} characters; this field takes at most {most}. Make it shorter.",
)
NUMBER_WRONG = message(
    "document-number-wrong",
    vi="Số văn bản “{value}” không đúng: chỉ ghi chữ số, không ghi ký hiệu, tối đa 6 chữ số. Chưa có số thì để trống.",
    en="The number “{value}” is not right: digits only, without the sign, at most 6. Leave it empty while there is none.",
)
SIGN_WRONG = message(
    "document-sign-wrong",
    vi="Ký hiệu “{value}” không đúng: chữ cái, chữ số, gạch ngang và gạch chéo, không có dấu cách. Ví dụ: BC-UBND.",
    en="The sign “{value}” is not right: letters, digits, dashes and slashes, without blanks. For example: BC-UBND.",
)
ISSUER_NEEDED = message(
    "document-issuer-needed",
    vi="Ghi tên cơ quan ban hành văn bản (NĐ 30/2020/NĐ-CP, phụ lục I).",
    en="Give the name of the body that issues the document (NĐ 30/2020/NĐ-CP, annex I).",
)
ABSTRACT_NEEDED = message(
    "document-abstract-needed",
    vi="Ghi trích yếu nội dung văn bản.",
    en="Give the abstract of the document.",
)

DOTS = "…"
#: The most characters of a field; others take SHORT.
LONG = {"abstract": 400, "addressee": 600, "recipients": 1500, "remarks": 6000}
SHORT = 160


@dataclass(frozen=True)
class Fields:
    """Texts as they were typed; days as ISO texts; "" is not filled in.

    `addressee` and `recipients` have a line for each.
    """

    superior: str = ""
    issuer: str = ""
    number: str = ""
    sign: str = ""
    place: str = ""
    date: str = ""
    abstract: str = ""
    addressee: str = ""
    remarks: str = ""
    answer_by: str = ""
    recipients: str = ""
    authority: str = ""
    title: str = ""
    signer: str = ""

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Fields:
        return cls(**{one.name: str(kept.get(one.name, "")) for one in fields(cls)})

    def kept(self) -> dict[str, str]:
        return asdict(self)

    @property
    def issuer_lines(self) -> str:
        """The issuing body over two lines where it is a People's Committee."""
        body = "ỦY BAN NHÂN DÂN"
        return self.issuer.replace(f"{body} ", f"{body}\n", 1)

    @property
    def numbering(self) -> str:
        """`Số: 12/BC-UBND`; dots for what is not known yet."""
        return f"Số: {self.number or DOTS}/{self.sign or DOTS}"

    @property
    def place_and_date(self) -> str:
        """`Đồng Nai, ngày 05 tháng 7 năm 2025`: days to 9 and months 1 and 2 with a nought
        (NĐ 30/2020/NĐ-CP, annex I, on the place and time of issue)."""
        place = self.place or DOTS
        if not self.date:
            return f"{place}, ngày {DOTS} tháng {DOTS} năm {DOTS}"
        return f"{place}, {day_in_words(date.fromisoformat(self.date))}"


def day_in_words(day: date) -> str:
    """`ngày 05 tháng 02 năm 2025`, as the decree wants it against forging."""
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def lines(text: str) -> list[str]:
    return [one.strip() for one in text.splitlines() if one.strip()]


def read_fields(posted: Mapping[str, Any]) -> Fields:
    """The fields of a form. Raises InputError with every field that is wrong."""
    problems: list[Problem] = []
    found: dict[str, str] = {}
    for one in fields(Fields):
        value = _clean(str(posted.get(one.name, "")))
        most = LONG.get(one.name, SHORT)
        if len(value) > most:
            problems.append(TOO_LONG(Place(one.name), length=len(value), most=most))
        found[one.name] = value
    for name in ("date", "answer_by"):
        try:
            found[name] = _day(found[name])
        except ValueError:
            problems.append(DAY_WRONG(Place(name), value=found[name]))
    if found["number"] and not re.fullmatch(r"[0-9]{1,6}", found["number"]):
        problems.append(NUMBER_WRONG(Place("number"), value=found["number"]))
    if found["sign"] and not re.fullmatch(r"[^\W_][\w&./…-]*", found["sign"]):
        problems.append(SIGN_WRONG(Place("sign"), value=found["sign"]))
    if not found["issuer"]:
        problems.append(ISSUER_NEEDED(Place("issuer")))
    if not found["abstract"]:
        problems.append(ABSTRACT_NEEDED(Place("abstract")))
    if problems:
        raise InputError(problems)
    return Fields(**found)


def _clean(typed: str) -> str:
    """Composed letters; no character that a Word file cannot hold."""
    text = unicodedata.normalize("NFC", typed).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c == "\n" or unicodedata.category(c)[0] != "C").strip()


def _day(typed: str) -> str:
    """As browsers (2025-07-01) and people (1/7/2025) write it. Raises ValueError."""
    if not typed:
        return ""
    if "/" in typed:
        day, month, year = (int(part) for part in typed.split("/"))
        return date(year, month, day).isoformat()
    return date.fromisoformat(typed).isoformat()


# -- proposals ---------------------------------------------------------------------------------------


def proposed(
    kind: Kind, issuing: str, about: str, *, document: str, period: Text, unit: Text, today: date
) -> Fields:
    """What a form starts with: only what follows from the units, the plan and the kind."""
    issuer = card(issuing)
    territory = issuer.level is not Level.AGENCY
    above = card(issuer.parent) if issuer.parent and not territory else None
    addressee = whom(about, today) if about else ""
    return Fields(
        superior=body_name(above).upper() if above else "",
        issuer=body_name(issuer).upper(),
        sign=(f"{kind.sign}-UBND" if territory else f"{kind.sign}-{DOTS}") if kind.sign else "",
        place=_bare(above or issuer),
        abstract=kind.abstract.format(document=document, period=period.vi, unit=lower(unit.vi)),
        addressee=addressee if kind.is_letter else "",
        recipients="\n".join(
            one.format(addressee=addressee.replace("\n", ", ")) for one in kind.copies
        ),
        authority="TM. ỦY BAN NHÂN DÂN" if territory else "",
        title="CHỦ TỊCH" if territory else "",
    )


def body_name(unit: UnitCard) -> str:
    """The body that acts for a unit: a territory's People's Committee, an agency itself."""
    if unit.level is Level.AGENCY:
        return unit.name.vi
    return f"Ủy ban nhân dân {lower(unit.name.vi)}"


def whom(uid: str, today: date) -> str:
    """Who answers today for a unit: itself, its successor, or each of those that took parts of it."""
    own = card(uid, today)
    if own.living:
        return body_name(own)
    heir = standing(uid, today)
    if heir.attributed and heir.card.uid != uid:
        return body_name(heir.card)
    targets = dict.fromkeys(
        event.target for event in history(uid) if event.source == uid and event.target
    )
    living = [card(one, today) for one in targets]
    return "\n".join(body_name(one) for one in living if one.living) or body_name(heir.card)


def lower(name: str) -> str:
    """A unit's name within a sentence: `tỉnh Bình Phước`. Agencies keep their capital."""
    first, _, rest = name.partition(" ")
    types = {"Tỉnh", "Thành", "Huyện", "Thị", "Quận", "Xã", "Phường", "Đặc"}
    return f"{first.lower()} {rest}" if first in types else name


def _bare(unit: UnitCard) -> str:
    """The name of the place alone: `Đồng Nai`."""
    name, kind = unit.name.vi, unit.type.vi
    return name[len(kind) :].strip() if name.lower().startswith(f"{kind.lower()} ") else name
