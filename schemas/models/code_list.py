"""Code lists: words that cells of many sources may hold (industries, kinds of licences), kept once in a pack."""

from __future__ import annotations

from collections import Counter

from pydantic import Field, model_validator

from schemas.models.base import Name, Promise

UNITS = "units"
"""The list that every pack has: its units, in any spelling of theirs."""


class Code(Promise):
    """One entry. Cells hold `code`, or one of the `aliases`; the name is for people."""

    code: str = Field(min_length=1)
    name_zh: str = ""
    aliases: tuple[str, ...] = ()


class CodeList(Promise):
    """`lists/<id>.yml`."""

    id: Name
    name_zh: str
    name_en: str
    codes: tuple[Code, ...] = Field(min_length=1)

    @property
    def words(self) -> tuple[str, ...]:
        """Every spelling that a cell may have."""
        return tuple(word for entry in self.codes for word in (entry.code, *entry.aliases))

    @model_validator(mode="after")
    def check_words(self) -> CodeList:
        if self.id == UNITS:
            raise ValueError(f"id: {UNITS!r} is the list of units.yml")
        if twice := sorted(word for word, count in Counter(self.words).items() if count > 1):
            raise ValueError(f"codes: {twice} stand twice")
        return self
