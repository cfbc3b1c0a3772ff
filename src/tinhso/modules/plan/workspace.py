"""The plans with everything they are measured with: packs, units, lake, cube.

One workspace a process, made when first asked for. The cube is read again when a newer one has
been measured; packs and units are fixed while the process lives, except that a changed register
of units makes a new workspace.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import duckdb
from django.conf import settings

from tinhso.kernel.units.register import UnitRegister, register
from tinhso.measure.cube import Cube, Workplace, compute
from tinhso.measure.cube_store import CubeStore
from tinhso.measure.engines import Engine
from tinhso.measure.figures import Figures
from tinhso.measure.forecast import METHOD
from tinhso.measure.forecast.store import ForecastStore
from tinhso.measure.lake import Lake, LakeSettings
from tinhso.measure.quantities import (
    CompiledCheck,
    CompiledIndicator,
    compile_check,
    compile_indicator,
)
from tinhso.measure.streams import Stream
from tinhso.measure.text import InputError
from tinhso.measure.update import up_to_date
from tinhso.modules.plan.pack import Pack, Plan, discover, load


class UnknownPlanError(LookupError):
    """There is no plan with that code."""


class NotMeasuredError(RuntimeError):
    """Nothing has been measured yet: `tinhso measure` has not run."""


@dataclass(frozen=True)
class PlanPack:
    """A pack that holds a plan, compiled."""

    pack: Pack
    plan: Plan
    indicators: Mapping[str, CompiledIndicator]
    checks: tuple[CompiledCheck, ...]

    @property
    def code(self) -> str:
        return self.pack.code


def compile_pack(pack: Pack) -> PlanPack:
    """A pack with its indicators and checks compiled. Raises InputError for a library."""
    if pack.plan is None:
        raise InputError(())
    return PlanPack(
        pack,
        pack.plan,
        {code: compile_indicator(one, pack.streams) for code, one in pack.indicators.items()},
        tuple(compile_check(one, pack.streams) for one in pack.checks.values()),
    )


class Workspace:
    """See the module. `folders` hold packs; every pack in them that has a plan is served."""

    def __init__(
        self,
        folders: list[Path],
        lake: LakeSettings,
        cubes: Path,
        units: UnitRegister,
        engine: Engine = Engine.AUTO,
    ) -> None:
        packs = [load(folder) for top in folders for folder in discover(top)]
        self.plans = {p.code: compile_pack(p) for p in packs if p.plan is not None}
        self.streams: dict[str, Stream] = {}
        for pack in packs:
            self.streams |= pack.streams
        self.units = units
        self.engine = engine
        self.lake = Lake(lake, list(self.streams.values()))
        self.store = CubeStore(cubes)
        self.forecasts = ForecastStore(cubes.with_name("forecasts"))
        self.digest = _digest([folder for top in folders for folder in discover(top)])
        self._lock = threading.Lock()
        self._cube_name = ""
        self._figures: dict[str, Figures] = {}

    def plan(self, code: str) -> PlanPack:
        """The plan of a pack; raises UnknownPlanError."""
        if code not in self.plans:
            raise UnknownPlanError(code)
        return self.plans[code]

    @cached_property
    def workplace(self) -> Workplace:
        """What all plans together ask of the records: each quantity is computed once."""
        return Workplace(
            self.streams,
            [one for plan in self.plans.values() for one in plan.indicators.values()],
            [one for plan in self.plans.values() for one in plan.checks],
            self.units.boundaries,
            [plan.plan.unit for plan in self.plans.values()],
        )

    @property
    def cube_name(self) -> str:
        """Changes exactly when figures do; "" before anything has been measured."""
        return self.store.current_name()

    def figures(self, code: str) -> Figures:
        """The figures of a plan from the current cube; raises NotMeasuredError."""
        name = self.cube_name
        if not name:
            raise NotMeasuredError
        with self._lock:
            if name != self._cube_name:
                cube = self.store.load(name)
                self._figures = {one: self._figures_of(one, cube) for one in self.plans}
                self._cube_name = name
            return self._figures[code]

    def _figures_of(self, code: str, cube: Cube) -> Figures:
        plan = self.plans[code]
        return Figures(cube, self.units.boundaries, plan.indicators.values(), [plan.plan.unit])

    @cached_property
    def forecast_basis(self) -> str:
        """What forecasts rest on besides the snapshot: packs, units, method."""
        parts = (self.digest, self.units.boundaries.digest, METHOD)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]

    @property
    def has_forecasts(self) -> bool:
        """Whether there are forecasts that may stand beside the current figures."""
        snapshot, _, _ = self.cube_name.partition("-")
        return bool(snapshot) and self.forecasts.serves(int(snapshot), self.forecast_basis)

    def measure(
        self, snapshot: int | None = None, *, whole: bool = False, engine: Engine | None = None
    ) -> Cube:
        """Compute the cube of a snapshot (default: the newest) and make it the current one.

        The newest is made from the current one where that is possible, so that only what came and
        went since is read; `whole` computes it from all records all the same. `engine` takes the
        place of the one in the settings. Raises InputError where the engine cannot be had.
        """
        engine = engine or self.engine
        if snapshot is None and not whole:
            earlier = self.store.load() if self.store.current() is not None else None
            cube = up_to_date(self.lake, self.workplace, earlier, engine)
        else:
            cube = compute(self.lake, self.workplace, snapshot=snapshot, engine=engine)
        self.store.save(cube)
        return cube

    def is_stale(self) -> bool:
        """Whether the current cube was made from other records, definitions or units than now."""
        manifest = self.store.current()
        if manifest is None:
            return True
        connection = self.connection()
        return (
            manifest.snapshot != self.lake.snapshot(connection)
            or manifest.definitions != self.workplace.definitions_digest
            or manifest.boundaries != self.units.boundaries.digest
        )

    def connection(self) -> duckdb.DuckDBPyConnection:
        """A reading connection of one's own (a cursor on the process's); see Lake.reader."""
        with self._lock:
            return self._reader.cursor()

    @cached_property
    def _reader(self) -> duckdb.DuckDBPyConnection:
        return self.lake.reader()

    def let_go(self) -> None:
        """Close the process's connection to the lake; the next that is asked for opens another."""
        with self._lock:
            if reader := self.__dict__.pop("_reader", None):
                reader.close()


def _digest(folders: list[Path]) -> str:
    """Equal exactly for equal packs: pages that show their texts are kept under it."""
    hashed = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*.yaml")):
            hashed.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return hashed.hexdigest()[:16]


def workspace() -> Workspace:
    """The process's workspace, as Django's settings describe it."""
    return _workspace(register())


@lru_cache(maxsize=2)
def _workspace(units: UnitRegister) -> Workspace:
    return Workspace(
        settings.TINHSO_PACKS,
        settings.TINHSO_LAKE,
        settings.TINHSO_CUBES,
        units,
        settings.TINHSO_ENGINE,
    )
