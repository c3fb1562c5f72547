"""Units of measure as people read them after a number, one table for sentences, mails and board."""

UNIT_WORDS_ZH = {
    "%": "%",
    "workday": " 个工作日",
    "day": " 天",
    "month": " 个月",
    "year": " 年",
    "hour": " 小时",
    "minute": " 分钟",
    "office_hour": " 个工作小时",
    "office_minute": " 个工作分钟",
    "second": " 秒",
    "count": " 个",
    "times": " 次",
    "CNY": " 元",
    "per_10k_people": " 个/万人",
    "m2": " 平方米",
    "km": " 公里",
    "rank": " 位",
    "grade": " 档",
}
