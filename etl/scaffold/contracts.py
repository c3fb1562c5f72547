"""A contract from one sample file: guesses with their TODOs, in YAML that loads and reads that same file."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import yaml

from etl.check.checked import Checked
from etl.check.checking import check_file
from etl.check.periods import find_periods
from etl.scaffold.layouts import ACROSS, figure_lines, layout_lines, layout_names, quote
from etl.scaffold.sample import Sample, SampleColumn, SampleError, read_sample
from etl.scaffold.wide_sample import GRAINS
from schemas.models.contract import ColumnType, Contract

_DAY_AFTER_ALL = dt.date(2999, 12, 31)
"""The sample is read whenever it is from; nothing is judged."""
_WORDS = (ColumnType.UNIT, ColumnType.ID, ColumnType.CODE, ColumnType.TEXT, ColumnType.PERIOD)
_DATES = (ColumnType.DATE, ColumnType.DATETIME)
_NAMES = {
    **{"责任单位": "unit", "单位": "unit", "部门": "unit", "申请人": "applicant", "联系电话": "phone"},
    **{"身份证号": "id_number", "受理时间": "accepted_at", "办结时间": "finished_at", "受理日期": "accepted_on"},
    **{
        "分组": "section",
        "办结日期": "finished_on",
        "状态": "state",
        "办件编号": "case_no",
        "项目编号": "project_no",
        "所属期": "period",
    },
}


@dataclass(frozen=True)
class Draft:
    """A drafted contract: its YAML, what it became as a model, and how it read the sample."""

    text: str
    contract: Contract
    checked: Checked


def draft_contract(path: Path, name: str, *, plan: str, unit_names: Mapping[str, str]) -> Draft:
    """Draft the contract of a source.

    Args:
        path: the sample.
        name: id of the new source.
        plan: whose departments send the file.
        unit_names: every known spelling of a unit -> its id.

    Raises:
        SampleError: the sample cannot be read, or its own draft would refuse it.
    """
    sample = read_sample(path, unit_names)
    text = "".join(f"{line}\n" for line in _lines(sample, name, plan))
    contract = Contract.model_validate(yaml.safe_load(text))
    checked = check_file(
        path, contract, file_name=path.name, unit_names=unit_names, as_of=_DAY_AFTER_ALL, key=bytes(32)
    )
    if checked.status == "refused":
        raise SampleError(f"按样表起草的约定读不了样表本身：{checked.message}；{checked.todo}")
    return Draft(text, contract, checked)


def _lines(sample: Sample, name: str, plan: str) -> Iterator[str]:
    names = _name_columns(sample)
    dates = [c for c in sample.columns if c.type in _DATES]
    key = _guess_key(sample)
    is_cases = sample.wide is None and bool(dates) and any(c.type is ColumnType.ID for c in key)
    yield f"# 由 bizenv source new 从样表“{_one_line(sample.path.name)}”起草，未经人工核对。TODO 处请逐条改定后删去。"
    yield f"id: {name}"
    yield f"name_zh: {quote(_stem(sample))}  # TODO 报表的规范名称"
    yield "name_en: TODO"
    yield "owner: TODO责任单位  # TODO 报送单位，用 units.yml 里的名称"
    yield f"plans: [{plan}]"
    yield f"kind: {'cases' if is_cases else 'report'}  # TODO 一行一件为 cases，一行一个单位为 report"
    yield f"files: [{quote(_name_pattern(sample))}]  # TODO 文件名中固定不变的部分"
    yield from _period_lines(sample, names, dates)
    yield "due: {days: 10}  # TODO 期末后几天内报送；按工作日写 {days: 10, unit: workday}"
    if sample.ignored:
        yield f"ignore: [{', '.join(map(quote, sample.ignored))}]"
    if words := sorted({word for c in (*sample.columns, *sample.figures) for word in c.words}):
        told = ", ".join(f"{quote(word)}: missing" for word in words)
        yield f"tokens: {{{told}}}  # TODO 这些符号是没有数，还是 0（zero）"
    yield "columns:"
    for column in _own_columns(sample):
        yield from _column_lines(column, names[column.place], sample, key)
    yield from figure_lines(sample)
    named = [names[column.place] for column in key]
    yield f"key: [{', '.join([*named, *([ACROSS] if sample.wide else [])])}]  # TODO 哪几列合起来认定一行"
    yield from layout_lines(sample)
    yield from _unit_lines(sample, names)
    yield f"resend: {'merge' if is_cases else 'replace'}  # TODO 重报时：replace 整期替换，merge 逐行更新"
    if is_cases:
        yield f"received: {names[dates[0].place]}  # TODO 收件的日期列，不会再变的那一列"


def _own_columns(sample: Sample) -> list[SampleColumn]:
    return [*([sample.section] if sample.section else []), *sample.columns]


def _name_columns(sample: Sample) -> dict[int, str]:
    """Place -> a name that is safe everywhere; people give it a speaking one."""
    found: dict[int, str] = {}
    for column in _own_columns(sample):
        core = re.sub(r"[(（【].*$", "", column.header)
        plain = re.sub(r"[^a-z0-9]+", "_", core.lower()).strip("_") if core.isascii() else ""
        wanted = _NAMES.get(core) or (plain if plain[:1].isalpha() else f"column_{column.place + 1}")
        taken = {*found.values(), *(layout_names(sample))}
        found[column.place] = wanted if wanted not in taken else f"column_{column.place + 1}"
    return found


def _guess_key(sample: Sample) -> list[SampleColumn]:
    """The fewest full columns of words that together name every row, the first ones first."""
    order = (ColumnType.ID, ColumnType.UNIT, ColumnType.PERIOD, ColumnType.CODE, ColumnType.TEXT)
    full = [c for c in _own_columns(sample) if c.type in _WORDS and c.filled == sample.rows and not c.is_personal]
    full.sort(key=lambda c: (order.index(c.type), c.place))
    for count in (1, 2, 3):
        for chosen in combinations(full, count):
            if sample.is_unique(*chosen):
                return list(chosen)
    return full[:1] or [sample.columns[0]]


def _period_lines(sample: Sample, names: Mapping[int, str], dates: list[SampleColumn]) -> Iterator[str]:
    stem = sample.path.stem
    if sample.wide and sample.wide.across == "period":
        yield f"period: {{grain: {sample.wide.grain}, read_from: [column], column: {ACROSS}}}  # TODO 期别"
        return
    for grain in GRAINS:
        titled = [t for t in sample.titles if len(find_periods(t, grain)) == 1]
        named = len(find_periods(stem, grain)) == 1
        if titled or named:
            places = "title, filename" if titled else "filename, title"
            yield f"period: {{grain: {grain}, read_from: [{places}]}}  # TODO 期别（周 week、旬 ten_days、月 month …）"
            return
    column = next((c for c in sample.columns if c.type is ColumnType.PERIOD and c.filled == sample.rows), None)
    if column is not None:
        yield f"period: {{grain: month, read_from: [column], column: {names[column.place]}}}  # TODO 期别"
    elif dates:
        yield "period: {grain: month, read_from: [rows]}  # TODO 样表的标题和文件名都没有写所属期，按各行日期"
    else:
        raise SampleError("样表的标题、文件名和列里都没有所属期；请把文件名改成含所属期的（如“…2023年3月.xlsx”）再试")


def _column_lines(column: SampleColumn, name: str, sample: Sample, key: list[SampleColumn]) -> Iterator[str]:
    parts = [f"name: {name}", f"header: {quote(column.header)}", f"type: {column.type.value}"]
    if column.filled < sample.rows and column not in key:
        parts.append("required: false")
    if column.type in (ColumnType.INTEGER, ColumnType.DECIMAL) and not column.negative:
        parts.append("minimum: 0")
    if column.is_personal:
        parts.append("personal: true")
    todo = [] if name in _NAMES.values() else ["列名改成有意义的英文"]
    if column.is_personal:
        todo.append("含个人信息时保留 personal，否则删去")
    if column.filled == 0:
        todo.append("样表中这一列全空，类型请核对")
    yield f"  - {{{', '.join(parts)}}}" + (f"  # TODO {'；'.join(todo)}" if todo else "")


def _unit_lines(sample: Sample, names: Mapping[int, str]) -> Iterator[str]:
    column = next((c for c in _own_columns(sample) if c.type is ColumnType.UNIT), None)
    if sample.wide and sample.wide.across == "unit":
        yield f"unit_column: {ACROSS}"
        found = ", ".join(quote(sample.wide.headers[place]) for place in sample.wide.values)
        yield f"reporters: [{found}]  # TODO 应当出现的单位，现照样表列出"
        return
    if column is not None:
        found = ", ".join(quote(value) for value in dict.fromkeys(v for v in column.values if v))
        yield f"unit_column: {names[column.place]}"
        yield f"reporters: [{found}]  # TODO 应当出现的单位，现照样表列出"


_CHANGING = r"[(（\[].*?[)）\]]|\d{4}年?|第?[一二三四1-4]季度|[上下]半年|\d+月?份?|[-_.\s]+"
"""Parts of a file name that change with every file: period and numbers."""


def _stem(sample: Sample) -> str:
    return re.sub(_CHANGING, "", sample.path.stem) or sample.path.stem


def _name_pattern(sample: Sample) -> str:
    """What all files of this name have in common; the sample itself matches (`热线12345台账2024年3月` too)."""
    return re.sub(r"\*+", "*", f"*{re.sub(_CHANGING, '*', sample.path.stem)}*")


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f\u0085\u2028\u2029]", " ", text)
