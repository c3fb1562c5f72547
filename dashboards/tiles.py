"""What the overview shows: the targets of one plan with their verdicts, filtered, and sorted into what is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from dashboards.queries.records import Snapshot, Target, Verdict
from dashboards.texts import LIGHTS
from dashboards.view import SELF, View

Group = Literal["own", "external", "tasks", "acceptance"]
_ORDER = {light: rank for rank, light in enumerate(LIGHTS)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    """A target of the catalogue and its verdict for a unit (None: never judged)."""

    target: Target
    unit: str
    verdict: Verdict | None

    @property
    def light(self) -> str:
        return self.verdict.light if self.verdict else "grey"

    @property
    def group(self) -> Group:
        """Where it is counted: what was due before the plan, tasks, and what others decide stand apart."""
        if self.target.is_acceptance or (self.verdict and self.verdict.marks.get("acceptance")):
            return "acceptance"
        if self.target.is_task:
            return "tasks"
        return "external" if self.control == "external" else "own"

    @property
    def control(self) -> str:
        return (self.verdict.control if self.verdict else self.target.text("control")) or "own"

    @property
    def strength(self) -> str:
        return (self.verdict.strength if self.verdict else self.target.text("strength")) or "must"

    @property
    def area(self) -> str:
        return self.target.text("area") or "—"


def chosen_plan(snapshot: Snapshot, view: View) -> str:
    """The plan of the address, else the first one; empty where nothing is published."""
    return view.plan or next(iter(snapshot.plans), "")


def select_tiles(snapshot: Snapshot, view: View) -> list[Tile]:
    """The targets of the plan; with a unit chosen: its own light, else the roll-up of what it leads."""
    found = [_tile_of(snapshot, target, view.unit) for target in snapshot.targets_of(chosen_plan(snapshot, view))]
    return [tile for tile in found if tile is not None]


def _tile_of(snapshot: Snapshot, target: Target, unit: str) -> Tile | None:
    own = snapshot.current(target.plan, target.id, unit) if unit else None
    if own is not None:
        return Tile(target=target, unit=unit, verdict=own)
    if unit and unit not in target.units("lead_units"):
        return None
    return Tile(target=target, unit=SELF, verdict=snapshot.current(target.plan, target.id, SELF))


def filter_tiles(tiles: Iterable[Tile], view: View) -> list[Tile]:
    """Those of the chosen area, kind, strength and control; the light is left to the caller, who counts them first."""
    return [
        tile
        for tile in tiles
        if view.area in ("", tile.area)
        and view.kind in ("", kind_of(tile.target))
        and view.strength in ("", tile.strength)
        and view.control in ("", tile.control)
    ]


def kind_of(target: Target) -> str:
    """Its kind; a task is told apart from the milestones of targets.yml."""
    return "task" if target.is_task else target.text("kind")


def worst_first(tiles: Iterable[Tile]) -> list[Tile]:
    return sorted(tiles, key=lambda tile: (_ORDER[tile.light], tile.target.rank))


def count_lights(tiles: Iterable[Tile]) -> Counter[str]:
    return Counter(tile.light for tile in tiles)


def by_area(tiles: Sequence[Tile]) -> dict[str, list[Tile]]:
    """Areas in the order in which the document names them first."""
    areas: dict[str, list[Tile]] = {}
    for tile in tiles:
        areas.setdefault(tile.area, []).append(tile)
    return areas
