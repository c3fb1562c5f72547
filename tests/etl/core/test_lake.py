"""The lake opens offline, keeps its secrets, and its tables follow their contracts without changing meaning."""

from __future__ import annotations

import contextlib
import shutil
import traceback
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL
from sqlalchemy.engine import make_url

from etl.core import lake
from etl.core.cells import cells_of
from etl.core.lake import LakeError, ensure_table, move_lake, open_lake
from schemas.models.contract import Contract
from schemas.settings import Settings

NASTY = "it's \\ a \"pass\" word=' @:/?#%41 密"


def make_contract(columns: dict[str, str], *, kind: str = "report", key: tuple[str, ...] = ("unit",)) -> Contract:
    named = [
        {"name": name, "header": name, "type": kind_of, "required": name in key} for name, kind_of in columns.items()
    ]
    more = {"received": "received"} if kind == "cases" else {}
    names = {"id": "statistics", "name_zh": "统计", "name_en": "statistics", "owner": "办公室", "files": ["*"]}
    period = {"grain": "month", "read_from": ["title"]}
    rules = {"kind": kind, "resend": "merge", "key": key, "period": period}
    return Contract.model_validate({**names, **rules, **more, "columns": named})


@pytest.fixture
def guarded_url(postgres_admin: str, database_url: str):
    """The fresh warehouse as seen by a role whose password has every awkward character."""
    role = f"r_{uuid.uuid4().hex[:8]}"
    admin = postgres_admin.replace("+psycopg", "", 1)
    url = make_url(database_url)
    with psycopg.connect(admin, autocommit=True) as connection:
        statement = sql.SQL("create role {} login superuser password {}")
        connection.execute(statement.format(sql.Identifier(role), sql.Literal(NASTY)))
    yield URL.create("postgresql+psycopg", role, NASTY, url.host, url.port, url.database)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("alter role {} nologin").format(sql.Identifier(role)))


def settings_at(home: Path, url: URL | str | None) -> Settings:
    text = url.render_as_string(hide_password=False) if isinstance(url, URL) else url
    return Settings.model_validate({"home": home, "database_url": text})


def test_a_password_with_quotes_opens_and_never_shows(guarded_url: URL, tmp_path: Path):
    settings = settings_at(tmp_path / "home 'x'", guarded_url)
    with open_lake(settings) as connection:
        connection.execute("CREATE TABLE lake.one AS SELECT 1 AS n")
        secrets = str(connection.execute("FROM duckdb_secrets()").fetchall())
        assert NASTY not in secrets
    wrong = guarded_url.set(password=NASTY + "!")
    with pytest.raises(LakeError) as caught, open_lake(settings_at(tmp_path / "home", wrong)):
        pass
    assert "word=" not in "".join(traceback.format_exception(caught.value))
    connection = duckdb.connect()
    lake.load_extensions(connection)
    with pytest.raises(LakeError) as caught:
        lake._attach(connection, wrong, folder=f"{settings.lake}/", read_only=False)
    assert "word=" not in "".join(traceback.format_exception(caught.value))


def test_host_and_port_may_stand_in_the_query():
    statement = lake._secret_statement(make_url("postgresql+psycopg://u@/db?host=/run/pg&port=6000&sslmode=disable"))
    assert "HOST '/run/pg', PORT '6000', DATABASE 'db', USER 'u'" in statement
    assert lake._plain_options(make_url("postgresql://u@/db?host=/run/pg&sslmode=disable")) == "sslmode='disable'"


def test_extensions_are_signed_and_nothing_is_fetched(settings: Settings, tmp_path: Path, monkeypatch):
    with open_lake(settings) as connection:
        names = ("allow_unsigned_extensions", "autoinstall_known_extensions", "autoload_known_extensions")
        found = [connection.execute(f"SELECT current_setting('{name}')").fetchone() for name in names]
        assert found == [(False,), (False,), (False,)]
        with pytest.raises(duckdb.InvalidInputException):
            connection.execute("SET allow_unsigned_extensions = true")
    forged = tmp_path / "ducklake.duckdb_extension"
    shutil.copy(lake._extension_file("ducklake"), forged)
    with forged.open("r+b") as stream:
        stream.seek(1000)
        stream.write(b"forged")
    original = lake._extension_file
    monkeypatch.setattr(lake, "_extension_file", lambda name: forged if name == "ducklake" else original(name))
    for _ in range(2):  # what was refused is not known as good the next time
        with pytest.raises(duckdb.IOException, match="signature"), open_lake(settings):
            pass
    monkeypatch.undo()
    with open_lake(settings) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_what_does_not_fit_into_memory_is_spilled(settings: Settings):
    with open_lake(settings) as connection:
        connection.execute("SET memory_limit = '60MB'")
        connection.execute("SET threads = 1")
        many = "SELECT hash(i) AS h, repeat('x', 40) || i AS t FROM range(2000000) r(i)"
        connection.execute(f"CREATE TABLE lake.many AS SELECT * FROM ({many}) ORDER BY h, t")
        assert connection.execute("SELECT count(*) FROM lake.many").fetchone() == (2_000_000,)


