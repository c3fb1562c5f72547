"""What a contract says of tables that are not one row a line: values in the header, sections, running sums."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from schemas.models.base import Name, Promise


class Wide(Promise):
    """A table whose header cells are values: one row for every cell below them, not for every line.

    `across` names the column whose values stand in the header (`2023年1月`, a unit, a code); it is part of the key.
    With a column of periods, only header cells that are a period and nothing else count (a name of `values` may stand
    before or after it); with any other type, every header cell that is no other column of the contract.
    """

    across: Name
    values: tuple[Name, ...] = Field(min_length=1)
    """The columns whose cells stand below. Of several, each names itself in the header: `2023年 > 一季度 > 办件量`."""
    cumulative: Literal["year"] | None = None
    """The cells are sums since January: `1-3月` less `1-2月` is March, also where `1-2月` stands in another file."""

    @model_validator(mode="after")
    def check_names(self) -> Wide:
        if self.across in self.values or len(set(self.values)) != len(self.values):
            raise ValueError("wide: `across` and `values` name different columns")
        return self


class Section(Promise):
    """Headings between the rows (`北京市（92所）`) whose name is a column of the rows below them.

    A count in brackets at the end of a heading is held against the rows below it.
    """

    column: Name
    counted: bool = False
    """Every heading states its count, so that a line with one filled cell and no count is a row, not a heading."""


FOOTER_WORDS = (
    *("注：", "附注", "备注：", "说明：", "填表说明", "填报说明", "指标解释", "指标说明", "统计口径", "口径说明"),
    *("数据来源", "资料来源", "来源：", "打印时间", "打印日期", "导出时间", "导出日期", "生成时间", "统计时间"),
    *("制表", "填表", "填报", "审核", "复核", "经办人", "联系人", "联系电话", "报送日期", "报送单位", "报送人"),
    *("负责人：", "单位负责人", "统计负责人", "主管领导", "分管领导", "单位领导", "签字", "盖章", "单位（盖章"),
)
"""Behind a colon (`注：`) also a number may stand before it (`注1：`); a star or bracket before any of them."""
TOTAL_WORDS = (
    *("合计", "总计", "小计", "共计", "总共", "累计", "平均", "平均值", "合计数", "total", "sum"),
    *(
        f"{area}{word}"
        for area in ("全区", "全局", "全市", "全县", "全省", "全国", "全镇")
        for word in ("合计", "总计")
    ),
    *("以上合计", "各区合计", "各单位合计", "本页合计", "本页小计", "本月合计", "本期合计", "本年合计", "全年合计"),
    *("本月累计", "本年累计", "本期累计", "全市平均", "全区平均"),
)


class TableHint(Promise):
    """Pins the layout where the reader cannot be certain by itself."""

    sheet: str | None = None
    header_line: int | None = None
    footer_words: tuple[str, ...] = FOOTER_WORDS
    total_words: tuple[str, ...] = TOTAL_WORDS
    """A line that begins with one of these alone is a total; so is one that ends with 小计, if it is one of them."""
    filled_by: tuple[Name, ...] = ()
    """A line with none of these filled is a line of the form that nobody has filled in, not data."""
    letters: dict[Name, Annotated[str, Field(pattern=r"^[A-Z]{1,3}$")]] = Field(default_factory=dict)
    """Columns that have no header cell, by the letter of their sheet column; with `header_line` only."""

    @model_validator(mode="after")
    def check_letters(self) -> TableHint:
        if self.letters and self.header_line is None:
            raise ValueError("letters: only with `header_line`, else any line would be a header")
        return self
