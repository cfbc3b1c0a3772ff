"""How shares move, in log odds: a course that peers have in common, and each unit's own way from it.

    seen           = course + own way + noise     noise: of counting, and how much more than that
    course         = level that moves by a drift, itself drifting, month by month
    own way of one = level of its own that moves by a small drift of its own

The course is found from the peers' sums (a local linear trend), the own ways from what is left, all
units end to end in one filter, so that how far units go apart is found from all of them and a unit
with few cases keeps close to its peers. A unit without peers has its own course alone. Filter and
smoother are statsmodels'; how large shocks and noise are is found by maximum posterior likelihood.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinhso.measure.forecast.series import Floats, Series, together

#: At most so many units find the common sizes; more would take longer and change little.
MOST_FITTED = 40

#: Standard deviation of the first month's level: as good as unknown.
_FIRST_LEVEL = 5.0

#: What standard deviations are held to be before any month is seen, in log odds, and how far off
#: (in natural logs) they may well be. Chosen by the project so that few months give wide intervals.
_WIDTH = 1.0

_CALLS = 60  # of the likelihood, at most: beyond that sizes change by less than they are known


@dataclass(frozen=True)
class Sizes:
    """Standard deviations in log odds: of a month's shock to the level and to the drift, of the
    noise (times the root of the series' `scatter`), and of the first month's drift."""

    level: float
    drift: float
    noise: float
    first_drift: float


#: Before a month is seen. A field that is None in the second of each pair is not fitted.
_COURSE = Sizes(level=0.03, drift=0.03, noise=1.2, first_drift=0.2)
_COURSE_FITTED = ("level", "drift", "noise")
_OWN = Sizes(level=0.03, drift=0.0, noise=1.2, first_drift=0.03)
_OWN_FITTED = ("level", "noise", "first_drift")
_STATE_NOISE = 0.03  # of a state that is told, not counted


@dataclass(frozen=True)
class State:
    """Where something stands after its last month: mean (2,) and covariance (2, 2) of its level
    and drift, and what moves it from there."""

    mean: Floats
    covariance: Floats
    sizes: Sizes


@dataclass(frozen=True)
class Pool:
    """What units tell together: the course, and each unit's own way."""

    course: State
    own: Mapping[str, State]
    freedom: int  # observations of the course: what is held before adds about what a trend takes


def alone(one: Series) -> Pool:
    """The course of a unit that has no peers."""
    sizes = _fit([one], _COURSE, _COURSE_FITTED)
    state, _ = _Stack([one]).states(sizes)
    return Pool(state[0], {}, one.told)


def pool(all_series: Mapping[str, Series]) -> Pool:
    """The course of peers and the own way of each. All series end, and begin, with the same month.
    The same series give the same answer."""
    names = sorted(all_series)
    whole = together([all_series[name] for name in names])
    sizes = _fit([whole], _COURSE, _COURSE_FITTED)
    (course,), level = _Stack([whole]).states(sizes)
    left = [all_series[name].less(level) for name in names]
    step = max(len(left) / MOST_FITTED, 1.0)
    chosen = [left[int(k * step)] for k in range(min(len(left), MOST_FITTED))]
    own_sizes = _fit(chosen, _OWN, _OWN_FITTED)
    states, _ = _Stack(left).states(own_sizes)
    return Pool(course, dict(zip(names, states, strict=True)), whole.told)


def path(state: State, months: int) -> tuple[Floats, Floats]:
    """Means (months,) and covariances (months, months) of the level in the months to come."""
    ahead = np.arange(1.0, months + 1)
    mean = state.mean[0] + ahead * state.mean[1]
    (level, both), (_, drift) = state.covariance
    first, second = ahead[:, None], ahead[None, :]
    shared = np.minimum(first, second)
    # A shock to the drift in month j has moved month h by h - j: summed over j = 1 .. shared.
    turned = (
        first * second * shared
        - (first + second) * shared * (shared + 1) / 2
        + shared * (shared + 1) * (2 * shared + 1) / 6
    )
    covariance = level + (first + second) * both + first * second * drift
    return mean, covariance + state.sizes.level**2 * shared + state.sizes.drift**2 * turned


class _Stack:
    """Series end to end in one state-space model."""

    def __init__(self, all_series: Sequence[Series]) -> None:
        from statsmodels.tsa.statespace.kalman_smoother import (  # noqa: PLC0415 (takes a second)
            KalmanSmoother,
        )

        self.ends = np.cumsum([len(one.odds) for one in all_series]) - 1
        self.scatter = np.concatenate([one.scatter for one in all_series])
        self.filter: Any = KalmanSmoother(k_endog=1, k_states=2)
        self.filter.bind(np.concatenate([one.odds for one in all_series])[:, None])
        transition = np.tile(np.array([[1.0, 1.0], [0.0, 1.0]])[:, :, None], len(self.scatter))
        transition[:, :, self.ends] = 0.0  # what follows is another unit
        self.filter["design"] = np.array([[1.0, 0.0]])
        self.filter["transition"] = transition
        self.filter["selection"] = np.eye(2)

    def put(self, sizes: Sizes) -> None:
        first = np.diag([_FIRST_LEVEL**2, sizes.first_drift**2])
        shocks = np.tile(np.diag([sizes.level**2, sizes.drift**2])[:, :, None], len(self.scatter))
        shocks[:, :, self.ends] = first[:, :, None]
        self.filter["state_cov"] = shocks
        self.filter["obs_cov"] = (sizes.noise**2 * self.scatter)[None, None, :]
        self.filter.initialize_known(np.zeros(2), first)

    def states(self, sizes: Sizes) -> tuple[list[State], Floats]:
        """Where each series stands at its end, and the level of each month as all months tell it."""
        self.put(sizes)
        found = self.filter.smooth()
        states = [
            State(found.smoothed_state[:, end], found.smoothed_state_cov[:, :, end], sizes)
            for end in self.ends
        ]
        return states, found.smoothed_state[0]


def _fit(all_series: Sequence[Series], before: Sizes, fitted: Sequence[str]) -> Sizes:
    from scipy.optimize import minimize  # noqa: PLC0415

    stack = _Stack(all_series)
    counted = all_series[0].counted
    given = vars(before) | ({} if counted else {"noise": _STATE_NOISE})
    medians = np.log([given[name] for name in fitted])

    def sizes_of(logs: Floats) -> Sizes:
        found = np.exp(np.clip(logs, medians - 5, medians + 5))
        return Sizes(**(given | dict(zip(fitted, found.tolist(), strict=True))))

    def unlikely(logs: Floats) -> float:
        stack.put(sizes_of(logs))
        before_seen = float((((logs - medians) / _WIDTH) ** 2).sum()) / 2
        return before_seen - float(stack.filter.loglike())

    simplex = np.vstack([medians, *(medians + 0.7 * step for step in np.eye(len(medians)))])
    found = minimize(
        unlikely,
        medians,
        method="Nelder-Mead",
        options={"maxfev": _CALLS, "initial_simplex": simplex, "xatol": 0.05, "fatol": 0.05},
    )
    return sizes_of(found.x)
