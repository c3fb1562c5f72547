"""What departments get wrong: planted on purpose, each with the line and the kind of finding to expect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from examples.calendar2023 import step_workdays
from examples.submissions import Cell, Row, Submission


@dataclass(frozen=True)
class Defect:
    """One planted defect.

    Attributes:
        file: the file's name; for a missing file the name it would have had.
        line: row number as people see it (from 1); None where the whole file is meant.
        codes: the group of finding codes to expect, the part before the dot.
        effect: `row_quarantined`, `file_refused`, `note` (the data stay), `duplicate` (changes nothing),
            `no_data` (accepted or absent, but no value).
    """

    file: str
    source: str | None
    period: str | None
    kind: str
    codes: str
    effect: str
    line: int | None = None


@dataclass(frozen=True)
class Plant:
    """Where a defect goes and the functions that spoil the submission and tell the spoilt lines."""

    source: str
    period: str
    kind: str
    codes: str
    effect: str
    spoil: Callable[[Submission], list[Submission]]


def change_row(submission: Submission, unit: str, **changes: Cell) -> list[Submission]:
    """The submission with one unit's figures changed into something impossible."""
    column = str(submission.source.unit_column)
    rows = tuple(
        Row({**row.values, **changes}, is_bad=True) if row.values[column] == unit else row for row in submission.rows
    )
    return [replace(submission, rows=rows)]


def append_rows(submission: Submission, *rows: Row) -> list[Submission]:
    return [replace(submission, rows=(*submission.rows, *rows))]


def plant_negative(submission: Submission) -> list[Submission]:
    return change_row(submission, "太平镇", 好评数=-12)


def plant_above_total(submission: Submission) -> list[Submission]:
    total = next(r.values["依申请事项总数（项）"] for r in submission.rows if r.values["责任单位"] == "局经发办")
    return change_row(submission, "局经发办", **{"网上可办事项数（项）": int(str(total)) + 7})


def plant_end_before_start(submission: Submission) -> list[Submission]:
    start = dt.datetime.combine(step_workdays(submission.period.first, 8), dt.time(15, 20, 31))
    times = {"受理时间": start, "办结时间": start - dt.timedelta(days=1), "状态": "办结"}
    model = submission.rows[0].values
    values = {**model, "办件编号": f"3601222{submission.period.digits}9000001", **times}
    return append_rows(submission, Row(values, is_bad=True))


def plant_twin(submission: Submission) -> list[Submission]:
    """The same case once more, word for word: the first stays, the second is kept out."""
    return append_rows(submission, Row(submission.rows[3].values, is_bad=True))


def make_complaint(submission: Submission, number: str, **changes: Cell) -> dict[str, Cell]:
    """A complaint that was closed in the month it came in."""
    day = step_workdays(submission.period.first, 4)
    received = dt.datetime.combine(day, dt.time(9, 40))
    values: dict[str, Cell] = {
        "投诉编号": f"TS{submission.period.digits}{number}",
        "受理时间": received,
        "问题类型": "一般问题",
        "责任单位": str(submission.rows[0].values["责任单位"]),
        "首次电话联系时间": received + dt.timedelta(hours=2),
        "办结时间": dt.datetime.combine(step_workdays(day, 2), dt.time(16, 5)),
        "答复时间": None,
        "状态": "办结",
    }
    return {**values, **changes}


def plant_unknown_word(submission: Submission) -> list[Submission]:
    return append_rows(submission, Row(make_complaint(submission, "9001", 问题类型="其他问题"), is_bad=True))


def plant_quarrel(submission: Submission) -> list[Submission]:
    """One number, two different cases: nobody can say which is right, so both are kept out."""
    first = make_complaint(submission, "9002")
    second = {**first, "受理时间": dt.datetime.combine(submission.period.first, dt.time(8, 5))}
    return append_rows(submission, Row(first, is_bad=True), Row(second, is_bad=True))


def plant_impossible_date(submission: Submission) -> list[Submission]:
    column = "中标公示发出日期"
    values = {**submission.rows[0].values, "投标人": "湾里示例9999号建材有限公司", "是否中标候选人": "否"}
    bad = Row(values, shown={column: f"2023年13月{submission.period.first.month}日"}, is_bad=True)
    return append_rows(submission, bad)


def plant_garbage(submission: Submission) -> list[Submission]:
    return [replace(submission, content="garbage", rows=())]


def plant_wrong_table(submission: Submission) -> list[Submission]:
    """First somebody else's table under the right name, two days later the right one."""
    stem, suffix = submission.file_name.rsplit(".", 1)
    wrong = replace(submission, content="other_table", rows=())
    later = submission.sent + dt.timedelta(days=2)
    return [wrong, replace(submission, file_name=f"{stem}更正.{suffix}", sent=later)]


