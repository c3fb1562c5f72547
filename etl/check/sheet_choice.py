"""Several sheets with the table: the one of the file's own period, where each sheet says which one is its."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from etl.check.candidates import Candidate, find_titles
from etl.check.headings import find_year
from etl.check.periods import Grain, find_periods, read_heading
from schemas.models.contract import Contract


def choose_sheet(found: Sequence[Candidate], contract: Contract, file_name: str) -> Candidate | None:
    """The sheet that says in its title, else in its name (`3月`), what the file name says; None where in doubt.

    Every other sheet has to say another period: one that is silent may be meant as well.
    """
    grain = contract.period.grain
    named = find_periods(PurePath(file_name).stem, grain)
    if "filename" not in contract.period.read_from or len(named) != 1:
        return None
    told = [_find_period(one, grain, file_name) for one in found]
    return found[told.index(named[0])] if None not in told and told.count(named[0]) == 1 else None


def _find_period(found: Candidate, grain: Grain, file_name: str) -> str | None:
    titles = find_titles(found.grid, found.line - found.height)
    stated = {period for title in titles for period in find_periods(title, grain)}
    if stated:
        return stated.pop() if len(stated) == 1 else None
    return read_heading(found.grid.name, grain, find_year(titles, file_name))
