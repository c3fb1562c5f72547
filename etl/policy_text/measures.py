"""What a phrase and the words before and after it set: comparator, value, unit, kind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from etl.policy_text.numerals import parse_number
from etl.policy_text.phrases import Phrase
from etl.policy_text.text import narrow
from schemas.models.plan import Comparator, Every, Kind, Strength

COMPARATORS: tuple[tuple[str, Comparator], ...] = (
    (r"不(?:得)?(?:少于|低于|小于|短于)|大于或?等于|至少|最少|≥|^>=|以上|最低", ">="),
    (r"不(?:得)?(?:超过|高于|大于|多于|长于|晚于|迟于)|^不超|小于或?等于|最多|最高|≤|^<=|以内|之内|以下|内$", "<="),
    (r"高于|超过|多于|大于|^>|^超|^逾", ">"),
    (r"低于|少于|小于|不足|不满|未满|^<", "<"),
)
"""Civil Code, article 1259: 以上, 以下, 以内 include the number, 超过 and 不满 do not. The order matters."""

SHRINK = r"压缩|压减|压降|缩短|缩减|精简|精减|减少|减至|降低|降至|降到|下降|降为|控制|减为|缩至|限于|简并|削减"
DOWN_TO = re.compile(rf"(?:{SHRINK})[^,。;、]{{0,4}}(?:至|到|为|在|成)|减至|降至|降到|降为|缩至|控制在|限于")
_DOWN_BY = re.compile(rf"(?:{SHRINK})(?:幅度达到?|比例达到?|[^,。;、至到为在占达率]{{0,10}})$")
_UP_BY = re.compile(r"(?:增长|提高|提升|增加|上升|扩大|增幅(?:达|达到)?|增速(?:达|达到|保持)?)(?:了|约|率)?\s?$")
_GROWTH_AFTER = re.compile(r"^(?:左右)?(?:的)?(?:增长|增幅|增速)")
_KEEP = re.compile(r"稳定|保持|稳固|巩固|维持")
GATHER = re.compile(
    r"新增|引进|培育|举办|开展|组织|新建|新设|建成|发展|落地|推出|上线|发布|下放|开通|改造|培训|走访|选择|选取|选派|遴选|评选|孵化|认定|创建|培养|服务|签约|招引|打造"
)
_QUARTER_HOUR = 15
_NEVER = re.compile(r"(?:无|没有|杜绝|不得)$")
STRIVE = re.compile(r"力争|争取|努力|力求")

UNIT_OF: tuple[tuple[str, str], ...] = (
    (r"[%‰]|百分|成[一二三四五六七八九]?(?:以上|以下|左右)?$", "%"),
    (r"工作日", "workday"),
    (r"小时|\d\s?[hH]", "hour"),
    (r"分钟|刻钟|min", "minute"),
    (r"秒", "second"),
    (r"个?月", "month"),
    (r"年", "year"),
    (r"天|日", "day"),
    (r"元", "CNY"),
    (r"平方?米|平米|㎡", "m2"),
    (r"公里|千米", "km"),
)
_TIMES = ("workday", "day", "month", "hour", "minute", "second")
_LIMITS = (Kind.EACH_CASE, Kind.AVERAGE_CASE)
"""Kinds with a longest time; a shortest one (公示不少于5天) is a level to keep."""
_EVERY: tuple[tuple[str, Every], ...] = (
    (r"两个?月|2个?月|双月", "two_months"),
    (r"半年", "half_year"),
    (r"季", "quarter"),
    (r"旬", "ten_days"),
    (r"周|星期", "week"),
    (r"月", "month"),
    (r"年", "year"),
)


@dataclass(frozen=True)
class Measure:
    """What one phrase sets. `value` is None for a rank or grade in words; `kind` is a guess."""

    comparator: Comparator
    value: Decimal | None
    unit: str
    kind: Kind
    strength: Strength
    every: Every | None = None


@dataclass(frozen=True)
class Surroundings:
    """The words of the sentence before and after a phrase (narrow), and those of the part between commas alone."""

    before: str
    after: str

    @property
    def near(self) -> str:
        return re.split(r"[,。;:]", self.before)[-1]


def unit_of(text: str, around: Surroundings) -> str:
    """Unit of measure of a phrase, one of `schemas.models.plan.UNITS`."""
    if re.search(r"每(?:万|百|千)人(?:口)?[^,。;]{0,20}$", around.before):
        return "per_10k_people"
    return next((unit for form, unit in UNIT_OF if re.search(form, text)), "count")


def comparator_of(text: str, around: Surroundings, *, unit: str, lowers: bool) -> Comparator:
    """From the phrase's own words, else from the verb before it, else from what the unit usually means."""
    for form, comparator in COMPARATORS:
        if re.search(form, text):
            return comparator
    if lowers:
        return "<="
    return "<=" if unit in _TIMES else ">="


def every_of(text: str) -> Every | None:
    """The window of a cadence phrase; None where it has none of the usual length."""
    if re.search(r"半个?月", text):
        return None
    if re.search(r"\d|[三四五六七八九]", text):
        text = re.sub(r"(?<!\d)2个?月", "两月", text)
        if re.search(r"\d|[三四五六七八九]", text):
            return None
    return next((every for form, every in _EVERY if re.search(form, text)), None)


def measure_of(phrase: Phrase, around: Surroundings) -> Measure | None:
    """Read a percentage, a duration or a count as a measure; None where its words promise nothing."""
    text = narrow(phrase.phrase)
    value = parse_number(text)
    if value is None:
        return None
    unit = unit_of(text, around)
    value *= _QUARTER_HOUR if "刻钟" in text else 1
    lowers = bool(DOWN_TO.search(around.near))
    by = not lowers and unit == "%" and bool(_DOWN_BY.search(around.near))
    grows = unit == "%" and bool(_UP_BY.search(around.near) or _GROWTH_AFTER.match(around.after))
    comparator = comparator_of(text, around, unit=unit, lowers=lowers)
    strength = strength_of(text, around)
    if _NEVER.search(around.before) and re.match("超过?|逾", text):
        return Measure("<=", Decimal(0), "count", Kind.STANDING, strength)
    if text.endswith(("半日", "半天")):
        unit = "day"
    kind = Kind.REDUCTION if by else Kind.GROWTH if grows else kind_of(phrase, around, unit=unit, lowers=lowers)
    if kind in _LIMITS and comparator.startswith(">"):
        kind = Kind.STANDING
    return Measure(comparator, value, unit, kind, strength)


def strength_of(text: str, around: Surroundings) -> Strength:
    return "strive" if STRIVE.search(text) or STRIVE.search(around.near) else "must"


def kind_of(phrase: Phrase, around: Surroundings, *, unit: str, lowers: bool) -> Kind:
    """A guess after the words: average, each, keep, gather, reach."""
    if unit in _TIMES:
        if "平均" in around.near:
            return Kind.AVERAGE_CASE
        return Kind.BY_DEADLINE if lowers else Kind.EACH_CASE
    if _KEEP.search(around.near) or "不低于" in phrase.phrase:
        return Kind.STANDING
    return (
        Kind.CUMULATIVE if unit in ("count", "CNY") and not lowers and GATHER.search(around.near) else Kind.BY_DEADLINE
    )
