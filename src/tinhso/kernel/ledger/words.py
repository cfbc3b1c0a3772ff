"""Acts in words. Most are a policy's verb on its kind; rooms name the others in `ACTS`."""

from __future__ import annotations

from tinhso.kernel.people.policy import POLICIES
from tinhso.measure.text import Text

ACTS: dict[str, Text] = {
    "ledger.entry.erase": Text("xóa chi tiết của mục nhật ký", "erase details of entries"),
    "ledger.witness.resume": Text(
        "cho nhật ký đi tiếp sau khi khôi phục", "let the ledger go on after a restore"
    ),
    "people.position.make": Text("lập vị trí công tác", "make a position"),
    "people.position.begin-earlier": Text(
        "cho vị trí công tác bắt đầu sớm hơn", "have a position begin earlier"
    ),
    "units.register.load": Text("nạp danh mục đơn vị", "load the register of units"),
}

CHANNELS = {
    "web": Text("trang web", "the site"),
    "api": Text("API", "the API"),
    "command": Text("dòng lệnh", "the command line"),
    "worker": Text("tiến trình nền", "a background process"),
}

ACTORS = {
    "operator": Text("Người vận hành máy chủ", "The server's operator"),
    "system": Text("Hệ thống", "The system"),
    "anonymous": Text("Người không đăng nhập", "Somebody not signed in"),
}


def act_in_words(act: str) -> Text:
    """ "công bố lần công bố số liệu của kế hoạch"; the code itself for an act that nobody named."""
    if act in ACTS:
        return ACTS[act]
    kind, _, code = act.rpartition(".")
    policy = POLICIES.get(kind)
    if policy is None or code not in policy.verbs:
        return Text(act, act)
    verb = policy.verbs[code].text
    return Text(f"{verb.vi} {policy.text.vi}", f"{verb.en} {policy.text.en}")
