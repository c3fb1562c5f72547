"""Tables of the warehouse (PostgreSQL). Facts live in the lake; here live batches, results and what follows from them.

Times are `timestamptz`; days are dates of the plan's zone. A set id orders everything that was ever published:
a verdict row is part of set S where `set_from <= S` and (`set_to` is null or `S < set_to`).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from schemas.warehouse import case_tables
from schemas.warehouse.columns import at as _at
from schemas.warehouse.columns import json_column as _json
from schemas.warehouse.columns import metadata

case_clocks = case_tables.case_clocks
case_lights = case_tables.case_lights
case_light_counts = case_tables.case_light_counts
case_light_changes = case_tables.case_light_changes
case_notices = case_tables.case_notices


home = Table(
    "home",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("clock", Date),
    Column("clock_source", Text),
    Column("simulated", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint("id = 1", name="one_row"),
)
"""One row. `clock`: the home's own today (set by the demo); null: the real day."""

secret_keys = Table(
    "secret_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    _at("first_used_at", server_default=func.now(), nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)
"""At most one row: the fingerprint of the key under which the persons of this warehouse were hashed."""

definitions = Table(
    "definitions",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    _json("content"),
    _at("first_used_at", server_default=func.now(), nullable=False),
)
"""kind: plan, target, indicator, contract, calendar, unit. What a content hash stood for, for ever."""

runs = Table(
    "runs",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("trigger", Text, nullable=False),
    Column("as_of", Date),
    _at("started_at", server_default=func.now(), nullable=False),
    _at("finished_at"),
    Column("code_version", Text),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("run_id", Text, nullable=False, index=True),
    Column("stage", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("source", Text),
    Column("status", Text, nullable=False),
    Column("code", Text),
    Column("message", Text),
    _json("counts"),
    _at("started_at", nullable=False),
    _at("finished_at", nullable=False),
    Column("error_type", Text),
    CheckConstraint("stage in ('land','check','load','compute','judge','publish','request')", name="stage"),
    CheckConstraint("status in ('done','skipped','refused','failed')", name="status"),
)
"""Every arrow writes one row. `failed` is a system fault; `refused` is the normal end of a bad file."""

batches = Table(
    "batches",
    metadata,
    Column("batch_id", Text, primary_key=True),
    Column("source", Text, index=True),
    Column("correction_of", Text, ForeignKey("batches.batch_id"), index=True),
    Column("file_name", Text, nullable=False),
    Column("sha256", Text, nullable=False, unique=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("landing_path", Text, nullable=False),
    _at("landed_at", nullable=False),
    Column("status", Text, nullable=False),
    Column("code", Text),
    Column("message", Text),
    Column("todo", Text),
    Column("period", Text, index=True),
    Column("covers", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("reading", JSONB),
    Column("lines", JSONB),
    Column("rows_accepted", BigInteger),
    Column("rows_quarantined", BigInteger),
    Column("content_hash", Text, index=True),
    Column("contract_version", Text),
    _at("checked_at"),
    _at("loaded_at"),
    Column("load_order", BigInteger),
    CheckConstraint(
        "status in ('landed','accepted','loaded','refused','empty','duplicate','unchanged')", name="status"
    ),
)
"""One row a file content. `lines`: header, section, subtotal, note, blank, data (counts of the table found).
`reading`: format, encoding, sheet, header_line, columns {contract column: {header, letter}}.
`covers`: the periods a file answers for (months 2023-03 or quarters 2023-Q1).
`correction_of`: the batch whose quarantined rows this one mends; it brings these rows alone."""

findings = Table(
    "findings",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("batch_id", Text, ForeignKey("batches.batch_id"), nullable=False, index=True),
    Column("code", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("todo", Text, nullable=False),
    Column("sheet", Text),
    Column("line", Integer),
    Column("column_name", Text),
    Column("header", Text),
    Column("cell", Text),
    Column("value", Text),
    Column("rule", Text),
    Column("rows", BigInteger, nullable=False, server_default=text("1")),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("batch_id", Text, ForeignKey("batches.batch_id"), primary_key=True),
    Column("sheet", Text, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("unit", Text),
    Column("period", Text),
    Column("codes", ARRAY(Text), nullable=False),
    _json("content"),
    Column("state", Text, nullable=False, server_default="open"),
    Column("corrected_by", Text, ForeignKey("batches.batch_id")),
    Column("changes", JSONB),
    CheckConstraint("state in ('open','corrected')", name="state"),
)
"""Rows kept back; `content` is header -> text as it stood (personal columns masked). A row that was mended stays here
as `corrected`, with the batch that mended it and `changes`: {header, before, after} of each cell (persons masked)."""

giveback = Table(
    "giveback",
    metadata,
    Column("batch_id", Text, ForeignKey("batches.batch_id"), primary_key=True),
    _at("made_at", nullable=False),
    Column("asks", Boolean, nullable=False),
    Column("file_name", Text),
    Column("content", LargeBinary),
    Column("word", Text),
    _json("page"),
)
"""What goes back to the sender of a batch. `asks`: the sender has something to do. `content`: the annotated workbook,
never of a source with personal columns; where it is not here, `word` says how to get it. `page`: what the mail says."""

dirty = Table(
    "dirty",
    metadata,
    Column("source", Text, primary_key=True),
    Column("month", Text, primary_key=True),
    Column("batch_id", Text, primary_key=True),
    _at("since", server_default=func.now(), nullable=False),
)
"""What load changed and compute has not yet followed. `month`: the partition of the lake of new rows and of those
they replaced: a period of a report, or the month in which cases were received."""

part_chunks = Table(
    "part_chunks",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("indicator", Text, nullable=False),
    Column("variant", Text, nullable=False),
    Column("source", Text, nullable=False, index=True),
    Column("chunk", Text, nullable=False),
    Column("versions", JSONB, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("next_change", Date),
    Column("snapshot", BigInteger, nullable=False),
    _at("followed"),
    Column("run_id", Text, nullable=False),
    _at("computed_at", server_default=func.now(), nullable=False),
    UniqueConstraint("indicator", "variant", "chunk"),
)
"""What was computed of a chunk of a source (cases: a month received, reports: a period) for one measure. It holds from
`as_of` until the day before `next_change` (null: for ever), as long as `versions` and the rows stay. `snapshot`: that
of the lake it was read from. `followed`: the newest mark of `dirty` seen before that. Indicator `@units`: which
reporting units the source's rows name."""

parts = Table(
    "parts",
    metadata,
    Column("chunk_id", BigInteger, ForeignKey("part_chunks.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("unit", Text),
    Column("period", Text, nullable=False),
    Column("numerator", Numeric),
    Column("denominator", Numeric),
    Column("n", BigInteger, nullable=False),
    Column("blind", BigInteger, nullable=False),
    Column("coarse", BigInteger, nullable=False),
)
"""Sums over the rows of a chunk, exact; a value is their sum over all chunks. `kind`: `main`, or what else a measure is
made of (`started`, `ended`); `key`: what a kind is split by beside unit and period, mostly empty. A missing numerator
or denominator makes the sum missing."""

values = Table(
    "values",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("indicator", Text, nullable=False),
    Column("variant", Text, nullable=False, server_default=""),
    Column("unit", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("numerator", Numeric),
    Column("denominator", Numeric),
    Column("n", BigInteger),
    Column("open_numerator", Numeric),
    Column("open_denominator", Numeric),
    Column("state", Text, nullable=False),
    _json("extra"),
    Column("batches", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("versions", JSONB, nullable=False),
    Column("as_of", Date, nullable=False),
    _at("recorded_from", server_default=func.now(), nullable=False),
    _at("recorded_to"),
    Index("ix_values_current", "indicator", "period", unique=False, postgresql_where=text("recorded_to is null")),
)
"""Indicator values by the finest period. `variant` is the limit where the target brings one (`5 workday`).
`state`: ok, or the reason why there is no value. `open_*`: the same with open cases at their present age. `extra`:
numbers of cases that are shown beside the value: excluded (and of them in time), without a deadline."""

publications = Table(
    "publications",
    metadata,
    Column("set_id", BigInteger, Identity(), primary_key=True),
    Column("state", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("run_id", Text, nullable=False),
    _at("created_at", server_default=func.now(), nullable=False),
    _at("published_at"),
    Column("verdict_count", BigInteger, nullable=False),
    Column("changed_count", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    CheckConstraint("state in ('draft','approved','published')", name="state"),
)
"""One row a set. A run that changes nothing but the day moves `as_of` of a new set; equal digests tell so."""

verdicts = Table(
    "verdicts",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("set_from", BigInteger, nullable=False, index=True),
    Column("set_to", BigInteger),
    Column("plan", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("period_end", Date, nullable=False),
    Column("is_current", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("light", Text, nullable=False),
    Column("exceeded", Boolean, nullable=False),
    Column("value", Numeric),
    Column("numerator", Numeric),
    Column("denominator", Numeric),
    Column("n", BigInteger),
    Column("low", Numeric),
    Column("high", Numeric),
    Column("comparator", Text, nullable=False),
    Column("target_value", Numeric),
    Column("target_unit", Text, nullable=False),
    Column("stretch", Numeric),
    Column("gap", Numeric),
    Column("projected", Numeric),
    Column("progress", Numeric),
    Column("time_share", Numeric),
    Column("sentence", Text, nullable=False),
    Column("sentence_en", Text, nullable=False),
    Column("clause", Text, nullable=False),
    Column("due", Date),
    Column("basis", Text, nullable=False),
    Column("strength", Text, nullable=False),
    Column("control", Text, nullable=False),
    Column("carried_from", Text),
    Column("pooled", Integer),
    Column("marks", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("batches", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("versions", JSONB, nullable=False),
    Column("content_hash", Text, nullable=False),
    _at("recorded_from", server_default=func.now(), nullable=False),
    _at("recorded_to"),
    Index(
        "ix_verdicts_open",
        *("plan", "target", "unit", "period"),
        unique=True,
        postgresql_where=text("set_to is null"),
    ),
)
"""Append-only. `is_current`: the row that lights (target, unit) now. age_days and days left are derived at reading."""

evidence = Table(
    "evidence",
    metadata,
    Column("verdict_id", BigInteger, ForeignKey("verdicts.id"), primary_key=True),
    Column("rank", Integer, primary_key=True),
    Column("batch_id", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("sheet", Text),
    Column("line", Integer, nullable=False),
    Column("cells", JSONB, nullable=False),
    Column("note", Text),
)
"""The deciding rows, at most 200. `cells`: list of {column, header, cell, text}."""

targets = Table(
    "targets",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("rank", Integer, nullable=False),
    Column("version", Text, nullable=False),
    Column("content", JSONB, nullable=False),
)
"""The catalogue as last published: a row of `bizenv targets --json` each, for the board."""

plans = Table(
    "plans",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("content", JSONB, nullable=False),
)
"""plan.yml as last published, plus `units` (id -> name_en) and `sources` (id -> names, owner)."""

catalogue = Table(
    "catalogue",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("rank", Integer, nullable=False),
    Column("content", JSONB, nullable=False),
)
"""What is published beside targets and plans. kind `parts`, name a plan: its facts, tasks, mechanisms and skipped
phrases; kind `clauses`, name a plan: the lines of the office's copy of the text in which each target stands; kind
`family`, name a family: all plans of the registry side by side, also those that are not in use."""

drafts = Table(
    "drafts",
    metadata,
    Column("draft_id", BigInteger, Identity(), primary_key=True),
    Column("run_id", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("plans", ARRAY(Text), nullable=False),
    Column("state", Text, nullable=False, server_default="waiting"),
    _at("created_at", server_default=func.now(), nullable=False),
    CheckConstraint("state in ('waiting','published','discarded')", name="state"),
)
"""What judge hands to publish: a whole set of verdicts that nobody sees yet."""

draft_verdicts = Table(
    "draft_verdicts",
    metadata,
    Column("draft_id", BigInteger, ForeignKey("drafts.draft_id", ondelete="CASCADE"), primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("content", JSONB, nullable=False),
)
"""`content` is one frame of verdicts (see `etl.core.draft_rows`); deleted once its draft is published or discarded."""

changes = Table(
    "changes",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("set_id", BigInteger, ForeignKey("publications.set_id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("verdict_id", BigInteger, nullable=False),
    Column("light_before", Text),
    Column("light_after", Text, nullable=False),
    Column("status_before", Text),
    Column("status_after", Text, nullable=False),
    CheckConstraint("kind in ('light','restatement')", name="kind"),
    UniqueConstraint("set_id", "plan", "target", "unit", "period"),
)
"""What a set changed: the current light of (target, unit), or the verdict of an older period."""

mails = Table(
    "mails",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("set_id", BigInteger),
    Column("batch_id", Text, index=True),
    Column("case_run", Text),
    Column("run_id", Text, nullable=False),
    Column("recipient_unit", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("message_id", Text, nullable=False, unique=True),
    Column("subject", Text, nullable=False),
    Column("body_text", Text, nullable=False),
    Column("body_html", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    _at("created_at", server_default=func.now(), nullable=False),
    _at("claimed_at"),
    _at("sent_at"),
    Column("error", Text),
    UniqueConstraint("set_id", "address", "recipient_unit"),
    UniqueConstraint("batch_id", "address"),
    UniqueConstraint("case_run", "address", "recipient_unit"),
    CheckConstraint("state in ('pending','sending','sent','failed','unknown')", name="state"),
    CheckConstraint("num_nonnulls(set_id, batch_id, case_run) = 1", name="subject"),
)
"""A mail speaks of the changes of a set (`set_id`), of what is wrong in a file (`batch_id`), or of open cases whose
light has changed (`case_run`: the run that told of them)."""

outbox = Table(
    "outbox",
    metadata,
    Column("change_id", BigInteger, ForeignKey("changes.id"), primary_key=True),
    Column("address", Text, primary_key=True),
    Column("mail_id", BigInteger, ForeignKey("mails.id"), nullable=False, index=True),
)
"""One row per change and recipient, unique by its key; `mail_id` is the mail that carries it."""

requests = Table(
    "requests",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("payload", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("requested_by", Text, nullable=False),
    _at("requested_at", server_default=func.now(), nullable=False),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("result", JSONB),
    _at("handled_at"),
    CheckConstraint("state in ('waiting','working','done','failed')", name="state"),
)
"""What a viewer does: the only table the board's role may insert into (kind, payload, requested_by)."""
