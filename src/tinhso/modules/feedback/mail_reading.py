"""A message as it came, read into what matters of it: pure, and safe with whatever anybody sends.

Headers are taken apart by hand: the library's own reading of structured headers raises errors of many
kinds for those that are written badly, and badly written mail is mail.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

import nh3

from tinhso.kernel.cases.tidy import line, tidy
from tinhso.kernel.files.kinds import IMAGES, kind_of
from tinhso.measure.text import fold

#: Texts, of a case and of additions to it, that one message makes; the product's choice.
MOST_ADDITIONS = 10
#: Parts of a message that are looked at.
MOST_PARTS = 200
#: Bytes of a picture within the text below which it is an ornament of a signature; the product's choice.
ORNAMENT = 4096
#: Stands above everything that we write, so that what is below it is ours.
ABOVE = "--- Trả lời phía trên dòng này · Reply above this line ---"

_ID = re.compile(r"<[^<>\s]{1,250}>")
_BLOCKS = {"p", "br", "div", "li", "tr", "blockquote", "h1", "h2", "h3", "h4", "table", "hr"}
#: How mail programs announce what they quote, without diacritics.
_QUOTES = re.compile(
    r"(on .{5,200} wrote|vao .{3,200} da viet|.{0,200}<[^<>]+@[^<>]+> (wrote|da viet)):?\s*$"
    r"|-{2,}\s*(original message|tin nhan goc|forwarded message|thu goc)\s*-{2,}$"
)
#: How Outlook does: by whom, and on the next line when, or to whom.
_BY_WHOM = re.compile(
    r"(from|tu|nguoi gui): .*(@.*\n(sent|da gui|date|ngay|to|den|toi)|\n(sent|da gui|date|ngay)): "
)
_RULE = re.compile(r"[_-]{5,}$")
_AUTOMATIC_SENDERS = re.compile(
    r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+.\-].*)?"
)


@dataclass(frozen=True)
class Picture:
    name: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """`answers`: the Message-IDs that it answers, the nearest first. `left_out`: names of what else
    came. `automatic`: why no person wrote it, or ""."""

    id: str
    answers: tuple[str, ...]
    references: tuple[str, ...]
    address: str
    name: str
    subject: str
    text: str
    pictures: tuple[Picture, ...]
    left_out: tuple[str, ...]
    automatic: str


def read(raw: bytes) -> Mail:
    """A message, whatever is wrong with it."""
    message = message_from_bytes(raw)
    plain, rich, pictures, left_out = _parts(message)
    text = plain if plain.strip() else as_text(rich)
    name, address = _sender(message)
    references = tuple(_ID.findall(_raw(message, "References")))[-20:]
    nearest = _ID.findall(_raw(message, "In-Reply-To"))[:3]
    found = _ID.search(_raw(message, "Message-ID"))
    return Mail(
        id=found[0] if found else "",
        answers=tuple(dict.fromkeys([*nearest, *reversed(references)])),
        references=references,
        address=address,
        name=name,
        subject=line(_decoded(_raw(message, "Subject"))),
        text=tidy(text),
        pictures=tuple(pictures),
        left_out=tuple(left_out),
        automatic=_automatic(message, address),
    )


def as_text(rich: str) -> str:
    """Foreign HTML as plain text: nothing of it is ever shown as HTML.

    >>> as_text("<style>p{}</style><p>Đèn &lt;hỏng&gt;</p><script>x()</script><div>tối<br>om</div>")
    'Đèn <hỏng>\\n\\ntối\\nom'
    """
    flat = re.sub(r"\s+", " ", rich)
    clean = nh3.clean(
        flat,
        tags=_BLOCKS,
        clean_content_tags={"script", "style", "head", "title", "template", "noscript"},
        attributes={},
    )
    broken = re.sub(r"<br>|</?(?:p|div|li|tr|blockquote|h[1-4]|table|hr)>", "\n", clean)
    text = html.unescape(re.sub(r"<[^>]*>", "", broken)).replace("\xa0", " ")
    lines = (row.strip() for row in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def fresh(text: str) -> str:
    """What somebody wrote anew above what they quote."""
    kept: list[str] = []
    rows = text.split("\n")
    for row, below in zip(rows, [*rows[1:], ""], strict=True):
        bare = row.lstrip("> \t")
        if bare.startswith(ABOVE[:20]) or _QUOTES.match(fold(row)):
            break
        if _BY_WHOM.match(f"{fold(row)}\n{fold(below)}"):
            break
        if row.startswith(">"):
            continue
        kept.append(row)
    while kept and (
        not kept[-1].strip() or _RULE.match(kept[-1]) or _QUOTES.match(fold(" ".join(kept[-2:])))
    ):
        kept.pop()
    return "\n".join(kept).strip()


def plain_subject(subject: str) -> str:
    """Without what mail programs put before it.

    >>> plain_subject("Re: Fwd: TL: Đèn hỏng")
    'Đèn hỏng'
    """
    return re.sub(
        r"^((re|fw|fwd|tl|ct|trả lời|chuyển tiếp)\s*:\s*)+", "", subject, flags=re.IGNORECASE
    )


# -- headers -------------------------------------------------------------------------------------------


def _raw(message: Message, name: str) -> str:
    """The header as it came; bytes that are no ASCII are taken for UTF-8, which people do send."""
    found = next((v for key, v in message.raw_items() if key.lower() == name.lower()), "")
    return str(found).encode("utf-8", "surrogateescape").decode("utf-8", "replace")[:20_000]


def _decoded(raw: str) -> str:
    try:
        parts = decode_header(raw)
    except (HeaderParseError, ValueError):
        return raw
    return "".join(one if isinstance(one, str) else _text(one, charset) for one, charset in parts)


def _text(content: bytes, charset: str | None) -> str:
    for name in (charset, "utf-8"):
        try:
            if name:
                return content.decode(name)
        except (LookupError, UnicodeError):
            continue
    return content.decode("windows-1258", "replace")


def _sender(message: Message) -> tuple[str, str]:
    for name, address in getaddresses([_raw(message, "From").replace("\n", " ")]):
        if re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", address):
            return line(_decoded(name))[:200], address[:254]
    return "", ""


def _automatic(message: Message, address: str) -> str:
    """RFC 3834, RFC 3464 and the habits of programs older than they."""

    def header(name: str) -> str:
        return _raw(message, name).strip().lower()

    if header("Auto-Submitted") not in ("", "no"):
        return "auto-submitted"
    if message.get_content_type() == "multipart/report" or header("Return-Path") == "<>":
        return "bounce"
    if header("Precedence") in ("bulk", "junk", "list", "auto_reply"):
        return "bulk"
    if any(
        header(name) for name in ("List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond")
    ):
        return "list"
    if not address:
        return "no-sender"
    local = address.partition("@")[0].lower()
    return "automatic-sender" if _AUTOMATIC_SENDERS.fullmatch(local) else ""


# -- parts ---------------------------------------------------------------------------------------------


def _parts(message: Message) -> tuple[str, str, list[Picture], list[str]]:
    plain, rich, pictures, left_out = [], [], list[Picture](), list[str]()
    for part in _leaves(message):
        content = part.get_payload(decode=True)
        content = content if isinstance(content, bytes) else b""
        kind, name = part.get_content_type(), _file_name(part)
        attached = part.get_content_disposition() == "attachment" or bool(name)
        if kind == "text/plain" and not attached:
            plain.append(_text(content, part.get_content_charset()))
        elif kind == "text/html" and not attached:
            rich.append(_text(content, part.get_content_charset()))
        elif (found := kind_of(content) if content else None) in IMAGES:
            assert found is not None
            ornament = (
                part.get("Content-ID")
                and len(content) < ORNAMENT
                and part.get_content_disposition() != "attachment"
            )
            if not ornament:
                stem = name.rpartition(".")[0] or name or "anh"
                pictures.append(Picture(f"{stem}{found.extensions[0]}", content))
        elif content:
            left_out.append(name or kind)
    return "\n".join(plain), "\n".join(rich), pictures, left_out


def _leaves(message: Message) -> Iterator[Message]:
    for number, part in enumerate(message.walk()):
        if number >= MOST_PARTS:
            return
        if not part.is_multipart():
            yield part


def _file_name(part: Message) -> str:
    for header in ("Content-Disposition", "Content-Type"):
        if header in part:  # some programs write names in UTF-8 as it is
            part.replace_header(header, _raw(part, header))
    try:
        return line(_decoded(part.get_filename("") or ""))[:120]
    except (ValueError, LookupError, TypeError):
        return ""
