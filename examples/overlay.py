"""What the office itself enters beside the files: addresses of the units and last year's figures."""

from __future__ import annotations

from examples.answers.goals import GOALS
from examples.districts import DEPARTMENTS, PLACES, PLAN, SOURCES

OTHER_UNITS = ("湾里供电公司", "局招商办", "局营商办")


def list_units() -> tuple[str, ...]:
    """Every unit that sends files or has work of the plan."""
    return tuple(dict.fromkeys((*DEPARTMENTS, *PLACES, *OTHER_UNITS, *(source.owner for source in SOURCES))))


def write_contacts() -> str:
    """`contacts.yml`: one address a unit, in a domain that can never exist."""
    lines = [
        f"- {{unit: {unit}, address: unit{number:02d}@wanli.invalid, plan: {PLAN}}}"
        for number, unit in enumerate(list_units(), start=1)
    ]
    return "\n".join(("# 各单位收件地址（模拟数据）", *lines, ""))


def write_baselines() -> str:
    """`baselines.yml`: last year's value where a path to the target starts; it holds for every unit."""
    lines = [
        f"- {{plan: {PLAN}, target: {goal.id}, value: {goal.baseline}, date: 2022-12-31, source: 模拟数据}}"
        for goal in GOALS
        if goal.baseline is not None
    ]
    return "\n".join(("# 上年度基数（模拟数据），未写单位的适用于所有单位", *lines, ""))


def write_overlay() -> dict[str, str]:
    """File names and texts of the office's own folder."""
    return {"contacts.yml": write_contacts(), "baselines.yml": write_baselines()}
