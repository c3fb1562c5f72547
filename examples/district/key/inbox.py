"""What came in from one source: the state of every period, and the rows as they stand after all files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from examples.district.filings import Cell, Filing, Values, owed_on
from examples.district.pack import Contract
from examples.district.spans import Span, list_spans


@dataclass(frozen=True)
class Inbox:
    """One source's files.

    Attributes:
        spans: the periods in play, in order.
        states: why a period has no data; None where it has.
        accepted: for each period the file that stands.
    """

    contract: Contract
    spans: tuple[Span, ...]
    states: Mapping[str, str | None]
    accepted: Mapping[str, Filing]


def table_of(filing: Filing) -> list[Values]:
    """The table as it was sent. One whose rows name their own period is never that of the period before."""
    return [line.values for line in filing.lines]


def state_of(contract: Contract, sent: Sequence[Filing], standing: Filing | None, before: Filing | None) -> str | None:
    """Why a period has no data; None where it has, a declared zero report included."""
    if standing is None:
        return "failed_check" if sent else "not_reported"
    if not standing.lines:
        return None if contract.zero_report else "reported_empty"
    if contract.kind == "report" and not standing.good_lines:
        return "failed_check"
    is_copy = contract.kind == "report" and before and table_of(standing) == table_of(before)
    return "unchanged_copy" if is_copy else None


def open_inbox(contract: Contract, filings: Sequence[Filing], first: dt.date, as_of: dt.date) -> Inbox:
    """Sort the source's files by period; a period is in play when a file came or its due day has passed."""
    mine = sorted((f for f in filings if f.contract.id == contract.id), key=lambda filing: filing.sent)
    accepted = {filing.span.label: filing for filing in mine if filing.is_accepted}
    begun = list_spans(first, as_of, contract.grain)
    spans = sorted({*begun, *(filing.span for filing in mine)}, key=lambda span: span.first)
    states: dict[str, str | None] = {}
    kept: list[Span] = []
    before: Filing | None = None
    for span in spans:
        sent = [filing for filing in mine if filing.span == span]
        standing = accepted.get(span.label)
        if sent or as_of > owed_on(contract, span):
            states[span.label] = state_of(contract, sent, standing, before)
            kept.append(span)
        before = standing
    return Inbox(contract, tuple(kept), states, accepted)


def merge_cases(inbox: Inbox) -> list[Values]:
    """Every case as the last export that knew it told it; rows kept out tell nothing."""
    merged: dict[tuple[Cell, ...], Values] = {}
    for span in inbox.spans:
        filing = inbox.accepted.get(span.label)
        for line in filing.good_lines if filing else ():
            merged[tuple(line.values[column] for column in inbox.contract.key)] = line.values
    return list(merged.values())


def list_expected(inbox: Inbox) -> dict[str, str]:
    """Unit -> the first period in which it is expected: from the start where the contract lists it, else when seen."""
    column = inbox.contract.unit_column
    if column is None or not inbox.spans:
        return {}
    if inbox.contract.reporters:
        return dict.fromkeys(inbox.contract.reporters, inbox.spans[0].label)
    first: dict[str, str] = {}
    for span in inbox.spans:
        filing = inbox.accepted.get(span.label)
        for line in filing.good_lines if filing else ():
            first.setdefault(str(line.values[column]), span.label)
    return first
