"""A simulated district in this home: its exports, the office's own files, and the home's clock at their end."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql import insert

from etl.core.secret import ensure_key
from examples.simulation import Simulation, simulate
from schemas.models.office import FILE as OFFICE
from schemas.models.office import plans_in_use, plans_of
from schemas.settings import Settings
from schemas.warehouse.tables import home

PLAN = "wanli-2023"


def adopt_plan(settings: Settings, plan: str) -> None:
    """Make `plan` one that this home works with, beside those that the office itself brings.

    Raises:
        ValueError: no such plan, or the home works with others already.
    """
    known = plans_of(settings.schema_folders)
    if plan not in known:
        raise ValueError(f"没有方案 {plan!r}；现有：{'、'.join(known)}")
    file = settings.home / "schemas" / OFFICE
    if file.is_file():
        if plan not in (used := plans_in_use(settings.schema_folders)):
            raise ValueError(f"{settings.home} 已用于方案 {'、'.join(used)}；请用 BIZENV_HOME 换一个目录再模拟 {plan}")
        return
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    plans = dict.fromkeys((plan, *plans_of(settings.schemas)))
    file.write_text(f"# 本目录启用的方案\nplans: [{', '.join(plans)}]\n", encoding="utf-8")


def write_office_files(settings: Settings, simulation: Simulation) -> None:
    """Addresses and baselines into home/schemas; files that the office has already are left as they are."""
    folder = settings.home / "schemas"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, text in simulation.overlay.items():
        path = folder / name
        if not path.exists():
            path.write_text(text, encoding="utf-8")


def set_clock(engine: Engine, simulation: Simulation) -> None:
    """The home's today is the end of the simulated months; board and mails say that it is simulated."""
    row = {"id": 1, "clock": simulation.as_of, "clock_source": "bizenv demo", "simulated": True}
    with engine.begin() as connection:
        connection.execute(insert(home).values(row).on_conflict_do_update(index_elements=["id"], set_=row))


def fill_inbox(settings: Settings, simulation: Simulation, folder: Path) -> int:
    """Move the simulated exports into the inbox, each complete at once. Returns how many."""
    for file in simulation.files:
        wanted = settings.inbox / file.path.relative_to(folder)
        wanted.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = wanted.with_name(f".{wanted.name}.part")
        shutil.copy2(file.path, draft)
        draft.replace(wanted)
    return len(simulation.files)


def make_demo(settings: Settings, engine: Engine, *, plan: str = PLAN, months: int = 12) -> Simulation:
    """Everything that `bizenv demo` prepares before it runs the pipeline.

    Raises:
        ValueError: no such plan, a home of another plan, or an impossible number of months.
    """
    adopt_plan(settings, plan)
    ensure_key(settings)
    with tempfile.TemporaryDirectory(prefix="bizenv-demo-") as name:
        folder = Path(name)
        simulation = simulate(folder, plan=plan, months=months)
        write_office_files(settings, simulation)
        set_clock(engine, simulation)
        fill_inbox(settings, simulation, folder)
    return simulation
