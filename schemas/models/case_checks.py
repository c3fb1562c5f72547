"""Whether the events of a case source, and the clocks over it, fit its columns and the registers they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from schemas.models.case_clock import CaseClock, LimitText
from schemas.models.commitments import Stage
from schemas.models.contract import ColumnType, Contract

if TYPE_CHECKING:
    from schemas.models.registry import Pack, Registry

TIMES = {ColumnType.DATE, ColumnType.DATETIME}
_WORDS = {ColumnType.TEXT, ColumnType.ID, ColumnType.UNIT, ColumnType.CODE, ColumnType.BOOLEAN, ColumnType.INTEGER}


def check_events(contract: Contract, registry: Registry) -> Iterator[tuple[list[Any], str]]:
    """Problems of `events`, with the keys under which they stand."""
    events, columns = contract.events, contract.column_by_name
    if events is None:
        return
    for name in events.times:
        if columns[name].type not in TIMES:
            yield ["events"], f"{name!r} is no date or datetime"
    if events.extension and columns[events.extension.amount].type is not ColumnType.INTEGER:
        yield ["events", "extension"], f"{events.extension.amount!r} is no integer"
    if (events.stops_from or events.exclusions) and len(contract.key) != 1:
        yield ["events"], "a register names cases by one number; the contract has more than one column in its key"
    if events.stops_from:
        register = events.stops_from
        times = (register.since, register.until, *([register.recorded] if register.recorded else []))
        named = (register.case, *register.columns)
        yield from _check_register(["events", "stops_from"], register.source, named, times, contract, registry)
    if events.exclusions:
        book = events.exclusions
        named = (book.case, book.reason, book.approver, book.approved, book.expires)
        times = (book.approved, book.expires)
        yield from _check_register(["events", "exclusions"], book.source, named, times, contract, registry)


def _check_register(
    keys: list[Any],
    source: str,
    named: tuple[str, ...],
    times: tuple[str, ...],
    contract: Contract,
    registry: Registry,
) -> Iterator[tuple[list[Any], str]]:
    other = registry.contracts.get(source)
    if other is None or other.id == contract.id:
        yield keys, f"no other source {source!r}; there are {sorted(set(registry.contracts) - {contract.id})}"
        return
    if other.plans and not set(contract.plans or registry.plans) <= set(other.plans):
        yield keys, f"source {other.id!r} is sent for {list(other.plans)} alone"
    if unknown := sorted(set(named) - set(other.column_by_name)):
        yield keys, f"columns {unknown} are not in contract {other.id!r}"
        return
    for name in times:
        if other.column_by_name[name].type not in TIMES:
            yield keys, f"{name!r} of {other.id!r} is no date or datetime"


def check_clock(clock: CaseClock, contract: Contract) -> Iterator[tuple[list[Any], str]]:
    """Problems of an indicator's clock; its columns are known to be there."""
    columns = contract.column_by_name
    for name in clock.times:
        if columns[name].type not in TIMES:
            yield ["clock"], f"{name!r} is no date or datetime"
    if contract.kind != "cases":
        yield ["clock"], f"source {contract.id!r} has no cases"
    if clock.extension == "counts" and (contract.events is None or contract.events.extension is None):
        yield ["clock", "extension"], f"contract {contract.id!r} names no `events: extension`"
    if clock.limit_by:
        yield from _check_words(clock.limit_by.column, clock.limit_by.limits, contract)
    for limit in clock.own_limits:
        if text := check_extension(clock, limit, contract):
            yield ["clock", "extension"], text


def check_extension(clock: CaseClock, limit: str, contract: Contract) -> str | None:
    """Why an extension of the contract cannot be added to a limit: days of one kind are no days of another."""
    extension = contract.events.extension if contract.events else None
    if clock.extension != "counts" or extension is None or limit.split()[1] == extension.unit:
        return None
    return f"an extension in {extension.unit} cannot be added to the limit {limit!r}"


def _check_words(name: str, limits: Mapping[str, str], contract: Contract) -> Iterator[tuple[list[Any], str]]:
    column = contract.column_by_name[name]
    if column.type not in _WORDS or column.personal:
        yield ["clock", "limit_by"], f"{name!r} holds no words"
    if column.allowed and (unknown := sorted(set(limits) - set(column.allowed))):
        yield ["clock", "limit_by"], f"{unknown} are not among the words of {name!r}: {list(column.allowed)}"


def check_stages(pack: Pack, registry: Registry) -> Iterator[tuple[int, list[Any], str]]:
    """Problems of the steps of mechanisms that light open cases, each with the place of its mechanism."""
    for place, mechanism in enumerate(pack.mechanisms):
        for index, stage in enumerate(mechanism.stages):
            for key, text in _check_stage(stage, pack, registry):
                yield place, ["stages", index, key], text


def _check_stage(stage: Stage, pack: Pack, registry: Registry) -> Iterator[tuple[str, str]]:
    if stage.indicator is None:
        return
    indicator = registry.indicators.get(stage.indicator)
    if indicator is None or indicator.clock is None or indicator.form != "case_share":
        shares = sorted(name for name, known in registry.indicators.items() if known.form == "case_share")
        yield "indicator", f"{stage.indicator!r} is no indicator of form case_share; there are {shares}"
        return
    contract = registry.contracts.get(indicator.source)
    if contract and contract.plans and pack.plan.id not in contract.plans:
        yield "indicator", f"source {contract.id!r} is sent for {', '.join(contract.plans)}, not for {pack.plan.id}"
    yield from _check_stage_limit(stage, indicator.clock)


def _check_stage_limit(stage: Stage, clock: CaseClock) -> Iterator[tuple[str, str]]:
    if stage.limit is None:
        if not clock.has_limit:
            yield "limit", "neither the step nor the clock of its indicator has a limit"
        return
    try:
        TypeAdapter(LimitText).validate_python(stage.limit)
    except ValidationError:
        yield "limit", f"{stage.limit!r} is no limit; write it as `5 workday`"
        return
    if clock.limit_by:
        yield "limit", "the clock of its indicator has limits of its own (`limit_by`)"
    elif clock.limit not in (None, stage.limit):
        yield "limit", f"{stage.limit!r} against {clock.limit!r} of indicator {stage.indicator!r}"
