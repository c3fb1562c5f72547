"""Units of measure above a table: a unit line (`单位：万元`), or the name of the figure (`指标：产值(亿元)`)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from etl.check.checked import Refusal
from etl.check.headers import fold, take_apart
from etl.check.measures import Measure, find_stated, read_measure, units_differ
from schemas.models.contract import Column, Contract

_LABEL = re.compile(r"^[一-鿿]{1,6}[::]")


def check_unit_lines(titles: Sequence[str], headers: Mapping[str, str], contract: Contract) -> Refusal | None:
    """A title must not contradict columns whose own header is silent about its unit.

    Args:
        titles: the lines above the header.
        headers: contract column -> its header cell; of values below periods, one of those.
        contract: the promise.
    """
    stated = dict.fromkeys(unit for title in titles for unit in find_stated(title))
    for column in contract.columns:
        promised = take_apart(column.header).unit
        if column.name not in headers or not promised or take_apart(headers[column.name]).unit:
            continue
        unit = _find_named_unit(titles, column) or _choose(list(stated), read_measure(promised))
        if units_differ(unit, promised):
            message = f"表头上方写明单位为「{unit}」，而「{column.header}」约定的单位是「{promised}」"
            return Refusal("TABLE.UNIT", message, "请按约定的计量单位换算后重新报送整份文件")
    return None


def _choose(stated: Sequence[str], promised: Measure | None) -> str:
    """The one unit of a unit line that speaks of the same thing as the promise; 件 and % have columns of their own."""
    if promised is None:
        return ""
    found = [(text, read_measure(text)) for text in stated]
    alike = [text for text, one in found if one and (one.base == promised.base or (one.is_money and promised.is_money))]
    return alike[0] if len(alike) == 1 else ""


def _find_named_unit(titles: Sequence[str], column: Column) -> str:
    """The unit behind the column's own name in a title; empty where no title is that name."""
    names = {take_apart(text).core for text in (column.header, *column.aliases)}
    apart = [take_apart(_LABEL.sub("", fold(title))) for title in titles]
    return next((one.unit for one in apart if one.core in names), "")
