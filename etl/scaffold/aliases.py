"""Accepts a new spelling of a header: into the office's own copy of the contract, never into the built-in one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq

from etl.check.headers import take_apart
from schemas.models.contract import Column, Contract
from schemas.models.registry import load_registry
from schemas.settings import Settings


class AliasError(ValueError):
    """Why the spelling cannot be accepted, in a sentence for people."""


@dataclass(frozen=True)
class Accepted:
    """`file`: the office's copy of the contract; `changed` is false where it had the spelling already."""

    file: Path
    column: Column
    alias: str
    changed: bool


def accept_alias(settings: Settings, contract: Contract, column: str, alias: str) -> Accepted:
    """Write `alias` into the office's copy of a contract; the copy is made at the first time, comments are kept.

    Args:
        settings: name the schema folders; the copy goes below the home.
        contract: as it stands now.
        column: its name or its header.
        alias: the new spelling, as it stands in the file.

    Raises:
        AliasError: no such column, or the spelling already means another one or another unit of measure.
        ConfigError: the copy would not hold together with the other promises; nothing is written.
    """
    wanted, alias = _find_column(contract, column), alias.strip()
    _check(contract, wanted, alias)
    target = settings.home / "schemas" / "contracts" / f"{contract.id}.yml"
    if take_apart(alias) in [take_apart(known) for known in (wanted.header, *wanted.aliases)]:
        return Accepted(target, wanted, alias, changed=False)
    text = _add(_current_file(settings.schema_folders, contract), wanted.name, alias)
    _replace(settings, target, text)
    return Accepted(target, wanted, alias, changed=True)


def _find_column(contract: Contract, column: str) -> Column:
    for known in contract.columns:
        if column == known.name or take_apart(column) == take_apart(known.header):
            return known
    listed = "、".join(f"{c.name}（{c.header}）" for c in contract.columns)
    raise AliasError(f"来源 {contract.id} 没有列 {column!r}；现有：{listed}")


def _check(contract: Contract, wanted: Column, alias: str) -> None:
    said = take_apart(alias)
    if not said.core:
        raise AliasError("新表头不能为空")
    for other in contract.columns:
        if other is not wanted and said.core in {take_apart(k).core for k in (other.header, *other.aliases)}:
            raise AliasError(f"「{alias}」已经是另一列「{other.header}」的表头，不能同时用于「{wanted.header}」")
    promised = take_apart(wanted.header).unit
    if said.unit and promised and said.unit != promised:
        raise AliasError(f"「{alias}」的计量单位与约定的「{wanted.header}」不同，不能当作同一列")


def _current_file(folders: Sequence[Path], contract: Contract) -> Path:
    """The file that counts: that of the last folder which has one."""
    paths = [folder / "contracts" / f"{contract.id}.yml" for folder in folders]
    return next(path for path in reversed(paths) if path.is_file())


def round_trip() -> YAML:
    """YAML that comes out as it went in: comments, quotes and short forms stay."""
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _add(path: Path, column: str, alias: str) -> str:
    yaml = round_trip()
    document: Any = yaml.load(path.read_text(encoding="utf-8"))
    found = next(item for item in document["columns"] if item["name"] == column)
    if "aliases" not in found:
        made = CommentedSeq()
        made.fa.set_flow_style()
        found.insert(list(found).index("header") + 1, "aliases", made)
    found["aliases"].append(alias)
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()


def _replace(settings: Settings, target: Path, text: str) -> None:
    """Put the new copy in its place; what stood there comes back where the promises do not hold with it."""
    before = target.read_bytes() if target.is_file() else None
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(target)
    try:
        load_registry(settings.schema_folders)
    except Exception:
        if before is None:
            target.unlink()
        else:
            target.write_bytes(before)
        raise
