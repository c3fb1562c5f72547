"""The document that `bizenv deadline` prints."""

from __future__ import annotations

import json

from etl.core.clock import ClockRules, Extension, Limit, Moment, WorkCalendar, deadline_json, parse_suspension

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
        "reason": None,
        "marks": [],
        "clock_abuse": [],
        "age_days": None,
        "recomputed": None,
        "extended": None,
    }
    assert json.loads(json.dumps(document)) == document


def test_it_says_why_a_value_is_null(cn: WorkCalendar) -> None:
    document = deadline_json(P("2023-03-01"), Limit.parse("2 hour"), cn)
    assert document["deadline"] is None
    assert document["reason"] == "precision_too_coarse"
    assert (document["marks"], document["clock_abuse"], document["age_days"]) == ([], [], None)


def test_shares_of_a_day_are_numbers(cn: WorkCalendar) -> None:
    document = deadline_json(P("2023-03-01T10:00"), Limit.parse("0.5 workday"), cn, end=P("2023-03-01T11:45"))
    assert document["elapsed"] == 0.25


def test_a_deadline_of_the_file_decides_and_ours_stands_beside_it(cn: WorkCalendar) -> None:
    document = deadline_json(
        P("2023-03-01"), Limit.parse("5 workday"), cn, end=P("2023-03-09"), deadline_from=P("2023-03-10")
    )
    assert (document["deadline_date"], document["kept"], document["recomputed"]) == ("2023-03-10", True, "2023-03-08")


def test_the_last_day_may_end_at_the_time_of_the_start(cn: WorkCalendar) -> None:
    """Wednesday 1 March 10:15, two working days: Friday the 3rd at 10:15."""
    rules = ClockRules(last_day="start_time")
    kept = [
        deadline_json(P("2023-03-01T10:15"), Limit.parse("2 workday"), cn, end=P(end), rules=rules)["kept"]
        for end in ("2023-03-03T10:15", "2023-03-03T10:16")
    ]
    assert kept == [True, False]


def test_an_extension_signed_in_time(cn: WorkCalendar) -> None:
    """5 working days end on 8 March 2023; 5 more, signed on that day, end on the 15th; on the 9th it is void."""
    for signed, date, abuse in (("2023-03-08", "2023-03-15", []), ("2023-03-09", None, ["extension_after_deadline"])):
        extension = Extension(Limit.parse("5 workday"), P(signed))
        document = deadline_json(P("2023-03-01"), Limit.parse("5 workday"), cn, extension=extension)
        assert (document["extended"], document["clock_abuse"]) == (date, abuse)
        assert document["deadline_date"] == "2023-03-08"  # the plan's own limit is not moved
