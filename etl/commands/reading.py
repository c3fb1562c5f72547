"""How a file was taken, in words: what was header, data and rest; for the sender to compare, the office to pin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_KINDS = {"header": "表头", "data": "数据", "section": "分组标题", "subtotal": "合计", "note": "说明", "blank": "空行"}
_SHOWN = 6
"""So many of the columns of a wide table, or of section headings, are named; the rest is counted."""


def describe_reading(reading: Mapping[str, Any], lines: Mapping[str, int]) -> Iterator[str]:
    """Sentences for people; none where no table was found.

    Args:
        reading: `Checked.reading`.
        lines: `Checked.lines`; empty where the file was refused before its lines were counted.
    """
    if "header_line" not in reading:
        return
    sheet = f"工作表「{reading['sheet']}」" if reading.get("sheet") else "文件"
    yield f"{sheet}：表头到第 {reading['header_line']} 行为止" + (f"；{_count(lines)}" if lines else "")
    columns = [f"{told['header']}（{told['letter']} 列）" for told in reading.get("columns", {}).values()]
    yield f"读取的列：{'、'.join(columns) or '无'}"
    if wide := reading.get("wide"):
        yield "数值列：" + _list([f"{one['header']}（{one['letter']} 列，{one['value']}）" for one in wide["columns"]])
    if counted := reading.get("wide_rows"):
        yield f"数值列的单元格：{counted['accepted']} 个计入，{counted['held']} 个未计入，{counted['empty']} 个为空"
    if sections := reading.get("sections"):
        yield "分组标题：" + _list([f"{one['name']}（第 {one['line']} 行，{one['rows']} 行数据）" for one in sections])
    if extra := reading.get("extra"):
        yield f"没有读取的列：{'、'.join(extra)}"
    if ignored := reading.get("ignored"):
        yield f"约定之外的 {ignored} 列按约定不读取"


def _count(lines: Mapping[str, int]) -> str:
    told = [f"{word} {lines[kind]} 行" for kind, word in _KINDS.items() if lines.get(kind)]
    return f"{'，'.join(told)}，共 {lines['total']} 行"


def _list(words: list[str]) -> str:
    return "、".join(words[:_SHOWN]) + (f" 等 {len(words)} 个" if len(words) > _SHOWN else "")
