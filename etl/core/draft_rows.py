"""Verdict frames as JSON and back: what was promised as plain fields, the columns as one compressed Arrow stream."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from pydantic import TypeAdapter

from etl.core.verdict_frames import SCHEMA, Promised, VerdictFrame

_PROMISED = TypeAdapter(Promised)
_SMALL = 256
"""Rows up to which nothing is compressed: to pack and unpack the buffers would take longer than all the rest."""


def dump_frame(frame: VerdictFrame) -> dict[str, Any]:
    """A JSON object that `parse_frame` reads back without loss."""
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd" if len(frame) > _SMALL else None)
    with pa.ipc.new_stream(sink, frame.table.schema, options=options) as writer:
        writer.write_table(frame.table)
    columns = base64.b64encode(sink.getvalue().to_pybytes()).decode()
    return {"promised": _PROMISED.dump_python(frame.promised, mode="json"), "columns": columns}


def parse_frame(content: Mapping[str, Any]) -> VerdictFrame:
    """The frame that `dump_frame` wrote.

    Raises:
        ValueError: the columns are not those of a frame.
    """
    with pa.ipc.open_stream(base64.b64decode(content["columns"])) as reader:
        table = reader.read_all()
    if table.schema != SCHEMA:
        raise ValueError("a draft holds other columns than verdicts have; judge again")
    return VerdictFrame(_PROMISED.validate_python(content["promised"]), table)
