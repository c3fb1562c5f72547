"""Frozen pydantic models of everything that is promised in YAML, and the registry that loads them."""
