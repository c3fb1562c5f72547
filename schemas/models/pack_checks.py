"""Whether the files of one pack fit each other: ids, units, scales, windows, the targets of mechanisms, places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from schemas.models.plan import Target
from schemas.models.yaml_source import Problem

if TYPE_CHECKING:
    from schemas.models.registry import Pack

_PARTS = ("targets", "tasks", "facts", "mechanisms")


def check_pack_parts(pack: Pack) -> Iterator[Problem]:
    """All problems within one pack that need more than one entry to be seen."""
    yield from _check_ids(pack)
    yield from _check_units(pack)
    yield from _check_links(pack)
    yield from _check_places(pack)
    for index, target in enumerate(_entries(pack, "targets")):
        for key, text in _check_target(target, pack):
            yield pack.sources["targets"].problem([index, key], text)


def _entries(pack: Pack, part: str):
    """The entries of one file, in its order."""
    return tuple(t for t in pack.targets if not t.is_task) if part == "targets" else getattr(pack, part)


def _check_ids(pack: Pack) -> Iterator[Problem]:
    """Ids are unique over the whole pack: a target, a task, a fact and a mechanism are cited alike."""
    seen: dict[str, str] = {}
    for part in _PARTS:
        for index, entry in enumerate(_entries(pack, part)):
            if entry.id in seen:
                text = f"the id {entry.id!r} stands twice (also in {seen[entry.id]}.yml)"
                yield pack.sources[part].problem([index, "id"], text)
            seen[entry.id] = part


def _check_units(pack: Pack) -> Iterator[Problem]:
    units = {unit.id for unit in pack.units}
    for part in ("tasks", "mechanisms"):
        for index, entry in enumerate(_entries(pack, part)):
            for unit in (*entry.lead_units, *entry.support_units):
                if unit not in units:
                    yield pack.sources[part].problem([index, "lead_units"], f"unit {unit!r} is not in units.yml")
    for index, fact in enumerate(pack.facts):
        for unit in fact.units:
            if unit not in units:
                yield pack.sources["facts"].problem([index, "units"], f"unit {unit!r} is not in units.yml")


def _check_links(pack: Pack) -> Iterator[Problem]:
    known = {target.id for target in pack.targets} | {task.id for task in pack.tasks}
    for index, mechanism in enumerate(pack.mechanisms):
        for target in mechanism.targets:
            if target not in known:
                yield pack.sources["mechanisms"].problem([index, "targets"], f"no target or task {target!r}")


def _check_target(target: Target, pack: Pack) -> Iterator[tuple[str, str]]:
    if target.is_task:
        yield "is_task", "is set for tasks.yml alone"
    if target.start and target.due and target.due < target.start:
        yield "due", f"due {target.due} lies before from {target.start} (unset `from` is that of the plan)"
    if target.scale is None:
        return
    scale = pack.plan.scales.get(target.scale)
    if scale is None:
        yield "scale", f"plan.yml has no scale {target.scale!r}; it has {sorted(pack.plan.scales)}"
    elif target.grade not in scale:
        yield "grade", f"{target.grade!r} is not on the scale {target.scale!r}: {list(scale)}"


def _check_places(pack: Pack) -> Iterator[Problem]:
    """A phrase is not skipped twice, nor skipped and tracked."""
    used: dict[str, list[str]] = defaultdict(list)
    for part in _PARTS:
        for entry in _entries(pack, part):
            for place in entry.places:
                used[str(place)].append(entry.id)
    for index, skip in enumerate(pack.skipped):
        if used[str(skip.at)]:
            text = f"{skip.at} is skipped, and stands for {', '.join(used[str(skip.at)])}"
            yield pack.sources["skipped"].problem([index, "at"], text)
        used[str(skip.at)].append("skipped.yml")
