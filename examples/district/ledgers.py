"""From cases to what a department can write down at the end of a period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from examples.district.cases import date_of
from examples.district.filings import Cell, Line, Values
from examples.district.pack import Contract


def blank_future(contract: Contract, case: Values, cutoff: dt.date) -> dict[str, Cell]:
    """The case as it stood at the end of `cutoff`: later events are empty, and with them what came with them."""
    values = dict(case)
    for column in contract.columns:
        if column.is_date:
            day = date_of(values[column.name])
            values[column.name] = values[column.name] if day and day <= cutoff else None
    for column in contract.columns:
        if not column.required and not column.is_date and column.name != "state":
            values[column.name] = None if waits_for_event(contract, column.name, values) else values[column.name]
    if any(column.name == "state" for column in contract.columns):
        values["state"] = state_of(contract, values)
    return values


def waits_for_event(contract: Contract, name: str, values: Values) -> bool:
    """Whether a figure comes with an event (the same states ask for both) that has not happened."""
    rules = contract.rules_of("required_when")
    mine = [tuple(rule["values"]) for rule in rules if rule["column"] == name]
    events = [r["column"] for r in rules if tuple(r["values"]) in mine and contract.column(r["column"]).is_date]
    return any(values[event] is None for event in events)


def state_of(contract: Contract, values: Values) -> str:
    """The furthest state whose demands are met; without demands, the last one where all events have happened."""
    words = contract.column("state").allowed
    rules = [rule for rule in contract.rules_of("required_when") if rule["when"] == "state"]
    if not rules:
        dates = [column.name for column in contract.columns if column.is_date]
        return words[-1] if all(values[name] is not None for name in dates) else words[0]
    reached = words[0]
    for word in words:
        if all(values[rule["column"]] is not None for rule in rules if word in rule["values"]):
            reached = word
    return reached


def write_ledger(contract: Contract, cases: Sequence[Values], since: dt.date, until: dt.date) -> tuple[Line, ...]:
    """The cases that came in or moved between two days, as they stood on the later one."""
    lines = []
    events = [column.name for column in contract.columns if column.is_date]
    for case in cases:
        came = date_of(case[str(contract.received)])
        days = [date_of(case[event]) for event in events]
        if came and came <= until and any(day and since <= day <= until for day in days):
            lines.append(Line(blank_future(contract, case, until)))
    return tuple(lines)
