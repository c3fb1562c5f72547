"""Entries from the form to the values, on the real warehouse and lake: corrections, withdrawals, evidence, the form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import ibis
import openpyxl
import pytest
from sqlalchemy import select

from etl import pipeline
from etl.by_hand_template import find_blanks, write_template
from etl.compute.by_hand_stage import find_entry_evidence
from etl.compute.stage import affected_sources
from etl.core.context import Context
from etl.core.lake import open_lake
from etl.core.verdicts import EvidenceRow, VerdictRow
from etl.dry_run import try_file
from schemas.models.registry import Registry
from schemas.warehouse.tables import batches, evidence, values, verdicts
from tests.etl.by_hand_city import PLAN, entry, load_city, write_entries

DAY = dt.date(2023, 9, 15)
DONE = {"confirmed": "是", "evidence": "示例〔2023〕12号"}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return load_city(tmp_path_factory.mktemp("city"))


@pytest.fixture
def ctx(make_context: Callable[..., Context], city: Registry) -> Context:
    return make_context(as_of=DAY, registry=city)


def hand_in(ctx: Context, name: str, *rows: list[Any]) -> None:
    write_entries(ctx.settings.inbox / name, rows)
    take_in(ctx)


def take_in(ctx: Context) -> None:
    pipeline.land(ctx)
    pipeline.check(ctx)
    pipeline.load(ctx)
    pipeline.compute(ctx)


def recorded(ctx: Context, target: str) -> dict[str, tuple[Any, ...]]:
    """Period -> (state, numerator, open numerator), the jurisdiction's own."""
    query = select(values).where(
        values.c.recorded_to.is_(None), values.c.indicator == f"manual:{PLAN}:{target}", values.c.unit == "self"
    )
    with ctx.engine.connect() as connection:
        rows = connection.execute(query).mappings().all()
    assert {(row["variant"], row["denominator"]) for row in rows if row["state"] == "ok"} <= {("", 1)}
    return {row["period"]: (row["state"], row["numerator"], row["open_numerator"]) for row in rows}


def test_said_corrected_withdrawn_and_said_again(ctx: Context) -> None:
    """The latest file of a key stands; what is taken back is as if it had never been said."""
    hand_in(
        ctx, "人工填报一.xlsx", entry("list-published", day="2023-06-20", **DONE), entry("meeting", day="2023-01-05")
    )
    assert recorded(ctx, "list-published") == {"2023-06": ("ok", 1, 0)}
    assert recorded(ctx, "meeting")["2023-01..02"] == ("ok", 1, None)
    assert recorded(ctx, "meeting")["2023-09..10"] == ("manual_pending", None, None)

    withdrawn = entry("list-published", day="2023-06-20", confirmed="否")
    hand_in(ctx, "人工填报二.xlsx", withdrawn, entry("list-published", day="2023-07-02", **DONE))
    assert recorded(ctx, "list-published") == {"2023-06": ("ok", 0, 1)}
    assert recorded(ctx, "meeting")["2023-01..02"] == ("ok", 1, None)

    # word for word the first file, but after the second: it is news, not a repetition
    again = [entry("list-published", day="2023-06-20", **DONE), entry("meeting", day="2023-01-05")]
    hand_in(ctx, "人工填报三.xlsx", *again, entry("meeting"))
    assert recorded(ctx, "list-published") == {"2023-06": ("ok", 1, 1)}
    with ctx.engine.connect() as connection:
        assert set(connection.execute(select(batches.c.status)).scalars()) == {"loaded"}


