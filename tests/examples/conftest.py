"""One simulated year for all tests of the simulator."""

from __future__ import annotations

import pytest

from examples import Simulation, simulate


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    return simulate(tmp_path_factory.mktemp("exports"))
