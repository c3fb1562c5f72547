"""What a check is told of the world beside its file: words of other sources, earlier periods of its own.

Read from the lake, and from files that are accepted but not loaded yet: of several files that came together, each is
held against those before it. The check itself reads none of this; it gets it as part of its request.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from duckdb import DuckDBPyConnection
from sqlalchemy import select

from etl.check.checked import Checked
from etl.check.history import History, followed_columns, history_rules
from etl.check.references import Known
from etl.core.context import Context
from etl.core.lake import open_lake
from etl.core.lake_tables import existing_columns, quote_name, quote_text, table_name
from etl.core.periods import Period, parse_period
from schemas.models.code_list import UNITS
from schemas.models.contract import Contract
from schemas.models.contract_between import ReferenceRule
from schemas.warehouse.tables import batches

_USABLE = ("accepted", "loaded", "unchanged")


def find_known(ctx: Context, contract: Contract) -> dict[str, Known]:
    """Code of each reference rule -> what its column may name; `values` None where that source has nothing yet."""
    rules = [rule for rule in contract.rules if isinstance(rule, ReferenceRule)]
    known = {rule.code: _list_words(ctx, contract, rule.list) for rule in rules if rule.list}
    if len(known) == len(rules):
        return known
    with open_lake(ctx.settings, url=ctx.engine.url) as lake:
        for rule in (rule for rule in rules if rule.source):
            known[rule.code] = _read_words(ctx, lake, str(rule.source), str(rule.key))
    return known


def _list_words(ctx: Context, contract: Contract, name: str) -> Known:
    if name == UNITS:
        return Known("单位名录", pa.array(sorted(ctx.registry.names_for(contract)), pa.string()))
    chosen = ctx.registry.lists[name]
    return Known(f"「{chosen.name_zh}」", pa.array(sorted(chosen.words), pa.string()))


def _read_words(ctx: Context, lake: DuckDBPyConnection, source: str, column: str) -> Known:
    contract = ctx.registry.contracts.get(source)
    if contract is None:  # its plan is not in use here
        return Known(f"「{source}」", None)
    rows, name = _query_rows(ctx, lake, contract, [column]), quote_name(column)
    if rows is None:
        return Known(f"「{contract.name_zh}」", None)
    chosen = f"select distinct {name}::varchar as word from ({rows}) where {name} is not null order by 1"  # noqa: S608
    words = lake.execute(chosen).to_arrow_table()["word"].combine_chunks()
    return Known(f"「{contract.name_zh}」", words if len(words) else None)


def find_history(ctx: Context, contract: Contract, checked: Checked, *, batch_id: str) -> History | None:
    """What is known of a source before a file that has been read once.

    Args:
        ctx: the run.
        contract: the promise of the source.
        checked: what the first reading found; its period says what lies before it.
        batch_id: the file itself, which is no history of its own.

    Returns:
        None where no rule asks, the file is of no period, or nothing is known.
    """
    rules, running = history_rules(contract), contract.running_columns
    periods = sorted(map(parse_period, checked.covers or ([checked.period] if checked.period else [])))
    if not (rules or running) or not periods or checked.status != "accepted":
        return None
    window = _Window(periods[0], max((rule.periods for rule in rules), default=0))
    counts = _read_counts(ctx, contract, batch_id) if rules else {}
    rows, sums = pa.table({"period": pa.array([], pa.string())}), None
    if running or followed_columns(contract):
        with open_lake(ctx.settings, url=ctx.engine.url) as lake:
            rows = _read_history(ctx, lake, contract, window) or rows
            sums = _read_sums(ctx, lake, contract, {period.start.year for period in periods})
    counted = {period: counts[period] for period in window.choose(counts)}
    history = History(periods[0].text, rows, counted, sums)
    return history if rows.num_rows or counted or sums else None


@dataclass(frozen=True)
class _Window:
    """The last periods before a period, of each grain that its source may have (merged months are a grain)."""

    before: Period
    length: int

    def choose(self, periods: Iterable[str]) -> list[str]:
        earlier = sorted(p for p in map(parse_period, periods) if p.end < self.before.start)
        by_grain = {grain: [p.text for p in earlier if p.grain == grain] for grain in {p.grain for p in earlier}}
        return sorted(text for texts in by_grain.values() for text in texts[-self.length :])


def _read_history(ctx: Context, lake: DuckDBPyConnection, contract: Contract, window: _Window) -> pa.Table | None:
    """The newest row of each key and period within the window, in a stable order."""
    followed = followed_columns(contract)
    rows = _query_rows(ctx, lake, contract, ["period", *contract.series_key, *followed]) if followed else None
    if rows is None:
        return None
    found = lake.execute(f'select distinct "period" from ({rows}) where "period" is not null').fetchall()  # noqa: S608
    return _read_newest(lake, contract, rows, followed, window.choose(period for (period,) in found))


def _read_sums(ctx: Context, lake: DuckDBPyConnection, contract: Contract, years: set[int]) -> pa.Table | None:
    """The newest sums since January of each key and period of some years, in a stable order."""
    running = contract.running_columns
    rows = _query_rows(ctx, lake, contract, ["period", *contract.series_key, *running]) if running else None
    if rows is None:
        return None
    found = lake.execute(f'select distinct "period" from ({rows}) where "period" is not null').fetchall()  # noqa: S608
    wanted = [period for (period,) in found if parse_period(period).start.year in years]
    return _read_newest(lake, contract, rows, running, wanted) if wanted else None


def _read_newest(
    lake: DuckDBPyConnection, contract: Contract, rows: str, columns: Iterable[str], periods: Iterable[str]
) -> pa.Table:
    wanted = ", ".join(map(quote_text, sorted(periods))) or "null"
    key = contract.series_key
    texts = [f"{quote_name(name)}::varchar as {quote_name(name)}" for name in key]
    same = ", ".join(['"period"', *map(quote_name, key)])
    return lake.execute(
        f"select {', '.join(['period', *texts, *map(quote_name, columns)])} "  # noqa: S608 - names of the contract
        f'from ({rows}) where "period" in ({wanted}) '
        f"qualify row_number() over (partition by {same} order by arrived desc) = 1 order by {same}"
    ).to_arrow_table()


def _query_rows(ctx: Context, lake: DuckDBPyConnection, contract: Contract, columns: Iterable[str]) -> str | None:
    """A query over a source's rows in the lake and in its accepted files, with `arrived`; None where it has neither."""
    names = list(dict.fromkeys(columns))
    parts: list[str] = []
    if there := existing_columns(lake, contract.id):
        cells = ", ".join(quote_name(n) if n in there else f"null as {quote_name(n)}" for n in names)
        parts.append(f"select {cells}, 0 as arrived from {table_name(contract)}")  # noqa: S608
    for place, path in enumerate(_accepted_files(ctx, contract.id), start=1):
        cells = ", ".join(map(quote_name, names))
        parts.append(f"select {cells}, {place} as arrived from read_parquet({quote_text(str(path))})")  # noqa: S608
    return " union all by name ".join(parts) or None


def _accepted_files(ctx: Context, source: str) -> list[Path]:
    """Accepted rows that are not in the lake yet, in the order of their arrival."""
    query = (
        select(batches.c.batch_id)
        .where(batches.c.source == source, batches.c.status == "accepted")
        .order_by(batches.c.landed_at, batches.c.batch_id)
    )
    with ctx.engine.connect() as connection:
        ids = connection.execute(query).scalars().all()
    paths = [ctx.settings.landing / source / batch_id / "accepted.parquet" for batch_id in ids]
    return [path for path in paths if path.is_file()]


def _read_counts(ctx: Context, contract: Contract, batch_id: str) -> dict[str, int]:
    """Period -> data rows of its newest usable file."""
    query = (
        select(batches.c.period, batches.c.lines)
        .where(
            batches.c.source == contract.id,
            batches.c.batch_id != batch_id,
            batches.c.status.in_(_USABLE),
            batches.c.correction_of.is_(None),
            batches.c.period.is_not(None),
        )
        .order_by(batches.c.landed_at, batches.c.batch_id)
    )
    with ctx.engine.connect() as connection:
        return {row.period: int((row.lines or {}).get("data", 0)) for row in connection.execute(query)}
