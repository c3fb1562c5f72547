"""A verdict's value and goal in words: which unit the value has, what it is compared with."""

from __future__ import annotations

from decimal import Decimal

from dashboards.formats import MISSING, SIGNS, fmt, fmt_goal, fmt_number
from dashboards.queries.records import Target, Verdict
from dashboards.texts import EVERY, Lang, pick, word
from dashboards.words import say

_SHARE = "%"
_DELIVERED = {0: ("未交付", "not delivered"), 1: ("已交付", "delivered")}


def value_unit(verdict: Verdict, target: Target | None) -> str:
    """The value's own unit: for single cases the share in time (%), whatever unit the limit of a case has."""
    if verdict.marks.get("value_unit"):
        return str(verdict.marks["value_unit"])
    is_share = target is not None and target.text("kind") == "each_case"
    return _SHARE if is_share else verdict.target_unit


def goal_number(verdict: Verdict, target: Target | None) -> Decimal | None:
    """The number that the value is compared with, in the value's own unit."""
    if value_unit(verdict, target) == verdict.target_unit:
        return verdict.target_value
    required = verdict.marks.get("required_share") or (target.number("required_share") if target else None)
    return Decimal(str(required)) if required is not None else Decimal(100)


def goal_text(verdict: Verdict, target: Target | None, lang: Lang) -> str:
    """`≥ 96%`; for single cases the limit of a case: `每件 ≤ 5 个工作日`."""
    kind = target.text("kind") if target else ""
    if target is not None and (kind in ("milestone", "cadence") or target.text("unit") == "grade"):
        return promised_text(target, lang)
    if target is None or kind != "each_case":
        return fmt_goal(verdict.comparator, verdict.target_value, verdict.target_unit, lang=lang)
    share = goal_number(verdict, target)
    limit = fmt_goal(target.text("comparator"), target.number("value"), target.text("unit"), lang=lang)
    every = say("每件 ", "every case ", lang) + limit
    return every if share == 100 else f"{every}{say('，按期率 ', ', in time ', lang)}≥ {fmt(share, _SHARE, lang=lang)}"


def promised_text(target: Target, lang: Lang) -> str:
    """What a target asks for, from the catalogue alone: `≥ 96%`, `每两个月 ≥ 1 次`, `不低于 优异`."""
    kind, sign = target.text("kind"), target.text("comparator")
    if kind == "milestone":
        return say("按期交付", "delivered in time", lang)
    if kind == "cadence":
        number = fmt_number(target.number("value"))
        told = f"{word(EVERY, target.text('every'), lang)} {SIGNS.get(sign, sign)} {number}"
        return (
            told + say(" 次", " times", lang) + (_ROLLING[lang == "en"] if target.text("window") == "rolling" else "")
        )
    if target.text("unit") == "grade":
        return say(f"不低于 {target.text('grade')}", f"at least {target.text('grade')}", lang)
    limit = fmt_goal(sign, target.number("value"), target.text("unit"), lang=lang)
    if kind != "each_case":
        return limit
    share = target.number("required_share")
    every = say("每件 ", "every case ", lang) + limit
    if share in (None, Decimal(100)):
        return every
    return f"{every}{say('，按期率 ', ', in time ', lang)}≥ {fmt(share, _SHARE, lang=lang)}"


_ROLLING = ("（任意时段）", " (any such stretch)")


def value_text(verdict: Verdict, target: Target | None, lang: Lang) -> str:
    """The value with its unit; a milestone is delivered or not."""
    if target is not None and target.text("kind") == "milestone" and verdict.value in (0, 1):
        return pick(_DELIVERED[int(verdict.value)], lang)
    if target is not None and target.text("kind") == "milestone":
        return _say_delivery(verdict, lang)
    if verdict.value is not None and verdict.marks.get("grade"):
        return str(verdict.marks["grade"])
    if target is not None and target.text("kind") == "cadence" and verdict.value is not None:
        return fmt_number(verdict.value) + say(" 次", " times", lang)
    unit, digits = value_unit(verdict, target), target.decimals if target else 2
    return fmt(verdict.value, unit, lang=lang, against=goal_number(verdict, target), digits=digits)


def _say_delivery(verdict: Verdict, lang: Lang) -> str:
    """A deliverable has no number: its reason says whether it is there."""
    if verdict.reason in ("confirmed", "late"):
        return pick(_DELIVERED[1], lang)
    return pick(_DELIVERED[0], lang) if verdict.status in ("missed", "not_due") else MISSING


def interval_text(verdict: Verdict, target: Target | None, lang: Lang) -> str:
    if verdict.low is None or verdict.high is None:
        return MISSING
    unit = value_unit(verdict, target)
    return f"{fmt(verdict.low, unit, lang=lang)} ~ {fmt(verdict.high, unit, lang=lang)}"
