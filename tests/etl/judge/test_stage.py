"""The stage: values of the warehouse to a draft, frame by frame, for a pack made here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import Engine, insert, select

from etl.core.context import Context
from etl.judge.frame import Columns, Value
from etl.judge.stage import judge, judge_all, judge_frames, read_columns
from etl.publish.drafts import close_drafts, read_draft
from schemas.models.calendar import CalendarSpec
from schemas.models.contract import Contract
from schemas.models.plan import Baseline, Target
from schemas.models.registry import Pack, Registry
from schemas.models.yaml_source import YamlSource
from schemas.settings import REPO, Settings
from schemas.warehouse.tables import definitions, outcomes, values
from tests.etl.judge.hand import PLAN, make_indicator, make_target, value

AS_OF = dt.date(2023, 6, 30)
ONLINE = make_target(id="online", due="2023-12-31")
ENTERED = make_target(id="rank", kind="rank", indicator=None, unit="rank", comparator="<=", value=3, due=None)


def make_registry(*targets: Target, baselines: Sequence[Baseline] = (), version: int = 1) -> Registry:
    pack = Pack(PLAN, targets, (), YamlSource(REPO, [], None))
    contract = Contract.model_construct(id="s")
    calendars = {"cn": CalendarSpec(id="cn", name_zh="cn")}
    return Registry(
        {"s": contract}, {"i": make_indicator(version=version)}, {"p": pack}, calendars, (), tuple(baselines), {}
    )


def start(number: int, unit: str | None = None, version: int | None = None) -> Baseline:
    content = {"plan": "p", "target": "online", "unit": unit, "value": number, "date": "2022-12-31", "source": "年报"}
    return Baseline.model_validate({**content, "version": version})


def record_value(engine: Engine, indicator: str, given: Value, version: str = "h1") -> None:
    names = ("unit", "period", "state", "numerator", "denominator", "n", "open_numerator", "open_denominator")
    row = {name: getattr(given, name) for name in names}
    more = {
        "indicator": indicator,
        "variant": "",
        "versions": {"indicator": version},
        "as_of": AS_OF,
        "batches": ["b1"],
    }
    with engine.begin() as connection:
        connection.execute(insert(values).values({**row, **more}))


@pytest.fixture
def ctx(settings: Settings, engine: Engine) -> Context:
    return Context(settings, make_registry(ONLINE, ENTERED), engine, AS_OF, "run")


def test_from_the_warehouse_to_a_draft_and_back(ctx: Context, engine: Engine) -> None:
    record_value(engine, "i", value("2023-05", 97, 100))
    record_value(engine, "i", value("2023-06", "90.5", 100))
    record_value(engine, "manual:p/rank", value("2023-03", 9, 1))  # of nobody
    record_value(engine, "manual:p:rank", value("2023", 2, 1))
    draft_id = judge(ctx)
    with engine.begin() as connection:
        draft = read_draft(connection)
        assert draft is not None
        assert (draft.draft_id, draft.as_of, draft.plans) == (draft_id, AS_OF, ("p",))
        rows = list(draft.verdicts.rows())
        assert [(r.target, r.period, r.status, r.reason, r.batches) for r in rows] == [
            ("online", "2023-05", "met", "satisfied", ("b1",)),
            ("online", "2023-06", "not_due", "before_due", ("b1",)),
            ("rank", "2023", "met", "satisfied", ("b1",)),
        ]
        assert rows[1].value == Decimal("90.5")
        assert rows[0].versions.keys() == {"target", "indicator", "calendar", "contract"}
        counts = connection.execute(select(outcomes.c.counts).where(outcomes.c.stage == "judge")).scalar_one()
        assert counts == {"verdicts": 3}
        close_drafts(connection, draft)
        assert read_draft(connection) is None


def test_two_hashes_are_one_definition_while_their_version_is_the_same(engine: Engine) -> None:
    record_value(engine, "i", value("2023-04", 97, 100), version="old")
    record_value(engine, "i", value("2023-05", 97, 100), version="reworded")
    record_value(engine, "i", value("2023-06", 97, 100), version="never published")
    with engine.begin() as connection:
        for name, version in (("old", 1), ("reworded", 2)):
            row = {"kind": "indicator", "name": "i", "version": name, "content": {"version": version}}
            connection.execute(insert(definitions).values(row))
        columns = read_columns(connection, ("i", ""))
    assert columns.definition.tolist() == [1, 2, 0]
    registry = make_registry(ONLINE, version=2)
    (frame,) = judge_frames(registry, lambda _: columns, as_of=AS_OF)
    assert [row.reason for row in frame.rows()] == ["definition_changed", "satisfied", "satisfied"]


def test_baselines_of_the_unit_of_the_office_and_of_the_document() -> None:
    document = {"value": 95, "date": "2022-12-31", "source": "一"}
    months = [value("2023-06", 92, 100, unit=unit) for unit in ("a", "b")]

    def progress(*entered: Baseline, given: dict | None = None) -> list[Decimal | None]:
        registry = make_registry(make_target(id="online", baseline=given), baselines=entered)
        return [row.progress for row in judge_all(registry, {("i", ""): months}, as_of=AS_OF)]

    # to 96: from 88 half of the way, from 80 three quarters
    assert progress(start(80), start(88, "a")) == [Decimal("0.5"), Decimal("0.75")]
    assert progress(start(80), given=document) == [Decimal("0.75")] * 2
    assert progress(given=document) == [Decimal(-3)] * 2
    assert progress() == [None, None]
    assert progress(start(80, version=9), given=None) == [None, None]


def test_the_limit_of_a_case_is_a_variant() -> None:
    target = make_target(id="c", kind="each_case", comparator="<=", value=5, unit="workday", due=None)
    known = {("i", "5 workday"): [value("2023-06", 10, 10)], ("i", ""): [value("2023-06", 1, 10)]}
    (row,) = judge_all(make_registry(target), known, as_of=AS_OF)
    assert (row.status, row.value) == ("met", 100)


def test_sums_are_asked_of_wholes_alone() -> None:
    target = make_target(id="c", kind="cumulative", value=10, unit="count")
    registry = replace(make_registry(target), indicators={"i": make_indicator("count", unit="count")})
    columns = Columns.of([value("2023-06", 10, None, unit=unit) for unit in ("self", "a")])

    def units(**wholes: frozenset[str]) -> list[str]:
        return [row.unit for f in judge_frames(registry, lambda _: columns, as_of=AS_OF, **wholes) for row in f.rows()]

    assert units() == ["self"]
    assert units(wholes=frozenset({"a", "self"})) == ["a", "self"]


def test_nothing_yet_is_no_frame() -> None:
    assert judge_all(make_registry(ONLINE), {}, as_of=AS_OF) == []
