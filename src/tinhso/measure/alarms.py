"""Which units stand out in an honesty check, by the check's declared rule (quy tắc cảnh báo).

How many records in question an honest unit has is taken for beta-binomial: each unit has a share of
its own, and the shares spread around what is usual. Both are estimated from the units themselves, in
a way that up to a quarter of them bent do not move. A unit stands out when an honest one would have
as many records in question with a chance below the rule's `false_alarms`, divided by how many units
are looked at (Bonferroni). Where the share of honest records is known beforehand, the tail is the
exact binomial one.

Nothing is corrected here, and standing out is no verdict: it is where to look first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tinhso.measure.definitions import Alarm, HonestyCheck

#: Fewer units than this do not tell how far honest ones spread (docs/decisions/0010-alarms.md).
PEERS = 20

#: Half of normal deviations lie within the first number of standard deviations, three quarters within the second.
_QUANTILES = ((0.5, 0.6745), (0.75, 1.1503))
_WIDEST = 0.99
_ROUNDS = 20

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """A unit's records in question, out of how many."""

    unit: str
    records: int
    over: int


@dataclass(frozen=True)
class Verdict:
    """`chance`: that an honest unit has as many records in question or more; 0 to 1."""

    asked: Asked
    chance: float
    stands_out: bool


@dataclass(frozen=True)
class Comparison:
    """Units held against each other, or against what was known beforehand.

    `usual` is the share of honest records (0 to 1); `spread` the correlation of records of one
    unit (0: every unit has the usual share); `limit` the chance below which a unit stands out.
    """

    usual: float
    spread: float
    limit: float
    verdicts: tuple[Verdict, ...]

    @property
    def standing_out(self) -> tuple[Verdict, ...]:
        """The most surprising first."""
        found = (one for one in self.verdicts if one.stands_out)
        return tuple(sorted(found, key=lambda one: one.chance))

    def of(self, unit: str) -> Verdict | None:
        """None where the unit has no records that the check could ask about."""
        return next((one for one in self.verdicts if one.asked.unit == unit), None)


def compare(check: HonestyCheck, units: Iterable[Asked]) -> Comparison | None:
    """Units of one level and period under a check's rule; those without records are not looked at.

    None: the check has no rule, or there are too few units to compare with.
    """
    rule = check.alarm
    looked_at = [one for one in units if one.over]
    if rule is None or not looked_at or (rule.expected is None and len(looked_at) < PEERS):
        return None
    limit = float(rule.false_alarms) / len(looked_at)
    # Records of one source come together: a crowd of `at_least` of them is one thing that happened.
    crowd = check.at_least or 1
    counts = np.array([one.records // crowd for one in looked_at], np.float64)
    totals = np.array([max(one.over // crowd, one.records // crowd, 1) for one in looked_at], float)
    if rule.expected is not None:
        usual, spread = float(rule.expected), 0.0
        chances = _tails(counts, totals, usual, spread)
    else:
        usual, spread, chances = _fit(counts, totals, limit)
    return Comparison(
        usual,
        spread,
        limit,
        tuple(_verdict(rule, limit, *pair) for pair in zip(looked_at, chances, strict=True)),
    )


def _verdict(rule: Alarm, limit: float, asked: Asked, chance: float) -> Verdict:
    return Verdict(asked, chance, chance < limit and asked.records >= rule.at_least)


def _fit(counts: Floats, totals: Floats, limit: float) -> tuple[float, float, list[float]]:
    """(usual share, spread, chances), fitted to the units that do not stand out by the fit itself."""
    edge = 0.5 / (totals.sum() + 1)  # what nobody, or everybody, has yet is no certainty
    usual = min(max(_weighted_median(counts / totals, totals), edge), 1 - edge)
    spread = _spread(counts, totals, usual)
    chances = _tails(counts, totals, usual, spread)
    usualness = [chance >= limit for chance in chances]
    for _ in range(_ROUNDS):
        honest = np.array(usualness)
        # A unit's weight grows with its records up to what its own spread lets it tell. Half a
        # record is added, so that what has not been seen yet is rare and not impossible.
        weight = honest * totals / (1 + (totals - 1) * spread)
        usual = float(((weight * counts / totals).sum() + 0.5) / (weight.sum() + 1))
        spread = max(_spread(counts, totals, usual), _moment(counts, totals, usual, honest))
        chances = _tails(counts, totals, usual, spread)
        before, usualness = usualness, [chance >= limit for chance in chances]
        if usualness == before:
            break
    return usual, spread, chances


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values)
    running = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(running, running[-1] / 2)])


def _spread(counts: Floats, totals: Floats, usual: float) -> float:
    """The least spread under which half, and three quarters, of the units lie as near as they should."""
    off = np.abs(counts - totals * usual)
    alone = totals * usual * (1 - usual)

    def too_narrow(spread: float) -> bool:
        z = np.sort(off / np.sqrt(alone * (1 + (totals - 1) * spread)))
        return any(z[math.ceil(share * len(z)) - 1] > normal for share, normal in _QUANTILES)

    low, high = 0.0, _WIDEST
    if not too_narrow(low):
        return low
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if too_narrow(middle) else (low, middle)
    return high


def _moment(counts: Floats, totals: Floats, usual: float, honest: npt.NDArray[np.bool_]) -> float:
    """The spread that the squares of the honest units' deviations amount to."""
    off, n = counts[honest] - totals[honest] * usual, totals[honest]
    beyond = (off**2).sum() / (usual * (1 - usual)) - n.sum()
    pairs = (n * (n - 1)).sum()
    return float(min(max(beyond / pairs, 0.0), _WIDEST)) if pairs else 0.0


def _tails(counts: Floats, totals: Floats, usual: float, spread: float) -> list[float]:
    return [tail(int(x), int(n), usual, spread) for x, n in zip(counts, totals, strict=True)]


def tail(records: int, over: int, usual: float, spread: float) -> float:
    """The chance of `records` or more out of `over`: beta-binomial, or binomial where `spread` is 0.

    >>> round(tail(2, 2, 0.5, 0.0), 6), round(tail(1, 1, 0.25, 0.3), 6)
    (0.25, 0.25)
    """
    if records <= 0:
        return 1.0
    k = np.arange(records, over + 1, dtype=np.float64)
    if spread > 0:
        a, b = usual * (1 - spread) / spread, (1 - usual) * (1 - spread) / spread
        first = _log_beta(a + records, b + over - records) - _log_beta(a, b)
        steps = (over - k[:-1]) / (k[:-1] + 1) * (a + k[:-1]) / (b + over - k[:-1] - 1)
    else:
        first = records * math.log(usual) + (over - records) * math.log1p(-usual)
        steps = (over - k[:-1]) / (k[:-1] + 1) * (usual / (1 - usual))
    first += math.lgamma(over + 1) - math.lgamma(records + 1) - math.lgamma(over - records + 1)
    logs = first + np.concatenate(([0.0], np.cumsum(np.log(steps))))
    return min(1.0, float(np.exp(logs).sum()))


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
