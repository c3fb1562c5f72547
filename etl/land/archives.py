"""Zip archives with several exports inside: each member becomes a file of the inbox, and so a batch of its own.

Nothing in an archive is believed: names are only the last part of a path, sizes are counted while they are unpacked.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from etl.core.zip_faults import ZIP_FAULTS
from etl.land.inbox import read_name

MAX_MEMBERS = 500
MAX_UNPACKED_BYTES = 2 * 1024**3
MAX_RATIO = 200
"""Together with more than `_SMALL` bytes: an archive that grows this many times is an attack or a mistake."""

_SMALL = 100 * 1024**2
_CHUNK = 1 << 20
_LONGEST_NAME = 200
_ZIP = b"PK\x03\x04"
_WORKBOOK_PARTS = ("[content_types].xml", "mimetype", "content.xml")
_LITTER = re.compile(r"(?:^|/)(?:__macosx/|\.(?!\.?/)|~\$|thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f/\\]")


@dataclass(frozen=True)
class UnusableArchiveError(Exception):
    """Why nothing of an archive is taken, and what the sender has to do."""

    code: str
    message: str
    todo: str


def is_archive(path: Path) -> bool:
    """A zip that is no workbook (workbooks are zips too)."""
    try:
        with path.open("rb") as file:
            if file.read(4) != _ZIP:
                return False
        with zipfile.ZipFile(path) as archive:
            names = {name.lower() for name in archive.namelist()}
    except ZIP_FAULTS:
        return False
    return not names.intersection(_WORKBOOK_PARTS) and not any(name.startswith("xl/") for name in names)


def unpack(path: Path) -> list[str]:
    """Put the members of an archive beside it, each complete at once. Repeating it is harmless.

    Returns:
        The names of the new files.

    Raises:
        UnusableArchiveError: nothing was unpacked.
    """
    members: list[tuple[str, Path]] = []
    try:
        with zipfile.ZipFile(path) as archive:
            wanted = list(_choose(archive))
            _refuse_excess(path, [info for _, info in wanted])
            left = MAX_UNPACKED_BYTES
            for number, (name, info) in enumerate(wanted):
                part = path.with_name(f".{path.name[:40]}.{number}.part")
                members.append((name, part))
                left -= _write_member(archive, info, part, left)
        return _show(path, members)
    except ZIP_FAULTS as error:
        raise UnusableArchiveError(
            "FILE.ARCHIVE", f"压缩包「{read_name(path)}」已损坏，打不开", "请重新压缩，或直接报送里面的文件"
        ) from error
    finally:
        for _, part in members:
            part.unlink(missing_ok=True)


def _choose(archive: zipfile.ZipFile) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """The files that somebody meant to send, under names of their own."""
    taken: set[str] = set()
    for info in archive.infolist():
        full = _read_name(info).replace("\\", "/")
        if info.is_dir() or full.endswith("/") or _LITTER.search(full):
            continue
        if info.flag_bits & 0x1:
            raise UnusableArchiveError(
                "FILE.PASSWORD", "压缩包设有密码，无法打开", "请取消密码后重新压缩报送，或直接报送里面的文件"
            )
        parts = [_CONTROL.sub("_", part) for part in PurePosixPath(full).parts if part not in ("/", "..", ".")]
        name = shorten(parts[-1]) if parts else "未命名"
        if name in taken:
            name = shorten("_".join(parts))
        stem, ending = Path(name).stem, Path(name).suffix
        while name in taken:
            name = f"{stem}({len(taken)}){ending}"
        taken.add(name)
        yield name, info


def shorten(name: str) -> str:
    """The end of a name, as much as a file system takes: it counts bytes, and Chinese letters have three each."""
    return name.encode("utf-8", "surrogateescape")[-_LONGEST_NAME:].decode("utf-8", "ignore").lstrip()


def _read_name(info: zipfile.ZipInfo) -> str:
    """Windows in China writes names in GBK without saying so; the library has read them as those of old DOS."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _refuse_excess(path: Path, infos: list[zipfile.ZipInfo]) -> None:
    if not infos:
        raise UnusableArchiveError(
            "FILE.ARCHIVE", f"压缩包「{read_name(path)}」里没有文件", "请把要报送的表格放进压缩包，或直接报送"
        )
    unpacked = sum(info.file_size for info in infos)
    if len(infos) > MAX_MEMBERS or unpacked > _limit(path):
        raise _too_large(path)


def _limit(path: Path) -> int:
    return min(MAX_UNPACKED_BYTES, max(MAX_RATIO * path.stat().st_size, _SMALL))


def _too_large(path: Path) -> UnusableArchiveError:
    message = f"压缩包「{read_name(path)}」展开后过大，或文件多于 {MAX_MEMBERS} 个，未予展开"
    return UnusableArchiveError("FILE.TOO_LARGE", message, "请分成几个压缩包，或直接报送里面的文件")


def _write_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, part: Path, left: int) -> int:
    """Unpack one member; what it declares of its size is not believed."""
    written = 0
    with archive.open(info) as source, part.open("wb") as target:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > min(left, max(info.file_size, 1)):
                raise _too_large(Path(str(archive.filename)))
            target.write(chunk)
            if written == len(chunk) and chunk.startswith(_ZIP) and _is_nested(info):
                message = f"压缩包「{read_name(Path(str(archive.filename)))}」里还有压缩包「{part.name}」"
                raise UnusableArchiveError(
                    "FILE.ARCHIVE", message.replace(part.name, _last(info)), "请解开里面的压缩包后重新报送"
                )
    return written


def _last(info: zipfile.ZipInfo) -> str:
    return PurePosixPath(_read_name(info).replace("\\", "/")).name


def _is_nested(info: zipfile.ZipInfo) -> bool:
    """A zip within the zip; workbooks, which are zips too, are known here by their ending alone."""
    return not _last(info).lower().endswith((".xlsx", ".xlsm", ".xlsb", ".ods", ".xls", ".et"))


def _show(path: Path, members: list[tuple[str, Path]]) -> list[str]:
    status = path.stat()
    names = []
    for name, part in members:
        place = path.with_name(name)
        if place.exists():
            place = path.with_name(shorten(f"{place.stem}（{path.stem}）{place.suffix}"))
        # The archive was sent when it was written; its members count as sent then.
        os.utime(part, ns=(status.st_atime_ns, status.st_mtime_ns))
        part.replace(place)
        names.append(place.name)
    return names
