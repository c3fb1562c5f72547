"""Write the exports of a district of any plan, and hand over the answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from examples.answers.answer import Answer
from examples.district.entries import HEADERS, enter_all, split_files, to_row
from examples.district.filings import Filing
from examples.district.gather import collect_filings
from examples.district.key import work_out_all
from examples.district.overlay import list_bases, write_baselines, write_contacts
from examples.district.pack import Pack, load_pack
from examples.district.spans import month_end
from examples.district.writing import stamp_file, write_filing
from examples.exports.tables import Table, write_workbook

MANUAL = "manual"
LONGEST = 60


@dataclass(frozen=True)
class Sent:
    """One file that was written; `period` is None for a file of entries by hand, which speaks of many."""

    path: Path
    source: str
    period: str | None
    sent: dt.date


@dataclass(frozen=True)
class District:
    """What was written and what has to come out of it."""

    files: tuple[Sent, ...]
    as_of: dt.date
    answers: tuple[Answer, ...]
    overlay: dict[str, str]


def last_day(pack: Pack, months: int) -> dt.date:
    """The last day of the last simulated month, counted from the month of the plan's first day, not after its end.

    Raises:
        ValueError: `months` is not 1 to 60.
    """
    if not 1 <= months <= LONGEST:
        raise ValueError(f"模拟月数应为 1 到 {LONGEST}，现为 {months}。")
    year, month = divmod(pack.start.year * 12 + pack.start.month - 1 + months - 1, 12)
    return min(month_end(year, month + 1), month_end(pack.until.year, pack.until.month))


def list_contacts(pack: Pack) -> tuple[str, ...]:
    """The units that a mail can go to."""
    return tuple(str(unit["id"]) for unit in pack.units)


def write_entries(out_dir: Path, pack: Pack, as_of: dt.date) -> list[Sent]:
    """The files of the source `manual`, each with its rows under the headers of the template."""
    folder = out_dir / MANUAL
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for number, rows in enumerate(split_files(enter_all(pack, as_of)), start=1):
        path = folder / f"人工填报_第{number}次.xlsx"
        write_workbook(path, Table(headers=HEADERS, rows=[to_row(pack, entry) for entry in rows]))
        sent = as_of + dt.timedelta(days=number)
        stamp_file(path, sent)
        written.append(Sent(path, MANUAL, None, sent))
    return written


def write_filings(out_dir: Path, pack: Pack, filings: Sequence[Filing]) -> list[Sent]:
    return [Sent(write_filing(out_dir, pack, f), f.contract.id, f.span.label, f.sent) for f in filings]


def simulate_district(out_dir: Path, *, plan: str, months: int, seed: int, without: tuple[str, ...] = ()) -> District:
    """Write the files of the plan's first `months` months below `out_dir`; the same seed gives the same bytes.

    Args:
        out_dir: folder that plays the inbox.
        plan: id of the plan.
        months: how many, counted from the month of the plan's first day.
        seed: of the chance that moves single counts; stories and mishaps belong to the plan.
        without: sources that somebody else simulates.

    Raises:
        ValueError: no such plan, or `months` is not 1 to 60.
    """
    pack = load_pack(plan)
    as_of = last_day(pack, months)
    filings = collect_filings(pack, as_of, seed=seed, without=without)
    entries, bases = enter_all(pack, as_of), list_bases(pack, without)
    files = [*write_filings(out_dir, pack, filings), *write_entries(out_dir, pack, as_of)]
    answers = work_out_all(pack, filings, entries, bases, as_of, without)
    overlay = {
        "contacts.yml": write_contacts(pack, list_contacts(pack)),
        "baselines.yml": write_baselines(pack, bases),
    }
    files.sort(key=lambda file: (file.sent, file.path.name))
    return District(tuple(files), as_of, tuple(answers), overlay)
