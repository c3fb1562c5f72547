"""The sources as the DAG processor sees them: ids and names from the contracts' YAML, nothing else is read or checked.

A contract that is broken keeps its DAG, so that its fault shows up as a failed run with the sentence of the registry,
not as a DAG that has vanished.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from airflow.sdk import Asset, AssetAlias

from schemas.models.office import plans_in_use

UNKNOWN = "unknown"
"""Files that no contract claims: landed and refused like all others, so that they do not vanish in silence."""
INBOX_ALIAS = AssetAlias("bizenv-inbox")
"""Lets one task wake exactly those sources that have files."""
VERDICTS = Asset(name="bizenv-verdicts", uri="bizenv://verdicts")

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, order=True)
class Source:
    """One source: its id (the file name of its contract), its Chinese name, whether its rows are single cases."""

    id: str
    name: str
    has_cases: bool = False

    @property
    def inbox(self) -> Asset:
        """Files of this source wait."""
        return Asset(name=f"bizenv-inbox-{self.id}", uri=f"bizenv://inbox/{self.id}")

    @property
    def lake(self) -> Asset:
        """Rows or answers of this source have changed."""
        return Asset(name=f"bizenv-lake-{self.id}", uri=f"bizenv://lake/{self.id}")

    @property
    def night_minute(self) -> int:
        """0 to 119, fixed by the id: a further contract moves no other source's time."""
        return int.from_bytes(hashlib.sha256(self.id.encode()).digest()[:4], "big") % 120


def read_sources(folders: Sequence[Path]) -> list[Source]:
    """All contracts of the plans in use, sorted by id, and `unknown`; a later folder covers an earlier one by name."""
    files = {path.stem: path for folder in folders for path in (folder / "contracts").glob("*.yml")}
    used = set(plans_in_use(folders))
    named = [
        Source(stem, str(content.get("name_zh") or stem), content.get("kind") == "cases")
        for stem, path in files.items()
        if stem != UNKNOWN and _is_used(content := _read(path), used)
    ]
    return sorted([*named, Source(UNKNOWN, "无法识别来源的文件")])


def _is_used(content: dict[str, Any], used: set[str]) -> bool:
    """Another plan's departments send nothing here: their sources get no DAG."""
    plans = content.get("plans")
    return not plans or not isinstance(plans, list) or bool(used & set(plans))


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_bytes(), Loader=_Loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, OSError, UnicodeDecodeError):
        return {}
    return content if isinstance(content, dict) else {}
