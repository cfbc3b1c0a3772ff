"""Messages to those who wrote by Zalo (trả lời qua Zalo): owed with the act, sent by the worker."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone
from django.utils.crypto import salted_hmac

from tinhso.kernel.cases import contacts
from tinhso.kernel.cases.actions import listens
from tinhso.kernel.cases.models import Case, CaseEvent
from tinhso.kernel.cases.standing import Standing
from tinhso.kernel.cases.tidy import in_parts
from tinhso.kernel.cases.waiting import Waiting
from tinhso.kernel.ledger.deliveries import TOPICS
from tinhso.kernel.ledger.delivering import Parcel, PermanentError, TemporaryError, delivers
from tinhso.kernel.ledger.models import Delivery
from tinhso.kernel.ledger.outbox import owe
from tinhso.kernel.outward import Outward
from tinhso.kernel.units.register import register
from tinhso.measure.text import InputError, Text
from tinhso.modules.feedback.letters import code_for, said_to, site_address, told_by
from tinhso.modules.feedback.machine_doors import KIND
from tinhso.modules.feedback.zalo_tokens import access_token

#: What came in, and what goes out.
EVENTS, MESSAGES = "zalo-event", "zalo"
TOPICS |= {
    EVENTS: Text("Tin nhắn Zalo đến", "Zalo messages received"),
    MESSAGES: Text("Tin nhắn Zalo đi", "Zalo messages to send"),
}

ADDRESS = "https://openapi.zalo.me/v3.0/oa/message/cs"
OUTWARD = Outward()
#: Characters of one message.
MOST_TEXT = 2000
#: So long a failure that may pass is tried again before a person is told.
PATIENCE = timedelta(hours=6)
#: Errors by which Zalo says that the access token does not hold.
TOKEN_ERRORS = frozenset({-216, -124})

WORDS: Mapping[str, Text] = {
    "receive": Text(
        "Đã tiếp nhận, mã {code}.{due}\nMuốn bổ sung, cứ nhắn hoặc gửi ảnh tại đây. Có việc khác thì nhắn MỚI.{page}",
        "Received under the code {code}.{due}\nTo add something, write or send pictures here. For another matter write NEW.{page}",
    ),
    "route": Text("{code}: đã chuyển {unit} xử lý.", "{code}: {unit} now handles it."),
    "ask": Text(
        "{code}: cơ quan xử lý cần hỏi thêm:\n{text}\nHãy nhắn trả lời tại đây.",
        "{code}: we need to know more:\n{text}\nPlease answer here.",
    ),
    "answer": Text(
        "{code}: trả lời của cơ quan xử lý:\n{text}\nViệc chưa xong thì nhắn MỞ LẠI và lý do.{page}",
        "{code}: the answer:\n{text}\nIf it is not settled write REOPEN and why.{page}",
    ),
    "reject": Text(
        "{code}: không tiếp nhận. Lý do:\n{text}{page}", "{code}: not accepted. Why:\n{text}{page}"
    ),
    "extend": Text(
        "{code}: được gia hạn.{due} Lý do:\n{text}",
        "{code}: the term was extended.{due} Why:\n{text}",
    ),
    "reopen": Text("{code}: đã mở lại.{due}", "{code}: opened again.{due}"),
    "merge": Text(
        "{code}: đã nhập vào {into}, phản ánh về cùng việc. Có tin về {into}, chúng tôi nhắn tại đây.{text}",
        "{code}: merged into {into}, a report of the same matter. You get its news here.{text}",
    ),
}

#: What the sender's own page is for, once the case is there and once it has been settled.
PAGES: Mapping[str, Text] = {
    "receive": Text(
        "\nTheo dõi tại {address}\nAi có địa chỉ này thì xem được phản ánh; đừng chuyển tiếp.",
        "\nFollow it at {address}\nWhoever has this address can read the report; do not forward it.",
    ),
    **dict.fromkeys(
        ("answer", "reject"),
        Text(
            "\nĐánh giá ẩn danh, xem diễn biến: {address}",
            "\nTo rate it anonymously and see what happened: {address}",
        ),
    ),
}


def secret_of(key: str) -> str:
    """What opens a case that came by Zalo without an account, from the case's own key: only its digest is
    kept, so messages about the case make it again."""
    return contacts.secret_from("zalo", key)


def own_page(one: Waiting, act: str) -> Text:
    """The words for the sender's own page of the case; none where the site does not know its address, for
    whoever was merged in, and for a case of earlier days, whose secret nobody knows."""
    address, secret = "", secret_of(one.case.key or "")
    if act in PAGES and one.sender and contacts.digest(secret) == one.contact.secret:
        address = site_address("feedback:follow", one.contact, one.case.code, secret)
    if not address:
        return Text("", "")
    words = PAGES[act]
    return Text(words.vi.format(address=address), words.en.format(address=address))


def sender_key(sender: str) -> str:
    """By which what concerns one sender stays in order; tells nothing of who it is."""
    return salted_hmac("tinhso.zalo", sender, algorithm="sha256").hexdigest()[:32]


def say(to: str, text: str) -> Delivery:
    """Owe somebody a message, in the transaction of the act; a long one in parts, which come in order
    and of which the last is answered here."""
    return [
        owe(MESSAGES, sender_key(to), {"to": to, "text": one}) for one in in_parts(text, MOST_TEXT)
    ][-1]


@listens(to=KIND)
def answer(case: Case, event: CaseEvent, _standing: Standing) -> None:
    """Owe a message, with the act that it tells of, to whoever sent this case, or one that was merged
    into it, by Zalo."""
    if event.act not in WORDS:
        return
    at = timezone.localtime(case.due_at) if case.due_at else None
    due = Text(
        f" Hạn trả lời: {at:%H:%M ngày %d/%m/%Y}." if at else "",
        f" To be answered by {at:%d/%m/%Y %H:%M}." if at else "",
    )
    unit = register().full_name(case.lead_id) if case.lead_id else Text("", "")
    into = case.merged_into.code if case.merged_into else ""
    for one, _own in told_by(Case.Channel.ZALO, case, event.act):
        to, language = contacts.opened(one.contact).zalo, one.contact.language
        told = said_to(event, one)
        if event.act == "merge" and told:
            told = (
                Text("\n\nTrả lời: {text}", "\n\nThe answer: {text}").to(language).format(text=told)
            )
        if to:
            words = WORDS[event.act].to(language)
            say(
                to,
                words.format(
                    code=code_for(one).to(language), due=due.to(language),
                    unit=unit.to(language), text=told, into=into,
                    page=own_page(one, event.act).to(language),
                ),
            )  # fmt: skip


@delivers(MESSAGES, personal=True)
def send(parcel: Parcel) -> None:
    """One message. An answer with HTTP 200 and an error in it was not sent."""
    token = access_token()
    error = _post(parcel, token)
    if error in TOKEN_ERRORS:
        error = _post(parcel, access_token(refused=token))
    if error == 0:
        return
    reason = Text(
        f"Zalo không gửi tin này (lỗi {error}).",
        f"Zalo does not send this message (error {error}).",
    )
    if timezone.now() - parcel.owed_at < PATIENCE:
        raise TemporaryError(reason)
    raise PermanentError(reason)


def _post(parcel: Parcel, token: str) -> int:
    """The error that Zalo answers, 0 for none. Raises TemporaryError where it does not answer so."""
    body = {
        "recipient": {"user_id": parcel.payload["to"]},
        "message": {"text": parcel.payload["text"]},
    }
    headers = {"access_token": token, "Content-Type": "application/json"}
    try:
        answer = OUTWARD.call(
            ADDRESS, method="POST", body=json.dumps(body).encode(), headers=headers
        )
        return int(json.loads(answer.content)["error"])
    except (InputError, ValueError, KeyError, TypeError) as error:
        raise TemporaryError(
            Text(
                "Máy chủ Zalo không trả lời như đã hẹn.", "Zalo's server does not answer as agreed."
            )
        ) from error
