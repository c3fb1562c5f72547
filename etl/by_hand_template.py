"""The form in which people enter what no department exports: one line a target that still lacks an entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter
from sqlalchemy import Connection, select

from etl.core.by_hand import PREFIX, ByHandCatalogue, ByHandTarget
from etl.core.context import Context
from schemas.models.contract import Contract
from schemas.models.plan import Kind
from schemas.warehouse.tables import values

EVERY_WORDS = {
    **{"week": ("每周", "2023-W05"), "ten_days": ("每旬", "2023-03-T1"), "month": ("每月", "2023-03")},
    **{"two_months": ("每两个月", "2023-03..04"), "quarter": ("每季度", "2023-Q1")},
    **{"half_year": ("每半年", "2023-H1"), "year": ("每年", "2023")},
}
_SHOWN_WINDOWS = 6
_LIST_LIMIT = 255
"""Characters that a spreadsheet takes in a list of allowed words."""

GUIDE = """\
这张表用来填报没有部门报表的事项：里程碑和任务、按期开展的工作、排名和等次。
1. 只填第二张表“填报”里的空白列；方案编号和目标编号请勿改动。没有结果的行留空，系统会跳过。
2. 里程碑和任务：填“日期”（实际完成日），“是否确认”选“是”，“佐证”填文件号或网址。没有佐证的确认不会接收。
3. 按期开展的工作：开展一次填一行“日期”（需要多行时复制整行）；也可以填“所属期”和“数值”（次数），没有开展填 0。
4. 排名：填“所属期”和“数值”（名次）；等次：填“所属期”并从下拉框选“等次”。两者都要写明“来源”。
5. “单位”留空表示本级；某个单位自己的情况，填单位名称。
6. 更正：同一方案、目标、单位、所属期和日期再报一次，以后报的为准。撤回：照原样再报一行，“是否确认”选“否”。
7. 填好后保存，文件名保留“人工填报”四个字，放入收件箱。
"""


@dataclass(frozen=True)
class Blank:
    """One line of the form."""

    known: ByHandTarget
    missing: tuple[str, ...]
    """Windows of a cadence that nobody has entered yet."""


def find_blanks(ctx: Context, plan: str) -> list[Blank]:
    """Targets of the plan that still lack an entry, in the document's order."""
    with ctx.engine.connect() as connection:
        told = _read_told(connection)
    blanks = []
    for known in ByHandCatalogue.of(ctx.registry, plan).targets.values():
        rows = told.get(known.indicator, {})
        missing = tuple(period for period, state in sorted(rows.items()) if state != "ok")
        if known.target.kind is Kind.CADENCE:
            lacks = bool(missing) or (not rows and known.first <= ctx.as_of)
        else:
            lacks = not rows
        if lacks:
            blanks.append(Blank(known, missing))
    return blanks


def _read_told(connection: Connection) -> dict[str, dict[str, str]]:
    """Indicator -> period -> state; a window counts as told where any unit told of it."""
    query = select(values.c.indicator, values.c.period, values.c.state).where(
        values.c.recorded_to.is_(None), values.c.indicator.startswith(PREFIX)
    )
    told: dict[str, dict[str, str]] = {}
    for indicator, period, state in connection.execute(query):
        rows = told.setdefault(indicator, {})
        rows[period] = "ok" if "ok" in (state, rows.get(period)) else state
    return told


def kind_word(known: ByHandTarget) -> str:
    """What people call this kind of target."""
    if known.target.is_task:
        return "任务"
    words = {Kind.MILESTONE: "里程碑", Kind.CADENCE: "按期开展", Kind.RANK: "等次" if known.grades else "排名"}
    return words[known.target.kind]


