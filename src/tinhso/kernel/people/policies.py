"""Who may do what to accounts, positions and tokens, and to the ledger and the outbox."""

from __future__ import annotations

from tinhso.kernel.people.policy import Policy, Verb
from tinhso.measure.text import Text

ACCOUNT = Policy(
    "people.account",
    Text("tài khoản", "an account"),
    [
        Verb("view", Text("xem", "see")),
        Verb("invite", Text("mời", "invite"), strong=True),
        Verb("close", Text("đóng", "close"), strong=True),
        Verb(
            "contact",
            Text("mở thông tin liên hệ của", "open the contact details of"),
            strong=True,
            purpose=True,
        ),
        Verb(
            "reset-factor",
            Text("đặt lại lớp xác thực thứ hai của", "reset the second factor of"),
            strong=True,
        ),
        Verb("erase", Text("xóa dữ liệu cá nhân của", "erase the personal data of"), strong=True),
    ],
)

POSITION = Policy(
    "people.position",
    Text("vị trí công tác", "a position"),
    [
        Verb("view", Text("xem", "see")),
        Verb("appoint", Text("bố trí người vào", "appoint somebody to"), strong=True),
    ],
)

TOKEN = Policy(
    "people.token",
    Text("mã truy cập của hệ thống", "a machine's token"),
    [
        Verb("view", Text("xem", "see")),
        Verb("issue", Text("cấp hoặc thu hồi", "issue or revoke"), strong=True),
    ],
)

ENTRY = Policy(
    "ledger.entry",
    Text("mục nhật ký", "an entry of the ledger"),
    [
        Verb("verify", Text("kiểm chứng", "verify"), public=True),
        Verb("view", Text("xem", "see"), strong=True),
    ],
)

DELIVERY = Policy(
    "ledger.delivery",
    Text("việc phải gửi", "a delivery"),
    [
        Verb("view", Text("xem", "see"), strong=True),
        Verb("manage", Text("cho gửi lại hoặc bỏ", "retry or give up"), strong=True),
    ],
)

STATUS = Policy(
    "operations.status",
    Text("tình trạng hệ thống", "the system's state"),
    [Verb("view", Text("xem", "see"), strong=True)],
)

IDENTITY = Policy(
    "people.identity",
    Text("số định danh cá nhân", "an identity number"),
    [
        Verb("keep", Text("ghi", "keep"), strong=True),
        Verb("open", Text("mở", "open"), strong=True, purpose=True),
    ],
)
