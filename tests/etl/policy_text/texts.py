"""Two invented plans in other words than the shipped documents, each with a key made by hand."""

from __future__ import annotations

# In the manner of a district's action plan: full-width marks, clauses with their units in brackets.
RIVERSIDE = """\
临江区营商环境提升2025年工作要点
临政办发〔2025〕7号
为擦亮“临江好办”名片，让企业办事更省心，制定本要点。
一、审批更快
（一）企业登记。新设企业登记平均用时压减至0.5个工作日以内，登记网办占比保持在98%以上。（牵头单位：区市监局；配合单位：区税务局、各街道）
（二）项目审批。政府投资项目审批用时不超过70个工作日，简易项目不超过12个工作日，力争缩短到10个工作日。（牵头单位：区住建局）
（三）水电气。小微企业接电不超过3个环节；户均停电时间较上年减少20%以上，年底前供水报装“零跑动”。（牵头单位：区城管局；责任单位：临江供电公司）
二、要素更足
（一）融资。到2025年底，普惠小微贷款余额达到45亿元，新增首贷户超过600户。（牵头单位：区金融办）
（二）用工。全年城镇新增就业不少于1.2万人，组织招聘会24场；仲裁案件按期结案率不低于95%。
（三）采购。预留给中小企业的采购份额不低于40%，收到发票后10日内付款。
三、服务更优
（一）推行“双随机、一公开”，对同一企业的检查每年不超过2次，执法人员持证率达到100%。
（二）热线诉求1个工作日内响应，按时办结率高于97%，群众满意率稳定在90%以上。
（三）每季度召开一次恳谈会，每半年发布一期评估报告。
（四）6月底前，公布中介服务清单；三季度末前，上线50项“一件事”。
（五）商事案件平均审理天数缩短至60天以内，研发投入增长8%以上，导办服务街道全覆盖。
"""

RIVERSIDE_KEY = (
    ("0.5个工作日以内", "<=", "0.5", "workday", "average_case"),
    ("98%以上", ">=", "98", "%", "standing"),
    ("不超过70个工作日", "<=", "70", "workday", "each_case"),
    ("不超过12个工作日", "<=", "12", "workday", "each_case"),
    ("不超过3个", "<=", "3", "count", "by_deadline"),
    ("20%以上", ">=", "20", "%", "reduction"),
    ("45亿元", ">=", "4500000000", "CNY", "by_deadline"),
    ("超过600户", ">", "600", "count", "cumulative"),
    ("不少于1.2万人", ">=", "12000", "count", "cumulative"),
    ("24场", ">=", "24", "count", "cumulative"),
    ("不低于95%", ">=", "95", "%", "standing"),
    ("不低于40%", ">=", "40", "%", "standing"),
    ("10日内", "<=", "10", "day", "each_case"),
    ("不超过2次", "<=", "2", "count", "by_deadline"),
    ("100%", ">=", "100", "%", "by_deadline"),
    ("1个工作日内", "<=", "1", "workday", "each_case"),
    ("高于97%", ">", "97", "%", "by_deadline"),
    ("90%以上", ">=", "90", "%", "standing"),
    ("每季度", ">=", "1", "count", "cadence"),
    ("每半年", ">=", "1", "count", "cadence"),
    ("6月底前", "==", "1", "count", "milestone"),
    ("50项", ">=", "50", "count", "cumulative"),
    ("60天以内", "<=", "60", "day", "average_case"),
    ("8%以上", ">=", "8", "%", "growth"),
    ("全覆盖", ">=", "100", "%", "coverage"),
)
"""(phrase, comparator, value, unit, kind) of every target of the text, read by hand. The wish of ten working days is
the stretch of the limit before it; zero errands is no figure that these columns can hold."""

# In the manner of a city's opinion: numbered measures, units and time limits on lines of their own, half-width marks.
HARBOUR = """\
关于优化港城投资环境的若干措施
时间:2020-03-02

    一、目标

    到2022年,办税事项网上办理率达到九成以上,市场主体总量突破30万户。

    二、举措

    1.压缩通关时间。进口整体通关时间控制在36小时以内,单证由8份精简到5份。

    牵头单位:市口岸办、港城海关

    责任单位:各区县

    完成时限:2020年底前

    2.提速不动产登记。一般登记3个工作日办结,抵押登记1个工作日办结,查封登记即时办理。将办事材料压减三分之一。

    牵头单位:市自然资源局

    完成时限:2020年9月底前

    3.培育创新企业。三年内培育高新技术企业1000家,每年组织对接活动不少于12场;每万人发明专利拥有量达到15件。全市目前有高新技术企业430家。

    牵头单位:市科技局

    完成时限:2022年底前

    4.推进“一网通办”。实现90%以上事项“最多跑一次”,建成5个示范大厅,平均跑动次数降至0.3次以下。

    牵头单位:市政务服务局

    完成时限:长期推进

    三、保障

    市营商办每月通报进展,每两个月调度一次;考核结果进入全省前三名。
"""

