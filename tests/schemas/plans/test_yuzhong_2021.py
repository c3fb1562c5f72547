"""Readings of the Yuzhong pack over rows whose results are worked out by hand.

Calendar of 2021: 1-7 October are holidays, Saturday 9 October is a working day.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import duckdb
import ibis
import pandas as pd
import pyarrow as pa
import pytest

from etl.compute.calendar_join import register_calendar
from etl.compute.case_parts import CaseSource, share_parts
from etl.compute.parts import figure_parts
from schemas.models.calendar import CalendarSpec
from schemas.models.contract import ColumnType, Contract
from schemas.models.indicator import Indicator
from schemas.models.plan import Target
from schemas.models.registry_checks import limit_of
from schemas.models.yaml_source import parse_as, parse_list, read_yaml
from schemas.settings import REPO

SCHEMAS = REPO / "schemas"
TARGETS = {t.id: t for t in parse_list(Target, read_yaml(SCHEMAS / "plans" / "yuzhong-2021" / "targets.yml"))}


def load(target: Target) -> tuple[Indicator, Contract]:
    indicator = parse_as(Indicator, read_yaml(SCHEMAS / "indicators" / f"{target.indicator}.yml"))
    return indicator, parse_as(Contract, read_yaml(SCHEMAS / "contracts" / f"{indicator.source}.yml"))


def parts_of(target_id: str, rows: list[dict[str, object]]) -> list[tuple[str, Decimal, Decimal]]:
    """(period, numerator, denominator) that the pipeline makes of rows; columns not given are empty."""
    target = TARGETS[target_id]
    indicator, contract = load(target)
    dates = [c.name for c in contract.columns if c.type is ColumnType.DATE]
    frame = pd.DataFrame([{"batch_id": "b", "sheet": "s", "line": i, **row} for i, row in enumerate(rows)])
    for name in {*(c.name for c in contract.columns), "period"} - set(frame):
        frame[name] = None
    frame[dates] = frame[dates].apply(pd.to_datetime).astype("datetime64[us]")
    backend = ibis.duckdb.from_connection(duckdb.connect())
    backend.con.register("staged", pa.Table.from_pandas(frame, preserve_index=False))
    table = backend.table("staged")
    if indicator.clock:
        calendar = register_calendar(backend, CalendarSpec(id="cn", name_zh="cn"))
        source = CaseSource(table, indicator, contract, calendar, dt.date(2021, 12, 31), {})
        parts = pd.concat(share_parts(source, limit_of(target)))
    else:
        parts = figure_parts(table, indicator, contract)
    parts = parts[parts["period"].notna()]
    return [(r["period"], Decimal(r["numerator"]), Decimal(r["denominator"])) for r in parts.to_dict("records")]


@pytest.mark.parametrize(
    ("target_id", "start", "end", "last_day", "fixed"),
    [
        # 2 日 of a filing are working days: after 30 September these are 8 and (Saturday) 9 October.
        ("power-dig-filing", "filed_on", "filing_done_on", ("2021-09-30", "2021-10-09"), {"digs": "是"}),
        # 20 日 for signing are calendar days, the holidays too: 22 September + 20 is Tuesday 12 October.
        ("procurement-signing", "awarded_on", "signed_on", ("2021-09-22", "2021-10-12"), {}),
        # Seven working days after Friday 24 September: 26 (make-up Sunday), 27, 28, 29, 30, 8 and 9 October.
        ("procurement-acceptance", "performed_on", "accepted_on", ("2021-09-24", "2021-10-09"), {}),
        ("unemployment-aid", "accepted_on", "finished_on", ("2021-09-30", "2021-10-08"), {"item": "失业补助金申领"}),
    ],
)
def test_last_day_on_time(
    target_id: str, start: str, end: str, last_day: tuple[str, str], fixed: dict[str, object]
) -> None:
    first, last = map(dt.date.fromisoformat, last_day)
    fixed = {"user_class": "低压小微", **fixed}
    in_time, late = ({start: first, end: last + dt.timedelta(days=late), **fixed} for late in (0, 1))
    assert parts_of(target_id, [in_time]) == [("2021-10", 1, 1)]
    assert parts_of(target_id, [late]) == [("2021-10", 0, 1)]


def test_a_number_of_items_is_the_stock_of_the_month() -> None:
    """Not a running sum: 70 items in October and 74 in November are 74."""
    rows: list[dict[str, object]] = [
        {"period": "2021-10", "province_done": 70},
        {"period": "2021-11", "province_done": 74},
    ]
    assert sorted(parts_of("cross-province-items", rows)) == [("2021-10", 70, 1), ("2021-11", 74, 1)]


def test_prepayment_leaves_out_what_is_not_signed() -> None:
    """30 of 100 for large firms; the contract still unsigned has no sums yet and the small firm has its own target."""
    rows: list[dict[str, object]] = [
        {"supplier_class": "其他企业", "signed_on": "2021-08-02", "amount_yuan": 100.0, "prepaid_yuan": 30.0},
        {"supplier_class": "其他企业"},
        {"supplier_class": "中小企业", "signed_on": "2021-08-03", "amount_yuan": 200.0, "prepaid_yuan": 120.0},
    ]
    assert parts_of("procurement-prepayment", rows) == [("2021-08", 30, 100)]
    assert parts_of("procurement-prepayment-sme", rows) == [("2021-08", 120, 200)]


def test_recorders_count_units() -> None:
    rows: list[dict[str, object]] = [{"period": "2021-Q3", "has_recorders": has} for has in (True, True, False)]
    assert parts_of("enforcement-recorders", rows) == [("2021-Q3", 2, 3)]
