"""YAML files as typed promises, and errors that name file, line, key and what is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from schemas.models.yaml_errors import explain

ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True)
class Problem:
    """One thing wrong in one file of promises."""

    file: Path
    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{place}: {self.key + ': ' if self.key else ''}{self.message}"


class ConfigError(Exception):
    """Promises that do not hold together; nothing is loaded. `problems` lists all of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, problems)))


@dataclass(frozen=True)
class YamlSource:
    """A parsed file that still knows on which line each key stands."""

    path: Path
    data: Any
    node: yaml.Node | None

    def line_of(self, keys: Sequence[str | int]) -> int | None:
        """Line (from 1) of the deepest part of `keys` that the file has."""
        node = self.node
        for key in keys:
            found = _child(node, key)
            if found is None:
                break
            node = found
        return node.start_mark.line + 1 if node is not None else None

    def problem(self, keys: Sequence[str | int], message: str) -> Problem:
        return Problem(self.path, self.line_of(keys), ".".join(map(str, keys)), message)


def _child(node: yaml.Node | None, key: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        # what a merge brought along stands before the mapping's own keys
        return next((value for name, value in reversed(node.value) if name.value == str(key)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key]
    return None


def _repeated_keys(root: yaml.Node | None) -> list[tuple[str, int]]:
    """Keys that stand twice in one mapping as it is written: what `<<` brings along may be overridden."""
    found: list[tuple[str, int]] = []
    looked_at: set[int] = set()  # an alias leads to a node that was there already, perhaps to itself
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in looked_at:
            continue
        looked_at.add(id(node))
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for name, value in node.value:
                if name.value in seen:
                    found.append((name.value, name.start_mark.line + 1))
                seen.add(name.value)
                waiting.append(value)
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
    return sorted(found, key=lambda place: place[1])


def read_yaml(path: Path) -> YamlSource:
    """Read one file; a syntax error or a repeated key is a `ConfigError` with its line."""
    try:
        node, repeated, data = _read_once(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        mark, reason = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        raise ConfigError([Problem(path, mark and mark.line + 1, "", f"不是合法的 YAML：{reason or error}")]) from error
    except (UnicodeDecodeError, OSError) as error:
        raise ConfigError([Problem(path, None, "", f"读不出来：{error}")]) from error
    if repeated:
        raise ConfigError([Problem(path, line, key, "这个键写了两次") for key, line in repeated])
    return YamlSource(path, data, node)


# libyaml where the wheel has it: ten times as fast, with the same lines. Both are safe loaders.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _read_once(text: str) -> tuple[yaml.Node | None, list[tuple[str, int]], Any]:
    """The nodes, which know their lines, keys that stand twice, and the data made of them."""
    loader = _LOADER(text)
    try:
        node = loader.get_single_node()
        repeated = _repeated_keys(node)  # before merges are written into the nodes
        return node, repeated, None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()


def parse_as(model: type[ModelT], source: YamlSource, keys: Sequence[str | int] = ()) -> ModelT:
    """The part of `source` under `keys` as `model`.

    Raises:
        ConfigError: with file, line, key and the allowed values for every error.
    """
    data = source.data
    for key in keys:
        data = data[key]
    try:
        return model.model_validate(data)
    except ValidationError as error:
        found = [explain(one, model) for one in error.errors()]
        raise ConfigError([source.problem([*keys, *path], message) for path, message in found]) from error


def parse_list(model: type[ModelT], source: YamlSource) -> list[ModelT]:
    """A file that is a list of `model`; all errors of all items at once."""
    if source.data is None:
        return []
    if not isinstance(source.data, list):
        raise ConfigError([source.problem([], "应当是列表：一行一项，以“- ”开头")])
    items: list[ModelT] = []
    problems: list[Problem] = []
    for index in range(len(source.data)):
        try:
            items.append(parse_as(model, source, [index]))
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    return items
