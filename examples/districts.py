"""The district: its units, and the nine files that it sends with their headers, owners and names."""

from __future__ import annotations

from dataclasses import dataclass

from examples.periods import Period, list_months, list_quarters

PLAN = "wanli-2023"

DEPARTMENTS = ("局行政审批办", "湾里市场监管局", "湾里税务局", "局经发办", "局人社办", "局景城建设办")
PLACES = (
    *("招贤镇", "梅岭镇", "太平镇", "罗亭镇"),
    *("站前街道", "幸福街道", "洗药湖管理处", "罗亭工业园"),
)
HALL = "区政务服务中心"
TAX_BRANCHES = ("第一税务分局", "第二税务分局", "第三税务分局")
POWER_STATIONS = ("招贤供电所", "梅岭供电所", "罗亭供电所")


@dataclass(frozen=True)
class Source:
    """One kind of file.

    Attributes:
        kind: `report` (figures of a period, every unit of `units` expected in each file) or `cases`.
        file_name: template over `title` (`2023年3月`) and `digits` (`202303`).
        title: the line above the header, a template over `title`; empty for CSV.
        has_sender_line: a second line names the sender, as in `填报单位：…`.
    """

    id: str
    owner: str
    kind: str
    file_name: str
    headers: tuple[str, ...]
    title: str = ""
    has_sender_line: bool = False
    is_quarterly: bool = False
    unit_column: str | None = None
    units: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    """Columns whose date or time puts a case into that month's export; the first is the receipt."""

    @property
    def header_line(self) -> int:
        """The row number of the header as people see it, from 1."""
        return 1 + bool(self.title) + self.has_sender_line

    def name_file(self, period: Period) -> str:
        return self.file_name.format(title=period.title, digits=period.digits)

    def list_periods(self, months: int) -> tuple[Period, ...]:
        """The periods that are complete after `months` months."""
        return list_quarters(months) if self.is_quarterly else list_months(months)


def as_columns(text: str) -> tuple[str, ...]:
    """The words of `text`, as a department's header row lists them."""
    return tuple(text.split())


SERVICE_ITEMS = Source(
    id="service_items",
    owner="局行政审批办",
    kind="report",
    file_name="政务服务事项网上可办情况统计表（{title}）.xlsx",
    title="{title}政务服务事项网上可办情况统计表",
    has_sender_line=True,
    headers=as_columns("序号 责任单位 依申请事项总数（项） 网上可办事项数（项） 备注"),
    unit_column="责任单位",
    units=DEPARTMENTS,
)
STARTUP_CASES = Source(
    id="startup_cases",
    owner="湾里市场监管局",
    kind="cases",
    file_name="企业开办办件明细_{digits}.csv",
    headers=as_columns("办件编号 企业名称 受理单位 受理时间 办结时间 状态"),
    unit_column="受理单位",
    key=("办件编号",),
    events=("受理时间", "办结时间"),
)
TAX_HOURS = Source(
    id="tax_hours",
    owner="湾里税务局",
    kind="report",
    file_name="纳税时间抽样调查表（{title}）.xlsx",
    title="{title}纳税时间抽样调查表",
    has_sender_line=True,
    is_quarterly=True,
    headers=as_columns("税务分局 样本企业数（户） 年纳税总时长（小时） 户均时长（小时）"),
    unit_column="税务分局",
    units=TAX_BRANCHES,
)
EXPORT_REFUNDS = Source(
    id="export_refunds",
    owner="湾里税务局",
    kind="cases",
    file_name="出口退税办理明细_{digits}.csv",
    headers=as_columns("申报编号 企业类别 受理日期 办结日期 退税额（元）"),
    key=("申报编号",),
    events=("受理日期", "办结日期"),
)
BID_DEPOSITS = Source(
    id="bid_deposits",
    owner="局经发办",
    kind="cases",
    file_name="投标保证金退付台账（{title}）.xlsx",
    title="{title}投标保证金退付台账",
    has_sender_line=True,
    headers=as_columns(
        "项目编号 项目名称 投标人 是否中标候选人 中标公示发出日期 保证金金额（万元） 本金退付日期 利息退付日期"
    ),
    key=("项目编号", "投标人"),
    events=("中标公示发出日期", "本金退付日期", "利息退付日期"),
)
POWER_CONNECTIONS = Source(
    id="power_connections",
    owner="湾里供电公司",
    kind="report",
    file_name="线上办电情况统计表（{title}）.xlsx",
    title="{title}线上办电情况统计表",
    has_sender_line=True,
    headers=as_columns("供电所 办电总数（件） 线上办电数（件） 线上办电率"),
    unit_column="供电所",
    units=POWER_STATIONS,
)
SERVICE_RATINGS = Source(
    id="service_ratings",
    owner="局行政审批办",
    kind="report",
    file_name="政务服务好差评统计_{digits}.csv",
    headers=as_columns("统计月份 评价单位 评价总数 好评数 好评率"),
    unit_column="评价单位",
    units=(HALL, *PLACES),
)
INVESTMENT_PROJECTS = Source(
    id="investment_projects",
    owner="局招商办",
    kind="cases",
    file_name="招商引资项目台账（{title}）.xlsx",
    title="{title}招商引资项目台账",
    headers=as_columns("项目编号 项目名称 引进日期 是否重点产业项目 投资额（亿元） 落地单位"),
    key=("项目编号",),
    events=("引进日期",),
)
COMPLAINTS = Source(
    id="complaints",
    owner="局营商办",
    kind="cases",
    file_name="营商环境投诉处置台账（{title}）.xlsx",
    title="{title}营商环境投诉处置台账",
    headers=as_columns("投诉编号 受理时间 问题类型 责任单位 首次电话联系时间 办结时间 答复时间 状态"),
    unit_column="责任单位",
    key=("投诉编号",),
    events=("受理时间", "首次电话联系时间", "办结时间", "答复时间"),
)

SOURCES = (
    *(SERVICE_ITEMS, STARTUP_CASES, TAX_HOURS, EXPORT_REFUNDS, BID_DEPOSITS),
    *(POWER_CONNECTIONS, SERVICE_RATINGS, INVESTMENT_PROJECTS, COMPLAINTS),
)
