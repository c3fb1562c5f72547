"""Zip archives in the inbox: every member lands for itself, and no archive does harm."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from etl.core.context import Context
from etl.land import archives, land_inbox, landing
from schemas.models.registry import Registry
from schemas.settings import Settings
from schemas.warehouse.tables import batches, outcomes
from tests.etl.check.files import AS_OF, write_xlsx
from tests.etl.land.test_landing import CONTRACTS, NOW, rows


@pytest.fixture
def ctx(settings: Settings, engine: Engine) -> Context:
    registry = Registry(CONTRACTS, {}, {}, {}, (), (), {})
    return Context(settings, registry, engine, AS_OF, "run", now=lambda: NOW)


def put_zip(ctx: Context, name: str, members: dict[str, bytes], **options: Any) -> Path:
    path = ctx.settings.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return path


def test_each_member_is_a_batch_of_its_own(ctx: Context, tmp_path: Path) -> None:
    book = write_xlsx(tmp_path / "x.xlsx", [["甲局", 1]]).read_bytes()
    members = {"三月/月报.xlsx": book, "三月/办件明细_202303.csv": b"a,b\n", "__MACOSX/._月报.xlsx": b"x", "三月/": b""}
    path = put_zip(ctx, "报送.zip", members)
    assert len(land_inbox(ctx)) == 2
    assert not path.exists()
    landed = {row["file_name"]: (row["source"], row["status"]) for row in rows(ctx, batches)}
    assert landed == {"月报.xlsx": ("monthly", "landed"), "办件明细_202303.csv": ("cases", "landed")}
    assert list(ctx.settings.inbox.iterdir()) == []
    (kept,) = (ctx.settings.landing / landing.ARCHIVES).rglob("original.zip")
    assert zipfile.is_zipfile(kept)
    assert "已展开为 2 个文件" in rows(ctx, outcomes)[0]["message"]


def test_names_written_by_windows_in_china(ctx: Context) -> None:
    path = put_zip(ctx, "报送.zip", {"XXXX.csv": b"a"})
    # What Windows writes: the name in GBK, and no flag that says so. 4 bytes: 月报.
    path.write_bytes(path.read_bytes().replace(b"XXXX.csv", "月报".encode("gbk") + b".csv"))
    land_inbox(ctx)
    assert [row["file_name"] for row in rows(ctx, batches)] == ["月报.csv"]


def test_long_names_and_archives_called_in_gbk(ctx: Context) -> None:
    long = "关于报送二〇二三年第一季度全区营商环境重点任务进展情况的函" * 4 + "月报.csv"
    path = put_zip(ctx, "报送.zip", {long: b"a"})
    path.rename(path.with_name(os.fsdecode("报送".encode("gbk") + b".zip")))
    (batch_id,) = land_inbox(ctx)
    (row,) = rows(ctx, batches)
    assert (row["batch_id"], row["source"]) == (batch_id, "monthly")
    assert long.endswith(row["file_name"])
    assert "「报送.zip」" in rows(ctx, outcomes)[0]["message"]


def test_paths_in_an_archive_lead_nowhere(ctx: Context) -> None:
    hostile = {"../../../月报1.csv": b"1", "/etc/月报2.csv": b"2", "..\\..\\月报3.csv": b"3", "a/月报1.csv": b"4"}
    put_zip(ctx, "报送.zip", hostile)
    assert len(land_inbox(ctx)) == 4
    names = [row["file_name"] for row in rows(ctx, batches)]
    assert sorted(names) == ["a_月报1.csv", "月报1.csv", "月报2.csv", "月报3.csv"]
    assert {p.name for p in ctx.settings.home.parent.iterdir()} == {"home"}


@pytest.mark.parametrize(
    ("members", "code", "words"),
    [
        ({"readme/": b""}, "FILE.ARCHIVE", "没有文件"),
        ({"里层.zip": b"PK\x03\x04" + b"x" * 50}, "FILE.ARCHIVE", "里还有压缩包「里层.zip」"),
        ({"月报.csv": b"0" * 120_000_000}, "FILE.TOO_LARGE", "展开后过大"),
        ({f"月报{i}.csv": b"x" for i in range(501)}, "FILE.TOO_LARGE", "多于 500 个"),
    ],
    ids=["empty", "nested", "bomb", "many"],
)
def test_unusable_archives_are_refused_with_a_cure(
    ctx: Context, members: dict[str, bytes], code: str, words: str
) -> None:
    put_zip(ctx, "月报.zip", members)
    assert land_inbox(ctx) == []
    (row,) = rows(ctx, batches)
    assert (row["status"], row["code"], row["file_name"]) == ("refused", code, "月报.zip")
    assert words in row["message"]
    assert row["todo"]
    assert list(ctx.settings.inbox.iterdir()) == []


def test_an_archive_whose_names_are_no_text_is_broken(ctx: Context) -> None:
    path = put_zip(ctx, "月报.zip", {"表.csv": b"1"})
    path.write_bytes(path.read_bytes().replace("表".encode(), b"\xff\xdf\xff"))
    landed = land_inbox(ctx)  # whether it is an archive cannot be said: check refuses it
    assert [(row["status"], row["file_name"]) for row in rows(ctx, batches)] == [("landed", "月报.zip")]
    assert len(landed) == 1


def test_an_archive_that_lies_about_its_size_is_stopped(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put_zip(ctx, "月报.zip", {"月报.csv": b"0" * 5_000_000})
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 1_000_000)
    monkeypatch.setattr(archives, "_refuse_excess", lambda *_: None)  # the declared size is not looked at
    with pytest.raises(archives.UnusableArchiveError, match="过大"):
        archives.unpack(path)
    assert [p.name for p in ctx.settings.inbox.iterdir()] == ["月报.zip"]


def test_a_password_is_named(ctx: Context) -> None:
    path = put_zip(ctx, "月报.zip", {"月报.csv": b"secret"})
    data = bytearray(path.read_bytes())
    for start in (data.index(b"PK\x03\x04") + 6, data.index(b"PK\x01\x02") + 8):
        data[start] |= 1
    path.write_bytes(bytes(data))
    land_inbox(ctx)
    assert rows(ctx, batches)[0]["code"] == "FILE.PASSWORD"


@pytest.mark.parametrize("crash_at", ["unpack", "remove_landed", "keep_original"])
def test_a_crash_anywhere_loses_nothing(ctx: Context, crash_at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put_zip(ctx, "报送.zip", {"月报1.csv": b"1", "月报2.csv": b"2"})
    real = getattr(landing, crash_at)

    def crash(*args: Any, **options: Any) -> None:
        real(*args, **options)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(landing, crash_at, crash)
        with pytest.raises(KeyboardInterrupt):
            land_inbox(ctx)
    land_inbox(ctx)
    assert {row["sha256"][:4] for row in rows(ctx, batches)} == {"6b86", "d473"}  # SHA-256 of "1" and of "2"
    assert list(ctx.settings.inbox.iterdir()) == []


def test_only_the_files_asked_for_are_opened(ctx: Context) -> None:
    wanted = put_zip(ctx, "甲.zip", {"月报1.csv": b"1"})
    other = put_zip(ctx, "乙.zip", {"月报2.csv": b"2"})
    assert land_inbox(ctx, files=[wanted]) == []
    assert other.exists()
    assert (ctx.settings.inbox / "月报1.csv").exists()
