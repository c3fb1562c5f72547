"""Loads all promises of all schema folders, lays the office's own over the built-in ones, and cross-checks them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from schemas.models.base import Promise
from schemas.models.calendar import CalendarSpec
from schemas.models.code_list import CodeList
from schemas.models.commitments import Fact, Mechanism, Skip, Task
from schemas.models.contract import Contract
from schemas.models.family import Family, with_unnamed
from schemas.models.indicator import Indicator
from schemas.models.office import plans_in_use
from schemas.models.plan import Baseline, Contact, Plan, Target, Unit
from schemas.models.registry_checks import cross_check
from schemas.models.yaml_source import ConfigError, Problem, YamlSource, parse_as, parse_list, read_yaml

PromiseT = TypeVar("PromiseT", bound=Promise)
T = TypeVar("T")


@dataclass(frozen=True)
class Pack:
    """One policy document. `targets` holds what is judged: those of targets.yml, then the tasks as milestones.

    Sources keep the lines for error messages; `sources` has one for each file that the pack brings.
    """

    plan: Plan
    targets: tuple[Target, ...]
    units: tuple[Unit, ...]
    targets_source: YamlSource
    facts: tuple[Fact, ...] = ()
    tasks: tuple[Task, ...] = ()
    mechanisms: tuple[Mechanism, ...] = ()
    skipped: tuple[Skip, ...] = ()
    sources: Mapping[str, YamlSource] = field(default_factory=dict)


@dataclass(frozen=True)
class Registry:
    """Everything that is promised, cross-checked, immutable. Keys are ids, which are the file names."""

    contracts: Mapping[str, Contract]
    indicators: Mapping[str, Indicator]
    plans: Mapping[str, Pack]
    calendars: Mapping[str, CalendarSpec]
    contacts: tuple[Contact, ...]
    baselines: tuple[Baseline, ...]
    unit_names: Mapping[str, str]
    active: tuple[str, ...] = ()
    """Plans that this office works with; see `in_use`."""
    families: Mapping[str, Family] = field(default_factory=dict)
    described_families: frozenset[str] = frozenset()
    lists: Mapping[str, CodeList] = field(default_factory=dict)
    everything: Registry | None = field(default=None, repr=False, compare=False)
    """What `in_use` took this from: plans that are not in use are still compared. None: this is all there is."""

    def in_use(self) -> Registry:
        """Only what the office's plans need: what other plans' departments send has no place in this home."""
        plans = {name: pack for name, pack in self.plans.items() if name in self.active}
        contracts = {k: c for k, c in self.contracts.items() if not c.plans or set(c.plans) & set(plans)}
        indicators = {k: i for k, i in self.indicators.items() if i.source in contracts}
        return replace(
            self,
            plans=plans,
            contracts=contracts,
            indicators=indicators,
            unit_names=_unit_names(plans.values()),
            everything=self.everything or self,
        )

    def names_for(self, contract: Contract) -> Mapping[str, str]:
        """Every spelling of a unit -> its id, as the files of one source mean it: 住建局 is another one elsewhere."""
        packs = [self.plans[plan] for plan in contract.plans if plan in self.plans]
        return _unit_names(packs) if packs else self.unit_names

    def sources_of(self, plan: str) -> list[str]:
        """Ids of the sources that the plan's targets and the steps of its mechanisms draw on, sorted."""
        pack = self.plans[plan]
        steps = (stage for mechanism in pack.mechanisms for stage in mechanism.stages)
        indicators = (named.indicator for named in (*pack.targets, *steps) if named.indicator)
        return sorted({self.indicators[i].source for i in indicators})

    def baseline_of(self, plan: str, target: str, unit: str) -> Baseline | None:
        """The unit's own baseline, else the one entered for all units, else that of the document."""
        mine = [b for b in self.baselines if (b.plan, b.target) == (plan, target)]
        own = next((b for b in mine if b.unit == unit), None)
        entered = own or next((b for b in mine if b.unit is None), None)
        return entered or self._baseline_of_document(plan, target)

    def _baseline_of_document(self, plan: str, target: str) -> Baseline | None:
        given = next((t.baseline for t in self.plans[plan].targets if t.id == target), None)
        if given is None:
            return None
        return Baseline(plan=plan, target=target, **dict(given))


