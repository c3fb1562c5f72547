"""Every promise of every contract is broken once, in one row of a simulated file: it gets that code, and no other row.

All plants of a contract go into as few files as its keys allow; each file also has a clean row and its repetition.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from etl.check.checked import Checked
from etl.check.checking import check_file
from examples.simulation import SimFile, simulate
from schemas.models.base import Promise
from schemas.models.contract import Contract, RowCountRule, TotalRule
from schemas.models.registry import Registry, load_registry
from schemas.settings import REPO
from tests.etl.check.files import KEY, write_csv
from tests.etl.check.planting import (
    Cells,
    Plant,
    default_value,
    find_broken,
    make_keys,
    make_plants,
    write_cell,
)

REGISTRY: Registry = load_registry([REPO / "schemas"])
AS_OF = dt.date(2026, 12, 31)
CONTRACTS = sorted(name for name, contract in REGISTRY.contracts.items() if not contract.is_by_hand)
PLANTED_HERE = {"pair", "rate", "required_when", "total", "row_count"}
PLANTED_ELSEWHERE = {
    "entry": "test_entries.py",
    **dict.fromkeys(("reference", "sequence", "carried", "plausible", "usual_rows"), "test_rules_between.py"),
    "reconcile": "../test_reconcile.py",
}
MOST_ROWS = 60
MORE_UNITS = tuple(f"另设{number}局" for number in range(MOST_ROWS))
STATED = {"month": "2023年3月", "quarter": "2023年第一季度", "half": "2023年上半年", "year": "2023年"}


@dataclass(frozen=True)
class Bench:
    """One contract with a clean row of its own and its different keys."""

    contract: Contract
    base: Cells
    keys: Sequence[Cells]
    folder: Path

    def check(self, rows: Sequence[Cells], total: Mapping[str, Any] | None = None) -> Checked:
        """Write rows (from line 3 on) as the department's file and check it."""
        stated = "" if self.contract.period.read_from[0] == "column" else STATED[self.contract.period.grain]
        columns = self.contract.columns
        lines = [[write_cell(row.get(c.name), c) for c in columns] for row in rows]
        if total is not None:
            lines.append(["合计", *(write_cell(total.get(c.name), c) for c in columns[1:])])
        header = [c.header for c in columns]
        path = write_csv(self.folder / "file.csv", [[f"{self.contract.name_zh}{stated}"], header, *lines])
        return read(path, self.contract, f"{self.contract.name_zh}{stated}.csv")

    def clean(self, count: int) -> list[Cells]:
        return [{**self.base, **key} for key in self.keys[:count]]


def read(path: Path, contract: Contract, name: str, staged: Path | None = None) -> Checked:
    units = {**REGISTRY.names_for(contract), **{name: name for name in MORE_UNITS}}
    return check_file(path, contract, file_name=name, unit_names=units, as_of=AS_OF, key=KEY, staged=staged)


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[SimFile]]:
    """Simulated files of all sources, the shortest first."""
    found: dict[str, list[SimFile]] = defaultdict(list)
    for plan in REGISTRY.plans:
        made = simulate(tmp_path_factory.mktemp(plan), plan=plan, months=12)
        planted = {defect.file for defect in made.defects}
        for file in made.files:
            if file.source and file.path.name not in planted:
                found[file.source].append(file)
    return {name: sorted(files, key=lambda f: f.path.stat().st_size) for name, files in found.items()}


@pytest.fixture(scope="module")
def bases(exports: Mapping[str, list[SimFile]], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Cells]:
    """The clean row of a source, read once."""

    @cache
    def find(name: str) -> Cells:
        return find_base(REGISTRY.contracts[name], exports.get(name, []), tmp_path_factory.mktemp("base"))

    return find


@pytest.fixture
def bench(request: pytest.FixtureRequest, bases: Callable[[str], Cells], tmp_path: Path) -> Bench:
    contract = with_room(REGISTRY.contracts[request.param])
    base = bases(contract.id)
    units = sorted({*REGISTRY.names_for(contract).values(), *MORE_UNITS})
    return Bench(contract, base, make_keys(contract, units, base, most=MOST_ROWS), tmp_path)


def any_number(contract: Contract) -> Contract:
    """The contract without its rules about how many rows there are, which are broken on their own."""
    rules = tuple(rule for rule in contract.rules if not isinstance(rule, RowCountRule))
    return contract.model_copy(update={"rules": rules})


def only(contract: Contract, *kinds: type[Promise]) -> Contract:
    """The contract with rules of some kinds alone; single columns promise no more than their types."""
    free = {"required": False, "minimum": None, "maximum": None}
    columns = tuple(column.model_copy(update=free) for column in contract.columns)
    rules = tuple(rule for rule in contract.rules if isinstance(rule, kinds))
    return contract.model_copy(update={"columns": columns, "rules": rules})


def with_room(contract: Contract) -> Contract:
    """The contract with more words in its key, so that every plant has a key of its own in one file."""
    words = tuple(f"另{number}" for number in range(MOST_ROWS))
    columns = tuple(
        column.model_copy(update={"allowed": (*column.allowed, *words)})
        if column.name in contract.key and column.allowed
        else column
        for column in contract.columns
    )
    return contract.model_copy(update={"columns": columns})


