"""Whole sets: what is written, what is closed, what readers see, and when."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import threading
from dataclasses import replace
from decimal import Decimal

import psycopg
import pytest
from sqlalchemy import text

from etl.core.draft_rows import dump_frame, parse_frame
from etl.core.verdict_frames import VerdictFrame
from etl.core.verdict_history import find_set, read_evidence, read_set
from etl.publish import publish_set
from etl.publish.hashing import hash_frame, hash_verdict
from etl.publish.staging import as_set, compare_ahead
from schemas.warehouse.dialect import plain_url
from tests.etl.publish.cases import proof, verdict

PLANS = ("demo-city",)
APRIL = {"period": "2023-04", "is_current": False}


def publish(ctx, *rows, plans=PLANS):
    return publish_set(ctx, rows, plans=plans)


def test_same_day_without_change_makes_no_set(run, ask):
    rows = (verdict("green", **APRIL), verdict("red", evidence=(proof(),)))
    first = publish(run(), *rows)
    again = publish(run(run_id="again"), *rows)
    assert (first.changed, again.set_id, again.changed, again.mails) == (2, None, 0, 0)
    assert ask("select count(*) from publications") == [1]
    assert ask("select count(*) from verdicts") == [2]
    assert ask("select status, code from outcomes where run_id = 'again'") == [("skipped", "SET.UNCHANGED")]


def test_another_day_makes_a_set_without_changed_rows(run, ask):
    rows = (verdict("green"), verdict("red", unit="乙局"))
    publish(run(day=1), *rows)
    second = publish(run(day=2), *rows)
    assert (second.changed, second.mails) == (0, 0)
    found = ask("select as_of, verdict_count, changed_count, state, digest from publications order by set_id")
    assert [f[:4] for f in found] == [
        (dt.date(2023, 6, 1), 2, 2, "published"),
        (dt.date(2023, 6, 2), 2, 0, "published"),
    ]
    assert found[0][4] == found[1][4]
    assert ask("select count(*) from changes") == [1]


def test_scale_and_type_of_numbers_are_no_change(run):
    publish(run(), verdict(value=Decimal("96.50"), n=200))
    same = verdict(value=Decimal("96.5"), n=200, target_value=95, marks={})
    assert publish(run(), same).set_id is None


@pytest.mark.parametrize(
    "other",
    [
        {"sentence": "改了一句话。"},
        {"value": Decimal("96.500001")},
        {"marks": {"rounding": True}},
        {"versions": {"target": "t2", "indicator": "i1"}},
        {"batches": ("b2",)},
        {"due": dt.date(2023, 12, 31)},
    ],
)
def test_every_other_difference_is_a_change(other):
    before = verdict(evidence=(proof(4),))
    assert hash_verdict(replace(before, **other)) != hash_verdict(before)


def test_only_the_differing_row_is_written_and_the_old_one_closed(run, engine, clock, ask):
    kept, old, new = verdict("green", unit="甲局"), verdict("green"), verdict("red", evidence=(proof(4), proof(9)))
    first = publish(run(), kept, old).set_id
    clock.at += dt.timedelta(hours=1)
    second = publish(run(), kept, new)
    assert second.changed == 1
    rows = ask("select unit, light, set_from, set_to, recorded_from, recorded_to from verdicts order by id")
    start, later = clock.at - dt.timedelta(hours=1), clock.at
    assert sorted(rows) == sorted(
        [
            ("甲局", "green", first, None, start, None),
            ("self", "green", first, second.set_id, start, later),
            ("self", "red", second.set_id, None, later, None),
        ]
    )
    with engine.connect() as connection:
        assert {k.row.light for k in read_set(connection, set_id=first)} == {"green"}
        (found,) = [k for k in read_set(connection) if k.row.unit == "self"]
        assert replace(found.row, evidence=read_evidence(connection, found.verdict_id)) == new


def test_evidence_is_looked_up_only_for_rows_that_will_be_written(run, engine, ask):
    kept, old, new = verdict("green", unit="甲局", evidence=(proof(3),)), verdict("green"), verdict("red")
    publish(run(), kept, old)
    rows = (replace(kept, evidence=()), new, verdict(unit="乙局"))
    with engine.connect() as connection:
        assert compare_ahead(connection, as_set(rows), plans=PLANS).differences.numbers == [1, 2]
        # leaves nothing behind on its connection
        assert compare_ahead(connection, as_set(rows[:1]), plans=PLANS).differences.numbers == []
    assert publish(run(), rows[0], replace(new, evidence=(proof(7),)), rows[2]).changed == 2
    assert ask("select line from evidence order by verdict_id") == [3, 7]


def test_a_comparison_ahead_is_made_again_where_another_set_came_between(run, engine, ask):
    publish(run(), verdict("green"))
    verdicts = as_set((verdict("red"),))
    with engine.connect() as connection:
        ahead = compare_ahead(connection, verdicts, plans=PLANS)
    publish(run(), verdict("red"))
    assert publish_set(run(), verdicts, plans=PLANS, ahead=ahead).set_id is None  # it would close and write red again
    with engine.connect() as connection:
        ahead = compare_ahead(connection, verdicts, plans=PLANS)
    other = as_set((verdict("green"),))
    assert publish_set(run(), other, plans=PLANS, ahead=ahead).changed == 1  # of other verdicts
    assert ask("select light from verdicts where set_to is null") == ["green"]


def test_a_draft_on_disk_keeps_its_hash():
    first = verdict("red", evidence=(proof(),), marks={"rounding": True}, due=dt.date(2023, 12, 31))
    for given in (first, verdict("grey"), verdict(value=Decimal("1E+2"), low=Decimal("0.10"))):
        (frame,) = VerdictFrame.of_rows([given])
        again = parse_frame(json.loads(json.dumps(dump_frame(frame))))
        assert hash_frame(again) == hash_frame(frame) == [hash_verdict(given)]
        assert list(again.rows()) == [replace(given, evidence=())]


def test_vanished_rows_are_closed_and_other_plans_stand(run, engine, registry, ask):
    pack = registry.plans["demo-city"]
    second = replace(pack, plan=pack.plan.model_copy(update={"id": "other-city"}))
    both = replace(registry, plans={"demo-city": pack, "other-city": second})
    ctx = run(registry=both)
    theirs = verdict("red", plan="other-city")
    publish(ctx, verdict(), verdict(unit="乙局"), theirs, plans=("demo-city", "other-city"))
    gone = publish(ctx, verdict())
    assert gone.changed == 1
    assert gone.set_id is not None
    with engine.connect() as connection:
        keys = [k.row.key[:3] for k in read_set(connection)]
        assert keys == [("demo-city", "online", "self"), ("other-city", "online", "self")]
        assert len(read_set(connection, set_id=gone.set_id - 1)) == 3
        assert len(read_set(connection, plan="other-city")) == 1
        assert read_set(connection, unit="乙局") == ()
    assert ask("select verdict_count from publications order by set_id desc limit 1") == [2]


def test_digest_is_over_all_hashes_in_key_order(run, ask):
    rows = [verdict(unit="甲局"), verdict(target="shared"), verdict(unit="B"), verdict(unit="self", **APRIL), verdict()]
    publish(run(), *rows)
    ordered = sorted(rows, key=lambda r: tuple(part.encode() for part in r.key))
    by_hand = hashlib.sha256("".join(map(hash_verdict, ordered)).encode()).hexdigest()
    assert ask("select digest from publications") == [by_hand]


def test_known_on_is_the_last_set_of_that_day(run, engine, clock):
    shanghai_evening = dt.datetime(2023, 6, 1, 15, 30, tzinfo=dt.UTC)  # 23:30 on 1 June in Shanghai
    for day, at, light in (
        (1, shanghai_evening, "green"),
        (2, shanghai_evening + dt.timedelta(minutes=20), "yellow"),
        (2, shanghai_evening + dt.timedelta(minutes=40), "red"),  # 00:10 on 2 June
    ):
        clock.at = at
        publish(run(day=day), verdict(light))
    with engine.connect() as connection:
        known = {
            d: [k.row.light for k in read_set(connection, known_on=dt.date(2023, *d))]
            for d in ((5, 31), (6, 1), (6, 2), (7, 1))
        }
        assert known == {(5, 31): [], (6, 1): ["yellow"], (6, 2): ["red"], (7, 1): ["red"]}
        with pytest.raises(LookupError):
            read_set(connection, set_id=99)
        with pytest.raises(ValueError, match="not both"):
            find_set(connection, set_id=1, known_on=dt.date(2023, 6, 1))


def test_age_of_a_carried_light(run, engine):
    origin = verdict("red", period="2023-03", is_current=False)
    carried = replace(verdict("red", value=None), status="no_data", reason="not_reported", carried_from="2023-03")
    publish(run(day=10), origin, carried)
    with engine.connect() as connection:
        ages = {k.row.period: k.age_days for k in read_set(connection)}
    assert ages == {"2023-03": None, "2023-05": (dt.date(2023, 6, 10) - dt.date(2023, 3, 31)).days}


def test_readers_are_woken_with_the_set_after_it_stands(run, database_url):
    with psycopg.connect(plain_url(database_url), autocommit=True) as listener:
        listener.execute("listen bizenv_set")
        set_id = publish(run(), verdict()).set_id
        publish(run(), verdict())
        notes = list(listener.notifies(timeout=1))
        assert [n.payload for n in notes] == [str(set_id)]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((verdict(), verdict("red")), "two verdicts of one key"),
        ((verdict(), verdict(period="2023-04")), "not exactly one current"),
        ((verdict(is_current=False),), "not exactly one current"),
        ((verdict(plan="elsewhere"),), "not being published"),
        ((verdict(value=Decimal("NaN")),), "NaN"),
        ((verdict(evidence=tuple(map(proof, range(1, 202)))),), "201 rows of evidence"),
    ],
)
def test_contradictions_write_nothing(run, ask, rows, words):
    publish(run(), verdict(unit="乙局"))
    with pytest.raises(ValueError, match=words):
        publish(run(day=2), *rows)
    assert ask("select unit, set_to from verdicts") == [("乙局", None)]
    assert ask("select count(*) from publications") == [1]
    assert ask("select status from outcomes where stage = 'publish' order by id") == ["done", "failed"]


def test_floats_are_refused(run):
    with pytest.raises(TypeError, match="float"):
        publish(run(), verdict(low=95.5))


def test_catalogue_and_definitions(run, ask, engine):
    publish(run(), verdict())
    (content,) = ask("select content from targets where target = 'old-promise'")
    assert content["plan"] == "demo-city"
    assert {k: content[k] for k in ("id", "value", "stretch", "from", "due", "kind", "lead_units")} == {
        "id": "old-promise",
        "value": 95,
        "stretch": 98,
        "from": "2022-01-01",
        "due": "2022-12-31",
        "kind": "standing",
        "lead_units": ["甲局"],
    }
    wanted = "plan id clause name_zh name_en area kind comparator value unit stretch strength basis from due control"
    assert set(content) >= {*wanted.split(), "lead_units", "support_units", "indicator", "series", "note"}
    (plan,) = ask("select content from plans")
    assert plan["units"]["乙局"] == "Bureau B"
    assert plan["sources"] == {"services": {"name_zh": "办件统计", "name_en": "Services handled", "owner": "甲局"}}
    kinds = ask("select kind, count(*) from definitions group by kind order by kind")
    assert kinds == [("calendar", 1), ("contract", 1), ("indicator", 1), ("plan", 1), ("target", 5), ("unit", 4)]
    with engine.begin() as connection:  # an unchanged promise keeps its first row
        before = connection.execute(text("select max(first_used_at) from definitions")).scalar_one()
    publish(run(day=2), verdict())
    assert ask("select max(first_used_at) from definitions") == [before]


def test_two_runs_at_once_make_one_set(run, ask):
    rows = tuple(verdict("red", unit=f"所{i:03}") for i in range(300))
    start, found = threading.Barrier(2), []

    def work() -> None:
        start.wait()
        found.append(publish(run(), *rows).set_id)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(found) == 2
    assert found.count(None) == 1
    assert ask("select count(*), count(distinct unit) from verdicts") == [(300, 300)]


def test_a_plan_that_is_gone_is_closed_and_leaves_the_catalogue(run, ask, registry):
    publish(run(), verdict("red"))
    without = run(day=2, registry=replace(registry, plans={}))
    assert publish(without).changed == 1
    assert ask("select count(*) from targets") == ask("select count(*) from plans") == [0]
    assert ask("select count(*) from verdicts where set_to is null") == [0]
