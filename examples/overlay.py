"""What the office itself enters beside Wanli's hand-made files: last year's figures."""

from __future__ import annotations

from examples.answers.goals import GOALS
from examples.districts import PLAN


def write_baselines() -> str:
    """Lines for `baselines.yml`: last year's value where a path to the target starts; it holds for every unit."""
    lines = [
        f"- {{plan: {PLAN}, target: {goal.id}, value: {goal.baseline}, date: 2022-12-31, source: 模拟数据}}"
        for goal in GOALS
        if goal.baseline is not None
    ]
    return "\n".join(("# 上年度基数（模拟数据），未写单位的适用于所有单位", *lines, ""))
