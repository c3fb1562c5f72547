"""Keeps the bytes of a file: read once for its fingerprint, copied once, checked, made durable, never changed again."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader, BufferedWriter
from pathlib import Path

_CHUNK = 1 << 20
_SAFE_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}")


class StillChangingError(Exception):
    """The file changed while it was read: it stays in the inbox for the next time."""


@dataclass(frozen=True)
class Fingerprint:
    sha256: str
    size: int

    @property
    def batch_id(self) -> str:
        return self.sha256[:12]


def read_fingerprint(path: Path) -> Fingerprint:
    """SHA-256 and size of the bytes.

    Raises:
        StillChangingError: the file was replaced by a link or vanished since it was seen.
    """
    with _open_original(path) as file:
        digest = hashlib.file_digest(file, "sha256")
        return Fingerprint(digest.hexdigest(), file.tell())


@contextmanager
def _open_original(path: Path) -> Iterator[BufferedReader]:
    """Open without following a link, also one that was put there a moment ago."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        raise StillChangingError(path.name) from error
    with os.fdopen(handle, "rb") as file:
        yield file


def keep_original(path: Path, folder: Path, fingerprint: Fingerprint) -> Path:
    """Copy the bytes to `folder/original<ext>`: complete and durable, or not there at all. Repeating it is harmless.

    Raises:
        StillChangingError: the bytes are no longer those of the fingerprint.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept, part = folder / f"original{_safe_ending(path)}", folder / ".original.part"
    digest = hashlib.sha256()
    with _open_original(path) as source, _create_private(part) as target:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    if digest.hexdigest() != fingerprint.sha256:
        part.unlink()
        raise StillChangingError(path.name)
    part.replace(kept)
    for changed in (folder, folder.parent):
        _sync_folder(changed)
    return kept


def _create_private(path: Path) -> BufferedWriter:
    """Originals may hold persons: nobody else reads them, from the first byte on."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(handle, "wb")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _safe_ending(path: Path) -> str:
    """File names are data: only a plain ending goes into a path of ours."""
    return path.suffix.lower() if _SAFE_ENDING.fullmatch(path.suffix) else ""


def remove_landed(path: Path, *, size: int, modified: float) -> None:
    """Take a landed file out of the inbox, unless another one has been put under its name meanwhile."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return
    if (status.st_size, status.st_mtime) == (size, modified):
        path.unlink(missing_ok=True)
