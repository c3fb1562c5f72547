"""Skeletons of an indicator and of a plan: YAML that loads, every guess marked TODO."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from schemas.models.contract import Column, ColumnType, Contract

_NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL)
_DATES = (ColumnType.DATE, ColumnType.DATETIME)


def draft_indicator(name: str, contract: Contract) -> dict[str, str]:
    """The files of a new indicator over one source.

    Cases with two dates give the share decided in time, reports with two numbers a ratio, all else a count.
    """
    body = "".join(f"{line}\n" for line in _indicator_lines(name, contract))
    return {
        f"indicators/{name}.yml": "# 由 bizenv indicator new 起草，未经人工核对。TODO 处请逐条改定后删去。\n" + body
    }


def _indicator_lines(name: str, contract: Contract) -> Iterator[str]:
    numbers = [c for c in contract.columns if c.type in _NUMBERS]
    dates = [c for c in contract.columns if c.type in _DATES]
    yield f"id: {name}"
    yield "name_zh: TODO指标名称"
    yield "name_en: TODO"
    yield f"family: {name}  # TODO 与 families.yml 中同义的指标用同一个"
    yield f"source: {contract.id}"
    if contract.kind == "cases":
        yield from _case_lines(contract, dates)
    elif len(numbers) >= 2:
        yield from _ratio_lines(numbers)
    else:
        yield "form: count  # TODO ratio 比率，count 数量"
        yield "unit: count"
        yield "decimals: 0"
        summed = f"sum: {numbers[0].name}" if numbers else ""
        yield f"numerator: {{{summed}}}  # TODO 加总哪一列；不写 sum 就数行"
    yield "direction: higher_is_better  # TODO 越低越好写 lower_is_better"
    yield "missing: fail  # TODO 有单位没报时：fail 不出数，skip 跳过，zero 当 0"
    yield "note: TODO 口径说明"


def _case_lines(contract: Contract, dates: list[Column]) -> Iterator[str]:
    start = contract.received or dates[0].name
    ends = [c.name for c in dates if c.name != start]
    if ends:
        yield "form: case_share  # TODO case_share 按时办结率，case_mean 平均时长，count 件数"
        yield 'unit: "%"'
        yield "decimals: 1"
        yield f"clock: {{start: {start}, earliest: [{ends[0]}], limit: 5 workday}}  # TODO 起止事件和时限"
        return
    yield "form: count  # TODO 只有一个日期列，只能数件数"
    yield "unit: count"
    yield "decimals: 0"
    yield "numerator: {}"
    yield f"counted_on: {start}  # TODO 按哪个日期计入所属月"


def _ratio_lines(numbers: list[Column]) -> Iterator[str]:
    yield "form: ratio  # TODO ratio 比率，count 数量"
    yield 'unit: "%"'
    yield "decimals: 1"
    yield "factor: 100"
    yield f"numerator: {{sum: {numbers[1].name}}}  # TODO 分子"
    yield f"denominator: {{sum: {numbers[0].name}}}  # TODO 分母"


def add_family(text: str, name: str) -> str:
    """The office's own families.yml with one more family."""
    return f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}{_family(name)}"


def _family(name: str) -> str:
    return f"- {{id: {name}, name_zh: TODO指标名称, name_en: TODO, note_zh: TODO说明}}\n"


def draft_plan(name: str, year: int) -> dict[str, str]:
    """The files of a new plan with one unit and one target, which show the form."""
    start, end = dt.date(year, 1, 1).isoformat(), dt.date(year, 12, 31).isoformat()
    head = "# 由 bizenv plan new 起草。TODO 处请逐条改定后删去；各项的写法见 docs/packs.md。\n"
    plan = f"""\
id: {name}
name_zh: TODO方案名称
name_en: TODO
jurisdiction: TODO地区
document:
  number: TODO文号
  title: TODO文件标题
  issuer: TODO发文单位
from: {start}  # TODO 方案的起始日
until: {end}  # TODO 方案的截止日
basis: interpretation
coordinator: TODO牵头单位
"""
    units = "- {id: TODO牵头单位, name_en: TODO}\n"
    targets = f"""\
- id: first-target
  clause: 一(一)
  name_zh: TODO目标名称，用自己的话写
  name_en: TODO
  area: TODO领域
  kind: milestone  # TODO 类型见 docs/packs.md；有部门报表的写 indicator
  comparator: ">="
  value: 1
  unit: count
  due: {end}
  lead_units: [TODO牵头单位]
"""
    folder = f"plans/{name}"
    return {
        f"{folder}/plan.yml": head + plan,
        f"{folder}/units.yml": head + units,
        f"{folder}/targets.yml": head + targets,
    }
