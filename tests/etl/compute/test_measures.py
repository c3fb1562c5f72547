"""From which day on a target needs values."""

from __future__ import annotations

import datetime as dt

import pytest

from etl.compute.measures import first_day
from tests.etl.judge.hand import make_target

START = dt.date(2023, 3, 15)


@pytest.mark.parametrize(
    ("changes", "acceptance", "day"),
    [
        pytest.param({}, False, "2023-03-15", id="its window"),
        pytest.param({"path": {"form": "last_year"}}, False, "2022-02-01", id="last year and the month before it"),
        pytest.param({"due": "2022-06-30"}, True, "2022-01-01", id="the year in which it was due"),
    ],
)
def test_first_day(changes, acceptance: bool, day: str) -> None:
    target = make_target(**{"from": None, **changes}).model_copy(update={"acceptance": acceptance})
    assert first_day(target, START) == dt.date.fromisoformat(day)
