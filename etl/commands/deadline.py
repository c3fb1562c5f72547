"""deadline: the legal clock on its own, with everything that can happen to a case."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from etl.commands.output import DayOption, JsonFlag, print_json, print_table
from etl.core.clock import (
    CalendarNotPublished,
    ClockRules,
    Extension,
    Limit,
    Moment,
    WorkCalendar,
    deadline_json,
    parse_suspension,
)
from schemas.models.registry import load_registry
from schemas.settings import get_settings

LABELS = {
    "deadline_date": "最后一天",
    "deadline": "截止时刻",
    "elapsed": "已用时",
    "unit": "计时单位",
    "kept": "是否按时",
    "light": "灯",
    "counted_days": "计入的日子",
    "calendar": "工作日历",
    "reason": "无法判断的原因",
    "marks": "说明",
    "clock_abuse": "时钟异常",
    "age_days": "已过自然日",
    "recomputed": "按时限推算的最后一天",
    "extended": "延长后的最后一天",
}
WORDS: dict[Any, str] = {
    None: "—",
    True: "是",
    False: "否",
    "green": "绿",
    "yellow": "黄",
    "red": "红",
    "suspended": "中止中",
    "workday": "工作日",
    "day": "自然日",
    "month": "月",
    "hour": "小时",
    "minute": "分钟",
    "precision_too_coarse": "只有日期没有时间，无法判断",
    "end_before_start": "办结早于起算",
    "last_day": "最后一天才中止",
    "after_deadline": "到期后才中止，不予扣除",
    "extension_after_deadline": "到期后才批准延长，无效",
    "fraction_to_end_of_day": "没有时间，算到当天结束",
    "last_day_to_midnight": "没有时间，算到当天 24:00",
    "suspension_inverted": "中止的起止颠倒，未计",
    "file_deadline": "以文件自带的期限为准",
    "calendar_not_published": "所需年份的工作日安排尚未录入",
    "measured_in_dates": "按日期计",
}


def deadline(
    start: Annotated[str, typer.Option("--start", help="起算时间，如 2023-03-01 或 2023-03-01T09:30")],
    limit: Annotated[str, typer.Option("--limit", help='期限，如 "5 workday"、"0.5 workday"、"2 office_hour"')],
    suspend: Annotated[list[str] | None, typer.Option("--suspend", help="中止，如 2023-03-02..2023-03-06")] = None,
    end: Annotated[str | None, typer.Option("--end", help="办结时间")] = None,
    extend: Annotated[
        str | None, typer.Option("--extend", help='延长的期限，如 "10 workday"；须与 --signed 同用')
    ] = None,
    signed: Annotated[str | None, typer.Option("--signed", help="批准延长的时间")] = None,
    extension_counts: Annotated[
        bool, typer.Option("--extension-counts", help="延长也适用于方案自定的期限（默认只延长法定期限）")
    ] = False,
    deadline_from: Annotated[str | None, typer.Option("--deadline-from", help="文件自带的期限，以它为准")] = None,
    after_hours: Annotated[
        Literal["same_day", "next_opening"],
        typer.Option("--after-hours", help="非办公时间收件：算当天，或顺延到上班"),
    ] = "same_day",
    last_day: Annotated[
        Literal["midnight", "office_close", "start_time"],
        typer.Option("--last-day", help="最后一天到何时：24:00、下班、或与起算同一时刻"),
    ] = "midnight",
    calendar: Annotated[str, typer.Option("--calendar", help="工作日历")] = "cn",
    as_of: DayOption = None,
    as_json: JsonFlag = False,
) -> None:
    """单独使用法定时限时钟。"""
    registry = load_registry(get_settings().schema_folders)
    if calendar not in registry.calendars:
        raise typer.BadParameter(f"没有日历 {calendar!r}；现有：{'、'.join(sorted(registry.calendars))}")
    if (extend is None) != (signed is None):
        raise typer.BadParameter("--extend 和 --signed 要一起给：延长多少，什么时候批准的")
    spec = registry.calendars[calendar]

    def moment(text: str | None) -> Moment | None:
        return Moment.parse(text, zone=spec.zone) if text else None

    try:
        document = deadline_json(
            Moment.parse(start, zone=spec.zone),
            Limit.parse(limit),
            WorkCalendar.from_spec(spec),
            end=moment(end),
            as_of=moment(as_of),
            suspensions=[parse_suspension(text, zone=spec.zone) for text in suspend or ()],
            extension=Extension(Limit.parse(extend), Moment.parse(signed, zone=spec.zone))
            if extend and signed
            else None,
            deadline_from=moment(deadline_from),
            rules=ClockRules(after_hours=after_hours, last_day=last_day, extension_counts=extension_counts),
        )
    except (ValueError, CalendarNotPublished) as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        print_json(document)
        return
    print_table("时限", ("项目", "值"), [(LABELS[key], _show(value)) for key, value in document.items()])


def _extension(extend: str | None, signed: Moment | None) -> Extension | None:
    return Extension(Limit.parse(extend), signed) if extend and signed else None


def _show(value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, list):
        return "、".join(WORDS.get(item, str(item)) for item in value) or "—"
    return WORDS.get(value, str(value)) if value is None or isinstance(value, (str, bool)) else str(value)
