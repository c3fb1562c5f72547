"""What every DAG of this folder promises: owner, retries, time limits, one run at a time, no catching up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import CronTriggerTimetable

from schemas.settings import get_settings

OWNER = "bizenv"
TAGS = frozenset({"bizenv", "land", "check", "load", "compute", "judge", "publish", "request"})
STABLE_SECONDS = 10
"""A file that nobody has written to for so long is complete."""
AGAIN = timedelta(seconds=20)
"""Schedule of a DAG that looks: one run at a time, the next one when it has ended, but not sooner than this."""
LOOK: dict[str, Any] = {"mode": "reschedule", "poke_interval": 10, "timeout": 3600, "soft_fail": True}
"""A sensor that looks every ten seconds and gives its slot back between two looks; an hour of nothing ends its run."""


def make_policy(
    *, doc: str, description: str, tags: set[str], limit: timedelta, retry_delay: timedelta = timedelta(seconds=20)
) -> dict[str, Any]:
    """Keyword arguments of a DAG.

    Args:
        doc: Chinese Markdown: what it does, and what to do when it fails.
        description: one Chinese line, for whoever looks at the list of DAGs.
        tags: some of `TAGS`; `bizenv` is added.
        limit: of one task. A stage that is cut off is repeated without harm.
        retry_delay: between the tries of a task that met a system fault.
    """
    if unknown := tags - TAGS:
        raise ValueError(f"unknown tags {sorted(unknown)}; allowed: {sorted(TAGS)}")
    return {
        "description": description,
        "doc_md": doc,
        "tags": sorted({"bizenv", *tags}),
        "catchup": False,
        "max_active_runs": 1,
        "default_args": {
            "owner": OWNER,
            "retries": 2,
            "retry_delay": retry_delay,
            "execution_timeout": limit,
        },
    }


def nightly(hour: int, minute: int) -> CronTriggerTimetable:
    """Once a night, by the clock of the plan's zone."""
    return CronTriggerTimetable(f"{minute} {hour} * * *", timezone=get_settings().zone)
