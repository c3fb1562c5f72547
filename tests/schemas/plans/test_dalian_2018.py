"""Start-up limits of the Dalian pack over three cases whose results are worked out by hand.

Saturday 29 December 2018 is a working day, 30 December to 1 January are holidays; office hours are 09:00-12:00 and
13:30-17:30, so half a day is 3.5 hours.
"""

from __future__ import annotations

import datetime as dt
import re

import duckdb
import ibis
import pandas as pd
import pyarrow as pa
import pytest

from etl.compute.calendar_join import register_calendar
from etl.compute.case_parts import CaseSource, share_parts
from etl.compute.parts import figure_parts
from schemas.models.calendar import CalendarSpec
from schemas.models.commitments import Task
from schemas.models.contract import Contract
from schemas.models.indicator import Indicator
from schemas.models.plan import Target
from schemas.models.registry_checks import limit_of
from schemas.models.yaml_source import parse_as, parse_list, read_yaml
from schemas.settings import REPO

SCHEMAS = REPO / "schemas"
PACK = SCHEMAS / "plans" / "dalian-2018"
TARGETS = {target.id: target for target in parse_list(Target, read_yaml(PACK / "targets.yml"))}
CONTRACT = parse_as(Contract, read_yaml(SCHEMAS / "contracts" / "dl_startup_cases.yml"))
TIMES = ("accepted_at", "registered_at", "seal_ordered_at", "seal_done_at", "invoice_applied_at", "invoice_done_at")

# Times in the order of TIMES, then the days of the three steps and of the whole chain.
IN_TIME = ("12-27 10:00", "12-29 17:00", "12-29 09:00", "01-02 17:00", "12-29 16:00", "01-02 11:00", 3.5, 6)
LATE = ("12-27 10:00", "01-02 09:00", "01-02 09:00", "01-04 09:00", "12-29 16:00", "01-02 11:01", 4.5, 9)
CASES = [(True, *IN_TIME), (True, *LATE), (False, *LATE)]  # the third is no ordinary company


def stamp(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{2018 if text.startswith('12') else 2019}-{text}")


def cases_table() -> pa.Table:
    rows = []
    for line, (is_general, *times, steps, chain) in enumerate(CASES):
        row = {"batch_id": "b", "sheet": "s", "line": line, "unit": "中山区", "is_general": is_general}
        row |= {name: stamp(str(text)) for name, text in zip(TIMES, times, strict=True)}
        row |= {"steps_done_at": stamp("01-04 09:00"), "three_step_days": steps}
        row |= {"chain_done_at": stamp("01-15 09:00"), "chain_days": chain}
        rows.append(row | {f"{name}_date_only": False for name in TIMES})
    frame = pd.DataFrame(rows)
    times = frame.select_dtypes("datetime").columns
    return pa.Table.from_pandas(frame.astype(dict.fromkeys(times, "datetime64[us]")), preserve_index=False)


def parts_of(target_id: str) -> list[tuple[str, float, float]]:
    """(period, numerator, denominator) that the pipeline makes of the three cases."""
    target = TARGETS[target_id]
    indicator = parse_as(Indicator, read_yaml(SCHEMAS / "indicators" / f"{target.indicator}.yml"))
    backend = ibis.duckdb.from_connection(duckdb.connect())
    backend.con.register("cases", cases_table())
    table = backend.table("cases")
    if indicator.form == "ratio":
        frame = figure_parts(table, indicator, CONTRACT)
    else:
        calendar = register_calendar(backend, CalendarSpec(id="cn", name_zh="cn"))
        frame = pd.concat(
            share_parts(CaseSource(table, indicator, CONTRACT, calendar, dt.date(2019, 1, 31), {}), limit_of(target))
        )
    return [(r["period"], float(r["numerator"]), float(r["denominator"])) for r in frame.to_dict("records")]


@pytest.mark.parametrize(
    ("target_id", "limit", "expected"),
    [
        ("startup-registration-time", "2 workday", ("2018-12", 1, 2)),  # until the end of Saturday the 29th
        ("startup-seal-time", "1 workday", ("2019-01", 1, 2)),  # the next working day is 2 January, then the 3rd
        ("startup-invoice-time", "0.5 workday", ("2019-01", 1, 2)),  # 1.5 hours on the 29th, 2 hours on 2 January
    ],
)
def test_each_step_has_its_own_limit(target_id: str, limit: str, expected: tuple[str, int, int]) -> None:
    assert limit_of(TARGETS[target_id]) == limit
    assert parts_of(target_id) == [expected]


def test_three_steps_and_the_whole_chain_are_two_numbers() -> None:
    assert parts_of("startup-three-steps-time") == [("2019-01", 3.5 + 4.5, 2)]  # ordinary companies alone
    assert parts_of("startup-chain-2019") == [("2019-01", 6 + 9 + 9, 3)]


def test_the_chain_has_two_phases_without_a_gap() -> None:
    first, second = TARGETS["startup-chain-2019"], TARGETS["startup-chain-2020"]
    assert first.series == second.series != TARGETS["startup-three-steps-time"].series
    assert (first.due, second.start) == (dt.date(2019, 6, 30), dt.date(2019, 7, 1))


def test_each_of_the_24_measures_has_its_deadline() -> None:
    tasks = parse_list(Task, read_yaml(PACK / "tasks.yml"))
    clauses = {entry.clause for entry in (*tasks, *TARGETS.values())}
    found = {int(m[1]) for clause in clauses if (m := re.fullmatch(r"二\([四五六七八九]\)(\d+)", clause))}
    assert found == set(range(1, 25))
