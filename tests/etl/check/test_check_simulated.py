"""The simulator's planted defects, found under the real contracts: exactly those rows, nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.check.checking import check_file
from examples.simulation import Simulation, simulate
from schemas.models.registry import Registry, load_registry
from schemas.settings import REPO


@pytest.fixture(scope="module")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    return simulate(tmp_path_factory.mktemp("exports"))


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry([REPO / "schemas"])


def find_wanted(simulation: Simulation) -> Iterator[tuple[Path, str, str, set[int], set[str]]]:
    """(file, source, period, lines to be held, effects) of every file with a defect that check can see."""
    effects: dict[str, set[str]] = defaultdict(set)
    lines: dict[str, set[int]] = defaultdict(set)
    for defect in simulation.defects:
        effects[defect.file].add(defect.effect)
        if defect.effect == "row_quarantined" and defect.line is not None:
            lines[defect.file].add(defect.line)
    for file in simulation.files:
        path = Path(file.path)
        if path.name in effects and file.source and file.period:
            yield path, file.source, file.period, lines[path.name], effects[path.name]


def test_planted_defects_are_found_and_nothing_else(simulation: Simulation, registry: Registry) -> None:
    seen: set[str] = set()
    for path, source, period, lines, effects in find_wanted(simulation):
        result = check_file(
            path,
            registry.contracts[source],
            file_name=path.name,
            unit_names=registry.unit_names,
            as_of=simulation.as_of,
        )
        assert (result.status == "refused") == ("file_refused" in effects), path.name
        assert {row.line for row in result.quarantine} == lines, path.name
        assert result.period == period, path.name
        seen |= effects
    assert {"row_quarantined", "file_refused", "note"} <= seen
