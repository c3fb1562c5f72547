"""A made-up registry with measures of every form over cases and a report, and files that come in and change rows."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import ibis
from sqlalchemy import Engine, func, select, update

from etl.compute.evidence import find_evidence
from etl.compute.evidence_places import Places, Wanted, find_places
from etl.compute.look import lake_table
from etl.compute.measures import Measure, list_measures
from etl.compute.submissions import read_submissions
from etl.compute.values import Computation, Rows
from etl.core.context import Context
from etl.core.lake import ensure_table, open_lake
from etl.load import load_accepted
from schemas.models.calendar import CalendarSpec
from schemas.models.contract import Contract
from schemas.models.indicator import Indicator
from schemas.models.registry import Pack, Registry
from schemas.models.yaml_source import YamlSource
from schemas.settings import REPO, Settings
from schemas.warehouse.tables import batches, part_chunks, values
from tests.etl.judge.hand import PLAN, make_target
from tests.etl.load.conftest import Bench

FIRST = dt.date(2023, 1, 1)
UNITS = ("甲局", "乙局", "丙局")
ITEMS = ("简易", "一般")


def _column(name: str, kind: str, **more: object) -> dict[str, object]:
    return {"name": name, "header": name, "type": kind, **more}


CASES = Contract.model_validate(
    {
        **{"id": "permits", "name_zh": "许可", "name_en": "permits", "owner": "办公室", "files": ["*"]},
        **{"kind": "cases", "resend": "merge", "key": ["case_no"], "received": "received", "unit_column": "unit"},
        "period": {"grain": "month", "read_from": ["rows"]},
        "columns": [
            *(_column("case_no", "id"), _column("unit", "unit"), _column("item", "text")),
            _column("received", "datetime"),
            *(_column(n, "datetime", required=False) for n in ("contacted", "visited", "ended")),
            *(_column(n, "datetime", required=False) for n in ("stopped", "resumed", "withdrawn")),
            _column("fee", "decimal", required=False),
        ],
        "events": {
            "withdrawn": "withdrawn",
            "stops": [{"from": "stopped", "until": "resumed"}],
            "exclusions": {
                **{"source": "removed", "case": "case_no", "reason": "reason", "approver": "approver"},
                **{"approved": "approved", "expires": "expires"},
            },
        },
    }
)
REMOVED = Contract.model_validate(
    {
        **{"id": "removed", "name_zh": "剔除登记", "name_en": "removed", "owner": "办公室", "files": ["*"]},
        **{"kind": "cases", "resend": "merge", "key": ["case_no"], "received": "approved"},
        "period": {"grain": "month", "read_from": ["rows"]},
        "columns": [
            *(_column("case_no", "id"), _column("reason", "text"), _column("approver", "text")),
            *(_column("approved", "date"), _column("expires", "date")),
        ],
    }
)
REPORT = Contract.model_validate(
    {
        **{"id": "statistics", "name_zh": "统计", "name_en": "statistics", "owner": "办公室", "files": ["*"]},
        **{"kind": "report", "resend": "replace", "key": ["unit"], "unit_column": "unit"},
        "period": {"grain": "month", "read_from": ["title"]},
        "columns": [
            _column("unit", "unit"),
            *(_column(name, "integer", required=False) for name in ("online", "done")),
        ],
    }
)
_CONTACT = {"start": "received", "earliest": ["contacted", "visited"]}
_END = {"start": "received", "earliest": ["ended"]}
_FORMS: dict[str, tuple[dict[str, object], dict[str, object]]] = {
    # name: what the indicator says, what the target says
    "contact": ({"form": "case_share", "clock": _CONTACT}, {"kind": "each_case", "value": 3, "unit": "workday"}),
    "contact_fast": ({"form": "case_share", "clock": _CONTACT}, {"kind": "each_case", "value": 2, "unit": "hour"}),
    "half_day": (
        {
            "form": "case_share",
            "clock": {**_END, "limit": "0.5 workday", "after_hours": "next_opening", "measure": "office_days"},
        },
        {},
    ),
    "simple": (
        {"form": "case_share", "clock": _END, "where": [{"column": "item", "values": ["简易"]}]},
        {"kind": "each_case", "value": 12, "unit": "day"},
    ),
    "both": (
        {"form": "case_share", "clock": {"start": "received", "latest": ["contacted", "ended"], "limit": "1 month"}},
        {},
    ),
    "mean": ({"form": "case_mean", "clock": _END}, {"kind": "average_case", "value": 5, "unit": "workday"}),
    "mean_office": (
        {"form": "case_mean", "clock": {**_END, "measure": "office_days", "after_hours": "next_opening"}},
        {"kind": "average_case", "value": 5, "unit": "workday"},
    ),
    "mean_hours": ({"form": "case_mean", "clock": {**_CONTACT, "measure": "hours"}, "unit": "hour"}, {"unit": "hour"}),
    "fees": ({"form": "count", "numerator": {"sum": "fee"}, "counted_on": "ended"}, {"kind": "cumulative"}),
    "simple_share": (
        {
            "form": "ratio",
            "numerator": {"where": [{"column": "item", "values": ["简易"]}]},
            "denominator": {},
            "counted_on": "received",
        },
        {},
    ),
    "online": (
        {"form": "ratio", "numerator": {"sum": "online"}, "denominator": {"sum": "done"}, "source": "statistics"},
        {},
    ),
    "done": ({"form": "count", "numerator": {"sum": "done"}, "source": "statistics"}, {"kind": "cumulative"}),
}
_COUNTS = ("fees", "done")


def make_registry() -> Registry:
    """A plan with a target for every form."""
    indicators, targets = {}, []
    for name, (says, wants) in _FORMS.items():
        unit = "count" if name in _COUNTS else "workday" if says["form"] == "case_mean" else "%"
        base = {"id": name, "name_zh": name, "name_en": name, "family": "f", "source": "permits", "decimals": 1}
        base |= {"unit": unit, "direction": "higher_is_better", "missing": "skip"}
        indicators[name] = Indicator.model_validate({**base, **says})
        targets.append(make_target(**{"id": name.replace("_", "-"), "indicator": name, "unit": unit, **wants}))
    pack = Pack(PLAN, tuple(targets), (), YamlSource(REPO, [], None))
    calendars = {"cn": CalendarSpec(id="cn", name_zh="工作日历")}
    contracts = {contract.id: contract for contract in (CASES, REPORT, REMOVED)}
    return Registry(contracts, indicators, {PLAN.id: pack}, calendars, (), (), {})


class Office:
    """Files come in, days go by; `stand` is what the warehouse says, `whole` what all rows at once give."""

    def __init__(self, settings: Settings, engine: Engine, seed: int) -> None:
        self.draw = random.Random(seed)
        self.registry = make_registry()
        self.today = FIRST
        self.cases: dict[int, dict[str, Any]] = {}
        self.runs = 0
        self._desks = {c.id: Bench(settings, engine, c) for c in (CASES, REPORT, REMOVED)}
        self.settings, self.engine = settings, engine

    @property
    def ctx(self) -> Context:
        return Context(self.settings, self.registry, self.engine, self.today, f"run-{self.runs}")

    def next_run(self) -> Context:
        self.runs += 1
        return self.ctx

    def send_cases(self) -> None:
        """New cases and changes of old ones: ended, contacted, moved to another month or unit; some in the future."""
        fresh = [self._new_case(len(self.cases) + 1 + i) for i in range(self.draw.randrange(8))]
        self.cases |= {row["number"]: row for row in fresh}
        changed = self.draw.sample(sorted(self.cases), min(len(self.cases), self.draw.randrange(6)))
        for number in changed:
            self.cases[number] = self._change(self.cases[number])
        touched = {row["number"] for row in fresh} | set(changed)
        if touched:
            self._hand_in("permits", [_spell(self.cases[number]) for number in sorted(touched)], None)

    def end_case(self, *, month: int) -> None:
        """A file with one changed case, received in that month."""
        number, row = next((n, row) for n, row in self.cases.items() if row["received"].month == month)
        self.cases[number] = {**row, "ended": row["received"] + dt.timedelta(days=1)}
        self._hand_in("permits", [_spell(self.cases[number])], None)

    def send_register(self) -> None:
        """A case is taken out of all shares for a while, perhaps from a later day on."""
        approved = self._moment(-20, 6).date()
        row = {"case_no": f"{self.draw.choice(sorted(self.cases)):05d}", "reason": "重复", "approver": "甲"}
        row |= {"approved": approved, "expires": approved + dt.timedelta(days=self.draw.randrange(40))}
        self._hand_in("removed", [row], None)

    def send_report(self) -> None:
        month = f"2023-{self.draw.randint(1, max(1, self.today.month)):02d}"
        units = self.draw.sample(UNITS, self.draw.randint(1, 3))
        rows = [{"unit": unit, "online": self._maybe(9), "done": self._maybe(20)} for unit in units]
        self._hand_in("statistics", rows, month)

    def _hand_in(self, source: str, rows: Sequence[Mapping[str, Any]], period: str | None) -> None:
        batch = self._desks[source].stage(rows, period)
        covers = [period] if period else [f"2023-{month:02d}" for month in range(1, self.today.month + 1)]
        with self.engine.begin() as connection:
            mine = batches.c.batch_id == batch
            connection.execute(update(batches).where(mine).values(covers=covers, rows_accepted=len(rows)))
        load_accepted(self.ctx)

    def _maybe(self, most: int) -> int | None:
        return None if self.draw.random() < 0.15 else self.draw.randrange(most)

    def _new_case(self, number: int) -> dict[str, Any]:
        row = {"number": number, "unit": self.draw.choice(UNITS), "item": self.draw.choice(ITEMS)}
        return self._change({**row, "received": self._moment(-70, 4), "fee": None})

    def _change(self, row: Mapping[str, Any]) -> dict[str, Any]:
        row = {**row, "fee": None if self.draw.random() < 0.1 else Decimal(self.draw.randrange(900)) / 100}
        if self.draw.random() < 0.1:
            row["received"] = self._moment(-70, 0)
        if self.draw.random() < 0.1:
            row["unit"] = self.draw.choice(UNITS)
        for name, chance in (("contacted", 0.5), ("visited", 0.3), ("ended", 0.5)):
            later = row["received"] + dt.timedelta(minutes=self.draw.randrange(1, 60 * 24 * 25))
            row[name] = later if self.draw.random() < chance else None
        stopped = row["received"] + dt.timedelta(minutes=self.draw.randrange(1, 60 * 24 * 6))
        resumed = stopped + dt.timedelta(minutes=self.draw.randrange(1, 60 * 24 * 9))
        row["stopped"] = stopped if self.draw.random() < 0.3 else None
        row["resumed"] = resumed if row["stopped"] and self.draw.random() < 0.8 else None
        row["withdrawn"] = resumed if self.draw.random() < 0.05 else None
        return row

    def _moment(self, least: int, most: int) -> dt.datetime:
        """Some days around today, in the year; any time of day."""
        day = max(FIRST, self.today + dt.timedelta(days=self.draw.randint(least, most)))
        return dt.datetime.combine(day, dt.time(self.draw.randrange(24), self.draw.randrange(60)))

    def stand(self) -> dict[tuple[str, ...], tuple[Any, ...]]:
        query = select(values).where(values.c.recorded_to.is_(None))
        with self.engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        keys = ("indicator", "variant", "unit", "period")
        return {tuple(row[k] for k in keys): _content(row) for row in rows}

    def whole(self) -> dict[tuple[str, ...], tuple[Any, ...]]:
        found = {}
        with open_lake(self.settings, url=self.engine.url) as lake, self.engine.connect() as connection:
            backend = ibis.duckdb.from_connection(lake)
            computation = Computation(backend, self.registry, as_of=self.today)
            for contract in self.registry.contracts.values():
                ensure_table(lake, contract)
            for measure in list_measures(self.registry):
                contract = self.registry.contracts[measure.indicator.source]
                rows = Rows(lake_table(backend, contract), read_submissions(connection, contract))
                for row in computation.values_of(measure, rows):
                    found[*measure.key, row.unit, row.period] = _content(vars(row))
        return found

    def count_kept(self) -> int:
        """How many chunks of measures are kept."""
        with self.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(part_chunks)).scalar_one()

    def hand_in_many(self, count: int) -> None:
        """One file of so many new cases."""
        self.cases |= {number: self._new_case(number) for number in range(1, count + 1)}
        self._hand_in("permits", [_spell(row) for row in self.cases.values()], None)

    def evidence(self, indicator: str, want: Wanted) -> list[tuple[str, int]]:
        """Batch and line of the deciding rows."""
        with open_lake(self.settings, url=self.engine.url) as lake, self.engine.connect() as connection:
            backend = ibis.duckdb.from_connection(lake)
            computation = Computation(backend, self.registry, as_of=self.today)
            rows = Rows(lake_table(backend, CASES), read_submissions(connection, CASES))
            found = find_evidence(computation, self._measure(indicator), rows, [want], connection=connection)
        return [(row.batch_id, row.line) for row in found[want]]

    def expected_rows(self, want: Wanted) -> list[tuple[str, int]]:
        """The first 200 rows that ended in these months, by month, batch and line, from the table itself."""
        unit = "true" if want.unit == "self" else f"unit = '{want.unit}'"
        months = ", ".join(f"'{period}'" for period in sorted(want.periods))
        with open_lake(self.settings, url=self.engine.url) as lake:
            return lake.execute(
                f"select batch_id, line from lake.permits where {unit} and strftime(ended, '%Y-%m') in ({months})"
                " order by strftime(ended, '%Y-%m'), batch_id, line limit 200"
            ).fetchall()

    def places(self, indicator: str, wanted: Sequence[Wanted]) -> Places:
        with self.engine.connect() as connection:
            return find_places(connection, self._measure(indicator), CASES, wanted)

    def _measure(self, indicator: str) -> Measure:
        return next(m for m in list_measures(self.registry) if m.indicator.id == indicator)

    def change_promise(self, name: str) -> None:
        """Another version of an indicator: what was kept of it does not hold any more."""
        indicators = dict(self.registry.indicators)
        indicators[name] = indicators[name].model_copy(update={"note": f"{self.runs}"})
        self.registry = replace(self.registry, indicators=indicators)


def _spell(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**{k: v for k, v in row.items() if k != "number"}, "case_no": f"{row['number']:05d}"}


def _content(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """As text, so that a number with other decimals differs too."""
    names = ("state", "numerator", "denominator", "n", "open_numerator", "open_denominator", "extra")
    return (*(str(row[name]) for name in names), tuple(row["batches"]))
