"""Names for Ibis expressions in signatures.

Ibis makes columns attributes and overloads operators at run time, which static types cannot follow; the names say
what is meant, the tests on a real DuckDB say whether it holds.
"""

from typing import Any, TypeAlias

TableExpr: TypeAlias = Any
"""A table expression."""
ValueExpr: TypeAlias = Any
"""A column or scalar expression."""
