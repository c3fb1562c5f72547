"""Reads component trees by meaning: the words, the classes, the links."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def walk(tree: Any) -> Iterator[Any]:
    """Every component and text of a tree, in reading order."""
    if tree is None:
        return
    if isinstance(tree, (list, tuple)):
        for item in tree:
            yield from walk(item)
        return
    yield tree
    yield from walk(getattr(tree, "children", None))


def text_of(tree: Any) -> str:
    return " ".join(str(item) for item in walk(tree) if isinstance(item, (str, int)))


def with_class(tree: Any, name: str) -> list[Any]:
    return [item for item in walk(tree) if name in (getattr(item, "className", None) or "").split()]


def hrefs(tree: Any) -> list[str]:
    return [item.href for item in walk(tree) if getattr(item, "href", None)]
