"""Reads the sheet of corrected rows in the sandbox, as every file of a sender is read."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter

from etl.check.corrections import MarkedRow, read_marked_rows
from etl.check.reader import find_limits
from etl.core.sandbox import CrashedError, FaultError, TooCostlyError, call_sandbox
from schemas.models.contract import Contract
from schemas.settings import Settings

_ROWS: TypeAdapter[list[MarkedRow]] = TypeAdapter(list[MarkedRow])


def read_marked(path: Path, contract: Contract, settings: Settings) -> list[MarkedRow]:
    """As `read_marked_rows`; empty where the file cannot be read, which its check will tell."""
    try:
        return _ROWS.validate_json(call_sandbox(__name__, (path, contract), find_limits(path, settings)))
    except (TooCostlyError, CrashedError, FaultError):
        return []


def prepare() -> None:
    """Everything is imported with this module."""


def answer(argument: tuple[Path, Contract]) -> bytes:
    """The marked rows of one file."""
    return _ROWS.dump_json(read_marked_rows(*argument))
