"""A plan: one policy document as data - its targets with the clause that set them, and its units."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from schemas.models.base import Exact, Name, Promise, Slug
from schemas.models.place import Place


class Kind(StrEnum):
    """What a target can be (semantics, section 2)."""

    STANDING = "standing"
    BY_DEADLINE = "by_deadline"
    CUMULATIVE = "cumulative"
    EACH_CASE = "each_case"
    AVERAGE_CASE = "average_case"
    REDUCTION = "reduction"
    GROWTH = "growth"
    RANK = "rank"
    MILESTONE = "milestone"
    CADENCE = "cadence"
    COVERAGE = "coverage"


UNITS = (
    *("%", "workday", "day", "month", "year", "hour", "minute", "second"),
    *("count", "CNY", "per_10k_people", "m2", "km", "rank", "grade"),
)
Comparator = Literal[">=", "<=", "==", ">", "<"]
Basis = Literal["policy", "interpretation", "local"]
Strength = Literal["must", "strive"]
Every = Literal["week", "ten_days", "month", "two_months", "quarter", "half_year", "year"]
BY_HAND = {Kind.RANK, Kind.MILESTONE, Kind.CADENCE}
"""Kinds that go without an indicator: a person enters them through the source `manual`."""


class Unit(Promise):
    """An organisation that a document or a file names; `aliases` are its other spellings."""

    id: str
    name_en: str
    aliases: tuple[str, ...] = ()
    kind: Literal["department", "place", "company", "hall", "external"] = "department"


class Document(Promise):
    """The policy document that a plan stands for."""

    number: str
    title: str
    issuer: str
    issued: dt.date | None = None
    """Day of issue; unset where the document gives none, then the plan's `from` stands for it."""
    text: str | None = None
    """Path of the office's own copy of the text; the board then shows the clause itself."""
    text_sha256: str | None = None
    """SHA-256 of the text in which the places of the pack are counted."""


class Plan(Promise):
    """`plan.yml`. `from` is the plan's date, `until` its end; both mark their basis where the text is silent."""

    id: Slug
    name_zh: str
    name_en: str
    jurisdiction: str
    document: Document
    start: dt.date = Field(alias="from")
    until: dt.date
    basis: Basis = "policy"
    zone: str = "Asia/Shanghai"
    calendar: str = "cn"
    coordinator: str
    """The unit of the office itself: it gets what names no other unit."""
    scales: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Ordered scales of grades, the lowest first."""


class Step(Promise):
    """One point of a stepped path: the value that should stand at `at`."""

    at: dt.date
    value: Exact


class Path(Promise):
    """How a value is expected to move from its baseline to its target before the due day."""

    form: Literal["linear", "steps", "last_year"] = "linear"
    steps: tuple[Step, ...] = ()
    tolerance: Exact = Decimal(10)
    """Percentage points of progress that the value may lag behind the time."""

    @model_validator(mode="after")
    def check_steps(self) -> Path:
        if (self.form == "steps") != bool(self.steps):
            raise ValueError("form steps needs steps, and only it takes them")
        if any(later.at <= earlier.at for earlier, later in zip(self.steps, self.steps[1:], strict=False)):
            raise ValueError("steps must be in order of their days")
        return self


class PlanBaseline(Promise):
    """The start of the way, where the document itself gives it."""

    value: Exact
    date: dt.date
    source: str
    """The clause that reports it."""
    version: int | None = Field(None, ge=1)
    """Version of the indicator's definition that it was measured by; unset: the present one."""


_DONE_ONCE = frozenset({Kind.CUMULATIVE, Kind.MILESTONE, Kind.CADENCE})
"""Kinds of which nothing is asked after their due day."""


class Target(Promise):
    """One commitment of the plan: what has to be true, from when, until when, and which clause says so."""

    unhashed = frozenset({"places"})

    id: Slug
    clause: str
    name_zh: str
    name_en: str
    area: str
    kind: Kind
    comparator: Comparator
    value: Exact | None = None
    unit: str
    stretch: Exact | None = None
    grade: str | None = None
    """Unit `grade`: the grade that has to be reached, one of `scale`; stands in the place of `value`."""
    scale: str | None = None
    """Unit `grade`: the scale of the plan that orders the grades."""
    every: Every | None = None
    """Kind `cadence`: the window in which `value` events have to happen."""
    window: Literal["calendar", "rolling"] = "calendar"
    strength: Strength = "must"
    basis: Basis = "policy"
    basis_note: str = ""
    start: dt.date | None = Field(None, alias="from")
    due: dt.date | None = None
    hold: bool = False
    control: Literal["own", "shared", "external"] = "own"
    counted_as: Literal["workday", "day", "office_hour"] | None = None
    required_share: Exact = Decimal(100)
    lead_units: tuple[str, ...] = Field(min_length=1)
    support_units: tuple[str, ...] = ()
    indicator: Name | None = None
    series: str = ""
    path: Path = Path()
    baseline: PlanBaseline | None = None
    weight: Exact = Decimal(1)
    note: str = ""
    places: tuple[Place, ...] = ()
    """The phrases of the text that this target stands for."""
    is_task: bool = False
    """Made from `tasks.yml`."""
    acceptance: bool = False
    """Its due day lies before the document's day of issue: judged once, shown apart, never mailed or scored.
    Set when the pack is loaded."""

    @model_validator(mode="after")
    def check_kind(self) -> Target:
        if self.unit not in UNITS:
            raise ValueError(f"unit {self.unit!r}; allowed: {', '.join(UNITS)}")
        if (self.unit == "grade") != (self.grade is not None and self.scale is not None):
            raise ValueError("unit grade needs grade and scale, and only it takes them")
        if self.value is None and self.unit != "grade" and self.kind is not Kind.MILESTONE:
            raise ValueError("value is missing")
        if (self.kind is Kind.CADENCE) != (self.every is not None):
            raise ValueError("kind cadence needs every, and only it takes it")
        if self.indicator is None and self.kind not in BY_HAND:
            raise ValueError(f"kind {self.kind} needs an indicator (only rank, milestone, cadence go without)")
        if self.start and self.due and self.due < self.start:
            raise ValueError(f"due {self.due} lies before from {self.start}")
        needs_due = {Kind.BY_DEADLINE, Kind.CUMULATIVE, Kind.MILESTONE}
        if self.kind in needs_due and self.due is None:
            raise ValueError(f"kind {self.kind} needs due")
        return self

    @model_validator(mode="after")
    def check_hold_and_stretch(self) -> Target:
        """A level is held after `due`, a sum that was not reached by then stays so; a wish lies beyond the promise."""
        if self.hold and self.kind in _DONE_ONCE:
            raise ValueError(f"kind {self.kind} has nothing to hold")
        if self.stretch is not None and not self.is_beyond(self.stretch):
            raise ValueError(f"stretch {self.stretch} is not beyond {self.comparator} {self.value}")
        return self

    def is_beyond(self, stretch: Decimal) -> bool:
        """Whether a figure asks for more than `value` does."""
        if self.value is None or self.comparator == "==":
            return False
        return stretch > self.value if self.comparator in (">", ">=") else stretch < self.value


class Baseline(Promise):
    """A figure of the base date, entered by the office with its source."""

    plan: Slug
    target: Slug
    unit: str | None = None
    """Unset: for every unit that has none of its own."""
    value: Exact
    date: dt.date
    source: str
    version: int | None = Field(None, ge=1)
    """Version of the indicator's definition that it was measured by; unset: the present one."""


class Contact(Promise):
    """Where mails for a unit go. Never part of a pack."""

    unit: str
    address: str
    plan: Slug | None = None
