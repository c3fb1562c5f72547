"""A nation of districts judged and compared with what is recorded, in one process: time, growth and peak memory.

Values, small numbers, silences, open cases and baselines are made up by a fixed seed, target by target; making them and
the recorded side is not timed. Judged means all that a verdict says: status, reason, light, value, parts, n, interval,
gap, pace, projected end, marks, versions, and both sentences; compared means content hashes and what is new or gone.
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from bench.figure import Figure
from etl.core.periods import parse_period
from etl.core.verdict_frames import VerdictFrame
from etl.judge.frame import Columns
from etl.judge.reasons import OK, state_code
from etl.judge.stage import MeasureKey, judge_frames
from etl.publish.differences import compare_target
from etl.publish.hashing import hash_frame
from schemas.models.calendar import CalendarSpec
from schemas.models.contract import Contract
from schemas.models.indicator import Indicator
from schemas.models.plan import Baseline, Plan, Target
from schemas.models.registry import Pack, Registry
from schemas.models.yaml_source import YamlSource
from schemas.settings import REPO

DISTRICTS = 3000
AS_OF = dt.date(2023, 12, 10)
AIM_SECONDS, AIM_GIB, AIM_GROWTH = 120.0, 2.0, 11.0
MIX = {
    **{"standing": 36, "by_deadline": 36, "each_case": 20, "average_case": 15, "cumulative": 13, "coverage": 10},
    **{"reduction": 5, "growth": 5, "rank": 5, "cadence": 5},
    "milestone": 10,
}
"""150 targets with twelve months each, and ten deliverables, which have one verdict a district."""
_GOALS = {
    "standing": (">=", 90, "%"),
    "by_deadline": (">=", 95, "%"),
    "each_case": ("<=", 5, "workday"),
    "average_case": ("<=", 3, "workday"),
    "cumulative": (">=", 400, "count"),
    "coverage": (">=", 98, "%"),
    "reduction": (">=", 20, "%"),
    "growth": (">=", 10, "%"),
    "rank": ("<=", 500, "rank"),
    "cadence": (">=", 2, "count"),
    "milestone": (">=", None, "count"),
}
_FORMS = {"each_case": "case_share", "average_case": "case_mean", "cumulative": "count"}
_BY_HAND = ("rank", "cadence", "milestone")
_NO_DUE = ("standing", "each_case", "average_case", "cadence")


def make_registry(districts: int) -> Registry:
    """A plan of the nation: targets of all kinds, an indicator each; every second way has a start of each district."""
    names = [f"{kind}-{i}" for kind, count in MIX.items() for i in range(count)]
    targets = tuple(_target(name) for name in names)
    indicators = {t.indicator: _indicator(t) for t in targets if t.indicator}
    plan = Plan.model_validate(
        {
            **{"id": "nation", "name_zh": "全国", "name_en": "Nation", "jurisdiction": "全国", "coordinator": "办公室"},
            **{"from": "2023-01-01", "until": "2023-12-31"},
            "document": {"number": "1", "title": "方案", "issuer": "全国"},
        }
    )
    pack = Pack(plan, targets, (), YamlSource(REPO, [], None))
    contract = Contract.model_construct(id="source")
    calendars = {"cn": CalendarSpec(id="cn", name_zh="工作日历")}
    registry = Registry({"source": contract}, indicators, {"nation": pack}, calendars, (), (), {})
    return Registry(**{**vars(registry), "baselines": tuple(_baselines(targets, districts))})


def _target(name: str) -> Target:
    kind, _, number = name.partition("-")
    comparator, value, unit = _GOALS[kind]
    due = None if kind in _NO_DUE else dt.date(2023, 12, 31)
    content = {
        **{"id": name.replace("_", "-"), "clause": "一", "name_zh": f"指标{number}", "name_en": name, "area": "甲"},
        **{"kind": kind, "comparator": comparator, "value": value, "unit": unit, "lead_units": ["牵头单位"]},
        **{"from": dt.date(2023, 1, 1), "due": due, "every": "month" if kind == "cadence" else None},
        "indicator": None if kind in _BY_HAND else f"{kind}_{number}",
        "series": name,
        "stretch": 99 if kind in ("standing", "by_deadline") else None,
    }
    return Target.model_validate(content)


def _indicator(target: Target) -> Indicator:
    unit = "hour" if target.kind in ("reduction", "growth") else target.unit
    content = {
        **{"id": target.indicator, "name_zh": target.name_zh, "name_en": target.name_en, "family": "f"},
        **{"source": "source", "form": _FORMS.get(target.kind, "ratio"), "unit": unit, "decimals": 1},
        **{"direction": "higher_is_better", "numerator": {}, "denominator": {}, "missing": "skip"},
        "clock": {"start": "a", "earliest": ["b"]},
    }
    return Indicator.model_validate(content)


def _baselines(targets: tuple[Target, ...], districts: int) -> Iterator[Baseline]:
    """Ways of every second deadline start from a figure of each district; all changes need one."""
    day = dt.date(2022, 12, 31)
    for target in targets:
        number = int(target.id.rpartition("-")[2])
        if target.kind in ("reduction", "growth") or (target.kind == "by_deadline" and number % 2):
            for i in range(districts):
                content = {"plan": "nation", "target": target.id, "unit": _district(i), "value": 60 + i % 20}
                yield Baseline.model_construct(**content, date=day, source="年报", version=None)


def _district(number: int) -> str:
    return f"第{number:04d}县"


def make_columns(key: MeasureKey, districts: int) -> Columns:
    """Twelve months of values of every district; silences, empty months, few cases and open ones among them."""
    name = key[0].rpartition(":")[2].replace("-", "_")
    kind = name.rpartition("_")[0]
    draw = np.random.default_rng(zlib.crc32(name.encode()))
    periods = [parse_period(f"2023-{month:02d}") for month in range(1, 13)]
    months = 1 if kind == "milestone" else 12
    size = districts * months
    n = draw.integers(20, 900, size)
    n = np.where(draw.random(size) < 0.1, draw.integers(0, 5, size), n)
    numerator, denominator, has_denominator = _parts(kind, draw, n)
    state = np.full(size, OK, dtype=np.int16)
    for share, reason in ((0.03, "not_reported"), (0.01, "failed_check"), (0.01, "parts_missing")):
        state[draw.random(size) < share] = state_code(reason)
    has_open = np.full(size, kind == "average_case")
    ages = draw.integers(0, 8, size)
    columns = Columns(
        unit=np.repeat(np.arange(districts, dtype=np.int32), months),
        unit_names=[_district(i) for i in range(districts)],
        period=np.full(size, 11, np.int32) if months == 1 else np.tile(np.arange(12, dtype=np.int32), districts),
        periods=periods,
        state=state,
        numerator=numerator,
        denominator=denominator,
        scale=1,
        has_denominator=np.full(size, has_denominator),
        n=n,
        has_n=np.full(size, True),
        open_numerator=numerator + ages * 3,
        open_denominator=denominator + np.where(denominator > 0, ages, 0),
        has_open=has_open & (denominator > 0),
        definition=np.zeros(size, dtype=np.int32),
        batch=np.arange(size, dtype=np.int32) % (districts * months),
        batch_lists=[(f"{i:012x}",) for i in range(size)],
        extra=np.full(size, None, dtype=object),
        first=np.ones(size, dtype=bool),
    )
    return columns.ordered()


def _parts(kind: str, draw: np.random.Generator, n: Any) -> tuple[Any, Any, bool]:
    """Numerator, denominator, and whether the denominator is told."""
    ones = np.ones(len(n), dtype=np.int64)
    if kind == "milestone":
        return (draw.random(len(n)) < 0.4).astype(np.int64), ones, True
    if kind == "rank":
        return draw.integers(1, 3001, len(n)), ones, True
    if kind in ("cumulative", "cadence"):
        return draw.integers(0, 80 if kind == "cumulative" else 5, len(n)), ones, kind == "cadence"
    if kind == "average_case":
        return draw.integers(1, 4, len(n)) * n, n, True
    if kind in ("reduction", "growth"):
        return draw.integers(40, 90, len(n)) * n, n, True
    late = draw.binomial(n, draw.choice([0.0, 0.02, 0.08], len(n)))
    return n - late, n, True


@dataclass
class Run:
    """Seconds of one run and what came of it."""

    rows: int = 0
    changed: int = 0
    cpu: float = 0.0
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(("judged", "compared"), 0.0))
    reasons: dict[str, int] = field(default_factory=dict)


def run(districts: int) -> Run:
    """Judge and compare; the clock of the engine stands still while values are made."""
    done, registry, clock = Run(), make_registry(districts), _Clock()

    def read(key: MeasureKey) -> Columns:
        clock.stop(done, "judged")
        columns = make_columns(key, districts)
        clock.start()
        return columns

    whole = frozenset(_district(i) for i in range(districts))
    clock.start()
    for frame in judge_frames(registry, read, as_of=AS_OF, wholes=whole):
        clock.stop(done, "judged")
        recorded = _recorded(frame)
        clock.start()
        done.changed += compare_target([frame], recorded).changed
        clock.stop(done, "compared")
        done.rows += len(frame)
        for reason, count in pd.Series(frame.table["reason"].to_numpy()).value_counts().items():
            done.reasons[str(reason)] = done.reasons.get(str(reason), 0) + int(count)
        clock.start()
    clock.stop(done, "judged")
    return done


class _Clock:
    def start(self) -> None:
        self._since, self._cpu = time.perf_counter(), time.process_time()

    def stop(self, done: Run, part: str) -> None:
        done.seconds[part] += time.perf_counter() - self._since
        done.cpu += time.process_time() - self._cpu


def _recorded(frame: VerdictFrame) -> pd.DataFrame:
    """What the warehouse would hold: the same verdicts, every hundredth of another content."""
    hashes = hash_frame(frame)
    hashes[::100] = ["0" * len(hashes[0])] * len(hashes[::100])
    table = frame.table
    names = {name: table[name].to_numpy() for name in ("unit", "period")}
    return pd.DataFrame({"id": np.arange(len(frame)), **names, "content_hash": hashes})


def measure() -> list[Figure]:
    """A tenth of the nation, then all of it, each in a process of its own."""
    small, whole = (_run_child(districts) for districts in (DISTRICTS // 10, DISTRICTS))
    rows, seconds = whole["rows"], whole["parts"]
    print(f"nation: {rows:,} verdicts, {whole['changed']:,} differ; {whole['cpu']:.1f} s of processor time")
    print(f"nation: a tenth of it took {small['total']:.1f} s ({small['cpu']:.1f} s of processor time)")
    return [
        Figure(f"nation: {rows:,} verdicts judged and compared", whole["total"], AIM_SECONDS, "s", seconds),
        Figure("nation: peak memory", whole["peak_gib"], AIM_GIB, "GiB", {}),
        Figure("nation: time over that of a tenth", whole["total"] / small["total"], AIM_GROWTH, "times", {}),
    ]


def _run_child(districts: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.nation", str(districts)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=REPO)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """One run; prints its figures as JSON."""
    done = run(int(sys.argv[1]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    whole = {"rows": done.rows, "changed": done.changed, "total": sum(done.seconds.values()), "parts": done.seconds}
    print(json.dumps({**whole, "cpu": done.cpu, "peak_gib": peak, "reasons": done.reasons}, ensure_ascii=False))


if __name__ == "__main__":
    main()
