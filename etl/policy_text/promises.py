"""Whether the words around a figure promise something, or the figure only belongs to a name."""

from __future__ import annotations

import re

from etl.policy_text.measures import COMPARATORS, DOWN_TO, GATHER, SHRINK, STRIVE, Surroundings
from etl.policy_text.phrases import Phrase
from etl.policy_text.text import narrow

_REACH = re.compile(
    r"达|实现|完成|推[动进行]|不少于|不低于|增至|提高|提升|增加|覆盖|减少|占比|比例|率|数|量|力争|确保|配备|设立|建立|"
    rf"{SHRINK}|{GATHER.pattern}"
)
_SIZE = re.compile(r"千?伏|千?瓦|兆瓦|[届级]$|^[2-6]G$")
_LIMIT_BEFORE = "|".join(("不", "至少", "最[少多]", "[高低]于", "超过?", "[少多大小]于", "力争", "逾", "[≥≤<>]"))
_REACH_AFTER = re.compile(r"[^,。;:]{0,24}?(?:实现|完成|纳入|上线|建成)")
_DONE_IN = re.compile(r"(?:办结|办完|完成|答复|回复|响应|反馈|联系|处理|到场|上门|领证|出证|拿证|送达|解决|审结|审批)")
_QUOTED = re.compile(r"(?:实现|推行|做到|达到)[^,。;]{0,14}“$")
_REST = re.compile(r"(?:剩余|其余|余下)的?$")


def is_promise(phrase: Phrase, around: Surroundings) -> bool:
    """Whether the words around a figure set something to be true, rather than name a thing with a figure in it."""
    text = narrow(phrase.phrase)
    if around.before.endswith("“") and _QUOTED.search(around.near):
        return phrase.kind == "duration"
    if around.before.endswith(("“", "《", "第", "〔")) or around.after.startswith(("》", "次常务", "号")):
        return False
    if _REST.search(around.before):
        return False
    bounded = any(re.search(form, text) for form, _ in COMPARATORS) or bool(STRIVE.search(text))
    if phrase.kind == "percent":
        return not re.search("(?<!百)分之|/", text)
    if phrase.kind == "duration":
        return _limits_time(text, around, bounded=bounded)
    if re.match(r"[第每前]", text):
        return False
    return _counts_something(text, around)


def _limits_time(text: str, around: Surroundings, *, bounded: bool) -> bool:
    """三年内 alone is the time in which something else is done; 3个工作日办结 is a limit, 超过4小时的停电 is none."""
    if DOWN_TO.search(around.near) or around.near.endswith(("为", "在", "达到")) or _DONE_IN.match(around.after):
        return True
    if re.match(r"\s?的", around.after):
        return False
    return bounded and not re.search(r"(?<!超)[一二三四五\d]年内?$", text)


def _counts_something(text: str, around: Surroundings) -> bool:
    """A count promises where a limit stands before it or a verb of reaching; slogans and technical sizes do not."""
    if text.isdecimal() or _SIZE.search(text):
        return False
    if re.match(_LIMIT_BEFORE, text):
        return True
    if re.match(r"\s?的", around.after) and text.endswith(("以上", "以下", "以内")):
        return False
    if "其中" in around.near:
        return bool(re.search(r"\d", text))
    is_figure = bool(re.search(r"\d", text)) or bool(DOWN_TO.search(around.near))
    return is_figure and bool(_REACH.search(around.near) or _REACH_AFTER.match(around.after))