HARBOUR_KEY = (
    ("九成以上", ">=", "90", "%", "by_deadline"),
    ("30万户", ">=", "300000", "count", "by_deadline"),
    ("36小时以内", "<=", "36", "hour", "by_deadline"),
    ("5份", "<=", "5", "count", "by_deadline"),
    ("3个工作日", "<=", "3", "workday", "each_case"),
    ("1个工作日", "<=", "1", "workday", "each_case"),
    ("1000家", ">=", "1000", "count", "cumulative"),
    ("不少于12场", ">=", "12", "count", "cadence"),
    ("15件", ">=", "15", "per_10k_people", "by_deadline"),
    ("90%以上", ">=", "90", "%", "by_deadline"),
    ("5个", ">=", "5", "count", "cumulative"),
    ("0.3次以下", "<=", "0.3", "count", "by_deadline"),
    ("每月", ">=", "1", "count", "cadence"),
    ("每两个月", ">=", "1", "count", "cadence"),
    ("前三名", "<=", "3", "rank", "rank"),
)
"""As above. Cutting the papers by a third is a reduction in words; 430 firms are a fact."""

# In the manner of a county's five-year programme: chapters, sections, numbered items, a look back, full-coverage words.
HIGHLAND = """\
云岭县营商环境建设规划

第一章 发展基础

2020年，全县市场主体达到2.1万户，审批事项网办比例为62%，企业开办压缩至3个工作日。

第二章 主要目标

到2023年，政务服务事项基本实现全程网办，企业开办时间不超过1个工作日，营商环境评价进入全省第一方阵。到2025年，惠企政策免申即享比例达到80%，各乡镇便民服务站实现全覆盖。

第三章 重点任务

第一节 优化流程

1.深化告知承诺。将涉企经营许可事项全部纳入清单管理，证明事项应减尽减。2022年底前，压减申请材料30%以上。

2.推行“一网通办”。除涉密事项外，所有事项均可在线申报；实现老年证“零材料”办理。

第二节 完善监管

3.规范检查。同一主体年度检查原则上不超过3次，一律通过监管平台下发任务，监管信息归集率不低于99%。

4.化解纠纷。小额案件在2个月内审结，故障抢修到场时间由4小时缩短至90分钟，确保无超两年未结案件。

第四章 保障机制

建立月调度机制，每季度末向县委专题报告。每年度开展满意度测评，满意率稳定在92%左右。对前20名企业和300户重点企业实行专人服务，选派不少于50名服务专员。
"""

HIGHLAND_KEY = (
    ("全程网办", ">=", "95", "%", "coverage"),
    ("不超过1个工作日", "<=", "1", "workday", "each_case"),
    ("第一方阵", ">=", None, "grade", "rank"),
    ("80%", ">=", "80", "%", "by_deadline"),
    ("全覆盖", ">=", "100", "%", "coverage"),
    ("全部", ">=", "100", "%", "coverage"),
    ("应减尽减", ">=", "100", "%", "coverage"),
    ("30%以上", ">=", "30", "%", "reduction"),
    ("所有", ">=", "100", "%", "coverage"),
    ("零材料", "<=", "0", "count", "by_deadline"),
    ("不超过3次", "<=", "3", "count", "by_deadline"),
    ("一律", ">=", "100", "%", "coverage"),
    ("不低于99%", ">=", "99", "%", "standing"),
    ("2个月内", "<=", "2", "month", "each_case"),
    ("90分钟", "<=", "90", "minute", "by_deadline"),
    ("超两年", "<=", "0", "count", "standing"),
    ("月调度", ">=", "1", "count", "cadence"),
    ("每季度末", ">=", "1", "count", "cadence"),
    ("每年度", ">=", "1", "count", "cadence"),
    ("92%左右", ">=", "92", "%", "standing"),
    ("不少于50名", ">=", "50", "count", "by_deadline"),
)
"""As above; 基本 is read as 95 %. The first chapter reports; the twenty and the three hundred firms are no aim."""

PLANS = {
    "riverside": (RIVERSIDE, RIVERSIDE_KEY),
    "harbour": (HARBOUR, HARBOUR_KEY),
    "highland": (HIGHLAND, HIGHLAND_KEY),
}
