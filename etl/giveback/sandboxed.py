"""Makes the workbook in the sandbox: an original that kills or exhausts its reader costs us the copy, not the run."""

from __future__ import annotations

from etl.core.sandbox import CrashedError, FaultError, Limits, TooCostlyError, call_sandbox
from etl.giveback.case import Case
from etl.giveback.workbook import Giveback, make_giveback, make_list_alone
from schemas.settings import Settings


def make_safely(case: Case, settings: Settings) -> Giveback:
    """As `make_giveback`, within the limits of a check; beyond them, the list alone."""
    limits = Limits(settings.check_memory_mb << 20, float(settings.check_seconds))
    try:
        content = call_sandbox(__name__, case, limits)
    except (TooCostlyError, CrashedError, FaultError):
        return make_list_alone(case)
    return Giveback(make_list_alone(case).name, content)


def prepare() -> None:
    """Everything is imported with this module."""


def answer(case: Case) -> bytes:
    """The workbook of one case."""
    return make_giveback(case).content
