"""Grids of the data page: ag-grid in the language of the board, all text already in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dash_ag_grid as dag

from dashboards import ids
from dashboards.texts import Lang

LOCALE_ZH = {
    "page": "第", "of": "/", "to": "至", "more": "更多", "next": "下一页", "last": "末页", "first": "首页",
    "previous": "上一页", "pageSizeSelectorLabel": "每页行数：", "loadingOoo": "正在读取…", "noRowsToShow": "没有数据",
    "selectAll": "全选", "searchOoo": "查找…", "blanks": "空白", "filterOoo": "筛选…", "applyFilter": "应用",
    "resetFilter": "重置", "clearFilter": "清除", "cancelFilter": "取消", "equals": "等于", "notEqual": "不等于",
    "empty": "请选择", "contains": "包含", "notContains": "不包含", "startsWith": "开头是", "endsWith": "结尾是",
    "blank": "空", "notBlank": "非空", "lessThan": "小于", "greaterThan": "大于", "lessThanOrEqual": "不大于",
    "greaterThanOrEqual": "不小于", "inRange": "介于", "inRangeStart": "从", "inRangeEnd": "到", "andCondition": "并且",
    "orCondition": "或者", "copy": "复制", "sortAscending": "升序", "sortDescending": "降序", "sortUnSort": "取消排序",
    "pinColumn": "固定列", "noPin": "不固定", "autosizeThisColumn": "自动列宽", "resetColumns": "重置列",
    "ariaFilterInput": "筛选输入框", "ariaSearch": "查找", "ariaPageSizeSelectorLabel": "每页行数",
    "columnFilter": "列筛选", "columnChooser": "选择列", "thousandSeparator": ",", "decimalSeparator": ".",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class GridColumn:
    """One column: field of the row, its head in both languages, how wide."""

    field: str
    zh: str
    en: str
    width: int = 130
    grow: bool = False
    number: bool = False
    link: bool = False
    """Holds a link in Markdown, or plain words."""


def build_grid(section: str, columns: Sequence[GridColumn], rows: Sequence[dict[str, Any]], lang: Lang) -> dag.AgGrid:
    """A grid that sorts, filters and pages in the browser; long text wraps instead of being cut."""
    return dag.AgGrid(
        id=ids.grid(section),
        rowData=list(rows),
        columnDefs=[_define(column, lang) for column in columns],
        defaultColDef={"sortable": True, "filter": True, "resizable": True, "wrapText": True, "autoHeight": True},
        dashGridOptions={
            "pagination": True,
            "paginationPageSize": 50,
            "paginationPageSizeSelector": [20, 50, 200],
            "localeText": LOCALE_ZH if lang == "zh" else {},
            "suppressMovableColumns": True,
            "enableCellTextSelection": True,
            "ensureDomOrder": True,
            "domLayout": "autoHeight",
        },
        className="ag-theme-quartz grid",
        style={"width": "100%"},
    )


def _define(column: GridColumn, lang: Lang) -> dict[str, Any]:
    made: dict[str, Any] = {
        "field": column.field,
        "headerName": column.en if lang == "en" else column.zh,
        "minWidth": column.width if column.grow else min(column.width, 90),
        "width": column.width,
    }
    if column.grow:
        made |= {"flex": 1}
    if column.number:
        made |= {"type": "rightAligned", "filter": "agNumberColumnFilter"}
    if column.link:
        made |= {"cellRenderer": "markdown"}
    return made
