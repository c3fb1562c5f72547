"""Persons planted in files are after a whole run in their originals and nowhere else; without the key all stops."""

from __future__ import annotations

import datetime as dt
import json
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import xlsxwriter
from sqlalchemy import Engine, select, text
from sqlalchemy.dialects.postgresql import insert

from dashboards.app import create_app
from etl import pipeline
from etl.check.personal import hash_person
from etl.core.context import Context, open_context
from etl.core.lake import open_lake
from etl.core.secret import SecretError, create_key, ensure_key, open_key, read_key, secret_file
from etl.doctor import _check_secret
from etl.dry_run import try_file
from etl.land.retention import forget_originals
from schemas.settings import Settings
from schemas.warehouse.engine import make_engine
from schemas.warehouse.tables import batches, mails, outcomes, secret_keys

PACK = Path(__file__).parent / "packs" / "petitions"
PERSONAL = """
  - {name: asker, header: 留言用户, type: text, personal: true}
  - {name: asker_id, header: 身份证号, type: id, check: resident_id, personal: true, required: false}
  - {name: asker_phone, header: 联系电话, type: text, personal: true, person: phone, required: false}
"""
NAMES = ("欧阳甲乙", "诸葛丙丁", "上官戊己", "司徒庚辛", "端木壬癸")
IDS = ("11010519491231002X", "440524188001010014", "110105194912310021")  # the last one has a wrong check digit
PHONES = ("13800001234", "13900005678")
PLANTED = (*NAMES, *IDS, *PHONES)
HEADER = ["留言编号", "留言时间", "答复时间", "留言用户", "身份证号", "联系电话"]
AS_OF = dt.date(2020, 3, 31)


def write_petitions(path: Path) -> None:
    """Ten good petitions, and one of every fault that shows a row."""
    rows: list[list[str]] = [
        [f"P{i}", f"2020-02-{i + 1:02d} 09:00:00", f"2020-02-{i + 5:02d} 10:00:00", NAMES[i % 2], IDS[i % 2], PHONES[0]]
        for i in range(10)
    ]
    rows += [
        ["P10", "2020-02-03 09:00:00", "", NAMES[2], IDS[2], PHONES[1]],  # the check digit
        ["P11", "昨天", "", NAMES[2], IDS[0], PHONES[1]],  # no date
        ["P12", PHONES[1], "", NAMES[3], IDS[1], ""],  # a number in the wrong column
        ["P13", IDS[1], "", NAMES[3], "", ""],
        ["P1", "2020-02-04 09:00:00", "", NAMES[4], "", ""],  # another petition under a number that is there
        ["P14", "2020-02-05 09:00:00", "2020-02-04 09:00:00", NAMES[4], "", PHONES[1]],  # answered before asked
        ["", "2020-02-05 09:00:00", "", NAMES[4], "", ""],
    ]
    with xlsxwriter.Workbook(path) as book:
        for number, row in enumerate([HEADER, *rows]):
            book.worksheets()[0].write_row(number, 0, row) if number else book.add_worksheet("留言").write_row(
                0, 0, row
            )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, module_database_url: str) -> Settings:
    folder = tmp_path_factory.mktemp("privacy")
    pack = folder / "pack"
    shutil.copytree(PACK, pack)
    contract = pack / "contracts" / "petitions.yml"
    told = contract.read_text(encoding="utf-8").replace("key: [petition_id]", PERSONAL + "key: [petition_id]")
    contract.write_text(told.replace("ignore: [留言用户, ", "ignore: ["), encoding="utf-8")
    for file in (pack / "indicators").glob("*.yml"):
        if "note:" not in file.read_text(encoding="utf-8"):
            file.write_text(file.read_text(encoding="utf-8") + f"note: {file.stem}\n", encoding="utf-8")
    made = Settings(home=folder / "home", database_url=module_database_url, schemas=(pack,), smtp_port=1)
    made.make_home()
    write_petitions(made.inbox / "附件4.xlsx")
    return made


@pytest.fixture(scope="module")
def engine_of(home: Settings) -> Iterator[Engine]:
    engine = make_engine(home.database_url or "")
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def ctx(home: Settings, engine_of: Engine) -> Context:
    return open_context(home, engine_of, as_of=AS_OF)