def test_read_only_reads_and_no_more(settings: Settings):
    with open_lake(settings, read_only=True) as connection:  # also before anything was ever loaded
        assert connection.execute("SELECT count(*) FROM duckdb_tables() WHERE database_name = 'lake'").fetchone() == (
            0,
        )
        with pytest.raises(duckdb.InvalidInputException):
            connection.execute("CREATE TABLE lake.one (n INT)")


def test_a_lake_elsewhere_is_refused_and_a_moved_one_found(settings: Settings, engine, tmp_path: Path):
    with open_lake(settings) as connection:
        connection.execute("CREATE TABLE lake.one AS SELECT 7 AS n")
    other = settings_at(tmp_path / "other", settings.database_url)
    with pytest.raises(LakeError, match="混写"), open_lake(other):
        pass
    shutil.copytree(settings.lake, other.lake)
    move_lake(other, engine)
    with open_lake(other) as connection:
        assert connection.execute("FROM lake.one").fetchall() == [(7,)]
    shutil.rmtree(other.lake)  # the home was moved back: the recorded folder is gone
    with open_lake(settings) as connection:
        assert connection.execute("FROM lake.one").fetchall() == [(7,)]


def test_no_warehouse_is_said_in_words(tmp_path: Path):
    with pytest.raises(LakeError, match="BIZENV_DATABASE_URL"), open_lake(settings_at(tmp_path, None)):
        pass
    dead = "postgresql+psycopg://u:geheim@127.0.0.1:1/db"
    with pytest.raises(LakeError) as caught, open_lake(settings_at(tmp_path, dead)):
        pass
    assert "geheim" not in "".join(traceback.format_exception(caught.value))


def test_a_table_has_the_types_of_its_contract_and_grows(settings: Settings):
    columns = {"unit": "unit", "received": "datetime", "done": "integer", "share": "percent", "sum": "decimal"}
    with open_lake(settings) as connection:
        ensure_table(connection, make_contract(columns, kind="cases"))
        ensure_table(connection, make_contract(columns, kind="cases"))
        connection.execute("INSERT INTO lake.statistics (unit, received_month) VALUES ('甲', DATE '2023-03-01')")
        ensure_table(connection, make_contract(columns | {"ended": "date", "ok": "boolean"}, kind="cases"))
        found = {row[0]: row[1] for row in connection.execute("DESCRIBE lake.statistics").fetchall()}
        assert connection.execute("SELECT unit, ended, ok FROM lake.statistics").fetchall() == [("甲", None, None)]
    assert found == {
        **{"unit": "VARCHAR", "received": "TIMESTAMP", "done": "BIGINT"},
        **{"share": "DECIMAL(12,6)", "sum": "DECIMAL(20,6)", "received_date_only": "BOOLEAN"},
        **{"period": "VARCHAR", "batch_id": "VARCHAR", "sheet": "VARCHAR", "line": "INTEGER"},
        **{"received_month": "DATE", "ended": "DATE", "ok": "BOOLEAN", "ended_date_only": "BOOLEAN"},
        "cell_words": "VARCHAR",
    }


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        (make_contract({"unit": "unit", "received": "date", "done": "decimal"}), "类型不能更改"),
        (make_contract({"unit": "unit", "received": "date"}, kind="cases"), "办件"),
        (make_contract({"unit": "unit", "area": "text"}, key=("unit", "area")), "主键"),
        (make_contract({"unit": "unit", "line": "integer"}), "保留名"),
        (make_contract({"unit": "unit", "period": "text"}), "保留名"),
    ],
)
def test_what_would_change_the_meaning_of_old_rows_is_refused(settings: Settings, changed: Contract, word: str):
    with open_lake(settings) as connection:
        ensure_table(connection, make_contract({"unit": "unit", "received": "date", "done": "integer"}))
        with pytest.raises(LakeError, match=word):
            ensure_table(connection, changed)


def test_several_may_create_and_widen_a_table_at_once(settings: Settings):
    narrow = make_contract({"unit": "unit", "done": "integer"})
    wide = make_contract({"unit": "unit", "done": "integer", "share": "percent"})
    with contextlib.ExitStack() as stack:
        lakes = [stack.enter_context(open_lake(settings)) for _ in range(4)]
        for contract in (narrow, wide):
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(lambda connection, c=contract: ensure_table(connection, c), lakes))
        for connection in lakes:
            assert connection.execute("SELECT count(share) FROM lake.statistics").fetchone() == (0,)


def test_a_column_of_type_period_may_be_called_period(settings: Settings):
    with open_lake(settings) as connection:
        ensure_table(connection, make_contract({"unit": "unit", "period": "period"}))


def test_cells_of_a_row():
    contract = make_contract({"unit": "unit", "done": "integer", "area": "text"})
    reading = {"columns": {"done": {"header": "办件量", "letter": "AB"}, "unit": {"header": "单位", "letter": "A"}}}
    assert list(cells_of(reading, contract, 14).items()) == [("unit", "A14"), ("done", "AB14")]
    assert cells_of(None, contract, 14) == {}
