"""Checks one file against its contract. Pure but for the staged file: same bytes, same contract, same result."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from etl.check.between import judge_between
from etl.check.checked import Checked, Refusal
from etl.check.corrections import choose_grids, loosen
from etl.check.entries import EntryJudge
from etl.check.facts import RowJudge, RowJudges
from etl.check.file_period import FilePeriod, choose_row_period, decide_period, find_stated_periods, name_period
from etl.check.findings import FindingLog, make_refusal_finding
from etl.check.future import FutureJudge
from etl.check.grid import BrokenFileError, name_column
from etl.check.headings import find_year
from etl.check.held_lines import write_lines
from etl.check.history import History
from etl.check.late_rows import parse_text
from etl.check.lines import LineKind, LineSorter
from etl.check.parse import ColumnParser
from etl.check.proposals import describe_proposals, find_fits, note_proposals, propose
from etl.check.references import ReferenceJudge
from etl.check.report import report_accepted, report_empty
from etl.check.request import WORK_PREFIX, CheckRequest
from etl.check.rows import RowChecker
from etl.check.sniff import refuse_unreadable
from etl.check.source import Source, open_source
from etl.check.staging import StagedRows, WorkFiles, finish
from etl.check.sums import note_sums
from etl.check.table import Table, find_table
from etl.check.table_refusals import MissingColumns
from etl.check.whole import hold_repeats, judge_file, note_layout, refuse_too_many
from etl.check.wide import describe_wide
from etl.core.periods import parse_period
from schemas.models.contract import Contract
from schemas.models.finding import Finding, Level


def check_request(request: CheckRequest) -> Checked:
    """Read, sort, parse and judge one file.

    Args:
        request: of what is in it,
            path: the bytes; the ending of the name says nothing.
            contract: the promise of its source.
            file_name: the name under which the department sent it (the period may stand there).
            unit_names: every spelling of a unit -> its id.
            as_of: today.
            staged: where the accepted rows go (`accepted.parquet`); None: nothing is written but to a temporary folder.
            batch_id: goes into every accepted row.
            zone: whose wall time stamps with a zone of their own are turned into.
            catalogue: the targets that entries are held against; needed where the contract has entry rules.
            known: what the reference rules may name, by code; needed where the contract has such rules.
            history: what was known of the source before the period of the file; None: nothing.
            key: hashes persons; needed where the contract has personal columns.

    Returns:
        accepted, refused or empty; never an exception for what the sender did.

    Raises:
        AccountingError: lines do not add up (a fault of ours).
        ValueError: entry rules and no catalogue, so that rows that nobody could check would be accepted; personal
            columns and no key, so that persons would be kept.
    """
    if request.corrected:
        request = replace(request, contract=loosen(request.contract))
    contract = request.contract
    if contract.is_by_hand and request.catalogue is None:
        raise ValueError(f"contract {contract.id} has entry rules: give the catalogue of targets")
    if contract.has_personal and request.key is None:
        raise ValueError(f"contract {contract.id} has personal columns: give the key")
    named = name_period(contract, request.file_name, request.as_of)
    try:
        source = open_source(request.path, file_name=request.file_name)
        if isinstance(source, Refusal):
            return _refuse(source, period=named)
        source = replace(source, grids=choose_grids(source.grids, corrected=request.corrected))
        table = find_table(source.grids, contract, file_name=request.file_name)
        if isinstance(table, Refusal):
            return _refuse_table(request, source, table, named)
        reading = _describe_reading(source, table, contract)
        parent = request.staged.parent if request.staged else None
        with tempfile.TemporaryDirectory(prefix=WORK_PREFIX, dir=parent) as folder:
            return _check_table(request, table, reading, Path(folder))
    except BrokenFileError as error:
        return _refuse(refuse_unreadable(str(error)), period=named)


def check_file(path: Path, contract: Contract, **told: Any) -> Checked:
    """`check_request` for callers that hold the single parts (the names are those of `CheckRequest`)."""
    return check_request(CheckRequest(path, contract, **told))


def _refuse(
    refusal: Refusal,
    *,
    log: FindingLog | None = None,
    reading: Mapping[str, Any] | None = None,
    lines: Mapping[str, int] | None = None,
    period: FilePeriod | None = None,
) -> Checked:
    findings = (make_refusal_finding(refusal.code, refusal.message, refusal.todo), *(log.all() if log else ()))
    return Checked(
        status="refused",
        code=refusal.code,
        message=refusal.message,
        todo=refusal.todo,
        findings=findings,
        reading=reading or {},
        lines=lines or {},
        period=period.period if period else None,
        covers=period.covers if period else (),
    )


def _refuse_table(request: CheckRequest, source: Source, refusal: Refusal, period: FilePeriod | None) -> Checked:
    """No usable table; where columns are missing, with what they may be called now."""
    reading: dict[str, Any] = {"format": source.format, "encoding": source.encoding}
    log = FindingLog()
    if isinstance(refusal, MissingColumns):
        parser = ColumnParser(request.contract, request.unit_names, zone=request.zone)
        grid, line, missing, unknown = refusal.grid, refusal.line, refusal.missing, refusal.unknown
        # without its header, the line taken for one may be the first person of the table: only texts count there
        fits = {} if request.contract.has_personal else find_fits(grid, line, missing, unknown, parser)
        found = propose(missing, unknown, request.contract, fits)
        note_proposals(log, found, sheet=grid.name or None, line=line)
        refusal = replace(refusal, message=refusal.message + describe_proposals(found))
        reading |= {"delimiter": getattr(grid, "delimiter", None), "proposals": [asdict(one) for one in found]}
    return _refuse(refusal, log=log, reading=reading, period=period)


def _describe_reading(source: Source, table: Table, contract: Contract) -> dict[str, Any]:
    columns = {
        name: {"header": table.headers[name], "letter": name_column(place)}
        for name, place in table.sheet_columns.items()
    }
    delimiter = getattr(table.grid, "delimiter", None)
    return {
        "format": source.format,
        "encoding": source.encoding,
        "delimiter": delimiter,
        "sheet": table.grid.name or None,
        "header_line": table.header_line,
        "columns": columns,
        "extra": [] if contract.ignores_all else list(table.extra),
        "ignored": len(table.extra) if contract.ignores_all else 0,
        "hidden_sheets": list(source.hidden),
        "hidden_lines": [line for line in getattr(table.grid, "hidden_lines", ()) if line > table.header_line],
    }


def _check_table(request: CheckRequest, table: Table, reading: Mapping[str, Any], folder: Path) -> Checked:
    contract, log = request.contract, FindingLog()
    stated = _find_stated(request, table)
    row_period = choose_row_period(contract, stated)
    own = parse_period(row_period.constant) if row_period.constant else None
    year = find_year(table.titles, request.file_name)
    parser = ColumnParser(contract, request.unit_names, period=own, zone=request.zone, year=year)
    sorter = LineSorter(table, contract)
    judge = _make_judge(request)
    checker = RowChecker(table, contract, parser, sorter, log, row_period, request.batch_id, judge, request.key)
    with WorkFiles(folder, contract) as work:
        checker.run(work)
    note_layout(checker, reading)
    checker.sections.note_counts(log, table.grid.name or None)
    neighbours = sorter.neighbours
    neighbours.note(log, table.grid.name or None, above=table.lines_of_others, last_line=sorter.last_line)
    reading = {**reading, **_describe_told(request)}
    if contract.section:
        reading |= {"sections": checker.sections.describe()}
    if table.layout:
        across = table.layout.across
        reading |= {"wide": describe_wide(table.layout, lambda text: parse_text(checker, text, across))}
    ReferenceJudge.of(contract, request.known).note_silence(table, log)
    if excess := log.find_excess():
        refusal = refuse_too_many(excess[0].message, excess[1])
        period = decide_period(contract, stated, None, request.as_of)
        return _refuse(refusal, log=log, reading=reading, period=None if isinstance(period, Refusal) else period)
    lines = checker.sorter.close()
    if neighbours.refusal is not None:
        return _refuse(neighbours.refusal, log=log, reading=reading, lines=lines)
    data_rows = checker.sorter.counts[LineKind.DATA]
    with StagedRows(work, contract) as rows:
        period = decide_period(contract, stated, rows if data_rows else None, request.as_of)
        if isinstance(period, Refusal):
            return _refuse(period, log=log, reading=reading, lines=lines)
        refusal = _judge_together(checker, rows, data_rows, request.history) if data_rows else None
    if refusal is not None:
        return _refuse(refusal, log=log, reading=reading, lines=lines, period=period)
    _note_other_period(period, log)
    if not data_rows:
        return report_empty(log, reading, lines, period)
    staged = request.staged or folder / "accepted.parquet"
    fingerprint = finish(work, staged, contract, drop=sorted(checker.late))
    write_lines(staged, table)
    return report_accepted(checker, reading, lines, period, fingerprint)


def _make_judge(request: CheckRequest) -> RowJudges:
    """Whoever has to be asked about the rows because the contract says so."""
    contract = request.contract
    judges: list[RowJudge] = [ReferenceJudge.of(contract, request.known), FutureJudge.of(contract, request.as_of)]
    if request.catalogue and contract.is_by_hand:
        judges.append(EntryJudge(request.catalogue, request.as_of))
    return RowJudges(judges)


def _judge_together(checker: RowChecker, rows: StagedRows, data_rows: int, history: History | None) -> Refusal | None:
    """What only all rows together can answer; the first reason to refuse the file ends it."""
    refusal = (
        hold_repeats(checker, rows)
        or judge_between(checker, rows, history)
        or judge_file(checker, rows, data_rows, history)
    )
    if refusal is None:
        note_sums(checker, rows, history)
    return refusal


def _describe_told(request: CheckRequest) -> dict[str, Any]:
    """What the result rests on beside the bytes and the contract."""
    told: dict[str, Any] = {}
    if request.history is not None:
        told["history"] = request.history.describe()
    if request.known:
        told["known"] = {code: known.describe() for code, known in request.known.items()}
    return told


def _find_stated(request: CheckRequest, table: Table) -> dict[str, str]:
    """What title and file name say; of corrected rows, what the file said that they come from."""
    if not request.corrected:
        return find_stated_periods(request.contract, table.titles, request.file_name)
    places = [place for place in request.contract.period.read_from if place in ("title", "filename")]
    return dict.fromkeys(places, request.given_period) if request.given_period else {}


def _note_other_period(period: FilePeriod, log: FindingLog) -> None:
    if period.other is None:
        return
    place, said = period.other
    message = f"{period.place}写的所属期是 {period.period}，{place}写的是 {said}；本次按 {period.period} 处理"
    log.add_once(
        Finding(
            code="PERIOD.DISAGREES", level=Level.NOTE, message=message, todo="请核对所属期；如有误，请改正后重新报送"
        )
    )
