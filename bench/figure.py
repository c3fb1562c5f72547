"""One measured figure beside its aim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """`value` against `aim` (at most), both in `unit`; `parts`, in `parts_unit`, are what it is made of."""

    name: str
    value: float
    aim: float
    unit: str
    parts: Mapping[str, float]
    parts_unit: str = "s"

    @property
    def is_kept(self) -> bool:
        return self.value <= self.aim

    def as_dict(self) -> dict[str, object]:
        return {**asdict(self), "kept": self.is_kept}

    def __str__(self) -> str:
        decimals = 2 if self.parts_unit else 0
        parts = ", ".join(f"{name} {part:.{decimals}f} {self.parts_unit}".strip() for name, part in self.parts.items())
        word = "kept" if self.is_kept else "MISSED"
        return f"{self.name}: {self.value:.2f} {self.unit} (aim: at most {self.aim:g}) {word} [{parts}]"
