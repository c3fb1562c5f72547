"""Statuses, lights and reasons as small integers: columns of codes are compared and stored fast."""

from __future__ import annotations

STATUSES = ("met", "at_risk", "missed", "not_due", "no_data")
MET, AT_RISK, MISSED, NOT_DUE, NO_DATA = range(5)
WAITING = -1
"""No rule has settled the row yet."""

LIGHTS = ("green", "yellow", "red", "neutral", "grey")
GREEN, YELLOW, RED, NEUTRAL, GREY = range(5)
"""The light of a status has its code: met green, at_risk yellow, missed red, not_due neutral, no_data grey."""

SETTLED_REASONS = (
    *("satisfied", "on_path", "confirmed"),
    *("behind_path", "over_pace", "open_cases", "early_warning_xmr", "early_warning_trend"),
    *("not_reached", "late_cases", "over_limit", "not_satisfied", "strive", "no_evidence", "late", "too_few"),
    "before_due",
)
SILENT_REASONS = (
    *("not_reported", "reported_empty", "unchanged_copy", "failed_check", "no_cases", "sample_too_small"),
    *("parts_missing", "baseline_missing", "definition_changed", "precision_too_coarse", "calendar_not_published"),
    *("manual_pending", "rule_could_not_run"),
)
REASONS = ("ok", *SETTLED_REASONS, *SILENT_REASONS)
"""`ok` is no reason: it is the state of a value that stands, until a rule settles its row."""
CODE_OF = {reason: code for code, reason in enumerate(REASONS)}
OK = CODE_OF["ok"]


def state_code(state: str) -> int:
    """The code of a value's state.

    Raises:
        ValueError: a state that no verdict could explain.
    """
    if state != "ok" and state not in SILENT_REASONS:
        raise ValueError(f"unknown state of a value: {state!r}; known: ok, {', '.join(SILENT_REASONS)}")
    return CODE_OF[state]
