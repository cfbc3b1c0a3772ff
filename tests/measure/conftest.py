from __future__ import annotations

import pytest
from world import QuickLake, World


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A lake in memory that tests fill in turn."""
    return World(QuickLake(tmp_path_factory.mktemp("quick")))


@pytest.fixture(scope="module")
def world_on_disk(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A real lake, with snapshots."""
    return World.on_disk(tmp_path_factory.mktemp("lake"))
