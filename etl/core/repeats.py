"""Repeated cases: the same person about the same matter again within so many days (semantics: tickets).

Whether a case is one follows from the cases before it, so it is worked out whenever rows are read. Persons are keyed
hashes; equal ones are the same person. Tables are Ibis expressions, which static types cannot follow.
"""

from __future__ import annotations

from typing import Any

import ibis

from schemas.models.contract import Contract
from schemas.models.contract_events import IS_REPEAT


def mark_repeats(table: Any, contract: Contract) -> Any:
    """Add `is_repeat` where the contract's events say what a repeat is: the one before was received `days` ago or less.

    A case without one of the words of `by` is no repeat of anything. Of two cases of one day the later line is.
    """
    repeat = contract.events.repeat if contract.events else None
    if repeat is None or contract.received is None:
        return table
    day = table[contract.received].cast("date")
    order = [table[contract.received], *(table[name] for name in contract.key)]
    window = ibis.window(group_by=[table[name] for name in repeat.by], order_by=order)
    gap = day.epoch_days() - day.lag().over(window).epoch_days()
    known = ibis.literal(True)
    for name in repeat.by:
        known = known & table[name].notnull()
    return table.mutate(**{IS_REPEAT: ((gap <= repeat.days) & known).fill_null(False)})