def find_base(contract: Contract, files: Sequence[SimFile], folder: Path) -> Cells:
    """The fullest row of a simulated file that breaks nothing; persons, who are hashes by then, are made up again.

    The file is read under a contract that asks nothing, so that what is clean is said here alone.
    """
    staged = folder / "accepted.parquet"
    asks_nothing = only(contract)
    for file in files:
        if read(file.path, asks_nothing, file.path.name, staged).rows_accepted:
            rows = [{c.name: row[c.name] for c in contract.columns} for row in pq.read_table(staged).to_pylist()]
            made_up = {c.name: default_value(c) for c in contract.columns if c.personal}
            clean = [row | made_up for row in rows if not find_broken(row | made_up, contract)]
            if clean:
                return max(clean, key=lambda row: sum(value is not None for value in row.values()))
    return {c.name: default_value(c) for c in contract.columns}


def test_every_source_is_simulated_but_three(exports: Mapping[str, list[SimFile]]) -> None:
    """A row of lawful values is made up for sources whose first file comes later than the simulated year."""
    assert set(CONTRACTS) - set(exports) <= {"dl_talent_classes", "xf_bankruptcy_cases", "xf_utility_connections"}


def test_every_kind_of_rule_is_planted_somewhere() -> None:
    kinds = {rule.kind for contract in REGISTRY.contracts.values() for rule in contract.rules}
    assert kinds <= PLANTED_HERE | PLANTED_ELSEWHERE.keys()
    assert all((Path(__file__).parent / name).is_file() for name in PLANTED_ELSEWHERE.values())


def spread(bench: Bench, plants: Sequence[Plant]) -> list[list[tuple[Plant | None, Cells]]]:
    """Files of rows, each with a key of its own: a clean row, its repetition, then planted ones."""
    room = len(bench.keys) - 1
    assert room >= 1
    clean = {**bench.base, **bench.keys[0]}
    files = []
    for start in range(0, len(plants), room):
        rows: list[tuple[Plant | None, Cells]] = [(None, clean), (None, clean)]
        for plant, key in zip(plants[start : start + room], bench.keys[1:], strict=False):
            free = {name: value for name, value in key.items() if name != plant.column}
            rows.append((plant, {**plant.cells, **free}))
        files.append(rows)
    return files


@pytest.mark.parametrize("bench", CONTRACTS, indirect=True)
def test_each_planted_row_is_found_by_its_own_rule(bench: Bench) -> None:
    contract = any_number(bench.contract)
    bench = replace(bench, contract=contract)
    assert find_broken(bench.base, contract) == frozenset()
    levels = {rule.code: rule.level for rule in contract.rules}
    plants = list(make_plants(contract, bench.base))
    assert plants
    for rows in spread(bench, plants):
        held: dict[int, set[str]] = {4: {"ROW.DUPLICATE"}}
        noted: set[tuple[int, str]] = set()
        for line, (plant, cells) in enumerate(rows[2:], start=5):
            broken = find_broken(cells, contract)
            assert plant is not None
            assert plant.code in broken
            if bad := {code for code in broken if levels.get(code) != "note"}:
                held[line] = bad
            noted |= {(line, code) for code in broken if levels.get(code) == "note"}
        result = bench.check([cells for _, cells in rows])
        assert result.status == "accepted", result.message
        assert {row.line: set(row.codes) for row in result.quarantine} == held
        said = {(f.line, f.code) for f in result.findings if str(f.level) == "note" and f.line is not None}
        assert said == noted
        shown = {(f.line, f.code, f.column) for f in result.findings}
        for line, (plant, _) in enumerate(rows[2:], start=5):
            assert plant is None or plant.column is None or (line, plant.code, plant.column) in shown


def test_hardly_any_row_breaks_more_than_it_was_made_for(bases: Callable[[str], Cells]) -> None:
    """One code a row, save where two promises say the same of one cell."""
    alone, more = 0, 0
    for name in CONTRACTS:
        for plant in make_plants(any_number(REGISTRY.contracts[name]), bases(name)):
            alone, more = alone + (len(plant.codes) == 1), more + (len(plant.codes) > 1)
    assert alone > 9 * more


WITH_TOTALS = [name for name in CONTRACTS if any(isinstance(r, TotalRule) for r in REGISTRY.contracts[name].rules)]


@pytest.mark.parametrize("bench", WITH_TOTALS, indirect=True)
def test_a_total_that_is_one_too_much(bench: Bench) -> None:
    bench = replace(bench, contract=only(bench.contract, TotalRule))
    rows = bench.clean(2)
    rules = [rule for rule in bench.contract.rules if isinstance(rule, TotalRule)]
    names = [name for rule in rules for name in rule.columns]
    sums = {name: sum(row[name] or 0 for row in rows) for name in names}
    assert not [f for f in bench.check(rows, sums).findings if f.code in {rule.code for rule in rules}]
    found = bench.check(rows, {name: value + 1 for name, value in sums.items()}).findings
    expected = {(rule.code, name, rule.level) for rule in rules for name in rule.columns}
    assert {(f.code, f.column, str(f.level)) for f in found if f.rule == "total"} == expected


COUNTED = [name for name in CONTRACTS if any(isinstance(r, RowCountRule) for r in REGISTRY.contracts[name].rules)]


@pytest.mark.parametrize("bench", COUNTED, indirect=True)
def test_too_few_and_too_many_rows(bench: Bench) -> None:
    bench = replace(bench, contract=only(bench.contract, RowCountRule))
    for rule in (r for r in bench.contract.rules if isinstance(r, RowCountRule)):
        counts = {rule.minimum - 1: True, rule.minimum: False}
        if rule.maximum is not None:
            counts |= {rule.maximum: False, rule.maximum + 1: True}
        for count, bad in counts.items():
            if 0 < count <= len(bench.keys):
                found = {f.code for f in bench.check(bench.clean(count)).findings}
                assert (rule.code in found) is bad, count
