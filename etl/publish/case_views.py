"""An open case as a mail prints it: every field is finished text."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from etl.core.case_light_rows import now_of
from etl.core.case_words import LIGHT_WORDS, say_deadline, say_left, say_remarks
from etl.core.context import Context
from etl.publish.case_changes import CaseChange
from etl.publish.wording import COLOURS
from schemas.models.case_keys import show_key
from schemas.models.unit_words import UNIT_WORDS_ZH

_ADVICE = {
    "red": "请立即办结；已办结但漏填、错填时间的，更正后重新报送。确因法定事由中止的，请补登中止记录并说明原因。",
    "yellow": "请在期限前办结；确需中止或延期的，请在期限前办理登记。",
}


@dataclass(frozen=True)
class CaseView:
    """One case whose light has changed."""

    case: str
    name: str
    light: str
    colour: str
    limit: str
    deadline: str
    left: str
    started: str
    window: str
    clause: str
    source: str
    remarks: str
    advice: str


def view_case(ctx: Context, change: CaseChange) -> CaseView:
    """Print one case; the number of a person is masked, as everywhere."""
    row, clock, now = change.light, change.clock, now_of(ctx, change.light.source)
    title = ctx.registry.plans[clock.plan].plan.document.title
    sheet = f"，工作表“{row.sheet}”" if row.sheet else ""
    return CaseView(
        case=show_key(row.case_key),
        name=clock.name_zh,
        light=LIGHT_WORDS[row.light],
        colour=COLOURS[row.light],
        limit=say_limit(row.limit_text),
        deadline=say_deadline({"deadline_date": row.deadline_date, "deadline": row.deadline_at}),
        left=say_left(row.left(now)),
        started=_say_start(row.started_at, row.started_coarse, row.age_days(now.date())),
        window=row.window_name or "",
        clause=f"《{title}》{clock.clause}",
        source=f"{row.file_name}{sheet}，第 {row.line} 行",
        remarks=say_remarks(row.reason, row.abuse.split(",") if row.abuse else ()),
        advice=_ADVICE[row.light],
    )


def say_limit(text: str | None) -> str:
    """`5 workday` -> `5 个工作日`; without a limit of ours the file has set the deadline."""
    if text is None:
        return "以登记的期限为准"
    amount, unit = text.split()
    return f"{amount}{UNIT_WORDS_ZH[unit]}"


def _say_start(at: dt.datetime | None, is_date: bool | None, age: int | None) -> str:
    if at is None:
        return "—"
    day = f"{at:%Y-%m-%d}" if is_date else f"{at:%Y-%m-%d %H:%M}"
    return f"{day}（已 {age} 天）" if age else day
