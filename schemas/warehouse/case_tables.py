"""Tables of the lights of open cases: as they are now, counted, and how they have changed."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from schemas.warehouse.columns import at, metadata

LIGHTS = ("red", "yellow", "green", "suspended", "none")
"""Worst first. `none`: no light, with the reason; `suspended`: the clock stands still."""

case_clocks = Table(
    "case_clocks",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("clock", Text, primary_key=True),
    Column("rank", Integer, nullable=False),
    Column("content", JSONB, nullable=False),
    at("lit_at", nullable=False),
    Column("moment", DateTime, nullable=False),
    Column("is_day", Boolean, nullable=False),
)
"""The clocks over open cases as last refreshed: `content` has names, clause, source, limit, lead units. `moment` is the
instant of the lights in the wall time of the source's zone; `is_day`: a whole day, which stands for its end."""

case_lights = Table(
    "case_lights",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("clock", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("case_key", Text, primary_key=True),
    Column("light", Text, nullable=False),
    Column("reason", Text),
    Column("deadline_date", Date),
    Column("deadline_at", DateTime),
    Column("limit_text", Text),
    Column("unit", Text),
    Column("window_name", Text),
    Column("started_at", DateTime),
    Column("started_coarse", Boolean),
    Column("suspended_since", DateTime),
    Column("abuse", Text),
    Column("batch_id", Text, nullable=False),
    Column("sheet", Text),
    Column("line", Integer, nullable=False),
    at("light_since", nullable=False),
    CheckConstraint("light in ('red','yellow','green','suspended','none')", name="light"),
    Index(
        "ix_case_lights_alert",
        *("plan", "light", "deadline_date"),
        postgresql_where=text("light <> 'green'"),
    ),
)
"""One row an open case and clock; a case that has ended leaves. Times are wall times of the source's zone. A deadline
of whole days has no `deadline_at`. `case_key`: the parts of the key, persons as hashes, joined by U+001F. How much time
is left is worked out when it is read."""

case_light_counts = Table(
    "case_light_counts",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("clock", Text, primary_key=True),
    Column("level", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("window_name", Text, primary_key=True),
    *(Column(light, BigInteger, nullable=False) for light in LIGHTS),
    CheckConstraint("level in ('hall','unit','window')", name="level"),
)
"""How many open cases have which light. `clock` empty: over all clocks; there a case counts once, by its worst."""

case_light_changes = Table(
    "case_light_changes",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("run_id", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("clock", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("case_key", Text, nullable=False),
    Column("light_before", Text),
    Column("light_after", Text),
    at("changed_at", nullable=False),
    Column("is_told", Boolean, nullable=False, server_default=text("false")),
    Index("ix_case_light_changes_case", "plan", "clock", "source", "case_key"),
    Index("ix_case_light_changes_waiting", "id", postgresql_where=text("not is_told")),
)
"""Append-only. Null before: the case is new; null after: it has ended. A case that comes and goes green leaves no row.
`is_told`: whoever writes the notices has seen it."""

case_notices = Table(
    "case_notices",
    metadata,
    Column("change_id", BigInteger, ForeignKey("case_light_changes.id"), primary_key=True),
    Column("address", Text, primary_key=True),
    Column("mail_id", BigInteger, ForeignKey("mails.id"), nullable=False, index=True),
)
"""As `outbox`, for the lights of open cases: one row per change and recipient, unique by its key."""

breakdowns = Table(
    "breakdowns",
    metadata,
    Column("indicator", Text, primary_key=True),
    Column("variant", Text, primary_key=True, server_default=""),
    Column("by", Text, primary_key=True),
    Column("word", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("numerator", Numeric, nullable=False),
    Column("denominator", Numeric, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("low", Double),
    Column("high", Double),
    Column("funnel_low", Double),
    Column("funnel_high", Double),
)
"""An indicator over cases by the words of a column and month, as last computed; nothing judges it. `low` .. `high`: the
Wilson interval of a share, `funnel_*`: what chance allows around the share of all words (shares between 0 and 1)."""
