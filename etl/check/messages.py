"""What people read: plain Chinese, with the cell, the value and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from etl.check.parsed import DIGITS_LOST, ERROR_CELL, NOT_CALCULATED, UNIT_UNKNOWN
from expectations.suite import VALUE_CHECK_DIGIT, VALUE_MISSING, VALUE_NOT_ALLOWED, VALUE_RANGE
from schemas.models.contract import Column, ColumnType

TODO_CELL = "请更正该单元格后重新报送整份文件"
TODO_ROW = "请核对该行后重新报送整份文件"
MASK = "***"

_EXPECTED: Mapping[ColumnType, str] = {
    ColumnType.INTEGER: "整数（如 128）",
    ColumnType.DECIMAL: "数字（如 128.5）",
    ColumnType.PERCENT: "百分比（如 95.2%）",
    ColumnType.DATE: "日期（如 2023-03-05）",
    ColumnType.DATETIME: "日期时间（如 2023-03-05 09:32:09）",
    ColumnType.PERIOD: "所属期（如 2023-03 或 2023年3月）",
}


def describe_cell(code: str, column: Column, header: str, *, line: int, shown: str) -> tuple[str, str]:
    """Message and todo for a problem of one cell; `shown` is what may be seen of it."""
    place = f"第 {line} 行「{header}」"
    if code == VALUE_MISSING:
        return f"{place}为空，应填写", "请补填该单元格后重新报送整份文件"
    if code == VALUE_RANGE:
        return f"{place}为 {shown}，应{_describe_range(column)}", TODO_CELL
    if code == VALUE_NOT_ALLOWED:
        return f"{place}为“{shown}”，只能填：{'、'.join(column.allowed)}", TODO_CELL
    if code == UNIT_UNKNOWN:
        return f"{place}为“{shown}”，不是已知的单位名称", "请填写单位的规范名称；如确为新单位，请联系营商办登记"
    if code == VALUE_CHECK_DIGIT:
        kind = "统一社会信用代码" if column.check == "uscc" else "身份证号码"
        return f"{place}为 {shown}，不是有效的{kind}（校验位不符）", "请对照证照核对号码，更正后重新报送整份文件"
    if code == ERROR_CELL:
        return f"{place}是表格公式的错误值 {shown}", "请修正公式，或直接填写数值后重新报送整份文件"
    if code == NOT_CALCULATED:
        return f"{place}是公式，文件里没有它的计算结果", "请用 WPS 或 Excel 打开该文件，保存一次后重新报送"
    if code == DIGITS_LOST:
        return f"{place}为 {shown}，编号被存成了数字，末尾几位已经丢失", "请把该列设为文本格式，重新填写编号后报送"
    return f"{place}为“{shown}”，不是能识别的{describe_type(column)}", TODO_CELL


def describe_type(column: Column) -> str:
    if column.type is ColumnType.BOOLEAN:
        return f"是否（如 {column.true_words[0]}、{column.false_words[0]}）"
    if column.type is ColumnType.DURATION:
        return f"时长（如 {_DURATIONS[str(column.unit)]}）"
    if column.date_order:
        example = "03/31/2023" if column.date_order == "mdy" else "31/03/2023"
        return f"日期（如 {example}）" if column.type is ColumnType.DATE else f"日期时间（如 {example} 09:32:09）"
    return _EXPECTED.get(column.type, "内容")


_DURATIONS = {"workday": "3个工作日", "day": "3天", "hour": "2小时30分", "minute": "90分钟"}


def _describe_range(column: Column) -> str:
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        return f"在 {_plain(low)} 到 {_plain(high)} 之间"
    return f"不小于 {_plain(low)}" if low is not None else f"不大于 {_plain(high)}"


def _plain(number: Decimal | None) -> str:
    return f"{number:f}" if number is not None else ""


def describe_sum(code: str, place: str, shown: str, beside: str) -> tuple[str, str]:
    """Message and todo for a sum since January; `beside`: the period of the other sum, empty where that is missing."""
    if code == CUMULATIVE_GAP:
        message = f"{place}累计为 {shown}，而前一期的累计数没有报送或读不出，暂时算不出当期数"
        return message, "请补报前一期的累计数；补报后当期数自动算出，本文件不必重报"
    return (
        f"{place}累计为 {shown}，与 {beside} 的累计数相比，后一期反而较小，当期数为负",
        "请核对这两期的累计数；如有误，请更正后重新报送整份文件",
    )


CUMULATIVE_GAP = "VALUE.CUMULATIVE_GAP"
CUMULATIVE_DROP = "VALUE.CUMULATIVE_DROP"


def describe_pair(line: int, message: str, cells: Mapping[str, str]) -> str:
    """A rule's own sentence with the place and the cells it is about."""
    shown = "，".join(f"「{header}」为 {text}" for header, text in cells.items())
    return f"第 {line} 行：{message}（{shown}）"
