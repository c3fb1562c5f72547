"""The sentences of all verdicts, as templates (Chinese, English). What stands in braces is filled in by `sentences`.

No number of days left: a sentence changes only when the verdict does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from string import Formatter
from typing import Any

import numpy as np

from etl.judge.exact import Ints
from etl.judge.frame import Objects

Words = tuple[str, str]
Filling = Callable[[Ints], "str | Objects"]
"""Rows -> what stands in the place of a name: one text, or one a row."""
_FORMATTER = Formatter()

SILENCE: dict[str, Words] = {
    "not_reported": ("未报送：截止报送日仍没有收到数据", "Not reported: no data by the day it was due"),
    "reported_empty": ("已报送，但文件里没有数据行", "Reported, but the file has no rows"),
    "unchanged_copy": ("与上一期数据完全相同，疑似误报旧表", "Identical to the previous period, probably an old file"),
    "failed_check": ("报送的数据未通过校验", "The data failed the check"),
    "no_cases": ("没有发生业务，无法计算", "No cases in this period"),
    "sample_too_small": ("样本不足，不作评判", "Too few cases to judge"),
    "parts_missing": ("部分单位数据缺失，全区数据不能汇总", "Some units are missing, no roll-up"),
    "baseline_missing": ("缺少基期数据，无法比较", "No baseline to compare with"),
    "definition_changed": ("口径变更，不可比", "The definition changed"),
    "precision_too_coarse": ("时间只填到日，无法按小时计算", "Dates without a time are too coarse for this limit"),
    "calendar_not_published": ("当年工作日安排尚未录入，无法计算时限", "The working-day calendar is not published"),
    "manual_pending": ("尚未收到人工填报的结果", "To be entered by hand"),
    "rule_could_not_run": ("计算规则未能运行，已通知系统管理员", "A rule could not run; the engineers know"),
}

HEAD: Words = ("{span}{name}为 {value}", "{span}, {name}: {value}")
SUM_HEAD: Words = ("截至{period}，{name}累计 {value}", "{name} to {period_end}: {value}")
EVENT_HEAD: Words = ("{period}{name} {value}", "{period}, {name}: {value}")
POOLED: Words = ("{first}至{period}合并计算，", "{first} to {period} pooled")

TAIL: dict[str, Words] = {
    "satisfied": ("达到目标（{goal}）", "meets {goal}"),
    "on_path": ("目标是{due} {goal}，{pace}进度正常", "on the way to {goal} by {due}{pace}"),
    "behind_path": ("目标是{due} {goal}，{pace}进度落后，请加快推进", "behind on the way to {goal} by {due}{pace}"),
    "over_pace": ("上限是{due} {goal}，{pace}用得过快，请控制", "using up {goal} by {due} too fast{pace}"),
    "before_due": ("目标是{due} {goal}，尚未到期", "{goal} is due {due}"),
    "not_reached": ("到期未达到目标（{goal}），{short}", "{goal} was not reached at the due day, {short}"),
    "strive": ("未达到力争目标（{goal}），{short}", "{goal} (strive) is not reached, {short}"),
    "not_satisfied": ("未达到目标（{goal}），{short}", "{goal} is not satisfied, {short}"),
    "over_limit": ("超出上限（{goal}）{gap}", "{gap} above the limit {goal}"),
    "open_cases": (
        "达到目标（{goal}），但计入在办件后为 {open}，请尽快办结在办件",
        "meets {goal}, but not with the open cases at their present age ({open})",
    ),
    "early_warning_xmr": (
        "目前达到目标（{goal}），但超出正常波动范围，请查明原因",
        "meets {goal}, but is outside its natural limits",
    ),
    "early_warning_trend": (
        "目前达到目标（{goal}），但连续变差，按此趋势下期将不达标",
        "meets {goal}, but the trend crosses it next period",
    ),
    "too_few": ("{fewer}要求（{goal}），{short}", "{fewer} than {goal}, {short}"),
}
EVENT_TAIL: dict[str, Words] = {
    "satisfied": ("达到要求（{goal}）", "meets {goal}"),
    "before_due": ("要求{goal}，本期还没有结束", "{goal} wanted, the window is still open"),
}
"""Where a cadence says it otherwise."""
PACE: Words = ("完成进度 {progress}，时间进度 {share}，", " ({progress} done, {share} of the time gone)")
LAST_YEAR_PACE: Words = (
    "完成进度 {progress}，时间进度 {share}（缺上年同期数据，按工作日均匀推算），",
    " ({progress} done, {share} of the time gone; last year is not known, so by working days)",
)

LOST_PACE: Words = ("起点时已达到，现在达不到，", " (it was satisfied at the start and is lost)")
"""Where there is no way to go, only one to go back."""

WHOLE: dict[str, Words] = {
    "confirmed": ("{name}：已完成并提交佐证。", "{name}: done, with evidence."),
    "late": ("{name}：应于{due_day}前完成，逾期后才提交佐证。", "{name}: confirmed after its due day, {due}."),
    "no_evidence": ("{name}：已过{due_day}期限，没有收到完成佐证。", "{name}: no evidence by its due day, {due}."),
    "before_due": ("{name}：应于{due_day}前完成，尚未到期。", "{name}: due {due}."),
    "strive": ("{name}：力争于{due_day}前完成，没有按期收到佐证。", "{name}: not done by {due} (strive)."),
}
"""Of deliverables, which have no value."""
OPEN_WINDOW: Words = ("{period}{name}：要求{goal}，本期还没有结束。", "{period}, {name}: {goal} wanted, still open.")
"""Of a window for which nothing was entered yet."""

CASES_HEAD: Words = ("{span}{name}：应办 {n} 件，", "{span}, {name}: ")
CASES_ALL: Words = ("全部在 {limit}内完成。", "0 of {n} late (limit {limit}, 100% in time).")
CASES_LATE: Words = (
    "{late} 件超过 {limit}，按时率 {value}，{ending}。",
    "{late} of {n} late (limit {limit}, {value} in time).",
)
HELD: Words = ("按连续两期才变灯的规则，灯暂不改变。", " The light waits for a second period.")


def fill(template: str, fillings: Mapping[str, Filling], rows: Ints) -> Objects:
    """The template for the rows: what is constant is joined first, columns are added once."""
    out: Any = ""
    for literal, name, _, _ in _FORMATTER.parse(template):
        out = out + literal if literal else out
        if name is not None:
            out = out + fillings[name](rows)
    return out if isinstance(out, np.ndarray) else np.full(len(rows), out, dtype=object)
