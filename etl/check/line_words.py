"""Words that say what a line is: totals, footers, page numbers. Patterns for Arrow (RE2) and Python alike."""

from __future__ import annotations

import re
from collections.abc import Sequence

_BLANKS = "[\\s\u3000\u00a0]*"
NO_GRAND_TOTAL = re.compile("小计|本页|累计|平均")
"""Words of total lines that are not the sum of all rows of the period."""
_COLON = "[:：]"
ALONE = re.compile(
    r"第\d+页|共\d+页|-?\d+/\d+页?-?$|-\d+-$|(?:日期:)?\d{4}(?:年\d{1,2}月\d{1,2}日|[-/.]\d{1,2}[-/.]\d{1,2})$"
)
"""What alone in a line (folded) is no row: a page number, the day on which the table was signed."""


def make_total_pattern(words: Sequence[str]) -> str:
    """A cell that is one of the words, perhaps in spaced letters, with a colon or a remark in brackets."""
    if not words:
        return "$^"
    known = "|".join(_BLANKS.join(map(re.escape, word)) for word in words)
    named = rf"|.{{1,12}}小{_BLANKS}计" if "小计" in words else ""
    return f"(?i)^(?:{known}{named}){_BLANKS}{_COLON}?(?:[(（].*[)）])?$"


def make_footer_pattern(words: Sequence[str]) -> str:
    """A cell that begins with one of the words."""
    if not words:
        return "$^"
    return rf"^[*＊※(（\[【\s]*(?:{'|'.join(map(_spell, words))})|^※"


def _spell(word: str) -> str:
    if word[-1] not in ":：":
        return _BLANKS.join(re.escape(letter) if letter not in "(（" else "[(（]" for letter in word)
    return rf"{_BLANKS.join(map(re.escape, word[:-1]))}{_BLANKS}\d*{_BLANKS}{_COLON}"
