"""Which clause a place belongs to: the path of heads above it, its title, and the units that it names."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from etl.policy_text import heads
from etl.policy_text.text import Flow

_LEVELS = (heads.CHAPTER, heads.HAN, heads.HAN_IN_BRACKETS, heads.DIGIT, heads.DIGIT_IN_BRACKETS, heads.CIRCLED)
_OUTER = "编篇部章节条"
_ROLE = r"(?:牵头|责任|配合|主办|协办|主责|实施|参与)(?:单位|部门|主体)"
_UNITS = re.compile(rf"({_ROLE})\s?:\s?((?:(?!{_ROLE})[^\n;。)\]】])+)")
_LEADS = ("牵头", "主办", "主责")
_NAMES = re.compile(r"[、,]")
_DUE = re.compile(r"(?:完成|办结)(?:时限|时间|期限)\s?:\s?([^\n]+)")
_TITLE_END = re.compile(r"[。:,;(\n]|\s-\s?\d+\s?-\s*$")
_ENDING = re.compile(r"等(?:市直|区直|县直|省直|相关|有关|各)*(?:相关|有关)?(?:部门|单位)*$")


@dataclass
class Clause:
    """One clause: from its head to the next one. `start` and `end` are places in the flow."""

    path: str
    title: str
    level: int
    start: int
    parent: Clause | None = None
    end: int = 0
    lead_units: tuple[str, ...] = ()
    support_units: tuple[str, ...] = ()
    due: str = ""
    """What its line 完成时限 says."""
    titles: tuple[str, ...] = field(default=())
    """Titles from the outermost head to this one."""

    @property
    def responsible(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Lead and support units: its own, else those of the nearest clause above that names some."""
        here: Clause | None = self
        while here is not None:
            if here.lead_units or here.support_units:
                return here.lead_units or here.support_units[:1], here.support_units
            here = here.parent
        return (), ()


def find_clauses(flow: Flow) -> list[Clause]:
    """The clauses of a text in their order; the first stands for what comes before any head."""
    text = flow.narrow
    clauses = [Clause("前言", "", -1, 0)]
    position = 0
    for line in text.split("\n"):
        if found := _head(line):
            level, label, title = found
            clauses.append(_under(clauses, Clause(label, title, level, position)))
        position += len(line) + 1
    for clause, following in zip(clauses, [*clauses[1:], None], strict=True):
        clause.end = following.start if following else len(text)
        _read_fields(clause, text[clause.start : clause.end])
    return clauses


def clause_at(clauses: Sequence[Clause], position: int) -> Clause:
    return clauses[bisect_right([clause.start for clause in clauses], position) - 1]


def _head(line: str) -> tuple[int, str, str] | None:
    """Level, label and title of a line that begins with a head."""
    for number, form in enumerate(_LEVELS):
        if match := form.match(line):
            level = _OUTER.index(match[2]) - 10 if form is heads.CHAPTER else number
            title = _TITLE_END.split(line[match.end() :].strip(), maxsplit=1)[0].strip()
            return level, _label(form, match), title
    return None


def _label(form: re.Pattern[str], match: re.Match[str]) -> str:
    if form is heads.CHAPTER:
        return f"第{match[1]}{match[2]}"
    value = next(group for group in match.groups() if group)
    return f"({value})" if form in (heads.HAN_IN_BRACKETS, heads.DIGIT_IN_BRACKETS) else value


def _under(clauses: Sequence[Clause], clause: Clause) -> Clause:
    """Hang a clause below the nearest one before it with a lower level, and write out its path."""
    above: Clause | None = clauses[-1]
    while above is not None and above.level >= clause.level:
        above = above.parent
    if above is not None and above.level != -1:
        clause.parent = above
        clause.path = above.path + clause.path
    clause.titles = (*(clause.parent.titles if clause.parent else ()), clause.title)
    return clause


def _read_fields(clause: Clause, body: str) -> None:
    named = list(_named_units(body))
    leads = [name for role, name in named if role.startswith(_LEADS)]
    others = [name for role, name in named if not role.startswith(_LEADS)]
    clause.lead_units = tuple(dict.fromkeys(leads))
    clause.support_units = tuple(dict.fromkeys(name for name in others if name not in leads))
    due = _DUE.search(body)
    clause.due = due[1].strip() if due else ""


def _named_units(body: str) -> Iterator[tuple[str, str]]:
    for match in _UNITS.finditer(body):
        for name in _NAMES.split(match[2]):
            short = _ENDING.sub("", name.strip())
            if 2 <= len(short) <= 25 and ":" not in short:
                yield match[1], short
