"""A plan's YAML as plain data: what the simulator and its key need of it, read without the pipeline's models."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import yaml

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
BY_HAND = ("rank", "milestone", "cadence")
MINIMUM_N = 5
TOLERANCE = 10


@dataclass(frozen=True)
class Column:
    name: str
    header: str
    aliases: tuple[str, ...]
    type: str
    required: bool
    optional_column: bool
    minimum: Fraction | None
    allowed: tuple[str, ...]
    words: tuple[str, str]
    """What stands for yes and for no."""

    @property
    def is_number(self) -> bool:
        return self.type in ("integer", "decimal")

    @property
    def is_date(self) -> bool:
        return self.type in ("date", "datetime")


@dataclass(frozen=True)
class Contract:
    """How the files of one source look and when they are owed."""

    id: str
    name: str
    owner: str
    kind: str
    files: tuple[str, ...]
    grain: str
    period_column: str | None
    due_days: int
    due_unit: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    unit_column: str | None
    reporters: tuple[str, ...]
    received: str | None
    zero_report: bool
    rules: tuple[Mapping[str, Any], ...]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def rules_of(self, kind: str) -> list[Mapping[str, Any]]:
        return [rule for rule in self.rules if rule["kind"] == kind]


@dataclass(frozen=True)
class Part:
    """A sum of a column, or of the rows themselves, over the rows that `where` keeps."""

    column: str | None
    where: tuple[tuple[str, tuple[Any, ...]], ...]


@dataclass(frozen=True)
class Clock:
    start: str
    ends: tuple[str, ...]
    needs_all: bool
    limit: str | None
    measure: str


@dataclass(frozen=True)
class Indicator:
    id: str
    source: str
    form: str
    unit: str
    factor: Fraction
    numerator: Part | None
    denominator: Part | None
    where: tuple[tuple[str, tuple[Any, ...]], ...]
    clock: Clock | None
    counted_on: str | None
    missing: str
    minimum_n: int
    version: int
    is_higher_better: bool


@dataclass(frozen=True)
class Target:
    """One commitment; `place` of a grade is its value."""

    id: str
    kind: str
    comparator: str
    value: Fraction
    unit: str
    scale: tuple[str, ...]
    every: str | None
    is_rolling: bool
    is_strive: bool
    start: dt.date
    due: dt.date | None
    hold: bool
    counted_as: str | None
    required_share: Fraction
    indicator: str | None
    baseline: Fraction | None
    tolerance: Fraction
    acceptance: bool

    def satisfied_by(self, value: Fraction) -> bool:
        return {
            ">=": value >= self.value,
            "<=": value <= self.value,
            "==": value == self.value,
            ">": value > self.value,
            "<": value < self.value,
        }[self.comparator]


@dataclass(frozen=True)
class Pack:
    id: str
    start: dt.date
    until: dt.date
    targets: tuple[Target, ...]
    contracts: Mapping[str, Contract]
    others: tuple[tuple[str, tuple[str, ...]], ...]
    """Id and file patterns of every contract that a home of this plan knows."""
    indicators: Mapping[str, Indicator]
    units: tuple[Mapping[str, Any], ...]

    def targets_of(self, indicator: str) -> list[Target]:
        return [target for target in self.targets if target.indicator == indicator]

    def indicators_of(self, source: str) -> list[Indicator]:
        return [indicator for indicator in self.indicators.values() if indicator.source == source]


@cache
def read_yaml(path: Path) -> Any:
    """One YAML file; C does it ten times faster where it is there."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader either way


def list_plans() -> tuple[str, ...]:
    """Ids of all plans that have a folder."""
    return tuple(sorted(path.parent.name for path in (SCHEMAS / "plans").glob("*/plan.yml")))


def exact(value: object) -> Fraction:
    """`0.5` as a half, not as the float beside it."""
    return Fraction(str(value))


def maybe_exact(value: object) -> Fraction | None:
    return None if value is None else exact(value)


def _where(items: Iterable[Mapping[str, Any]] | None) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    return tuple((item["column"], tuple(item["values"])) for item in items or ())


def _part(raw: Mapping[str, Any] | None) -> Part | None:
    return None if raw is None else Part(raw.get("sum"), _where(raw.get("where")))


def _column(raw: Mapping[str, Any]) -> Column:
    words = (raw.get("true_words", ["是"])[0], raw.get("false_words", ["否"])[0])
    return Column(
        name=raw["name"],
        header=raw["header"],
        aliases=tuple(raw.get("aliases", ())),
        type=raw["type"],
        required=raw.get("required", True),
        optional_column=raw.get("optional_column", False),
        minimum=maybe_exact(raw.get("minimum")),
        allowed=tuple(raw.get("allowed", ())),
        words=words,
    )


