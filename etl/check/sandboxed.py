"""The check as the sandbox runs it: a request in, the result as JSON out, the accepted rows as a file."""

from __future__ import annotations

import pyarrow as pa
from pydantic import TypeAdapter

from etl.check.checked import Checked
from etl.check.checking import check_request
from etl.check.request import CheckRequest

RESULT: TypeAdapter[Checked] = TypeAdapter(Checked)


def prepare() -> None:
    """What this module imports is there now, before a file's own time runs.

    Great Expectations is imported by the first file that gets as far as its rules (seconds and 130 MB of its own
    limits), so that a child which was ended over a bad file is replaced quickly.
    """


def answer(request: CheckRequest) -> bytes:
    """Check one file."""
    try:
        return RESULT.dump_json(check_request(request))
    finally:
        pa.default_memory_pool().release_unused()
