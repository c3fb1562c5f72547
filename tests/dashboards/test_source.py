"""What the board holds: one published set, replaced as a whole; a database that is away is said to be away."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, make_url, select, text
from sqlalchemy.exc import ProgrammingError

from dashboards.__main__ import add_timeouts
from dashboards.callbacks.actions import _ask
from dashboards.pages.overview import build_overview
from dashboards.queries.requests import read_newest_run, request_run
from dashboards.source import Source
from dashboards.view import View
from schemas.warehouse import tables as t
from schemas.warehouse.dialect import grant_board, listen
from schemas.warehouse.engine import make_engine
from tests.dashboards.board_seed import PLAN, SET_ID, publish_next, seed
from tests.dashboards.board_tree import text_of


def _light(source: Source, target: str) -> str:
    verdict = source.state.shown.current(PLAN, target, "self")
    assert verdict is not None
    return verdict.light


def test_the_newest_published_set_and_no_draft(seeded: Engine, make_source: Callable[..., Source]) -> None:
    publish_next(seeded, state="draft")
    source = make_source(seeded)
    source.refresh()
    assert (source.state.shown.published.set_id, _light(source, "deposit")) == (SET_ID, "red")
    before = source.state.set_token
    with seeded.begin() as connection:
        connection.execute(text("update publications set state = 'published' where set_id = 13"))
    source.refresh()
    assert (source.state.shown.published.set_id, _light(source, "deposit")) == (13, "green")
    assert source.state.set_token != before
    rows = source.state.shown.series(PLAN, "deposit", "self")
    assert len(rows) == 1


def test_before_the_first_set_it_says_what_to_do(engine: Engine, make_source: Callable[..., Source]) -> None:
    source = make_source(engine)
    assert source.state.problem == "away"
    source.refresh()
    assert source.state.problem is None
    assert "还没有发布过结果" in text_of(build_overview(source.state, View()))


def test_a_database_without_tables(postgres_admin: str, make_source: Callable[..., Source]) -> None:
    source = make_source(create_engine(postgres_admin))
    source.refresh()
    assert source.state.problem == "not_ready"
    assert "数据库里还没有建表" in text_of(build_overview(source.state, View()))


def test_silence_for_long_is_no_answer(seeded: Engine, make_source: Callable[..., Source]) -> None:
    clock = [dt.datetime(2023, 6, 30, 8, tzinfo=dt.UTC)]
    source = make_source(seeded, at=lambda: clock[0])
    source.refresh()
    clock[0] += dt.timedelta(seconds=90)
    assert source.state.problem is None
    clock[0] += dt.timedelta(seconds=1)
    assert source.state.problem == "away"


@pytest.mark.parametrize(
    ("home", "setting", "today"),
    [
        (dt.date(2023, 6, 30), None, dt.date(2023, 6, 30)),
        (dt.date(2023, 6, 30), "2023-07-09", dt.date(2023, 7, 9)),
        (None, None, dt.date(2024, 1, 1)),  # 2023-12-31 16:00 UTC is already New Year in Shanghai
    ],
)
def test_today(
    engine: Engine, make_source: Callable[..., Source], home: dt.date | None, setting: str | None, today: dt.date
) -> None:
    seed(engine, clock=home)
    source = make_source(engine, clock=setting, at=lambda: dt.datetime(2023, 12, 31, 16, tzinfo=dt.UTC))
    source.refresh()
    assert source.state.today == today


def stop_database(admin: str, url: str) -> None:
    """No connection to the database any more, as if the server had stopped."""
    name = make_url(url).database
    with psycopg.connect(admin.replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute(f'alter database "{name}" allow_connections false')
        connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])


def start_database(admin: str, url: str) -> None:
    with psycopg.connect(admin.replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute(f'alter database "{make_url(url).database}" allow_connections true')


def _wait(condition: Callable[[], bool], seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)
    return condition()


def test_it_follows_loses_and_finds_the_database(
    seeded: Engine, make_source: Callable[..., Source], postgres_admin: str, database_url: str
) -> None:
    source = make_source(seeded)
    source.start()
    try:
        time.sleep(1.5)  # the LISTEN stands
        publish_next(seeded)
        assert _wait(lambda: source.state.shown.published.set_id == 13, 5)
        stop_database(postgres_admin, database_url)
        assert _wait(lambda: source.state.problem == "away")
        assert source.state.shown.published.set_id == 13  # the last version stays, and is marked
        start_database(postgres_admin, database_url)
        assert _wait(lambda: source.state.problem is None)
    finally:
        start_database(postgres_admin, database_url)
        source.stop()


def test_the_address_with_timeouts_serves_both_drivers(database_url: str) -> None:
    url = add_timeouts(database_url)
    engine = make_engine(url)
    with engine.connect() as connection:
        assert connection.scalar(text("show statement_timeout")) == "20s"
    engine.dispose()
    following = listen(url, "bizenv_set", timeout=0.1)
    assert next(following) is None
    following.close()
    assert "connect_timeout=1&" in add_timeouts(f"{database_url}?connect_timeout=1")


def test_a_lost_database_is_one_line_in_the_log(
    make_source: Callable[..., Source], caplog: pytest.LogCaptureFixture
) -> None:
    source = make_source(make_engine("postgresql://nobody@127.0.0.1:1/none"))
    for _ in range(3):
        source.refresh()
    assert [record.levelname for record in caplog.records if "does not answer" in record.message] == ["WARNING"]


def test_one_request_however_often_asked(seeded: Engine) -> None:
    assert request_run(seeded) is True
    assert request_run(seeded) is False
    with seeded.connect() as connection:
        rows = connection.execute(select(t.requests)).all()
    assert [(r.kind, r.payload, r.requested_by, r.state) for r in rows] == [("run", {}, "board", "waiting")]
    newest = read_newest_run(seeded)
    assert newest is not None
    assert newest.is_open


def test_the_boards_role_is_enough_and_no_more(
    seeded: Engine, make_source: Callable[..., Source], postgres_admin: str
) -> None:
    with seeded.begin() as connection:
        assert connection.scalar(text("select 1 from pg_roles where rolname = 'bizenv_board'"))
        grant_board(connection)
    url = make_url(seeded.url)
    role = create_engine(url, connect_args={"options": "-c role=bizenv_board"})
    source = make_source(role)
    source.refresh()
    assert (source.state.problem, _light(source, "deposit")) == (None, "red")
    told, rests = _ask(source, "zh")
    assert "已提交，等待处理" in told
    assert rests is True
    with role.begin() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text("update verdicts set light = 'green'"))
    role.dispose()