def what_to_fill(blank: Blank) -> str:
    """One sentence for the person who fills in the line."""
    known, target = blank.known, blank.known.target
    if target.kind is Kind.MILESTONE:
        return "完成后填日期、是否确认（是）和佐证"
    if target.kind is Kind.RANK:
        word = f"等次（{'、'.join(known.grades)}）" if known.grades else "数值（名次）"
        return f"结果公布后填所属期（如 2023）、{word}和来源"
    every, example = EVERY_WORDS[target.every or "month"]
    if target.window == "rolling":
        every = f"任意{every.removeprefix('每')}内"
    told = f"{every}至少 {target.value:f} 次：一次一行填日期，或填所属期（如 {example}）和数值（次数）"
    shown = "、".join(blank.missing[:_SHOWN_WINDOWS])
    more = f" 等 {len(blank.missing)} 个" if len(blank.missing) > _SHOWN_WINDOWS else ""
    return f"{told}；尚缺：{shown}{more}" if shown else told


def describe_blank(blank: Blank) -> dict[str, str]:
    """The printed cells of one line: header -> text."""
    known, target = blank.known, blank.known.target
    return {
        "方案编号": known.plan.id,
        "目标编号": target.id,
        "目标名称": target.name_zh,
        "条款": target.clause,
        "类型": kind_word(known),
        "期限": f"{target.due or known.plan.until}",
        "怎么填": what_to_fill(blank),
    }


def write_template(path: Path, blanks: Sequence[Blank], contract: Contract) -> None:
    """Write the form: a sheet of instructions, and the table under the headers of `contract`.

    Raises:
        FileExistsError: there is a file already; it may hold what somebody filled in.
    """
    if path.exists():
        raise FileExistsError(path)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as book:
        _write_guide(book)
        _write_table(book, blanks, contract)


def _write_guide(book: Any) -> None:
    sheet, wrap = book.add_worksheet("填报说明"), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 110, wrap)
    for line, text in enumerate(GUIDE.splitlines()):
        sheet.write_string(line, 0, text, wrap)


def _write_table(book: Any, blanks: Sequence[Blank], contract: Contract) -> None:
    columns = contract.column_by_name
    printed = list(describe_blank(blanks[0])) if blanks else []
    own = {columns["plan"].header: "方案编号", columns["target"].header: "目标编号"}
    open_columns = [column for column in contract.columns if column.name not in ("plan", "target")]
    headers = [*own, *printed[2:], *(column.header for column in open_columns)]
    sheet = book.add_worksheet("填报")
    formats = _make_formats(book)
    for place, header in enumerate(headers):
        sheet.write_string(0, place, header, formats["header"])
        sheet.set_column(place, place, _WIDTHS.get(header, 14), formats.get(header, formats["text"]))
    for line, blank in enumerate(blanks, start=1):
        texts = list(describe_blank(blank).values())
        for place, text in enumerate(texts):
            sheet.write_string(line, place, neutralise(text), formats["printed"])
        first_open = len(texts)
        places = {column.name: first_open + i for i, column in enumerate(open_columns)}
        _offer_words(sheet, line, places["confirmed"], columns["confirmed"].allowed)
        _offer_words(sheet, line, places["grade"], blank.known.grades)
    sheet.freeze_panes(1, 2)


_WIDTHS: Mapping[str, int] = {"目标名称": 36, "怎么填": 60, "佐证": 30, "来源": 30, "目标编号": 26}


def _make_formats(book: Any) -> dict[str, Any]:
    """Text everywhere: a spreadsheet must not turn 2023-03 into a day; only days are days."""
    text = {"num_format": "@", "valign": "top"}
    return {
        "header": book.add_format({"bold": True, "bg_color": "#D9E2F3", "border": 1}),
        "printed": book.add_format({**text, "text_wrap": True, "bg_color": "#F2F2F2"}),
        "text": book.add_format(text),
        "日期": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
        "数值": book.add_format({"num_format": "0", "valign": "top"}),
    }


def _offer_words(sheet: Any, line: int, place: int, words: Sequence[str]) -> None:
    if words and len(",".join(words)) <= _LIST_LIMIT:
        message = f"请从列表中选择：{'、'.join(words)}"
        rule = {"validate": "list", "source": list(words), "error_title": "填写有误", "error_message": message[:255]}
        sheet.data_validation(line, place, line, place, rule)


def neutralise(text: str) -> str:
    """A text that a spreadsheet would run as a formula, once the form is saved as CSV, becomes plain text."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
