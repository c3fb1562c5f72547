"""All files of a district: for each source the periods that it owes, their rows, and what befalls them."""

from __future__ import annotations

import datetime as dt

from examples.district.cases import draw_cases
from examples.district.figures import draw_rows
from examples.district.filings import Filing, Values
from examples.district.ledgers import write_ledger
from examples.district.levels import LONGEST_STORY, Beat, beat_of, open_stream
from examples.district.mishaps import befall, list_mishaps
from examples.district.pack import Contract, Pack, Target
from examples.district.spans import MONTHS_OF, Span, list_spans, span_of

UNTOLD = ("missing", "garbage", "empty")
"""After these the next file tells what they left out."""


def targets_of_source(pack: Pack, source: str) -> list[Target]:
    names = {indicator.id for indicator in pack.indicators_of(source)}
    return [target for target in pack.targets if target.indicator in names]


def list_owed(pack: Pack, contract: Contract, as_of: dt.date) -> tuple[Span, ...]:
    """The complete periods from the first that a target needs; of targets that were due before the plan, their last."""
    targets = targets_of_source(pack, contract.id)
    starts = [target.start for target in targets if not target.acceptance]
    spans = list(list_spans(min(starts), as_of, contract.grain)) if starts else []
    early = {span_of(target.due, contract.grain) for target in targets if target.acceptance and target.due}
    return tuple(sorted({*spans, *early}, key=lambda span: span.first))


def list_beats(pack: Pack, contract: Contract, spans: tuple[Span, ...]) -> list[Beat]:
    """Where each period stands in the story, which takes the plan's time but not more than `LONGEST_STORY` months."""
    months = (pack.until.year - pack.start.year) * 12 + pack.until.month - pack.start.month + 1
    total = max(1, min(months, LONGEST_STORY) // MONTHS_OF[contract.grain])
    return [beat_of(number, total, last=len(spans) - 1) for number in range(len(spans))]


def collect_reports(pack: Pack, contract: Contract, as_of: dt.date, *, seed: int) -> list[Filing]:
    spans = list_owed(pack, contract, as_of)
    beats = list_beats(pack, contract, spans)
    return [
        Filing(contract, span, draw_rows(pack, contract, span, beat, seed=seed), pick_sending_day(contract, span, seed))
        for span, beat in zip(spans, beats, strict=True)
    ]


def collect_cases(pack: Pack, contract: Contract, as_of: dt.date, *, seed: int) -> list[Filing]:
    """Each file shows what moved since the last one that was any good."""
    spans = list_owed(pack, contract, as_of)
    mishaps = list_mishaps(pack, contract, len(spans))
    cases: list[Values] = []
    filings: list[Filing] = []
    since = spans[0].first if spans else as_of
    for number, (span, beat) in enumerate(zip(spans, list_beats(pack, contract, spans), strict=True)):
        cases += draw_cases(pack, contract, span, beat, seed=seed)
        lines = write_ledger(contract, cases, since, span.last)
        filings.append(Filing(contract, span, lines, pick_sending_day(contract, span, seed)))
        since = since if mishaps.get(number) in UNTOLD else span.last + dt.timedelta(days=1)
    return filings


def pick_sending_day(contract: Contract, span: Span, seed: int) -> dt.date:
    """Some days after the period's end; now and then long after the file was owed."""
    chance = open_stream(seed, "sent", contract.id, span.label)
    return span.last + dt.timedelta(days=chance.randint(2, 8) if chance.random() < 0.9 else 25)


def collect_filings(pack: Pack, as_of: dt.date, *, seed: int, without: tuple[str, ...] = ()) -> list[Filing]:
    """Every file of every source of the plan but those in `without`."""
    filings: list[Filing] = []
    for contract in pack.contracts.values():
        if contract.id in without:
            continue
        collect = collect_reports if contract.kind == "report" else collect_cases
        filings += befall(pack, contract, collect(pack, contract, as_of, seed=seed))
    return filings
