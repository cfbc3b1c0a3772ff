"""What officers' pages say about cases: data of `cases/`, and names of channels, clocks, parts."""

from __future__ import annotations

from collections.abc import Mapping

from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case
from tinhso.kernel.rule_files import reads
from tinhso.measure.text import Text
from tinhso.measure.yamltree import Tree
from tinhso.modules.feedback.categories import names as categories

KIND = "feedback"

CHANNELS: Mapping[str, Text] = {
    Case.Channel.WEB: Text("trang web", "the site"),
    Case.Channel.PHONE: Text("điện thoại", "telephone"),
    Case.Channel.COUNTER: Text("trực tiếp tại quầy", "a counter"),
    Case.Channel.EMAIL: Text("thư điện tử", "e-mail"),
    Case.Channel.ZALO: Text("Zalo", "Zalo"),
    Case.Channel.OPEN311: Text("kết nối Open311", "Open311"),
    Case.Channel.OTHER: Text("kênh khác", "another channel"),
}

CLOCKS: Mapping[str, Text] = {
    "whole": Text("Cả vụ việc", "The whole case"),
    "route": Text("Điều phối", "Routing"),
    "agency": Text("Cơ quan chủ trì", "The agency that leads"),
    "member": Text("Cơ quan được hỏi ý kiến", "Agencies that are asked"),
}

PARTS: Mapping[Role, Text] = {
    Role.REQUESTER: Text("Người gửi", "The sender"),
    Role.ROUTER: Text("Điều phối", "Routing"),
    Role.LEAD: Text("Cơ quan chủ trì", "The agency that leads"),
    Role.MEMBER: Text("Cơ quan được hỏi ý kiến", "An agency that was asked"),
    Role.PUBLIC: Text("Người đọc trang công khai", "A reader of the public page"),
    Role.SYSTEM: Text("Hệ thống", "The system"),
    Role.NOBODY: Text("", ""),
}

#: What whoever is waited for has to do, and why it is theirs.
TODO: Mapping[str, tuple[Text, Text]] = {
    Role.ROUTER: (
        Text("Chuyển cơ quan xử lý", "Route it to an agency"),
        Text("chưa có cơ quan nào nhận", "no agency has it yet"),
    ),
    Role.LEAD: (
        Text("Xử lý và trả lời", "Handle and answer"),
        Text("cơ quan này chủ trì", "this agency leads"),
    ),
    Role.MEMBER: (
        Text("Cho ý kiến", "Give an opinion"),
        Text("cơ quan chủ trì đang chờ ý kiến", "the agency that leads waits for it"),
    ),
    Role.REQUESTER: (
        Text("Chờ người gửi bổ sung", "Wait for the sender"),
        Text("đã hỏi lại người gửi", "the sender was asked"),
    ),
    Role.NOBODY: (Text("Không còn việc", "Nothing to do"), Text("đã kết thúc", "it has ended")),
}

#: Letters of keys, chosen for the Vietnamese word; each stands on the page beside what it does.
KEYS: Mapping[str, str] = {
    "route": "c", "answer": "t", "ask": "h", "hand_over": "g", "return": "l", "consult": "y",
    "opinion": "y", "extend": "a", "reject": "b", "merge": "m", "reopen": "o", "note": "i",
    "reply": "r", "resume": "u", "proceed": "u", "split": "s",
}  # fmt: skip


def category_name(code: str) -> Text:
    """A category in words; one that the file no longer has, as its code."""
    if not code:
        return Text("Chưa xếp lĩnh vực", "No category yet")
    return categories().get(code, Text(code, code))


@reads("cases/warnings.yaml")
def insults(source: Tree) -> tuple[str, ...]:
    return tuple(source.data["insults"])


_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_LETTERS = {
    "A": ("a", "Alpha"), "C": ("xê", "Charlie"), "D": ("đê", "Delta"), "E": ("e", "Echo"),
    "F": ("ép", "Foxtrot"), "H": ("hát", "Hotel"), "J": ("gi", "Juliett"), "K": ("ca", "Kilo"),
    "L": ("lờ", "Lima"), "M": ("mờ", "Mike"), "N": ("nờ", "November"), "P": ("pê", "Papa"),
    "R": ("rờ", "Romeo"), "T": ("tê", "Tango"), "U": ("u", "Uniform"), "V": ("vê", "Victor"),
    "X": ("ích", "X-ray"), "Y": ("i dài", "Yankee"),
}  # fmt: skip


def read_out(code: str) -> Text:
    """A code as it is read out on the telephone.

    >>> read_out("PA-9K").vi
    'pê a – chín ca'
    """
    vi, en = [], []
    for one in code:
        if one.isdecimal():
            vi.append(_DIGITS[int(one)])
            en.append(one)
        elif one in _LETTERS:
            vi.append(_LETTERS[one][0])
            en.append(_LETTERS[one][1])
        else:
            vi.append("–")
            en.append("–")
    return Text(" ".join(vi), " ".join(en))
