"""Mutated files of every format through the real door of the check; used by the tests and by `python -m bench fuzz`."""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from etl.check.checked import Checked
from etl.check.reader import read_file
from etl.check.request import CheckRequest
from schemas.models.contract import Contract
from schemas.settings import Settings
from tests.etl.check.files import (
    AS_OF,
    UNITS,
    make_report,
    report_rows,
    write_csv,
    write_html,
    write_ods,
    write_xls,
    write_xlsx,
    write_xml,
)

ROWS = [["甲局", 120, 95, "79.2%"], ["乙局", 5, 5, "100%"], ["丙局", 31, 0, "0%"]]
PROVED = ("xlsx", "ods")
"""Formats with a checksum over every part: what is accepted has to be what was written."""
COLUMNS = ("unit", "total", "online", "rate")
_WRITERS: dict[str, Callable[[Path, Sequence[Sequence[Any]]], Path]] = {
    "xlsx": write_xlsx,
    "xls": write_xls,
    "csv": write_csv,
    "html": write_html,
    "xml": write_xml,
    "ods": write_ods,
}


@dataclass
class Fuzzed:
    """What became of all files: format and status -> how many; and every file that went wrong, with the reason."""

    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0


def mutate(data: bytes, draw: random.Random) -> bytes:
    """One to three of: bits flipped, bytes set, a piece cut out, doubled, filled with zeros, or the end missing."""
    made = bytearray(data)
    for _ in range(draw.randint(1, 3)):
        place, size = draw.randrange(max(len(made), 1)), draw.choice((1, 2, 8, 64, 512))
        piece = made[place : place + size]
        match draw.randrange(6):
            case 0:
                made[place : place + 1] = bytes([made[place] ^ (1 << draw.randrange(8))]) if made else b""
            case 1:
                made[place : place + len(piece)] = draw.randbytes(len(piece))
            case 2:
                del made[place : place + size]
            case 3:
                made[place:place] = piece
            case 4:
                made[place : place + len(piece)] = bytes(len(piece))
            case _:
                del made[max(place, 1) :]
    return bytes(made)


def fuzz(count: int, seed: int, settings: Settings) -> Fuzzed:
    """Check `count` mutated files, the formats by turns."""
    done, draw = Fuzzed(), random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="bizenv-fuzz-") as name:
        folder = Path(name)
        contract = make_report(rules=[])
        originals = {form: _write(folder, form) for form in _WRITERS}
        whole = {form: _rows(contract, path, settings) for form, path in originals.items()}
        assert all(len(rows) == len(ROWS) for rows in whole.values()), whole
        for number, form in _turns(count):
            data = mutate(originals[form].read_bytes(), draw)
            path = folder / "mutated"
            path.write_bytes(data)
            started = time.perf_counter()
            reason = _try(done, contract, form, path, settings, whole[form])
            done.slowest = max(done.slowest, time.perf_counter() - started)
            if reason:
                done.wrong.append(f"{form} number {number} of seed {seed}: {reason}")
    return done


def _turns(count: int) -> Iterator[tuple[int, str]]:
    forms = list(_WRITERS)
    return ((number, forms[number % len(forms)]) for number in range(count))


def _write(folder: Path, form: str) -> Path:
    rows = report_rows(*ROWS)
    wide = [[*row, *[""] * (4 - len(row))] for row in rows] if form in ("xml", "ods") else rows
    return _WRITERS[form](folder / f"whole.{form}", wide)


def _rows(contract: Contract, path: Path, settings: Settings) -> list[tuple[Any, ...]]:
    staged = path.with_name("accepted.parquet")
    checked = _check(contract, path, staged, settings)
    assert checked.status == "accepted", checked
    return _staged_rows(staged)


def _check(contract: Contract, path: Path, staged: Path, settings: Settings) -> Checked:
    return read_file(CheckRequest(path, contract, "月报.xls", UNITS, AS_OF, staged, "fuzz"), settings)


def _staged_rows(staged: Path) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in COLUMNS) for row in pq.read_table(staged).to_pylist()]


def _try(
    done: Fuzzed, contract: Contract, form: str, path: Path, settings: Settings, whole: list[tuple[Any, ...]]
) -> str | None:
    """Why it went wrong, if it did."""
    staged = path.with_name("accepted.parquet")
    try:
        checked = _check(contract, path, staged, settings)
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return f"raised {type(error).__name__}: {error}"
    done.seen[form, checked.status] += 1
    done.codes[checked.code or "-"] += 1
    if checked.code == "FILE.CRASHED_READER":
        return f"crashed the reader: {checked.reading}"
    if checked.status == "refused":
        return None if checked.message and checked.todo else "refused without a cure"
    parts = sum(count for kind, count in checked.lines.items() if kind != "total")
    if parts != checked.lines["total"] or checked.rows_accepted + checked.rows_quarantined != checked.lines["data"]:
        return f"lines do not add up: {checked.lines}"
    if checked.status != "accepted":
        return None
    rows = _staged_rows(staged)
    if len(rows) != checked.rows_accepted:
        return f"{len(rows)} rows staged, {checked.rows_accepted} told"
    if form in PROVED and [row for row in rows if row not in whole]:
        return f"accepted what nobody wrote: {rows}"
    return None
