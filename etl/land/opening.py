"""Opens archives in the sandbox: what a zip does to its reader is its own refusal, never a failed run."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from etl.core.sandbox import CrashedError, Limits, TooCostlyError, call_sandbox
from etl.land import archives
from etl.land.archives import UnusableArchiveError
from etl.land.inbox import read_name
from schemas.settings import Settings

_ZIP = b"PK\x03\x04"
_MB = 1024**2


def is_archive(path: Path, settings: Settings) -> bool:
    """A zip that is no workbook.

    Raises:
        UnusableArchiveError: looking at it costs too much already.
    """
    try:
        with path.open("rb") as file:
            if file.read(4) != _ZIP:
                return False
    except OSError:
        return False  # gone, or not to be read: landing tells
    return bool(_call("is_archive", path, settings))


def unpack(path: Path, settings: Settings) -> list[str]:
    """The names of the new files beside it.

    Raises:
        UnusableArchiveError: nothing was unpacked.
    """
    try:
        return list(_call("unpack", path, settings))
    finally:
        for part in path.parent.glob(f".{glob_escape(path.name[:40])}.*.part"):
            part.unlink(missing_ok=True)  # of a child that was ended


def glob_escape(name: str) -> str:
    """A name as a pattern that means itself."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def _call(question: Literal["is_archive", "unpack"], path: Path, settings: Settings) -> Any:
    limits = Limits(settings.check_memory_mb * _MB, settings.check_seconds)
    try:
        told = json.loads(call_sandbox(__name__, (question, path), limits))
    except (TooCostlyError, CrashedError) as error:
        code = "FILE.TOO_COSTLY" if isinstance(error, TooCostlyError) else "FILE.CRASHED_READER"
        message = f"压缩包「{read_name(path)}」打开时耗费过大或使程序中止，未予展开"
        raise UnusableArchiveError(code, message, "请分成几个压缩包，或直接报送里面的文件") from error
    if "refused" in told:
        raise UnusableArchiveError(**told["refused"])
    return told["answer"]


def prepare() -> None:
    """In the child: nothing costs anything here."""


def answer(request: tuple[str, Path]) -> bytes:
    """In the child: the answer, or why the archive cannot be used."""
    question, path = request
    ask = {"is_archive": archives.is_archive, "unpack": archives.unpack}[question]
    try:
        return json.dumps({"answer": ask(path)}).encode()
    except UnusableArchiveError as unusable:
        return json.dumps({"refused": asdict(unusable)}).encode()
