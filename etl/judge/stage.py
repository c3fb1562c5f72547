"""The stage judge: values of all targets of all plans to verdicts, one frame a target. Pure, but for reading values."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

from sqlalchemy import Connection, and_, func, select

from etl.core.by_hand import indicator_of, is_by_hand
from etl.core.clock.workdays import WorkCalendar
from etl.core.context import Context
from etl.core.outcomes import record
from etl.core.verdict_frames import VerdictFrame
from etl.core.verdicts import VerdictRow
from etl.judge.case import Baseline, Case, Gauge
from etl.judge.drafts import write_draft
from etl.judge.frame import Columns, Value
from etl.judge.output import build_frame
from etl.judge.pending import fill_pending
from etl.judge.rules import RULES
from etl.judge.settled import Verdicts
from etl.judge.windows import gather_windows, select_window
from schemas.models.plan import Kind, Target
from schemas.models.registry import Pack, Registry
from schemas.models.registry_checks import limit_of
from schemas.warehouse.tables import definitions
from schemas.warehouse.tables import values as values_table

MeasureKey = tuple[str, str]
"""(indicator, variant) of values; what people enter for a target has an indicator of its own (`etl.core.by_hand`)."""
ReadColumns = Callable[[MeasureKey], Columns]
SELF = frozenset({"self"})


def judge(ctx: Context) -> int:
    """Judge every target of every plan at `ctx.as_of` into a draft; one outcome row.

    Returns:
        The draft's id.
    """
    counts = {"verdicts": 0}

    def counted(frames: Iterator[VerdictFrame]) -> Iterator[VerdictFrame]:
        for frame in frames:
            counts["verdicts"] += len(frame)
            yield frame

    with record(ctx, "judge", ctx.as_of.isoformat()) as outcome, ctx.engine.connect() as connection:
        frames = judge_frames(ctx.registry, lambda key: read_columns(connection, key), as_of=ctx.as_of)
        draft_id = write_draft(ctx, counted(frames))
        outcome.counts.update(counts)
    return draft_id


def read_columns(connection: Connection, key: MeasureKey) -> Columns:
    """The recorded values of one measure that hold now.

    A value's definition is the version of the indicator whose content hash it carries, as it was published; of a hash
    that never was, compute has only just made the value.
    """
    table = values_table.c
    made_with = and_(
        definitions.c.kind == "indicator",
        definitions.c.name == table.indicator,
        definitions.c.version == table.versions["indicator"].astext,
    )
    definition = func.coalesce(definitions.c.content["version"].as_integer(), 0).label("definition")
    names = ("unit", "period", "state", "numerator", "denominator", "n", "open_numerator", "open_denominator", "extra")
    query = select(*(table[name] for name in names), table.batches, definition)
    query = query.select_from(values_table.outerjoin(definitions, made_with))
    query = query.where(table.recorded_to.is_(None), table.indicator == key[0], table.variant == key[1])
    rows = connection.execute(query).mappings()
    return Columns.of([Value(**{**row, "batches": tuple(row["batches"])}) for row in rows])


def judge_all(registry: Registry, known: Mapping[MeasureKey, Sequence[Value]], *, as_of: dt.date) -> list[VerdictRow]:
    """Verdicts of all plans as rows, from values as rows; pure."""
    frames = judge_frames(registry, lambda key: Columns.of(known.get(key, ())), as_of=as_of)
    return [row for frame in frames for row in frame.rows()]


def judge_frames(
    registry: Registry, read: ReadColumns, *, as_of: dt.date, wholes: frozenset[str] = SELF
) -> Iterator[VerdictFrame]:
    """Verdicts of all plans, one frame a target that has any; the one way through the engine.

    Args:
        registry: the promises; every plan of it is judged.
        read: gives the values of one measure; asked once a target, so that they need not all be in memory.
        as_of: today.
        wholes: units that stand for a whole jurisdiction, so that a sum may be asked of them.
    """
    baselines = _sort_baselines(registry)
    for pack in registry.plans.values():
        series: dict[str, list[Target]] = defaultdict(list)
        for target in pack.targets:
            series[target.series].append(target)
        for target in pack.targets:
            starts = {} if target.kind is Kind.CUMULATIVE else baselines.get((pack.plan.id, target.id), {})
            values = read(measure_key(pack, target))
            frame = judge_target(
                registry,
                pack,
                target,
                values,
                as_of=as_of,
                siblings=series[target.series],
                baselines=starts,
                wholes=wholes,
            )
            if len(frame):
                yield frame


def measure_key(pack: Pack, target: Target) -> MeasureKey:
    """Where the values of a target stand."""
    if is_by_hand(target):
        return indicator_of(pack.plan.id, target.id), ""
    return target.indicator or "", limit_of(target) if target.kind is Kind.EACH_CASE else ""


def judge_target(
    registry: Registry,
    pack: Pack,
    target: Target,
    values: Columns,
    *,
    as_of: dt.date,
    siblings: Sequence[Target] = (),
    baselines: Mapping[str | None, Baseline] | None = None,
    wholes: frozenset[str] = SELF,
) -> VerdictFrame:
    """Verdicts of one target for all units and periods of its window."""
    calendar = WorkCalendar.from_spec(registry.calendars[pack.plan.calendar])
    indicator = registry.indicators.get(target.indicator or "")
    gauge = Gauge.of(indicator) if indicator else Gauge(grades=pack.plan.scales.get(target.scale or "", ()))
    case = Case(target, gauge, calendar, as_of, baselines or {}, values)
    columns = select_window(values, target, siblings, wholes)
    if target.kind is Kind.CADENCE and indicator:
        columns = gather_windows(columns, target)
    columns = fill_pending(columns, target, pack.plan, as_of=as_of)
    versions = {"target": target.content_hash()}
    if indicator:
        versions |= {
            "indicator": indicator.content_hash(),
            "calendar": calendar.version,
            "contract": registry.contracts[indicator.source].content_hash(),
        }
    return judge_columns(case, pack.plan.id, columns, versions)


def judge_columns(case: Case, plan: str, columns: Columns, versions: Mapping[str, str]) -> VerdictFrame:
    """Rule, marks, lights and sentences of the rows of one target."""
    verdicts = Verdicts.start(columns, definition=case.gauge.version)
    RULES[case.target.kind](case, columns, verdicts)
    return build_frame(case, plan, columns, verdicts, versions)


def _sort_baselines(registry: Registry) -> dict[tuple[str, str], dict[str | None, Baseline]]:
    """Baselines by target and unit: the office's own, else that of the document."""
    found: dict[tuple[str, str], dict[str | None, Baseline]] = defaultdict(dict)
    for entered in registry.baselines:
        start = Baseline(Fraction(entered.value), entered.version or 0)
        found[entered.plan, entered.target].setdefault(entered.unit, start)
    for pack in registry.plans.values():
        for target in pack.targets:
            if given := target.baseline:
                start = Baseline(Fraction(given.value), given.version or 0)
                found[pack.plan.id, target.id].setdefault(None, start)
    return found