def _contract(raw: Mapping[str, Any]) -> Contract:
    due = raw.get("due", {"days": 10})
    return Contract(
        id=raw["id"],
        name=raw["name_zh"],
        owner=raw["owner"],
        kind=raw["kind"],
        files=tuple(raw["files"]),
        grain=raw["period"]["grain"],
        period_column=raw["period"].get("column"),
        due_days=due["days"],
        due_unit=due.get("unit", "day"),
        columns=tuple(_column(column) for column in raw["columns"]),
        key=tuple(raw["key"]),
        unit_column=raw.get("unit_column"),
        reporters=tuple(raw.get("reporters", ())),
        received=raw.get("received"),
        zero_report=raw.get("zero_report", False),
        rules=tuple(raw.get("rules", ())),
    )


def _clock(raw: Mapping[str, Any] | None) -> Clock | None:
    if raw is None:
        return None
    ends = tuple(raw.get("latest") or raw["earliest"])
    return Clock(raw["start"], ends, "latest" in raw, raw.get("limit"), raw.get("measure", "workdays"))


def _indicator(raw: Mapping[str, Any]) -> Indicator:
    return Indicator(
        id=raw["id"],
        source=raw["source"],
        form=raw["form"],
        unit=raw["unit"],
        factor=exact(raw.get("factor") or (100 if raw["unit"] == "%" else 1)),
        numerator=_part(raw.get("numerator")),
        denominator=_part(raw.get("denominator")),
        where=_where(raw.get("where")),
        clock=_clock(raw.get("clock")),
        counted_on=raw.get("counted_on"),
        missing=raw["missing"],
        minimum_n=raw.get("minimum_n", MINIMUM_N),
        version=raw.get("version", 1),
        is_higher_better=raw["direction"] == "higher_is_better",
    )


def _target(raw: Mapping[str, Any], plan: Mapping[str, Any]) -> Target:
    scale = tuple(plan.get("scales", {}).get(raw.get("scale"), ()))
    value = scale.index(raw["grade"]) + 1 if scale else raw.get("value", 1)
    due, issued = raw.get("due"), plan["document"].get("issued") or plan["from"]
    return Target(
        id=raw["id"],
        kind=raw["kind"],
        comparator=raw["comparator"],
        value=exact(value),
        unit=raw["unit"],
        scale=scale,
        every=raw.get("every"),
        is_rolling=raw.get("window") == "rolling",
        is_strive=raw.get("strength") == "strive",
        start=raw.get("from") or plan["from"],
        due=due,
        hold=raw.get("hold", False),
        counted_as=raw.get("counted_as"),
        required_share=exact(raw.get("required_share", 100)),
        indicator=raw.get("indicator"),
        baseline=maybe_exact((raw.get("baseline") or {}).get("value")),
        tolerance=exact((raw.get("path") or {}).get("tolerance", TOLERANCE)) / 100,
        acceptance=due is not None and due < issued,
    )


def _milestone(task: Mapping[str, Any]) -> dict[str, Any] | None:
    """The milestone that a task stands for; None for one without an end."""
    if task.get("ongoing"):
        return None
    first, last = task.get("from"), task.get("due")
    if quarter := task.get("quarter"):
        begins, ends = _quarter(quarter), _quarter(task.get("until_quarter") or quarter)
        first, last = first or begins[0], ends[1]
    kept = {key: task[key] for key in ("id", "strength") if key in task}
    return {**kept, "kind": "milestone", "comparator": "==", "value": 1, "unit": "count", "from": first, "due": last}


def _quarter(text: str) -> tuple[dt.date, dt.date]:
    year, number = int(text[:4]), int(text[6])
    after = dt.date(year + number // 4, 3 * number % 12 + 1, 1)
    return dt.date(year, 3 * number - 2, 1), after - dt.timedelta(days=1)


@cache
def load_pack(plan: str) -> Pack:
    """The plan with the contracts and indicators that its targets use.

    Raises:
        ValueError: there is no such plan.
    """
    if plan not in list_plans():
        raise ValueError(f"没有“{plan}”的模拟数据，现有方案：{'、'.join(list_plans())}。")
    folder = SCHEMAS / "plans" / plan
    head = read_yaml(folder / "plan.yml")
    tasks = read_yaml(folder / "tasks.yml") if (folder / "tasks.yml").is_file() else []
    raw = [*read_yaml(folder / "targets.yml"), *filter(None, map(_milestone, tasks))]
    targets = tuple(_target(item, head) for item in raw)
    used = {target.indicator for target in targets if target.indicator}
    indicators = {name: _indicator(read_yaml(SCHEMAS / "indicators" / f"{name}.yml")) for name in sorted(used)}
    contracts = [read_yaml(path) for path in sorted((SCHEMAS / "contracts").glob("*.yml"))]
    known = [c for c in contracts if plan in c.get("plans", [plan])]
    sources = {i.source for i in indicators.values()} | {c["id"] for c in known if plan in c.get("plans", ())}
    return Pack(
        id=plan,
        start=head["from"],
        until=head["until"],
        targets=targets,
        contracts={c["id"]: _contract(c) for c in known if c["id"] in sources},
        others=tuple((c["id"], tuple(c["files"])) for c in known),
        indicators=indicators,
        units=tuple(read_yaml(folder / "units.yml")),
    )
