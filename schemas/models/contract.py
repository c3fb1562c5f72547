"""A source's contract: how its files look, what their columns promise, who owes them and when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, model_validator

from schemas.models.base import Name, Promise, Slug
from schemas.models.contract_between import (
    BetweenRule,
    CarriedRule,
    PlausibleRule,
    ReconcileRule,
    SequenceRule,
    UsualRowsRule,
)
from schemas.models.contract_columns import Column, ColumnType, TokenMeaning
from schemas.models.contract_events import Events
from schemas.models.contract_layout import Section, TableHint, Wide
from schemas.models.contract_period import Due, PeriodSource
from schemas.models.contract_rules import (
    EntryCheck,
    EntryRule,
    PairRule,
    RateRule,
    RequiredWhenRule,
    RowCountRule,
    TotalRule,
)
from schemas.models.event_rules import add_event_rules

Rule = Annotated[
    PairRule | RateRule | TotalRule | RequiredWhenRule | RowCountRule | EntryRule | BetweenRule,
    Field(discriminator="kind"),
]
ENTRY_COLUMNS = {
    "plan": ColumnType.TEXT,
    "target": ColumnType.TEXT,
    "unit": ColumnType.UNIT,
    "period": ColumnType.PERIOD,
    "day": ColumnType.DATE,
    "value": ColumnType.INTEGER,
    "grade": ColumnType.TEXT,
    "confirmed": ColumnType.CODE,
    "evidence": ColumnType.TEXT,
    "source": ColumnType.TEXT,
}
"""What a source with entry rules must have: its rows tell what a person knows of targets without an indicator."""


EVERYTHING = "*"


class Contract(Promise):
    """One source. `report`: rows are figures of a period; `cases`: rows are cases, keyed, with events."""

    id: Name
    name_zh: str
    name_en: str
    owner: str
    plans: tuple[Slug, ...] = ()
    """Plans whose departments send this file. Sources belong to a jurisdiction: plans of two never share one."""
    kind: Literal["report", "cases"]
    files: tuple[str, ...] = Field(min_length=1)
    period: PeriodSource
    due: Due = Due(days=10)
    table: TableHint = TableHint()
    wide: Wide | None = None
    section: Section | None = None
    columns: tuple[Column, ...] = Field(min_length=1)
    ignore: tuple[str, ...] = ()
    """Headers that are known and not needed. `"*"`: all that the contract does not name."""
    cumulative: tuple[Name, ...] = ()
    """Columns whose cells are sums since January, one file (or row) a period; of a table that is `wide`, say it there.
    The lake keeps the sums; a period has its sum less the one before it (`etl/core/singles.py`)."""
    key: tuple[Name, ...] = Field(min_length=1)
    open_key: tuple[Name, ...] = ()
    """Columns of the key that may be empty; two empty cells are the same key."""
    unit_column: Name | None = None
    reporters: tuple[str, ...] = ()
    resend: Literal["replace", "merge"]
    received: Name | None = None
    """Cases only: the date column by whose month the lake is partitioned; it never changes."""
    events: Events | None = None
    """Cases only: what happens to a case beside being received (see `schemas.models.contract_events`)."""
    date_only: Literal["start_of_day", "end_of_day"] | None = None
    zero_report: bool = False
    tokens: dict[str, TokenMeaning] = Field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    calendar: str = "cn"

    @model_validator(mode="before")
    @classmethod
    def derive_rules(cls, data: Any) -> Any:
        """What the events mean for the rows is a rule like those that are written down."""
        return add_event_rules(data) if isinstance(data, Mapping) else data

    @property
    def registers(self) -> tuple[str, ...]:
        """Further sources that say something of the cases of this one: of suspensions, of exclusions."""
        return self.events.sources if self.events else ()

    @property
    def column_by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def running_columns(self) -> tuple[str, ...]:
        """The columns whose cells are sums since January."""
        return self.wide.values if self.wide and self.wide.cumulative else self.cumulative

    @property
    def series_key(self) -> tuple[str, ...]:
        """The key of a row without its period: rows of one such key follow each other through the periods."""
        columns = self.column_by_name
        return tuple(name for name in self.key if columns[name].type is not ColumnType.PERIOD)

    @property
    def ignores_all(self) -> bool:
        return EVERYTHING in self.ignore

    @property
    def header_columns(self) -> tuple[Column, ...]:
        """The columns that have a header cell of their own: not those whose values stand in the header itself."""
        inside = {self.wide.across, *self.wide.values} if self.wide else set[str]()
        return tuple(column for column in self.columns if column.name not in inside)

    def may_lack(self, name: str) -> bool:
        """Whether a file may do without the column: it is optional, or headings between the rows tell it."""
        named = self.section is not None and self.section.column == name
        return named or self.column_by_name[name].optional_column

    @model_validator(mode="after")
    def check_references(self) -> Contract:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError("columns: two columns of one name")
        wanted = set(self.key) | set(self.open_key) | set(self.table.filled_by) | set(self.table.letters)
        wanted |= {n for n in (self.unit_column, self.received, self.period.column, self.period.day) if n}
        for rule in self.rules:
            if isinstance(rule, BetweenRule):
                wanted |= set(rule.own_columns)
                continue
            wanted |= {v for k, v in rule.model_dump().items() if k in _COLUMN_KEYS}
            wanted |= set(rule.columns) if isinstance(rule, TotalRule) else set()
            wanted |= set(rule.beside) if isinstance(rule, EntryRule) else set()
        wanted |= {self.wide.across, *self.wide.values} if self.wide else set()
        wanted |= {self.section.column} if self.section else set()
        wanted |= set(self.events.columns) if self.events else set()
        wanted |= set(self.cumulative)
        unknown = sorted(wanted - set(names))
        if unknown:
            raise ValueError(f"unknown columns {unknown}; the contract has {sorted(names)}")
        if self.kind == "cases" and self.received is None:
            raise ValueError("a source of cases needs `received`, the column of the day of receipt")
        if self.events and self.kind != "cases":
            raise ValueError("events: only of a source of cases")
        if self.kind == "cases" and self.period.is_sub_monthly:
            raise ValueError("period: cases are counted by month; weeks and ten days are of reports")
        if self.reporters and self.unit_column is None:
            raise ValueError("reporters need `unit_column`")
        if not set(self.open_key) < set(self.key):
            raise ValueError("open_key names some, not all, columns of the key")
        return self

    @property
    def has_personal(self) -> bool:
        """Whether some column holds natural persons, so that its files need the key of the home."""
        return any(column.personal for column in self.columns)

    @model_validator(mode="after")
    def check_persons(self) -> Contract:
        """Of a hash one can only ask whether it is there, and whether it equals another one of its kind."""
        kinds = {column.name: column.person_kind for column in self.columns if column.personal}
        for rule in self.rules:
            if isinstance(rule, PairRule) and kinds.keys() & {rule.left, rule.right}:
                if rule.op != "==" or kinds.get(rule.left) != kinds.get(rule.right):
                    raise ValueError(f"rule {rule.code}: personal columns can only be compared by ==, within one kind")
            elif isinstance(rule, RequiredWhenRule) and rule.when in kinds:
                raise ValueError(f"rule {rule.code}: the words of a personal column are not kept")
        return self

    @model_validator(mode="after")
    def check_between(self) -> Contract:
        """Rules that look at other rows: their columns can be counted, and the rows of a key can be followed."""
        types = {column.name: column.type for column in self.columns}
        for rule in self.rules:
            if isinstance(rule, (CarriedRule, PlausibleRule)) and (self.kind != "report" or self.period.grain == "any"):
                raise ValueError(f"rule {rule.code}: figures of periods are those of a report of one grain")
            if isinstance(rule, UsualRowsRule) and self.resend == "merge" and self.reporters:
                raise ValueError(f"rule {rule.code}: files of several senders have no usual number of rows")
            if isinstance(rule, ReconcileRule) and self.period.is_sub_monthly and not rule.mine.counted_on:
                raise ValueError(f"rule {rule.code}: weeks and ten days have no period of the grain {rule.grain}")
            numbers = _summed_columns(rule)
            if wrong := sorted(name for name in numbers if types[name] not in NUMBER_TYPES):
                raise ValueError(f"rule {rule.code}: {wrong} are no numbers")
            if isinstance(rule, SequenceRule) and types[rule.column] is not ColumnType.INTEGER:
                raise ValueError(f"rule {rule.code}: running numbers are of type integer")
        return self

    @model_validator(mode="after")
    def check_wide(self) -> Contract:
        if self.wide is None:
            return self
        across, values = self.column_by_name[self.wide.across], [self.column_by_name[n] for n in self.wide.values]
        if self.kind != "report" or across.name not in self.key or set(self.wide.values) & set(self.key):
            raise ValueError("wide: of a report, with `across` in the key and no column of `values` in it")
        if across.type not in _ACROSS or across.personal or any(column.personal for column in values):
            raise ValueError(f"wide: `across` is of a type in {sorted(_ACROSS)}, and nothing in it is personal")
        is_period = across.type is ColumnType.PERIOD
        if is_period != (self.period.column == across.name):
            raise ValueError("wide: `period: {read_from: [column]}` names `across` where that is a period, else not")
        if not is_period and (len(values) > 1 or self.wide.cumulative):
            raise ValueError("wide: several `values`, and `cumulative`, only below periods")
        if not is_period and self.ignores_all:
            raise ValueError('wide: with `ignore: ["*"]` no header cell would be a value')
        summed = {name for rule in self.rules if isinstance(rule, TotalRule) for name in rule.columns}
        if left := sorted(summed - set(self.wide.values)):
            raise ValueError(f"wide: a total rule is about the columns of `values`, not {left}")
        return self

    @model_validator(mode="after")
    def check_cumulative(self) -> Contract:
        running = self.running_columns
        if not running:
            return self
        if self.cumulative and self.wide:
            raise ValueError("cumulative: of a wide table, say `wide: {cumulative: year}`")
        if self.kind != "report" or self.period.grain not in ("month", "quarter", "half"):
            raise ValueError("cumulative: of a report by month, quarter or half-year")
        if wrong := sorted(n for n in running if self.column_by_name[n].type not in _SUMMED or n in self.key):
            raise ValueError(f"cumulative: {wrong} are no numbers of a type in {sorted(_SUMMED)} outside the key")
        for rule in self.rules:
            if isinstance(rule, (CarriedRule, PlausibleRule)) and set(running) & set(rule.own_columns):
                raise ValueError(f"rule {rule.code}: sums since January have no usual size and are not carried over")
        return self

    @model_validator(mode="after")
    def check_section(self) -> Contract:
        if self.section is None:
            return self
        column = self.column_by_name[self.section.column]
        if column.type not in _SECTIONS or column.personal:
            raise ValueError(f"section: its column is of a type in {sorted(_SECTIONS)} and not personal")
        if self.wide and column.name in (self.wide.across, *self.wide.values):
            raise ValueError("section: its column is none of `wide`")
        return self

    @property
    def is_by_hand(self) -> bool:
        """Its rows are what people enter for targets without an indicator."""
        return any(isinstance(rule, EntryRule) for rule in self.rules)

    @model_validator(mode="after")
    def check_entries(self) -> Contract:
        if not self.is_by_hand:
            return self
        types = {column.name: column.type for column in self.columns}
        wrong = sorted(name for name, kind in ENTRY_COLUMNS.items() if types.get(name) is not kind)
        if wrong:
            raise ValueError(f"entry rules need the columns {wrong} as {[str(ENTRY_COLUMNS[name]) for name in wrong]}")
        asked = {rule.check for rule in self.rules if isinstance(rule, EntryRule)}
        if left_out := sorted(set(get_args(EntryCheck)) - asked):
            raise ValueError(f"entry rules for {left_out} are missing: rows that nobody checked would be judged")
        if self.kind != "report" or self.resend != "merge" or self.period.grain != "any":
            raise ValueError("a source with entry rules is `kind: report`, `resend: merge`, grain any")
        return self


NUMBER_TYPES = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.PERCENT, ColumnType.DURATION)


def _summed_columns(rule: Rule) -> tuple[str, ...]:
    """Columns whose values a rule counts with."""
    if isinstance(rule, ReconcileRule):
        return (rule.mine.column,) if rule.mine.column else ()
    if isinstance(rule, CarriedRule):
        return rule.opening, rule.closing
    return rule.columns if isinstance(rule, PlausibleRule) else ()


_COLUMN_KEYS = {"left", "right", "rate", "numerator", "denominator", "column", "when"}
_ACROSS = (ColumnType.PERIOD, ColumnType.UNIT, ColumnType.CODE, ColumnType.TEXT)
_SUMMED = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DURATION)
_SECTIONS = (ColumnType.UNIT, ColumnType.CODE, ColumnType.TEXT)
