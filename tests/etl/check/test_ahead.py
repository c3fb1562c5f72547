"""What is made ahead comes in order, faults come where they belong, and no thread stays behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from etl.check.ahead import read_ahead


def count_makers() -> int:
    return sum(thread.name == "read-ahead" for thread in threading.enumerate())


def test_items_come_in_order_and_are_made_by_another_thread() -> None:
    makers: set[int] = set()

    def make() -> Iterator[int]:
        for number in range(50):
            makers.add(threading.get_ident())
            yield number

    assert list(read_ahead(make())) == list(range(50))
    assert makers
    assert threading.get_ident() not in makers
    assert count_makers() == 0


def test_a_fault_comes_after_the_items_before_it() -> None:
    def make() -> Iterator[int]:
        yield 1
        yield 2
        raise MemoryError("full")

    seen: list[int] = []
    with pytest.raises(MemoryError, match="full"):
        seen.extend(read_ahead(make()))
    given = read_ahead(make())
    assert [next(given), next(given)] == [1, 2]
    with pytest.raises(MemoryError, match="full"):
        next(given)
    assert count_makers() == 0


def test_who_stops_early_ends_the_maker_and_closes_what_it_holds() -> None:
    closed = threading.Event()

    def make() -> Iterator[int]:
        try:
            yield from range(10**9)
        finally:
            closed.set()

    given = read_ahead(make())
    assert next(given) == 0
    given.close()
    assert count_makers() == 0
    assert closed.wait(5)
