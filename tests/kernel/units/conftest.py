from __future__ import annotations

from datetime import date

import pytest

from tinhso.kernel.units.register import UnitRegister, register_from_files

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)


@pytest.fixture(scope="session")
def units() -> UnitRegister:
    """The whole country, from the data files."""
    return register_from_files()


@pytest.fixture(scope="session")
def before() -> date:
    """The last day of three tiers."""
    return BEFORE


@pytest.fixture(scope="session")
def after() -> date:
    """The first day of two tiers."""
    return AFTER
