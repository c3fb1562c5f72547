"""Settled columns as the frame that publish takes: numbers in the target's unit, interval, gap, marks and sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from etl.core.verdict_frames import (
    BETWEEN_BATCHES,
    NAME,
    SCHEMA,
    Promised,
    VerdictFrame,
    canonical_json,
)
from etl.judge.case import Case
from etl.judge.exact import Bools
from etl.judge.frame import Codes, Columns, Objects
from etl.judge.lights import light_rows
from etl.judge.marks import note_marks
from etl.judge.numbers import gap_of, number_columns
from etl.judge.reasons import LIGHTS, REASONS, STATUSES
from etl.judge.sentences import write_sentences
from etl.judge.settled import Verdicts

_EPOCH = dt.date(1970, 1, 1).toordinal()


def build_frame(
    case: Case, plan: str, columns: Columns, verdicts: Verdicts, versions: Mapping[str, str]
) -> VerdictFrame:
    """All verdicts of one target; the rules have settled every row."""
    note_marks(case, columns, verdicts)
    lit = light_rows(case, columns, verdicts)
    made = {
        "unit": _named(columns.unit, columns.unit_names),
        "period": _named(columns.period, [p.text for p in columns.periods]),
        "period_end": pa.array((columns.ends - _EPOCH).astype(np.int32)).cast(pa.date32()),
        "is_current": pa.array(lit.current),
        "status": _named(verdicts.status, STATUSES),
        "reason": _named(verdicts.reason, REASONS),
        "light": _named(lit.light, LIGHTS),
        "carried_from": _named(columns.period[lit.carried], [p.text for p in columns.periods], lit.carried >= 0),
        "batches": _named(columns.batch, [BETWEEN_BATCHES.join(batches) for batches in columns.batch_lists]),
        "marks": pa.array(_mark_texts(verdicts), type=pa.string()),
        "pooled": pa.array(verdicts.pooled, type=pa.int64(), mask=verdicts.pooled == 0),
        **number_columns(case, columns, verdicts),
        "sentence": _sentences(case, columns, verdicts, english=False),
        "sentence_en": _sentences(case, columns, verdicts, english=True),
    }
    table = pa.table([made[name] for name in SCHEMA.names], schema=SCHEMA)
    return VerdictFrame(_promise(case, plan, versions), table)


def _promise(case: Case, plan: str, versions: Mapping[str, str]) -> Promised:
    target = case.target
    return Promised(
        plan=plan,
        target=target.id,
        comparator=target.comparator,
        target_value=target.value,
        target_unit=target.unit,
        stretch=target.stretch,
        clause=target.clause,
        due=target.due,
        basis=target.basis,
        strength=target.strength,
        control=target.control,
        versions=versions,
    )


def _sentences(case: Case, columns: Columns, verdicts: Verdicts, *, english: bool) -> pa.Array:
    texts = write_sentences(case, columns, verdicts, gap_of(case, verdicts.points), english=english)
    return pa.array(texts, type=pa.string())


def _named(codes: Codes, names: Sequence[str], where: Bools | None = None) -> pa.DictionaryArray:
    mask = None if where is None else ~where
    return pa.DictionaryArray.from_arrays(
        pa.array(codes, type=NAME.index_type, mask=mask), pa.array(names, pa.string())
    )


def _mark_texts(verdicts: Verdicts) -> Objects:
    """The marks of each row as one canonical JSON text."""
    texts: Any = np.full(len(verdicts.status), "", dtype=object)
    for name in sorted(verdicts.marks):
        column = verdicts.marks[name]
        there = np.flatnonzero(verdicts.marked(name))
        if not len(there):
            continue
        distinct = {value: canonical_json({name: value})[1:-1] for value in set(column[there].tolist())}
        written = np.array([distinct[value] for value in column[there].tolist()], dtype=object)
        before = texts[there]
        texts[there] = np.where(before == "", written, before + ", " + written)
    return "{" + texts + "}"
