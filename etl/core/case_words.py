"""Chinese words for the lights of open cases, for command line and mails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from schemas.models.time_left import TimeLeft

LIGHT_WORDS = {
    "red": "● 红 已超期",
    "yellow": "▲ 黄 临期",
    "green": "■ 绿 正常",
    "suspended": "‖ 中止计时",
    "none": "○ 无灯",
}
REASON_WORDS = {
    "precision_too_coarse": "只有日期、没有时刻，无法判定以小时或半日计的时限",
    "calendar_not_published": "相应年度的放假安排尚未录入",
    "no_deadline": "文件没有给出期限",
    "excluded": "已列入剔除登记，不计时",
    "strive": "力争时限已过，不作为超期",
}
ABUSE_WORDS = {
    "last_day": "最后一日才中止",
    "after_deadline": "超期后才中止，不予扣除",
    "reason": "中止事由不能停止计时",
    "extension_after_deadline": "超期后才延期，不予认可",
}


def say_remarks(reason: str | None, abuse: Iterable[str]) -> str:
    """Why there is no light, or a milder one, and what is wrong with suspensions and extensions."""
    told = [REASON_WORDS.get(reason, reason)] if reason else []
    return "；".join([*told, *(ABUSE_WORDS.get(word, word) for word in abuse)])


def say_left(left: TimeLeft | None) -> str:
    """`还有 3 天`, `今天到期`, `超期 2 天`, `还有 1 小时 20 分`; a dash where there is no deadline."""
    if left is None:
        return "—"
    if left.minutes is not None:
        word = "超时" if left.minutes < 0 else "还有"
        return f"{word} {_say_minutes(abs(left.minutes))}"
    days = left.days or 0
    if days == 0:
        return "今天到期"
    return f"还有 {days} 天" if days > 0 else f"超期 {-days} 天"


def _say_minutes(minutes: int) -> str:
    days, rest = divmod(minutes, 24 * 60)
    hours, rest = divmod(rest, 60)
    parts = [f"{days} 天" if days else "", f"{hours} 小时" if hours else "", f"{rest} 分" if rest and not days else ""]
    return " ".join(part for part in parts if part) or "不到 1 分"


def say_deadline(row: Mapping[str, Any]) -> str:
    """The deadline of a row with `deadline_date` and `deadline` (an instant, or None for a whole day)."""
    at: dt.datetime | None = row["deadline"]
    if at is not None:
        return f"{at:%Y-%m-%d %H:%M}"
    return f"{row['deadline_date']:%Y-%m-%d}" if row["deadline_date"] else "—"
