"""Untrusted bytes are read in a child process with limits: whatever they do to it, the caller lives on."""

from etl.core.sandbox.errors import CrashedError, FaultError, TooCostlyError
from etl.core.sandbox.parent import Limits, call_sandbox, close_sandbox

__all__ = ["CrashedError", "FaultError", "Limits", "TooCostlyError", "call_sandbox", "close_sandbox"]
