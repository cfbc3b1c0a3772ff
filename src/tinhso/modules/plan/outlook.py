"""What a reader is told of a target's outlook: a forecast, or why there is none to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tinhso.measure.forecast import Forecast, NoForecast
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.modules.plan.pack import Target
from tinhso.modules.plan.workspace import Workspace


class Missing(StrEnum):
    """Why no forecast is shown, where none was even tried."""

    DATE_REACHED = "date-reached"  # records and the period reach the target's date
    NOT_MADE = "not-made"  # not yet, from figures like these
    OTHER_VIEW = "other-view"  # forecasts are made under two views of boundaries only
    TOO_EARLY = "too-early"  # the period ends before the first month that they are made as of


class Likelihood(StrEnum):
    """Words for a chance, by the scale that the IPCC uses for findings (Mastrandrea et al., Guidance
    Note on Consistent Treatment of Uncertainties, 2010), each from its lower end up."""

    CERTAIN = "virtually-certain"  # from 99 %
    VERY_LIKELY = "very-likely"  # from 90 %
    LIKELY = "likely"  # from 66 %
    EVEN = "about-as-likely-as-not"  # from 33 %
    UNLIKELY = "unlikely"  # from 10 %
    VERY_UNLIKELY = "very-unlikely"  # from 1 %
    EXCLUDED = "exceptionally-unlikely"


_FROM = {
    Likelihood.CERTAIN: 0.99,
    Likelihood.VERY_LIKELY: 0.9,
    Likelihood.LIKELY: 0.66,
    Likelihood.EVEN: 0.33,
    Likelihood.UNLIKELY: 0.1,
    Likelihood.VERY_UNLIKELY: 0.01,
    Likelihood.EXCLUDED: 0.0,
}


def likelihood(chance: float) -> Likelihood:
    """The word for a chance (0 to 1)."""
    return next(word for word, least in _FROM.items() if chance >= least)


FEW = (NoForecast.NO_VALUE, NoForecast.FEW_MONTHS, NoForecast.FEW_CASES)


@dataclass(frozen=True)
class Outlook:
    """One of the two is None. A forecast may itself say why it is none (`Forecast.reason`)."""

    forecast: Forecast | None
    missing: Missing | None

    @property
    def likelihood(self) -> Likelihood | None:
        """The word for the chance; None without one."""
        if self.forecast is None or self.forecast.chance is None:
            return None
        return likelihood(self.forecast.chance)

    @property
    def interval(self) -> tuple[float, float] | None:
        """The ends of the 80 % interval, as shares; None without a forecast."""
        if self.forecast is None or self.forecast.low is None or self.forecast.high is None:
            return None
        return self.forecast.low, self.forecast.high

    @property
    def few(self) -> bool:
        """Whether there is no forecast because there is too little to make it from."""
        return self.forecast is not None and self.forecast.reason in FEW


def outlook(
    place: Workspace,
    plan: str,
    target: Target,
    unit: str,
    period: Period,
    view: View,
    newest: date | None,
) -> Outlook:
    """The outlook of a target for a unit, to a reader of `period` under `view`: the newest that was
    made from months up to the period's end. `newest`: the last day that records tell of."""
    until = period.last_day if newest is None else min(period.last_day, newest)
    if until >= target.deadline:
        return Outlook(None, Missing.DATE_REACHED)
    if not place.has_forecasts:
        return Outlook(None, Missing.NOT_MADE)
    found = place.forecasts.of(plan, unit, view, until).get(target.code)
    if found is not None:
        return Outlook(found, None)
    other = view.code not in place.forecasts.views(plan)
    return Outlook(None, Missing.OTHER_VIEW if other else Missing.TOO_EARLY)
