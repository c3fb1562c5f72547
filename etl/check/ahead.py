"""The next piece of work is made while this one is used; Arrow lets the other core do it."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable
from queue import Full, Queue
from typing import TypeVar, cast

T = TypeVar("T")
_END = object()
_PATIENCE = 0.05


def read_ahead(items: Iterable[T]) -> Generator[T]:
    """The same items in the same order, one of them made ahead in a thread of its own.

    What the maker raises is raised here, after the items before it. The thread is gone when this generator is.
    """
    ready: Queue[object] = Queue(maxsize=1)
    stopped = threading.Event()
    faults: list[BaseException] = []

    def put(item: object) -> bool:
        while not stopped.is_set():
            try:
                ready.put(item, timeout=_PATIENCE)
            except Full:
                continue
            return True
        return False

    def make() -> None:
        try:
            for item in items:
                if not put(item):
                    return
        except BaseException as error:  # noqa: BLE001 - raised again where the items are asked for
            faults.append(error)
        put(_END)

    maker = threading.Thread(target=make, name="read-ahead", daemon=True)
    maker.start()
    try:
        while (item := ready.get()) is not _END:
            yield cast("T", item)
        if faults:
            raise faults[0]
    finally:
        stopped.set()
        maker.join()
