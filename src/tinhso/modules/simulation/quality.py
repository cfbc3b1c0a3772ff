"""How good each place is at something, and how it moves: leaders, laggards, early and late movers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinhso.modules.simulation.days import Floats, Ints

#: Of the beta distribution from which places are drawn: smaller spreads leaders and laggards wider.
_CONCENTRATION = 14.0


@dataclass(frozen=True)
class Course:
    """A share by place, from the start of the plan year to its end. Flat before."""

    start: Floats
    end: Floats
    pace: Floats

    def at(self, place: Ints, progress: Floats) -> Floats:
        start = self.start[place]
        return start + (self.end[place] - start) * progress ** self.pace[place]


def course(rng: np.random.Generator, weight: Floats, start: float, end: float) -> Course:
    """Draw a course for every place so that the weighted means are `start` and `end`.

    A place keeps its rank: its distance from the mean, in log odds, stays the same.
    """
    middle = min(max(start, 0.02), 0.98)
    drawn = rng.beta(_CONCENTRATION * middle, _CONCENTRATION * (1 - middle), len(weight))
    offset = _logit(np.clip(drawn, 0.01, 0.99)) - _logit(np.array(middle))
    pace = rng.uniform(0.6, 1.9, len(weight))
    return Course(_around(offset, weight, start), _around(offset, weight, end), pace)


def _around(offset: Floats, weight: Floats, mean: float) -> Floats:
    """Shares with these offsets whose weighted mean is `mean`, found by halving."""
    if mean in (0.0, 1.0):
        return np.full(len(offset), mean)
    low, high = -12.0, 12.0
    for _ in range(60):
        middle = (low + high) / 2
        got = float((_expit(offset + middle) * weight).sum() / weight.sum())
        low, high = (middle, high) if got < mean else (low, middle)
    return _expit(offset + low)


def _logit(share: Floats) -> Floats:
    return np.asarray(np.log(share / (1 - share)))


def _expit(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds)))
