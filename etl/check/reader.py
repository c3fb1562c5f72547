"""Checks a file in the sandbox. What a file does to its reader is its own refusal, never a failed run."""

from __future__ import annotations

import shutil
from pathlib import Path

from pydantic import TypeAdapter

from etl.check.checked import Checked
from etl.check.file_period import name_period
from etl.check.findings import make_refusal_finding
from etl.check.request import WORK_PREFIX, CheckRequest
from etl.core.sandbox import CrashedError, FaultError, Limits, TooCostlyError, call_sandbox
from schemas.settings import Settings

_SANDBOXED = "etl.check.sandboxed"
_RESULT: TypeAdapter[Checked] = TypeAdapter(Checked)
_WHOLE = (b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1"))
"""How files begin that are read as a whole; text is read in blocks and may take longer the longer it is."""
_GB = 1000**3
_MB = 1024**2


def read_file(request: CheckRequest, settings: Settings) -> Checked:
    """Check one file in the child process.

    Returns:
        What `check_request` gives; or refused with `FILE.TOO_COSTLY` or `FILE.CRASHED_READER`.

    Raises:
        OSError: the file is not there or cannot be read.
        FaultError: a fault of ours; without words where the file holds persons.
    """
    limits = find_limits(request.path, settings)
    try:
        return _RESULT.validate_json(call_sandbox(_SANDBOXED, request, limits))
    except TooCostlyError as error:
        return _refuse_costly(request, settings, error.what)
    except CrashedError as error:
        message = "文件使读取程序意外中止，未予读取"
        todo = "请用 WPS 或 Excel 打开后另存为 xlsx 格式再报送；仍然如此请联系营商办"
        return _refuse(request, "FILE.CRASHED_READER", message, todo, reader=error.how)
    except FaultError as error:
        raise (error.without_words() if request.contract.has_personal else error) from None
    finally:
        _sweep(request)


def find_limits(path: Path, settings: Settings) -> Limits:
    """What the check of this file may take."""
    with path.open("rb") as file:
        head = file.read(8)
    seconds = float(settings.check_seconds)
    if not head.startswith(_WHOLE):
        seconds += settings.check_seconds_per_gb * path.stat().st_size / _GB
    return Limits(settings.check_memory_mb * _MB, seconds)


def _refuse_costly(request: CheckRequest, settings: Settings, what: str) -> Checked:
    bound = f"内存超过 {settings.check_memory_mb} MB" if what == "memory" else "用时过长"
    message = f"读取文件所需的{bound}，已中止"
    todo = "请删去多余的工作表、空行和格式，分成几个文件，或另存为 CSV 后重新报送"
    return _refuse(request, "FILE.TOO_COSTLY", message, todo, reader=what)


def _refuse(request: CheckRequest, code: str, message: str, todo: str, *, reader: str) -> Checked:
    """`reader` is for the engineer: how the child ended."""
    period = name_period(request.contract, request.file_name, request.as_of)
    return Checked(
        status="refused",
        code=code,
        message=message,
        todo=todo,
        findings=(make_refusal_finding(code, message, todo),),
        reading={"reader": reader},
        period=period.period if period else None,
        covers=period.covers if period else (),
    )


def _sweep(request: CheckRequest) -> None:
    """A child that was ended leaves its folder behind."""
    if request.staged is not None:
        for folder in request.staged.parent.glob(f"{WORK_PREFIX}*"):
            shutil.rmtree(folder, ignore_errors=True)
