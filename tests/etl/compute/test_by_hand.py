"""Values of what people enter, by hand: milestones, windows and ranks, up to a day that moves."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from etl.compute.by_hand import Entry, tell, tell_all
from etl.core.by_hand import ByHandCatalogue, indicator_of
from schemas.models.registry import Registry
from tests.etl.by_hand_city import PLAN, load_city


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return load_city(tmp_path_factory.mktemp("city"))


def make_entry(target: str, day: str | None = None, **more: Any) -> Entry:
    """A row as it stands in the lake; a row with a day alone has the period of its month."""
    known: dict[str, Any] = {
        "key": (PLAN, target),
        "unit": "self",
        "period": (day or "")[:7],
        "day": dt.date.fromisoformat(day) if day else None,
        "value": None,
        "grade": None,
        "is_confirmed": False,
        "is_withdrawn": False,
        "batch_id": "b1",
        "line": 2,
        "contract": None,
        "content": {},
    }
    return Entry(**(known | more))


def told(city: Registry, target: str, as_of: str, *entries: Entry) -> dict[tuple[str, str], tuple[Any, ...]]:
    """(unit, period) -> (state, numerator, open numerator, n)."""
    known = ByHandCatalogue.of(city).targets[PLAN, target]
    rows = [item.row for item in tell(known, entries, as_of=dt.date.fromisoformat(as_of))]
    assert all(row.denominator == 1 for row in rows if row.state == "ok")
    return {(r.unit, r.period): (r.state, r.numerator, r.open_numerator, r.n) for r in rows}


def test_the_name_among_the_indicators() -> None:
    assert indicator_of("hand-city", "meeting") == "manual:hand-city:meeting"


def test_the_catalogue_holds_ranks_milestones_and_cadences_with_tasks(city: Registry) -> None:
    catalogue = ByHandCatalogue.of(city)
    names = ["list-published", "meeting", "visit", "city-rank", "city-grade", "guide-issued"]
    assert [key[1] for key in catalogue.targets] == names
    assert catalogue.others == {(PLAN, "online")}


def test_a_milestone_is_one_row_in_the_month_of_its_due_day(city: Registry) -> None:
    early, last_day, late = (
        make_entry("list-published", day, is_confirmed=True) for day in ("2023-05-02", "2023-06-30", "2023-07-01")
    )
    assert told(city, "list-published", "2023-12-31") == {}
    assert told(city, "list-published", "2023-12-31", early, last_day) == {("self", "2023-06"): ("ok", 2, 0, 2)}
    assert told(city, "list-published", "2023-12-31", late) == {("self", "2023-06"): ("ok", 0, 1, 1)}
    assert told(city, "list-published", "2023-12-31", last_day, late) == {("self", "2023-06"): ("ok", 1, 1, 2)}


def test_a_cadence_has_a_row_for_every_window_begun(city: Registry) -> None:
    """January-February: two events; March-April: a stated 0; May-June: nothing; July-August has not begun."""
    entries = (make_entry("meeting", "2023-01-05"), make_entry("meeting", "2023-02-28"))
    zero = make_entry("meeting", period="2023-03..04", value=0)
    assert told(city, "meeting", "2023-05-01", *entries, zero) == {
        ("self", "2023-01..02"): ("ok", 2, None, 2),
        ("self", "2023-03..04"): ("ok", 0, None, 0),
        ("self", "2023-05..06"): ("manual_pending", None, None, None),
    }
    assert list(told(city, "meeting", "2022-12-31")) == []
    assert len(told(city, "meeting", "2024-05-01")) == 6  # nothing is missed after the end of the plan


def test_a_stated_count_and_single_events_do_not_add_up(city: Registry) -> None:
    stated = make_entry("meeting", period="2023-01..02", value=3)
    events = [make_entry("meeting", f"2023-01-{day:02d}") for day in (4, 11)]
    assert told(city, "meeting", "2023-01-31", stated, *events)["self", "2023-01..02"] == ("ok", 3, None, 3)
    both = make_entry("meeting", "2023-01-18", value=2)
    assert told(city, "meeting", "2023-01-31", *events, both)["self", "2023-01..02"] == ("ok", 4, None, 4)


def test_units_have_windows_of_their_own(city: Registry) -> None:
    found = told(city, "meeting", "2023-03-31", make_entry("meeting", "2023-03-05", unit="东街道"))
    assert found == {
        ("东街道", "2023-01..02"): ("manual_pending", None, None, None),
        ("东街道", "2023-03..04"): ("ok", 1, None, 1),
    }


def test_a_rolling_window_ends_with_each_month_or_today(city: Registry) -> None:
    """Two visits, 5 January and 5 March: no two calendar windows show it, but 6 January to 4 March is empty.

    First stretch: January and February (1 visit); then February and March (1); then 11 February to 10 April (1).
    """
    visits = (make_entry("visit", "2023-01-05"), make_entry("visit", "2023-03-05"))
    assert told(city, "visit", "2023-04-10", *visits) == {
        ("self", "2023-02"): ("ok", 1, None, 1),
        ("self", "2023-03"): ("ok", 1, None, 1),
        ("self", "2023-04"): ("ok", 1, None, 1),
    }
    # 6 March to 5 May: the visit of 5 March has left the stretch
    assert told(city, "visit", "2023-05-05", *visits)["self", "2023-05"] == ("manual_pending", None, None, None)


def test_a_rank_is_a_row_a_period_and_a_grade_its_place(city: Registry) -> None:
    ranks = (make_entry("city-rank", period="2023-H1", value=4), make_entry("city-rank", period="2023-Q3", value=2))
    assert told(city, "city-rank", "2023-12-31", *ranks) == {
        ("self", "2023-H1"): ("ok", 4, None, 1),
        ("self", "2023-Q3"): ("ok", 2, None, 1),
    }
    graded = make_entry("city-grade", period="2023", grade="良好")
    assert told(city, "city-grade", "2023-12-31", graded) == {("self", "2023"): ("ok", 2, None, 1)}


def test_the_later_publication_of_a_rank_stands(city: Registry) -> None:
    first = make_entry("city-rank", "2023-07-10", period="2023-H1", value=4)
    second = make_entry("city-rank", "2023-08-01", period="2023-H1", value=3)
    assert told(city, "city-rank", "2023-12-31", second, first)["self", "2023-H1"] == ("ok", 3, None, 1)


def test_what_is_taken_back_or_not_yet_known_does_not_count(city: Registry) -> None:
    entries = (
        make_entry("meeting", "2023-01-20", is_withdrawn=True),
        make_entry("list-published", "2023-06-25", is_confirmed=True),
        make_entry("city-rank", period="2023-H2", value=1),
    )
    catalogue = ByHandCatalogue.of(city)
    windows = [item.row.state for item in tell_all(catalogue, entries, as_of=dt.date(2023, 4, 30))[PLAN, "meeting"]]
    assert windows == ["manual_pending", "manual_pending"]
    assert tell_all(catalogue, entries, as_of=dt.date(2023, 6, 24))[PLAN, "list-published"] == []
    (row,) = tell_all(catalogue, entries, as_of=dt.date(2023, 6, 30))[PLAN, "list-published"]
    assert (row.row.n, [e.day for e in row.entries]) == (1, [dt.date(2023, 6, 25)])
    assert tell_all(catalogue, entries, as_of=dt.date(2023, 6, 30))[PLAN, "city-rank"] == []
    assert len(tell_all(catalogue, entries, as_of=dt.date(2023, 7, 1))[PLAN, "city-rank"]) == 1