class _Collector:
    """Runs loaders to their end and keeps every problem, so that people see all of them at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def run(self, loader: Callable[[], T], default: T) -> T:
        try:
            return loader()
        except ConfigError as error:
            self.problems += error.problems
            return default


def _yaml_files(folders: Iterable[Path], name: str) -> dict[str, Path]:
    """File name without ending -> path; a later folder covers an earlier one."""
    return {path.stem: path for folder in folders for path in sorted((folder / name).glob("*.yml"))}


def _load_named(collector: _Collector, model: type[PromiseT], files: Mapping[str, Path]) -> dict[str, PromiseT]:
    loaded: dict[str, PromiseT] = {}
    for stem, path in files.items():

        def load(path: Path = path, stem: str = stem) -> PromiseT:
            source = read_yaml(path)
            item = parse_as(model, source)
            if (found := getattr(item, "id", None)) != stem:
                raise ConfigError([source.problem(["id"], f"must be the file name {stem!r} (found {found!r})")])
            return item

        item = collector.run(load, None)
        if item is not None:
            loaded[stem] = item
    return loaded


def _load_pack(folder: Path) -> Pack:
    plan_source = read_yaml(folder / "plan.yml")
    plan = parse_as(Plan, plan_source)
    if plan.id != folder.name:
        raise ConfigError([plan_source.problem(["id"], f"must be the folder name {folder.name!r}")])
    sources = {
        name: read_yaml(folder / f"{name}.yml")
        for name in ("targets", "units", "facts", "tasks", "mechanisms", "skipped")
        if name in _NEEDED or (folder / f"{name}.yml").is_file()
    }
    tasks = _parse_part(Task, sources, "tasks")
    own = _parse_part(Target, sources, "targets")
    milestones = [target for task in tasks if (target := task.as_target())]
    return Pack(
        plan=plan,
        targets=tuple(_with_defaults(target, plan) for target in (*own, *milestones)),
        units=_parse_part(Unit, sources, "units"),
        targets_source=sources["targets"],
        facts=_parse_part(Fact, sources, "facts"),
        tasks=tasks,
        mechanisms=_parse_part(Mechanism, sources, "mechanisms"),
        skipped=_parse_part(Skip, sources, "skipped"),
        sources=sources,
    )


_NEEDED = {"targets", "units"}


def _parse_part(model: type[PromiseT], sources: Mapping[str, YamlSource], name: str) -> tuple[PromiseT, ...]:
    return tuple(parse_list(model, sources[name])) if name in sources else ()


def _with_defaults(target: Target, plan: Plan) -> Target:
    """`from` defaults to the plan's date, `series` to the target itself; a grade becomes its place on the scale."""
    update: dict[str, Any] = {"start": target.start or plan.start, "series": target.series or target.id}
    issued = plan.document.issued or plan.start
    update["acceptance"] = target.due is not None and target.due < issued
    scale = plan.scales.get(target.scale or "", ())
    if target.grade in scale:
        update["value"] = Decimal(scale.index(target.grade) + 1)
    return target.model_copy(update=update)


def _pack_folders(folders: Iterable[Path]) -> Iterator[Path]:
    found = {p.parent.name: p.parent for folder in folders for p in sorted((folder / "plans").glob("*/plan.yml"))}
    yield from found.values()


def load_pack(folders: Sequence[Path], plan: str) -> tuple[Pack | None, list[str]]:
    """One pack on its own, whatever is wrong elsewhere (nothing is cross-checked), and the ids of all plans.

    Raises:
        ConfigError: its own files do not hold.
    """
    found = {folder.name: folder for folder in _pack_folders(folders)}
    return (_load_pack(found[plan]) if plan in found else None), sorted(found)


def _office_list(
    collector: _Collector, model: type[PromiseT], folders: Sequence[Path], name: str
) -> tuple[PromiseT, ...]:
    items: list[PromiseT] = []
    for path in (folder / name for folder in folders):
        if path.is_file():
            items += collector.run(lambda path=path: parse_list(model, read_yaml(path)), [])
    return tuple(items)


def _families(collector: _Collector, folders: Sequence[Path]) -> dict[str, Family]:
    """Families of all folders by id; a later folder adds to the earlier ones and covers what it names again."""
    found: dict[str, Family] = {}
    for path in (folder / "families.yml" for folder in folders):
        if path.is_file():
            source = read_yaml(path)
            listed = collector.run(lambda source=source: parse_list(Family, source), [])
            ids = [family.id for family in listed]
            twice = [i for i, name in enumerate(ids) if name in ids[:i]]
            collector.problems += [source.problem([i, "id"], f"the id {ids[i]!r} stands twice") for i in twice]
            found |= {family.id: family for family in listed}
    return found


def _named_families(indicators: Mapping[str, Indicator], packs: Iterable[Pack]) -> set[str]:
    facts = {fact.family for pack in packs for fact in pack.facts if fact.family}
    return facts | {indicator.family for indicator in indicators.values()}


def _unit_names(packs: Iterable[Pack]) -> dict[str, str]:
    names: dict[str, str] = {}
    for unit in (u for pack in packs for u in pack.units):
        for name in (unit.id, *unit.aliases):
            names.setdefault(name, unit.id)
    return names


def load_registry(folders: Sequence[Path]) -> Registry:
    """Load and cross-check all promises.

    Args:
        folders: schema folders, the built-in one first; later ones cover earlier ones by file name.

    Raises:
        ConfigError: every problem with file, line, key and the allowed values; nothing is loaded half.
    """
    missing = [Problem(folder, None, "", "the folder does not exist") for folder in folders if not folder.is_dir()]
    if missing:
        raise ConfigError(missing)
    collector = _Collector()
    contract_files = _yaml_files(folders, "contracts")
    contracts = _load_named(collector, Contract, contract_files)
    indicator_files = _yaml_files(folders, "indicators")
    indicators = _load_named(collector, Indicator, indicator_files)
    calendars = _load_named(collector, CalendarSpec, _yaml_files(folders, "calendars"))
    packs = [p for f in _pack_folders(folders) if (p := collector.run(lambda f=f: _load_pack(f), None))]
    registry = Registry(
        contracts=contracts,
        indicators=indicators,
        plans={pack.plan.id: pack for pack in packs},
        calendars=calendars,
        contacts=_office_list(collector, Contact, folders, "contacts.yml"),
        baselines=_office_list(collector, Baseline, folders, "baselines.yml"),
        unit_names=_unit_names(packs),
        active=collector.run(lambda: plans_in_use(folders), ()),
        families=with_unnamed(described := _families(collector, folders), _named_families(indicators, packs)),
        described_families=frozenset(described),
        lists=_load_named(collector, CodeList, _yaml_files(folders, "lists")),
    )
    if not collector.problems:
        collector.problems += cross_check(registry, {**contract_files}, {**indicator_files})
    if collector.problems:
        raise ConfigError(collector.problems)
    return registry
