"""The clocks over open cases: which targets, and which steps of mechanisms, give a single case a time limit.

Several clocks over one source are the stages of its cases: a case that is on time as a whole can have an overdue stage.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemas.models.case_clock import CaseClock
from schemas.models.commitments import Mechanism, Stage
from schemas.models.indicator import Indicator
from schemas.models.plan import Kind, Target
from schemas.models.registry import Pack, Registry
from schemas.models.registry_checks import limit_of


@dataclass(frozen=True, kw_only=True)
class OpenClock:
    """One limit on the open cases of one source.

    Attributes:
        id: the target's id, or `<mechanism>/<number of the step>`.
        limit: the limit that target or step brings; None: the clock of the indicator has its own.
        target: the target that judges the same cases; None for a step without one.
        is_told: whether a change of a light is mailed: not what others control, nor what is only an aspiration.
    """

    plan: str
    id: str
    name_zh: str
    name_en: str
    clause: str
    indicator: Indicator
    limit: str | None
    lead_units: tuple[str, ...]
    target: str | None = None
    strength: str = "must"
    control: str = "own"

    @property
    def source(self) -> str:
        return self.indicator.source

    @property
    def case_clock(self) -> CaseClock:
        assert self.indicator.clock is not None  # noqa: S101 - the registry lets no other indicator come here
        return self.indicator.clock

    @property
    def is_told(self) -> bool:
        return self.control != "external" and self.strength == "must"


def list_clocks(registry: Registry, *, as_of: dt.date, plans: Iterable[str] | None = None) -> list[OpenClock]:
    """The clocks of all plans (of some), each plan's in the order of its document."""
    wanted = registry.plans if plans is None else plans
    return [clock for plan in wanted for clock in _clocks_of(registry.plans[plan], registry, as_of)]


def _clocks_of(pack: Pack, registry: Registry, as_of: dt.date) -> Iterator[OpenClock]:
    for target in _running_targets(pack, as_of):
        indicator = registry.indicators.get(target.indicator or "")
        if indicator is not None and _lights_cases(target, indicator):
            yield _clock_of_target(target, indicator, pack)
    for mechanism in pack.mechanisms:
        for number, stage in enumerate(mechanism.stages, start=1):
            if stage.indicator is not None:
                yield _clock_of_stage(stage, number, mechanism, registry.indicators[stage.indicator], pack)


def _running_targets(pack: Pack, as_of: dt.date) -> Iterator[Target]:
    """Of each series the phase that has begun last: an open case does not lose its light because a phase has ended."""
    begun = [t for t in pack.targets if t.start and t.start <= as_of and not t.acceptance]
    newest: dict[str, Target] = {}
    for target in begun:
        known = newest.get(target.series)
        if known is None or (known.start or as_of) <= (target.start or as_of):
            newest[target.series] = target
    return (target for target in begun if newest[target.series] is target)


def _lights_cases(target: Target, indicator: Indicator) -> bool:
    if indicator.form != "case_share" or indicator.clock is None:
        return False
    return target.kind is Kind.EACH_CASE or indicator.clock.has_limit


def _clock_of_target(target: Target, indicator: Indicator, pack: Pack) -> OpenClock:
    return OpenClock(
        plan=pack.plan.id,
        id=target.id,
        name_zh=target.name_zh,
        name_en=target.name_en,
        clause=target.clause,
        indicator=indicator,
        limit=limit_of(target) if target.kind is Kind.EACH_CASE else None,
        lead_units=target.lead_units,
        target=target.id,
        strength=target.strength,
        control=target.control,
    )


def _clock_of_stage(stage: Stage, number: int, mechanism: Mechanism, indicator: Indicator, pack: Pack) -> OpenClock:
    return OpenClock(
        plan=pack.plan.id,
        id=f"{mechanism.id}/{number}",
        name_zh=f"{mechanism.name_zh}：{stage.name_zh}",
        name_en=f"{mechanism.name_en}: {stage.name_en}",
        clause=mechanism.clause,
        indicator=indicator,
        limit=stage.limit,
        lead_units=mechanism.lead_units,
    )
