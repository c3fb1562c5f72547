"""What a policy document says beside its targets: facts, tasks, mechanisms, and what is deliberately not tracked."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from schemas.models.base import Exact, Name, Promise, Slug
from schemas.models.place import Place
from schemas.models.plan import UNITS, Basis, Comparator, Every, Kind, Strength, Target

_QUARTER = re.compile(r"(\d{4})-Q([1-4])")


class Fact(Promise):
    """`facts.yml`: a figure that the document reports as already reached. It is context and lights nothing."""

    id: Slug
    clause: str
    name_zh: str
    name_en: str
    area: str
    comparator: Comparator = "=="
    value: Exact
    unit: str
    at: str | None = None
    """The period or day that the document gives for it (`2020`, `2018-06`, `2018-09-30`)."""
    family: Name | None = None
    """The family of indicators that it can be laid beside in a comparison."""
    units: tuple[str, ...] = ()
    note: str = ""
    places: tuple[Place, ...] = ()

    @model_validator(mode="after")
    def check_unit(self) -> Fact:
        if self.unit not in UNITS:
            raise ValueError(f"unit {self.unit!r}; allowed: {', '.join(UNITS)}")
        return self


class Task(Promise):
    """`tasks.yml`: a deliverable or a step with its quarter or due day. Judged as a milestone.

    Give `quarter` (the step is due on its last day and may begin on its first), or `due` (with `from` where the text
    has one), or `ongoing: true` for what the document sets no end to; that is shown and not judged.
    """

    id: Slug
    clause: str
    name_zh: str
    name_en: str
    area: str
    quarter: str | None = None
    until_quarter: str | None = None
    """The last quarter of a step that runs over several."""
    start: dt.date | None = Field(None, alias="from")
    due: dt.date | None = None
    ongoing: bool = False
    lead_units: tuple[str, ...] = Field(min_length=1)
    support_units: tuple[str, ...] = ()
    strength: Strength = "must"
    basis: Basis = "policy"
    basis_note: str = ""
    control: Literal["own", "shared", "external"] = "own"
    weight: Exact = Decimal(1)
    note: str = ""
    places: tuple[Place, ...] = ()

    @model_validator(mode="after")
    def check_end(self) -> Task:
        if sum([self.quarter is not None, self.due is not None, self.ongoing]) != 1:
            raise ValueError("give one of quarter, due, ongoing")
        if self.until_quarter and not self.quarter:
            raise ValueError("until_quarter goes with quarter")
        for key in (self.quarter, self.until_quarter):
            if key and not _QUARTER.fullmatch(key):
                raise ValueError(f"{key!r} is no quarter; write 2021-Q2")
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValueError(f"its end {self.last_day} lies before its start {self.first_day}")
        return self

    @property
    def first_day(self) -> dt.date | None:
        """First day of the quarter, or `from`."""
        if self.start or not self.quarter:
            return self.start
        year, quarter = _split_quarter(self.quarter)
        return dt.date(year, 3 * quarter - 2, 1)

    @property
    def last_day(self) -> dt.date | None:
        """Last day of the (last) quarter, or `due`; None where the task is ongoing."""
        if not self.quarter:
            return self.due
        year, quarter = _split_quarter(self.until_quarter or self.quarter)
        return dt.date(year + quarter // 4, 3 * quarter % 12 + 1, 1) - dt.timedelta(days=1)

    def as_target(self) -> Target | None:
        """The milestone that judges this task; None where it is ongoing."""
        if self.last_day is None:
            return None
        alike = {*Target.model_fields} & {*Task.model_fields} - {"start", "due"}
        milestone = {"kind": Kind.MILESTONE, "comparator": "==", "value": 1, "unit": "count", "is_task": True}
        window = {"from": self.first_day, "due": self.last_day}
        return Target.model_validate(self.model_dump(include=alike) | milestone | window)


def _split_quarter(text: str) -> tuple[int, int]:
    return int(text[:4]), int(text[6])


class Stage(Promise):
    """One step of a mechanism over single cases, with its limit as the document prints it."""

    name_zh: str
    name_en: str
    limit: str | None = None
    """`2 hour`, `1 workday`; None where the step has no limit of its own."""
    indicator: Name | None = None
    """The indicator (form `case_share`) whose clock lights the open cases of this step, where no target does."""
    basis: Basis = "policy"
    basis_note: str = ""


class Mechanism(Promise):
    """`mechanisms.yml`: a standing arrangement that the document sets up, and the targets that hold it to its word."""

    id: Slug
    clause: str
    name_zh: str
    name_en: str
    area: str
    kind: Literal[
        "case_clock",
        "window_light",
        "dispatch",
        "report",
        "bulletin",
        "rating",
        "appraisal",
        "ranking",
        "review",
        "inspection",
        "channel",
    ]
    every: Every | None = None
    stages: tuple[Stage, ...] = ()
    targets: tuple[Slug, ...] = ()
    """Ids of the plan's targets or tasks that judge it."""
    lead_units: tuple[str, ...] = Field(min_length=1)
    support_units: tuple[str, ...] = ()
    basis: Basis = "policy"
    basis_note: str = ""
    note: str = ""
    places: tuple[Place, ...] = ()


class Skip(Promise):
    """`skipped.yml`: one quantified phrase at one place that is deliberately not tracked, and why."""

    at: Place
    reason: str = Field(min_length=2)
