"""What reported figures need of whom, for whoever reminds people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import override

from tinhso.kernel.notices import needs
from tinhso.measure.text import Text
from tinhso.modules.plan.pack import Step
from tinhso.modules.reporting.policies import FIGURE
from tinhso.modules.reporting.queries import NeedKind, needs_today, simulated

KINDS = {
    NeedKind.ENTER: Text("nhập và gửi số liệu", "enter and send the figures"),
    NeedKind.MEND: Text("sửa số liệu bị trả lại", "mend the figures that were returned"),
    NeedKind.RULE: Text("duyệt số liệu", "approve or return the figures"),
    NeedKind.SETTLE: Text(
        "giao người báo cáo thay đơn vị đã chia", "have somebody report for a divided unit"
    ),
}


@needs.tells_needs("reporting", {kind.value: text for kind, text in KINDS.items()})
def needs_of_reporting(day: date) -> Iterator[needs.Need]:
    made_up = simulated()
    for one in needs_today(day):
        request = one.request
        last = one.step is Step.STANDING_AGENCY
        verb = ("accept" if last else "approve") if one.kind is NeedKind.RULE else "enter"
        with override("vi"):
            args = [request.plan, request.duty.code, request.period.code, request.unit]
            address = reverse("reporting:form", args=args)
        label = request.period.label
        step = f"/{one.step.value}" if one.step else ""
        yield needs.Need(
            f"reporting.{one.kind.value}",
            f"{request.plan}/{request.duty.code}/{request.period.code}/{request.unit}{step}",
            # The standing agency approves what units of the province sent: it is theirs by right.
            request.unit if last else one.unit,
            FIGURE.right(verb),
            Text(f"{request.duty.name.vi}, {label.vi}", f"{request.duty.name.en}, {label.en}"),
            address,
            request.as_of,
            request.due,
            made_up,
        )
