"""Lights of open cases in the warehouse: what is written, what leaves, what is remembered; on files of counters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, text

from etl import pipeline
from etl.compute.case_light_stage import is_office_time, refresh_case_lights
from etl.core.case_clocks import list_clocks
from etl.core.clock import Moment, WorkCalendar
from etl.core.context import Context
from schemas.models.calendar import CalendarSpec
from schemas.models.registry import Registry
from schemas.settings import Settings
from tests.etl.compute.open_cases import load_city, run_at, take_in, write_cases

# Monday 6 March 2023; five working days end on Monday the 13th, two on Wednesday the 8th
ROWS = [
    ("A1", "市规划局", "1 号窗", "2023-03-06 09:30"),
    ("A2", "市规划局", "2 号窗", "2023-02-20 10:00", "2023-02-20 10:30"),
    ("A3", "市人社局", "3 号窗", "2023-03-01 10:00", "2023-03-01 10:30"),
    ("A4", "市人社局", "3 号窗", "2023-03-02 10:00", "", "2023-03-03 10:00"),
]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_city()


@pytest.fixture
def at(settings: Settings, engine: Engine, registry: Registry) -> Callable[..., Context]:
    return lambda moment, run_id=None: run_at(settings, engine, registry, moment, run_id)


@pytest.fixture
def filled(settings: Settings, at: Callable[..., Context]) -> None:
    write_cases(settings.inbox, "窗口办件一.csv", ROWS)
    take_in(at("2023-03-06"))


@pytest.fixture
def ask(engine: Engine) -> Callable[[str], list[Any]]:
    def query(statement: str) -> list[Any]:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]

    return query


LIGHTS = "select clock, case_key, light from case_lights order by clock, case_key"
CHANGES = "select clock, case_key, light_before, light_after from case_light_changes order by id"


def test_the_clocks_are_the_targets_and_the_steps_that_name_an_indicator(registry: Registry) -> None:
    clocks = list_clocks(registry, as_of=dt.date(2023, 3, 6))
    told = [(c.id, c.limit, c.is_told) for c in clocks]
    assert told == [
        ("case-in-5", "5 workday", True),
        ("case-in-2-strive", "2 workday", False),
        ("timeout-warning/1", "2 office_hour", True),
    ]
    assert list_clocks(registry, as_of=dt.date(2022, 12, 31)) == list_clocks(registry, as_of=dt.date(2022, 1, 1))


@pytest.mark.usefixtures("filled")
def test_each_clock_lights_the_cases_that_are_open_for_it(at: Any, ask: Any) -> None:
    done = refresh_case_lights(at("2023-03-06 10:45"))
    # A1 began 75 minutes ago: 62 % of two office hours. A2 is four days late. A3 has until the 8th (five days) and had
    # until the 3rd (two, only striven for). A4 has ended. A2 and A3 were answered in time: the last clock is done.
    assert ask(LIGHTS) == [
        ("case-in-2-strive", "A1", "green"),
        ("case-in-2-strive", "A2", "yellow"),
        ("case-in-2-strive", "A3", "yellow"),
        ("case-in-5", "A1", "green"),
        ("case-in-5", "A2", "red"),
        ("case-in-5", "A3", "green"),
        ("timeout-warning/1", "A1", "green"),
    ]
    assert (done.clocks, done.changed, done.left) == (3, 7, 0)
    assert done.lights == {"red": 1, "yellow": 1, "green": 1, "suspended": 0, "none": 0}
    row = "select deadline_date, deadline_at, unit, window_name, started_at, sheet, line from case_lights"
    assert ask(f"{row} where clock = 'timeout-warning/1'") == [
        (
            *(dt.date(2023, 3, 6), dt.datetime(2023, 3, 6, 11, 30), "市规划局", "1 号窗"),
            *(dt.datetime(2023, 3, 6, 9, 30), "", 2),
        )
    ]


@pytest.mark.usefixtures("filled")
def test_only_what_changed_is_written_and_reds_are_remembered(at: Any, ask: Any, engine: Engine) -> None:
    refresh_case_lights(at("2023-03-06 10:45"))
    before = ask("select case_key, clock, xmin::text from case_lights order by 1, 2")
    again = refresh_case_lights(at("2023-03-06 10:50"))
    assert (again.changed, again.left) == (0, 0)
    assert ask("select case_key, clock, xmin::text from case_lights order by 1, 2") == before
    # 11:06 is 80 % of the two hours, 11:30 their end: closed at once, and at 11:31 late
    assert refresh_case_lights(at("2023-03-06 11:06", "yellow")).changed == 1
    assert refresh_case_lights(at("2023-03-06 11:30", "still")).changed == 0
    assert refresh_case_lights(at("2023-03-06 11:31", "red")).changed == 1
    mine = "where clock = 'timeout-warning/1'"
    assert ask(f"select run_id, light_before, light_after from case_light_changes {mine} order by id") == [
        ("yellow", "green", "yellow"),
        ("red", "yellow", "red"),
    ]
    assert ask(f"select light_since from case_lights {mine}") == [(at("2023-03-06 11:31").now(),)]
    assert len(ask("select 1 from case_light_changes where light_before is null and light_after = 'green'")) == 0


@pytest.mark.usefixtures("filled")
def test_an_ended_case_leaves_and_an_open_one_cannot_hide(at: Any, ask: Any, settings: Settings) -> None:
    refresh_case_lights(at("2023-03-06"))
    write_cases(settings.inbox, "窗口办件二.csv", [(*ROWS[1], "2023-03-07 09:00")])
    take_in(at("2023-03-07"))
    done = refresh_case_lights(at("2023-03-07"))
    assert done.left == 2
    assert ask("select 1 from case_lights where case_key = 'A2'") == []
    assert [row[2:] for row in ask(CHANGES) if row[:2] == ("case-in-5", "A2")] == [(None, "red"), ("red", None)]
    later = refresh_case_lights(at("2024-12-31"))
    assert later.lights["red"] == 2
    assert ask("select light from case_lights where clock = 'case-in-5' order by case_key") == [("red",), ("red",)]


@pytest.mark.usefixtures("filled")
def test_the_hall_the_units_and_the_windows(at: Any, ask: Any) -> None:
    refresh_case_lights(at("2023-03-06 10:45"))
    rows = ask(
        "select level, unit, window_name, red, yellow, green from case_light_counts where clock = '' order by 1, 2, 3"
    )
    # over all clocks a case counts once by its worst light: A1 green, A2 red, A3 yellow
    assert rows == [
        ("hall", "", "", 1, 1, 1),
        ("unit", "市人社局", "", 0, 1, 0),
        ("unit", "市规划局", "", 1, 0, 1),
        ("window", "市人社局", "3 号窗", 0, 1, 0),
        ("window", "市规划局", "1 号窗", 0, 0, 1),
        ("window", "市规划局", "2 号窗", 1, 0, 0),
    ]
    one = "select red, green from case_light_counts where clock = 'case-in-5' and level = 'hall'"
    assert ask(one) == [(1, 2)]


@pytest.mark.usefixtures("filled")
def test_outside_office_hours_the_refresh_skips_and_says_so(at: Any, ask: Any) -> None:
    assert pipeline.light_cases(at("2023-03-06 12:30"), in_office_hours=True) is None
    assert ask("select status, code from outcomes where subject = 'case-lights'") == [("skipped", "CASES.CLOSED")]
    assert ask(LIGHTS) == []
    assert pipeline.light_cases(at("2023-03-06 10:15"), in_office_hours=True) is not None
    assert ask("select status from outcomes where subject = 'case-lights' order by id") == [("skipped",), ("done",)]


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2023-03-06T09:00", True),
        ("2023-03-06T08:59", False),
        ("2023-03-06T12:00:30", True),
        ("2023-03-06T12:01", False),
        ("2023-03-06T17:30", True),
        ("2023-03-06T17:45", False),
        ("2023-03-05T10:00", False),
        ("2023-01-28T10:00", True),
        ("2023-03-05", True),
        ("2040-03-05T10:00", True),
    ],
)
def test_office_time(moment: str, is_open: bool) -> None:
    """5 March 2023 is a Sunday; 28 January 2023 a Saturday on which people worked for Spring Festival."""
    calendar = WorkCalendar.from_spec(CalendarSpec(id="cn", name_zh="cn"))
    assert is_office_time(Moment.parse(moment), calendar) is is_open


def test_two_refreshes_at_once_do_not_write_twice(at: Any, ask: Any, filled: None) -> None:
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: refresh_case_lights(at("2023-03-06")), range(2)))
    assert sorted(d.changed for d in done) == [0, 7]
    assert len(ask("select 1 from case_light_changes where case_key = 'A2' and clock = 'case-in-5'")) == 1


def test_a_suspended_case_has_no_colour_and_shows_its_age(at: Any, ask: Any, settings: Settings) -> None:
    """Stopped on the 8th, before its deadline on the 13th; after it has come back on the 15th, three days are owed."""
    row = ("B1", "市规划局", "1 号窗", "2023-03-06 09:30", "2023-03-06 10:00", "")
    write_cases(settings.inbox, "窗口办件一.csv", [(*row, "2023-03-08")])
    take_in(at("2023-03-20"))
    refresh_case_lights(at("2023-03-20", "first"))
    mine = "select light, deadline_date, suspended_since from case_lights where clock = 'case-in-5'"
    assert ask(mine) == [("suspended", None, dt.datetime(2023, 3, 8))]
    write_cases(settings.inbox, "窗口办件二.csv", [(*row, "2023-03-08", "2023-03-15")])
    take_in(at("2023-03-20"))
    refresh_case_lights(at("2023-03-20", "second"))
    # the 7th and the 8th are used up; the 16th, 17th and 20th follow
    assert ask(mine) == [("yellow", dt.date(2023, 3, 20), None)]
    told = "select run_id, light_before, light_after from case_light_changes where clock = 'case-in-5' order by id"
    assert ask(told) == [("first", None, "suspended"), ("second", "suspended", "yellow")]
