"""One expected verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Answer:
    """The verdict that (target, unit, period) must have.

    Attributes:
        unit: `self` for the district's roll-up, else the unit as files name it.
        value: in the target's unit (96, not 0.96, for 96 %); None where there is no valid value.
        numerator: exact, of the pooled periods where `pooled` is set. For means the sum in the target's unit
            (working days, hours). Of a `sample_too_small` period its own; None where the period has no data.
        denominator: cases, items or sampled firms; None for counts (`cumulative`) and where there is no data.
        n: the denominator, or the count itself for `cumulative`.
        pooled: how many periods were put together; None where the period stands alone.
    """

    target: str
    unit: str
    period: str
    status: str
    reason: str
    light: str
    carried_from: str | None = None
    value: Fraction | None = None
    numerator: Fraction | None = None
    denominator: int | Fraction | None = None
    n: int | None = None
    pooled: int | None = None


def to_rows(answers: Iterable[Answer]) -> list[dict[str, str | int | None]]:
    """The answers as plain rows for JSON; exact numbers as text (`189/2`, `41`)."""
    return [
        {name: str(cell) if isinstance(cell, Fraction) else cell for name, cell in asdict(answer).items()}
        for answer in answers
    ]
