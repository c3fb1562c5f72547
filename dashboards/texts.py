"""The words of the board, once: codes of the warehouse -> what people read, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from schemas.models.unit_words import UNIT_WORDS_ZH

Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class LightWords:
    """How a light looks without its colour: shape, name of the colour, meaning."""

    shape: str
    colour: tuple[str, str]
    word: tuple[str, str]


LIGHTS: dict[str, LightWords] = {
    "red": LightWords("●", ("红", "Red"), ("未达标", "Missed")),
    "yellow": LightWords("▲", ("黄", "Yellow"), ("预警", "At risk")),
    "green": LightWords("■", ("绿", "Green"), ("达标", "Met")),
    "grey": LightWords("◆", ("灰", "Grey"), ("无数据", "No data")),
    "neutral": LightWords("◇", ("", ""), ("未到期", "Not due")),
}
"""In the order in which they are read: what needs attention first."""

CASE_LIGHTS: dict[str, LightWords] = {
    "red": LightWords("●", ("红", "Red"), ("已超期", "Overdue")),
    "yellow": LightWords("▲", ("黄", "Yellow"), ("临期", "Nearly due")),
    "suspended": LightWords("‖", ("", ""), ("中止计时", "Suspended")),
    "none": LightWords("◆", ("", ""), ("无灯", "No light")),
    "green": LightWords("■", ("绿", "Green"), ("正常", "In time")),
}
"""Lights of open cases, in the order in which they are read."""
CASE_REASONS = {
    "precision_too_coarse": ("只有日期没有时刻，无法按小时或半日判定", "no time of day, too coarse for this limit"),
    "calendar_not_published": ("当年放假安排尚未录入", "calendar of the year not entered yet"),
    "no_deadline": ("文件没有给出期限", "the file names no deadline"),
    "excluded": ("已列入剔除登记", "in the register of exclusions"),
    "strive": ("力争时限已过", "past an aspired limit"),
}
CLOCK_ABUSES = {
    "last_day": ("最后一日才中止", "suspended on the last day"),
    "after_deadline": ("超期后才中止", "suspended after the deadline"),
    "reason": ("中止事由不停止计时", "reason stops no clock"),
    "extension_after_deadline": ("超期后才延期", "extended after the deadline"),
}

STATUSES: dict[str, tuple[str, str]] = {
    "met": ("达标", "Met"),
    "at_risk": ("预警", "At risk"),
    "missed": ("未达标", "Missed"),
    "not_due": ("未到期", "Not due"),
    "no_data": ("无数据", "No data"),
}
STATUS_LIGHT = {"met": "green", "at_risk": "yellow", "missed": "red", "not_due": "neutral", "no_data": "grey"}

REASONS: dict[str, tuple[str, str]] = {
    "satisfied": ("已满足", "satisfied"),
    "on_path": ("进度正常", "on its path"),
    "behind_path": ("进度落后于时间", "behind its path"),
    "confirmed": ("已完成，有佐证", "done, with evidence"),
    "over_pace": ("用量快于时间", "used up faster than planned"),
    "open_cases": ("计入在办件后将不达标", "misses once open cases are counted"),
    "early_warning_xmr": ("偏离正常波动范围", "outside its normal variation"),
    "early_warning_trend": ("连续变差，下期将越线", "trend crosses the limit next period"),
    "not_reached": ("到期未达到", "not reached at the due day"),
    "late_cases": ("有超期办件", "late cases"),
    "over_limit": ("超出上限", "above the limit"),
    "not_satisfied": ("未满足标准", "not satisfied"),
    "strive": ("力争目标，尚未达到", "aspiration not reached yet"),
    "no_evidence": ("到期无佐证材料", "no evidence at the due day"),
    "late": ("逾期后才提交佐证", "confirmed after the due day"),
    "too_few": ("次数不足", "too few in the window"),
    "before_due": ("尚未到期", "before its due day"),
    "not_reported": ("未报送", "not reported"),
    "reported_empty": ("报送了空表", "reported an empty file"),
    "unchanged_copy": ("报送内容与上期完全相同", "identical copy of an earlier file"),
    "failed_check": ("数据未通过校验", "data failed its checks"),
    "no_cases": ("本期没有办件", "no cases"),
    "sample_too_small": ("样本不足", "sample too small"),
    "parts_missing": ("只有百分比，缺分子分母", "numerator and denominator missing"),
    "baseline_missing": ("缺基期数", "baseline missing"),
    "definition_changed": ("口径变更", "definition changed"),
    "precision_too_coarse": ("时间精度不够", "times too coarse"),
    "calendar_not_published": ("当年工作日历未发布", "official calendar not published"),
    "manual_pending": ("等待人工填报", "waiting for manual entry"),
    "rule_could_not_run": ("规则未能运行（系统问题）", "a rule could not run (system)"),
}

BASES = {"interpretation": ("解读", "interpretation"), "local": ("本地", "local")}
BASIS_NOTES = {
    "policy": ("标准直接取自文件原文", "as the document says"),
    "interpretation": ("标准含本办对原文的解读", "our reading of the document"),
    "local": ("标准为本地设定", "set locally"),
}
CONTROLS = {
    "shared": ("共同完成", "shared"),
    "external": ("外部评价", "external"),
}
ALL_CONTROLS = {"own": ("本级负责", "own"), **CONTROLS}
STRENGTHS = {"must": ("必须达到", "must"), "strive": ("力争", "aspiration")}
EVERY = {
    "week": ("每周", "every week"),
    "ten_days": ("每旬", "every ten days"),
    "month": ("每月", "every month"),
    "two_months": ("每两个月", "every two months"),
    "quarter": ("每季度", "every quarter"),
    "half_year": ("每半年", "every half year"),
    "year": ("每年", "every year"),
}
MECHANISMS = {
    "case_clock": ("逐件计时", "clock on each case"),
    "window_light": ("窗口红绿灯", "lights at the counter"),
    "dispatch": ("调度", "dispatch"),
    "report": ("报送", "reports"),
    "bulletin": ("通报", "bulletins"),
    "rating": ("好差评", "ratings"),
    "appraisal": ("考评", "appraisal"),
    "ranking": ("排名", "ranking"),
    "review": ("评估", "review"),
    "inspection": ("检查督查", "inspection"),
    "channel": ("诉求渠道", "channel"),
}
LIMIT_UNITS = {
    "workday": (" 个工作日", " working days"),
    "day": (" 天", " days"),
    "month": (" 个月", " months"),
    "hour": (" 小时", " hours"),
    "office_hour": (" 个工作小时", " office hours"),
    "minute": (" 分钟", " minutes"),
}
"""Units of the limits of stages, as they are written in mechanisms.yml."""
PATHS = {
    "linear": ("按工作日均匀推进", "evenly over working days"),
    "steps": ("按约定的节点推进", "by agreed steps"),
    "last_year": ("按上年同期的进度推进", "as last year at this date"),
}
_UNITS_EN = {
    "%": "%",
    "workday": " working days",
    "day": " days",
    "month": " months",
    "year": " years",
    "hour": " hours",
    "minute": " minutes",
    "second": " seconds",
    "count": "",
    "CNY": " CNY",
    "per_10k_people": " per 10,000 people",
    "m2": " m²",
    "km": " km",
    "grade": " (grade)",
}
UNITS = {unit: (UNIT_WORDS_ZH[unit], english) for unit, english in _UNITS_EN.items()}
KINDS: dict[str, tuple[str, str]] = {
    "standing": ("持续保持", "kept in every period"),
    "by_deadline": ("限期达到", "reached by its due day"),
    "cumulative": ("累计完成", "cumulative"),
    "each_case": ("逐件按期", "every case in time"),
    "average_case": ("平均时长", "mean duration"),
    "reduction": ("比基期压减", "reduction"),
    "growth": ("比基期增长", "growth"),
    "rank": ("外部评价位次", "external rank"),
    "milestone": ("交付事项", "deliverable"),
    "cadence": ("按频次开展", "cadence"),
    "coverage": ("全覆盖", "coverage"),
    "task": ("任务", "task"),
}
"""Kinds of targets; `task` is a milestone made from a task of the document."""
BATCH_STATUSES = {
    "landed": ("已接收，待校验", "received"),
    "accepted": ("校验通过，待入库", "accepted"),
    "loaded": ("已入库", "loaded"),
    "refused": ("已退回", "refused"),
    "empty": ("空表", "empty"),
    "duplicate": ("重复文件", "duplicate"),
    "unchanged": ("与上期相同", "unchanged"),
}
OUTCOME_STATUSES = {
    "done": ("完成", "done"),
    "skipped": ("跳过", "skipped"),
    "refused": ("退回", "refused"),
    "failed": ("系统故障", "failed"),
}
STAGES = {
    "land": ("接收", "land"),
    "check": ("校验", "check"),
    "load": ("入库", "load"),
    "compute": ("计算", "compute"),
    "judge": ("判定", "judge"),
    "publish": ("发布", "publish"),
    "request": ("处理申请", "request"),
}
LEVELS = {
    "refuse": ("整份退回", "whole file"),
    "quarantine": ("扣下该行", "row kept back"),
    "note": ("提醒", "remark"),
    "system": ("系统问题，非部门责任", "system fault, not the sender's"),
}
MAIL_STATES = {
    "pending": ("待发送", "pending"),
    "sending": ("发送中", "sending"),
    "sent": ("已发送", "sent"),
    "failed": ("发送失败", "failed"),
    "unknown": ("结果不明，不重发", "unknown, not resent"),
}
REQUEST_STATES = {
    "waiting": ("已提交，等待处理", "waiting"),
    "working": ("正在处理", "working"),
    "done": ("处理完成", "done"),
    "failed": ("处理失败，请联系管理员", "failed, ask the administrator"),
}
LINES = {
    "header": ("表头", "header"),
    "section": ("分节", "section"),
    "subtotal": ("合计", "subtotal"),
    "note": ("备注", "note"),
    "blank": ("空行", "blank"),
    "data": ("数据", "data"),
}
SUBJECTS = {
    "mail": ("邮件", "mails"),
    "contacts": ("收件邮箱", "contacts"),
    "set": ("结论", "set"),
    "all": ("全部指标", "all indicators"),
    "reconcile": ("各表互相核对", "sources held against each other"),
    "landing": ("超过保存期限的原件", "originals past their keeping"),
    "run": ("立即处理收件箱", "inbox at once"),
    "case-lights": ("在办件灯号", "lights of open cases"),
    "case-notices": ("在办件提醒", "notices about open cases"),
}
"""What an outcome is about, where it is not a file."""
COUNTS = {
    "rows": ("行", "rows"),
    "bytes": ("字节", "bytes"),
    "periods": ("期间", "periods"),
    "units": ("单位", "units"),
    "measures": ("指标口径", "measures"),
    "values": ("指标值", "values"),
    "changed": ("变化", "changed"),
    "replaced": ("被替换", "replaced"),
    "superseded": ("被新批次取代", "superseded"),
    "verdicts": ("结论", "verdicts"),
    "changes": ("灯变化", "lights changed"),
    "mails": ("邮件", "mails"),
    "set_id": ("版号", "set"),
    "batch": ("批次", "batch"),
    "first_batch": ("首次批次", "first batch"),
    "files": ("文件", "files"),
    "sent": ("已发送", "sent"),
    "retry": ("待重试", "to be retried"),
    "failed": ("失败", "failed"),
    "unknown": ("结果不明", "unknown"),
    "findings": ("问题", "findings"),
    "accepted": ("接收", "accepted"),
    "quarantined": ("扣下", "kept back"),
    "lines": ("行", "lines"),
    "archive": ("压缩包", "archive"),
    "members": ("内含", "members"),
    "deleted": ("已清理", "deleted"),
    "requests": ("申请", "requests"),
    "differences": ("不一致", "differences"),
    "reader": ("读取", "reader"),
    "clocks": ("时限", "limits"),
    "red": ("超期", "overdue"),
    "yellow": ("临期", "nearly due"),
    "green": ("正常", "in time"),
    "suspended": ("中止", "suspended"),
    "none": ("无灯", "no light"),
    "left": ("已办结", "ended"),
}

Words = tuple[str, str]


def pick(words: Words, lang: Lang) -> str:
    """The word of a (Chinese, English) pair."""
    return words[1] if lang == "en" else words[0]


def word(table: dict[str, Words], code: str | None, lang: Lang) -> str:
    """The word for a code. A code that this table does not know is shown in quotes, never hidden or guessed."""
    if code is None:
        return "—"
    return pick(table[code], lang) if code in table else f"“{code}”"
