"""Each kind, status and reason once, in a table that can be checked by head.

Of the 249 working days of 2023, 18 are gone at the end of January and 123 (49.4 %) at the end of June.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from etl.judge.reasons import REASONS, SETTLED_REASONS, SILENT_REASONS
from tests.etl.judge.hand import judge_rows, make_target, value

JUNE, END = "2023-06-30", "2023-12-31"
COUNT = {"form": "count", "unit": "count"}
MEAN = {"form": "case_mean", "unit": "workday", "direction": "lower_is_better"}
STANDING = {"kind": "standing", "due": None}
LIMIT = {"kind": "each_case", "comparator": "<=", "value": 5, "unit": "workday", "due": None}
AVERAGE = {"kind": "average_case", "comparator": "<=", "value": 3, "unit": "workday", "due": None}
SUM = {"kind": "cumulative", "value": 100, "unit": "count"}
CEILING = {**SUM, "comparator": "<="}
BY_HAND = {"indicator": None, "value": None, "unit": "count"}
MILESTONE = {**BY_HAND, "kind": "milestone", "due": "2023-06-30"}
CADENCE = {**BY_HAND, "kind": "cadence", "value": 2, "every": "quarter", "due": None}
RANK = {**BY_HAND, "kind": "rank", "comparator": "<=", "value": 3, "unit": "rank"}
GRADE = {**BY_HAND, "kind": "rank", "grade": "优异", "scale": "s", "unit": "grade", "value": 3, "due": None}


def open_cases(numerator: int, denominator: int) -> dict[str, Decimal]:
    return {"open_numerator": Decimal(numerator), "open_denominator": Decimal(denominator)}


def confirmed(on_time: int, late: int = 0, state: str = "ok"):
    return value("2023-06", on_time, 1, n=on_time + late, state=state, **open_cases(late, 1))


def events(period: str, count: int, state: str = "ok"):
    return value(period, count, 1, n=count, state=state)


def months(*rates: str):
    return [value(f"2023-{i:02d}", rate, 100) for i, rate in enumerate(rates, start=1)]


STEADY = ("98", "99") * 5 + ("98",)

CASES = [
    # standing
    (STANDING, {}, [value("2023-03", 96, 100)], END, "met satisfied green"),
    (STANDING, {}, [value("2023-03", 95, 100)], END, "missed not_satisfied red"),
    ({**STANDING, "comparator": ">"}, {}, [value("2023-03", 96, 100)], END, "missed not_satisfied red"),
    ({**STANDING, "comparator": "<"}, {}, [value("2023-03", 96, 100)], END, "missed not_satisfied red"),
    ({**STANDING, "comparator": "=="}, {}, [value("2023-03", 192, 200)], END, "met satisfied green"),
    ({**STANDING, "strength": "strive"}, {}, [value("2023-03", 95, 100)], END, "missed strive yellow"),
    # falling 1, then 1.5: the line is at 95.33 next
    (STANDING, {}, months("99", "98", "96.5"), END, "at_risk early_warning_trend yellow"),
    # falling 1 and 1: the line is at exactly 96 next, which is still kept
    (STANDING, {}, months("99", "98", "97"), END, "met satisfied green"),
    # at exactly 96 it is no longer above 96
    ({**STANDING, "comparator": ">"}, {}, months("99", "98", "97"), END, "at_risk early_warning_trend yellow"),
    # falls, but not in both steps
    (STANDING, {}, months("97", "99", "96.5"), END, "met satisfied green"),
    # mean 97.96, mean moving range 16 / 11: lower limit 94.09
    ({**STANDING, "value": 90}, {}, months(*STEADY, "92"), END, "at_risk early_warning_xmr yellow"),
    ({**STANDING, "value": 90}, {}, months(*STEADY, "97"), END, "met satisfied green"),
    # a single high value is no warning for a floor
    ({**STANDING, "value": 50}, {}, months(*(["60", "61"] * 5), "60", "99"), END, "met satisfied green"),
    # by_deadline
    ({}, {}, [value("2023-12", 96, 100)], END, "met satisfied green"),
    ({}, {}, [value("2023-12", 95, 100)], END, "missed not_reached red"),
    ({}, {}, [value("2023-12", 95, 100)], "2023-12-30", "not_due before_due neutral"),
    ({}, {}, [value("2023-06", 95, 100)], JUNE, "not_due before_due neutral"),
    ({"strength": "strive"}, {}, [value("2023-12", 95, 100)], END, "missed strive yellow"),
    # 80 -> 96; half of the way is 88, an eighth 82
    ({}, {"base": 80}, [value("2023-06", 88, 100)], JUNE, "met on_path green"),
    ({}, {"base": 80}, [value("2023-06", 82, 100)], JUNE, "at_risk behind_path yellow"),
    # 2 -> 6 things: 3.98 should be there; 3.2 is 19 points behind, but not by a whole one; 2.9 is
    ({"value": 6, "unit": "count"}, {"base": 2, **COUNT}, [value("2023-06", "3.2")], JUNE, "met on_path green"),
    (
        {"value": 6, "unit": "count"},
        {"base": 2, **COUNT},
        [value("2023-06", "2.9")],
        JUNE,
        "at_risk behind_path yellow",
    ),
    # 98 at the start satisfied 96: 90 is four times the way from 98 to 96, and no progress at all
    ({}, {"base": 98}, [value("2023-06", 90, 100)], JUNE, "at_risk behind_path yellow"),
    ({}, {"base": 98}, [value("2023-06", 97, 100)], JUNE, "met satisfied green"),
    ({}, {"base": 98}, [value("2023-12", 90, 100)], END, "missed not_reached red"),
    ({}, {"base": 96}, [value("2023-06", 90, 100)], JUNE, "at_risk behind_path yellow"),
    # the start is a goal that it does not satisfy: no way, nothing to be behind of
    ({"comparator": ">"}, {"base": 96}, [value("2023-06", 90, 100)], JUNE, "not_due before_due neutral"),
    # hold: after the due day every period counts
    ({"hold": True, "due": JUNE}, {}, [value("2023-07", 96, 100)], END, "met satisfied green"),
    ({"hold": True, "due": JUNE}, {}, [value("2023-07", 95, 100)], END, "missed not_satisfied red"),
    # falling is good: 8 -> 4 hours
    ({"comparator": "<=", "value": 4}, {"base": 8, "unit": "%"}, [value("2023-06", 6, 100)], JUNE, "met on_path green"),
    # cumulative
    (SUM, COUNT, [events("2023-01", 60), events("2023-02", 40)], JUNE, "met satisfied green"),
    # 18 of 249 days are 7.2 %; a tenth is tolerated
    (SUM, COUNT, [events("2023-01", 0)], "2023-01-31", "met on_path green"),
    (SUM, COUNT, [events("2023-01", 10), events("2023-06", 0)], JUNE, "at_risk behind_path yellow"),
    (SUM, COUNT, [events("2023-12", 99)], END, "missed not_reached red"),
    (CEILING, COUNT, [events("2023-06", 49)], JUNE, "met on_path green"),
    (CEILING, COUNT, [events("2023-06", 70)], JUNE, "at_risk over_pace yellow"),
    (CEILING, COUNT, [events("2023-06", 101)], JUNE, "missed over_limit red"),
    (CEILING, COUNT, [events("2023-12", 100)], END, "met satisfied green"),
    # each_case
    (LIMIT, {"form": "case_share"}, [value("2023-03", 3, 3, n=3)], END, "met satisfied green"),
    (LIMIT, {"form": "case_share"}, [value("2023-03", 2, 3, n=3)], END, "missed late_cases red"),
    (
        {**LIMIT, "required_share": 90},
        {"form": "case_share"},
        [value("2023-03", 9, 10, n=10)],
        END,
        "met satisfied green",
    ),
    # average_case
    (AVERAGE, MEAN, [value("2023-03", 30, 10, n=10)], END, "met satisfied green"),
    (AVERAGE, MEAN, [value("2023-03", 31, 10, n=10)], END, "missed over_limit red"),
    (AVERAGE, MEAN, [value("2023-03", 30, 10, n=10, **open_cases(35, 11))], END, "at_risk open_cases yellow"),
    (AVERAGE, MEAN, [value("2023-03", 30, 10, n=10, **open_cases(33, 11))], END, "met satisfied green"),
    # reduction and growth
    (
        {"kind": "reduction", "value": 25},
        {"base": 8, "unit": "hour"},
        [value("2023-12", 60, 10)],
        END,
        "met satisfied green",
    ),
    (
        {"kind": "reduction", "value": 25},
        {"base": 8, "unit": "hour"},
        [value("2023-12", 61, 10)],
        END,
        "missed not_reached red",
    ),
    (
        {"kind": "growth", "value": 10},
        {"base": 50, "unit": "CNY"},
        [value("2023-12", 550, 10)],
        END,
        "met satisfied green",
    ),
    (
        {"kind": "growth", "value": 10},
        {"base": 50, "unit": "CNY"},
        [value("2023-06", 515, 10)],
        JUNE,
        "at_risk behind_path yellow",
    ),
    (
        {"kind": "growth", "value": 10},
        {"base": 50, "unit": "CNY"},
        [value("2023-06", 525, 10)],
        JUNE,
        "met on_path green",
    ),
    # a ceiling on growth holds at the start: 60 is 20 % above 50, twice what is allowed
    (
        {"kind": "growth", "value": 10, "comparator": "<="},
        {"base": 50, "unit": "CNY"},
        [value("2023-06", 600, 10)],
        JUNE,
        "at_risk behind_path yellow",
    ),
    (
        {"kind": "growth", "value": 10, "due": None},
        {"base": 50},
        [value("2023-06", 5, 10)],
        JUNE,
        "missed not_satisfied red",
    ),
    # coverage: three of three is enough, however few
    ({"kind": "coverage", "value": 100}, {}, [value("2023-12", 3, 3, n=3)], END, "met satisfied green"),
    ({"kind": "coverage", "value": 100}, {}, [value("2023-12", 2, 3, n=3)], END, "missed not_reached red"),
    # rank and grade
    (RANK, {}, [events("2023-12", 3)], END, "met satisfied green"),
    (RANK, {}, [events("2023-12", 4)], END, "missed not_reached red"),
    (RANK, {}, [events("2023-06", 4)], JUNE, "not_due before_due neutral"),
    (RANK, {}, [events("2023-06", 2)], JUNE, "met satisfied green"),
    (GRADE, {}, [events("2023", 3)], END, "met satisfied green"),
    (GRADE, {}, [events("2023", 2)], END, "missed not_satisfied red"),
    # milestone
    (MILESTONE, {}, [confirmed(1)], "2023-05-01", "met confirmed green"),
    (MILESTONE, {}, [confirmed(1, 1)], END, "met confirmed green"),
    (MILESTONE, {}, [confirmed(0, state="manual_pending")], JUNE, "not_due before_due neutral"),
    (MILESTONE, {}, [confirmed(0, state="manual_pending")], "2023-07-01", "missed no_evidence red"),
    (MILESTONE, {}, [confirmed(0, 1)], "2023-07-01", "missed late red"),
    ({**MILESTONE, "strength": "strive"}, {}, [confirmed(0, 1)], "2023-07-01", "missed strive yellow"),
    # cadence
    (CADENCE, {}, [events("2023-Q2", 2)], "2023-05-01", "met satisfied green"),
    (CADENCE, {}, [events("2023-Q2", 1)], "2023-06-29", "not_due before_due neutral"),
    (CADENCE, {}, [events("2023-Q2", 1)], JUNE, "missed too_few red"),
    (CADENCE, {}, [events("2023-Q2", 0, state="manual_pending")], "2023-06-29", "not_due before_due neutral"),
    (CADENCE, {}, [events("2023-Q2", 0, state="manual_pending")], JUNE, "no_data manual_pending grey"),
    ({**CADENCE, "comparator": "<="}, {}, [events("2023-Q2", 3)], JUNE, "missed not_satisfied red"),
    ({**CADENCE, "comparator": "<="}, {}, [events("2023-Q2", 2)], "2023-06-29", "not_due before_due neutral"),
    ({**CADENCE, "comparator": "<="}, {}, [events("2023-Q2", 2)], JUNE, "met satisfied green"),
    # what is not known
    (STANDING, {}, [value("2023-03", 0, 0, n=0)], END, "no_data no_cases grey"),
    ({**STANDING, "comparator": "<="}, {}, [value("2023-03", 0, 0, n=0)], END, "no_data no_cases grey"),
    (LIMIT, {"form": "case_share"}, [value("2023-03", 0, 0, n=0)], END, "no_data no_cases grey"),
    (AVERAGE, MEAN, [value("2023-03", 0, 0, n=0)], END, "no_data no_cases grey"),
    ({"kind": "coverage"}, {}, [value("2023-03", 0, 0, n=0)], END, "no_data no_cases grey"),
    (STANDING, {}, [value("2023-03", 4, 4, n=4)], END, "no_data sample_too_small grey"),
    (STANDING, {}, [value("2023-03", 5, 5, n=5)], END, "met satisfied green"),
    ({"kind": "reduction", "value": 25}, {}, [value("2023-12", 60, 10)], END, "no_data baseline_missing grey"),
    ({"kind": "growth", "value": 25}, {"base": 0}, [value("2023-12", 60, 10)], END, "no_data baseline_missing grey"),
    (STANDING, {"version": 2}, [value("2023-03", 96, 100, definition=1)], END, "no_data definition_changed grey"),
    (STANDING, {"version": 2}, [value("2023-03", 96, 100, definition=2)], END, "met satisfied green"),
    (
        *({"kind": "growth", "value": 1}, {"base": 1, "base_version": 1, "version": 2}, [value("2023-12", 6, 10)], END),
        "no_data definition_changed grey",
    ),
    # the way leaves the published years
    ({"due": "2099-12-31"}, {"base": 80}, [value("2023-06", 88, 100)], JUNE, "no_data calendar_not_published grey"),
    ({"due": "2099-12-31"}, {"base": 80}, [value("2023-06", 97, 100)], JUNE, "met satisfied green"),
    *(
        (STANDING, {}, [value("2023-03", None, None, n=None, state=state)], END, f"no_data {state} grey")
        for state in SILENT_REASONS
    ),
]


@pytest.mark.parametrize(("target", "options", "values", "as_of", "expected"), CASES)
def test_last_row(target, options, values, as_of, expected) -> None:
    row = judge_rows(make_target(**target), values, as_of=as_of, **options)[-1]
    assert f"{row.status} {row.reason} {row.light}" == expected
    assert "{" not in row.sentence + row.sentence_en
    assert row.sentence.endswith("。")
    assert (row.value is None) == (row.status == "no_data" or row.reason in ("confirmed", "late", "no_evidence")) or (
        row.reason in ("before_due", "strive")
    )


def test_the_table_shows_every_reason() -> None:
    shown = {case[-1].split()[1] for case in CASES}
    assert shown == set(REASONS) - {"ok"} == {*SETTLED_REASONS, *SILENT_REASONS}
