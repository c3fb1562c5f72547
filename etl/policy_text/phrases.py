"""The phrase finder: every number, percentage, duration, date, cadence and full-coverage word of a policy text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from etl.policy_text import words
from etl.policy_text.heads import STRUCTURE
from etl.policy_text.text import Flow, PolicyText

PhraseKind = Literal["date", "cadence", "percent", "duration", "count", "order", "grade", "coverage", "reference"]

MAX_LENGTH = 30
_MASK = "\ue000"

_DIGITS = r"(?<!\d)\d{1,3}(?:[,\u2009\u202f]\d{3}| 000)+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"
_SOME = r"(?:余|[多来](?=[项个家户名人件次条]))?"
_NUMBER = rf"(?!(?:19|20)\d\d\s?年)(?:{_DIGITS})\s?(?:[余多]?[百千万亿](?![伏瓦米克里])){{0,2}}{_SOME}"
_HAN = (
    rf"(?:零(?=点)|[一二两三四五六七八九十])[一二两三四五六七八九十百千万亿零〇]*(?:点[零一二三四五六七八九]+)?{_SOME}"
)
_ONE = "[一二两三四五六七八九十]"
_ANY = "[一二两三四五六七八九十百千万亿零]"
_WORD = r"[一-鿿]"
_NOUN = rf"(?:集中|到位|服务|公司|中心|系统|平台|(?!{_ANY}){_WORD})"
_ROUND = r"[百千万亿]+"
_TO = r"\s?(?:-|–|—|~|～|至|到)\s?"

_BEFORE = (
    r"(?:(?:不得?|不)(?:少于|低于|超过|高于|大于|小于|多于|短于|长于|晚于|早于|迟于)|不超(?![前越限时载标])|[大小]于或?等于|至少|最少|最多|最高|最低|"
    r"高于|超过|低于|少于|多于|大于|小于|逾|力争|不足|不满|未满|≥|≤|>=?|<=?|"
    r"(?<![预节契合签制违履])约|(?<![赶反])超|(?<![附最靠邻接临将])近)\s?"
)
_WITHIN = r"内(?![容部外控资在涵地陆化需]|审计)"
_AFTER = rf"(?:\s?\(含\))?\s?(?:[及或](?:其)?)?(?:以上|以下|以内|之内|左右|上下)|\s?{_WITHIN}|\s?以外"
_BY = r"(?:以前|之前|前(?![期三五置来往端后列沿瞻提景台述款])|以后|之后|以来|起)"
_END = r"底(?![层线数部价蕴])|末(?![位端梢])"
_ENDS = rf"(?:{_END}|初(?![步级期审次始衷创中心])|[上中下]{{1,2}}旬|{_WITHIN})"
_QUARTER = r"(?:第?[一二三四1-4](?:\s?[、,和至-]\s?[一二三四1-4])*\s?季度|Q[1-4](?!\d))"
_IN_YEAR = r"(?:\d{1,2}|十[一二]|[一二三四五六七八九十])"
_IN_MONTH = r"(?:\d{1,2}|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_MONTH = rf"(?:{_IN_YEAR}\s?月?{_TO})?{_IN_YEAR}\s?月份?(?:\s?{_IN_MONTH}\s?[日号])?"
_HAN_YEAR = r"二[〇○零][一二三四五六七八九〇○零]{2}\s?年度?"
_SHORT_YEAR = r"(?<![\d.])[12]\d\s?年(?=[底末]|[上下]半年|第?[一二三四]季度|\d{1,2}月)"
_YEAR = (
    rf"(?:(?:19|20)\d\d\s?(?:{_TO}(?:(?:19|20)\d\d))?\s?年度?|{_HAN_YEAR}|{_SHORT_YEAR}|今年|明年|后年|来年|本年度?|"
    r"(?<![应适])当年|(?<![\d一二两三四五六七八九十每多首])[次翌]年)"
)

_MID_YEAR = r"(?:(?<=[,。、;:(在到于“])|(?m:^))年中(?=[,。、;:)前评考总回检调督报])"

_DATE = (
    r"(?:19|20)\d\d\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,2}(?!\d)",
    rf"{_YEAR}(?:\s?(?:{_MONTH}|[上下]半年|{_QUARTER}))?\s?{_ENDS}?{_BY}?",
    rf"{_QUARTER}\s?{_ENDS}?{_BY}?",
    rf"(?<!\d){_MONTH}\s?{_ENDS}?{_BY}?",
    rf"(?:[上下]半年|全年(?!龄)|(?<![近往多常])年(?:{_END}|{_WITHIN})|(?:月|季度?)[底末](?![位端梢])){_BY}?",
    rf"(?:(?<![青少])年终(?![身止结生])|{_MID_YEAR}){_BY}?",
    r"(?<![近往多常青少\d今明])年初(?![级中步])|[季月]初(?![步期])|去年(?:同期|[底末])?|(?:(?<=[较比于])上年度?|上年(?=同期|底|末|度|为|的))(?:度|同期|[底末])?",
    rf"[本当下次]个?(?:月|季度)(?:\s?\d{{1,2}}\s?日)?{_ENDS}?{_BY}?",
)
_TOP = "(?<![提目之以当此年底日生])前"
_REFERENCE = (
    r"[〔\[][12]\d{3}[〕\]]\s?(?:第?\s?\d+\s?号)?",
    r"\d+(?:\s?-\s?\d+){2,}(?![\d%])",
    r"(?:[\dN]+|(?<![A-Za-z])T)\s?[+×*x]\s?[\dXN]+(?:\s?[+×*x]\s?[\dXN]+)*(?:\s?小时)?",
    r"第?十[一二三四五六]个五年|(?<!第)十[一二三四五六]五",
)
_PERCENT = (
    rf"(?:{_BEFORE}|{_TOP})?(?:{_DIGITS})\s?%?(?:{_TO}(?:{_DIGITS}))?\s?[%‰](?:{_AFTER})?",
    rf"(?:{_BEFORE}|{_TOP})?(?:{_HAN}|百|千|万)分之(?:{_HAN}|百|零|\d+)(?:点{_HAN})?(?:{_AFTER})?",
    rf"(?:{_BEFORE})?(?:\d+(?:\.\d+)?|{_ONE})成(?:[一二三四五六七八九](?!{_WORD})|{words.NO_TENTH})(?:{_AFTER})?",
    rf"(?:{_BEFORE}|{_TOP})?\d+/\d+(?:{_AFTER})?(?!\d)",
)
_UNIT = rf"(?:{words.UNITS_OF_TIME}|{words.UNITS_OF_COUNT})"
_DURATION = (
    rf"(?:{_BEFORE})?(?:\d+|{_HAN})(?:个半(?:工作日|小时|月)|[天年]半(?![数导成径价程]))(?:{_AFTER}|{_BY})?",
    (
        rf"(?:{_BEFORE})?(?:{_NUMBER}|{_HAN}|零)(?:{_TO}(?:{_NUMBER}|{_HAN}))?\s?(?:{words.UNITS_OF_TIME})"
        rf"(?:{_AFTER}|{_BY})?"
    ),
    rf"(?:{_BEFORE})?(?:一半|过半|减半(?!径)|半(?:个工作日|个?小时|个月|日|天|年|数))(?:{_AFTER}|{_BY})?",
    words.SAME_DAY,
)
_COUNT = (
    rf"翻了?(?:\d+|{_HAN})?[番倍]|成倍(?!率)|倍增",
    rf"(?:每|第|{_TOP})(?:{_NUMBER}|{_HAN}|{_ROUND})\s?(?:{_UNIT}|方(?!面))?(?:{_AFTER})?",
    rf"(?:{_BEFORE})?零{_TO}(?:{_NUMBER})\s?(?:{_UNIT})?(?:{_AFTER})?",
    rf"(?:{_BEFORE})?(?:{_NUMBER})(?:{_TO}(?:{_NUMBER}))?\s?(?:{_UNIT})?(?:{_AFTER})?",
    "一对一|点对点",
    rf"(?:{_ONE}{_NOUN})+{_ONE}(?:(?!{_ANY}){_WORD}{_WORD}(?!{_WORD})|{_NOUN})",
    rf"(?<=[“、\"‘]){_ONE}(?!{_UNIT}){_WORD}{{2}}(?=[”、\"’])",
    rf"{_HAN}中全会",
    rf"(?:{_BEFORE})?{_HAN}(?:(?:{_TO}|、){_HAN})?\s?(?:{_UNIT}|{_WORD})(?:{_AFTER})?",
    rf"(?:{_BEFORE})?(?:[数几上]?{_ROUND})(?:余|多)?(?:{_UNIT})(?:{_AFTER})?|[数几][十百千万]余?(?:{_UNIT})?",
    "[十百千万]亿级?",
    r"双(?:随机|组长|提升|电源|[一-鿿])",
)
_FORMS: tuple[tuple[PhraseKind, tuple[str, ...]], ...] = (
    ("reference", _REFERENCE[:1]),
    ("date", _DATE),
    ("cadence", words.CADENCE),
    ("reference", _REFERENCE[1:]),
    ("percent", _PERCENT),
    ("coverage", words.COVERAGE),
    ("duration", _DURATION),
    ("order", words.ORDER),
    ("grade", (words.GRADE,)),
    ("count", _COUNT),
    ("coverage", (words.ZERO,)),
)
_PHRASE = re.compile("|".join(f"(?P<k{n}>{'|'.join(forms)})" for n, (_, forms) in enumerate(_FORMS)))
_KINDS: list[PhraseKind] = [kind for kind, _ in _FORMS]
_NO_QUANTITY = re.compile("|".join(words.NO_QUANTITY))


@dataclass(frozen=True)
class Phrase:
    """One quantity of the text. `line` counts from 1, `offset` from 0; `start` is its place in the flow."""

    line: int
    offset: int
    phrase: str
    kind: PhraseKind
    start: int

    def __str__(self) -> str:
        return f"{self.line}:{self.offset} {self.phrase}"

    @property
    def end(self) -> int:
        """End in the flow (a phrase holds no line end)."""
        return self.start + len(self.phrase)


def find_phrases(text: str | PolicyText) -> list[Phrase]:
    """Every quantified phrase, in order of place, without overlap.

    Numbers that order the document (heads, page numbers) and the words of `words.NO_QUANTITY` are left out.

    Args:
        text: the decoded text or its lines; a sentence wrapped over lines is read as one.
    """
    flow = (PolicyText.from_string(text) if isinstance(text, str) else text).flow
    masked = _NO_QUANTITY.sub(_mask, STRUCTURE.sub(_mask, flow.narrow))
    return [_phrase(flow, match) for match in _PHRASE.finditer(masked)]


def _mask(match: re.Match[str]) -> str:
    return "".join(char if char == "\n" else _MASK for char in match[0])


def _phrase(flow: Flow, match: re.Match[str]) -> Phrase:
    kind = _KINDS[int((match.lastgroup or "k0")[1:])]
    start, end = match.span()
    found = flow.text[start:end]
    if len(found.strip()) > MAX_LENGTH:
        end = start + MAX_LENGTH
    text = flow.text[start:end].rstrip()
    line, offset = flow.places[start]
    return Phrase(line, offset, text, kind, start)
