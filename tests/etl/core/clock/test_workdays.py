"""Which days are working days: against an independent library, against notices, and at the edges of coverage."""

from __future__ import annotations

import datetime as dt

import duckdb
import holidays
import pytest
from pydantic import ValidationError

from etl.core.clock import CalendarNotPublished, WorkCalendar, workdays
from schemas.models.calendar import CalendarSpec

D = dt.date.fromisoformat


def calendar_of(**changes: object) -> WorkCalendar:
    return WorkCalendar.from_spec(CalendarSpec.model_validate({"id": "own", "name_zh": "本地", **changes}))


def notice(day: str) -> dict[str, str]:
    return {"date": day, "notice": "某府办〔2025〕1号"}


def test_every_day_2007_to_2026_agrees_with_python_holidays(cn: WorkCalendar) -> None:
    official = holidays.country_holidays("CN", years=range(2007, 2027))
    days = [D("2007-01-01") + dt.timedelta(days=n) for n in range((D("2027-01-01") - D("2007-01-01")).days)]
    assert [day for day in days if cn.is_workday(day) != official.is_working_day(day)] == []
    # The oracle itself knows make-up workdays: a Saturday that is worked, a Monday that is not.
    assert official.is_working_day(D("2023-01-28"))
    assert not official.is_working_day(D("2023-01-23"))


def test_numbers_count_working_days_up_to_and_including_the_date(cn: WorkCalendar) -> None:
    thursday, festival, saturday = D("2023-01-19"), D("2023-01-24"), D("2023-01-28")
    assert cn.number(D("2023-01-20")) == cn.number(thursday) + 1
    assert cn.number(festival) == cn.number(D("2023-01-20")), "a rest day has the number of the working day before it"
    assert cn.number(saturday) == cn.number(festival) + 1
    assert cn.workday(cn.number(saturday)) == saturday
    assert cn.next_workday(festival) == saturday == cn.next_workday(saturday)
    assert cn.previous_workday(saturday) == D("2023-01-20") == cn.previous_workday(festival)


@pytest.mark.parametrize(
    ("ask", "year"),
    [
        (lambda c: c.is_workday(D("2027-01-04")), 2027),
        (lambda c: c.number(D("2003-12-31")), 2003),
        (lambda c: c.next_workday(D("2027-06-01")), 2027),
        (lambda c: c.workday(c.number(D("2026-12-31")) + 1), 2027),
        (lambda c: c.workday(0), 2003),
        (lambda c: c.frame(D("2026-12-01"), D("2027-01-31")), 2027),
    ],
)
def test_a_year_not_published_is_an_error_that_says_what_to_do(cn: WorkCalendar, ask, year: int) -> None:
    with pytest.raises(CalendarNotPublished) as caught:
        ask(cn)
    assert caught.value.year == year
    assert f"{year} 年" in str(caught.value)
    assert "calendars/cn.yml" in str(caught.value)


def test_the_frame_joins_in_sql_by_date(cn: WorkCalendar) -> None:
    frame = cn.frame(D("2023-01-19"), D("2023-01-30"))
    con = duckdb.connect()
    con.register("days", frame)
    assert con.sql("select typeof(date), typeof(workday_no), typeof(minutes_before) from days limit 1").fetchall() == [
        ("DATE", "BIGINT", "BIGINT")
    ]
    first = cn.number(D("2023-01-19"))
    got = con.sql(
        f"select strftime(date, '%m-%d'), is_workday, workday_no - {first}, minutes_before - {first - 1} * 420 "
        "from days where day(date) in (19, 20, 21, 27, 28, 29, 30) order by date"
    ).fetchall()
    assert got == [
        ("01-19", True, 0, 0),
        ("01-20", True, 1, 420),
        ("01-21", False, 1, 840),
        ("01-27", False, 1, 840),
        ("01-28", True, 2, 840),
        ("01-29", True, 3, 1260),
        ("01-30", True, 4, 1680),
    ]
    assert len(cn.frame()) == (cn.last - cn.first).days + 1


