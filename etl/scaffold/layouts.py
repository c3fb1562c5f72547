"""The lines of a draft for tables that are not one row a line: values in the header, headings between the rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from etl.scaffold.sample import Sample
from schemas.models.contract import ColumnType

ACROSS = "across"
"""Name of the column whose values stand in the header."""


def quote(text: str) -> str:
    """JSON strings are YAML strings; plain words stand without quotes."""
    return text if re.fullmatch(r"[\u4e00-\u9fff]+", text) else json.dumps(text, ensure_ascii=False)


def layout_names(sample: Sample) -> list[str]:
    """Column names that the header of values takes."""
    return [ACROSS, *_figure_names(sample)] if sample.wide else []


def _figure_names(sample: Sample) -> list[str]:
    return ["value"] if len(sample.figures) == 1 else [f"value_{i}" for i in range(1, len(sample.figures) + 1)]


def figure_lines(sample: Sample) -> Iterator[str]:
    """The columns that stand in the header, and those of the cells below."""
    if sample.wide is None:
        return
    header = "单位" if sample.wide.across == "unit" else "期间"
    yield f"  - {{name: {ACROSS}, header: {header}, type: {sample.wide.across}}}  # 表头各格的值"
    for name, figure in zip(_figure_names(sample), sample.figures, strict=True):
        parts = [f"name: {name}", f"header: {quote(figure.header)}", f"type: {figure.type.value}"]
        parts += ["required: false"] if figure.filled < len(figure.values) else []
        parts += ["minimum: 0"] if figure.type in _COUNTED and not figure.negative else []
        yield f"  - {{{', '.join(parts)}}}  # TODO 表头下面的数是什么；列名改成有意义的英文"


_COUNTED = (ColumnType.INTEGER, ColumnType.DECIMAL)


def layout_lines(sample: Sample) -> Iterator[str]:
    """`wide` and `section`."""
    if sample.wide is not None:
        running = ", cumulative: year" if sample.wide.cumulative else ""
        todo = "各格是否为自年初累计数" if running else "各格是当期数；若为自年初累计数，加 cumulative: year"
        if sample.wide.across == "unit":
            todo = "表头各格是单位，每格一行"
        yield f"wide: {{across: {ACROSS}, values: [{', '.join(_figure_names(sample))}]{running}}}  # TODO {todo}"
    if sample.section is not None:
        counted = ", counted: true" if sample.counted else ""
        yield f"section: {{column: section{counted}}}  # TODO 行间标题（如“北京市（92所）”）是哪一列"
