"""Landing on a real inbox and a real PostgreSQL: each content once, nothing lost at any crash, names are only data."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from etl.core.context import Context
from etl.land import land_inbox, landing, waiting_files
from schemas.models.registry import Registry
from schemas.settings import Settings
from schemas.warehouse.tables import batches, outcomes
from tests.etl.check.files import AS_OF, make_cases, make_report

NOW = dt.datetime(2024, 1, 5, 8, tzinfo=dt.UTC)
CONTRACTS = {c.id: c for c in (make_report(), make_cases(), make_report(id="other", files=("*统计*", "*年报*")))}


@pytest.fixture
def ctx(settings: Settings, engine: Engine) -> Context:
    registry = Registry(CONTRACTS, {}, {}, {}, (), (), {})
    return Context(settings, registry, engine, AS_OF, "run", now=lambda: NOW)


def put(ctx: Context, name: str, data: bytes = b"data") -> Path:
    path = ctx.settings.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def rows(ctx: Context, table: Any) -> list[dict[str, Any]]:
    with ctx.engine.connect() as connection:
        # Without an order PostgreSQL gives rows as they lie: two connections may fill different pages.
        ordered = select(table).order_by(*table.primary_key.columns)
        return [dict(row) for row in connection.execute(ordered).mappings()]


def test_a_file_becomes_a_batch_and_leaves_the_inbox(ctx: Context) -> None:
    path = put(ctx, "三月月报.XLSX", b"abc")
    (batch_id,) = land_inbox(ctx)
    assert batch_id == hashlib.sha256(b"abc").hexdigest()[:12]
    assert not path.exists()
    assert (ctx.settings.landing / "monthly" / batch_id / "original.xlsx").read_bytes() == b"abc"
    (row,) = rows(ctx, batches)
    assert (row["source"], row["file_name"], row["status"], row["size_bytes"]) == (
        "monthly",
        "三月月报.XLSX",
        "landed",
        3,
    )
    assert (ctx.settings.home / row["landing_path"]).is_file()
    assert land_inbox(ctx) == []


@pytest.mark.parametrize(
    ("name", "source", "code"),
    [
        ("monthly/随便.xlsx", "monthly", None),
        ("cases/子目录/月报.xlsx", "cases", None),
        ("办件明细.csv", "cases", None),
        ("食堂菜谱.xlsx", "unknown", "FILE.NO_CONTRACT"),
        ("月报统计.xlsx", "unknown", "FILE.AMBIGUOUS"),
        ("monthly/月报统计.xlsx", "monthly", None),
        ("月报'; drop table batches; --.xlsx", "monthly", None),
        ("月报\n换行.x/../y".replace("/", "∕"), "monthly", None),
    ],
)
def test_whose_file_it_is(ctx: Context, name: str, source: str, code: str | None) -> None:
    put(ctx, name)
    land_inbox(ctx)
    (row,) = rows(ctx, batches)
    assert (row["source"], row["code"]) == (source, code)
    (outcome,) = rows(ctx, outcomes)
    assert (outcome["status"], outcome["code"]) == ("refused" if code else "done", code)
    assert (row["message"] is None) == (code is None)
    kept = list((ctx.settings.landing / source).rglob("original*"))
    assert [path.read_bytes() for path in kept] == [b"data"]


def test_hidden_unfinished_and_linked_files_stay(ctx: Context, tmp_path: Path) -> None:
    outside = tmp_path / "月报秘密.xlsx"
    outside.write_bytes(b"secret")
    for name in ("~$月报.xlsx", ".月报.xlsx", "月报.xlsx.part", "月报.tmp", ".hidden/月报.xlsx"):
        put(ctx, name)
    (ctx.settings.inbox / "月报链接.xlsx").symlink_to(outside)
    (ctx.settings.inbox / "monthly").symlink_to(tmp_path)
    assert land_inbox(ctx) == []
    assert rows(ctx, batches) == []
    assert len(list(ctx.settings.inbox.iterdir())) == 7


def test_the_same_bytes_under_another_name_count_once(ctx: Context) -> None:
    put(ctx, "月报.xlsx")
    (first,) = land_inbox(ctx)
    copy = put(ctx, "月报(1).xlsx")
    assert land_inbox(ctx) == []
    assert not copy.exists()
    outcome = rows(ctx, outcomes)[-1]
    assert (outcome["status"], outcome["code"]) == ("skipped", "FILE.DUPLICATE")
    assert "「月报.xlsx」" in outcome["message"]
    assert outcome["counts"]["first_batch"] == first


def test_empty_files_are_refused_each_for_itself(ctx: Context) -> None:
    # Files are taken in the order in which they were written; two written in one tick of the clock have none.
    for written, name in enumerate(("月报.xlsx", "办件明细.csv"), start=1_700_000_000):
        os.utime(put(ctx, name, b""), (written, written))
    assert land_inbox(ctx) == []
    assert [(o["subject"], o["status"], o["code"]) for o in rows(ctx, outcomes)] == [
        ("月报.xlsx", "refused", "FILE.EMPTY"),
        ("办件明细.csv", "refused", "FILE.EMPTY"),
    ]


def test_an_unclear_file_is_taken_once_it_is_clear(ctx: Context) -> None:
    put(ctx, "导出.xlsx")
    assert land_inbox(ctx) == []
    put(ctx, "cases/导出.xlsx")
    (batch_id,) = land_inbox(ctx)
    (row,) = rows(ctx, batches)
    assert (row["source"], row["status"], row["code"], row["batch_id"]) == ("cases", "landed", None, batch_id)


@pytest.mark.parametrize("crash_at", ["keep_original", "_write", "remove_landed"])
def test_a_crash_anywhere_loses_nothing(ctx: Context, crash_at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(ctx, "月报.xlsx")
    real: Callable[..., Any] = getattr(landing, crash_at)

    def crash(*args: Any, **options: Any) -> None:
        if crash_at != "remove_landed":
            real(*args, **options)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(landing, crash_at, crash)
        with pytest.raises(KeyboardInterrupt):
            land_inbox(ctx)
    assert path.exists()
    land_inbox(ctx)
    assert not path.exists()
    (row,) = rows(ctx, batches)
    assert (ctx.settings.home / row["landing_path"]).read_bytes() == b"data"
    assert [p.name for p in (ctx.settings.landing / "monthly" / row["batch_id"]).iterdir()] == ["original.xlsx"]


def test_a_file_replaced_while_it_lands_is_not_lost(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(ctx, "月报.xlsx", b"old")
    real = landing.keep_original

    def keep_then_replace(*args: Any) -> Path:
        kept = real(*args)
        path.write_bytes(b"newer")
        return kept

    monkeypatch.setattr(landing, "keep_original", keep_then_replace)
    land_inbox(ctx)
    assert path.read_bytes() == b"newer"


def test_a_changing_file_waits(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(ctx, "月报.xlsx", b"old")
    real = landing.read_fingerprint
    monkeypatch.setattr(landing, "read_fingerprint", lambda p: (real(p), p.write_bytes(b"newer"))[0])
    assert land_inbox(ctx) == []
    assert path.read_bytes() == b"newer"
    assert (rows(ctx, outcomes)[0]["code"], rows(ctx, batches)) == ("FILE.CHANGING", [])


def test_waiting_files_by_source_once_they_are_stable(ctx: Context) -> None:
    fresh, old, odd = put(ctx, "月报.xlsx"), put(ctx, "cases/a.csv"), put(ctx, "食堂.xlsx")
    for path, age in ((fresh, 3), (old, 60), (odd, 60)):
        os.utime(path, (NOW.timestamp() - age,) * 2)
    found = waiting_files(ctx.settings, stable_seconds=10, now=NOW, contracts=CONTRACTS)
    assert found == {"cases": [old], "unknown": [odd]}
    assert waiting_files(ctx.settings, stable_seconds=2, now=NOW, contracts=CONTRACTS)["monthly"] == [fresh]


def test_only_the_files_asked_for(ctx: Context, tmp_path: Path) -> None:
    one = put(ctx, "月报1.xlsx", b"1")
    two = put(ctx, "月报2.xlsx", b"2")
    assert len(land_inbox(ctx, files=[one])) == 1
    assert two.exists()
    with pytest.raises(ValueError, match="不是收件箱"):
        land_inbox(ctx, files=[tmp_path / "月报.xlsx"])


@pytest.mark.parametrize("raw", ["月报".encode("gbk") + b".csv", "月报".encode("gbk") + b"\xff\xff.csv"])
def test_names_that_are_no_utf8_are_read_or_at_least_taken(ctx: Context, raw: bytes) -> None:
    path = ctx.settings.inbox / os.fsdecode(raw)
    path.write_bytes(b"a")
    land_inbox(ctx)
    (row,) = rows(ctx, batches)
    assert (row["status"], row["file_name"].endswith(".csv")) == (
        "landed" if row["source"] == "monthly" else "refused",
        True,
    )
    assert (row["file_name"] == "月报.csv") is raw.endswith(b"\xa8.csv")
    assert not path.exists()
