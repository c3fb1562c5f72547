"""Chinese words for lights, numbers and reasons, as they stand in mails. Shapes and words carry what colour cannot."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from etl.core.verdicts import VerdictRow
from schemas.models.unit_words import UNIT_WORDS_ZH

NOTHING = "—"

LIGHTS = {
    "red": "●红 未达标",
    "yellow": "▲黄 预警",
    "green": "■绿 达标",
    "grey": "○灰 无数据",
    "neutral": "◇白 未到期",
}
COLOURS = {"red": "#b42318", "yellow": "#8a5a00", "green": "#1d6b3a", "grey": "#5f6368", "neutral": "#3d5a80"}
"""Dark enough for text on white (contrast above 4.5)."""

_COMPARATORS = {">=": "不低于 ", "<=": "不超过 ", "==": "等于 ", ">": "高于 ", "<": "低于 "}
_HOLDS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}
_MOST_DECIMALS = 6


def name_light(light: str | None, *, carried_from: str | None = None, strive: bool = False) -> str:
    """Shape, colour and word; a light carried over silence says from when."""
    if light is None:
        return "（首次判定）"
    words = "▲黄 力争未达到" if strive and light == "yellow" else LIGHTS[light]
    return f"{words}（沿用 {carried_from} 的结论，本期无数据）" if carried_from else words


def write_number(value: Decimal | int | None, unit: str, *, decimals: int, against: Decimal | None = None) -> str:
    """A number with its unit, rounded half up for display only.

    Args:
        value: None is a dash, never 0.
        unit: unit of measure of the target.
        decimals: as the indicator declares.
        against: the limit; digits are added until rounding no longer makes the value look equal to it.
    """
    if value is None:
        return NOTHING
    exact = Decimal(value)
    shown = round_half_up(exact, decimals)
    for digits in range(decimals, _MOST_DECIMALS + 1):
        shown = round_half_up(exact, digits)
        if against is None or _side(shown, against) == _side(exact, against):
            break
    shown = shown if shown else abs(shown)  # no "-0.0"
    return f"{shown:f}{UNIT_WORDS_ZH.get(unit, ' ' + unit)}"


def _side(value: Decimal, limit: Decimal) -> int:
    return (value > limit) - (value < limit)


def round_half_up(value: Decimal, digits: int) -> Decimal:
    """As people round: 0.5 goes up."""
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def write_exact(value: Decimal | None, unit: str) -> str:
    """A number as the document prints it: no trailing zeros."""
    if value is None:
        return NOTHING
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text}{UNIT_WORDS_ZH.get(unit, ' ' + unit)}"


@dataclass(frozen=True)
class Yardstick:
    """What the value of a row is measured in, and against: of single cases a share, not the limit of a case."""

    unit: str
    comparator: str
    goal: Decimal | None

    @classmethod
    def of(cls, row: VerdictRow) -> Yardstick:
        share = row.marks.get("required_share")
        if share is None:
            return cls(row.target_unit, row.comparator, row.target_value)
        return cls(str(row.marks.get("value_unit", "%")), ">=", Decimal(str(share)))


def write_target(row: VerdictRow) -> str:
    """`不低于 95%（力争 98%）`, `每件不超过 5 个工作日`."""
    if row.target_value is None:
        return "按期完成并提交佐证"
    if "grade_wanted" in row.marks:
        return f"{_COMPARATORS.get(row.comparator, '')}“{row.marks['grade_wanted']}”"
    if "required_share" in row.marks:
        goal = Yardstick.of(row).goal
        share = "" if goal == 100 else f"，按时率不低于 {write_exact(goal, '%')}"
        limit = f"{_COMPARATORS.get(row.comparator, '')}{write_exact(row.target_value, row.target_unit)}"
        return f"每件{limit}{share}"
    wish = f"（力争 {write_exact(row.stretch, row.target_unit)}）" if row.stretch is not None else ""
    return f"{_COMPARATORS.get(row.comparator, '')}{write_exact(row.target_value, row.target_unit)}{wish}"


def write_value(row: VerdictRow, *, decimals: int) -> str:
    """The value with its two parts where it has them, and what was left out: `93.3%（14 / 15），已剔除 1 件……`."""
    yardstick = Yardstick.of(row)
    if "grade" in row.marks:
        return f"“{row.marks['grade']}”"
    return _write_parts(row, yardstick, decimals=decimals) + _say_excluded(row, yardstick, decimals=decimals)


def _write_parts(row: VerdictRow, yardstick: Yardstick, *, decimals: int) -> str:
    text = write_number(row.value, yardstick.unit, decimals=decimals, against=yardstick.goal)
    if "required_share" in row.marks and row.value is not None:
        text = f"按时率 {text}"
    if row.value is None or row.denominator is None or row.numerator is None or row.denominator == 1:
        return text
    if row.n is not None and row.denominator != row.n:
        return f"{text}（{row.n} 件的平均）"  # parts of a mean are seconds; nobody reads them
    parts = (write_exact(round_half_up(part, 2), "").strip() for part in (row.numerator, row.denominator))
    return f"{text}（{' / '.join(parts)}）"


def _say_excluded(row: VerdictRow, yardstick: Yardstick, *, decimals: int) -> str:
    """What the register of exclusions took out, and the value with it."""
    excluded, whole = row.marks.get("excluded"), row.marks.get("with_excluded")
    if not excluded or whole is None:
        return ""
    value = write_number(Decimal(str(whole)), yardstick.unit, decimals=decimals, against=yardstick.goal)
    return f"，已剔除 {excluded} 件，不剔除则为 {value}"


def write_gap(row: VerdictRow, *, decimals: int) -> str:
    """How far the value is from its target and on which side."""
    yardstick = Yardstick.of(row)
    if row.gap is None or row.value is None or yardstick.goal is None:
        return NOTHING
    if late := row.marks.get("late"):
        return f"{late} 件超时"
    unit = " 个百分点" if yardstick.unit == "%" else UNIT_WORDS_ZH.get(yardstick.unit, yardstick.unit)
    exact = abs(row.gap)
    digits = next((d for d in range(decimals, _MOST_DECIMALS) if round_half_up(exact, d)), _MOST_DECIMALS)
    size = f"{round_half_up(exact, digits):f}"
    if exact == 0:
        return "正好达到"
    if _HOLDS[yardstick.comparator](row.value, yardstick.goal):
        return f"已达到，富余 {size}{unit}"
    return f"还差 {size}{unit}" if yardstick.comparator in (">=", ">", "==") else f"超出 {size}{unit}"
