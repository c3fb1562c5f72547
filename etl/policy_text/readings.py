"""Reads each phrase of a sentence as a measure: figures, cadences, ranks, grades, full coverage."""

from __future__ import annotations

import re
from decimal import Decimal

from etl.policy_text.measures import Measure, Surroundings, every_of, measure_of, strength_of
from etl.policy_text.numerals import parse_number
from etl.policy_text.phrases import Phrase
from etl.policy_text.promises import is_promise
from etl.policy_text.sentences import Sentence
from etl.policy_text.text import narrow
from schemas.models.plan import Kind

_RANKED = re.compile(r"位居|进入|保持|迈入|冲刺|跻身|争|居|列|达到|降至|控制在")
_AVERAGE = re.compile(r"平均水平以([上下])")
_COVERS = re.compile(
    r"实现|做到|确保|推动|推行|推进|纳入|落实|完成|达到|基本|力争|将|对|建设|提供|处置|配备|按照|应|须|要"
)
_COVERS_AFTER = re.compile(
    r"[^,。;]{0,20}?(?:均|纳入|公开|完成|实现|清零|化解|解决|整改|采[取用]|办理|取消|实行|实施|网办|申报|达到|通过)"
)
_AT_ONCE = re.compile(r"即.即|免申|当场|立等|免费")
_ENABLES = re.compile(r"^(?:能力|服务|事项|水平|质量|指南|模式|平台|运行|接入)")
_SCOPE = re.compile("均|各个|全过程|每")
_EVENTS = re.compile(r"[次期场轮回]$|(?:至少|不(?:得)?少于).*[家户名个条件项]$")
"""Counts that say how often: 一次; 每季度至少走访2家 too, for a floor on things a window is met as by events."""
_MONEY = re.compile(r"成本|投资|费用|收费|出资|跑腿费")
_FINER = {"分钟级": "minute", "秒级": "second"}
_YEARLY = re.compile(r"开展|进行|实施|编制|制定|发布|建立|组织|完成")
_REVIEW = re.compile(r"[^,。;]{0,6}(?:评[价估议选]|考[核评]|测评|调度|例会|通报|报告|检查|抽查|计划|目录|清单)")
_NO_RANK = re.compile(r"首[批届期个家名]|末位|.*一流|[百千]强|.*最.|第(?!一$|一(?:方阵|梯队|档|位|名)|\d+[位名])")
MOSTLY = Decimal(95)
"""What 基本 (basically all) is read as."""
_FULL = ("全覆盖", "全面覆盖")
_FIGURES = ("percent", "duration", "count")
_NEAR = 26
"""Characters within which a count belongs to the cadence before it."""


def measure_at(sentence: Sentence, index: int) -> Measure | None:
    """What the phrase at `index` sets; None where it promises nothing on its own."""
    phrase = sentence.phrases[index]
    around = sentence.around(phrase)
    if phrase.kind == "cadence":
        return _cadence(sentence, index, around)
    if phrase.kind == "order" or re.match(r"[前第]", phrase.phrase):
        return _rank(phrase, around)
    if phrase.kind == "grade":
        return Measure(">=", None, "grade", Kind.RANK, strength_of("", around))
    if (unit := _FINER.get(phrase.phrase)) and re.search(r"(?:到|至|为|实现|达到)“?$", around.before):
        return Measure("<", Decimal(60), unit, Kind.BY_DEADLINE, strength_of("", around))
    if phrase.kind in _FIGURES:
        belongs = index > 0 and count_of_cadence(sentence, index - 1) is not None
        return measure_of(phrase, around) if not belongs and is_promise(phrase, around) else None
    return _coverage(phrase, around) if phrase.kind == "coverage" else None


def count_of_cadence(sentence: Sentence, index: int) -> Phrase | None:
    """The count that says how often a cadence is meant, 每季度召开一次; a ceiling (每年不超过2次) is none."""
    if index + 1 >= len(sentence.phrases) or sentence.phrases[index].kind != "cadence":
        return None
    here, counted = sentence.phrases[index], sentence.phrases[index + 1]
    between = sentence.between(here, counted)
    if not _EVENTS.search(between + narrow(counted.phrase)) or len(between) > _NEAR or "," in between:
        return None
    measure = measure_of(counted, sentence.around(counted))
    return counted if measure and not measure.comparator.startswith("<") else None


def _cadence(sentence: Sentence, index: int, around: Surroundings) -> Measure | None:
    """Once in each window, or as often as the count beside it says."""
    phrase = sentence.phrases[index]
    every = every_of(phrase.phrase)
    if every is None or not _is_rhythm(phrase.phrase, around):
        return None
    counted = count_of_cadence(sentence, index)
    if counted is None and re.match(r"[^,。;]{0,20}不(?:得)?(?:超过|多于)", around.after):
        return None
    value = parse_number(narrow(counted.phrase)) if counted else Decimal(1)
    return Measure(">=", value, "count", Kind.CADENCE, strength_of("", around), every)


def _is_rhythm(phrase: str, around: Surroundings) -> bool:
    """每月 and 月通报 set a rhythm; 年度 only where something is done: 开展年度评估."""
    if phrase.startswith(("每", "双月", "按")) or re.match("[月季周旬](?!度)", phrase):
        return True
    return bool(_YEARLY.search(around.near[-16:]) and _REVIEW.match(around.after))


def _coverage(phrase: Phrase, around: Surroundings) -> Measure | None:
    """全部, 应减尽减: all of it; 零材料: none of it; a word that only names a service (全程网办能力): nothing."""
    strength = strength_of("", around)
    words = phrase.phrase
    if words == "破零":
        return Measure(">=", Decimal(1), "count", Kind.CUMULATIVE, strength)
    if words.startswith(("零", "0")) or words in ("清零", "归零", "不发生"):
        unit = "CNY" if _MONEY.search(words) else "count"
        is_promised = unit == "CNY" or _COVERS.search(around.near)
        return Measure("<=", Decimal(0), unit, Kind.BY_DEADLINE, strength) if is_promised else None
    if _SCOPE.match(words) or (words.startswith(("全程", "全流程")) and _ENABLES.match(around.after)):
        return None
    if (
        words in _FULL
        or "尽" in words
        or _AT_ONCE.match(words)
        or _COVERS.search(around.near)
        or _COVERS_AFTER.match(around.after)
    ):
        return Measure(">=", MOSTLY if "基本" in around.near else Decimal(100), "%", Kind.COVERAGE, strength)
    return None


def _rank(phrase: Phrase, around: Surroundings) -> Measure | None:
    if _NO_RANK.match(phrase.phrase) or not _RANKED.search(around.near[-12:] + phrase.phrase):
        return None
    strength = strength_of("", around)
    if side := _AVERAGE.search(phrase.phrase):
        return Measure("<=" if side[1] == "下" else ">=", Decimal(100), "%", Kind.BY_DEADLINE, strength)
    if phrase.kind == "count" or phrase.phrase in ("第一", "第一名", "第一位", "首位"):
        return Measure("<=", parse_number(narrow(phrase.phrase)) or Decimal(1), "rank", Kind.RANK, strength)
    return Measure(">=", None, "grade", Kind.RANK, strength)
