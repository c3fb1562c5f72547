"""Numbers, days and goals as people read them. Rounding is for display only and never crosses the target."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

from dashboards.texts import UNITS, Lang, pick

MISSING = "—"
SIGNS = {">=": "≥", "<=": "≤", "==": "=", ">": ">", "<": "<"}
_MOST_DIGITS = 12


def _round(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def fmt_number(value: Decimal | int | None, *, against: Decimal | None = None, digits: int = 2) -> str:
    """A number with at most `digits` decimals, thousands separated; `—` where there is none.

    Args:
        value: the exact number.
        against: the target; as many digits are shown as it takes not to print a near miss as the target itself
            (95.995 against 96 is printed 95.995, not 96).
        digits: decimals shown at most otherwise.
    """
    if value is None:
        return MISSING
    exact = Decimal(value)
    if not exact.is_finite():
        return MISSING
    shown = _round(exact, digits)
    while against is not None and shown == against != exact and digits < _MOST_DIGITS:
        digits += 1
        shown = _round(exact, digits)
    text = f"{shown:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def fmt(
    value: Decimal | int | None, unit: str, *, lang: Lang = "zh", against: Decimal | None = None, digits: int = 2
) -> str:
    """A value with its unit (`95.2%`, `3.5 个工作日`, `第 2 名`); `—` where there is none, never 0 or nan."""
    number = fmt_number(value, against=against, digits=digits)
    if number == MISSING:
        return MISSING
    if unit == "rank":
        return f"No. {number}" if lang == "en" else f"第 {number} 名"
    suffix = pick(UNITS[unit], lang) if unit in UNITS else f" {unit}"
    return f"{number}{suffix}"


def fmt_gap(gap: Decimal | None, unit: str, *, lang: Lang = "zh") -> str:
    """The distance of a value from its target; of percentages in percentage points."""
    if unit != "%" or gap is None:
        return fmt(gap, unit, lang=lang)
    return fmt_number(gap) + (" points" if lang == "en" else " 个百分点")


def fmt_goal(comparator: str, value: Decimal | None, unit: str, *, lang: Lang = "zh") -> str:
    """`≥ 96%`; a milestone has no number: `—`."""
    if value is None:
        return MISSING
    return f"{SIGNS.get(comparator, comparator)} {fmt(value, unit, lang=lang)}"


def fmt_day(day: dt.date | None) -> str:
    return day.isoformat() if day else MISSING


def fmt_instant(at: dt.datetime | None, *, zone: dt.tzinfo) -> str:
    """`2023-06-30 14:05` in the plan's zone."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if at else MISSING


def fmt_due(due: dt.date | None, today: dt.date, lang: Lang = "zh") -> str:
    """The due day with the days left; `—` for a target that is to be kept all the time."""
    if due is None:
        return MISSING
    left = (due - today).days
    if left < 0:
        note = f"{-left} days ago" if lang == "en" else f"已过 {-left} 天"
    elif left == 0:
        note = "today" if lang == "en" else "今天"
    else:
        note = f"{left} days left" if lang == "en" else f"还有 {left} 天"
    return f"{due.isoformat()} ({note})" if lang == "en" else f"{due.isoformat()}（{note}）"


def fmt_share(share: Decimal | None) -> str:
    """Progress or time share (1 is all of it) as a percentage with one decimal."""
    return MISSING if share is None else f"{fmt_number(share * 100, digits=1)}%"
