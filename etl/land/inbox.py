"""What waits in the inbox, and which source each file belongs to. Only names and times are looked at."""

from __future__ import annotations

import datetime as dt
import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from schemas.models.contract import Contract
from schemas.models.registry import load_registry
from schemas.settings import Settings

UNKNOWN = "unknown"
"""The source of files that no contract claims."""

_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".download", ".swp")


@dataclass(frozen=True)
class Waiting:
    """One file of the inbox. `sources`: one where it is clear whose it is, none or several where it is not."""

    path: Path
    size: int
    modified: float
    sources: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name as people read it."""
        return read_name(self.path)


def read_name(path: Path) -> str:
    """The name of a file; what an old server has written in GBK is read as that, for no database takes broken text."""
    try:
        path.name.encode()
    except UnicodeEncodeError:
        raw = os.fsencode(path.name)
        try:
            return raw.decode("gb18030")
        except UnicodeDecodeError:
            return raw.decode("utf-8", "replace")
    return path.name


def waiting_files(
    settings: Settings,
    *,
    stable_seconds: float,
    now: dt.datetime,
    contracts: Mapping[str, Contract] | None = None,
) -> dict[str, list[Path]]:
    """Files that have not changed for `stable_seconds`, by source; unclear ones under `unknown`.

    Cheap enough for once a minute: it looks at names and times only.
    """
    if contracts is None:
        contracts = load_registry(settings.schema_folders).in_use().contracts
    found: dict[str, list[Path]] = {}
    for file in find_waiting(settings.inbox, contracts, stable_seconds=stable_seconds, now=now):
        source = file.sources[0] if len(file.sources) == 1 else UNKNOWN
        found.setdefault(source, []).append(file.path)
    return found


def find_waiting(
    inbox: Path, contracts: Mapping[str, Contract], *, stable_seconds: float, now: dt.datetime
) -> Iterator[Waiting]:
    """Regular files below the inbox, sorted; hidden, unfinished and changing ones, and all links, are left."""
    for path in _walk(inbox):
        try:
            status = path.lstat()
        except FileNotFoundError:
            continue
        # Without a wait the clock does not matter (it may be another one than that of the file system).
        if stable_seconds and now.timestamp() - status.st_mtime < stable_seconds:
            continue
        sources = choose_sources(path.relative_to(inbox), contracts)
        yield Waiting(path, status.st_size, status.st_mtime, sources)


def _walk(inbox: Path) -> Iterator[Path]:
    if not inbox.is_dir():
        return
    for entry in sorted(os.scandir(inbox), key=lambda e: e.name):
        if entry.name.startswith((".", "~$")) or entry.is_symlink():
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path))
        elif entry.is_file(follow_symlinks=False) and not entry.name.lower().endswith(_UNFINISHED):
            yield Path(entry.path)


def choose_sources(relative: Path, contracts: Mapping[str, Contract]) -> tuple[str, ...]:
    """A folder named like a source wins; else every source whose patterns fit the file name."""
    for part in relative.parts[:-1]:
        if part in contracts:
            return (part,)
    return tuple(sorted(_match_name(read_name(relative), contracts.values())))


def _match_name(name: str, contracts: Iterable[Contract]) -> Iterator[str]:
    # macOS and some archives store names decomposed; patterns are composed.
    composed = unicodedata.normalize("NFC", name)
    for contract in contracts:
        if any(fnmatchcase(composed, pattern) for pattern in contract.files):
            yield contract.id
