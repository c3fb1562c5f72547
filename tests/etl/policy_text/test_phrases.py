"""The phrase finder against what a person marks: every form, minimal wording, and numbers that are no quantities."""

from __future__ import annotations

import itertools

import pytest

from etl.policy_text.phrases import MAX_LENGTH, find_phrases
from etl.policy_text.text import PolicyText

FORMS = {
    "percentages": (
        "达到95%、95.5%、百分之九十五、９５％以上、九成以上、前10%、5个百分点、5%至10%、≥90%",
        "95%|95.5%|百分之九十五|９５％以上|九成以上|前10%|5个百分点|5%至10%|≥90%",
    ),
    "durations": (
        "5个工作日内办结，提前3天办，15日内，2小时，30分钟，45秒，6个月，一个半月，半个月，三年内，0.5天，半日，90天前，4个月内审结，即时办结，即时通讯",
        "5个工作日内|3天|15日内|2小时|30分钟|45秒|6个月|一个半月|半个月|三年内|0.5天|半日|90天前|4个月内|即时",
    ),
    "dates": (
        (
            "2023年，2023年底前，12月底前，6月30日前，十二月底前，年底前，年内，全年，上半年，月底前，2019年上半年，2018-12-05，"
            "到2025年末，2023年初步，今年10月底前，2021—2023年，2020年度，本月内，次月5日前，下季度末，本季度"
        ),
        (
            "2023年|2023年底前|12月底前|6月30日前|十二月底前|年底前|年内|全年|上半年|月底前|2019年上半年|2018-12-05|"
            "2025年末|2023年|今年10月底前|2021—2023年|2020年度|本月内|次月5日前|下季度末|本季度"
        ),
    ),
    "quarters": (
        "一季度、二、三季度、第2季度、三季度末前",
        "一季度|二、三季度|第2季度|三季度末前",
    ),
    "cadences": (
        "每年，每季度，每月，每两个月，每半年，每周，每半月，双月，按月，按季，月度，季度，年度，逐月，月通报，定期",
        "每年|每季度|每月|每两个月|每半年|每周|每半月|双月|按月|按季|月度|季度|年度|逐月|月通报",
    ),
    "counts": (
        (
            "40项，41个，8 次，2家，5.9万人，10亿元，1250千伏安，35千伏及以上，500万元以上，10000平方米，"
            "1万平米以下，1,200家，20余项，百余家，数十项，3倍，三级，四大，两级，十个，每万人"
        ),
        (
            "40项|41个|8 次|2家|5.9万人|10亿元|1250千伏安|35千伏及以上|500万元以上|10000平方米|1万平米以下|1,200家|"
            "20余项|百余家|数十项|3倍|三级|四大|两级|十个|每万人"
        ),
    ),
    "comparators": (
        "不少于40项，不低于30%，不超过9个工作日，不得高于5%，高于10%，超过80%，至少3次，近三年，约50家，力争70%，1500人左右，预约1次",
        "不少于40项|不低于30%|不超过9个工作日|不得高于5%|高于10%|超过80%|至少3次|近三年|约50家|力争70%|1500人左右|1次",
    ),
    "fractions and zero": (
        "三分之一，一半，翻一番，零成本，零材料，上市破零，零见面，从零到4项，零售业",
        "三分之一|一半|翻一番|零成本|零材料|破零|零见面|零到4项",
    ),
    "ranges": (
        "1-2项，3—5项，3至5个，1~2，由5天压缩至3天",
        "1-2项|3—5项|3至5个|1~2|5天|3天",
    ),
    "ranks": (
        "居第一，前三，前10位，第一方阵，首位，第28位，前五名，全国前列，低于全市平均水平，末位约谈，首位度，第一批",
        "第一|前三|前10位|第一方阵|首位|第28位|前五名|前列|全市平均水平|末位|第一批",
    ),
    "grades": (
        "“优异”档次，达到“优秀”水平，优秀企业家，标杆等次",
        "优异|优秀|标杆",
    ),
    "full coverage": (
        "全覆盖，全部，所有，一律，应减尽减，应进必进，清零，全程网办，全流程电子化，均可，平均，人均，所有制，不发生，各个，全面完成",
        "全覆盖|全部|所有|一律|应减尽减|应进必进|清零|全程网办|全流程电子化|均|不发生|各个|全面完成",
    ),
    "names with digits": (
        (
            "12345热线，“1-5-10”机制，“2110”，“1+6”窗口，7×24 小时，“58条”，双随机，十四五，发〔2021〕16号，5G，"
            "第166次会议"
        ),
        "12345|1-5-10|2110|1+6|7×24 小时|58条|双随机|十四五|〔2021〕16号|5G|第166次",
    ),
    "slogans": (
        "一窗受理，一网通办，一件事一次办，一站式，“一人一窗一机”，“五公开”，一号对外，“三供一业”，一事一评议。",
        "一窗|一网|一件事|一次|一站式|一人一窗一机|五公开|一号|三供一业|一事一评议",
    ),
    "words without a quantity": (
        (
            "统一，进一步，一定，一般，一体化，一致，一系列，一概而论，唯一，之一，十分重要，万一，千方百计，单一，第三方，二维码，新一轮，PM2.5，一批，双方，"
            "百姓，合一"
        ),
        "",
    ),
    "near misses of those words": (
        "十分钟，系统一次办，三分之一，创新一窗，整合一件事，第一批，清单一张",
        "十分钟|一次|三分之一|一窗|一件事|第一批|一张",
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_found_and_nothing_else(form: str) -> None:
    text, wanted = FORMS[form]
    found = [phrase.phrase for phrase in find_phrases(f"对此：{text}。")]
    assert found == (wanted.split("|") if wanted else [])


def test_numbers_that_order_the_document_are_not_reported() -> None:
    text = (
        "第一章 总则 - 2 -\n一、总体要求\n（一）目标。一是提速；二是增效。\n1.做法;2.步骤\n"
        "（十劳动力市场。\n① 起步\n第三条 依据第（二）项\n- 7 -\n访问量：1024\n"
    )
    assert [str(phrase) for phrase in find_phrases(text)] == []


def test_a_line_of_the_contents_ends_there() -> None:
    found = find_phrases("第一节 基础 - 2 -\n2025年底前完成\n目标……12\n其中3项\n")
    assert [str(phrase) for phrase in found] == ["2:0 2025年底前", "4:2 3项"]


def test_a_number_that_begins_a_line_is_a_quantity() -> None:
    found = find_phrases("3.5个工作日内办结\n5个、7个、10个工作日以内\n一、二类企业\n2023年\n")
    assert [str(phrase) for phrase in found] == [
        "1:0 3.5个工作日内",
        "2:0 5个",
        "2:3 7个",
        "2:6 10个工作日以内",
        "3:0 一、二类",
        "4:0 2023年",
    ]


def test_places_count_characters_of_the_line_as_it_is() -> None:
    text = PolicyText.from_string("开头\r\n　　办结率９５％以上，共 8 次。\r\n")
    assert [str(phrase) for phrase in find_phrases(text)] == ["2:5 ９５％以上", "2:13 8 次"]
    assert text.lines[1][5:10] == "９５％以上"


def test_a_phrase_that_goes_on_in_the_next_line_is_one() -> None:
    found = find_phrases("应当在10个工\n作日内办结，网办率不低\n于80%。")
    assert [(str(phrase), phrase.kind) for phrase in found] == [
        ("1:3 10个工作日内", "duration"),
        ("2:9 不低于80%", "percent"),
    ]


def test_phrases_do_not_overlap_and_stay_short() -> None:
    found = find_phrases("一人一窗" * 30 + "，不少于40项，2023年底前达到95%以上")
    assert all(len(phrase.phrase) <= MAX_LENGTH for phrase in found)
    assert all(first.start + len(first.phrase) <= second.start for first, second in itertools.pairwise(found))
    assert [phrase.phrase for phrase in found][-3:] == ["不少于40项", "2023年底前", "95%以上"]
