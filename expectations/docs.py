"""Data Docs: what every contract promises and what its newest file kept of it, as pages for engineers.

The pages are Great Expectations' own, rendered without a data context. Its templates ask several CDNs for styles and
scripts and an Amazon bucket for a logo: `expectations.docs_page` takes all of that out. Results are counts; no cell is
shown.
"""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from expectations.docs_page import clean_page, make_page
from expectations.suite import Expected, build_suite
from schemas.models.contract import Contract, PairRule

SUITES, RESULTS = "suites", "results"


@dataclass(frozen=True)
class LastResult:
    """What the newest judged file of a source kept.

    Attributes:
        batch_id: the file; `period` it speaks of, `checked_at` when it was judged.
        rows: its data rows.
        broken: (code, contract column or None) -> how many rows, or findings about the whole file, break it.
        silent: codes of rules that could not run.
    """

    batch_id: str
    period: str | None
    checked_at: dt.datetime
    rows: int
    broken: Mapping[tuple[str, str | None], int] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()

    def count(self, expected: Expected) -> int:
        """How often an expectation was broken; a rule over several columns is shown at any one of them."""
        return sum(
            rows
            for (code, column), rows in self.broken.items()
            if code == expected.code and expected.column in (None, column)
        )


@dataclass(frozen=True)
class SourceDocs:
    """One source of the site; `result` None where no file of it was judged yet."""

    contract: Contract
    result: LastResult | None = None


def write_docs(folder: Path, sources: Sequence[SourceDocs]) -> int:
    """Write `index.html`, `suites/<source>.html` and `results/<source>.html`; how many pages.

    Args:
        folder: there already, and empty.
        sources: in the order of the index.
    """
    from great_expectations.render.renderer.page_renderer import (
        ExpectationSuitePageRenderer,
        ValidationResultsPageRenderer,
    )
    from great_expectations.render.view.view import DefaultJinjaPageView

    view = DefaultJinjaPageView()
    for name in (SUITES, RESULTS):
        (folder / name).mkdir(parents=True)
    pages = 1
    for source in sources:
        name, expected = source.contract.id, build_suite(source.contract)
        configs = [_describe(item, source.contract) for item in expected]
        suite = ExpectationSuitePageRenderer().render(_make_suite(source.contract, configs))
        _write(folder / SUITES / f"{name}.html", clean_page(view.render(suite)))
        pages += 1
        if source.result is not None:
            results = _make_results(source.contract, expected, configs, source.result)
            page = ValidationResultsPageRenderer(run_info_at_end=True).render(results)
            _write(folder / RESULTS / f"{name}.html", clean_page(view.render(page), suite=f"../{SUITES}/{name}.html"))
            pages += 1
    _write(folder / "index.html", make_page("Data Docs", _make_index(sources)))
    return pages


def _write(path: Path, page: str) -> None:
    path.write_text(page, encoding="utf-8")


def _make_suite(contract: Contract, configs: Sequence[Any]) -> Any:
    from great_expectations.core.expectation_suite import ExpectationSuite

    notes = f"{contract.name_zh} / {contract.name_en} ({contract.owner})"
    return ExpectationSuite(contract.id, expectations=list(configs), notes=notes)


def _describe(expected: Expected, contract: Contract) -> Any:
    """The expectation under names that people know: of columns their headers, of rules their own words."""
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    kwargs, rule = dict(expected.kwargs), expected.rule
    if isinstance(rule, PairRule) and "column_A" in kwargs:
        ends = {f"{rule.code}__left": rule.left, f"{rule.code}__right": rule.right}
        kwargs |= {side: _name(contract, ends[kwargs[side]]) for side in ("column_A", "column_B")}
    elif "column_A" in kwargs:
        kwargs |= {side: f"{_name(contract, expected.column)} ({kwargs[side]})" for side in ("column_A", "column_B")}
    elif rule is not None:
        kwargs["column"] = f"{rule.code}: {rule.message}" + (f" [{expected.column}]" if expected.column else "")
    else:
        kwargs["column"] = _name(contract, expected.column)
    meta = {"code": expected.code, "level": str(expected.level)}
    return ExpectationConfiguration(type=expected.type, kwargs=kwargs, meta=meta)


def _name(contract: Contract, column: str | None) -> str:
    return f"{column} {contract.column_by_name[column].header}" if column else ""


def _make_results(contract: Contract, expected: Sequence[Expected], configs: Sequence[Any], last: LastResult) -> Any:
    from great_expectations.core.expectation_validation_result import (
        ExpectationSuiteValidationResult,
        ExpectationValidationResult,
    )
    from great_expectations.core.run_identifier import RunIdentifier

    results: list[Any] = []
    for item, config in zip(expected, configs, strict=True):
        silent, count = item.code in last.silent, last.count(item)
        total = last.rows if item.scope != "file" else 1
        share = 100 * min(count, total) / total if total else 0.0
        results.append(
            ExpectationValidationResult(
                success=not silent and not count,
                expectation_config=config,
                result={"element_count": total, "unexpected_count": count, "unexpected_percent": share},
                exception_info={
                    "raised_exception": silent,
                    "exception_message": "the rule could not run; see the log" if silent else None,
                    "exception_traceback": "",
                },
            )
        )
    good = sum(1 for result in results if result.success)
    statistics = {
        "evaluated_expectations": len(results),
        "successful_expectations": good,
        "unsuccessful_expectations": len(results) - good,
        "success_percent": 100 * good / len(results) if results else None,
    }
    run = RunIdentifier(run_name=f"{last.period or '-'} / {last.batch_id}", run_time=last.checked_at)
    meta: dict[str, Any] = {"run_id": run, "active_batch_definition": {}}
    return ExpectationSuiteValidationResult(
        success=good == len(results), results=results, suite_name=contract.id, statistics=statistics, meta=meta
    )


def _make_index(sources: Sequence[SourceDocs]) -> str:
    """Our own: that of Great Expectations is filled by scripts from a CDN."""
    lines = [_index_line(source) for source in sources]
    head = "".join(f"<th>{title}</th>" for title in ("来源", "名称", "约定", "最近一次校验", "数据行", "未满足"))
    return (
        "<p>每个来源的约定（Expectation Suite）和最近一次校验的结果。只有计数，没有单元格的内容。</p>"
        f"<table class='table'><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    )


def _index_line(source: SourceDocs) -> str:
    contract, last = source.contract, source.result
    expected = build_suite(contract)
    cells = [
        html.escape(contract.id),
        html.escape(contract.name_zh),
        f"<a href='{SUITES}/{contract.id}.html'>{len(expected)} 项</a>",
    ]
    if last is None:
        cells += ["—", "—", "—"]
    else:
        broken = sum(1 for item in expected if last.count(item) or item.code in last.silent)
        when = f"{last.checked_at:%Y-%m-%d %H:%M}　{html.escape(last.period or '')}"
        cells += [f"<a href='{RESULTS}/{contract.id}.html'>{when}</a>", str(last.rows), f"{broken} 项"]
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
