"""A workbook of 100,000 rows and 30 columns, read and checked, against pandas with openpyxl, which only reads it."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from bench.figure import Figure
from etl.check.reader import read_file
from etl.check.request import CheckRequest
from schemas.models.contract import Contract
from schemas.settings import Settings

ROWS = 100_000
AIM = 1 / 3
AS_OF = dt.date(2023, 12, 31)
KINDS = ("text", "integer", "decimal", "percent", "datetime", "code")
WORDS = ("在办", "办结", "退件")


def make_contract() -> Contract:
    """Thirty columns: a key, and 29 of six types by turns; counts are not negative, words are known."""
    columns: list[dict[str, Any]] = [{"name": "c0", "header": "编号", "type": "id"}]
    for place in range(1, 30):
        kind = KINDS[place % len(KINDS)]
        more: dict[str, Any] = {"allowed": WORDS} if kind == "code" else {"minimum": 0} if kind == "integer" else {}
        columns.append({"name": f"c{place}", "header": f"列{place}", "type": kind, **more})
    return Contract.model_validate(
        {
            **{"id": "wide", "name_zh": "宽表", "name_en": "wide", "owner": "甲局", "kind": "report"},
            **{"files": ["*"], "period": {"grain": "month", "read_from": ["filename"]}, "resend": "replace"},
            **{"columns": columns, "key": ["c0"]},
        }
    )


def write_wide(path: Path, contract: Contract, rows: int) -> None:
    """The workbook as a program exports it: numbers as numbers, times as times."""
    draw = random.Random(4)  # noqa: S311 - test data
    start = dt.datetime(2023, 1, 1)  # noqa: DTZ001 - wall time of the plan
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        stamp, percent = book.add_format({"num_format": "yyyy-mm-dd hh:mm"}), book.add_format({"num_format": "0.0%"})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [column.header for column in contract.columns])
        for line in range(1, rows + 1):
            for place, column in enumerate(contract.columns):
                match str(column.type):
                    case "id":
                        sheet.write_string(line, place, f"36012220{line:010d}")
                    case "text":
                        sheet.write_string(line, place, f"企业{draw.randrange(rows)}")
                    case "integer":
                        sheet.write_number(line, place, draw.randrange(10_000))
                    case "decimal":
                        sheet.write_number(line, place, draw.randrange(10**6) / 100)
                    case "percent":
                        sheet.write_number(line, place, draw.randrange(1001) / 1000, percent)
                    case "datetime":
                        sheet.write_datetime(line, place, start + dt.timedelta(minutes=draw.randrange(500_000)), stamp)
                    case _:
                        sheet.write_string(line, place, draw.choice(WORDS))


def measure(rows: int = ROWS) -> list[Figure]:
    """A small file goes first, so that the reader and Great Expectations are warm."""
    contract, settings = make_contract(), Settings()
    with tempfile.TemporaryDirectory(prefix="bizenv-bench-") as name:
        small, big = Path(name) / "宽表202311.xlsx", Path(name) / "宽表202312.xlsx"
        write_wide(small, contract, 100)
        write_wide(big, contract, rows)
        staged = Path(name) / "accepted.parquet"
        times: dict[str, float] = {}
        for path, wanted in ((small, 100), (big, rows)):
            started = time.perf_counter()
            checked = read_file(CheckRequest(path, contract, path.name, {}, AS_OF, staged, "bench"), settings)
            times["checked"] = time.perf_counter() - started
            if checked.rows_accepted != wanted:
                raise RuntimeError(f"{checked.message} {checked.reading} {checked.findings[:3]}")
        started = time.perf_counter()
        pd.read_excel(big, engine="openpyxl")
        times["pandas with openpyxl"] = time.perf_counter() - started
    ratio = times["checked"] / times["pandas with openpyxl"]
    return [Figure(f"xlsx of {rows:,} x 30 checked / read by openpyxl", ratio, AIM, "times", times)]
