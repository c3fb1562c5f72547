"""What a rule needs to know of one target: its goal, its scale, its calendar, and where its ways begin."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from etl.core.clock.workdays import WorkCalendar
from etl.judge.frame import Columns
from schemas.models.indicator import Indicator
from schemas.models.plan import Kind, Target

GRADE_DECIMALS = 0


@dataclass(frozen=True)
class Gauge:
    """How the values of a target are measured.

    Attributes:
        factor: turns numerator / denominator into the unit of the target.
        is_rate: a share in per cent, between 0 and 100.
        is_count: a number of things or a sum: small numbers of it are no small sample.
        adds_up: the parts of several periods make that of all of them; a quantile has none.
        version: of the indicator's definition.
        grades: the words of a scale of grades, the lowest first.
    """

    factor: Fraction = Fraction(1)
    decimals: int = 0
    minimum_n: int = 0
    is_rate: bool = False
    is_count: bool = True
    higher_is_better: bool = True
    adds_up: bool = True
    version: int = 0
    grades: tuple[str, ...] = ()

    @classmethod
    def of(cls, indicator: Indicator) -> Gauge:
        """The gauge of values that compute made."""
        factor = indicator.factor if indicator.factor is not None else 100 if indicator.unit == "%" else 1
        return cls(
            factor=Fraction(factor),
            decimals=indicator.decimals,
            minimum_n=indicator.minimum_n,
            is_rate=indicator.unit == "%",
            is_count=indicator.form == "count",
            higher_is_better=indicator.direction == "higher_is_better",
            adds_up=indicator.form != "case_quantile",
            version=indicator.version,
        )


@dataclass(frozen=True)
class Baseline:
    """The start of a way; `version` is that of the definition it was measured with, 0: the present one."""

    value: Fraction
    version: int = 0


@dataclass(frozen=True)
class Case:
    """One target with all that its rule needs.

    Attributes:
        baselines: unit -> start of its way; the key None is that of every other unit.
        history: the values of the same measure before and beside the window, for paths that follow last year.
    """

    target: Target
    gauge: Gauge
    calendar: WorkCalendar
    as_of: dt.date
    baselines: Mapping[str | None, Baseline] = field(default_factory=dict)
    history: Columns | None = None

    @property
    def is_share(self) -> bool:
        """Judged by the share of its cases: the target's value is the limit of one case, not the goal."""
        return self.target.kind is Kind.EACH_CASE

    @property
    def comparator(self) -> str:
        """How the judged value is compared."""
        return ">=" if self.is_share else self.target.comparator

    @property
    def goal(self) -> Fraction:
        """What the judged value is compared with."""
        return Fraction(self.target.required_share if self.is_share else self.target.value or 0)

    @property
    def is_ceiling(self) -> bool:
        return self.comparator in ("<", "<=")

    def baseline_of(self, unit: str) -> Baseline | None:
        return self.baselines.get(unit, self.baselines.get(None))
