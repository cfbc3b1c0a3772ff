"""The engine that runs a plan as one statement, in the dialect of whatever runs it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinhso.measure.engines.runners import Runner
from tinhso.measure.plan import Array, Plan
from tinhso.measure.sql import statement


def changes(run: Runner, plan: Plan, units: Sequence[str]) -> Array:
    """What each slot adds to each quantity at each unit: [quantity][unit][slot]."""
    written = statement(plan, run.dialect)
    result = run.connection.execute(f"FROM {run.rows(written.sql)}").fetchnumpy()
    found = np.zeros((len(plan.quantities), len(units), plan.grid.count), dtype=np.int64)
    if not len(units):
        return found
    index = {unit: n for n, unit in enumerate(units)}
    row_units = np.array([index[unit] for unit in result["_unit"]], dtype=np.int64)
    for position, (day, name) in enumerate(zip(plan.days, written.slots, strict=True)):
        slots = np.ma.filled(np.ma.asarray(result[name]), -1).astype(np.int64)
        bit = 1 << (len(written.slots) - 1 - position)
        mine = (np.asarray(result["grouped"]) & bit == 0) & (slots >= 0)
        for step, column in zip(plan.steps, written.columns, strict=True):
            if step.day == day:
                values = np.ma.filled(np.ma.asarray(result[column]), 0).astype(np.int64)
                # Grouped by unit and slot: no cell is met twice.
                found[step.quantity, row_units[mine], slots[mine]] += step.sign * values[mine]
    return found
