"""How data moves: land, check, load, compute, judge, publish - joined by `pipeline`, called by `cli` and the DAGs."""
