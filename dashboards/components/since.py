"""Since when a target has been red or yellow: what a director asks first."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.components.light import status_light
from dashboards.queries.records import Verdict
from dashboards.texts import Lang
from dashboards.words import say

_BAD = ("red", "yellow")


def say_since(verdict: Verdict, rows: Sequence[Verdict], lang: Lang) -> str:
    """`2023-11 起（2 期）`: the unbroken run of periods with the light that shows now; empty for other lights.

    A period without a value neither ends the run nor counts: silence is not recovery.

    Args:
        verdict: the current verdict of (target, unit).
        rows: all its periods, oldest first.
        lang: of the words.
    """
    if verdict.light not in _BAD:
        return ""
    run: list[Verdict] = []
    for row in reversed([r for r in rows if r.period_end <= verdict.period_end and r.status != "no_data"]):
        if status_light(row) != verdict.light:
            break
        run.append(row)
    if not run:
        return ""
    first = run[-1].period
    return say(f"{first} 起（{len(run)} 期）", f"since {first} ({len(run)} periods)", lang)
