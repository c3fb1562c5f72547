"""What one check is about: everything it is told, gathered from the run in one place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from etl.check.history import History
from etl.check.references import Known
from etl.check.surroundings import find_known
from etl.core.by_hand import ByHandCatalogue
from etl.core.context import Context
from etl.core.secret import open_key
from schemas.models.contract import Contract

WORK_PREFIX = ".check-"
"""Folders for the time of one check, beside the staged file."""


@dataclass(frozen=True)
class CheckRequest:
    """The arguments of `check_file`, which says what each of them is."""

    path: Path
    contract: Contract
    file_name: str
    unit_names: Mapping[str, str]
    as_of: dt.date
    staged: Path | None = None
    batch_id: str = ""
    zone: str = "Asia/Shanghai"
    catalogue: ByHandCatalogue | None = None
    known: Mapping[str, Known] = field(default_factory=dict)
    history: History | None = None
    key: bytes | None = field(default=None, repr=False)
    corrected: bool = False
    """Only the marked sheet of corrected rows is read, under the contract of single rows."""
    given_period: str | None = None
    """The period of the file that is corrected; stands for title and file name."""


def make_request(
    ctx: Context, contract: Contract, path: Path, *, file_name: str, staged: Path, batch_id: str
) -> CheckRequest:
    """Gather what the check of one file needs of this run.

    Raises:
        SecretError: the source has personal columns, and the home has no usable key.
    """
    return CheckRequest(
        path=path,
        contract=contract,
        file_name=file_name,
        unit_names=ctx.registry.names_for(contract),
        as_of=ctx.as_of,
        staged=staged,
        batch_id=batch_id,
        zone=ctx.zone_of(contract),
        catalogue=ByHandCatalogue.of(ctx.registry) if contract.is_by_hand else None,
        known=find_known(ctx, contract),
        key=open_key(ctx.settings, ctx.engine).value if contract.has_personal else None,
    )
