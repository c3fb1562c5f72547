"""Rules that look beyond a row: facts about running numbers, carried stocks and usual figures, judged once a file.

Check finds the facts, Great Expectations judges them; a fact is true where the question does not arise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from etl.check.checked import Refusal
from etl.check.findings import TOO_MANY
from etl.check.history import History, Series, followed_columns
from etl.check.late_rows import fetch_lines, hold_late
from etl.check.rows import RowChecker
from etl.check.staging import StagedRows
from etl.check.usual import find_usual, show_figure
from expectations.run import RuleResult, run_rules
from expectations.suite import name_between_fact
from schemas.models.contract import Contract, Rule
from schemas.models.contract_between import CarriedRule, PlausibleRule, SequenceRule
from schemas.models.finding import Finding, Level

Breaches = dict[int, str]
"""Line -> what it was held against, in words."""


@dataclass(frozen=True)
class _Rows:
    """The data rows of a file beside what was known before it."""

    contract: Contract
    rows: list[Mapping[str, Any]]
    series: Series


def judge_between(checker: RowChecker, staged: StagedRows, history: History | None) -> Refusal | None:
    """Run the rules that look at other rows and at earlier periods; hold back or remark the rows that break them."""
    contract = checker.contract
    asked = {
        name_between_fact(rule, column): (rule, column)
        for rule in contract.rules
        if isinstance(rule, (SequenceRule, CarriedRule, PlausibleRule))
        for column in (rule.columns if isinstance(rule, PlausibleRule) else (None,))
    }
    if not asked:
        return None
    known = _gather(contract, staged, history)
    breaches = {
        fact: _find_breaches(checker, rule, column, staged, known)
        if _has_columns(checker, rule, column)
        else dict[int, str]()
        for fact, (rule, column) in asked.items()
    }
    lines = np.array(staged.find_lines())
    frame = pd.DataFrame({fact: ~np.isin(lines, list(found)) for fact, found in breaches.items()})
    return _report(checker, run_rules(frame, contract, scope="table"), lines, breaches)


def _has_columns(checker: RowChecker, rule: Rule, column: str | None) -> bool:
    needed = (column,) if column else getattr(rule, "own_columns", ())
    return all(name in checker.table.columns for name in needed)


def _gather(contract: Contract, staged: StagedRows, history: History | None) -> _Rows:
    """Rows of one file may be of several periods: the good ones among them are history for the later ones."""
    series = Series(contract)
    if not (names := followed_columns(contract)):
        return _Rows(contract, [], series)
    rows = staged.read_rows(contract.series_key, names)
    if history is not None:
        series.add(history.rows.to_pylist())
    series.add(row for row in rows if not row["held"])
    return _Rows(contract, [row for row in rows if row["period"] is not None], series)


def _find_breaches(checker: RowChecker, rule: Rule, column: str | None, staged: StagedRows, known: _Rows) -> Breaches:
    if isinstance(rule, SequenceRule):
        return {line: f"前一个号码是 {before}" for line, before in staged.find_gaps(rule.column, rule.by).items()}
    if isinstance(rule, CarriedRule):
        return _find_not_carried(checker, rule, known)
    if isinstance(rule, PlausibleRule) and column is not None:
        return _find_implausible(rule, column, known)
    raise ValueError(f"rule {rule.code} is not one about other rows")


def _find_not_carried(checker: RowChecker, rule: CarriedRule, known: _Rows) -> Breaches:
    found: Breaches = {}
    compared = 0
    for row in known.rows:
        before = known.series.right_before(row)
        closed = before[1][rule.closing] if before else None
        if before is None or closed is None:
            continue
        compared += 1
        if row[rule.opening] is not None and row[rule.opening] != closed:
            header = checker.table.headers[rule.closing]
            found[row["line"]] = f"上期（{before[0]}）「{header}」为 {show_figure(closed)}"
    if not compared:
        header = checker.table.headers[rule.opening]
        message = f"还没有上一期的数据，「{header}」未能与上期核对"
        todo = "无需处理；如上一期尚未报送，请补报"
        checker.log.add_once(_note("HISTORY.NOTHING_YET", message, todo, rule.opening, header))
    return found


def _find_implausible(rule: PlausibleRule, column: str, known: _Rows) -> Breaches:
    found: Breaches = {}
    for row in known.rows:
        if row[column] is None:
            continue
        earlier = known.series.before(row, column, rule.periods)
        usual = find_usual(earlier, cutoff=rule.cutoff, least_share=rule.least_share, at_least=rule.at_least)
        if usual is not None and not usual.holds(row[column]):
            found[row["line"]] = usual.show()
    return found


def _report(
    checker: RowChecker, results: list[RuleResult], lines: np.ndarray, breaches: Mapping[str, Breaches]
) -> Refusal | None:
    per_line: dict[int, list[RuleResult]] = {}
    for result in results:
        if result.could_not_run is not None:
            checker.log.add_once(checker.describe.silent_rule(result))
            continue
        if len(result.bad) > TOO_MANY:
            message = f"同一问题超过 {TOO_MANY} 行（已发现 {len(result.bad)} 行），整份文件未接收"
            return Refusal("FILE.TOO_MANY_BAD", message, "请检查导出方式或列的内容，更正后重新报送整份文件")
        for line in lines[result.bad]:
            per_line.setdefault(int(line), []).append(result)
    for block, row in fetch_lines(checker, set(per_line)):
        line = int(block.lines[row])
        for result in per_line[line]:
            detail = breaches[str(result.expected.kwargs["column"])][line]
            finding = checker.describe.breach(block, row, result)
            finding = finding.model_copy(update={"message": f"{finding.message}；{detail}"})
            checker.log.add_rows(result.code, result.column, np.array([row]), _give(finding))
            if result.expected.level is Level.QUARANTINE:
                hold_late(checker, block, row, result.code)
    return None


def _give(finding: Finding) -> Callable[[int], Finding]:
    return lambda _: finding


def _note(code: str, message: str, todo: str, column: str, header: str) -> Finding:
    return Finding(code=code, level=Level.NOTE, message=message, todo=todo, column=column, header=header)
