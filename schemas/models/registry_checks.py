"""Whether promises fit each other: what one file alone cannot know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.models.case_checks import TIMES, check_clock, check_events, check_extension, check_stages
from schemas.models.code_list import UNITS
from schemas.models.contract import NUMBER_TYPES, ColumnType, Contract
from schemas.models.contract_between import ReconcileRule, ReferenceRule
from schemas.models.contract_events import IS_REPEAT
from schemas.models.indicator import Indicator
from schemas.models.office import FILE as OFFICE
from schemas.models.pack_checks import check_pack_parts
from schemas.models.plan import BY_HAND, Kind, Target
from schemas.models.yaml_source import Problem, read_yaml

if TYPE_CHECKING:
    from schemas.models.registry import Pack, Registry

_NUMBERS = {ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.PERCENT}
_WORDS = {ColumnType.TEXT, ColumnType.ID, ColumnType.CODE}
_FORMS = {
    Kind.EACH_CASE: {"case_share"},
    Kind.AVERAGE_CASE: {"case_mean"},
    Kind.CUMULATIVE: {"count"},
}


def cross_check(
    registry: Registry, contract_files: Mapping[str, Path], indicator_files: Mapping[str, Path]
) -> list[Problem]:
    """All problems between contracts, indicators, targets and calendars of one registry."""
    problems: list[Problem] = []
    unknown = sorted(set(registry.active) - set(registry.plans))
    if unknown:
        problems.append(Problem(Path(OFFICE), None, "plans", f"no plan {unknown}; there are {sorted(registry.plans)}"))
    for name, contract in registry.contracts.items():
        problems += _problems(contract_files[name], _check_contract(contract, registry))
    for name, indicator in registry.indicators.items():
        problems += _problems(indicator_files[name], _check_indicator(indicator, registry))
    for pack in registry.plans.values():
        problems += _check_pack(pack, registry)
    return problems


def _problems(path: Path, found: Iterator[tuple[list[Any], str]]) -> list[Problem]:
    messages = list(found)
    source = read_yaml(path) if messages else None
    return [source.problem(keys, text) for keys, text in messages] if source else []


def _check_contract(contract: Contract, registry: Registry) -> Iterator[tuple[list[Any], str]]:
    if contract.calendar not in registry.calendars:
        yield ["calendar"], f"no calendar {contract.calendar!r}; there are {sorted(registry.calendars)}"
    columns = contract.column_by_name
    if contract.received and columns[contract.received].type not in TIMES:
        yield ["received"], f"{contract.received!r} must be a date or datetime column"
    for plan in contract.plans:
        if plan not in registry.plans:
            yield ["plans"], f"no plan {plan!r}; there are {sorted(registry.plans)}"
    if contract.unit_column and columns[contract.unit_column].type is not ColumnType.UNIT:
        yield ["unit_column"], f"{contract.unit_column!r} must be of type unit"
    yield from _check_other_sources(contract, registry)
    yield from check_events(contract, registry)


def _check_other_sources(contract: Contract, registry: Registry) -> Iterator[tuple[list[Any], str]]:
    """What rules say of another source has to be there, and the other source in use wherever this one is."""
    for place, rule in enumerate(contract.rules):
        if isinstance(rule, ReferenceRule) and rule.list:
            yield from ((["rules", place, "list"], text) for text in _check_list(rule, contract, registry))
        if not isinstance(rule, (ReferenceRule, ReconcileRule)) or rule.source is None:
            continue
        keys = ["rules", place, "source"]
        other = registry.contracts.get(rule.source)
        if other is None or other.id == contract.id:
            yield keys, f"no other source {rule.source!r}; there are {sorted(set(registry.contracts) - {contract.id})}"
            continue
        if other.plans and not set(contract.plans or registry.plans) <= set(other.plans):
            yield keys, f"source {other.id!r} is sent for {list(other.plans)} alone"
        wanted = {str(rule.key)} if isinstance(rule, ReferenceRule) else set(rule.theirs.columns)
        if unknown := sorted(wanted - set(other.column_by_name)):
            yield keys, f"columns {unknown} are not in contract {other.id!r}"
            continue
        yield from ((["rules", place], text) for text in _check_kinds(rule, contract, other))


def _check_list(rule: ReferenceRule, contract: Contract, registry: Registry) -> Iterator[str]:
    if rule.list != UNITS and rule.list not in registry.lists:
        yield f"no list {rule.list!r}; there are {[UNITS, *sorted(registry.lists)]}"
    column = contract.column_by_name[rule.column]
    if rule.list != UNITS and (column.personal or column.type not in _WORDS):
        yield f"{rule.column!r} holds no words that a list could have"


def _check_kinds(rule: ReferenceRule | ReconcileRule, contract: Contract, other: Contract) -> Iterator[str]:
    """Only like is compared with like."""
    mine, theirs = contract.column_by_name, other.column_by_name
    if isinstance(rule, ReferenceRule):
        left, right = mine[rule.column], theirs[str(rule.key)]
        if left.personal != right.personal or (left.personal and left.person_kind != right.person_kind):
            yield f"{left.name!r} and {right.name!r} hold persons of different kinds"
        return
    for side, columns in ((rule.mine, mine), (rule.theirs, theirs)):
        if side.column and columns[side.column].type not in NUMBER_TYPES:
            yield f"{side.column!r} is no number"
        if side.counted_on and columns[side.counted_on].type not in TIMES:
            yield f"{side.counted_on!r} is no date"
        if any(columns[name].personal for name in side.where):
            yield "the words of a personal column are not kept"


def _check_indicator(indicator: Indicator, registry: Registry) -> Iterator[tuple[list[Any], str]]:
    contract = registry.contracts.get(indicator.source)
    if contract is None:
        yield ["source"], f"no source {indicator.source!r}; there are {sorted(registry.contracts)}"
        return
    columns = contract.column_by_name
    derived = {IS_REPEAT} if contract.events and contract.events.repeat else set[str]()
    unknown = sorted(indicator.columns - set(columns) - derived)
    if unknown:
        yield ["source"], f"columns {unknown} are not in contract {contract.id!r}, which has {sorted(columns)}"
        return
    for key, part in (("numerator", indicator.numerator), ("denominator", indicator.denominator)):
        if part and part.sum and columns[part.sum].type not in _NUMBERS:
            yield [key, "sum"], f"{part.sum!r} is no number"
    clock = indicator.clock
    if clock:
        yield from check_clock(clock, contract)
    for name in indicator.by:
        if columns[name].type in (*NUMBER_TYPES, *TIMES, ColumnType.PERIOD) or columns[name].personal:
            yield ["by"], f"{name!r} holds no words to show the number by"
    if contract.kind == "cases" and not clock and indicator.counted_on is None:
        yield ["counted_on"], "an indicator over cases without a clock needs the date column that counts a row"


def _check_pack(pack: Pack, registry: Registry) -> Iterator[Problem]:
    source = pack.targets_source
    units = {unit.id for unit in pack.units}
    for index, target in enumerate(t for t in pack.targets if not t.is_task):
        for unit in (*target.lead_units, *target.support_units):
            if unit not in units:
                yield source.problem([index, "lead_units"], f"unit {unit!r} is not in units.yml")
        for key, text in _check_target(target, registry):
            yield source.problem([index, key], text)
        if text := _foreign_source(target, pack, registry):
            yield source.problem([index, "indicator"], text)
    if pack.plan.calendar not in registry.calendars:
        yield source.problem([], f"plan.yml: no calendar {pack.plan.calendar!r}")
    for place, keys, text in check_stages(pack, registry):
        yield pack.sources["mechanisms"].problem([place, *keys], text)
    yield from _check_series(pack)
    yield from check_pack_parts(pack)


def _check_target(target: Target, registry: Registry) -> Iterator[tuple[str, str]]:
    if target.indicator is None:
        return
    indicator = registry.indicators.get(target.indicator)
    if indicator is None:
        near = sorted(registry.indicators)
        yield "indicator", f"no indicator {target.indicator!r}; there are {near}"
        return
    if target.kind in BY_HAND and not (target.kind is Kind.CADENCE and indicator.form == "count"):
        yield "indicator", f"kind {target.kind} is entered by hand (only cadence may count rows of a source)"
    forms = _FORMS.get(target.kind)
    if forms and indicator.form not in forms:
        yield "kind", f"kind {target.kind} needs an indicator of form {sorted(forms)}, this one is {indicator.form}"
    if target.kind is Kind.EACH_CASE:
        yield from _check_limit(target, indicator, registry)
        return
    if indicator.unit != target.unit and target.kind not in (Kind.REDUCTION, Kind.GROWTH):
        yield "unit", f"unit {target.unit!r} against {indicator.unit!r} of indicator {indicator.id!r}"
    wrong = {"higher_is_better": "<", "lower_is_better": ">"}[indicator.direction]
    if target.comparator.startswith(wrong) and target.kind not in (Kind.REDUCTION, Kind.GROWTH):
        yield "comparator", f"{target.comparator} goes against {indicator.direction} of indicator {indicator.id!r}"


def _foreign_source(target: Target, pack: Pack, registry: Registry) -> str | None:
    """Why the target may not draw on its indicator's source: another jurisdiction's departments send it."""
    indicator = registry.indicators.get(target.indicator or "")
    contract = registry.contracts.get(indicator.source) if indicator else None
    if contract is None or not contract.plans or pack.plan.id in contract.plans:
        return None
    return f"source {contract.id!r} is sent for {', '.join(contract.plans)}, not for {pack.plan.id}"


def _check_limit(target: Target, indicator: Indicator, registry: Registry) -> Iterator[tuple[str, str]]:
    if target.comparator not in ("<=", "<"):
        yield "comparator", "a limit on single cases is <= (or <)"
    limit = indicator.clock.limit if indicator.clock else None
    contract = registry.contracts.get(indicator.source)
    if indicator.clock and contract and (text := check_extension(indicator.clock, limit_of(target), contract)):
        yield "unit", text
    if indicator.clock and indicator.clock.limit_by:
        yield "indicator", "its clock has limits of its own (`limit_by`); a target that brings one limit needs another"
    if limit is not None and limit != limit_of(target):
        yield "value", f"limit {limit_of(target)!r} against {limit!r} of indicator {indicator.id!r}"


def limit_of(target: Target) -> str:
    """The limit that an `each_case` target sets, as the clock reads it: `5 workday`."""
    value = f"{target.value:f}" if target.value is not None else ""
    value = value.rstrip("0").rstrip(".") if "." in value else value
    return f"{value} {target.counted_as or target.unit}"


def _check_series(pack: Pack) -> Iterator[Problem]:
    """Targets of one series share indicator and never hold the same day."""
    indexed = [(i, t) for i, t in enumerate(pack.targets) if t.start]
    for (_, first), (index, second) in combinations(indexed, 2):
        if first.series != second.series:
            continue
        if first.indicator != second.indicator:
            yield pack.targets_source.problem([index, "series"], f"{first.id!r} has another indicator")
        if _windows_meet(first, second):
            yield pack.targets_source.problem([index, "from"], f"its window overlaps that of {first.id!r}")


def _windows_meet(first: Target, second: Target) -> bool:
    if first.start is None or second.start is None:
        return False
    first_ends_before = first.due is not None and first.due < second.start
    second_ends_before = second.due is not None and second.due < first.start
    return not (first_ends_before or second_ends_before)