def test_the_deciding_row_is_named_and_a_changed_target_computed_anew(
    ctx: Context, make_context: Callable[..., Context]
) -> None:
    rank, done = entry("city-rank", period="2023-H1", value=4, source="市通报第3期"), DONE | {"day": "2023-06-20"}
    hand_in(ctx, "人工填报.xlsx", rank, entry("list-published", **done))
    (row,) = look_up(ctx, make_verdict("city-rank", "2023-H1"))
    assert (row.file_name, row.sheet, row.line, row.note) == ("人工填报.xlsx", "填报", 2, "2023-H1 填报 4")
    cells = {cell["column"]: (cell["cell"], cell["text"]) for cell in row.cells}
    assert cells["value"] == ("F2", "4")
    assert cells["period"] == ("D2", "2023-H1")
    assert cells["source"] == ("J2", "市通报第3期")

    assert affected_sources(ctx) == []
    pack = ctx.registry.plans[PLAN]
    earlier = {"due": dt.date(2023, 5, 31)}
    targets = tuple(t.model_copy(update=earlier) if t.id == "list-published" else t for t in pack.targets)
    changed = make_context(as_of=DAY, registry=replace(ctx.registry, plans={PLAN: replace(pack, targets=targets)}))
    assert affected_sources(changed) == ["manual"]
    pipeline.compute(changed)
    assert recorded(changed, "list-published") == {"2023-05": ("ok", 0, 1)}


def test_a_source_in_the_middle_of_its_files_waits(
    ctx: Context, make_context: Callable[..., Context], city: Registry
) -> None:
    """Half of its files would be another value, and a mail about it; the last of them marks it again."""
    hand_in(ctx, "人工填报一.xlsx", entry("list-published", day="2023-06-20", **DONE))
    write_entries(ctx.settings.inbox / "人工填报二.xlsx", [entry("meeting", day="2023-01-05")])
    next_day = make_context(as_of=DAY + dt.timedelta(days=1), registry=city)
    pipeline.land(ctx)
    for _ in range(2):  # it waits for its check, then for its load
        assert "manual" not in affected_sources(next_day)
        assert set(affected_sources(next_day)) == set(city.contracts) - {"manual"}
        pipeline.check(ctx)
    pipeline.compute(next_day)
    assert recorded(ctx, "meeting") == recorded(ctx, "meeting") | {"2023-01..02": ("manual_pending", None, None)}
    pipeline.load(ctx)
    pipeline.compute(next_day)
    assert recorded(ctx, "meeting")["2023-01..02"] == ("ok", 1, None)


def make_verdict(target: str, period: str) -> VerdictRow:
    return VerdictRow(
        plan=PLAN, target=target, unit="self", period=period, period_end=dt.date(2023, 6, 30),
        is_current=True, status="missed", reason="not_reached", light="red", comparator="<=", target_value=None,
        target_unit="rank", sentence="", sentence_en="", clause="", due=None, basis="", strength="", control="",
    )  # fmt: skip


def look_up(ctx: Context, verdict: VerdictRow) -> tuple[EvidenceRow, ...]:
    with open_lake(ctx.settings, read_only=True) as lake, ctx.engine.connect() as connection:
        backend = ibis.duckdb.from_connection(lake)
        return find_entry_evidence(ctx, [verdict], lake=lake, backend=backend, connection=connection)[verdict.key]


def test_a_verdict_follows_what_was_entered_and_names_its_row(ctx: Context) -> None:
    """Confirmed: met, with the row that says so. Taken back after the due day: missed, and told as a restatement."""
    done = entry("list-published", day="2023-06-20", **DONE)
    write_entries(ctx.settings.inbox / "人工填报一.xlsx", [done, entry("meeting", day="2023-01-05")])
    pipeline.run(ctx)
    assert stands(ctx, "list-published") == [("2023-06", "met", "人工填报一.xlsx", 2)]
    met = [row for row in stands(ctx, "meeting") if row[1] == "met"]
    assert met == [("2023-01..02", "met", "人工填报一.xlsx", 3)]
    withdrawn = entry("list-published", day="2023-06-20", confirmed="否")
    path = write_entries(ctx.settings.home / "人工填报二.xlsx", [withdrawn])
    tried = try_file(ctx, path, ctx.registry.contracts["manual"])
    assert [(c.target, c.before, c.after) for c in tried.changes] == [("list-published", "green", "red")]
    path.rename(ctx.settings.inbox / path.name)
    pipeline.run(ctx)
    assert stands(ctx, "list-published") == [("2023-06", "missed", None, None)]


