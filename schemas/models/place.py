"""Where a phrase stands in a policy text: line, offset and the phrase itself, so that a moved text is noticed."""

from __future__ import annotations

import re
from typing import Any

from pydantic import Field, model_serializer, model_validator

from schemas.models.base import Promise

_FORM = re.compile(r"(\d+):(\d+) (.+)", re.DOTALL)


class Place(Promise):
    """One phrase of the text, written `17:33 95%以上` in YAML.

    `line` counts from 1, `offset` from 0 in characters of that line. The phrase is as short as its number and unit;
    sentences of the documents are not part of a pack.
    """

    line: int = Field(ge=1)
    offset: int = Field(ge=0)
    phrase: str = Field(min_length=1, max_length=30)

    @model_validator(mode="before")
    @classmethod
    def parse_text(cls, value: Any) -> Any:
        """Take the written form."""
        if not isinstance(value, str):
            return value
        if (found := _FORM.fullmatch(value)) is None:
            raise ValueError(f"{value!r} is no place; write line:offset and the phrase, like 17:33 95%以上")
        return {"line": int(found[1]), "offset": int(found[2]), "phrase": found[3]}

    @model_serializer
    def write_text(self) -> str:
        """The written form."""
        return str(self)

    def __str__(self) -> str:
        return f"{self.line}:{self.offset} {self.phrase}"
