"""What the office enters beside the files: addresses of the units and figures of the base date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from examples.district.levels import baseline_value
from examples.district.pack import Pack, Target


@dataclass(frozen=True)
class Base:
    """A figure of the base date; `version` is that of the definition it was measured by, where somebody wrote it."""

    value: Fraction
    version: int | None = None
    is_entered: bool = True


def list_bases(pack: Pack, without: tuple[str, ...] = ()) -> dict[str, Base]:
    """Target -> figure: every second target to be reached has one; changes have one, one by another definition, none.

    Args:
        pack: the plan.
        without: sources whose targets are left out.
    """
    bases: dict[str, Base] = {}
    mine = [t for t in pack.targets if t.indicator and pack.indicators[t.indicator].source not in without]
    ways = [t for t in mine if t.kind == "by_deadline" and not t.acceptance]
    changes = [t for t in mine if t.kind in ("reduction", "growth")]
    for number, target in enumerate(ways):
        if number % 2 == 0:
            enter(bases, pack, target)
    for number, target in enumerate(changes):
        if target.kind == "growth" or number % 3 < 2:
            enter(bases, pack, target, version=2 if target.kind == "reduction" and number % 3 == 1 else None)
    for target in (*ways, *changes):
        if target.id not in bases and target.baseline is not None:
            bases[target.id] = Base(target.baseline, is_entered=False)
    return bases


def enter(bases: dict[str, Base], pack: Pack, target: Target, version: int | None = None) -> None:
    value = baseline_value(pack, target)
    if value is not None and (target.baseline is None or version):
        bases[target.id] = Base(value, version)


def write_contacts(pack: Pack, units: tuple[str, ...]) -> str:
    """`contacts.yml`: one address a unit, in a domain that can never exist."""
    lines = [
        f'- {{unit: "{unit}", address: unit{number:02d}@{pack.id}.invalid, plan: {pack.id}}}'
        for number, unit in enumerate(units, start=1)
    ]
    return "\n".join(("# 各单位收件地址（模拟数据）", *lines, ""))


def write_baselines(pack: Pack, bases: Mapping[str, Base]) -> str:
    """`baselines.yml`: the figures that the office entered, for every unit."""
    lines = [
        f"- {{plan: {pack.id}, target: {target}, value: {plain(base.value)}, date: {pack.start}, source: 模拟数据"
        + (f", version: {base.version}}}" if base.version else "}")
        for target, base in bases.items()
        if base.is_entered
    ]
    return "\n".join(("# 基期数（模拟数据），未写单位的适用于所有单位", *lines, ""))


def plain(value: Fraction) -> str:
    """The figure as a decimal; base figures are chosen so that it is exact."""
    return str(value.numerator) if value.denominator == 1 else str(float(value))
