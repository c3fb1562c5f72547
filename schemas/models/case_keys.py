"""How the key of a case is written down and shown; a person in it stays a mask."""

from __future__ import annotations

KEY_SEPARATOR = "\x1f"
"""Between the parts of a key that has several columns."""
PERSON = "h:"
"""How the keyed hash of a person begins; nothing shows it."""


def show_key(case_key: str) -> str:
    """The key as people know it; what stands for a person is masked."""
    return " / ".join("***" if part.startswith(PERSON) else part for part in case_key.split(KEY_SEPARATOR))
