"""Turns a problem of a row into a finding: its place in the sheet, its value, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from etl.check.grid import Block
from etl.check.messages import MASK, TODO_ROW, describe_cell, describe_pair, describe_sum
from etl.check.personal import mask_strays
from etl.check.staging import Repeats
from etl.check.table import Table
from expectations.run import RuleResult
from schemas.models.contract import Contract, EntryRule, PairRule, RateRule, RequiredWhenRule, Rule
from schemas.models.contract_between import CarriedRule, ReferenceRule, SequenceRule
from schemas.models.finding import Finding, Level


@dataclass(frozen=True)
class Describer:
    """Knows where the columns of a contract stand in one file."""

    table: Table
    contract: Contract

    @property
    def sheet(self) -> str | None:
        return self.table.grid.name or None

    def read_text(self, block: Block, row: int, name: str | None) -> str | None:
        """The cell as it stood; None where it is empty or the file has no such column."""
        if name is None or name not in self.table.columns:
            return None
        return block.texts[self.table.columns[name]][row].as_py()

    def mask_text(self, block: Block, row: int, name: str | None) -> str | None:
        """The cell as anybody may see it; None where it is empty. In a shifted row every cell may be the person's."""
        text = self.read_text(block, row, name)
        if not text or name is None:
            return None
        column = self.contract.column_by_name[name]
        if column.personal or (self.contract.has_personal and block.ragged[row]):
            return MASK
        return mask_strays(text, column, self.contract)

    def show(self, block: Block, row: int, name: str) -> str:
        return self.mask_text(block, row, name) or "空"

    def read_content(self, block: Block, row: int) -> dict[str, str]:
        """Header -> text of the filled cells of a row, persons masked."""
        across = self.contract.wide.across if self.contract.wide else None
        names = [name for name in self.table.columns if name != across]  # it is the header of the values
        number = int(block.lines[row])
        shown = {self.table.header(name, number): self.mask_text(block, row, name) for name in names}
        return {header: text for header, text in shown.items() if text}

    def cell(self, block: Block, row: int, code: str, name: str) -> Finding:
        """A problem of one cell."""
        column, number = self.contract.column_by_name[name], int(block.lines[row])
        shown, header, line = self.mask_text(block, row, name), self.table.header(name, number), self.table.line(number)
        message, todo = describe_cell(code, column, header, line=line, shown=shown or "空")
        place = self._place(number, name, shown)
        return Finding(code=code, level=Level.QUARANTINE, message=message, todo=todo, **place)

    def sum(self, block: Block, row: int, name: str, code: str, beside: str) -> Finding:
        """A sum since January beside the one of another period, or without the one before it."""
        number, shown = int(block.lines[row]), self.show(block, row, name)
        header, line = self.table.header(name, number), self.table.line(number)
        message, todo = describe_sum(code, f"第 {line} 行「{header}」", shown, beside)
        return Finding(code=code, level=Level.NOTE, message=message, todo=todo, **self._place(number, name, shown))

    def name_cells(self, result: RuleResult) -> list[str]:
        """The columns that a breach is about, those of them that the table has."""
        rule = result.expected.rule
        names = (_columns_of(rule) if rule else ()) or (str(result.column),)
        return [name for name in names if name in self.table.columns]

    def breach(self, block: Block, row: int, result: RuleResult) -> Finding:
        """A row that breaks an expectation: of one column, or a rule of the contract in its own words."""
        rule = result.expected.rule
        if rule is None:
            return self.cell(block, row, result.code, str(result.column))
        names, number = self.name_cells(result), int(block.lines[row])
        column = result.column or names[-1]
        cells = {self.table.header(name, number): self.show(block, row, name) for name in names}
        return Finding(
            code=result.code,
            level=result.expected.level,
            message=describe_pair(self.table.line(number), rule.message, cells),
            todo=rule.todo,
            rule=rule.kind,
            **self._place(number, column, self.show(block, row, column)),
        )

    def shift(self, block: Block, row: int) -> Finding:
        """A row with more cells than the header."""
        number = int(block.lines[row])
        message = f"第 {self.table.line(number)} 行的单元格比表头多，数据可能错位（值里含有分隔符）"
        return self._row("ROW.SHIFTED", message, TODO_ROW, number)

    def repeat(self, block: Block, row: int, repeats: Repeats) -> Finding:
        """A row whose key stands elsewhere too."""
        number = int(block.lines[row])
        line = self.table.line(number)
        names = [name for name in self.contract.key if name in self.table.columns]
        shown = "，".join(f"「{self.table.headers[n]}」{self.show(block, row, n)}" for n in names)
        if number in repeats.same:
            message = f"第 {line} 行与第 {self.table.line(repeats.same[number])} 行完全相同（{shown}）"
            return self._row("ROW.DUPLICATE", message, "该行未计入，以先出现的一行为准；请删除重复行", number)
        others = "、".join(str(self.table.line(other)) for other in repeats.differing[number][:5])
        message = f"第 {line} 行与第 {others} 行编号相同而内容不同（{shown}），均未计入"
        return self._row("ROW.CONFLICT", message, "请核对后只保留正确的一行，重新报送整份文件", number)

    def silent_rule(self, result: RuleResult) -> Finding:
        """A rule that could not run: our fault, and no row is held back by it."""
        header = self.table.headers.get(result.column or "")
        return Finding(
            code="RULE.COULD_NOT_RUN",
            level=Level.SYSTEM,
            message=f"{f'「{header}」' if header else ''}有一项检查没有能够运行，不是报送单位的问题",
            todo="报送单位无需处理；请系统管理员查看运行日志",
            column=result.column,
            header=header,
            rule=result.code,
            value=result.could_not_run,
        )

    def _row(self, code: str, message: str, todo: str, number: int) -> Finding:
        """A problem of a row as a whole is shown at its first key cell."""
        names = [name for name in self.contract.key if name in self.table.columns]
        name = next((name for name in names if name in self.table.sheet_columns), names[0])
        return Finding(code=code, level=Level.QUARANTINE, message=message, todo=todo, **self._place(number, name, None))

    def _place(self, number: int, name: str, value: str | None) -> dict[str, Any]:
        return {
            "sheet": self.sheet,
            "line": self.table.line(number),
            "column": name,
            "header": self.table.header(name, number),
            "cell": self.table.cell(name, number),
            "value": value,
        }


def _columns_of(rule: Rule) -> tuple[str, ...]:
    if isinstance(rule, PairRule):
        return rule.left, rule.right
    if isinstance(rule, RateRule):
        return rule.rate, rule.numerator, rule.denominator
    if isinstance(rule, RequiredWhenRule):
        return rule.when, rule.column
    if isinstance(rule, EntryRule):
        return (*rule.beside, rule.column)
    if isinstance(rule, (CarriedRule, ReferenceRule, SequenceRule)):
        return rule.own_columns
    return ()
