"""Ibis in this room: names for its expressions in signatures, and how they are turned into SQL.

Ibis makes columns attributes and overloads operators at run time, which static types cannot follow; the names say
what is meant, the tests on a real DuckDB say whether it holds.
"""

from typing import Any, TypeAlias

import ibis

TableExpr: TypeAlias = Any
"""A table expression."""
ValueExpr: TypeAlias = Any
"""A column or scalar expression."""

# To merge nested selects takes Ibis as long as all the rest of the translation, and DuckDB does it by itself.
ibis.options.sql.fuse_selects = False
