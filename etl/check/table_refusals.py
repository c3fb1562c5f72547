"""Why no table, or no single one, was found: with what was seen, and what the sender has to do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from etl.check.candidates import HEADER_WITHIN, Candidate
from etl.check.checked import Refusal
from etl.check.grid import Grid, name_column
from etl.check.headers import fold, take_apart
from schemas.models.contract import Contract
from schemas.models.contract_rules import TotalRule

RESEND = "请按约定的表头整理后重新报送整份文件"


@dataclass(frozen=True)
class MissingColumns(Refusal):
    """The header that was found lacks columns; `unknown` are its cells that answer to no column of the contract."""

    grid: Grid
    line: int
    missing: tuple[str, ...]
    unknown: Mapping[int, str]


def refuse_neighbours(chosen: Candidate, others: Sequence[Candidate]) -> Refusal | None:
    """Two whole tables of the contract side by side: nobody can know which one is meant."""
    same = [c for c in others if (c.line, c.height) == (chosen.line, chosen.height) and c.match.is_full]
    spans = {(c.left, c.right) for c in same}
    if len(spans) < 2:
        return _refuse_lower(chosen, others)
    shown = "、".join(f"{name_column(left)}–{name_column(right - 1)} 列" for left, right in sorted(spans))
    message = f"第 {chosen.line} 行有 {len(spans)} 张并排的表都像要报的表：{shown}"
    return Refusal("TABLE.SEVERAL", message, "请只保留要报送的那张表，或分成几个文件后重新报送")


def _refuse_lower(chosen: Candidate, others: Sequence[Candidate]) -> Refusal | None:
    """Two whole tables of the contract one below the other; a header that only comes again is the same table."""
    apart = [c for c in others if c.match.is_full and c.has_rows and _have_gap(chosen, c)]
    other = max(apart, key=lambda c: c.rank, default=None)
    if other is None or list(map(fold, other.cells)) == list(map(fold, chosen.cells)):
        return None
    lines = sorted((chosen.line, other.line))
    message = f"第 {lines[0]} 行和第 {lines[1]} 行的表头都像要报的表"
    return Refusal("TABLE.SEVERAL", message, "请只保留要报送的那张表，或分成几个文件后重新报送")


def _have_gap(one: Candidate, other: Candidate) -> bool:
    """Whether a blank line stands between two headers."""
    upper, lower = sorted((one, other), key=lambda c: c.line)
    return any(not any(row) for row in one.grid.head()[upper.line : lower.line - lower.height])


def refuse_columns(best: Candidate | None, contract: Contract) -> Refusal:
    if best is None or not (best.match.columns or best.match.wrong_unit or best.match.headings):
        wanted = "、".join(c.header for c in contract.columns if not contract.may_lack(c.name))
        return Refusal("TABLE.NOT_FOUND", f"前 {HEADER_WITHIN} 行里没有找到表头，应有：{wanted}", RESEND)
    by_name = contract.column_by_name
    if best.match.twice:
        names = "、".join(f"「{by_name[n].header}」" for n in best.match.twice)
        return Refusal(
            "TABLE.COLUMN_TWICE", f"第 {best.line} 行表头中 {names} 出现不止一次", "请只保留一列后重新报送整份文件"
        )
    if best.match.wrong_unit:
        name, seen = next(iter(best.match.wrong_unit.items()))
        message = f"第 {best.line} 行表头「{seen}」的计量单位与约定的「{by_name[name].header}」不同"
        return Refusal("TABLE.UNIT", message, "请按约定的计量单位换算并改好表头后重新报送整份文件")
    missing = "、".join(f"「{by_name[n].header}」" for n in best.match.missing)
    message = f"第 {best.line} 行表头缺少 {missing}；实际表头为：{_show_header(best, contract)}"
    unknown = find_unknown(best, contract)
    return MissingColumns("TABLE.COLUMNS", message, RESEND, best.grid, best.line, best.match.missing, unknown)


def find_unknown(found: Candidate, contract: Contract) -> dict[int, str]:
    """Header cells that the contract neither knows nor ignores by name, by their place."""
    ignored = {take_apart(name).core for name in contract.ignore}
    known = {*found.match.columns.values(), *(heading.place for heading in found.match.headings)}
    if any(isinstance(rule, TotalRule) for rule in contract.rules):
        known |= set(found.match.totals.values())
    return {
        i: re.sub(r"\s+", "", cell)
        for i, cell in enumerate(found.cells)
        if cell and i not in known and take_apart(cell).core not in ignored
    }


def _show_header(best: Candidate, contract: Contract) -> str:
    """What stands there; without its header, the line taken for one may be the first person of the table."""
    cells = {i: re.sub(r"\s+", "", cell) for i, cell in enumerate(best.cells) if cell}
    if not contract.has_personal:
        return "、".join(cells.values())
    known = [cell for i, cell in cells.items() if i in best.match.columns.values()]
    other = len(cells) - len(known)
    return "、".join(known) + (f"，另有 {other} 格不在约定中" if other else "")
