"""Root starts the server under another account, which must be able to execute the binaries."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.core.embedded import account
from etl.core.embedded.account import Account, can_pass, choose_account, copy_installation, find_wheel

NOBODY = Account("nobody", 65534, 65534)
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives processes to another account")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder everybody may pass (pytest's own temporary folders are closed)."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize(("mode", "passable"), [(0o700, False), (0o710, False), (0o711, True), (0o755, True)])
def test_passage_is_judged_by_the_execute_bit(open_folder: Path, mode: int, passable: bool) -> None:
    inner = open_folder / "closed" / "inner"
    inner.mkdir(parents=True)
    inner.parent.chmod(mode)
    if inner.stat().st_uid == NOBODY.uid:
        pytest.skip("runs as nobody itself")
    assert can_pass(inner, NOBODY) is passable


@needs_root
def test_account_is_the_owner_of_existing_data(open_folder: Path) -> None:
    fresh = choose_account(open_folder / "pg")
    assert fresh is not None
    assert fresh.name in account.ACCOUNTS
    os.chown(open_folder, 1, 1)
    assert choose_account(open_folder) == Account("1", 1, 1)


@needs_root
def test_copied_binaries_run_under_the_account(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "BINARY_CACHE", open_folder / "cache")
    copied = copy_installation(find_wheel())
    assert copied == copy_installation(find_wheel()), "copied once only"
    for name in ("postgres", "initdb"):
        program = copied / account.INSTALLATION / "bin" / name
        result = subprocess.run([program, "--version"], user=NOBODY.uid, group=NOBODY.gid, capture_output=True, cwd="/")
        assert result.stdout.startswith(f"{name} (PostgreSQL) 18".encode()), result.stderr
