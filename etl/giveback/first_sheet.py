"""The first sheet: what became of the file, and what the sender has to do, with links to the cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from etl.giveback.case import STATUS_WORDS, Case
from etl.giveback.cells import clean_text, fit_to_page, make_title, put
from etl.giveback.copies import BAD_ROWS_SHEET, FIRST_SHEET, Copy
from etl.giveback.marks import RED, RED_MEANS, YELLOW, YELLOW_MEANS, show_message
from schemas.models.finding import Finding, Level

TITLE = FIRST_SHEET
_WIDTHS = {"A": 8, "B": 24, "C": 62, "D": 52}
_HEADS = ("序号", "位置", "发现的问题", "怎么办")
_HEAD_FILL = PatternFill("solid", fgColor="FFD9E2EF")
_WRAP = Alignment(wrap_text=True, vertical="top")


def write_first_sheet(
    case: Case, copy: Copy, places: Mapping[Finding, tuple[Worksheet, str]], *, advice: Iterable[str] = ()
) -> None:
    """Add the list as the first sheet, the one that opens."""
    sheet = copy.book.create_sheet(make_title(TITLE, copy.book.sheetnames, default=TITLE), 0)
    fit_to_page(sheet)
    for letter, width in _WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    line = _write_facts(sheet, case, (*advice, *copy.remarks))
    line = _write_list(sheet, line + 1, case, copy, places)
    if case.remarks:
        put(sheet, line + 1, 1, "以下仅供了解，无需处理").font = Font(bold=True)
        for number, finding in enumerate(case.remarks, start=line + 2):
            _write_texts(sheet, number, ("", _place(finding, None), finding.message, finding.todo))
    for other in copy.book.worksheets:  # several selected sheets would be edited as one
        other.sheet_view.tabSelected = other is sheet
    copy.book.active = 0


def describe_outcome(case: Case) -> str:
    """`接收 12 行，隔离 3 行`, or why the file was sent back."""
    word = STATUS_WORDS.get(case.status, case.status)
    if case.status in ("accepted", "loaded"):
        held = f"，隔离 {case.rows_quarantined} 行（暂不计入，更正后再计入）" if case.rows_quarantined else ""
        mended = f"，另有 {case.rows_mended} 行已更正" if case.rows_mended else ""
        return f"接收 {case.rows_accepted} 行{held}{mended}"
    return f"{word}：{case.message}" if case.message else word


def describe_due(case: Case) -> str:
    if case.due is None:
        return "请尽快"
    if case.due >= case.as_of:
        return f"请在 {case.due.isoformat()} 前重新报送（本期报送期限）"
    return f"本期报送期限 {case.due.isoformat()} 已过，请尽快更正"


def _write_facts(sheet: Worksheet, case: Case, notes: Iterable[str]) -> int:
    put(sheet, 1, 1, TITLE).font = Font(bold=True, size=16)
    source = f"{case.contract.name_zh}（{case.contract.owner}）" if case.contract else "未能识别"
    facts = [
        ("文件", case.file_name),
        ("来源", source),
        ("所属期", case.period or "—"),
        ("结果", describe_outcome(case)),
        ("期限", describe_due(case) if case.needs_work else "无需重新报送"),
        *(("说明", note) for note in notes),
    ]
    if case.batch_id:
        facts.append(("批次", case.batch_id))
    for number, (name, text) in enumerate(facts, start=2):
        put(sheet, number, 1, name).font = Font(bold=True)
        cell = put(sheet, number, 2, text)
        sheet.merge_cells(start_row=number, start_column=2, end_row=number, end_column=4)
        cell.alignment = _WRAP
        sheet.row_dimensions[number].height = 18 * (1 + sum(2 if ord(c) > 255 else 1 for c in text) // 130)
    return len(facts) + 2


def _write_list(
    sheet: Worksheet, line: int, case: Case, copy: Copy, places: Mapping[Finding, tuple[Worksheet, str]]
) -> int:
    tasks = case.tasks
    if not tasks:
        put(sheet, line, 1, "没有需要处理的问题").font = Font(bold=True)
        return line + 1
    red, yellow = put(sheet, line, 2, RED_MEANS), put(sheet, line, 3, YELLOW_MEANS)
    red.fill, yellow.fill = PatternFill("solid", fgColor=RED), PatternFill("solid", fgColor=YELLOW)
    _write_texts(sheet, line + 1, _HEADS)
    for cell in sheet[line + 1]:
        cell.font, cell.fill = Font(bold=True), _HEAD_FILL
    sheet.freeze_panes = f"A{line + 2}"
    ordered = sorted(tasks, key=lambda f: (f.level is Level.NOTE, f.sheet or "", f.line or 0))
    for number, finding in enumerate(ordered, start=1):
        at = line + 1 + number
        place = places.get(finding)
        _write_texts(sheet, at, ("", _place(finding, place), show_message(case, copy, finding), finding.todo))
        put(sheet, at, 1, number).alignment = _WRAP
        if place is not None:
            _link(sheet, at, place)
    return line + 2 + len(tasks)


def _write_texts(sheet: Worksheet, line: int, texts: Iterable[str]) -> None:
    for column, text in enumerate(texts, start=1):
        if text:
            put(sheet, line, column, text).alignment = _WRAP


def _place(finding: Finding, place: tuple[Worksheet, str] | None) -> str:
    """`「12月」D14`; where only bad rows were copied, the cell of the original all the same."""
    whole = place and place[0].title != BAD_ROWS_SHEET  # the cell named is that of the original
    sheet = finding.sheet or (place[0].title if place and whole else "")
    if finding.cell or finding.line:
        return f"「{sheet}」{finding.cell or f'第 {finding.line} 行'}" if sheet else str(finding.cell or finding.line)
    return f"「{finding.header}」列" if finding.header else "整份文件"


def _link(sheet: Worksheet, line: int, place: tuple[Worksheet, str]) -> None:
    target, coordinate = place
    cell = sheet.cell(line, 2)
    name = target.title.replace("'", "''")
    shown = clean_text(str(cell.value))
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{name}'!{coordinate}", display=shown)
    cell.font = Font(color="FF0563C1", underline="single")
