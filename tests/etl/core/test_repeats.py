"""Repeats of cases: by whom and what, within how many days, whatever the order of the rows."""

from __future__ import annotations

import duckdb
import ibis
import pandas as pd

from etl.core.repeats import mark_repeats
from schemas.models.contract import Contract

CONTRACT = Contract.model_validate(
    {
        "id": "calls", "name_zh": "来电", "name_en": "calls", "owner": "u", "kind": "cases", "files": ["*"],
        "period": {"grain": "month", "read_from": ["rows"]}, "key": ["k"], "resend": "merge", "received": "got",
        "columns": [
            {"name": "k", "header": "k", "type": "id"},
            {"name": "got", "header": "got", "type": "datetime"},
            {"name": "caller", "header": "caller", "type": "text", "personal": True, "required": False},
            {"name": "item", "header": "item", "type": "code"},
        ],
        "events": {"repeat": {"by": ["caller", "item"], "days": 30}},
    }
)  # fmt: skip


def test_a_repeat_is_the_same_caller_and_item_within_thirty_days() -> None:
    rows = [
        ("5", "2023-05-02 09:00", "h1", "水"),  # 31 days after the second: none
        ("1", "2023-03-02 09:00", "h1", "水"),
        ("2", "2023-04-01 23:00", "h1", "水"),  # 30 days after the first
        ("3", "2023-04-02 09:00", "h1", "电"),  # another item
        ("4", "2023-04-03 09:00", "h2", "水"),  # another caller
        ("6", "2023-05-02 10:00", "h1", "水"),  # the same day again
        ("7", "2023-05-03 09:00", None, "水"),  # nobody knows who
        ("8", "2023-05-04 09:00", None, "水"),
    ]
    frame = pd.DataFrame(rows, columns=["k", "got", "caller", "item"])
    frame["got"] = pd.to_datetime(frame["got"]).astype("datetime64[us]")
    backend = ibis.duckdb.from_connection(duckdb.connect())
    backend.con.register("calls", frame)
    marked = mark_repeats(backend.table("calls"), CONTRACT).execute()
    assert set(marked.loc[marked["is_repeat"], "k"]) == {"2", "6"}
    assert len(marked) == len(rows)
