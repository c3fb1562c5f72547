"""What one sample file tells of a source: where its table starts, and what each column seems to hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from etl.check.arrow import is_filled
from etl.check.candidates import find_titles
from etl.check.checked import Refusal
from etl.check.grid import Block, BrokenFileError, CellKind, Grid
from etl.check.headers import fold
from etl.check.parse import ColumnParser
from etl.check.periods import find_periods
from etl.check.source import open_source
from etl.scaffold.section_sample import Sections, find_sections
from etl.scaffold.wide_sample import WideHeader, find_wide, line_below
from schemas.models.contract import Column, ColumnType, Contract
from schemas.models.contract_layout import FOOTER_WORDS

HEADER_WITHIN = 30
ROWS_LOOKED_AT = 2_000
TOTALS = ("合计", "总计", "小计", "全区合计", "全局合计")
MISSING_WORDS = ("—", "——", "-", "--", "/", "\\", "无", "暂无")
_NUMBER = re.compile(r"^[-+（(]?[\d,.]+%?[)）]?$")
_UNIT = re.compile(r"单位|部门|镇街|街道|乡镇|分局|责任主体|主管局")
_ID = re.compile(r"编号|编码|代码|证号|号码|流水号|案号|单号|^id$")
_RATE = re.compile(r"率|比例|占比|百分")
_PERIOD = re.compile(r"所属期|统计期|报告期|月份|期间|季度")
_PERSONAL = re.compile(r"姓名|申请人|联系人|经办人|身份证|手机|电话|当事人|法定代表人")
_IGNORED = re.compile(r"^(序号|备注|no\.?|说明)$")


class SampleError(ValueError):
    """Why nothing can be drafted from the sample, in a sentence for people."""


@dataclass(frozen=True)
class SampleColumn:
    """One column: its header, guessed type, and what its cells are like (counts over the rows looked at)."""

    place: int
    header: str
    type: ColumnType
    filled: int
    distinct: int
    values: tuple[str, ...]
    words: tuple[str, ...] = ()
    """Words that stand for a missing number."""
    negative: bool = False

    @property
    def is_personal(self) -> bool:
        return bool(_PERSONAL.search(self.header)) and self.type in (ColumnType.TEXT, ColumnType.ID)


@dataclass(frozen=True)
class Sample:
    """The table of a sample.

    Attributes:
        columns: those that have one cell a row; of a wide table not the columns of values.
        figures: of a wide table, what stands below the values of the header, with the cells of all its columns.
        wide: that header.
        section: what the headings between the rows say, as a column.
        counted: every such heading states its number of rows.
    """

    path: Path
    sheet: str | None
    header_line: int
    rows: int
    titles: tuple[str, ...]
    columns: tuple[SampleColumn, ...]
    ignored: tuple[str, ...]
    figures: tuple[SampleColumn, ...] = ()
    wide: WideHeader | None = None
    section: SampleColumn | None = None
    counted: bool = False

    def is_unique(self, *columns: SampleColumn) -> bool:
        """Whether the columns together name every row looked at."""
        return len(set(zip(*(c.values for c in columns), strict=True))) == self.rows


def read_sample(path: Path, unit_names: Mapping[str, str]) -> Sample:
    """Read the table that has the widest header, or the one whose header holds periods or units.

    Raises:
        SampleError: the file cannot be read, or holds nothing that looks like a table.
    """
    try:
        source = open_source(path, file_name=path.name)
        if isinstance(source, Refusal):
            raise SampleError(f"{source.message}；{source.todo}")
        wide = find_wide(source.grids, unit_names, path)
        grid, line = (wide.grid, wide.line) if wide else _find_header(source.grids)
        head = grid.head()
        headers = [re.sub(r"\s+", "", cell) for cell in (wide.headers if wide else head[line - 1])]
        block = next(iter(grid.blocks(line + 1, len(headers))), None)
    except BrokenFileError as error:
        raise SampleError(str(error)) from error
    keep = _find_data(block) if block is not None else np.zeros(0, dtype=bool)
    if block is None or not keep.any():
        raise SampleError("样表只有表头，没有数据行；请换一份有数据的文件")
    parser = ColumnParser(_bare_contract(), unit_names)
    rows, sections = block.take(keep), _read_sections(block, keep)
    values = wide.values if wide else {}
    wanted = [i for i, header in enumerate(headers) if header and i not in values]
    ignored = tuple(headers[i] for i in wanted if _IGNORED.match(fold(headers[i])))
    columns = tuple(_guess(rows, i, headers[i], parser) for i in wanted if headers[i] not in ignored)
    if not columns:
        raise SampleError("样表里没有能认定一行的列（如责任单位）；请换一份样表")
    titles = find_titles(grid, line - (wide.height if wide else 1))
    section = _guess_texts(pa.array(sections.names), None, -1, "分组", parser) if sections else None
    figures = _guess_figures(rows, wide, parser) if wide else ()
    counted = sections is not None and sections.counted
    return Sample(path, grid.name or None, line, len(rows), titles, columns, ignored, figures, wide, section, counted)


def _read_sections(block: Block, keep: np.ndarray) -> Sections | None:
    """Only where the lines that were looked at hold them."""
    shown = min(len(block), ROWS_LOOKED_AT)
    texts = [column[:shown].to_pylist() for column in block.texts]
    lines = [[text or "" for text in cells] for cells in zip(*texts, strict=True)]
    return find_sections(lines, list(keep[:shown]), TOTALS)


def _guess_figures(rows: Block, wide: WideHeader, parser: ColumnParser) -> tuple[SampleColumn, ...]:
    """Each figure over the cells of all its columns."""
    found: list[SampleColumn] = []
    for name in wide.names:
        places = [place for place, said in wide.values.items() if said == name]
        texts = pa.concat_arrays([rows.texts[place].cast(pa.string()) for place in places])
        plain = np.full(len(rows), CellKind.TEXT, dtype=np.uint8)
        known = [rows.kinds[place] for place in places]
        kinds = np.concatenate([plain if kind is None else kind for kind in known])
        none_known = all(kind is None for kind in known)
        found.append(_guess_texts(texts, None if none_known else kinds, places[0], name or "数值", parser))
    return tuple(found)


def _find_header(grids: Sequence[Grid]) -> tuple[Grid, int]:
    """The line with the most different words and no number, followed by a line that is filled as well."""
    best: tuple[int, Grid, int] | None = None
    for grid in grids:
        head = grid.head()
        for index, row in enumerate(head[:HEADER_WITHIN]):
            cells = [cell for cell in row if cell]
            below = sum(map(bool, line_below(head, index)))
            if len(cells) < 2 or len(set(cells)) < len(cells) or below * 2 < len(cells):
                continue
            if any(_NUMBER.match(cell) for cell in cells):
                continue
            if best is None or len(cells) > best[0]:
                best = (len(cells), grid, index + 1)
    if best is None:
        raise SampleError(f"前 {HEADER_WITHIN} 行里没有找到像表头的一行（至少两列、没有重名、不是数字）")
    return best[1], best[2]


def _find_data(block: Block) -> np.ndarray:
    """Which lines are rows: not blank lines, total lines, footers and lines with one cell only."""
    keep = np.zeros(len(block), dtype=bool)
    for row in range(min(len(block), ROWS_LOOKED_AT)):
        cells = [text for column in block.texts if (text := column[row].as_py())]
        first = fold(cells[0]) if cells else ""
        keep[row] = len(cells) > 1 and first not in TOTALS and not first.startswith(tuple(map(fold, FOOTER_WORDS)))
    return keep


def _bare_contract() -> Contract:
    """The parser wants a contract: its words for missing numbers are those that are taken for such here."""
    return Contract.model_validate(
        {
            **{"id": "sample", "name_zh": "样表", "name_en": "sample", "owner": "-", "kind": "report", "files": ["*"]},
            **{"period": {"grain": "month", "read_from": ["title"]}, "key": ["a"], "resend": "replace"},
            "columns": [{"name": "a", "header": "a", "type": "text"}],
            "tokens": dict.fromkeys(MISSING_WORDS, "missing"),
        }
    )


def _guess(block: Block, place: int, header: str, parser: ColumnParser) -> SampleColumn:
    return _guess_texts(block.texts[place], block.kinds[place], place, header, parser)


def _guess_texts(
    texts: pa.Array, kinds: np.ndarray | None, place: int, header: str, parser: ColumnParser
) -> SampleColumn:
    values = tuple(text or "" for text in texts.to_pylist())
    filled = [text for text in values if text]
    kind = _guess_type(texts, kinds, header, filled, parser)
    numeric = kind in (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.PERCENT)
    words = tuple(sorted({t for t in filled if t in MISSING_WORDS})) if numeric else ()
    negative = numeric and any(t.startswith(("-", "（", "(")) and t not in MISSING_WORDS for t in filled)
    count = len([t for t in filled if t not in words])
    return SampleColumn(place, header, kind, count, len(set(filled)), values, words, negative)


def _guess_type(
    texts: pa.Array, kinds: np.ndarray | None, header: str, filled: Sequence[str], parser: ColumnParser
) -> ColumnType:
    def fits(kind: ColumnType, **more: Any) -> bool:
        column = Column.model_validate({"name": "a", "header": header, "type": kind, **more})
        parsed = parser.parse(texts, kinds, column)
        absent = sum(1 for text in filled if text in MISSING_WORDS)
        return not parsed.problems and int(is_filled(parsed.values).sum()) == len(filled) - absent and bool(filled)

    if _PERIOD.search(header) and filled and all(find_periods(text, "month") for text in filled):
        return ColumnType.PERIOD
    if _ID.search(fold(header)) or any(re.fullmatch(r"0\d+|\d{12,}", text) for text in filled):
        return ColumnType.ID
    if _UNIT.search(header) or (filled and all(text in parser.unit_names for text in filled)):
        return ColumnType.UNIT
    for kind in _candidates(header, filled):
        if fits(kind):
            return kind
    return ColumnType.TEXT


def _candidates(header: str, filled: Sequence[str]) -> list[ColumnType]:
    """Types in the order in which they are tried; the first that reads every cell is taken."""
    if _RATE.search(header) or any("%" in text or "％" in text for text in filled):
        return [ColumnType.PERCENT]
    timed = any(re.search(r"\d:\d|\d时", text) and not text.endswith("00:00:00") for text in filled)
    dates = [ColumnType.DATETIME if timed else ColumnType.DATE]
    numbers = [ColumnType.INTEGER, ColumnType.DECIMAL]
    if re.search(r"日期|时间|日$", header) or any(re.match(r"(19|20)\d\d[-/.年]", text) for text in filled):
        return dates + numbers
    return numbers if _is_ones(filled) else [ColumnType.BOOLEAN, *numbers]


def _is_ones(filled: Sequence[str]) -> bool:
    """0 and 1 are counts as well as yes and no; counts are more often meant."""
    return set(filled) <= {"0", "1"}
