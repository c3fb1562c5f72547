"""What all models of promises share: frozen, no unknown keys, and the few value types used everywhere."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""A column, source or indicator id: snake_case, so that it is a safe SQL name everywhere."""

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
"""A plan or target id."""


def _decimal_of(value: object) -> object:
    """YAML floats pass through their text: 0.1 in a file means exactly 0.1."""
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


Exact = Annotated[Decimal, BeforeValidator(_decimal_of)]


class Promise(BaseModel):
    """Base of all YAML models: immutable, and an unknown key is an error with its place."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    unhashed: ClassVar[frozenset[str]] = frozenset()
    """Fields that decide nothing: a change of them is no new version."""

    def content_hash(self) -> str:
        """Version of this promise: the first 12 hex digits of the SHA-256 of its canonical JSON."""
        content = self.model_dump(mode="json", exclude=set(self.unhashed))
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]