def plant_second_copy(submission: Submission) -> list[Submission]:
    stem, suffix = submission.file_name.rsplit(".", 1)
    later = submission.sent + dt.timedelta(days=1)
    return [submission, replace(submission, file_name=f"{stem}(1).{suffix}", sent=later)]


def plant_total_error(submission: Submission) -> list[Submission]:
    return [replace(submission, total_error=5)]


def plant_missing_row(submission: Submission) -> list[Submission]:
    column = str(submission.source.unit_column)
    return [replace(submission, rows=tuple(r for r in submission.rows if r.values[column] != "幸福街道"))]


def keep_as_is(submission: Submission) -> list[Submission]:
    """For what went wrong before the file was written (an empty export, last month's figures)."""
    return [submission]


def drop_file(submission: Submission) -> list[Submission]:
    del submission
    return []


QUARANTINED, REFUSED, NO_DATA = "row_quarantined", "file_refused", "no_data"
PLANTS = (
    Plant("startup_cases", "2023-03", "finished_before_accepted", "PAIR", QUARANTINED, plant_end_before_start),
    Plant("power_connections", "2023-03", "total_differs", "TOTAL", "note", plant_total_error),
    Plant("service_ratings", "2023-04", "negative_count", "VALUE", QUARANTINED, plant_negative),
    Plant("complaints", "2023-04", "unknown_word", "VALUE", QUARANTINED, plant_unknown_word),
    Plant("startup_cases", "2023-04", "same_file_twice", "FILE", "duplicate", plant_second_copy),
    Plant("service_items", "2023-05", "above_total", "PAIR", QUARANTINED, plant_above_total),
    Plant("bid_deposits", "2023-05", "impossible_date", "TYPE", QUARANTINED, plant_impossible_date),
    Plant("power_connections", "2023-06", "missing_file", "FILE", NO_DATA, drop_file),
    Plant("startup_cases", "2023-06", "same_key_same_row", "KEY", QUARANTINED, plant_twin),
    Plant("complaints", "2023-07", "same_key_other_row", "KEY", QUARANTINED, plant_quarrel),
    Plant("service_items", "2023-08", "garbage", "FILE", REFUSED, plant_garbage),
    Plant("export_refunds", "2023-08", "header_only", "FILE", NO_DATA, keep_as_is),
    Plant("service_ratings", "2023-09", "other_table", "FILE", REFUSED, plant_wrong_table),
    Plant("service_ratings", "2023-10", "missing_row", "PARTS", NO_DATA, plant_missing_row),
    Plant("power_connections", "2023-10", "unchanged_copy", "FILE", NO_DATA, keep_as_is),
)


def list_spoilt_lines(plant: Plant, spoilt: list[Submission]) -> list[int | None]:
    """The lines that a row defect spoilt; one None where the whole file is meant."""
    if plant.effect != QUARANTINED:
        return [None]
    return [spoilt[0].find_line(index) for index, row in enumerate(spoilt[0].rows) if row.is_bad]


def describe(plant: Plant, sound: Submission, spoilt: list[Submission]) -> list[Defect]:
    """The defects of one plant; the copy, not the original, is the duplicate file."""
    named = spoilt[-1] if plant.kind == "same_file_twice" else (spoilt or [sound])[0]
    place = (named.file_name, plant.source, plant.period)
    return [Defect(*place, plant.kind, plant.codes, plant.effect, line) for line in list_spoilt_lines(plant, spoilt)]


def repeat_last_month(submissions: list[Submission]) -> list[Submission]:
    """Last month's figures sent again under this month's title."""
    rows = {(s.source.id, s.period.label): s.rows for s in submissions}
    copies = {(p.source, p.period) for p in PLANTS if p.kind == "unchanged_copy"}
    return [
        replace(s, rows=rows[s.source.id, f"2023-{s.period.first.month - 1:02d}"])
        if (s.source.id, s.period.label) in copies
        else s
        for s in submissions
    ]


def plant_defects(submissions: list[Submission]) -> tuple[list[Submission], list[Defect]]:
    """Spoil what the plan of defects names and list what was done."""
    plants = {(plant.source, plant.period): plant for plant in PLANTS}
    result: list[Submission] = []
    defects: list[Defect] = []
    for sound in repeat_last_month(submissions):
        plant = plants.get((sound.source.id, sound.period.label))
        spoilt = plant.spoil(sound) if plant else [sound]
        result += spoilt
        defects += describe(plant, sound, spoilt) if plant else []
    return result, defects
