"""What all tables of the warehouse share: the metadata with its naming, and columns of one kind."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, DateTime, MetaData, text
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def at(name: str, **kw: Any) -> Column:
    return Column(name, DateTime(timezone=True), **kw)


def json_column(name: str) -> Column:
    return Column(name, JSONB, nullable=False, server_default=text("'{}'::jsonb"))
