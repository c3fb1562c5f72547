"""Puts drafted promises into a schema folder: only new files, and only where all promises still hold together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from schemas.models.registry import load_registry


class ScaffoldError(ValueError):
    """Why nothing was written, in a sentence for people."""


def write_promises(folders: Sequence[Path], folder: Path, files: Mapping[str, str]) -> list[Path]:
    """Write the files below `folder`; all of them, or none.

    Args:
        folders: the schema folders in use.
        folder: where the files go; it need not be one of them.
        files: path below the folder -> text.

    Raises:
        ScaffoldError: one of the files is there already, or the folder cannot be written.
        ConfigError: the promises would not hold together.
    """
    paths = {folder / name: text for name, text in files.items()}
    if there := next((path for path in paths if path.exists()), None):
        raise ScaffoldError(f"{there} 已经存在；不覆盖，请换一个名称或文件夹（--out）")
    try:
        for path, text in paths.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ScaffoldError(f"写不进 {folder}：请换一个有权限的文件夹") from error
    try:
        load_registry([*folders, *([] if folder in folders else [folder])])
    except Exception:
        for path in paths:
            path.unlink()
        raise
    return list(paths)
