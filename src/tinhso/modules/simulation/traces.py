"""What systems keep of how a dossier was filed and closed, that only honesty checks ask about:
devices, network addresses, accounts, and closings that were undone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinhso.modules.simulation.days import DAY, Ints
from tinhso.modules.simulation.world import World

#: Who filed: positions in the stream's values.
CITIZEN, OFFICER, POST, BUSINESS, UNKNOWN = 0, 1, 2, 3, -1

_GATEWAYS = 16  # of mobile networks: each is one address for many people of the province
_MOBILE, _PUBLIC = 0.35, 0.04  # filed from a mobile network, from the office's public one
_FOR_OTHERS = 0.15  # filed by somebody of the household
_REOPENED = 0.015  # for honest reasons, at any time
_CLERK = 0.5  # of the online dossiers, those that the clerk files by an account of a citizen
_AGENT = 0.6  # of the online dossiers, those that come in through one address
_UNDONE = 0.75  # of the dossiers that will be late, those that are closed in time for show


@dataclass(frozen=True)
class Traces:
    """A position each, -1 where nothing is known."""

    device: Ints
    account: Ints
    network: Ints


def traces(
    world: World,
    rng: np.random.Generator,
    place: Ints,
    day: Ints,
    by: Ints,
    device: Ints,
    person: Ints,
) -> Traces:
    """Accounts and network addresses beside the devices of dossiers filed online."""
    n, online, habits = len(place), device >= 0, world.habits
    bent = day >= world.days.plan_start
    stranger = 50_000_000_000 + rng.integers(0, 1_000_000_000, n)
    account = np.where(person < 0, stranger, 100_000 + person)
    relative = (rng.random(n) < _FOR_OTHERS) & (person >= 0) & (by == CITIZEN)
    account = np.where(relative, 100_000 + person // 4 * 4, account)
    u = rng.random(n)
    gateway = rng.integers(0, _GATEWAYS, n)
    home = np.where(person < 0, stranger, 5_000_000 + person // 4)
    network = np.where(u < _MOBILE, gateway, np.where(u < _MOBILE + _PUBLIC, 200_000 + place, home))
    # Clerks and the post office file from their own desks.
    account = np.where(by == OFFICER, 1_000 + place, np.where(by == POST, 50_000 + place, account))
    network = np.where(
        by == OFFICER, 300_000 + place, np.where(by == POST, 400_000 + place, network)
    )
    agent = bent & habits.among("one_network", place) & (rng.random(n) < _AGENT)
    network = np.where(agent, 500_000 + place, network)
    clerk = bent & habits.among("one_account", place) & (by == CITIZEN) & (rng.random(n) < _CLERK)
    account = np.where(clerk, 900_000_000 + place, account)
    network = np.where(clerk, 300_000 + place, network)
    device = np.where(clerk, place * 4 + rng.integers(0, 4, n), device)
    known = online & (rng.random(n) >= 0.02)
    return Traces(
        np.where(online, device, -1), np.where(online, account, -1), np.where(known, network, -1)
    )


def closings(
    world: World, rng: np.random.Generator, place: Ints, received: Ints, due: Ints, closed: Ints
) -> tuple[Ints, Ints]:
    """When each was first closed, and when it was opened again (-1: never)."""
    n, done = len(place), closed >= 0
    first = received + ((closed - received) * rng.uniform(0.3, 0.95, n)).astype(np.int64)
    again = first + ((closed - first) * rng.uniform(0.05, 0.9, n)).astype(np.int64)
    reopened = done & (closed - received > DAY) & (rng.random(n) < _REOPENED)
    # The habit: closed a few hours before it was due, opened again when nobody looks.
    bent = world.days.day_of(received) >= world.days.plan_start
    undone = bent & world.habits.among("closed_and_reopened", place) & done & (closed - due > DAY)
    undone &= (due - received > DAY) & (rng.random(n) < _UNDONE)
    first = np.where(undone, due - 60 - (rng.random(n) * 8 * 3600).astype(np.int64), first)
    again = np.where(undone, due + 60 + (rng.random(n) * 20 * 3600).astype(np.int64), again)
    reopened = reopened | undone
    return np.where(reopened, first, closed), np.where(reopened, again, -1)
