"""From where a unit stands to its value at the target's date: chance, middle and 80 % interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from tinhso.measure.forecast.model import State, path
from tinhso.measure.forecast.series import Floats, Series, Shape, log_odds
from tinhso.measure.targets import Threshold

#: The share of outcomes that an interval is to hold.
INTERVAL = 0.8


@dataclass(frozen=True)
class Outlook:
    """The value at the date, as shares (0 to 1): `chance` of meeting the level, the middle value
    (as likely to be exceeded as not), and the ends of the interval."""

    chance: float
    expected: float
    low: float
    high: float


@dataclass(frozen=True)
class Ahead:
    """The months to come, up to the date's: which of them count at the date."""

    months: int
    counted: tuple[bool, ...]


def outlook(
    shape: Shape,
    series: Series,
    states: Sequence[State],
    ahead: Ahead,
    threshold: Threshold,
    freedom: int,
) -> Outlook:
    """The value at the date. The unit's log odds are the sum of `states` (a course, an own way);
    `freedom`: on how many observations they rest (Student's t)."""
    paths = [path(state, ahead.months) for state in states]
    mean = sum((one for one, _ in paths), np.zeros(ahead.months))
    covariance = sum((one for _, one in paths), np.zeros((ahead.months, ahead.months)))
    noise = states[-1].sizes.noise ** 2
    counted = np.array(ahead.counted)
    count = int(counted.sum())
    covariance_counted = covariance[np.ix_(counted, counted)]
    match shape:
        case Shape.STOCK:
            middle, spread = float(mean[-1]), math.sqrt(covariance[-1, -1] + noise)
            return _of_counts(middle, spread, freedom, (0, 0), series.of, threshold)
        case Shape.FLOW:
            shares = _expit(mean[counted])
            comes = series.volume * count
            share = float(shares.mean())
            slope = shares * (1 - shares) / count
            variance = float(slope @ covariance_counted @ slope)
            variance += noise * share * (1 - share) / comes
            middle = math.log(share / (1 - share))
            spread = math.sqrt(variance) / (share * (1 - share))
            stands = (series.done, series.of)
            return _of_counts(middle, spread, freedom, stands, comes, threshold)
        case Shape.GROWING:
            rates = _expit(mean[counted])
            worn = -float(np.log1p(-rates).sum())
            slope = rates / worn  # of the logarithm of what is worn away
            variance = float(slope @ covariance_counted @ slope)
            comes = max((series.of - series.done) * -math.expm1(-worn), 1.0)
            spread = math.sqrt(variance + noise / comes)
            return _of_persons(worn, spread, freedom, series, threshold)


def edge(threshold: Threshold, whole: int) -> tuple[float, bool]:
    """The half count that parts meeting from missing, and whether more is better: `>= 75 %` of
    10 cases is met from 8 on, so by more than 7.5; `> 80 %` of 10 by more than 8.5."""
    wanted: Fraction = threshold.amount * whole
    match threshold.operator:
        case ">=":
            return math.ceil(wanted) - 0.5, True
        case ">":
            return math.floor(wanted) + 0.5, True
        case "<=":
            return math.floor(wanted) + 0.5, False
        case "<":
            return math.ceil(wanted) - 0.5, False
    raise ValueError(f"unknown operator {threshold.operator!r}")


def _of_counts(
    middle: float,
    spread: float,
    freedom: int,
    stands: tuple[int, int],
    comes: float,
    threshold: Threshold,
) -> Outlook:
    """The outlook when numerator and denominator `stands` already and, of the `comes` still to
    come, a share comes whose log odds lie around `middle`."""
    done, of = stands
    cut, more = edge(threshold, of + round(comes))
    needed = cut - done
    if needed < 0:
        above = 1.0
    elif needed > comes:
        above = 0.0
    else:
        above = _beyond(log_odds(needed, comes), middle, spread, freedom)
    low, expected, high = (
        (done + comes * float(_expit(np.array(at)))) / (of + comes)
        for at in _ends(middle, spread, freedom)
    )
    return Outlook(above if more else 1 - above, expected, low, high)


def _of_persons(
    worn: float, spread: float, freedom: int, series: Series, threshold: Threshold
) -> Outlook:
    """The outlook of persons so far: those who have not come wear away by the factor exp(-worn)
    until the date, the logarithm of `worn` with the spread given."""
    cut, more = edge(threshold, series.of)
    rest = series.of - series.done
    if cut < series.done:
        above = 1.0
    elif cut > series.of:
        above = 0.0
    else:
        needed = -math.log1p(-max(cut - series.done, 0.5) / rest)
        above = _beyond(math.log(needed), math.log(worn), spread, freedom)
    low, expected, high = (
        1 - rest / series.of * math.exp(-math.exp(at))
        for at in _ends(math.log(worn), spread, freedom)
    )
    return Outlook(above if more else 1 - above, expected, low, high)


def _beyond(cut: float, middle: float, spread: float, freedom: int) -> float:
    """How likely something around `middle` lies above `cut`."""
    from scipy.stats import t  # noqa: PLC0415 (takes a second to load)

    return float(t.sf((cut - middle) / spread, freedom))


def _ends(middle: float, spread: float, freedom: int) -> tuple[float, float, float]:
    """The lower end of the interval, its middle, and the upper end."""
    from scipy.stats import t  # noqa: PLC0415

    reach = spread * float(t.ppf(0.5 + INTERVAL / 2, freedom))
    return middle - reach, middle, middle + reach


def _expit(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds)))
