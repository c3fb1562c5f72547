"""Questions that only the whole file can answer: repeated keys, its own totals, how many rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from etl.check.checked import Refusal
from etl.check.findings import TOO_MANY
from etl.check.history import History
from etl.check.late_rows import fetch_lines, hold_late, parse_text
from etl.check.proposals import propose
from etl.check.rows import RowChecker
from etl.check.staging import StagedRows
from etl.check.usual import Usual, find_usual
from etl.check.wide_totals import find_wrong_totals
from etl.core.periods import parse_period
from expectations.run import RuleResult, run_file_rules
from expectations.suite import name_between_fact, name_total_columns
from schemas.models.contract import RowCountRule, TotalRule
from schemas.models.contract_between import UsualRowsRule
from schemas.models.finding import Finding, Level


def refuse_too_many(example: str, count: int) -> Refusal:
    message = f"同一问题超过 {TOO_MANY} 行（已发现 {count} 行），整份文件未接收。例如：{example}"
    return Refusal("FILE.TOO_MANY_BAD", message, "请检查导出方式或列的内容，更正后重新报送整份文件")


def hold_repeats(checker: RowChecker, rows: StagedRows) -> Refusal | None:
    """Hold repeated rows: of identical ones all but the first, of differing ones all."""
    repeated = rows.count_repeats()
    if repeated > TOO_MANY:
        return refuse_too_many("多行的编号（关键列）相同", repeated)
    if not repeated:
        return None
    repeats = rows.find_repeats()
    for block, row in fetch_lines(checker, {*repeats.same, *repeats.differing}):
        finding = checker.describe.repeat(block, row, repeats)
        checker.log.add_rows(finding.code, None, np.array([row]), lambda _, f=finding: f)
        hold_late(checker, block, row, finding.code)
    return None


def judge_file(checker: RowChecker, rows: StagedRows, data_rows: int, history: History | None = None) -> Refusal | None:
    """Run the rules about the whole file; a breach of level `refuse` is the end of it."""
    facts, wrong = _gather_facts(checker, rows, data_rows, history)
    for result in run_file_rules(facts, checker.contract):
        if result.could_not_run is not None:
            checker.log.add_once(checker.describe.silent_rule(result))
        elif len(result.bad):
            listed = wrong.get(str(result.expected.kwargs.get("column")))
            found = listed or [_describe_breach(checker, result, facts, history)]
            if result.expected.level is Level.REFUSE:
                return Refusal(found[0].code, found[0].message, found[0].todo)
            for finding in found:
                checker.log.add_once(finding)
    return None


def _gather_facts(
    checker: RowChecker, rows: StagedRows, data_rows: int, history: History | None
) -> tuple[dict[str, Any], dict[str, list[Finding]]]:
    """What the rules about the whole file ask for, and of wide tables, the totals that are wrong, by their fact."""
    facts: dict[str, Any] = {"row_count": data_rows}
    wrong: dict[str, list[Finding]] = {}
    for rule in checker.contract.rules:
        if isinstance(rule, UsualRowsRule):
            usual = find_usual_rows(rule, history)
            facts[name_between_fact(rule)] = usual is None or usual.holds(data_rows)
        if not isinstance(rule, TotalRule):
            continue
        for name in rule.columns:
            if checker.table.layout is None:
                facts |= _read_total(checker, rows, name)
                continue
            fact = name_between_fact(rule, name)
            wrong[fact] = find_wrong_totals(checker, rows, rule, name)
            facts[fact] = not wrong[fact]
    return facts, wrong


def _read_total(checker: RowChecker, rows: StagedRows, name: str) -> Mapping[str, Any]:
    """What the total row states and what the rows sum up to; None where either is not known."""
    stated_name, sum_name = name_total_columns(name)
    total = checker.sorter.grand_total()
    text = total.cells.get(checker.table.columns.get(name, -1)) if total else None
    if not text or checker.unread.get(name):
        return {stated_name: None, sum_name: None}
    return {stated_name: parse_text(checker, text, name), sum_name: rows.sum_column(name)}


def find_usual_rows(rule: UsualRowsRule, history: History | None) -> Usual | None:
    """How many rows the files of the last periods had; None where too few are known."""
    counts = history.counts if history else {}
    newest = sorted(counts, key=lambda period: parse_period(period).start)[-rule.periods :]
    figures = [counts[period] for period in newest]
    return find_usual(figures, cutoff=rule.cutoff, least_share=rule.least_share, at_least=rule.at_least)


def _describe_breach(
    checker: RowChecker, result: RuleResult, facts: Mapping[str, Any], history: History | None
) -> Finding:
    rule = result.expected.rule
    if rule is None:
        raise ValueError("a rule about the whole file comes from the contract")
    header = checker.table.headers.get(result.column or "")
    if isinstance(rule, RowCountRule):
        details = f"共 {facts['row_count']} 行"
    elif isinstance(rule, UsualRowsRule) and (usual := find_usual_rows(rule, history)):
        details = f"共 {facts['row_count']} 行；{usual.show()}"
    else:
        stated, added = (_plain(facts[name]) for name in name_total_columns(str(result.column)))
        details = f"「{header}」合计行为 {stated}，各行之和为 {added}"
    return Finding(
        code=rule.code,
        level=result.expected.level,
        message=f"{rule.message}（{details}）",
        todo=rule.todo,
        rule=rule.kind,
        column=result.column,
        header=header,
    )


def _plain(number: Any) -> str:
    text = str(number) if isinstance(number, int) else f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _note_overlaps(overlaps: Mapping[int, str], *, shown: bool) -> Finding:
    lines = "、".join(f"第 {line} 行{f'「{text}」' if shown else ''}" for line, text in list(overlaps.items())[:5])
    more = " 等" if len(overlaps) > 5 else ""
    message = f"{lines}{more}像是其他行的合计或其中的一部分，已各按一行读取，汇总时可能重复计算"
    todo = "请核对；如不应单独计数，请删去这些行后重新报送整份文件"
    return Finding(code="ROW.OVERLAPS", level=Level.NOTE, message=message, todo=todo, line=next(iter(overlaps)))


def note_layout(checker: RowChecker, reading: Mapping[str, Any]) -> None:
    """Remarks about what is hidden, columns that nobody asked for, and lines of the form that are still empty."""
    if names := reading["hidden_sheets"]:
        listed = "、".join(f"「{name}」" for name in names)
        todo = "如隐藏的工作表里有要报的数据，请取消隐藏后重新报送"
        finding = Finding(code="SHEET.HIDDEN", level=Level.NOTE, message=f"未读取隐藏的工作表{listed}", todo=todo)
        checker.log.add_once(finding)
    if names := checker.table.passed_over:
        listed = "、".join(f"「{name}」" for name in names)
        message = f"文件名写明了所属期，只读取了「{checker.table.grid.name}」，未读取其他时期的工作表{listed}"
        todo = "如其他时期的表也要报送，请每个所属期一个文件，分开报送"
        checker.log.add_once(Finding(code="SHEET.OTHER", level=Level.NOTE, message=message, todo=todo))
    if lines := reading["hidden_lines"]:
        shown = "、".join(map(str, lines[:10])) + (" 等" if len(lines) > 10 else "")
        message = f"有 {len(lines)} 行被隐藏或筛选（第 {shown} 行），已照常读取"
        todo = "如这些行不应报送，请删除后重新报送整份文件"
        checker.log.add_once(Finding(code="ROW.HIDDEN", level=Level.NOTE, message=message, todo=todo))
    if checker.sorter.not_filled:
        message = f"有 {checker.sorter.not_filled} 行还没有填写，未读取"
        left = Finding(code="ROW.NOT_FILLED", level=Level.NOTE, message=message, todo="无需处理；有了结果再填写报送")
        checker.log.add_once(left)
    if overlaps := checker.sorter.overlaps:
        checker.log.add_once(_note_overlaps(overlaps, shown=not checker.contract.has_personal))
    todo = f"无需处理；如该列应当使用，请联系{checker.contract.owner}和营商办修改约定"
    absent = [c.name for c in checker.contract.columns if c.name not in checker.table.columns]
    renamed = propose(absent, dict(enumerate(checker.table.extra)), checker.contract, {})
    like = {one.seen: f"；像是「{one.header}」改了名" for one in renamed}
    # of a contract that ignores all others, only what may be one of its own columns under another name
    unknown = [one.seen for one in renamed] if checker.contract.ignores_all else checker.table.extra
    for header in unknown:
        message = f"「{header}」不在约定的列中，未读取{like.get(header, '')}"
        checker.log.add_once(Finding(code="COLUMN.EXTRA", level=Level.NOTE, message=message, todo=todo, header=header))
