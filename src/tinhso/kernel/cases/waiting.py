"""Who waits for news of a case, and how much of it each may read (người chờ, và phần được xem).

Whoever sent a case reads all of it. Everybody else, also whoever sent one that was merged into it,
reads what was published, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from tinhso.kernel.cases.contacts import opened, watch
from tinhso.kernel.cases.kinds import Role, kind
from tinhso.kernel.cases.models import Case, CaseEvent, Contact, Watcher
from tinhso.kernel.cases.queries import may_view
from tinhso.kernel.people.accounts import seats_of
from tinhso.kernel.people.who import Who
from tinhso.measure.text import InputError, Place, Text, message

UNKNOWN_CASE = message("case-unknown", vi="Không có vụ việc {code}.", en="There is no case {code}.")
ITSELF = message(
    "case-merge-itself",
    vi="Không nhập một vụ việc vào chính nó hay vào vụ việc đã nhập đi nơi khác.",
    en="A case is not merged into itself, nor into one that was merged elsewhere.",
)
INTO_PRIVATE = message(
    "case-merge-private",
    vi="{code} là vụ việc riêng tư của người khác, nên không nhập vào đó được. Hãy xử lý và trả lời từng vụ việc.",
    en="{code} is private and somebody else's, so nothing is merged into it. Handle and answer each by itself.",
)
INTO_WITHDRAWN = message(
    "case-merge-withdrawn",
    vi="{code} đã được người gửi rút, không ai trả lời nữa. Chọn vụ việc khác, hoặc xử lý riêng.",
    en="{code} was withdrawn by its sender, and nobody will answer it. Choose another, or handle this one by itself.",
)
NOT_SEEN = message(
    "case-merge-unseen",
    vi="Bạn không có quyền xem {code} nên không nhập vào đó được. Nhờ bộ phận điều phối nhập.",
    en="You may not view {code}, so you cannot merge into it. Ask those who route to do it.",
)

#: Acts whose words settle a case: whoever was merged into it waits for these.
SETTLING = ("answer", "correct", "reject")


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits for news of `case`. `own`: what they sent, the case itself or one that was
    merged into it; None: they follow somebody else's."""

    contact: Contact
    case: Case
    own: Case | None = None

    @property
    def sender(self) -> bool:
        return self.own is not None and self.own.pk == self.case.pk

    @property
    def joined(self) -> bool:
        """What they sent goes on in this case."""
        return self.own is not None and not self.sender

    def reads(self, event: CaseEvent) -> str:
        """What this person reads of the words of an act. Whoever was merged in gets what settled the
        case, as it was worded for everybody if it was; never that of a private one."""
        data = event.data
        said, public = str(data.get("text") or data.get("reason") or ""), data.get("public_text")
        if self.sender:
            return said
        if self.joined and event.act in SETTLING and not self.case.private:
            return str(public or said)
        return ""


def waiting_for(case: Case) -> list[Waiting]:
    """All who wait for news of a case, in the order in which they came."""
    sent = Watcher.objects.filter(case__in=joined_to(case), sender=True).select_related("case")
    own = {row.contact_id: row.case for row in sent.order_by("-id")}
    return [
        Waiting(row.contact, case, case if row.sender else own.get(row.contact_id))
        for row in case.watchers.select_related("contact").order_by("id")
    ]


def waiting(case: Case, contact: Contact) -> Waiting:
    """How one of those who wait stands to a case."""
    return next(one for one in waiting_for(case) if one.contact.pk == contact.pk)


def joined_to(case: Case) -> list[Case]:
    """The cases that were merged into this one, and into those."""
    found: list[Case] = []
    more = list(Case.objects.filter(merged_into=case))
    while more:
        found += more
        more = list(Case.objects.filter(merged_into__in=more))
    return found


def going_on(case: Case) -> Case:
    """The case itself, or the one that goes on for it after merging."""
    while case.merged_into is not None:
        case = case.merged_into
    return case


def settled(case: Case) -> CaseEvent | None:
    """The act whose words settled a case; None while it is open."""
    return None if case.open else case.history.filter(act__in=SETTLING).order_by("n").last()


# -- what others read ------------------------------------------------------------------------------


def title_for(case: Case, *, sender: bool) -> Text:
    """What a case is called to its sender and to others; a neutral name where it is not public."""
    if sender:
        return Text(case.title, case.title)
    if case.private or case.published_at is None:
        name = kind(case.kind).name
        return Text(f"{name.vi} chưa công khai", f"{name.en}, not public")
    return Text(published_title(case), published_title(case))


def text_for(case: Case, *, sender: bool) -> str:
    """What of a case's text its sender and others read."""
    if sender:
        return case.text
    if case.private or case.published_at is None:
        return ""
    return published_text(case)


def published_title(case: Case) -> str:
    return case.public_title or case.title


def published_text(case: Case) -> str:
    """What of a published case is public: the office's words where it gave any, else the sender's own."""
    return case.public_text or ("" if case.public_title else case.text)


# -- merging ---------------------------------------------------------------------------------------


def require_target(case: Case, into: str, role: Role, account: object) -> None:
    """Raises InputError where a case cannot be merged into another: that one is unknown, gone on
    elsewhere, withdrawn, not for the eyes of whoever merges, or private and somebody else's."""
    target, place = Case.objects.filter(pk=into).first(), Place("case")
    if target is None:
        raise InputError([UNKNOWN_CASE(place, code=into)])
    if target.pk == case.pk or target.merged_into_id or target.kind != case.kind:
        raise InputError([ITSELF(place)])
    if role in (Role.ROUTER, Role.LEAD) and account is not None and not _seen(target, account):
        raise InputError([NOT_SEEN(place, code=target.code)])
    if target.state == "withdrawn":
        raise InputError([INTO_WITHDRAWN(place, code=target.code)])
    if target.private and not _all_ours(case, target):
        raise InputError([INTO_PRIVATE(place, code=target.code)])


def watchers_go_along(case: Case) -> None:
    """Whoever waits for a case waits for the one that it was merged into."""
    target = case.merged_into
    assert target
    for watcher in case.watchers.select_related("contact"):
        own = watcher.sender and _is_sender(watcher.contact, case, target)
        watch(target, watcher.contact, sender=own)


def _seen(target: Case, account: object) -> bool:
    if target.published_at is not None:
        return True
    day = timezone.localdate()
    who = Who(day, account, "", seats_of(account, day), strong=True)  # type: ignore[arg-type]
    return may_view(who, target)


def _all_ours(case: Case, target: Case) -> bool:
    """Whether all who wait for a case sent the target too. A connected system is told of what it sent,
    whether it named a person or not."""
    watchers = list(case.watchers.select_related("contact"))
    if not watchers:
        return case.channel != Case.Channel.OPEN311
    return all(_is_sender(one.contact, case, target) for one in watchers)


def _is_sender(contact: Contact, case: Case, target: Case) -> bool:
    own = target.watchers.filter(sender=True).select_related("contact")
    by_mail = {case.channel, target.channel} == {Case.Channel.EMAIL}
    return any(_same(contact, one.contact, by_mail=by_mail) for one in own)


def _same(one: Contact, other: Contact, *, by_mail: bool) -> bool:
    """Whether two contacts are one person, as shown and not only as said: a number or address that
    was typed into a form may be anybody's. `by_mail`: both wrote from their address."""
    if one.pk == other.pk or (one.account_id and one.account_id == other.account_id):
        return True
    first, second = opened(one), opened(other)
    if first.zalo and first.zalo == second.zalo:
        return True
    return by_mail and bool(first.email) and first.email.lower() == second.email.lower()
