"""What has to be computed: every (indicator, limit) that a target of any plan asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from etl.core.periods import add_months
from schemas.models.indicator import Indicator
from schemas.models.plan import Kind, Target
from schemas.models.registry import Registry
from schemas.models.registry_checks import limit_of


@dataclass(frozen=True)
class Measure:
    """An indicator with the limit that its target brings (`variant`, empty where it needs none).

    `first` is the earliest day any target asks for; `with_open`: the mean with open cases is asked for too.
    """

    indicator: Indicator
    variant: str
    first: dt.date
    with_open: bool

    @property
    def key(self) -> tuple[str, str]:
        return self.indicator.id, self.variant


def measure_key(target: Target) -> tuple[str, str]:
    """(indicator, variant) of the values that judge `target`."""
    return target.indicator or "", limit_of(target) if target.kind is Kind.EACH_CASE else ""


def first_day(target: Target, start: dt.date) -> dt.date:
    """From when on values are asked for: before the window only where the verdict looks back.

    A path that follows last year needs that year and the period before it; what was due before the plan, its due year.
    """
    if target.acceptance and target.due:
        return min(start, target.due.replace(month=1, day=1))
    return add_months(start, -13) if target.path.form == "last_year" else start


def list_measures(registry: Registry, sources: Iterable[str] | None = None) -> list[Measure]:
    """All measures of all plans, sorted; only those over `sources`, or that read one of them, where given."""
    wanted = None if sources is None else set(sources)
    found: dict[tuple[str, str], Measure] = {}
    for target in (t for pack in registry.plans.values() for t in pack.targets):
        if target.indicator is None or target.start is None:
            continue
        indicator = registry.indicators[target.indicator]
        if wanted is not None and wanted.isdisjoint(_sources_of(indicator, registry)):
            continue
        key = measure_key(target)
        known = found.get(key)
        first = min(first_day(target, target.start), known.first) if known else first_day(target, target.start)
        with_open = target.kind is Kind.AVERAGE_CASE or bool(known and known.with_open)
        found[key] = Measure(indicator, key[1], first, with_open)
    return [found[key] for key in sorted(found)]


def _sources_of(indicator: Indicator, registry: Registry) -> tuple[str, ...]:
    return (indicator.source, *registry.contracts[indicator.source].registers)
