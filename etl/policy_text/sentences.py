"""One sentence of a policy text: its phrases, the words around each, and the days that it names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from etl.policy_text.clauses import Clause
from etl.policy_text.dates import last_day
from etl.policy_text.measures import Surroundings
from etl.policy_text.phrases import Phrase
from etl.policy_text.text import Flow

SENTENCE_END = re.compile(r"[。;\n]")
_LOOKS_BACK = re.compile(r"(?:^|发展|工作|现实)基础|现状|成效|回顾|背景|(?:^|发展|面临)的?形势|主要进展")
_REPORTS = re.compile(r"目前|截至|截止|近年来|年以来|年来|排名(?!前|进入)")
_PROMISES = re.compile(r"实现|力争|确保|争取|推动|达到|不低于|不少于")
_DEED = re.compile(r"(?:完成|出台|印发|制定|修订|编制|建成|公布|发布|上线|启动|建立|成立)")
"""What a date may be the day of."""
_DONE = re.compile(r"已(?:经|达|有|实现|完成|超)|共(?:取消|有|计)?$|累计(?!不|达|完成)")


@dataclass(frozen=True)
class Sentence:
    """The phrases of one sentence. `year` is meant where a date names none."""

    flow: Flow
    clause: Clause
    phrases: Sequence[Phrase]
    year: int | None

    def around(self, phrase: Phrase) -> Surroundings:
        text = self.flow.narrow
        start = max(text.rfind(mark, 0, phrase.start) for mark in "。;\n") + 1
        stop = SENTENCE_END.search(text, phrase.end)
        return Surroundings(text[start : phrase.start], text[phrase.end : stop.start() if stop else len(text)])

    def between(self, first: Phrase, second: Phrase) -> str:
        return self.flow.narrow[first.end : second.start]

    @property
    def looks_back(self) -> bool:
        """Whether its clause reports the past; that is no target."""
        return any(_LOOKS_BACK.search(title) for title in self.clause.titles)

    @property
    def is_field(self) -> bool:
        """A line 完成时限 below a measure."""
        return "完成时限" in self.around(self.phrases[0]).before

    def is_done(self, phrase: Phrase) -> bool:
        """Whether the words before a phrase report it as reached."""
        around = self.around(phrase)
        reported = _REPORTS.search(around.before) and not _PROMISES.search(around.near)
        return bool(reported or _DONE.search(around.near))

    def sets_day(self, phrase: Phrase) -> bool:
        """Whether a phrase names a day by which something is due; 较2021年 names what is compared with."""
        if phrase.kind != "date" or self.around(phrase).before.endswith(("较", "比")):
            return False
        return last_day(phrase.phrase, self.year) is not None

    def is_step(self, date: Phrase, figure: Phrase) -> bool:
        """Whether the words right after a date say what is done by then, and the figure comes after them."""
        around = self.around(date)
        part = re.split(r"[,:]", around.after)[0]
        return bool(_DEED.match(part)) and figure.start >= date.end + len(part)

    def date_for(self, index: int) -> Phrase | None:
        """The last date before a figure that dates no deed of its own; else one that follows it in the same part."""
        here = self.phrases[index]
        before = [p for p in self.phrases[:index] if self.sets_day(p) and not self.is_step(p, here)]
        after = [
            p for p in self.phrases[index + 1 : index + 2] if self.sets_day(p) and "," not in self.between(here, p)
        ]
        return before[-1] if before else after[0] if after else None
