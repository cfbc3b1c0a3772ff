"""The trial province's reports (dữ liệu mẫu): sent and approved through this room's own actions.

Everything here is invented from the simulated figures before it, says so, and is the same each
time. The accounts that did it cannot sign in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.ledger.actor import Channel
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.who import Seat, Who
from tinhso.kernel.units.register import one_register
from tinhso.measure.periods import Period
from tinhso.measure.text import Text
from tinhso.modules.plan.pack import ReportingDuty, Step
from tinhso.modules.plan.workspace import Workspace
from tinhso.modules.reporting import actions
from tinhso.modules.reporting.actions import Chosen
from tinhso.modules.reporting.checks import Kind, Parts, Typed
from tinhso.modules.reporting.examining import Report, examine
from tinhso.modules.reporting.known import Known
from tinhso.modules.reporting.models import ReportedFigure
from tinhso.modules.reporting.requests import Request, due_day, periods_of

EVIDENCE = "Báo cáo mô phỏng"
WHY = "Số mô phỏng"


def seed_reports(place: Workspace, plan: str) -> int:
    """Fill in the monthly duty's last period but one; returns how many figures were sent.

    Some wait, one is returned, and the province's own figure differs from the
    sum. The last period is left as other sources have it, but for one unit that says otherwise.
    """
    pack, duties = place.plan(plan), place.plan(plan).plan.reporting
    monthly = next((one for one in duties if one.level == "commune" and not one.control), None)
    if monthly is None:
        return 0
    clerk, head, agency = (_account(name) for name in ("nhap", "duyet", "thuong-truc"))
    over = [
        one for one in periods_of(monthly, timezone.localdate()) if one.end <= timezone.localdate()
    ]
    if len(over) < 2:
        return 0
    last, newest = over[:2]
    with one_register(), transaction.atomic():
        sent = []
        known = Known(place, pack, monthly, newest, due_day(monthly, newest) - timedelta(days=2))
        requests = list(known.requests.values())
        for number, request in enumerate(requests):
            sent += _send(clerk, known, request, silent=number % 17 == 3)
        _approve(head, known, requests, leave=requests[:1], step=Step.UNIT)
        _approve(agency, known, requests, leave=requests[:4], step=Step.STANDING_AGENCY)
        _return(agency, known, requests[1])
        sent += _differ(clerk, place, plan, monthly, last)
        for duty in duties:
            if duty.control:
                sent += _control(clerk, Known(place, pack, duty, newest, due_day(duty, newest)))
    return len(sent)


def _account(name: str) -> Account:
    account, _ = Account.objects.get_or_create(
        username=f"mau.{name}",
        defaults={"name": _NAMES[name], "is_active": False},
    )
    return account


_NAMES = {
    "nhap": "Cán bộ mẫu (mô phỏng)",
    "duyet": "Lãnh đạo mẫu (mô phỏng)",
    "thuong-truc": "Cơ quan thường trực mẫu (mô phỏng)",
}


def _who(account: Account, role: str, units: Iterable[str], day: date) -> Who:
    title = Text("Vị trí mẫu", "Sample position")
    seats = tuple(Seat("", role, title, unit, unit) for unit in units)
    return Who(day, account.pk, account.name, seats, strong=True, channel=Channel.COMMAND)


def _chance(*named: str) -> int:
    """A number from 0 to 99 that is the same for the same names."""
    return hashlib.sha256("/".join(named).encode()).digest()[0] % 100


def _send(
    account: Account, known: Known, request: Request, *, silent: bool
) -> list[ReportedFigure]:
    typed = {}
    for indicator in known.indicators:
        last = known.last(indicator, request.unit)
        code = indicator.code
        if last is None or last.parts.numerator is None or not last.parts.denominator:
            typed[code] = Typed(numerator="216", denominator="240")
            continue
        if silent and code == known.indicators[-1].code:
            typed[code] = Typed(kind=Kind.NO_DATA, reason=f"Đang rà soát lại sổ ({WHY.lower()})")
            continue
        room = last.parts.denominator - last.parts.numerator
        more = room * (2 + _chance(request.unit, code, known.period.code) % 8) // 100
        typed[code] = Typed(
            numerator=str(last.parts.numerator + more), denominator=str(last.parts.denominator)
        )
    return _sent(account, known, request, typed)


def _sent(
    account: Account, known: Known, request: Request, typed: dict[str, Typed]
) -> list[ReportedFigure]:
    if not typed:
        return []
    known = known.anew()
    who = _who(account, "officer", [request.unit], known.day)
    report = Report(typed, EVIDENCE, simulated=True)
    asked = {one.place.file.partition(".")[0] for one in examine(known, request, report).problems}
    explained = {
        code: Typed(**vars(one) | {"explanation": WHY}) if code in asked else one
        for code, one in typed.items()
    }
    report = Report(explained, EVIDENCE, simulated=True)
    return actions.send(who, known, request, report)[0]


def _approve(
    account: Account, known: Known, requests: list[Request], *, leave: list[Request], step: Step
) -> None:
    units = [one.unit for one in requests if one not in leave]
    who = _who(account, "leader", units, known.day)
    if step is Step.STANDING_AGENCY:
        who = _who(account, "standing-agency", units[:1], known.day)
    actions.approve(who, _chosen(known, units), EVIDENCE)


def _chosen(known: Known, units: list[str]) -> list[Chosen]:
    rows = ReportedFigure.objects.filter(
        duty=known.duty.code, period=known.period.code, unit__in=units, state="sent"
    ).select_related("answer")
    return [Chosen(one.pk, one.answer.number) for one in rows if one.answer is not None]


def _return(account: Account, known: Known, request: Request) -> None:
    who = _who(account, "standing-agency", [request.unit], known.day)
    comment = "Mẫu số khác sổ hộ khẩu, xem lại (ý kiến mô phỏng)"
    actions.give_back(who, _chosen(known, [request.unit])[:1], comment)


def _differ(
    account: Account, place: Workspace, plan: str, duty: ReportingDuty, period: Period
) -> list[ReportedFigure]:
    """One unit reports another number than the lake has from a file."""
    known = Known(place, place.plan(plan), duty, period, due_day(duty, period))
    for request in known.requests.values():
        for indicator in known.indicators:
            other = known.elsewhere(indicator, request.unit)
            if other is not None and other.numerator and other.denominator:
                typed = Typed(
                    numerator=str(other.numerator * 99 // 100), denominator=str(other.denominator)
                )
                return _sent(account, known, request, {indicator.code: typed})
    return []


def _control(account: Account, known: Known) -> list[ReportedFigure]:
    """The province's own figure, a little above the sum of its communes."""
    for request in known.requests.values():
        typed = {}
        for indicator in known.indicators:
            total = known.sum_below(indicator, request.unit)
            if total is not None and total.numerator is not None:
                more = Parts(total.numerator * 1003 // 1000, total.denominator)
                typed[indicator.code] = Typed(
                    numerator=str(more.numerator), denominator=str(more.denominator or "")
                )
        return _sent(account, known, request, typed)
    return []
