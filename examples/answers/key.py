"""All expected verdicts of the district."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from examples.answers.answer import Answer
from examples.answers.goals import FROM, GOALS, Goal
from examples.answers.inbox import Inbox, open_inbox
from examples.answers.judge import Moment, carry_lights, judge_period
from examples.answers.readings import Reading, read_cases, read_report
from examples.districts import SOURCES
from examples.submissions import Submission


def read_goal(goal: Goal, inbox: Inbox, *, as_of: dt.date) -> dict[str, dict[str, Reading]]:
    """Unit, period, reading of one target."""
    if inbox.source.kind == "report":
        return read_report(goal, inbox)
    return read_cases(goal, inbox, since=FROM, as_of=as_of)


def answer_goal(goal: Goal, inbox: Inbox, *, as_of: dt.date) -> list[Answer]:
    """The verdicts of one target, unit after unit, in the order of the periods."""
    answers: list[Answer] = []
    periods = {period.label: period for period in inbox.periods}
    for unit, series in read_goal(goal, inbox, as_of=as_of).items():
        history = list(series.values())
        judged = [
            judge_period(goal, unit, history[: end + 1], Moment(periods[label], as_of))
            for end, label in enumerate(series)
        ]
        answers += carry_lights(judged)
    return answers


def work_out(submissions: Sequence[Submission], *, months: int, as_of: dt.date) -> list[Answer]:
    """Every verdict that follows from the files handed in, judged at the end of `as_of`.

    The rules are those written for people (semantics of the plan); nothing of the pipeline is used.
    """
    inboxes = {
        source.id: open_inbox(source, source.list_periods(months), submissions, as_of=as_of) for source in SOURCES
    }
    return [answer for goal in GOALS for answer in answer_goal(goal, inboxes[goal.source], as_of=as_of)]
