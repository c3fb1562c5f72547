"""What the responsible unit has to do, by the reason code of a verdict, in plain Chinese."""

from __future__ import annotations

from etl.core.verdicts import VerdictRow

_BY_REASON = {
    "not_reached": "请核对来源数据；数据无误的，请于近期研究补救措施，并把原因和完成时间报办公室。",
    "not_satisfied": "请核对来源数据；数据无误的，请查明本期未达标的原因，制定整改措施并报办公室。",
    "late_cases": "请对“数据来源”所列超时件逐件核实：仍未办结的立即办结；已办结但漏填、错填时间的，更正后重报。",
    "over_limit": "已超出上限。按时长考核的，请找出耗时最长的办件和环节并压缩时限；登记有误的，更正后重报。",
    "no_evidence": "期限已到仍未收到佐证。已完成的，请把佐证材料报办公室；未完成的，请报完成时间。",
    "late": "佐证在期限之后才提交；请核对完成日期，按期完成的请补报当时的佐证，确已逾期的请说明原因。",
    "too_few": "本期开展次数不足；已开展而未填报的请补报并附佐证，未开展的请尽快补上并说明原因。",
    "strive": "力争目标尚未达到，不作为未达标处理；请继续推进。",
    "over_pace": "用量快于时间进度，按此速度期末将超出上限；请控制，并核对本期数据有无重复。",
    "behind_path": "进度落后于时间，请加快推进，并核对本期数据是否报全。",
    "open_cases": "已办结件达标，但在办件拖得过久，计入后将不达标；请优先办结在办时间最长的件。",
    "early_warning_xmr": "本期数值异常偏离平常波动范围；请查明原因，防止下期不达标。",
    "early_warning_trend": "近三期持续变差，按此趋势下期将不达标；请提前采取措施。",
    "not_reported": "本期数据还没有收到。请把系统导出的原文件放入收件箱，不必改格式；确无业务的，请按零报告报送。",
    "reported_empty": "收到的文件里没有数据行。请重新导出后再报；确无业务的，请按零报告报送。",
    "unchanged_copy": "收到的文件与上期内容完全相同，疑为误报旧文件；请核对后重新导出本期数据。",
    "failed_check": "收到的文件未通过检查。请打开看板“数据页”，按所列单元格更正后重报。",
    "no_cases": "本期没有可供计算的业务，无需处理；如实际有业务，请补报。",
    "sample_too_small": "业务量太少，暂不判定，无需处理。",
    "parts_missing": "部分单位的数据缺失或没有通过校验，全区无法汇总；请催报所缺单位，只报百分比的补报分子、分母。",
    "baseline_missing": "缺少基期数值，无法判定降幅或增幅；请办公室补录基期数值及来源。",
    "definition_changed": "统计口径已经变化，新旧数值不可直接比较；请办公室确认新口径。",
    "precision_too_coarse": "只登记了日期，没有登记时刻，无法判定以小时或半日计的时限；请导出带时刻的时间。",
    "calendar_not_published": "相应年度的放假安排尚未录入；请办公室在日历文件中补录国务院办公厅通知。",
    "manual_pending": "该项由人工填报，尚未收到；请把数值和佐证材料报办公室。",
    "rule_could_not_run": "系统内部检查未能运行，与报送单位无关；请办公室通知系统管理员处理。",
}
_BY_STATUS = {
    "met": "已达标，请保持；无需处理。",
    "at_risk": "请关注走势，提前采取措施。",
    "missed": "请核对来源数据；数据无误的，请制定整改措施并报办公室。",
    "not_due": "尚未到期，请按计划推进；暂无需处理。",
    "no_data": "本期没有可用数据，请与办公室核对报送情况。",
}


def advise(row: VerdictRow) -> str:
    """One or two sentences; an unknown reason falls back to what its status asks for."""
    return _BY_REASON.get(row.reason) or _BY_STATUS[row.status]
