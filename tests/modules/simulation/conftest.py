from __future__ import annotations

from pathlib import Path

import pytest
from simulation_world import scenario

from tinhso.modules.simulation import Sample, simulate


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A small province's two years: about 20,000 dossiers in the plan year."""
    return simulate(scenario(), Path(tmp_path_factory.mktemp("sample")))