@pytest.fixture(scope="module")
def log() -> Iterator[list[str]]:
    """Everything that anybody logs, at every level."""
    lines: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    keeper, root = Keeper(), logging.getLogger()
    before = root.level
    root.addHandler(keeper)
    root.setLevel(logging.DEBUG)
    yield lines
    root.setLevel(before)
    root.removeHandler(keeper)


@pytest.fixture(scope="module")
def run(ctx: Context, log: list[str]) -> pipeline.RunReport:
    """First without a key: nothing of the source goes on. Then the whole way."""
    with pytest.raises(ExceptionGroup, match=r"bizenv secret new"):
        pipeline.run(ctx)
    with ctx.engine.connect() as connection:
        assert connection.execute(select(batches.c.status)).scalar_one() == "landed"
    point = _check_secret(ctx)
    assert (point.light, "缺少密钥文件" in point.message) == ("red", True)
    create_key(ctx.settings)
    return pipeline.run(ctx)


def dump_database(engine: Engine) -> dict[str, str]:
    """Every table of every schema (the lake's catalogue too), as text."""
    with engine.connect() as connection:
        names = connection.execute(
            text(
                "select format('%I.%I', table_schema, table_name) from information_schema.tables"
                " where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')"
            )
        ).scalars()
        return {
            name: str(connection.execute(text(f"select coalesce(json_agg(t), '[]') from {name} t")).scalar_one())
            for name in names
        }


def dump_files(home: Path) -> dict[str, str]:
    """Every file of the home but the originals: its bytes, and the rows of Parquet files."""
    found = {}
    for path in sorted(p for p in home.rglob("*") if p.is_file() and not p.name.startswith("original")):
        found[str(path)] = path.read_bytes().decode("utf-8", "replace")
        if path.suffix == ".parquet":
            found[f"{path} rows"] = str(pq.read_table(path).to_pylist())
    return found


def assert_clean(told: dict[str, str]) -> None:
    shown = {(place, planted) for place, content in told.items() for planted in PLANTED if planted in content}
    assert shown == set()


def test_the_run_took_the_rows(run: pipeline.RunReport, ctx: Context) -> None:
    assert run.checked == {"accepted": 1}
    assert run.published is not None
    with open_lake(ctx.settings, read_only=True) as lake:
        rows = lake.execute(
            "select asker, asker_id, asker_phone from lake.petitions where petition_id = 'P2'"
        ).fetchall()
    key = read_key(ctx.settings).value
    wanted = [(NAMES[0], "name"), (IDS[0], "id_number"), (PHONES[0], "phone")]
    assert rows == [tuple(hash_person(value, kind, key) for value, kind in wanted)]


def test_planted_persons_are_in_the_original_alone(run: pipeline.RunReport, ctx: Context, log: list[str]) -> None:
    tables = dump_database(ctx.engine)
    assert len(tables) > 30
    assert any("***" in told for told in tables.values())  # rows were held and shown
    assert "P12" in tables["public.quarantine"]
    assert_clean(tables)
    files = dump_files(ctx.settings.home)
    assert any("h:" in told for name, told in files.items() if name.endswith("rows"))
    assert any("lake/" in name for name in files)
    assert_clean(files)
    assert_clean({"log": "\n".join(log)})
    original = next(ctx.settings.landing.rglob("original*"))
    assert original.stat().st_mode & 0o777 == 0o600


def test_the_mails_are_written_and_clean(run: pipeline.RunReport, ctx: Context) -> None:
    with ctx.engine.connect() as connection:
        rows = connection.execute(select(mails)).mappings().all()
    assert_clean({"mails": str([dict(row) for row in rows])})


@pytest.mark.filterwarnings("ignore:Using `httpx`")
def test_the_board_tells_none_of_them(run: pipeline.RunReport, ctx: Context) -> None:
    from starlette.testclient import TestClient

    app = create_app(ctx.settings, ctx.engine)
    told = {}
    with TestClient(app.server) as client:  # type: ignore[arg-type]
        for path in ("/", "/data", "/api/verdicts?history=true", "/api/targets", "/api/state", "/openapi.json"):
            answer = client.get(path)
            assert answer.status_code == 200, path
            told[path] = answer.text
    assert json.loads(told["/api/targets"])["targets"]
    assert_clean(told)


def test_a_dry_run_tells_none_of_them(run: pipeline.RunReport, ctx: Context, tmp_path: Path) -> None:
    write_petitions(tmp_path / "附件4.xlsx")
    done = try_file(ctx, tmp_path / "附件4.xlsx", ctx.registry.contracts["petitions"])
    assert done.checked.rows_quarantined > 4
    assert_clean({"dry run": str(done)})


