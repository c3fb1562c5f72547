"""The 2110 clock of the Ganyu pack over four requests whose deadlines are worked out by hand."""

from __future__ import annotations

import datetime as dt

import duckdb
import ibis
import pandas as pd
import pyarrow as pa
import pytest

from etl.compute.calendar_join import register_calendar
from etl.compute.case_parts import CaseSource, share_parts
from schemas.models.calendar import CalendarSpec
from schemas.models.contract import Contract
from schemas.models.indicator import Indicator
from schemas.models.plan import Target
from schemas.models.registry_checks import limit_of
from schemas.models.yaml_source import parse_as, parse_list, read_yaml
from schemas.settings import REPO

SCHEMAS = REPO / "schemas"
TARGETS = {
    target.id: target
    for target in parse_list(Target, read_yaml(SCHEMAS / "plans" / "ganyu-improvement-year" / "targets.yml"))
}
EVENTS = ("received_at", "arrived_at", "contacted_at", "feedback_at", "solved_at", "confirmed_at")

# Office hours 09:00-12:00 and 13:30-17:30; all days are in March 2024, the 4th is a Monday, no holiday.
REQUESTS = [
    # 30 minutes are left on the 4th, so 2 hours end at 10:30 on the 5th; the tenth working day is the 18th.
    ("called in time", "04 17:00", None, "05 10:30", "05 10:00", "18 16:00", None),
    ("visited one minute late", "04 17:00", "05 10:31", None, "06 09:00", None, "12 10:00"),
    # Received after closing: 2 hours run from 09:00 on the 7th; the tenth working day is the 20th.
    ("received in the evening", "06 20:00", None, "07 11:00", "07 17:00", "21 10:00", None),
    ("never answered", "11 09:00", None, None, None, None, None),
]


def stamp(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(f"2024-03-{text}") if text else None


def requests_frame() -> pd.DataFrame:
    rows = []
    for line, (name, *events) in enumerate(REQUESTS):
        row: dict[str, object] = {"batch_id": "b", "sheet": "s", "line": line, "ticket_id": name, "unit": "住建局"}
        for column, text in zip(EVENTS, events, strict=True):
            row |= {column: stamp(text), f"{column}_date_only": False}
        rows.append(row)
    frame = pd.DataFrame(rows)
    return frame.assign(**{column: pd.to_datetime(frame[column]).astype("datetime64[us]") for column in EVENTS})


@pytest.mark.parametrize(
    ("target_id", "limit", "kept"),
    [
        ("request-contact", "2 office_hour", 2),  # called in time, received in the evening
        ("request-feedback", "1 workday", 2),  # the same two: the other answer came on the second working day
        ("request-solved", "10 workday", 2),  # solved on the tenth day, confirmed on the sixth; the third is a day late
    ],
)
def test_limits_of_2110(target_id: str, limit: str, kept: int) -> None:
    target = TARGETS[target_id]
    assert limit_of(target) == limit
    indicator = parse_as(Indicator, read_yaml(SCHEMAS / "indicators" / f"{target.indicator}.yml"))
    contract = parse_as(Contract, read_yaml(SCHEMAS / "contracts" / f"{indicator.source}.yml"))
    backend = ibis.duckdb.from_connection(duckdb.connect())
    calendar = register_calendar(backend, CalendarSpec(id="cn", name_zh="cn"))
    backend.con.register("requests", pa.Table.from_pandas(requests_frame(), preserve_index=False))
    parts = pd.concat(
        share_parts(
            CaseSource(backend.table("requests"), indicator, contract, calendar, dt.date(2024, 3, 31), {}), limit
        )
    )
    assert [(row["period"], int(row["numerator"]), int(row["n"])) for row in parts.to_dict("records")] == [
        ("2024-03", kept, len(REQUESTS))
    ]
