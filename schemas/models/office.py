"""Which plans an office works with: a home judges its own, not every plan that somebody has written down."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from schemas.models.base import Promise, Slug
from schemas.models.yaml_source import parse_as, read_yaml

FILE = "office.yml"


class Office(Promise):
    """`office.yml` of a schema folder. `plans`: ids of the plans that are judged, shown and mailed here."""

    plans: tuple[Slug, ...]


def plans_in_use(folders: Sequence[Path]) -> tuple[str, ...]:
    """The plans of the last folder's `office.yml`; without one, the plans that the office itself brings.

    An office that brings neither works with the plan that the built-in `office.yml` names.

    Args:
        folders: schema folders, the built-in one first.

    Raises:
        ConfigError: an `office.yml` that does not hold together.
    """
    built_in, *further = folders
    for folder in reversed(further):
        if (folder / FILE).is_file():
            return parse_as(Office, read_yaml(folder / FILE)).plans
    if brought := plans_of(further):
        return brought
    return parse_as(Office, read_yaml(built_in / FILE)).plans if (built_in / FILE).is_file() else plans_of(folders)


def plans_of(folders: Sequence[Path]) -> tuple[str, ...]:
    """Ids of the plans that these folders bring, sorted."""
    return tuple(sorted({path.parent.name for folder in folders for path in (folder / "plans").glob("*/plan.yml")}))
