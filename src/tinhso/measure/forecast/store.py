"""Forecasts on disk: a file for each state of figures, targets and method, the newest one named in
`current`. Pages read a unit's forecasts from it and never make any, which takes far longer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from uuid import uuid4

import duckdb

from tinhso.measure.forecast.forecasting import Forecast, NoForecast
from tinhso.measure.places import View
from tinhso.measure.tables import make_table

#: How many files besides the current one are kept, for readers that are still at an older one.
KEPT = 2

_COLUMNS = {
    **dict.fromkeys(("plan", "target", "unit", "view", "indicator", "method"), "VARCHAR"),
    "as_of": "DATE",
    "deadline": "DATE",
    "snapshot": "BIGINT",
    "reason": "VARCHAR",
    **dict.fromkeys(("chance", "expected", "low", "high"), "DOUBLE"),
    "months": "BIGINT",
    "peers": "BIGINT",
}


@dataclass(frozen=True)
class Made:
    """A forecast with the plan and the target that it was made for."""

    plan: str
    target: str
    forecast: Forecast


class ForecastStore:
    """A folder of forecasts. `basis` tells apart what they rest on besides the snapshot."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept = lru_cache(maxsize=4096)(self._read)
        self._views = lru_cache(maxsize=64)(self._read_views)

    def name(self) -> str:
        """Changes exactly when forecasts do; "" before any have been made."""
        pointer = self.folder / "current"
        return pointer.read_text(encoding="utf-8").strip() if pointer.exists() else ""

    def serves(self, snapshot: int, basis: str) -> bool:
        """Whether the current forecasts may stand beside figures of `snapshot`: made by the same
        definitions, targets, map and method, from that snapshot or one before it."""
        number, _, rest = self.name().partition("-")
        return bool(number) and rest.partition("-")[0] == basis and int(number) <= snapshot

    def age(self) -> float | None:
        """When the current forecasts were made, in seconds since the epoch; None before any."""
        name = self.name()
        return (self.folder / f"{name}.parquet").stat().st_mtime if name else None

    def snapshot(self) -> int | None:
        name = self.name()
        return int(name.partition("-")[0]) if name else None

    def save(self, snapshot: int, basis: str, made: Iterable[Made]) -> str:
        """Write forecasts whole and make them the current ones."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{snapshot:06}-{basis}-{uuid4().hex[:8]}"
        path = self.folder / f"{name}.parquet"
        with duckdb.connect() as connection:
            make_table(connection, "made", _COLUMNS, (_row(one) for one in made))
            connection.execute(
                "COPY (SELECT * FROM made ORDER BY plan, view, unit, as_of, target) "
                f"TO '{str(path).replace(chr(39), chr(39) * 2)}' "
                "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 4096)"
            )
        fresh = self.folder / f"current.{name}"
        fresh.write_text(name, encoding="utf-8")
        fresh.replace(self.folder / "current")
        others = [one for one in self.folder.glob("*.parquet") if one != path]
        others.sort(key=lambda one: one.stat().st_mtime, reverse=True)
        for one in others[KEPT:]:
            one.unlink(missing_ok=True)
        return name

    def of(self, plan: str, unit: str, view: View, until: date) -> Mapping[str, Forecast]:
        """A unit's forecasts by target, of the newest month that ends on or before `until`."""
        name = self.name()
        return self._kept(name, plan, unit, view, until) if name else {}

    def views(self, plan: str) -> frozenset[str]:
        """The codes of the views that the plan's forecasts are made under."""
        name = self.name()
        return self._views(name, plan) if name else frozenset()

    def _read_views(self, name: str, plan: str) -> frozenset[str]:
        with duckdb.connect() as connection:
            found = connection.execute(
                "SELECT DISTINCT view FROM read_parquet(?) WHERE plan = ?",
                [str(self.folder / f"{name}.parquet"), plan],
            ).fetchall()
        return frozenset(code for (code,) in found)

    def _read(
        self, name: str, plan: str, unit: str, view: View, until: date
    ) -> Mapping[str, Forecast]:
        with duckdb.connect() as connection:
            found = connection.execute(
                f"SELECT {', '.join(_COLUMNS)} FROM read_parquet(?) "
                "WHERE plan = ? AND view = ? AND unit = ? AND as_of <= ? ORDER BY as_of",
                [str(self.folder / f"{name}.parquet"), plan, view.code, unit, until],
            ).fetchall()
        forecasts = {}
        for _, target, uid, code, indicator, method, as_of, deadline, of, why, *numbers in found:
            reason = NoForecast(why) if why else None
            forecasts[target] = Forecast(
                indicator, uid, View.parse(code), of, as_of, deadline, method, reason, *numbers
            )
        return MappingProxyType(forecasts)


def _row(made: Made) -> list[str | int | None]:
    one = made.forecast
    shares = (one.chance, one.expected, one.low, one.high)
    return [
        *(made.plan, made.target, one.unit, one.view.code, one.indicator, one.method),
        *(one.as_of.isoformat(), one.deadline.isoformat(), one.snapshot, one.reason),
        *(None if share is None else repr(share) for share in shares),
        *(one.months, one.peers),
    ]
