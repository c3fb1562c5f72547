"""The document that `bizenv deadline` prints."""

from __future__ import annotations

import json

from etl.core.clock import Limit, Moment, WorkCalendar, deadline_json, parse_suspension

P = Moment.parse


def test_exactly_the_promised_keys_as_plain_json(cn: WorkCalendar) -> None:
    document = deadline_json(
        P("2023-03-01"),
        Limit.parse("5 workday"),
        cn,
        end=P("2023-03-10"),
        suspensions=[parse_suspension("2023-03-02..2023-03-06")],
    )
    assert document == {
        "deadline_date": "2023-03-10",
        "deadline": "2023-03-11T00:00:00",
        "elapsed": 5,
        "unit": "workday",
        "kept": True,
        "light": "green",
        "counted_days": ["2023-03-02", "2023-03-07", "2023-03-08", "2023-03-09", "2023-03-10"],
        "calendar": f"cn@{cn.version}",
    }
    assert json.loads(json.dumps(document)) == document


def test_details_say_why_a_value_is_null(cn: WorkCalendar) -> None:
    document = deadline_json(P("2023-03-01"), Limit.parse("2 hour"), cn, details=True)
    assert document["deadline"] is None
    assert document["reason"] == "precision_too_coarse"
    assert (document["marks"], document["clock_abuse"], document["age_days"]) == ([], [], None)


def test_shares_of_a_day_are_numbers(cn: WorkCalendar) -> None:
    document = deadline_json(P("2023-03-01T10:00"), Limit.parse("0.5 workday"), cn, end=P("2023-03-01T11:45"))
    assert document["elapsed"] == 0.25
