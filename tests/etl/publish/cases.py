"""Hand-made verdicts."""

from __future__ import annotations

import calendar
import datetime as dt
from decimal import Decimal
from typing import Any

from etl.core.verdicts import EvidenceRow, VerdictRow

STATUS = {"green": "met", "yellow": "at_risk", "red": "missed", "grey": "no_data", "neutral": "not_due"}
REASON = {
    "green": "satisfied",
    "yellow": "early_warning_trend",
    "red": "not_satisfied",
    "grey": "not_reported",
    "neutral": "before_due",
}
VALUE = {"green": Decimal("96.5"), "yellow": Decimal("95.5"), "red": Decimal("90.5")}


def month_end(period: str) -> dt.date:
    year, month = map(int, period.split("-"))
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def verdict(
    light: str = "green", *, target: str = "online", unit: str = "self", period: str = "2023-05", **other: Any
) -> VerdictRow:
    """A verdict on a standing target of at least 95 %."""
    value = other.pop("value", VALUE.get(light))
    defaults: dict[str, Any] = {
        "plan": "demo-city",
        "period_end": month_end(period),
        "is_current": True,
        "status": STATUS[light],
        "reason": REASON[light],
        "value": value,
        "n": 200 if value is not None else None,
        "numerator": value * 2 if value is not None else None,
        "denominator": Decimal(200) if value is not None else None,
        "gap": value - 95 if value is not None else None,
        "comparator": ">=",
        "target_value": Decimal(95),
        "target_unit": "%",
        "sentence": f"{period} 网上办理率的结论。",
        "sentence_en": f"Verdict on {period}.",
        "clause": "一(一)",
        "basis": "policy",
        "strength": "must",
        "control": "own",
        "versions": {"target": "t1", "indicator": "i1"},
        "batches": ("b1",),
    }
    return VerdictRow(target=target, unit=unit, period=period, light=light, **defaults | other)  # type: ignore[arg-type]


def proof(line: int = 4, *, text: str = "181") -> EvidenceRow:
    cells = ({"column": "online", "header": "网上办件", "cell": f"C{line}", "text": text},)
    return EvidenceRow(batch_id="b1", file_name="办件2023-05.xlsx", sheet="统计", line=line, cells=cells)
