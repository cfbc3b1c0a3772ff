"""What a person who is refused is told: which right is missing, and who can give it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from tinhso.kernel.people.models import Position
from tinhso.kernel.people.policies import POSITION
from tinhso.kernel.people.policy import Answer, Need
from tinhso.kernel.people.roles import roles
from tinhso.kernel.people.scopes import Reach, succeeded
from tinhso.kernel.units.register import register
from tinhso.measure.text import Text

SENTENCES = {
    Need.SIGN_IN: Text(
        "Việc này cần đăng nhập. Đăng nhập bằng tài khoản có quyền {right}.",
        "This needs signing in. Sign in with an account that may {right}.",
    ),
    Need.RIGHT: Text("Tài khoản của bạn chưa có quyền {right}.", "Your account may not {right}."),
    Need.SCOPE: Text(
        "Mã truy cập này không được cấp cho việc {right}. Cần mã có phạm vi {code}.",
        "This token was not made to {right}. It takes one with the scope {code}.",
    ),
    Need.SECOND_FACTOR: Text(
        "Bạn có quyền {right}, nhưng việc này cần đăng nhập bằng lớp xác thực thứ hai.",
        "You may {right}, but this needs a second factor when you sign in.",
    ),
    Need.PURPOSE: Text(
        "Bạn có quyền {right}, nhưng phải ghi mục đích; lần mở được ghi vào nhật ký.",
        "You may {right}, but have to state a purpose; the opening goes on record.",
    ),
}

#: Enough to find somebody to turn to.
GIVERS = 5


@dataclass(frozen=True)
class Giver:
    """A position whose holder can give the right that is missing."""

    title: Text
    unit: Text


@dataclass(frozen=True)
class Refusal:
    need: Need
    right: str
    sentence: Text
    givers: tuple[Giver, ...] = ()


def refusal(answer: Answer, day: date) -> Refusal:
    """The answer in words. Positions are named, persons are not."""
    right = right_in_words(answer, day)
    sentence = SENTENCES[answer.need]
    return Refusal(
        answer.need,
        answer.right,
        Text(
            sentence.vi.format(right=right.vi, code=answer.right),
            sentence.en.format(right=right.en, code=answer.right),
        ),
        tuple(givers(answer.unit, day)) if answer.need is Need.RIGHT else (),
    )


def right_in_words(answer: Answer, day: date) -> Text:
    """ "công bố lần công bố số liệu của kế hoạch tại Tỉnh Bình Phước"."""
    verb, kind = answer.verb.text, answer.policy.text
    if not answer.unit:
        return Text(f"{verb.vi} {kind.vi}", f"{verb.en} {kind.en}")
    unit = register().full_name(answer.unit, day)
    return Text(f"{verb.vi} {kind.vi} tại {unit.vi}", f"{verb.en} {kind.en} at {unit.en}")


def givers(unit: str, day: date) -> list[Giver]:
    """Positions held today whose role may appoint in `unit` ("": everywhere)."""
    right = POSITION.right("appoint")
    able = [one.code for one in roles().values() if one.scopes(right)]
    held = (
        Position.objects.filter(
            Q(until=None) | Q(until__gt=day),
            Q(appointments__until=None) | Q(appointments__until__gt=day),
            role__in=able,
            since__lte=day,
            appointments__since__lte=day,
        )
        .distinct()
        .order_by("unit", "title")
    )
    units, found = register(), []
    for one in held:
        place = succeeded(units, one.unit_id, day)
        reaches = (Reach(scope, place, day) for scope in roles()[one.role].scopes(right))
        if any(reach.covers(unit) for reach in reaches):
            title = Text(one.title, one.title_en or one.title)
            found.append(Giver(title, units.full_name(place or one.unit_id, day)))
        if len(found) == GIVERS:
            break
    return found
