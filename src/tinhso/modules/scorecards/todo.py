"""What rounds need of whom, for whoever reminds people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from tinhso.kernel.notices import needs
from tinhso.measure.periods import Period
from tinhso.measure.text import Text
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.scorecards.models import ENDED, Appeal, Round, RoundState
from tinhso.modules.scorecards.policies import ROUND
from tinhso.modules.scorecards.round_actions import silent_units

KINDS = {
    "assess": Text("tự chấm điểm trong đợt", "assess your unit in the round"),
    "begin-verification": Text("chuyển đợt sang thẩm định", "begin the round’s verification"),
    "verify": Text("thẩm định điểm đã tự chấm", "verify the points that were claimed"),
    "begin-appeals": Text("báo kết quả, nhận kiến nghị", "tell the results and take appeals"),
    "appeal": Text(
        "xem điểm thẩm định khác điểm tự chấm, kiến nghị nếu không đồng ý",
        "look at verified points that differ from those claimed, and appeal if you disagree",
    ),
    "decide": Text("quyết định kiến nghị", "decide the appeal"),
    "close": Text("đóng đợt", "close the round"),
}
#: The verb of the policy that each kind takes, where it is called otherwise.
_VERBS = dict.fromkeys(("begin-verification", "begin-appeals", "close"), "manage")


@needs.tells_needs("scorecards", KINDS)
def needs_of_rounds(day: date) -> Iterator[needs.Need]:
    for made in Round.objects.exclude(state__in=ENDED).order_by("opened_at"):
        title = _title(made)
        if title is None:
            continue  # its plan or card is no longer in any pack
        match made.state:
            case RoundState.OPEN:
                yield from _of_open(made, title, day)
            case RoundState.VERIFYING:
                left = made.lines.filter(claimed__isnull=False, verified__isnull=True).count()
                kind = "verify" if left else "begin-appeals"
                said = _with(title, f"còn {left} điểm", f"{left} points left") if left else title
                yield _need(made, kind, said, made.unit_id, _began(made))
            case RoundState.APPEALS:
                yield from _of_appeals(made, title, day)


def _of_open(made: Round, title: Text, day: date) -> Iterator[needs.Need]:
    silent = silent_units(made)
    if silent and day <= made.assess_by:
        for unit in silent:
            yield _need(made, "assess", title, unit, _began(made), made.assess_by)
    else:
        since = min(day, made.assess_by + timedelta(1)) if silent else min(day, _began(made))
        yield _need(made, "begin-verification", title, made.unit_id, since)


def _of_appeals(made: Round, title: Text, day: date) -> Iterator[needs.Need]:
    """An appeal that is not decided waits for the decision; closing waits for all of them."""
    undecided = Appeal.objects.filter(line__round=made, decided_at__isnull=True)
    waiting: dict[str, date] = {}
    for one in undecided.order_by("-made_at").select_related("line"):
        waiting[one.line.unit_id] = timezone.localdate(one.made_at)
    for unit, since in sorted(waiting.items()):
        yield _need(made, "decide", title, unit, since)
    if made.may_appeal_on(day):
        differs = Q(verified__isnull=False, appeal__isnull=True) & (
            Q(claimed__isnull=True) | ~Q(claimed=F("verified"))
        )
        found = made.lines.filter(differs).values("unit_id").annotate(count=Count("pk"))
        for row in found.order_by("unit_id"):
            count = row["count"]
            said = _with(title, f"{count} điểm khác", f"{count} points differ")
            yield _need(made, "appeal", said, row["unit_id"], _began(made), made.appeal_by)
    elif not waiting:
        assert made.appeal_by is not None
        yield _need(made, "close", title, made.unit_id, made.appeal_by + timedelta(1))


def _need(
    made: Round, kind: str, title: Text, unit: str, since: date, due: date | None = None
) -> needs.Need:
    of_unit = kind in ("assess", "appeal", "decide")
    with override("vi"):
        address = (
            reverse("scorecards:round-unit", args=[made.pk, unit])
            if of_unit
            else reverse("scorecards:round", args=[made.pk])
        )
    return needs.Need(
        f"scorecards.{kind}",
        f"{made.pk}",
        unit,
        ROUND.right(_VERBS.get(kind, kind)),
        title,
        address,
        since,
        due,
        made.simulated,
    )


def _began(made: Round) -> date:
    """The day on which the round came to its step."""
    return timezone.localdate(made.moved_at or made.opened_at)


def _title(made: Round) -> Text | None:
    plan = workspace().plans.get(made.plan)
    card = plan.pack.scorecards.get(made.card) if plan is not None else None
    if card is None:
        return None
    period = Period.parse(made.period).label
    return Text(f"{card.name.vi}, {period.vi}", f"{card.name.en}, {period.en}")


def _with(title: Text, vi: str, en: str) -> Text:
    return Text(f"{title.vi}: {vi}", f"{title.en}: {en}")
