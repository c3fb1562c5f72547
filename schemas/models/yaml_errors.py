"""What is wrong with a value in a YAML file of promises, in words that say what may stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel

Key = str | int

_WORDS = {
    "missing": "缺少这一项",
    "literal_error": "只能写 {expected}",
    "enum": "只能写 {expected}",
    "string_type": "应当是文字",
    "string_pattern_mismatch": "写法不对，应当符合 {pattern}",
    "int_type": "应当是整数",
    "int_parsing": "应当是整数",
    "int_from_float": "应当是整数",
    "decimal_type": "应当是数字",
    "decimal_parsing": "应当是数字",
    "is_instance_of": "应当是数字",
    "bool_type": "应当是 true 或 false",
    "bool_parsing": "应当是 true 或 false",
    "date_type": "应当是日期，如 2024-01-31",
    "date_parsing": "应当是日期，如 2024-01-31",
    "date_from_datetime_parsing": "应当是日期，如 2024-01-31",
    "tuple_type": "应当是列表：[…]，或者一行一项、以“- ”开头",
    "list_type": "应当是列表：[…]，或者一行一项、以“- ”开头",
    "dict_type": "应当是“键: 值”的形式",
    "model_type": "应当是“键: 值”的形式",
    "model_attributes_type": "应当是“键: 值”的形式",
    "too_short": "至少写 {min_length} 项",
    "greater_than": "应当大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than": "应当小于 {lt}",
    "less_than_equal": "不能大于 {le}",
    "union_tag_invalid": "只能写 {expected_tags}",
    "union_tag_not_found": "缺少 {discriminator}",
}
"""By the type of pydantic's error. An own check of a model brings its own sentence."""


def explain(error: Mapping[str, Any], model: type[BaseModel]) -> tuple[list[Key], str]:
    """Where in the file an error of pydantic is, and what may stand there.

    Args:
        error: one of `ValidationError.errors()`.
        model: what was to be read.

    Returns:
        The keys as the file has them, and the message.
    """
    path, owners = _follow(model, error["loc"])
    if error["type"] == "extra_forbidden":
        return path, "没有这个键" + (f"；可以写：{_list_keys(owners[0])}" if len(owners) == 1 else "")
    words = _WORDS.get(error["type"])
    text = error["msg"].removeprefix("Value error, ")
    if words is not None:
        text = words.format_map({name: _plain(value) for name, value in error.get("ctx", {}).items()})
    shown = error["input"]
    if error["type"] == "missing" or not isinstance(shown, (str, int, float, bool, type(None))):
        return path, text
    return path, f"{text}（现在写的是 {'空' if shown is None else shown}）"


def _plain(value: Any) -> str:
    """`'a', 'b' or 'c'` of pydantic as `a、b、c`."""
    return re.sub(r",\s*|\s+or\s+", "、", str(value)).replace("'", "")


def _list_keys(model: type[BaseModel]) -> str:
    return ", ".join(field.alias or name for name, field in model.model_fields.items())


def _follow(model: type[BaseModel], loc: Sequence[Key]) -> tuple[list[Key], list[type[BaseModel]]]:
    """The keys as the file has them, and the models that the last of them could belong to.

    Pydantic puts the tag of a union between the keys; the file has no such key.
    """
    path: list[Key] = []
    owners, owner_of_last = [model], [model]
    for key in loc:
        if isinstance(key, str) and len(owners) > 1:
            owners = [one for one in owners if key in _tags_of(one)]
            continue
        path.append(key)
        if isinstance(key, str):
            owner_of_last = owners
            fields = [_field_of(one, key) for one in owners]
            owners = list(dict.fromkeys(inner for field in fields if field for inner in _models_in(field.annotation)))
    return path, owner_of_last


def _field_of(model: type[BaseModel], key: str) -> Any:
    named = (field for name, field in model.model_fields.items() if key in (name, field.alias))
    return next(named, None)


def _tags_of(model: type[BaseModel]) -> set[str]:
    kind = model.model_fields.get("kind")
    return {model.__name__, *(map(str, get_args(kind.annotation)) if kind else ())}


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
