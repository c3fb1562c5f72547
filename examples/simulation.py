"""Write a district's months of exports, and hand over the answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from examples.answers import Answer, work_out
from examples.defects import Defect, plant_defects
from examples.district import simulate_district
from examples.districts import PLAN, SOURCES
from examples.exports.files import MENU_NAME, write_menu, write_submission
from examples.overlay import write_baselines
from examples.snapshots import collect_all

WHOLE_YEAR = 12


@dataclass(frozen=True)
class SimFile:
    """One file that was written; source and period are None for the one that belongs nowhere."""

    path: Path
    source: str | None
    period: str | None
    sent: dt.date


@dataclass(frozen=True)
class Simulation:
    """What was written, and what has to come out of it.

    Attributes:
        files: in the order of sending.
        as_of: the last day of the last simulated month; verdicts hold at the end of that day.
        answers: one per target, unit and period.
        overlay: texts of the office's own YAML files by name.
    """

    files: tuple[SimFile, ...]
    as_of: dt.date
    answers: tuple[Answer, ...]
    defects: tuple[Defect, ...]
    overlay: Mapping[str, str]


def simulate(out_dir: Path, *, plan: str = PLAN, months: int = 12, seed: int = 2023) -> Simulation:
    """Write the exports of the plan's first `months` months below `out_dir`.

    The same seed gives the same bytes. Files of a period that is not complete are not written. Wanli has sources made
    by hand, with defects planted line by line; all others, and all other plans, follow from the pack's own YAML.

    Raises:
        ValueError: there is no plan of that name, or `months` is not 1 to 60; a plan that ends earlier ends the months.
    """
    by_hand = tuple(source.id for source in SOURCES) if plan == PLAN else ()
    out_dir.mkdir(parents=True, exist_ok=True)
    made = simulate_district(out_dir, plan=plan, months=months, seed=seed, without=by_hand)
    files = tuple(SimFile(f.path, f.source, f.period, f.sent) for f in made.files)
    district = Simulation(files, made.as_of, made.answers, (), made.overlay)
    return add_hand_made(out_dir, district, months=months, seed=seed) if by_hand else district


def add_hand_made(out_dir: Path, district: Simulation, *, months: int, seed: int) -> Simulation:
    """The district with Wanli's hand-made sources beside the others."""
    months = min(months, WHOLE_YEAR)
    submissions, defects = plant_defects(collect_all(months, seed=seed))
    menu = Defect(MENU_NAME, None, None, "no_contract", "FILE", "file_refused")
    files = [*district.files, SimFile(write_menu(out_dir, district.as_of), None, None, district.as_of)]
    for submission in submissions:
        path = write_submission(out_dir, submission, seed=seed)
        files.append(SimFile(path, submission.source.id, submission.period.label, submission.sent))
    files.sort(key=lambda file: (file.sent, file.path.name))
    answers = work_out(submissions, months=months, as_of=district.as_of)
    baselines = district.overlay["baselines.yml"] + write_baselines()
    overlay = {**district.overlay, "baselines.yml": baselines}
    return Simulation(tuple(files), district.as_of, (*answers, *district.answers), (*defects, menu), overlay)