def stands(ctx: Context, target: str) -> list[tuple[Any, ...]]:
    """(period, status, file and line of the first deciding row) of the published verdicts that stand."""
    v, e = verdicts.c, evidence.c
    joined = verdicts.outerjoin(evidence, (e.verdict_id == v.id) & (e.rank == 1))
    query = select(v.period, v.status, e.file_name, e.line).select_from(joined)
    query = query.where(v.set_to.is_(None), v.target == target).order_by(v.period)
    with ctx.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


FILLED = {
    "list-published": {"日期": dt.datetime(2023, 6, 20), "是否确认": "是", "佐证": "示例〔2023〕12号"},
    "meeting": {"所属期": "2023-01..02", "数值": 2, "填报人": "王某某"},
    "city-rank": {"所属期": "2023-H1", "数值": 3, "来源": "市通报第3期"},
    "city-grade": {"所属期": "2023", "等次": "优异", "来源": "市通报第3期"},
}


def test_the_form_comes_back_as_it_was_filled_in(ctx: Context, city: Registry) -> None:
    """Form out, four lines filled in as a person does, form in: nothing is held, and what is left is asked again."""
    pipeline.compute(ctx)
    path = ctx.settings.home / "人工填报.xlsx"
    blanks = find_blanks(ctx, PLAN)
    assert [b.known.target.id for b in blanks] == [
        *("list-published", "meeting", "visit", "city-rank", "city-grade", "guide-issued")
    ]
    write_template(path, blanks, city.contracts["manual"])
    fill_in(path, FILLED)
    path.rename(ctx.settings.inbox / path.name)
    take_in(ctx)
    with ctx.engine.connect() as connection:
        row = connection.execute(select(batches)).mappings().one()
    assert (row["status"], row["rows_accepted"], row["rows_quarantined"]) == ("loaded", 4, 0)
    assert row["lines"]["note"] == 2
    assert recorded(ctx, "list-published") == {"2023-06": ("ok", 1, 0)}
    assert recorded(ctx, "city-rank") == {"2023-H1": ("ok", 3, None)}
    assert recorded(ctx, "city-grade") == {"2023": ("ok", 3, None)}
    assert recorded(ctx, "meeting")["2023-01..02"] == ("ok", 2, None)
    left = {b.known.target.id: b.missing for b in find_blanks(ctx, PLAN)}
    assert list(left) == ["meeting", "visit", "guide-issued"]
    assert left["meeting"] == ("2023-03..04", "2023-05..06", "2023-07..08", "2023-09..10")


def fill_in(path: Path, filled: dict[str, dict[str, Any]]) -> None:
    """Write into the open cells of the form, as a person does with a spreadsheet."""
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["填报说明", "填报"]
    sheet = book["填报"]
    headers = {cell.value: cell.column for cell in sheet[1]}
    for line in range(2, sheet.max_row + 1):
        target = str(sheet.cell(line, headers["目标编号"]).value)
        for header, value in filled.get(target, {}).items():
            assert sheet.cell(line, headers[header]).value is None
            sheet.cell(line, headers[header]).value = value
    book.save(path)


def test_the_form_offers_words_runs_no_formula_and_is_never_overwritten(ctx: Context, city: Registry) -> None:
    path = ctx.settings.home / "form.xlsx"
    blanks = find_blanks(ctx, PLAN)
    evil = blanks[0].known.target.model_copy(update={"name_zh": "=HYPERLINK(1)", "clause": "@一"})
    first = replace(blanks[0], known=replace(blanks[0].known, target=evil))
    write_template(path, [first, *blanks[1:]], city.contracts["manual"])
    sheet = openpyxl.load_workbook(path)["填报"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert [sheet["C2"].value, sheet["D2"].value] == ["'=HYPERLINK(1)", "'@一"]
    words = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    grade_line = [b.known.target.id for b in blanks].index("city-grade") + 2
    assert words[f"L{grade_line}"] == '"一般,良好,优异"'
    assert words["M2"] == '"是,否"'
    with pytest.raises(FileExistsError):
        write_template(path, blanks, city.contracts["manual"])