def test_a_notice_of_the_office_wins_over_the_official_arrangement() -> None:
    own = calendar_of(closed=[notice("2025-05-12")], working=[notice("2025-05-17")])
    official = calendar_of()
    assert (own.is_workday(D("2025-05-12")), official.is_workday(D("2025-05-12"))) == (False, True)
    assert (own.is_workday(D("2025-05-17")), official.is_workday(D("2025-05-17"))) == (True, False)
    assert own.number(D("2025-05-18")) == official.number(D("2025-05-18"))


def test_an_offline_office_enters_the_next_year() -> None:
    own = calendar_of(years=[2027], holidays=["2027-01-01", "2027-01-04"], working=[notice("2027-01-09")])
    days = [day for n in range(1, 12) if own.is_workday(day := dt.date(2027, 1, n))]
    assert [day.day for day in days] == [5, 6, 7, 8, 9, 11]
    assert own.is_workday(D("2026-02-28")), "earlier years stay those of the official arrangement"
    with pytest.raises(CalendarNotPublished):
        calendar_of(working=[notice("2027-01-09")]).is_workday(D("2027-01-09"))


def test_the_files_own_weekend_is_for_its_own_years_only() -> None:
    own = calendar_of(years=[2027], weekend=["sun"])
    assert (own.is_workday(D("2026-06-06")), own.is_workday(D("2027-06-05"))) == (False, True)


def test_a_year_of_which_only_the_first_days_are_known_is_not_published(monkeypatch: pytest.MonkeyPatch) -> None:
    # A notice may name New Year's Day of the year after it.
    monkeypatch.setitem(workdays.cn_holidays, D("2027-01-01"), "New Year's Day")
    spec = CalendarSpec.model_validate({"id": "own", "name_zh": "本地"})
    assert WorkCalendar(spec).last == D("2026-12-31")


def test_a_pack_brings_the_calendar_of_another_country() -> None:
    own = calendar_of(base="none", zone="Asia/Dubai", weekend=["fri", "sat"], holidays=["2022-12-01"], years=[2022])
    assert [n for n in range(1, 9) if own.is_workday(dt.date(2022, 12, n))] == [4, 5, 6, 7, 8]
    assert (own.first, own.last) == (D("2022-01-01"), D("2022-12-31"))


def test_the_version_changes_with_the_days_hours_and_zone_and_with_nothing_else() -> None:
    base = calendar_of()
    assert len(base.version) == 12
    assert calendar_of(name_zh="改名").version == base.version
    assert calendar_of(closed=[notice("2025-05-11")]).version == base.version, "it was a Sunday already"
    for changes in (
        {"closed": [notice("2025-05-12")]},
        {"office_hours": [["09:00", "17:00"]]},
        {"zone": "Asia/Urumqi"},
        {"years": [2027]},
    ):
        assert calendar_of(**changes).version != base.version, changes


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"office_hours": [["13:30", "17:30"], ["09:00", "12:00"]]}, "先后排列"),
        ({"office_hours": [["09:00", "09:00"]]}, "先后排列"),
        ({"office_hours": [["09:00:30", "12:00"]]}, "分钟"),
        ({"office_hours": [[9, 48600]]}, "带引号"),
        ({"office_hours": []}, "at least 1"),
        ({"zone": "Asia/Wanli"}, "时区"),
        ({"closed": [notice("2025-05-12")], "working": [notice("2025-05-12")]}, "不止一次"),
        ({"base": "none"}, "years"),
        ({"holidays": ["2025-05-12"]}, "closed"),
        ({"closed": [{"date": "2025-05-12", "notice": ""}]}, "at least 1"),
        ({"lunch": True}, "Extra inputs"),
    ],
)
def test_a_wrong_calendar_file_is_refused(changes: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        calendar_of(**changes)


def test_years_with_a_gap_are_refused() -> None:
    with pytest.raises(ValueError, match="不连续"):
        calendar_of(years=[2028])


def test_unquoted_times_mean_what_they_look_like() -> None:
    # YAML 1.1 hands an unquoted 13:30 over as 13 * 60 + 30.
    assert calendar_of(office_hours=[["09:00", "12:00"], [810, 1050]]).office == calendar_of().office
