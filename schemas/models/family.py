"""Families of indicators: what may be laid side by side over several plans, and what has to be said where it is.

A family that no `families.yml` describes is one by its own name: a pack of one office needs no word about families.
What would make a comparison better is a remark (`bizenv doctor`), never a reason to load nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from schemas.models.base import Name, Promise

if TYPE_CHECKING:
    from schemas.models.registry import Registry


class Family(Promise):
    """`families.yml`: one subject. Its members measure different things and are never added up or merged."""

    id: Name
    name_zh: str
    name_en: str
    note_zh: str = Field(min_length=2)
    """What the family is, and where its members differ."""


def with_unnamed(described: Mapping[str, Family], named: set[str]) -> dict[str, Family]:
    """The families that are described, and those that indicators or facts only name."""
    lacking = sorted(named - set(described))
    unnamed = {name: Family(id=name, name_zh=name, name_en=name, note_zh="families.yml 中没有说明") for name in lacking}
    return {**described, **unnamed}


def family_remarks(registry: Registry, described: set[str]) -> Iterator[str]:
    """What a reader of comparisons would miss, in Chinese: families without a word, members that look alike."""
    members = Counter(indicator.family for indicator in registry.indicators.values())
    for name in sorted(set(registry.families) - described):
        yield f"指标族 {name} 没有在 families.yml 中说明"
    for indicator in registry.indicators.values():
        if members[indicator.family] > 1 and not indicator.note.strip():
            yield f"指标 {indicator.id} 与同族（{indicator.family}）其他指标的口径差别没有写明（note）"