def test_another_key_is_refused_and_the_right_one_taken_again(run: pipeline.RunReport, ctx: Context) -> None:
    kept = secret_file(ctx.settings)
    aside = kept.with_name("aside")
    kept.rename(aside)
    create_key(ctx.settings)
    try:
        with pytest.raises(SecretError, match="请从备份恢复原来的密钥文件"):
            open_key(ctx.settings, ctx.engine)
        assert _check_secret(ctx).light == "red"
    finally:
        aside.replace(kept)
    open_key(ctx.settings, ctx.engine)
    assert _check_secret(ctx).light == "green"


def test_load_takes_no_person_in_clear(run: pipeline.RunReport, ctx: Context) -> None:
    """Whatever happened before: a staged file with a plain name does not get into the lake."""
    (staged,) = ctx.settings.landing.rglob("accepted.parquet")
    table = pq.read_table(staged)
    before = staged.read_bytes()
    column = table.schema.get_field_index("asker")
    pq.write_table(table.set_column(column, "asker", [[NAMES[0]] * len(table)]), staged)
    with ctx.engine.begin() as connection:
        connection.execute(batches.update().values(status="accepted"))
    try:
        with pytest.raises(ExceptionGroup, match="未能入湖"):
            pipeline.load(ctx)
    finally:
        staged.write_bytes(before)
    with ctx.engine.connect() as connection:
        query = select(outcomes.c.message).where(outcomes.c.stage == "load", outcomes.c.status == "failed")
        assert "个人信息列「asker」没有加密" in str(connection.execute(query).scalar_one())
    pipeline.load(ctx)


def test_originals_go_when_their_time_is_over(run: pipeline.RunReport, ctx: Context) -> None:
    settings = ctx.settings.model_copy(update={"landing_days": 30})
    (original,) = ctx.settings.landing.rglob("original*")
    kept = original.read_bytes()

    def at(days: int) -> Context:
        stamp = ctx.now() + dt.timedelta(days=days)
        return Context(settings, ctx.registry, ctx.engine, AS_OF, "run", now=lambda: stamp)

    assert forget_originals(ctx) == 0  # no setting, no deletion
    assert forget_originals(at(29)) == 0
    assert original.exists()
    assert forget_originals(at(31)) == 1
    assert not original.exists()
    assert forget_originals(at(31)) == 0
    original.write_bytes(kept)  # for the other tests of this run
    original.chmod(0o600)


def test_the_key_file(tmp_path: Path, engine: Engine) -> None:
    settings = Settings(home=tmp_path / "home")
    settings.make_home()
    key = create_key(settings)
    file = secret_file(settings)
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(key.value) == 32
    assert key.value.hex() not in str(key)
    assert [p.name for p in settings.home.iterdir() if "secret" in p.name] == ["secret.key"]
    with pytest.raises(SecretError, match="已经存在"):
        create_key(settings)
    assert ensure_key(settings) == key
    for damage, said in ((lambda: file.chmod(0o644), "chmod 600"), (lambda: file.write_text("abc"), "已损坏")):
        damage()
        with pytest.raises(SecretError, match=said):
            read_key(settings)
        file.chmod(0o600)
    file.unlink()
    with pytest.raises(SecretError, match="bizenv secret new"):
        ensure_key(settings.model_copy(update={"stage": "production"}))
    with engine.begin() as connection:
        connection.execute(insert(secret_keys).values(id=1, fingerprint=key.fingerprint))
    create_key(settings)
    with pytest.raises(SecretError, match=key.fingerprint):
        open_key(settings, engine)


def test_the_command_makes_a_key_once(
    settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from etl import cli
    from etl.commands import secret

    monkeypatch.setattr(secret, "get_settings", lambda: settings)
    assert cli.run_command(["secret", "new", "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert told == {"file": str(secret_file(settings)), "fingerprint": open_key(settings, engine).fingerprint}
    assert cli.run_command(["secret", "new"]) == 2
    assert "已经存在" in capsys.readouterr().err
    secret_file(settings).unlink()
    assert cli.run_command(["secret", "new"]) == 2  # persons under the lost key are in the warehouse
    assert "请从备份恢复" in capsys.readouterr().err
    assert not secret_file(settings).exists()
