"""Runs a suite with Great Expectations, the one judge of rows, and says which rows break which promise.

The import of Great Expectations costs seconds: it happens at the first run of a process, never at import time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import pandas as pd

from expectations.frame import ROW, narrow_frame
from expectations.suite import Expected, build_suite
from schemas.models.contract import Contract


@dataclass(frozen=True)
class RuleResult:
    """What became of one expectation.

    Attributes:
        expected: the expectation, with code, level, column and rule.
        bad: positions (int64, ascending) in the frame that was handed in.
        could_not_run: why there is no answer; None where there is one. Never the sender's fault.
    """

    expected: Expected
    bad: np.ndarray
    could_not_run: str | None = None

    @property
    def code(self) -> str:
        return self.expected.code

    @property
    def column(self) -> str | None:
        return self.expected.column


@lru_cache(maxsize=1)
def _open_judge() -> Any:
    """A batch definition of an in-memory context: nothing is written to disk, nothing is sent, no progress bars."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return (
        context.data_sources.add_pandas("rows").add_dataframe_asset("rows").add_batch_definition_whole_dataframe("rows")
    )


def prepare() -> None:
    """Import Great Expectations and open its context now; a program that is forked does it once for all forks."""
    from great_expectations.core.expectation_suite import ExpectationSuite  # noqa: F401
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration  # noqa: F401

    _open_judge()


def run_rules(frame: pd.DataFrame, contract: Contract, *, scope: Literal["rows", "table"] = "rows") -> list[RuleResult]:
    """Judge typed rows.

    Args:
        frame: contract columns by name (Arrow-backed), with `X_date_only` beside datetimes; any index, it is ignored.
        contract: the promise. A column that may be absent (`optional_column`) and is, is not judged.
        scope: `table` for the rules that need all rows of a file at once; the frame then holds their facts.

    Returns:
        One result per expectation of the scope, in the order of `build_suite`.
    """
    absent = {c.name for c in contract.columns if c.optional_column and c.name not in frame}
    expected = [e for e in build_suite(contract) if e.scope == scope and not absent.intersection(e.needs)]
    if not expected or frame.empty:
        return [RuleResult(e, _none()) for e in expected]
    return _judge(narrow_frame(frame, contract, expected), expected)


def run_file_rules(facts: Mapping[str, object], contract: Contract) -> list[RuleResult]:
    """Judge the whole file on a one-row frame.

    Args:
        facts: `row_count`, and for each column of a total rule `X__stated` and `X__sum` (None: not known); for each
            rule about earlier files whether it holds.
        contract: the promise.
    """
    expected = [e for e in build_suite(contract) if e.scope == "file"]
    if not expected:
        return []
    frame = pd.DataFrame({name: pd.Series([value], dtype=_fact_type(value)) for name, value in facts.items()})
    return _judge(frame.assign(**{ROW: [0]}), expected)


def _fact_type(value: object) -> str:
    if isinstance(value, bool):
        return "bool"
    return "int64" if isinstance(value, int) else "object"


def _judge(frame: pd.DataFrame, expected: Sequence[Expected]) -> list[RuleResult]:
    from great_expectations.core.expectation_suite import ExpectationSuite
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.validator.v1_validator import Validator

    configs = [
        ExpectationConfiguration(
            type=e.type, kwargs=dict(e.kwargs), meta={"place": i, "code": e.code, "level": e.level}
        )
        for i, e in enumerate(expected)
    ]
    # a `Batch` would do the same, but hash the whole frame once more for an id that nobody reads
    validator = Validator(
        batch_definition=_open_judge(),
        batch_parameters={"dataframe": frame},
        result_format={
            "result_format": "COMPLETE",
            "unexpected_index_column_names": [ROW],
            "include_unexpected_rows": False,
            "partial_unexpected_count": 0,
        },
    )
    answer = validator.validate_expectation_suite(ExpectationSuite("contract", expectations=configs))
    # The answer comes in an order of its own: failed ones first.
    results: list[Any] = answer.results
    by_place = {r.expectation_config.meta["place"]: r for r in results}
    return [_read_answer(by_place.get(i), e) for i, e in enumerate(expected)]


def _make_meta(place: int, expected: Expected) -> dict[str, Any]:
    return {"place": place, "code": expected.code, "level": str(expected.level)}


def _read_answer(answer: Any, expected: Expected) -> RuleResult:
    if answer is None:
        return RuleResult(expected, _none(), "no answer")
    reason = _find_exception(answer.exception_info or {})
    if reason is not None:
        return RuleResult(expected, _none(), reason)
    if answer.success:
        return RuleResult(expected, _none())
    places = answer.result.get("unexpected_index_list")
    if not places:
        return RuleResult(expected, _none(), "failed without naming rows")
    return RuleResult(expected, np.unique(np.fromiter((p[ROW] for p in places), dtype=np.int64, count=len(places))))


def _find_exception(info: Mapping[str, Any]) -> str | None:
    """The first line of the exception, whether it lies flat or under the id of the metric that raised it."""
    nested = [v for v in info.values() if isinstance(v, Mapping)]
    for part in (info, *nested):
        if part.get("raised_exception"):
            return (str(part.get("exception_message") or "").splitlines() or [""])[0][:300] or "exception"
    return None


def _none() -> np.ndarray:
    return np.empty(0, dtype=np.int64)
